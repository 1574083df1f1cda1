"""Counts of n-grams (TfIdfVectorizer)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from extensions.front.building import invalid, sliced, typed
from extensions.front.onnx.common import converts, needed, refuse
from extensions.ops.arithmetic import Add, Equal, LogicalAnd, Minimum, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Pad
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Squeeze, Unsqueeze
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Every item is compared with every n-gram, for every number of items skipped.
_LIMIT = 1 << 14


@converts("TfIdfVectorizer")
def tf_idf_vectorizer(g: Graph, node: SourceNode, x: Output) -> Output:
    """How often each n-gram is in each row, its items 1 to max_skip_count + 1 places apart."""
    if node.get("pool_strings"):
        raise refuse(node, "n-grams of strings")
    if x.rank not in (1, 2):
        raise UnsupportedError("it is not known whether its input is one row or several")
    rows = x if x.rank == 2 else g.add(Unsqueeze(), x, [0])
    places, weights = _places(node)
    found, numbers = [], []
    for first, grams in _pools(node, len(places)):
        found.append(_counts(g, node, rows, grams))
        numbers += places[first : first + len(grams)]
    if not found:
        raise refuse(node, "a pool without n-grams of the lengths asked for")
    # Behind all counts comes that of what no n-gram is for: always 0.
    counts = g.add(Concat(axis=1), *found) if len(found) > 1 else found[0]
    counts = g.add(Pad(), counts, [0, 0], [0, 1], 0.0)
    columns = [len(numbers)] * (max(places) + 1)
    for column, number in enumerate(numbers):
        columns[number] = column
    result = g.add(Gather(), counts, columns, g.constant(np.int64(1)))
    if node.get("mode") != "TF":
        scales = np.zeros(len(columns), np.float32)
        scales[places] = weights
        if node.get("mode") == "IDF":
            result = g.add(Minimum(), result, 1.0)
        result = g.add(Multiply(), result, scales)
    return result if x.rank == 2 else g.add(Squeeze(), result, [0])


def _places(node: SourceNode) -> tuple[list[int], list[float]]:
    """Where the count of each n-gram goes, and what it is multiplied by."""
    places = list(needed(node, "ngram_indexes"))
    weights = list(node.get("weights") or [1.0] * len(places))
    if len(weights) != len(places) or min(places, default=-1) < 0:
        raise invalid("its weights are not those of its n-grams")
    if len(places) > _LIMIT or max(places) > _LIMIT:
        raise UnsupportedError(f"{len(places)} n-grams, of which {_LIMIT} are possible")
    if len(set(places)) < len(places):
        raise refuse(node, "two n-grams that are counted together")
    return places, weights


def _pools(node: SourceNode, count: int) -> Iterator[tuple[int, np.ndarray]]:
    """N-grams of each length that is asked for, [grams, length], and the number of the first."""
    pool, starts = needed(node, "pool_int64s"), list(needed(node, "ngram_counts"))
    shortest, longest = node.get("min_gram_length", 1), node.get("max_gram_length", 1)
    number = 0
    for length, (start, end) in enumerate(zip(starts, [*starts[1:], len(pool)]), 1):
        items = pool[start:end]
        if not 0 <= start <= end <= len(pool) or len(items) % length:
            raise invalid(f"its pool does not hold n-grams of length {length}")
        grams = np.array(items, np.int64).reshape(-1, length)
        if shortest <= length <= longest and len(grams):
            yield number, grams
        number += len(grams)
    if number != count:
        raise invalid(f"it has {number} n-grams and {count} places for them")


def _counts(g: Graph, node: SourceNode, rows: Output, grams: np.ndarray) -> Output:
    """How often each n-gram is in each row."""
    length = grams.shape[1]
    skips = range(1 if length == 1 else int(node.get("max_skip_count", 0)) + 1)
    totals = [_matches(g, rows, grams, skip + 1) for skip in skips]
    total = totals[0]
    for more in totals[1:]:
        total = g.add(Add(), total, more)
    return total


def _matches(g: Graph, rows: Output, grams: np.ndarray, step: int) -> Output:
    """How often each n-gram is in each row with its items ``step`` places apart."""
    length = grams.shape[1]
    margin = (length - 1) * step
    # What is behind the end of a row is in no n-gram.
    foreign = next(n for n in range(grams.size + 1) if n not in grams)
    fill = g.constant(np.asarray(foreign), rows.dtype)
    longer = g.add(Pad(), rows, [0, 0], [0, margin], fill) if margin else rows
    alike: Output | None = None
    for i in range(length):
        items = _from(g, longer, i * step, margin - i * step)
        wanted = g.constant(grams[None, None, :, i], rows.dtype)
        equal = g.add(Equal(), g.add(Unsqueeze(), items, [2]), wanted)
        alike = equal if alike is None else g.add(LogicalAnd(), alike, equal)
    assert alike is not None
    return g.add(ReduceSum(), typed(g, alike, ElementType.f32), [1])


def _from(g: Graph, rows: Output, before: int, behind: int) -> Output:
    end: Sequence[int] = [-behind] if behind else [2**31 - 1]
    return sliced(g, rows, [before], end, [1], [1])
