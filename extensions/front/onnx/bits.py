"""BitCast: the bits of floats as integers, and back, by arithmetic, as the IR has no operation.

The exponent of a number is how many powers of two it reaches. The number divided by that of its
exponent is what follows it, the significand, which is a whole number of its last bits. All steps
are exact; integers are put together bit by bit, as the CPU runtime may add them as floats. What
is no number has one pattern of bits here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import typed
from extensions.front.onnx.common import converts, needed, refuse
from extensions.front.onnx.tensors import element_type
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.selection import Bucketize
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor

_T = ElementType


class Layout(NamedTuple):
    """How many bits tell the exponent, and how many what follows it."""

    exponent: int
    fraction: int

    @property
    def exponents(self) -> np.ndarray:
        """All of them; the last is that of infinity, and of what is no number."""
        return np.arange(1 << self.exponent, dtype=np.int32)

    @property
    def sign(self) -> np.int32:
        """The bit in front."""
        return np.uint32(1 << self.exponent + self.fraction).astype(np.int32)

    def powers(self) -> np.ndarray:
        """What the last bit of a significand counts, for each exponent, as a power of two."""
        bias = (1 << self.exponent - 1) - 1
        return np.maximum(self.exponents, 1) - bias - self.fraction


LAYOUTS = {_T.f32: Layout(8, 23), _T.f16: Layout(5, 10), _T.bf16: Layout(8, 7)}


@converts("BitCast")
def bit_cast(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = element_type(needed(node, "to"))
    if kind.bits != x.dtype.bits:
        raise refuse(node, f"a change from {x.dtype.name} to {kind.name}")
    if x.constant is not None:
        return g.constant(Tensor.from_bytes(x.constant.storage(), kind, x.constant.shape))
    if not (kind.is_float or x.dtype.is_float):
        return typed(g, x, kind)
    layouts = [LAYOUTS.get(one) for one in (x.dtype, kind) if one.is_float]
    if None in layouts:
        raise refuse(node, f"reading the bits of {x.dtype.name} as {kind.name}")
    bits = bits_of(g, x) if x.dtype.is_float else typed(g, x, _T.i32)
    return of_bits(g, bits, kind) if kind.is_float else _wrapped(g, bits, kind)


def _wrapped(g: Graph, bits: Output, kind: ElementType) -> Output:
    """Integers of 32 bits in a type of as many or fewer, the lowest bits as they are."""
    if kind is _T.u16:
        bits = _masked(g, bits, 0xFFFF)
    return typed(g, bits, kind)


def bits_of(g: Graph, x: Output) -> Output:
    """Floats as integers of 32 bits, whose lowest are those of the floats."""
    layout, infinity = LAYOUTS[x.dtype], np.float32(np.inf)
    is_number, is_negative = g.add(a.Equal(), x, x), _is_negative(g, x)
    size = g.add(a.Select(), is_number, g.add(Abs(), typed(g, x, _T.f32)), infinity)
    powers = layout.powers()
    edges = np.append(np.ldexp(1.0, powers[1:-1] + layout.fraction), infinity)
    exponent = g.add(_BUCKETS, size, edges.astype(np.float32))
    finite = g.add(a.Select(), g.add(a.Less(), size, infinity), size, np.float32(0))
    significand = _scaled(g, finite, exponent, -powers)
    quiet = np.float32(1 << layout.fraction - 1)
    significand = typed(g, g.add(a.Select(), is_number, significand, quiet), _T.i32)
    bits = _masked(g, significand, (1 << layout.fraction) - 1)
    bits = g.add(a.BitwiseOr(), bits, _at(g, layout.exponents << layout.fraction, exponent))
    signs = np.array([0, layout.sign], np.int32)
    return g.add(a.BitwiseOr(), bits, _at(g, signs, typed(g, is_negative, _T.i32)))


def of_bits(g: Graph, bits: Output, kind: ElementType) -> Output:
    """Floats from integers of 32 bits, the lowest of which are theirs."""
    layout = LAYOUTS[kind]
    edges = layout.exponents[1:] << layout.fraction
    exponent = g.add(
        _BUCKETS, _masked(g, bits, (1 << layout.exponent + layout.fraction) - 1), edges
    )
    fraction = _masked(g, bits, (1 << layout.fraction) - 1)
    first = np.minimum(layout.exponents, 1) << layout.fraction
    significand = g.add(a.BitwiseOr(), fraction, _at(g, first, exponent))
    size = _scaled(g, typed(g, significand, _T.f32), exponent, layout.powers())
    is_whole = g.add(a.Equal(), typed(g, fraction, _T.f32), 0.0)
    beyond = g.add(a.Select(), is_whole, np.float32(np.inf), np.float32(np.nan))
    is_finite = g.add(a.Less(), typed(g, exponent, _T.f32), np.float32(layout.exponents[-1]))
    size = g.add(a.Select(), is_finite, size, beyond)
    signed = g.add(a.NotEqual(), typed(g, _masked(g, bits, layout.sign), _T.f32), 0.0)
    size = g.add(a.Select(), signed, g.add(a.Multiply(), size, -1.0), size)
    return typed(g, size, kind)


_BUCKETS = Bucketize(output_type=_T.i32, with_right_bound=False)


def _scaled(g: Graph, x: Output, exponent: Output, powers: np.ndarray) -> Output:
    """x times the power of two that belongs to its exponent, in two steps: one may be too far."""
    half = powers // 2
    for step in (half, powers - half):
        x = g.add(a.Multiply(), x, _at(g, np.ldexp(1.0, step).astype(np.float32), exponent))
    return x


def _at(g: Graph, table: np.ndarray, index: Output) -> Output:
    return g.add(Gather(), g.constant(table), index, np.int64(0))


def _masked(g: Graph, bits: Output, mask: int | np.int32) -> Output:
    return g.add(a.BitwiseAnd(), bits, g.constant(np.int32(mask)))


def _is_negative(g: Graph, x: Output) -> Output:
    """Below zero, or minus zero, of which only the reciprocal tells the sign."""
    x = typed(g, x, _T.f32)
    reciprocal = g.add(a.Divide(), g.constant(np.float32(1)), x)
    is_minus_zero = g.add(
        a.LogicalAnd(), g.add(a.Equal(), x, 0.0), g.add(a.Less(), reciprocal, 0.0)
    )
    return g.add(a.LogicalOr(), g.add(a.Less(), x, 0.0), is_minus_zero)
