"""Operations on texts.

The IR has none, but it takes texts apart into begins, ends and UTF-8 bytes, and puts them together
again if the bytes lie one text behind the other. So every operation says where the bytes of its
texts come from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.onnx.common import converts, refuse
from extensions.front.onnx.ml.encoders import place_of
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather, ScatterElementsUpdate
from extensions.ops.generating import NonZero, Range
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax, ReduceSum
from extensions.ops.selection import SearchSorted
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.strings import StringTensorPack, StringTensorUnpack
from extensions.ops.unary import CumSum
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor

_I64 = ElementType.i64
_ZERO, _ONE = np.int64(0), np.int64(1)


class Texts(NamedTuple):
    """Begin and length of each text, of one shape, in a list of bytes with a zero at its end."""

    begins: Output
    lengths: Output
    symbols: Output

    @classmethod
    def of(cls, g: Graph, x: Output) -> Texts:
        begins, ends, symbols = g.add_multi(StringTensorUnpack(), x)
        begins, ends = typed(g, begins, _I64), typed(g, ends, _I64)
        end = g.constant(np.zeros(1), ElementType.u8)
        return cls(begins, g.add(a.Subtract(), ends, begins), g.add(Concat(axis=0), symbols, end))

    def flat(self, g: Graph) -> Texts:
        begins, lengths = (g.add(Reshape(), x, [-1]) for x in self[:2])
        return Texts(begins, lengths, self.symbols)

    def copied(self, g: Graph) -> Output:
        """The bytes of flat texts one behind the other."""
        ends = g.add(CumSum(), self.lengths, g.constant(_ZERO))
        total = g.add(ReduceSum(), self.lengths, [0])
        place = _range(g, total)
        owner = g.add(SearchSorted(right_mode=True), ends, place)
        shifts = g.add(a.Subtract(), self.begins, g.add(a.Subtract(), ends, self.lengths))
        source = g.add(a.Add(), place, _taken(g, shifts, owner))
        return _taken(g, self.symbols, source)

    def packed(self, g: Graph, shape: Output) -> Output:
        """Flat texts as a tensor of a shape."""
        ends = g.add(CumSum(), self.lengths, g.constant(_ZERO))
        places = (g.add(a.Subtract(), ends, self.lengths), ends)
        begins, ends = (g.add(Reshape(), typed(g, x, ElementType.i32), shape) for x in places)
        return g.add(StringTensorPack(), begins, ends, self.copied(g))


def _range(g: Graph, count: Output) -> Output:
    """0, 1, ... up to, not including, a number."""
    return g.add(Range(output_type=_I64), g.constant(_ZERO), count, g.constant(_ONE))


def _taken(g: Graph, data: Output, places: Output) -> Output:
    return g.add(Gather(), data, places, g.constant(_ZERO))


def _running(g: Graph, mask: Output) -> Output:
    """How many are true before each place, and in all: [n] -> [n + 1]."""
    counts = g.add(CumSum(), typed(g, mask, _I64), g.constant(_ZERO))
    return g.add(Concat(axis=0), [0], counts)


def _places(g: Graph, mask: Output) -> Output:
    return g.add(Squeeze(), g.add(NonZero(), mask), [0])


def _broadcast(g: Graph, x: Texts, y: Texts) -> tuple[Texts, Texts]:
    """Both with the shape that numpy's rules give them."""
    nothing = g.add(a.Multiply(), g.add(a.Add(), x.begins, y.begins), g.constant(_ZERO))
    wide = (
        Texts(g.add(a.Add(), t.begins, nothing), g.add(a.Add(), t.lengths, nothing), t.symbols)
        for t in (x, y)
    )
    return next(wide), next(wide)


@converts("StringConcat")
def string_concat(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    left, right = _broadcast(g, Texts.of(g, x), Texts.of(g, y))
    behind = g.add(Squeeze(), g.add(ShapeOf(), left.symbols), [0])
    halves = (left.begins, g.add(a.Add(), right.begins, behind)), (left.lengths, right.lengths)
    begins, lengths = (
        g.add(Reshape(), g.add(Concat(axis=-1), *(g.add(Unsqueeze(), x, [-1]) for x in pair)), [-1])
        for pair in halves
    )
    symbols = g.add(Concat(axis=0), left.symbols, right.symbols)
    whole = Texts(begins, lengths, symbols).copied(g)
    shape = g.add(ShapeOf(), left.begins)
    sizes = g.add(Reshape(), g.add(a.Add(), left.lengths, right.lengths), [-1])
    starts = g.add(CumSum(exclusive=True), sizes, g.constant(_ZERO))
    return Texts(starts, sizes, whole).packed(g, shape)


def equal(g: Graph, x: Output, y: Output) -> Output:
    """Texts are equal if their lengths are, and every byte."""
    left, right = _broadcast(g, Texts.of(g, x), Texts.of(g, y))
    shape = g.add(ShapeOf(), left.begins)
    left, right = left.flat(g), right.flat(g)
    as_long = g.add(a.Equal(), left.lengths, right.lengths)
    lengths = g.add(a.Select(), as_long, left.lengths, g.constant(_ZERO))
    one, other = (t._replace(lengths=lengths).copied(g) for t in (left, right))
    wrong = _running(g, g.add(a.NotEqual(), one, other))
    ends = g.add(CumSum(), lengths, g.constant(_ZERO))
    until, before = _taken(g, wrong, ends), _taken(g, wrong, g.add(a.Subtract(), ends, lengths))
    return g.add(Reshape(), g.add(a.LogicalAnd(), as_long, g.add(a.Equal(), until, before)), shape)


# ---- parts


class _Bytes(NamedTuple):
    """For each byte of flat texts: its place, and begin and end of its text."""

    symbols: Output
    place: Output
    begin: Output
    end: Output

    @classmethod
    def of(cls, g: Graph, texts: Texts) -> _Bytes:
        ends = g.add(a.Add(), texts.begins, texts.lengths)
        place = _range(g, g.add(ReduceSum(), texts.lengths, [0]))
        owner = g.add(SearchSorted(right_mode=True), ends, place)
        return cls(texts.symbols, place, _taken(g, texts.begins, owner), _taken(g, ends, owner))

    def next(self, g: Graph, distance: int) -> Output:
        """The byte so far behind each; behind the last one there are zeros."""
        last = g.add(a.Subtract(), g.add(Squeeze(), g.add(ShapeOf(), self.symbols), [0]), [1])
        at = g.add(a.Minimum(), g.add(a.Add(), self.place, g.constant(np.int64(distance))), last)
        return _taken(g, self.symbols, at)


@converts("StringSplit")
def string_split(g: Graph, node: SourceNode, x: Output) -> tuple[Output, Output]:
    """The parts of each text, filled up with empty ones, and how many there are."""
    known = x.value()
    if known is not None and not known.size:
        # The runtime cannot take apart what has no text at all.
        none = Tensor.of(np.zeros((*known.shape, 0), object), ElementType.string)
        return g.constant(none), g.constant(np.zeros(known.shape, np.int64))
    texts = Texts.of(g, x).flat(g)
    delimiter, limit = node.get("delimiter", "").encode(), node.get("maxsplit")
    split = _by_delimiter if delimiter else _by_spaces
    parts, offsets = split(g, node, texts, delimiter, limit)
    first, behind = _taken(g, offsets, _range(g, _count(g, texts))), _behind(g, offsets)
    counts = g.add(a.Subtract(), behind, first)
    width = g.add(ReduceMax(), g.add(Concat(axis=0), counts, [0]), [0])
    column = _range(g, width)
    is_there = g.add(a.Less(), column, g.add(Unsqueeze(), counts, [1]))
    at = g.add(a.Add(), g.add(Unsqueeze(), first, [1]), column)
    at = g.add(a.Select(), is_there, at, g.constant(_ZERO))
    # One more, of which there is nothing, for a list without parts.
    begins, lengths = (g.add(Concat(axis=0), part, [0]) for part in parts)
    lengths = g.add(a.Select(), is_there, _taken(g, lengths, at), g.constant(_ZERO))
    cells = Texts(_taken(g, begins, at), lengths, texts.symbols).flat(g)
    shape = g.add(ShapeOf(), x)
    full = g.add(Concat(axis=0), shape, g.add(Unsqueeze(), width, [0]))
    return cells.packed(g, full), g.add(Reshape(), counts, shape)


def _count(g: Graph, texts: Texts) -> Output:
    return g.add(Squeeze(), g.add(ShapeOf(), texts.begins), [0])


def _behind(g: Graph, offsets: Output) -> Output:
    return g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), offsets, [1], [0], [1])


def _by_delimiter(
    g: Graph, node: SourceNode, texts: Texts, delimiter: bytes, limit: int | None
) -> tuple[tuple[Output, Output], Output]:
    """Begins and lengths of all parts, and the number of parts before each text."""
    if any(delimiter.startswith(delimiter[i:]) for i in range(1, len(delimiter))):
        raise refuse(node, f"the delimiter '{delimiter.decode()}', which can overlap itself")
    width = g.constant(np.int64(len(delimiter)))
    each = _Bytes.of(g, texts)
    match = g.add(a.LessEqual(), g.add(a.Add(), each.place, width), each.end)
    for distance, symbol in enumerate(delimiter):
        wanted = g.constant(np.array(symbol), ElementType.u8)
        match = g.add(a.LogicalAnd(), match, g.add(a.Equal(), each.next(g, distance), wanted))
    match = _first_ones(g, each, match, limit)
    running = _running(g, match)
    ends = g.add(a.Add(), texts.begins, texts.lengths)
    found = _places(g, match)
    count = _count(g, texts)
    number = _range(g, count)
    owner = g.add(SearchSorted(right_mode=True), ends, found)
    index = g.add(a.Add(), _range(g, g.add(Squeeze(), g.add(ShapeOf(), found), [0])), owner)
    before = g.add(a.Add(), number, _taken(g, running, texts.begins))
    through = g.add(a.Add(), number, _taken(g, running, ends))
    begins = _placed(
        g,
        (before, texts.begins),
        (g.add(a.Add(), index, g.constant(_ONE)), g.add(a.Add(), found, width)),
    )
    stops = _placed(g, (through, ends), (index, found))
    total = g.add(ShapeOf(), begins)
    return (begins, g.add(a.Subtract(), stops, begins)), g.add(Concat(axis=0), before, total)


def _placed(g: Graph, *pairs: tuple[Output, Output]) -> Output:
    """Values at their places in one list that they fill."""
    places, values = (g.add(Concat(axis=0), *column) for column in zip(*pairs))
    nothing = g.add(Broadcast(), g.constant(_ZERO), g.add(ShapeOf(), places))
    return g.add(ScatterElementsUpdate(), nothing, places, values, g.constant(_ZERO))


def _first_ones(g: Graph, each: _Bytes, mask: Output, limit: int | None) -> Output:
    """Of the marks in each text the first ``limit``."""
    if limit is None:
        return mask
    running = _running(g, mask)
    rank = g.add(a.Subtract(), _taken(g, running, each.place), _taken(g, running, each.begin))
    return g.add(a.LogicalAnd(), mask, g.add(a.Less(), rank, g.constant(np.int64(limit))))


def _by_spaces(
    g: Graph, node: SourceNode, texts: Texts, delimiter: bytes, limit: int | None
) -> tuple[tuple[Output, Output], Output]:
    """Parts are what stands between spaces; the last one that ``limit`` allows is all the rest."""
    each = _Bytes.of(g, texts)
    inner = [_is_letter(g, each.next(g, distance)) for distance in (0, 1)]
    previous = g.add(a.Subtract(), each.place, g.constant(_ONE))
    before = _is_letter(g, g.add(Gather(negative_indices=True), each.symbols, previous, _ZERO))
    at_begin = g.add(a.Equal(), each.place, each.begin)
    at_end = g.add(a.Equal(), g.add(a.Add(), each.place, g.constant(_ONE)), each.end)
    starts, stops = (
        g.add(a.LogicalAnd(), inner[0], g.add(a.LogicalOr(), edge, g.add(a.Equal(), beside, False)))
        for edge, beside in ((at_begin, before), (at_end, inner[1]))
    )
    if limit is not None:
        starts = _first_ones(g, each, starts, limit + 1)
        stops = _first_ones(g, each, stops, limit + 1)
    running = _running(g, starts)
    begins = _places(g, starts)
    ends = g.add(a.Add(), _places(g, stops), g.constant(_ONE))
    if limit is not None:
        rank = g.add(
            a.Subtract(),
            _taken(g, running, begins),
            _taken(g, running, _taken(g, each.begin, begins)),
        )
        is_last = g.add(a.Equal(), rank, g.constant(np.int64(limit)))
        ends = g.add(a.Select(), is_last, _taken(g, each.end, begins), ends)
    offsets = g.add(Concat(axis=0), _taken(g, running, texts.begins), g.add(ShapeOf(), begins))
    return (begins, g.add(a.Subtract(), ends, begins)), offsets


def _is_letter(g: Graph, symbols: Output) -> Output:
    """Anything but a space, a tabulator, or an end of a line or page."""
    table = np.ones(256, bool)
    table[[*range(9, 14), *range(28, 33)]] = False
    return _taken(g, g.constant(table), typed(g, symbols, _I64))


# ---- normalisation

_CASES = {"LOWER": str.lower, "UPPER": str.upper}


@converts("StringNormalizer")
def string_normalizer(g: Graph, node: SourceNode, x: Output) -> Output:
    """Without the stop words, in one case; an empty text if nothing is left."""
    action, stopwords = node.get("case_change_action", "NONE"), node.get("stopwords") or []
    texts = Texts.of(g, x).flat(g)
    if stopwords:
        compared, words = g.add(Reshape(), x, [-1]), stopwords
        if not node.get("is_case_sensitive", 0):
            words = [word.lower() for word in stopwords]
            compared = _cased(g, texts, "LOWER").packed(g, g.add(ShapeOf(), compared))
        place = place_of(g, compared, np.array(words, object))
        kept = _places(g, g.add(a.Equal(), place, g.constant(np.int64(len(words)))))
        texts = Texts(_taken(g, texts.begins, kept), _taken(g, texts.lengths, kept), texts.symbols)
    if action in _CASES:
        texts = _cased(g, texts, action)
    elif action != "NONE":
        raise invalid(f"the case change '{action}' is unknown")
    missing = g.add(Broadcast(), g.constant(_ZERO), _at_least_one(g, texts))
    begins, lengths = (g.add(Concat(axis=0), part, missing) for part in texts[:2])
    count = g.add(ShapeOf(), begins)
    shape = g.add(Concat(axis=0), [1], count) if x.rank == 2 else count
    return Texts(begins, lengths, texts.symbols).packed(g, shape)


def _at_least_one(g: Graph, texts: Texts) -> Output:
    """How many empty texts are missing, as a shape: one where there is no text."""
    count = g.add(ShapeOf(), texts.begins)
    return g.add(a.Maximum(), g.add(a.Subtract(), g.constant(np.array([1])), count), [0])


def _cased(g: Graph, texts: Texts, action: str) -> Texts:
    """Flat texts in another case: every letter of up to three bytes whose cases have as many.

    A letter is put together from the low bits of its bytes, and taken apart again (RFC 3629).
    """
    symbols = typed(g, texts.copied(g), _I64)
    place = _range(g, g.add(Squeeze(), g.add(ShapeOf(), symbols), [0]))

    def beside(data: Output, distance: int) -> Output:
        """The element so far behind or before each; zeros around the ends."""
        padded = g.add(Concat(axis=0), data, [0, 0])
        at = g.add(a.Add(), place, g.constant(np.int64(distance)))
        return g.add(Gather(negative_indices=True), padded, at, g.constant(_ZERO))

    def bits(data: Output, count: int, shift: int = 0) -> Output:
        """``count`` bits from bit ``shift`` on."""
        high = g.add(a.Divide(), data, g.constant(np.int64(1 << shift))) if shift else data
        return g.add(a.FloorMod(), high, g.constant(np.int64(1 << count)))

    def either(condition: Output, one: Output, other: Output) -> Output:
        return g.add(a.Select(), condition, one, other)

    def plus(number: int, data: Output) -> Output:
        return g.add(a.Add(), data, g.constant(np.int64(number)))

    def times(data: Output, number: int) -> Output:
        return g.add(a.Multiply(), data, g.constant(np.int64(number)))

    widths = _taken(g, g.constant(_WIDTHS), symbols)

    def has(distance: int, width: int) -> Output:
        found = beside(widths, distance) if distance else widths
        return g.add(a.Equal(), found, g.constant(np.int64(width)))

    second, third = bits(beside(symbols, 1), 6), bits(beside(symbols, 2), 6)
    two = g.add(a.Add(), times(bits(symbols, 5), 1 << 6), second)
    three = g.add(a.Add(), times(bits(symbols, 4), 1 << 12), times(second, 1 << 6))
    three = g.add(a.Add(), three, third)
    code = either(has(0, 3), three, either(has(0, 2), two, symbols))
    other = _taken(g, g.constant(_case_table(action)), code)
    before, earlier = beside(other, -1), beside(other, -2)
    result = either(has(-2, 3), plus(128, bits(earlier, 6)), symbols)
    result = either(has(-1, 3), plus(128, bits(before, 6, 6)), result)
    result = either(has(-1, 2), plus(128, bits(before, 6)), result)
    result = either(has(0, 3), plus(224, bits(other, 4, 12)), result)
    result = either(has(0, 2), plus(192, bits(other, 5, 6)), result)
    result = typed(g, either(has(0, 1), other, result), ElementType.u8)
    begins = g.add(CumSum(exclusive=True), texts.lengths, g.constant(_ZERO))
    end = g.constant(np.zeros(1), ElementType.u8)
    return Texts(begins, texts.lengths, g.add(Concat(axis=0), result, end))


# Bytes of the letter that begins with a byte, 0 if none of up to three bytes does.
_WIDTHS = np.array([1] * 128 + [0] * 64 + [2] * 32 + [3] * 16 + [0] * 16, np.int64)


def _case_table(action: str) -> np.ndarray:
    """The code of each letter of the first plane in another case, if it takes as many bytes."""
    table = np.arange(1 << 16, dtype=np.int64)
    for code in range(1 << 16):
        if 0xD800 <= code < 0xE000:
            continue  # halves of surrogate pairs are no letters
        other = _CASES[action](chr(code))
        if len(other) == 1 and len(other.encode()) == len(chr(code).encode()):
            table[code] = ord(other)
    return table
