"""What each operation does with a transposed input: how the Transpose moves behind it.

An order lists, for each axis of the transposed tensor, the axis that it was before. A rule says
with which attributes and inputs the operation computes the same from the tensor before, and in
which order its outputs then have to be put; None where the Transpose has to stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from extensions.ops import arithmetic as a
from extensions.ops.activation import HardSigmoid, LogSoftmax, PReLU, Selu, Softmax, Swish
from extensions.ops.blocks import BatchToSpace, SpaceToBatch
from extensions.ops.common import constant_axes, constant_ints
from extensions.ops.conversion import Convert
from extensions.ops.convolution import Convolution
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Pad, Roll, Split, Transpose, VariadicSplit
from extensions.ops.normalization import MVN, NormalizeL2
from extensions.ops.reduction import Reduction
from extensions.ops.sampling import Interpolate
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, Squeeze, Tile, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import CumSum, Unary
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Op

Order = tuple[int, ...]


class Moved(NamedTuple):
    """The operation in front of the Transpose: its inputs, and the order of each output."""

    op: Op
    inputs: Sequence[Any]
    orders: Sequence[Order]


Rule = Callable[[Graph, Node, Order], "Moved | None"]


def order_of(value: Output | None) -> Order | None:
    """The order of the Transpose that makes a value."""
    if value is None or not isinstance(value.node.op, Transpose):
        return None
    return constant_ints(value.node.inputs[1])


def inverse(order: Order) -> Order:
    return tuple(int(axis) for axis in np.argsort(order))


def before(value: Output) -> Output:
    """What a Transpose transposes."""
    source = value.node.inputs[0]
    assert source is not None
    return source


def is_identity(order: Order) -> bool:
    return order == tuple(range(len(order)))


# ---- operands of element-wise operations


def _fits(value: Output | None, order: Order) -> bool:
    """Whether an operand can be put into the order before the Transpose at no cost."""
    if value is None or value.shape is None or len(value.shape) > len(order):
        return False
    if order_of(value) == order or value.is_constant or all(dim == 1 for dim in value.shape):
        return True
    return _moves_only_ones(_lifted_shape(value, order), inverse(order))


def _lifted_shape(value: Output, order: Order) -> tuple[Any, ...]:
    shape = value.shape or ()
    return (1,) * (len(order) - len(shape)) + shape


def _moves_only_ones(shape: Sequence[Any], order: Order) -> bool:
    moved = [axis for axis in order if shape[axis] != 1]
    return moved == sorted(moved)


def _put(g: Graph, value: Output, order: Order) -> Output:
    """An operand that fits, in the order before the Transpose."""
    if order_of(value) == order:
        return before(value)
    if all(dim == 1 for dim in value.shape or ()):
        return value
    missing = len(order) - len(value.shape or ())
    if missing and value.is_constant:
        value = g.add(Reshape(), value, [1] * missing + list(value.shape or ()))
    elif missing:
        value = g.add(Unsqueeze(), value, list(range(missing)))
    return g.add(Transpose(), value, list(inverse(order)))


def elementwise(g: Graph, node: Node, order: Order) -> Moved | None:
    if not all(_fits(value, order) for value in node.inputs):
        return None
    inputs = [_put(g, value, order) for value in node.inputs if value is not None]
    return Moved(node.op, inputs, (order,))


def with_slope(g: Graph, node: Node, order: Order) -> Moved | None:
    """PReLU lays a slope of rank 1 along axis 1; a single number is the same anywhere, and one of
    the rank of the data broadcasts as other operands do."""
    slope = node.inputs[1]
    shape = None if slope is None else slope.shape
    if shape is None or (len(shape) != len(order) and any(dim != 1 for dim in shape)):
        return None
    return elementwise(g, node, order)


def concat(g: Graph, node: Node, order: Order) -> Moved | None:
    """Others than Transposes are put in order if they are constant, or in the minority."""
    values = [value for value in node.inputs if value is not None]
    if any(value.rank != len(order) for value in values):
        return None
    others = [v for v in values if order_of(v) != order and not _fits(v, order)]
    if 2 * len(others) >= len(values):
        return None
    inputs = [
        before(v) if order_of(v) == order else g.add(Transpose(), v, list(inverse(order)))
        for v in values
    ]
    axis = order[node.op.attributes()["axis"]]
    return Moved(Concat(axis=axis), inputs, (order,))


# ---- operations along axes


def _axes(node: Node, place: int, order: Order) -> list[int] | None:
    """The axes that an input names, as they were before the Transpose."""
    axes = constant_axes(node.inputs[place], len(order))
    return None if axes is None else [order[axis] for axis in axes]


def _source(node: Node) -> Output:
    value = node.inputs[0]
    assert value is not None
    return before(value)


def _without(order: Order, axes: Sequence[int]) -> Order:
    """The order of what is left when axes (as they were before) are gone."""
    rest = [axis for axis in order if axis not in axes]
    return tuple(sorted(rest).index(axis) for axis in rest)


def along_attribute(g: Graph, node: Node, order: Order) -> Moved | None:
    """Operations with an attribute ``axis``."""
    axis = node.op.attributes()["axis"]
    op = node.op.with_attributes(axis=order[axis])
    return Moved(op, [_source(node), *node.inputs[1:]], (order,) * len(node.outputs))


def along_input(g: Graph, node: Node, order: Order) -> Moved | None:
    """Operations whose second input is an axis; the number of their outputs is open."""
    axes = _axes(node, 1, order)
    if axes is None:
        return None
    place = node.inputs[1]
    assert place is not None
    laid = g.constant(np.asarray(axes, np.int64).reshape(place.constant.shape))  # type: ignore[union-attr]
    return Moved(node.op, [_source(node), laid, *node.inputs[2:]], (order,) * len(node.outputs))


def along_last(g: Graph, node: Node, order: Order) -> Moved | None:
    """Operations whose last input is a list of axes."""
    place = len(node.inputs) - 1
    axes = _axes(node, place, order)
    if axes is None:
        return None
    return Moved(node.op, [_source(node), *node.inputs[1:place], axes], (order,))


def reduction(g: Graph, node: Node, order: Order) -> Moved | None:
    axes = _axes(node, 1, order)
    if axes is None:
        return None
    keeps = node.op.attributes()["keep_dims"]
    left = order if keeps else _without(order, axes)
    return Moved(node.op, [_source(node), sorted(axes)], (left,))


def squeeze(g: Graph, node: Node, order: Order) -> Moved | None:
    axes = _axes(node, 1, order) if len(node.inputs) > 1 else None
    if axes is None:
        return None
    return Moved(node.op, [_source(node), sorted(axes)], (_without(order, axes),))


def unsqueeze(g: Graph, node: Node, order: Order) -> Moved | None:
    """The new axes come first, and the Transpose puts them where they belong."""
    axes = constant_axes(node.inputs[1], node.outputs[0].rank)
    if axes is None or node.outputs[0].rank is None:
        return None
    count = len(axes)
    rest = iter([axis + count for axis in order])
    new = iter(range(count))
    left = tuple(next(new) if axis in axes else next(rest) for axis in range(len(order) + count))
    return Moved(node.op, [_source(node), list(range(count))], (left,))


def gather(g: Graph, node: Node, order: Order) -> Moved | None:
    """One index takes the axis away, a list of them keeps it."""
    axes, indices = _axes(node, 2, order), node.inputs[1]
    if axes is None or indices is None or indices.rank not in (0, 1) or node.op.batch_dims:  # type: ignore[attr-defined]
        return None
    left = order if indices.rank else _without(order, axes)
    return Moved(node.op, [_source(node), indices, g.constant(np.int64(axes[0]))], (left,))


def product(g: Graph, node: Node, order: Order) -> Moved | None:
    """A product along the channels of an image is a convolution of single pixels."""
    rank, weights, flags = len(order), node.inputs[1], node.op.attributes()
    if rank not in (4, 5) or order != (0, *range(2, rank), 1) or flags["transpose_a"]:
        return None
    if weights is None or not weights.is_constant or weights.rank != 2:
        return None
    ones, zeros = (1,) * (rank - 2), (0,) * (rank - 2)
    op = Convolution(strides=ones, dilations=ones, pads_begin=zeros, pads_end=zeros)
    rows = weights if flags["transpose_b"] else g.add(Transpose(), weights, [1, 0])
    pixels = g.add(Reshape(), rows, [*(rows.shape or ()), *ones])
    return Moved(op, [_source(node), pixels], (order,))


# ---- operations with a number per axis


def per_axis(g: Graph, node: Node, order: Order) -> Moved | None:
    """The second and third input have an entry for each axis, also those of Tile and Broadcast."""
    return _laid(g, node, order, node.inputs[1:3])


def blocks(g: Graph, node: Node, order: Order) -> Moved | None:
    """All inputs have an entry for each axis.

    Places in a block come to the first axis one axis after the other, so these keep their order.
    """
    sizes = constant_ints(node.inputs[1])
    if order[0] != 0 or sizes is None or len(sizes) != len(order):
        return None
    cut = [order[axis] for axis, size in enumerate(sizes) if size != 1]
    return _laid(g, node, order, node.inputs[1:]) if cut == sorted(cut) else None


def _laid(g: Graph, node: Node, order: Order, lists: Sequence[Output | None]) -> Moved | None:
    for value in lists:
        if value is None or value.shape != (len(order),):
            return None
    places = list(inverse(order))
    laid = [g.add(Gather(), v, places, g.constant(np.int64(0))) for v in lists if v is not None]
    rest = node.inputs[1 + len(lists) :]
    return Moved(node.op, [_source(node), *laid, *rest], (order,))


def broadcast(g: Graph, node: Node, order: Order) -> Moved | None:
    return per_axis(g, node, order) if node.op.attributes()["mode"] == "numpy" else None


def strided_slice(g: Graph, node: Node, order: Order) -> Moved | None:
    """Missing entries are whole axes; a shrunk axis disappears from the order."""
    op, rank = node.op, len(order)
    lists = [constant_ints(value) for value in node.inputs[1:4]]
    if len(lists) < 3:
        lists.append((1,) * len(lists[0] or ()))
    masks = op.attributes()
    if None in lists or any(masks["new_axis_mask"]) or any(masks["ellipsis_mask"]):
        return None
    begin, end, step = (list(numbers or ()) for numbers in lists)
    count = len(begin)
    if not len(end) == len(step) == count <= rank:
        return None
    masked = {
        name: [*masks[name], *[0] * count][:count]
        for name in ("begin_mask", "end_mask", "shrink_axis_mask")
    }
    missing = rank - count
    filled = {
        "begin_mask": masked["begin_mask"] + [1] * missing,
        "end_mask": masked["end_mask"] + [1] * missing,
        "shrink_axis_mask": masked["shrink_axis_mask"] + [0] * missing,
    }
    places = inverse(order)
    moved = op.with_attributes(
        **{name: tuple(numbers[i] for i in places) for name, numbers in filled.items()}
    )
    rows = (begin + [0] * missing, end + [0] * missing, step + [1] * missing)
    gone = [order[axis] for axis, is_gone in enumerate(filled["shrink_axis_mask"]) if is_gone]
    inputs = [[row[i] for i in places] for row in rows]
    return Moved(moved, [_source(node), *inputs], (_without(order, gone),))


RULES: dict[type[Op], Rule] = {
    **dict.fromkeys((a.Select, a.FakeQuantize, HardSigmoid, Selu, Swish, Convert), elementwise),
    **dict.fromkeys((Softmax, LogSoftmax, TopK), along_attribute),
    **dict.fromkeys((Split, VariadicSplit, CumSum), along_input),
    **dict.fromkeys((MVN, NormalizeL2, Roll, Interpolate), along_last),
    **dict.fromkeys((Pad, Tile), per_axis),
    **dict.fromkeys((SpaceToBatch, BatchToSpace), blocks),
    Broadcast: broadcast,
    Concat: concat,
    Gather: gather,
    MatMul: product,
    PReLU: with_slope,
    Squeeze: squeeze,
    StridedSlice: strided_slice,
    Unsqueeze: unsqueeze,
}


def rule_of(op: Op) -> Rule | None:
    if isinstance(op, (Unary, a.Binary)):
        return elementwise
    if isinstance(op, Reduction):
        return reduction
    return RULES.get(type(op))
