"""Shapes: asking for them, reshaping, expanding, generating."""

from __future__ import annotations

from math import prod

import numpy as np

from extensions.front.building import (
    invalid,
    is_shape,
    needed_constant,
    rank_of,
    scalar,
    tiled,
    typed,
)
from extensions.front.onnx.axes import squeezed, unsqueezed
from extensions.front.onnx.common import attribute_or_input, converts, refuse
from extensions.front.onnx.tensors import element_type
from extensions.ops.arithmetic import (
    Add,
    GreaterEqual,
    Less,
    LessEqual,
    Maximum,
    Minimum,
    Select,
)
from extensions.ops.generating import Eye, OneHot, Range
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Tile, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import CumSum
from mo.front.model import SourceNode
from mo.front.values import Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import is_static, normalize_axes, normalize_axis
from mo.graph.tensor import Tensor


@converts("Identity", sequences=True)
def identity(g: Graph, node: SourceNode, x: Value) -> Value:
    return x


@converts("Constant")
def constant(g: Graph, node: SourceNode) -> Output:
    for name, value in node.attributes.items():
        if name in ("value", "sparse_value"):
            return g.constant(value, name=node.name)
        if name in ("value_float", "value_floats"):
            return g.constant(np.asarray(value, np.float32), name=node.name)
        if name in ("value_int", "value_ints"):
            return g.constant(np.asarray(value, np.int64), name=node.name)
        if name in ("value_string", "value_strings"):
            texts = np.asarray(value, object)
            return g.constant(Tensor(ElementType.string, texts.shape, texts), name=node.name)
    raise refuse(node, "a constant without a value")


@converts("Shape")
def shape(g: Graph, node: SourceNode, x: Output) -> Output:
    """Since 15 a part of the shape may be asked for."""
    sizes = g.add(ShapeOf(), x)
    start, end = node.get("start", 0), node.get("end")
    if start == 0 and end is None:
        return sizes
    op = StridedSlice(begin_mask=(0,), end_mask=(1 if end is None else 0,))
    return g.add(op, sizes, [start], [end or 0], [1])


@converts("Size")
def size(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ReduceProd(), g.add(ShapeOf(), x), [0])


@converts("Reshape")
def reshape_1(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Reshape(special_zero=True), x, list(node.get("shape", ())) or _no_axes())


@converts("Reshape", since=5)
def reshape_5(g: Graph, node: SourceNode, x: Output, pattern: Output) -> Output:
    return g.add(Reshape(special_zero=not node.get("allowzero", 0)), x, pattern)


def _no_axes() -> np.ndarray:
    return np.empty(0, np.int64)


@converts("Flatten")
def flatten(g: Graph, node: SourceNode, x: Output) -> Output:
    axis = node.get("axis", 1)
    if axis < 0:
        axis += rank_of(x)
    if axis < 0 or (x.rank is not None and axis > x.rank):
        raise invalid(f"axis {node.get('axis')} is out of range for rank {x.rank}")
    if x.shape is not None and is_static(x.shape) and 0 in x.shape:
        # A size of 0 tells nothing of the one that -1 stands for.
        return g.add(Reshape(), x, [prod(x.shape[:axis]), prod(x.shape[axis:])])
    if axis == 0:
        return g.add(Reshape(), x, [1, -1])
    if axis == 1:
        return g.add(Reshape(special_zero=True), x, [0, -1])
    if x.rank == axis:
        return g.add(Reshape(), x, [-1, 1])
    sizes = g.add(ShapeOf(), x)
    rows = StridedSlice(begin_mask=(0,), end_mask=(0,))
    front = g.add(ReduceProd(keep_dims=True), g.add(rows, sizes, [0], [axis], [1]), [0])
    return g.add(Reshape(), x, g.add(Concat(axis=0), front, [-1]))


@converts("Squeeze")
def squeeze(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    """Without axes, or with none among them, all axes of size 1 go (onnxruntime)."""
    listed = attribute_or_input(node, "axes", axes)
    if listed is None and axes is not None and axes.shape != (0,):
        return squeezed(g, x, axes)
    if not listed:
        return g.add(Squeeze(), x)
    return g.add(Squeeze(), x, list(listed if x.rank is None else normalize_axes(listed, x.rank)))


@converts("Unsqueeze")
def unsqueeze(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    listed = attribute_or_input(node, "axes", axes)
    if listed is None:
        return unsqueezed(g, x, _given(axes))
    if x.rank is not None:
        listed = tuple(sorted(normalize_axes(listed, x.rank + len(listed))))
    return g.add(Unsqueeze(), x, list(listed)) if listed else x


def _given(axes: Output | None) -> Output:
    if axes is None:
        raise invalid("it has no axes")
    return axes


@converts("Transpose")
def transpose(g: Graph, node: SourceNode, x: Output) -> Output:
    order = node.get("perm")
    if order is None and x.rank is not None:
        order = list(reversed(range(x.rank)))
    return g.add(Transpose(), x, list(order) if order else _no_axes())


@converts("Expand")
def expand(g: Graph, node: SourceNode, x: Output, target: Output) -> Output:
    y = g.add(Broadcast(mode="bidirectional"), x, typed(g, target, ElementType.i64))
    if y.shape is not None and is_static(y.shape) and 0 in y.shape:
        # The CPU runtime does not expand 1 to 0.
        return g.add(Broadcast(), g.constant(np.zeros(()), x.dtype), list(y.shape))
    return y


@converts("ConstantOfShape")
def constant_of_shape(g: Graph, node: SourceNode, target: Output) -> Output:
    value = node.get("value") or Tensor.of(np.zeros(1, np.float32))
    if target.shape == (0,):
        return g.constant(value.reshaped(()))
    return g.add(Broadcast(), g.constant(value.reshaped(())), target)


@converts("Tile")
def tile_1(g: Graph, node: SourceNode, x: Output, tiles: Output, axis: Output) -> Output:
    repeats = np.ones(rank_of(x), np.int64)
    along = normalize_axis(int(needed_constant(axis, "axis").item()), rank_of(x))
    repeats[along] = int(needed_constant(tiles, "number of tiles").item())
    return g.add(Tile(), x, repeats)


@converts("Tile", since=6)
def tile_6(g: Graph, node: SourceNode, x: Output, repeats: Output) -> Output:
    return tiled(g, x, repeats)


@converts("Range")
def range_(g: Graph, node: SourceNode, start: Output, stop: Output, step: Output) -> Output:
    start, stop, step = (scalar(g, value) for value in (start, stop, step))
    return g.add(Range(output_type=start.dtype), start, _ahead(g, start, stop, step), step)


def _ahead(g: Graph, start: Output, stop: Output, step: Output) -> Output:
    """The end of a range. If it lies behind the start, there is nothing in it, but the CPU runtime
    counts from one to the other all the same (OpenVINO 2026.4).
    """
    first, by = start.value(), step.value()
    if first is not None and (stop.is_constant or (first <= 0 and is_shape(stop) and by == 1)):
        return stop
    if by is not None:
        return g.add(Maximum() if by > 0 else Minimum(), start, stop)
    falls = g.add(Less(), step, g.constant(np.zeros(()), step.dtype))
    return g.add(Select(), falls, *(g.add(op, start, stop) for op in (Minimum(), Maximum())))


@converts("OneHot")
def one_hot(g: Graph, node: SourceNode, indices: Output, depth: Output, values: Output) -> Output:
    """Values are [off, on]; an index below zero counts from the end."""
    depth = typed(g, scalar(g, depth), ElementType.i64)
    indices = typed(g, indices, ElementType.i64)
    known = indices.value()
    if known is None or (known < 0).any():
        below = g.add(Less(), indices, g.constant(np.int64(0)))
        indices = g.add(Select(), below, g.add(Add(), indices, depth), indices)
    first = StridedSlice(begin_mask=(0,), end_mask=(0,), shrink_axis_mask=(1,))
    off = g.add(first, values, [0], [1], [1])
    on = g.add(first, values, [1], [2], [1])
    return g.add(OneHot(axis=node.get("axis", -1)), indices, depth, on, off)


@converts("EyeLike")
def eye_like(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = element_type(node.get("dtype")) if node.get("dtype") else x.dtype
    sizes = g.add(ShapeOf(), x)
    pick = StridedSlice(begin_mask=(0,), end_mask=(0,), shrink_axis_mask=(1,))
    rows, columns = (g.add(pick, sizes, [i], [i + 1], [1]) for i in (0, 1))
    return g.add(Eye(output_type=kind), rows, columns, g.constant(np.int64(node.get("k", 0))))


@converts("Trilu")
def trilu(g: Graph, node: SourceNode, x: Output, k: Output | None = None) -> Output:
    """Elements on one side of a diagonal, the others 0."""
    sizes = g.add(ShapeOf(), x)
    pick = StridedSlice(begin_mask=(0,), end_mask=(0,), shrink_axis_mask=(1,))
    last = StridedSlice(begin_mask=(0,), end_mask=(1,), shrink_axis_mask=(1,))
    rows = g.add(pick, sizes, [-2], [-1], [1])
    columns = g.add(last, sizes, [-1], [0], [1])
    zero, one = g.constant(np.int64(0)), g.constant(np.int64(1))
    row = g.add(Range(output_type=ElementType.i64), zero, rows, one)
    column = g.add(Range(output_type=ElementType.i64), zero, columns, one)
    edge = g.add(Unsqueeze(), row, [1])
    if k is not None:
        edge = g.add(Add(), edge, scalar(g, k))
    upper = node.get("upper", 1)
    inside = g.add(GreaterEqual() if upper else LessEqual(), g.add(Unsqueeze(), column, [0]), edge)
    return g.add(Select(), inside, x, g.constant(np.asarray(0), x.dtype))


@converts("CumSum")
def cum_sum(g: Graph, node: SourceNode, x: Output, axis: Output) -> Output:
    op = CumSum(exclusive=bool(node.get("exclusive")), reverse=bool(node.get("reverse")))
    return g.add(op, x, scalar(g, axis))
