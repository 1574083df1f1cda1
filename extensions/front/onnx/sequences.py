"""Sequences and optionals, which are resolved while the model is translated.

The IR has tensors only. A sequence of known length is the list of its tensors; one of unknown
length, all of whose tensors have one shape, is their stack; an optional value is there or not.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, scalar, size_of
from extensions.front.onnx.common import converts, refuse
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Split, Transpose, VariadicSplit
from extensions.ops.shaping import Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.values import GrowingSequence, StackedSequence, TensorSequence, Value
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("SequenceEmpty")
def sequence_empty(g: Graph, node: SourceNode) -> TensorSequence:
    return TensorSequence()


@converts("SequenceConstruct")
def sequence_construct(g: Graph, node: SourceNode, *items: Output) -> TensorSequence:
    return TensorSequence(*items)


def _place(position: Output, count: int) -> int:
    """A known position in a list of ``count``, negative ones counted from its end."""
    known = position.value()
    if known is None:
        raise UnsupportedError(
            "the position in a sequence of tensors is computed at run time",
            hint="Cut the node off with --output.",
        )
    place = int(known.item())
    if not -count <= place < count:
        raise invalid(f"position {place} is outside a sequence of {count}")
    return place % count


@converts("SequenceInsert", sequences=True)
def sequence_insert(
    g: Graph, node: SourceNode, sequence: Value, item: Output, position: Output | None = None
) -> Value:
    """Before the tensor at a position, at the end without one."""
    if isinstance(sequence, TensorSequence):
        items = list(sequence.items)
        at = len(items) if position is None else _place_before(position, len(items))
        return TensorSequence(*items[:at], item, *items[at:])
    if position is not None or sequence is None:
        raise refuse(node, "an insertion into a sequence of unknown length")
    if isinstance(sequence, GrowingSequence):
        return GrowingSequence(*sequence.appended, item)
    return StackedSequence(g.add(Concat(axis=0), sequence.stack, g.add(Unsqueeze(), item, [0])))


def _place_before(position: Output, count: int) -> int:
    """A position in front of which a tensor is put; ``count`` itself is the end."""
    known = position.value()
    return count if known is not None and known.item() == count else _place(position, count)


@converts("SequenceErase", sequences=True)
def sequence_erase(
    g: Graph, node: SourceNode, sequence: Value, position: Output | None = None
) -> TensorSequence:
    if not isinstance(sequence, TensorSequence):
        raise refuse(node, "a removal from a sequence of unknown length")
    count = len(sequence.items)
    at = count - 1 if position is None else _place(position, count)
    return TensorSequence(*sequence.items[:at], *sequence.items[at + 1 :])


@converts("SequenceAt", sequences=True)
def sequence_at(g: Graph, node: SourceNode, sequence: Value, position: Output) -> Value:
    if isinstance(sequence, TensorSequence) and position.value() is not None:
        return sequence.items[_place(position, len(sequence.items))]
    stack = _stacked(g, node, sequence)
    return g.add(Gather(negative_indices=True), stack, scalar(g, position), np.int64(0))


@converts("SequenceLength", sequences=True)
def sequence_length(g: Graph, node: SourceNode, sequence: Value) -> Output:
    if isinstance(sequence, TensorSequence):
        return g.constant(np.int64(len(sequence.items)))
    return size_of(g, _stacked(g, node, sequence), 0)


@converts("ConcatFromSequence", sequences=True)
def concat_from_sequence(g: Graph, node: SourceNode, sequence: Value) -> Output:
    axis, is_new = node.get("axis", 0), bool(node.get("new_axis", 0))
    if isinstance(sequence, TensorSequence):
        return _joined(g, sequence, axis, is_new)
    stack = _stacked(g, node, sequence)
    rank = rank_of(stack)
    axis = normalize_axis(axis, rank if is_new else rank - 1)
    order = [*range(1, axis + 1), 0, *range(axis + 1, rank)]
    moved = stack if axis == 0 else g.add(Transpose(), stack, order)
    if is_new:
        return moved
    # [..., n, d, ...] -> [..., n * d, ...]
    sizes = g.add(ShapeOf(), moved)
    front, back = (
        g.add(StridedSlice(begin_mask=(0,), end_mask=(0,)), sizes, [start], [end], [1])
        for start, end in ((0, axis), (axis + 2, rank))
    )
    return g.add(Reshape(), moved, g.add(Concat(axis=0), front, [-1], back))


def _joined(g: Graph, sequence: TensorSequence, axis: int, is_new: bool) -> Output:
    items = sequence.items
    if not items:
        raise invalid("an empty sequence cannot be joined")
    if is_new:
        items = tuple(g.add(Unsqueeze(), item, [axis]) for item in items)
    if len(items) == 1:
        return items[0]
    return g.add(Concat(axis=normalize_axis(axis, rank_of(items[0]))), *items)


def _stacked(g: Graph, node: SourceNode, sequence: Value) -> Output:
    """The tensors of a sequence along a new first axis, if they have one shape."""
    if isinstance(sequence, StackedSequence):
        return sequence.stack
    if not isinstance(sequence, TensorSequence) or not sequence.items:
        raise refuse(node, "a sequence that only a run tells")
    if len({item.shape for item in sequence.items}) > 1 or sequence.items[0].shape is None:
        raise refuse(node, "a choice at run time among tensors of different shapes")
    return _joined(g, sequence, 0, True)


@converts("SplitToSequence")
def split_to_sequence(
    g: Graph, node: SourceNode, x: Output, split: Output | None = None
) -> TensorSequence | StackedSequence:
    """Into slices of 1 (without their axis unless ``keepdims``), of one length, or of several."""
    axis = normalize_axis(node.get("axis", 0), rank_of(x))
    size = x.shape[axis] if x.shape else None
    if split is None and not isinstance(size, int):
        order = [axis, *(i for i in range(rank_of(x)) if i != axis)]
        slices = g.add(Transpose(), x, order)
        return StackedSequence(
            g.add(Unsqueeze(), slices, [axis + 1]) if node.get("keepdims", 1) else slices
        )
    where = g.constant(np.int64(axis))
    if split is not None and split.value() is None and split.rank == 1:
        count = (split.shape or (None,))[0]
        if isinstance(count, int):
            return TensorSequence(*g.add_multi(VariadicSplit(parts=count), x, where, split))
    lengths = _lengths(node, size, split)
    if len(set(lengths)) == 1:
        parts = g.add_multi(Split(num_splits=len(lengths)), x, where)
    else:
        parts = g.add_multi(VariadicSplit(parts=len(lengths)), x, where, lengths)
    if split is None and not node.get("keepdims", 1):
        parts = tuple(g.add(Squeeze(), part, [axis]) for part in parts)
    return TensorSequence(*parts)


def _lengths(node: SourceNode, size: object, split: Output | None) -> list[int]:
    if split is None:
        assert isinstance(size, int)
        return [1] * size
    known = split.value()
    if known is None:
        raise refuse(node, "a split into parts that only a run tells")
    if known.ndim:
        return [int(length) for length in known]
    step = int(known.item())
    if not isinstance(size, int):
        raise refuse(node, "a split of an unknown size")
    if step < 1:
        raise invalid(f"parts of length {step}")
    rest = [size % step] if size % step else []
    return [step] * (size // step) + rest


@converts("SequenceMap", sequences=True)
def sequence_map(g: Graph, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
    """The body for each tensor of the first sequence, and those at its place in the others."""
    first = inputs[0]
    if not isinstance(first, TensorSequence):
        raise refuse(node, "a sequence of unknown length")
    rows = [
        node.walk.inline(
            node.get("body"),
            *(v.items[i] if isinstance(v, TensorSequence) else v for v in inputs),
        )
        for i in range(len(first.items))
    ]
    if not rows:
        return tuple(TensorSequence() for _ in node.outputs)
    return tuple(TensorSequence(*column) for column in zip(*rows))


# ---- optionals: the value itself, or None


@converts("Optional", sequences=True)
def optional(g: Graph, node: SourceNode, value: Value = None) -> Value:
    return value


@converts("OptionalHasElement", sequences=True)
def optional_has_element(g: Graph, node: SourceNode, value: Value = None) -> Output:
    return g.constant(np.bool_(value is not None))


@converts("OptionalGetElement", sequences=True)
def optional_get_element(g: Graph, node: SourceNode, value: Value = None) -> Value:
    if value is None:
        raise invalid("it asks an empty optional for its value")
    return value
