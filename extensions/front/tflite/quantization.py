"""Quantised tensors: integers to the numbers that they stand for, and numbers to their levels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extensions.front.building import from_integers, rank_of, typed
from extensions.front.tflite.tensors import Quantization
from extensions.ops import arithmetic as a
from extensions.ops.activation import Clamp
from extensions.ops.conversion import Widen
from extensions.ops.unary import Round
from mo.errors import UnsupportedError
from mo.front.values import Value, is_tensor
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis
from mo.graph.tensor import Tensor

_F32 = ElementType.f32


def real(g: Graph, x: Value, meant: Quantization | None) -> Value:
    """The numbers that integers stand for; what is computed is numbers already."""
    if meant is None or not is_tensor(x) or not x.dtype.is_integer:
        return x
    factor, shift = (_along(g, x, values, meant) for values in (meant.scale, meant.zero))
    return from_integers(g, x, factor, shift if meant.zero.any() else None)


def _along(g: Graph, x: Output, values: np.ndarray, meant: Quantization) -> Output:
    """A number, or one for each place of an axis, of the rank of x."""
    if values.size == 1:
        return g.constant(values.reshape(()), _F32)
    shape = [1] * rank_of(x)
    shape[normalize_axis(meant.axis, len(shape))] = values.size
    return g.constant(values.reshape(shape), _F32)


def rounded(g: Graph, x: Output, meant: Quantization, kind: ElementType) -> Output:
    """Numbers rounded to the levels of integers of a type."""
    if kind.bits > 16 or meant.scale.size > 1:
        return x  # sums, and constants: they have been computed with already
    scale, zero = float(meant.scale[0]), int(meant.zero[0])
    low, high = ((limit - zero) * scale for limit in kind.limits)
    if kind.bits <= 8:
        return g.add(a.FakeQuantize(levels=1 << kind.bits), x, low, high, low, high)
    # No kernel has more levels.
    steps = g.add(Round(), g.add(a.Divide(), x, scale))
    least, most = (float(limit - zero) for limit in kind.limits)
    return g.add(a.Multiply(), g.add(Clamp(min=least, max=most), steps), scale)


def to_integers(g: Graph, x: Output, meant: Quantization, kind: ElementType) -> Output:
    """The integers that stand for numbers."""
    if meant.scale.size > 1:
        raise UnsupportedError("a result that is quantised by channel")
    scale, zero = float(meant.scale[0]), int(meant.zero[0])
    least, most = map(float, kind.limits)
    if kind.bits > 8:
        steps = g.add(a.Add(), g.add(Round(), g.add(a.Divide(), x, scale)), float(zero))
        return typed(g, g.add(Clamp(min=least, max=most), steps), kind)
    low, high = ((limit - zero) * scale for limit in kind.limits)
    op = a.FakeQuantize(levels=1 << kind.bits)
    return typed(g, g.add(op, x, low, high, least, most), kind)


def moved(g: Graph, x: Output, move: Callable[[Output], Output]) -> Output:
    """Weights laid out otherwise, and the scales that belong to them.

    They stay bytes behind the arithmetic that makes numbers of them. ``move`` is of the rank of
    the weights, whose axes may have the size 1.
    """
    node = x.node
    if isinstance(node.op, Widen):
        (stored,) = node.inputs
        assert stored is not None
        if stored.dtype.bits < 8:
            stored = g.constant(_unpacked(stored))
        return g.add(node.op, move(stored))
    if isinstance(node.op, (a.Multiply, a.Subtract)):
        data, other = node.inputs
        assert data is not None
        assert other is not None
        if data.rank == x.rank and other.is_constant and other.rank in (0, x.rank):
            laid = other if other.rank == 0 else move(other)
            return g.add(node.op, moved(g, data, move), laid)
    return move(x)


def _unpacked(x: Output) -> Tensor:
    """Elements of less than a byte cannot be moved where they are."""
    assert x.constant is not None
    if not x.dtype.is_signed:
        return x.constant.converted(ElementType.u8)
    return x.constant.converted(ElementType.i8)
