"""Products of quantised tensors whose results are floats, and sums and products that stay whole.

They are spelled as products of integers made floats: the middle phase finds the form in which a
runtime computes them in integers.
"""

from __future__ import annotations

from extensions.front.building import scalar, typed
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.contrib.transformer import projected_attention
from extensions.front.onnx.matrix import matmul_integer
from extensions.front.onnx.quantization import dynamic_quantize_linear
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.reduction import ReduceSum
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@microsoft("MatMulIntegerToFloat")
def matmul_integer_to_float(
    g: Graph,
    node: SourceNode,
    a: Output,
    b: Output,
    a_scale: Output,
    b_scale: Output,
    a_zero: Output | None = None,
    b_zero: Output | None = None,
    bias: Output | None = None,
) -> Output:
    """Scale and zero point of ``a`` are single numbers, those of ``b`` may be one per column."""
    a_zero = None if a_zero is None else scalar(g, a_zero)
    product = typed(g, matmul_integer(g, node, a, b, a_zero, b_zero), a_scale.dtype)
    y = g.add(Multiply(), product, g.add(Multiply(), scalar(g, a_scale), b_scale))
    return y if bias is None else g.add(Add(), y, bias)


@microsoft("DynamicQuantizeMatMul")
def dynamic_quantize_matmul(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    scale: Output,
    zero: Output | None = None,
    bias: Output | None = None,
) -> Output:
    integers, x_scale, x_zero = dynamic_quantize_linear(g, node, x)
    return matmul_integer_to_float(g, node, integers, w, x_scale, scale, x_zero, zero, bias)


@microsoft("QAttention")
def q_attention(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    bias: Output,
    x_scale: Output,
    w_scale: Output,
    mask: Output | None = None,
    x_zero: Output | None = None,
    w_zero: Output | None = None,
    past: Output | None = None,
) -> tuple[Output, ...]:
    """Only the projection is quantised."""
    given = (x, w, x_scale, w_scale, x_zero, w_zero, bias)
    projected = matmul_integer_to_float(g, node, *given)
    return projected_attention(g, node, projected, mask, past)


@microsoft("MulInteger")
def mul_integer(
    g: Graph,
    node: SourceNode,
    a: Output,
    a_zero: Output | None,
    b: Output,
    b_zero: Output | None = None,
) -> Output:
    left, right = (_wide_less(g, *pair) for pair in ((a, a_zero), (b, b_zero)))
    return g.add(Multiply(), left, right)


def _wide_less(g: Graph, x: Output, zero: Output | None) -> Output:
    x = typed(g, x, ElementType.i32)
    return x if zero is None else g.add(Subtract(), x, typed(g, zero, ElementType.i32))


@microsoft("ReduceSumInteger")
def reduce_sum_integer(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = ElementType.i32 if x.dtype.is_signed else ElementType.u32
    op = ReduceSum(keep_dims=bool(node.get("keepdims", 1)))
    return g.add(op, typed(g, x, kind), list(node.get("axes") or range(x.rank or 0)))
