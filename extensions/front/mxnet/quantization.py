"""Between floats and the integers of MXNet's quantisation.

A quantised tensor is three: integers, and the least and the greatest number that they stand for,
one element each. Zero stays zero, so only the greater magnitude of the two limits counts: that is
what the greatest integer stands for. Most operations take that for 127 (or 255, 2^31 - 1); those
that oneDNN computes put half a step behind it, for 127.5 (or 255.5).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import all_axes, scalar, to_integers, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Subtract
from extensions.ops.reduction import ReduceMax, ReduceMin
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Abs, Negative
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

I8, U8, I32 = ElementType.i8, ElementType.u8, ElementType.i32
WHOLE, HALF = 0.0, 0.5


def greatest(kind: ElementType, behind: float = WHOLE) -> float:
    """What the greater magnitude of the limits is, in steps."""
    return float(kind.limits[1]) + (behind if kind.bits == 8 else 0.0)


class Quantised(NamedTuple):
    integers: Output
    low: Output
    high: Output

    def magnitude(self, g: Graph) -> Output:
        sides = (g.add(Abs(), scalar(g, limit)) for limit in (self.low, self.high))
        return g.add(Maximum(), *sides)

    def step(self, g: Graph, behind: float = WHOLE) -> Output:
        """What one of the integers stands for, a scalar."""
        return g.add(Divide(), self.magnitude(g), greatest(self.integers.dtype, behind))

    def real(self, g: Graph, behind: float = WHOLE) -> Output:
        floats = typed(g, self.integers, ElementType.f32)
        return g.add(Multiply(), floats, self.step(g, behind))


def limit(g: Graph, value: Output | float) -> Output:
    """A limit as MXNet has it: one element."""
    if isinstance(value, Output):
        return g.add(Reshape(), value, [1])
    return g.constant(np.array([value], np.float32))


def around_zero(g: Graph, integers: Output, magnitude: Output) -> Quantised:
    return Quantised(integers, limit(g, g.add(Negative(), magnitude)), limit(g, magnitude))


def calibrated(node: SourceNode) -> tuple[float, float] | None:
    """The limits that MXNet found when it calibrated the model."""
    low, high = (at.optional_number(node, f"{end}_calib_range") for end in ("min", "max"))
    return None if low is None or high is None else (low, high)


def step_of(limits: tuple[float, float], kind: ElementType, behind: float = WHOLE) -> float:
    """What one integer stands for if they are all within known limits."""
    return max(map(abs, limits)) / greatest(kind, behind) or 1.0


def into_range(
    g: Graph, real: Output, limits: tuple[float, float], kind: ElementType, behind: float = WHOLE
) -> Quantised:
    """Floats as 8-bit integers that stand for known limits."""
    step = g.constant(np.float32(step_of(limits, kind, behind)))
    integers = to_integers(g, real, step, kind)
    return Quantised(integers, *(limit(g, value) for value in limits))


_KINDS = {"int8": I8, "uint8": U8, "auto": None}


def _kind(node: SourceNode, default: str = "int8") -> ElementType:
    """``auto``: unsigned where calibration met nothing negative."""
    chosen = at.chosen(node, "out_type", _KINDS, default)
    limits = calibrated(node)
    return chosen or (U8 if limits and limits[0] >= 0 else I8)


@converts("_contrib_quantize_v2")
def quantize(g: Graph, node: SourceNode, x: Output) -> Quantised:
    """Within limits known from calibration, else within those of the data."""
    kind, limits = _kind(node), calibrated(node)
    if limits is not None:
        if kind is I8:
            limits = (-max(map(abs, limits)), max(map(abs, limits)))
        return into_range(g, x, limits, kind, HALF)
    axes = all_axes(g, x)
    ends = [g.add(op(keep_dims=False), x, axes) for op in (ReduceMin, ReduceMax)]
    found = Quantised(x, *(limit(g, end) for end in ends))
    magnitude = found.magnitude(g)
    integers = to_integers(g, x, g.add(Divide(), magnitude, greatest(kind, HALF)), kind)
    return found._replace(integers=integers) if kind is U8 else around_zero(g, integers, magnitude)


@converts("_contrib_quantize")
def quantize_within(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Quantised:
    kind = _kind(node, "uint8")
    given = Quantised(x, limit(g, low), limit(g, high))
    magnitude = given.magnitude(g)
    integers = to_integers(g, x, g.add(Divide(), magnitude, greatest(kind)), kind)
    return given._replace(integers=integers) if kind is U8 else around_zero(g, integers, magnitude)


@converts("_contrib_quantize_asym")
def quantize_shifted(g: Graph, node: SourceNode, x: Output) -> tuple[Output, Output, Output]:
    """x * scale + shift, with the limits at 0 and 255."""
    limits = calibrated(node)
    if limits is not None:
        low, high = (g.constant(np.float32(value)) for value in limits)
    else:
        axes = all_axes(g, x)
        low, high = (g.add(op(keep_dims=False), x, axes) for op in (ReduceMin, ReduceMax))
    step = g.add(Divide(), g.add(Subtract(), high, low), greatest(U8))
    scale = g.add(Divide(), g.constant(np.float32(1)), step)
    shift = g.add(Subtract(), g.constant(np.float32(255)), g.add(Multiply(), high, scale))
    steps = g.add(Add(), g.add(Multiply(), x, scale), shift)
    return to_integers(g, steps, g.constant(np.float32(1)), U8), limit(g, scale), limit(g, shift)


@converts("_contrib_dequantize")
def dequantize(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Output:
    return Quantised(x, low, high).real(g, HALF)


@converts("_contrib_requantize")
def requantize(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Quantised:
    """Sums in 32 bits to 8 bits."""
    real, kind, limits = Quantised(x, low, high).real(g), _kind(node), calibrated(node)
    if limits is not None:
        if kind is I8:
            limits = (-max(map(abs, limits)), max(map(abs, limits)))
        return into_range(g, real, limits, kind)
    magnitude = g.add(ReduceMax(keep_dims=False), g.add(Abs(), real), all_axes(g, real))
    integers = to_integers(g, real, g.add(Divide(), magnitude, greatest(I8)), I8)
    return around_zero(g, integers, magnitude)
