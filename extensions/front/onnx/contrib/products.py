"""Products and what follows them, as one; activations with a bias."""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, typed
from extensions.front.onnx.activation import gelu
from extensions.front.onnx.common import refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.convolution import conv
from extensions.front.onnx.matrix import gemm
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Split, Transpose
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def _activated(g: Graph, node: SourceNode, y: Output) -> Output:
    """The function that the optimiser put into a product."""
    name, numbers = node.get("activation", ""), node.get("activation_params") or []
    if name in ("", "Relu"):
        return g.add(act.ReLU(), y) if name else y
    if name in ("Sigmoid", "Tanh"):
        return g.add(act.Sigmoid() if name == "Sigmoid" else act.Tanh(), y)
    if name == "LeakyRelu":
        return g.add(act.PReLU(), y, float((numbers or [node.get("alpha", 0.01)])[0]))
    if name == "Clip" and len(numbers) == 2:
        return g.add(act.Clamp(min=numbers[0], max=numbers[1]), y)
    if name == "HardSigmoid" and len(numbers) == 2:
        return g.add(act.HardSigmoid(), y, *map(float, numbers))
    raise refuse(node, f"the activation '{name}'")


@microsoft("FusedConv")
def fused_conv(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    bias: Output | None = None,
    summand: Output | None = None,
) -> Output:
    y = conv(g, node, x, w, bias)
    return _activated(g, node, y if summand is None else g.add(Add(), y, summand))


@microsoft("FusedGemm")
def fused_gemm(g: Graph, node: SourceNode, a: Output, b: Output, c: Output | None = None) -> Output:
    return _activated(g, node, gemm(g, node, a, b, c))


@microsoft("FusedMatMul", "TransposeMatMul", "FusedMatMulActivation", "SparseToDenseMatMul")
def fused_matmul(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    if node.get("transBatchA"):
        a = _first_axis_inside(g, a)
    if node.get("transBatchB"):
        b = _first_axis_inside(g, b)
    op = MatMul(transpose_a=bool(node.get("transA")), transpose_b=bool(node.get("transB")))
    alpha = float(node.get("alpha", 1.0))
    y = g.add(op, a, b)
    y = y if alpha == 1 else g.add(Multiply(), y, alpha)
    return _activated(g, node, y) if node.type == "FusedMatMulActivation" else y


def _first_axis_inside(g: Graph, x: Output) -> Output:
    """[M, batch..., K] -> [batch..., M, K]"""
    rank = rank_of(x)
    return g.add(Transpose(), x, [*range(1, rank - 1), 0, rank - 1])


@microsoft("Gelu")
def plain_gelu(g: Graph, node: SourceNode, x: Output) -> Output:
    return gelu(g, node, x)


@microsoft("BiasGelu")
def bias_gelu(g: Graph, node: SourceNode, x: Output, bias: Output) -> Output:
    return gelu(g, node, g.add(Add(), x, bias))


@microsoft("FastGelu")
def fast_gelu(g: Graph, node: SourceNode, x: Output, bias: Output | None = None) -> Output:
    biased = x if bias is None else g.add(Add(), x, bias)
    return g.add(act.Gelu(approximation_mode="TANH"), biased)


@microsoft("GemmFastGelu")
def gemm_fast_gelu(
    g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None
) -> Output:
    return fast_gelu(g, node, g.add(MatMul(), x, w), bias)


@microsoft("QuickGelu")
def quick_gelu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Swish(), x, float(node.get("alpha", 1.702)))


@microsoft("BiasSplitGelu")
def bias_split_gelu(g: Graph, node: SourceNode, x: Output, bias: Output) -> Output:
    """The first half of the channels, gated by the second."""
    halves = g.add_multi(Split(num_splits=2), g.add(Add(), x, bias), np.int64(-1))
    return g.add(Multiply(), halves[0], g.add(act.Gelu(), halves[1]))


@microsoft("BiasAdd")
def bias_add(g: Graph, node: SourceNode, x: Output, bias: Output, skip: Output) -> Output:
    return g.add(Add(), g.add(Add(), x, bias), skip)


@microsoft("MatMulInteger16")
def matmul_integer_16(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    kind = ElementType.i32 if ElementType.i16 in (a.dtype, b.dtype) else ElementType.u32
    return g.add(MatMul(), typed(g, a, kind), typed(g, b, kind))
