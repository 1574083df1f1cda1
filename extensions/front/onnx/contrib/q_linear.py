"""Quantised tensors: floats inside, integers at both ends."""

from __future__ import annotations

from collections.abc import Callable

from extensions.front.building import invalid, rank_of, scalar, typed
from extensions.front.onnx.activation import along_axis
from extensions.front.onnx.affine import dequantized, quantized
from extensions.front.onnx.contrib.common import images, microsoft
from extensions.front.onnx.pooling import average_pool, global_average_pool
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Multiply, Select
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMean
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@microsoft("QLinearAdd", "QLinearMul")
def q_linear_binary(
    g: Graph,
    node: SourceNode,
    a: Output,
    a_scale: Output,
    a_zero: Output | None,
    b: Output,
    b_scale: Output,
    b_zero: Output | None,
    y_scale: Output,
    y_zero: Output | None = None,
) -> Output:
    op = Add() if node.type == "QLinearAdd" else Multiply()
    left, right = dequantized(g, a, a_scale, a_zero, 0), dequantized(g, b, b_scale, b_zero, 0)
    return quantized(g, node, g.add(op, left, right), y_scale, y_zero, a.dtype, 0)


@microsoft("QLinearConcat")
def q_linear_concat(
    g: Graph, node: SourceNode, y_scale: Output, y_zero: Output, *parts: Output
) -> Output:
    """Behind the quantities of the result come triples of tensor, scale and zero point."""
    if not parts or len(parts) % 3:
        raise invalid(f"{len(parts)} inputs are no triples")
    triples = [parts[i : i + 3] for i in range(0, len(parts), 3)]
    xs = [dequantized(g, x, scale, zero, 0) for x, scale, zero in triples]
    axis = normalize_axis(node.get("axis", 0), rank_of(xs[0]))
    joined = g.add(Concat(axis=axis), *xs)
    return quantized(g, node, joined, y_scale, y_zero, y_zero.dtype, 0)


def _leaky_relu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.PReLU(), x, float(node.get("alpha", 0.01)))


def _sigmoid(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Sigmoid(), x)


def _softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    """``opset`` tells which meaning the axis has."""
    return along_axis(g, "Softmax", x, node.get("axis", -1), flat=node.get("opset", 13) < 13)


def _mean(g: Graph, node: SourceNode, x: Output) -> Output:
    axes = list(node.get("axes") or range(rank_of(x)))
    return g.add(ReduceMean(keep_dims=bool(node.get("keepdims", 1))), x, axes)


def _pool(g: Graph, node: SourceNode, x: Output) -> Output:
    pool = average_pool if node.type == "QLinearAveragePool" else global_average_pool
    return images(g, node, x, lambda image: pool(g, node, image))


_UNARY: dict[str, Callable[[Graph, SourceNode, Output], Output]] = {
    "QLinearAveragePool": _pool,
    "QLinearGlobalAveragePool": _pool,
    "QLinearLeakyRelu": _leaky_relu,
    "QLinearReduceMean": _mean,
    "QLinearSigmoid": _sigmoid,
    "QLinearSoftmax": _softmax,
}


@microsoft(*_UNARY)
def q_linear_unary(
    g: Graph,
    node: SourceNode,
    x: Output,
    x_scale: Output,
    x_zero: Output | None,
    y_scale: Output,
    y_zero: Output | None = None,
) -> Output:
    real = _UNARY[node.type](g, node, dequantized(g, x, x_scale, x_zero, 0))
    return quantized(g, node, real, y_scale, y_zero, x.dtype, 0)


@microsoft("QGemm")
def q_gemm(
    g: Graph,
    node: SourceNode,
    a: Output,
    a_scale: Output,
    a_zero: Output | None,
    b: Output,
    b_scale: Output,
    b_zero: Output | None,
    c: Output | None = None,
    y_scale: Output | None = None,
    y_zero: Output | None = None,
) -> Output:
    """The summand has the scale of the products; without a scale the result stays a float."""
    op = MatMul(transpose_a=bool(node.get("transA")), transpose_b=bool(node.get("transB")))
    left = dequantized(g, a, a_scale, a_zero, 0)
    # One scale for each column of the result.
    right = dequantized(g, b, b_scale, b_zero, 0 if op.transpose_b else 1)
    y = g.add(op, left, right)
    if c is not None:
        unit = g.add(Multiply(), scalar(g, a_scale), b_scale)
        y = g.add(Add(), y, g.add(Multiply(), typed(g, c, y.dtype), unit))
    alpha = float(node.get("alpha", 1.0))
    if alpha != 1:
        y = g.add(Multiply(), y, alpha)
    if y_scale is None:
        return y
    return quantized(g, node, y, y_scale, y_zero, a.dtype if y_zero is None else y_zero.dtype, 0)


@microsoft("QLinearWhere")
def q_linear_where(
    g: Graph,
    node: SourceNode,
    condition: Output,
    x: Output,
    x_scale: Output,
    x_zero: Output,
    y: Output,
    y_scale: Output,
    y_zero: Output,
    z_scale: Output,
    z_zero: Output,
) -> Output:
    one, other = dequantized(g, x, x_scale, x_zero, 0), dequantized(g, y, y_scale, y_zero, 0)
    chosen = g.add(Select(), condition, one, other)
    return quantized(g, node, chosen, z_scale, z_zero, z_zero.dtype, 0)
