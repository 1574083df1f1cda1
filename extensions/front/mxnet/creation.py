"""Tensors out of nothing, or of the shape of others."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused
from extensions.front.mxnet.masking import counting
from extensions.ops.arithmetic import Add, Divide, Multiply
from extensions.ops.generating import Range
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from extensions.ops.unary import Floor
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Constants made here have at most so many elements.
_LIMIT = 1 << 22


def _checked(count: float) -> int:
    if not 0 <= count <= _LIMIT:
        raise refused(f"a constant of {count:.0f} elements")
    return int(count)


@converts("_zeros", "_ones", "_full", "_npi_zeros", "_npi_ones", "_zeros_without_dtype")
def filled(g: Graph, node: SourceNode) -> Output:
    """A size of 0, which stands for one that was not known yet, becomes 1, which broadcasts."""
    shape = [size or 1 for size in at.integers(node, "shape")]
    value = at.number(node, "value", float(node.type in ("_ones", "_npi_ones")))
    kind = at.optional_type(node) or ElementType.f32
    sizes = g.constant(np.asarray(shape, np.int64))
    if min(shape, default=1) < 0:
        raise invalid(f"its shape is {shape}")
    return g.add(Broadcast(), g.constant(np.asarray(value), kind), sizes)


@converts("zeros_like", "ones_like", "_npi_full_like")
def filled_like(g: Graph, node: SourceNode, x: Output) -> Output:
    value = at.number(node, "fill_value", float(node.type == "ones_like"))
    kind = at.optional_type(node) or x.dtype
    return g.add(Broadcast(), g.constant(np.asarray(value), kind), g.add(ShapeOf(), x))


@converts("_arange", "_npi_arange")
def arange(g: Graph, node: SourceNode) -> Output:
    """Each number some times in a row; without a stop, the start is the stop."""
    start, stop = at.number(node, "start"), at.optional_number(node, "stop")
    step, repeat = at.number(node, "step", 1.0), at.integer(node, "repeat", 1)
    if at.flag(node, "infer_range"):
        raise refused("a range whose end follows from its use")
    if stop is None:
        start, stop = 0.0, start
    if not step or repeat < 1:
        raise invalid(f"its step is {step}, its repeat {repeat}")
    count = _checked(max(np.ceil((stop - start) / step), 0) * repeat) // repeat
    values = np.repeat(start + step * np.arange(count), repeat)
    return g.constant(values, at.element_type(node, "float32"))


@converts("_linspace")
def linspace(g: Graph, node: SourceNode) -> Output:
    count = _checked(at.integer(node, "num", at.integer(node, "step", 1)))
    start, stop = at.number(node, "start"), at.number(node, "stop")
    values = np.linspace(start, stop, count, endpoint=at.flag(node, "endpoint", True))
    return g.constant(values, at.element_type(node, "float32"))


@converts("_eye", "_npi_identity")
def eye(g: Graph, node: SourceNode) -> Output:
    if node.type == "_npi_identity":
        rows, columns = (at.integers(node, "shape") * 2)[:2]
    else:
        rows = at.integer(node, "N")
        columns = at.integer(node, "M", 0) or rows
    _checked(max(rows, 0) * max(columns, 0))
    return g.constant(
        np.eye(rows, columns, at.integer(node, "k", 0)), at.element_type(node, "float32")
    )


@converts("_contrib_arange_like")
def arange_like(g: Graph, node: SourceNode, x: Output) -> Output:
    """Counts over an axis of the input, or over all its elements in its shape."""
    axis, repeat = at.optional_integer(node, "axis"), at.integer(node, "repeat", 1)
    if repeat < 1:
        raise invalid(f"it repeats each number {repeat} times")
    if axis is None:
        size = g.add(ReduceProd(keep_dims=False), g.add(ShapeOf(), x), [0])
        zero, one = g.constant(np.int64(0)), g.constant(np.int64(1))
        places = g.add(Range(output_type=ElementType.i64), zero, size, one)
    else:
        places = counting(g, x, axis % rank_of(x))
    values = typed(g, places, ElementType.f32)
    if repeat > 1:
        values = g.add(Floor(), g.add(Divide(), values, float(repeat)))
    values = g.add(Multiply(), values, at.number(node, "step", 1.0))
    values = typed(g, g.add(Add(), values, at.number(node, "start", 0.0)), x.dtype)
    return values if axis is not None else g.add(Reshape(), values, g.add(ShapeOf(), x))
