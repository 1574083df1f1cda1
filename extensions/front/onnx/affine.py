"""Affine quantisation: a number is (integer - zero) * scale, and back.

Integers that are computed come from FakeQuantize where scale and zero point are constant, so
that the middle phase finds what is dequantised at once. Constant ones stay as small as they are,
with their widening beside them, so that a runtime can compute in integers.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import (
    from_integers,
    invalid,
    rank_of,
    scalar,
    size_of,
    typed,
    widened,
)
from extensions.front.onnx.casts import cast_to
from extensions.front.onnx.common import refuse
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import Add, Divide, FakeQuantize, Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.unary import Round
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Parameter
from mo.graph.shape import normalize_axis, static

_T = ElementType


# ---- from integers


def dequantized(
    g: Graph,
    x: Output,
    scale: Output,
    zero: Output | None,
    axis: int,
    kind: ElementType | None = None,
    block: int = 0,
) -> Output:
    """(x - zero) * scale, computed in ``kind``, the type of the scale if it is not given.

    ``axis``: along which scales and zero points lie, in blocks of ``block`` neighbours if it
    is not 0.
    """
    kind = kind or (scale.dtype if scale.dtype.bits > 8 else _T.f32)
    scale, shift = typed(g, scale, kind), _shift(g, zero, kind)
    if block:
        return _from_blocks(g, x, scale, shift, normalize_axis(axis, rank_of(x)), block)
    factor = _along(g, x, scale, axis)
    shift = None if shift is None else _along(g, x, shift, axis)
    return from_integers(g, x, factor, shift)


def _shift(g: Graph, zero: Output | None, kind: ElementType) -> Output | None:
    """The zero point as a float; None if it is zero."""
    shift = None if zero is None else typed(g, zero, kind)
    known = None if shift is None else shift.value()
    return shift if known is None or known.any() else None


def _less(g: Graph, x: Output, shift: Output | None) -> Output:
    return x if shift is None else g.add(Subtract(), x, shift)


def _from_blocks(
    g: Graph, x: Output, scale: Output, shift: Output | None, axis: int, block: int
) -> Output:
    """Each scale holds for several neighbours.

    Constants get an axis for the neighbours, so that the scales stay as few as they are.
    """
    whole = static(x.shape)
    if whole is None or not x.is_constant or whole[axis] % block:
        factor = _repeated(g, x, scale, axis, block)
        shift = None if shift is None else _repeated(g, x, shift, axis, block)
        return g.add(Multiply(), _less(g, widened(g, x, scale.dtype), shift), factor)
    cut = [*whole[:axis], whole[axis] // block, block, *whole[axis + 1 :]]
    y = widened(g, g.add(Reshape(), x, cut), scale.dtype)
    if shift is not None:
        y = g.add(Subtract(), y, g.add(Unsqueeze(), shift, [axis + 1]))
    product = g.add(Multiply(), y, g.add(Unsqueeze(), scale, [axis + 1]))
    return g.add(Reshape(), product, list(whole))


# ---- where scales lie


def _along(g: Graph, x: Output, value: Output, axis: int) -> Output:
    """Scales or zero points [C] laid along an axis of x."""
    if value.shape in ((), (1,)):
        return scalar(g, value)
    if value.rank != 1:
        raise invalid("its scale is neither one number nor one for each place of an axis")
    rank = rank_of(x)
    shape = [1] * rank
    shape[normalize_axis(axis, rank)] = -1
    return g.add(Reshape(), value, shape)


def _repeated(g: Graph, x: Output, value: Output, axis: int, block: int) -> Output:
    """Each scale once for every place of its block."""
    if value.rank != rank_of(x):
        raise invalid("the shapes of its data and scale do not make blocks")
    size = size_of(g, x, axis)
    places = g.add(Range(output_type=_T.i64), g.constant(np.int64(0)), size, _ONE)
    blocks = g.add(Divide(m_pythondiv=False), places, g.constant(np.int64(block)))
    return g.add(Gather(), value, blocks, g.constant(np.int64(axis)))


_ONE = np.int64(1)


# ---- to integers


def quantized(
    g: Graph,
    node: SourceNode,
    x: Output,
    scale: Output,
    zero: Output | None,
    kind: ElementType,
    axis: int,
    real: ElementType | None = None,
    block: int = 0,
) -> Output:
    """x / scale + zero, rounded and limited to the integers of a type.

    Computed in ``real``, by default in the type of the scale. Of small floats nothing is rounded
    before they are made.
    """
    real = real or (scale.dtype if scale.dtype.is_float and scale.dtype.bits > 8 else _T.f32)
    if kind.bits == 16 and real is not _T.f64:
        real = _T.f32
    if not (kind.is_integer and kind.bits <= 16) and not (kind.is_float and kind.bits <= 8):
        raise refuse(node, f"quantisation to {kind.name}")
    x, scale, shift = typed(g, x, real), typed(g, scale, real), _shift(g, zero, real)
    if block:
        axis = normalize_axis(axis, rank_of(x))
        factor = _repeated(g, x, scale, axis, block)
        shift = None if shift is None else _repeated(g, x, shift, axis, block)
    else:
        factor = _along(g, x, scale, axis)
        shift = None if shift is None else _along(g, x, shift, axis)
    if kind.is_float:
        y = g.add(Divide(), x, factor)
        y = y if shift is None else g.add(Add(), y, shift)
        return cast_to(g, y, kind, bool(node.get("saturate", 1)))
    # The CPU runtime quantises in one step whole tensors and along their first two axes only.
    single = not block and (scale.shape in ((), (1,)) or normalize_axis(axis, rank_of(x)) < 2)
    constant = factor.is_constant and (shift is None or shift.is_constant)
    if single and constant and not x.is_constant and not _is_given(x):
        return typed(g, _by_fake_quantize(g, x, factor, shift, kind), kind)
    steps = g.add(Round(), g.add(Divide(), x, factor))
    if shift is not None:
        steps = g.add(Add(), steps, shift)
    return typed(g, _limited(g, steps, kind), kind)


def _is_given(x: Output) -> bool:
    """Whether numbers are those of an input.

    Pixels lie on a grid, often half-way between two integers, and are rounded before the zero
    point is added. FakeQuantize adds first, and gives up to half of them another integer.
    """
    while isinstance(x.node.op, (Reshape, Squeeze, Transpose, Unsqueeze)):
        assert x.node.inputs[0] is not None
        x = x.node.inputs[0]
    return isinstance(x.node.op, Parameter)


def _limited(g: Graph, steps: Output, kind: ElementType) -> Output:
    """Integers as floats within the limits of a type."""
    low, high = map(float, kind.limits)
    if steps.is_constant or kind.bits > 8:
        return g.add(Clamp(min=low, max=high), steps)
    return g.add(FakeQuantize(levels=2**kind.bits), steps, low, high, low, high)


def _by_fake_quantize(
    g: Graph, x: Output, factor: Output, shift: Output | None, kind: ElementType
) -> Output:
    """A FakeQuantize whose output limits are the integers themselves."""
    edges = [g.constant(np.asarray(edge), x.dtype) for edge in kind.limits]
    bounds = [g.add(Multiply(), _less(g, edge, shift), factor) for edge in edges]
    return g.add(FakeQuantize(levels=2**kind.bits), x, *bounds, *edges)
