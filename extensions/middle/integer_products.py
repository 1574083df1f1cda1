"""Matrix products of integers that are wanted as floats, in the form that runtimes recognise.

Dynamic quantisation makes them: bytes with a computed zero point, times constant bytes.
"""

from __future__ import annotations

import numpy as np

from extensions.middle.quantization import was_quantized
from extensions.ops.arithmetic import FakeQuantize, Multiply, Subtract
from extensions.ops.conversion import Convert, Widen, signed
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceSum
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.tensor import Tensor
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import rewrite

_BYTES = (ElementType.u8, ElementType.i8)


def _bytes_less(value: Output) -> tuple[Output, Output | None] | None:
    """8-bit integers, widened to 32 bits, and the zero point that is taken from them."""
    zero = None
    if isinstance(value.node.op, Subtract):
        found, zero = value.node.inputs
        if found is None:
            return None
        value = found
    if not isinstance(value.node.op, (Convert, Widen)):
        return None
    source = value.node.inputs[0]
    return None if source is None or source.dtype not in _BYTES else (source, zero)


@rewrite(
    match(
        Convert,
        match(
            MatMul,
            any_value("x"),
            any_value("w"),
            where=lambda op: not (op.transpose_a or op.transpose_b),
        ),
    )
)
def integer_product(g: Graph, node: Node, x: Output, w: Output) -> Output | None:
    """float((x - a) * (w - b)) -> x * w - a * sum(w - b) - sum(x) * b, in floats.

    Only so, with the computed zero point outside and behind a FakeQuantize, runtimes find that
    the product can be made of bytes.
    """
    kind = node.outputs[0].dtype
    left, right = _bytes_less(x), _bytes_less(w)
    if kind is not ElementType.f32 or left is None or right is None:
        return None
    (x, a), (w, b) = left, right
    matrix = w.constant
    if matrix is None or len(matrix.shape) != 2:
        return None
    a, b = _shift(g, a, kind), _shift(g, b, kind)
    if matrix.dtype is ElementType.u8:
        matrix, b = signed(matrix), g.add(Subtract(), 0.0 if b is None else b, 128.0)
    floats = _as_bytes(g, x, kind)
    widened = g.add(Widen(destination_type=kind), g.constant(matrix))
    y = g.add(MatMul(), floats, g.add(Multiply(), widened, 1.0))
    if a is not None:
        columns = g.constant(_column_sums(matrix))
        if b is not None:
            columns = g.add(Subtract(), columns, g.add(Multiply(), b, float(matrix.shape[0])))
        y = g.add(Subtract(), y, g.add(Multiply(), columns, a))
    if b is not None:
        rows = g.add(ReduceSum(keep_dims=True), floats, [-1])
        y = g.add(Subtract(), y, g.add(Multiply(), rows, b))
    return y


def _shift(g: Graph, zero: Output | None, kind: ElementType) -> Output | None:
    """A zero point as a float; None if it is zero."""
    known = None if zero is None else zero.value()
    if zero is None or (known is not None and not known.any()):
        return None
    source = zero.node.inputs[0] if isinstance(zero.node.op, Convert) else None
    small = source is not None and source.dtype in _BYTES
    return g.add(Convert(destination_type=kind), source if small else zero)


def _column_sums(weights: Tensor) -> Tensor:
    columns = weights.shape[1:]
    return Tensor.lazy(ElementType.f32, columns, lambda: weights.array.sum(0, np.int64))


def _as_bytes(g: Graph, x: Output, kind: ElementType) -> Output:
    """Bytes as floats that tell by a FakeQuantize what they are."""
    floats = g.add(Convert(destination_type=kind), x)
    if was_quantized(x):
        return floats
    low, high = map(float, x.dtype.limits)
    return g.add(FakeQuantize(levels=256), floats, low, high, low, high)


RULES = (integer_product,)
