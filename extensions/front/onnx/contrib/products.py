"""Products and what follows them, as one; activations with a bias."""

from __future__ import annotations

from extensions.front.onnx.activation import gelu
from extensions.front.onnx.common import refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.convolution import conv
from extensions.front.onnx.matrix import gemm
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.matrix import MatMul
from mo.front.model import SourceNode
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


@microsoft("FusedMatMul")
def fused_matmul(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    if node.get("transBatchA") or node.get("transBatchB"):
        raise refuse(node, "a transposed batch")
    op = MatMul(transpose_a=bool(node.get("transA")), transpose_b=bool(node.get("transB")))
    alpha = float(node.get("alpha", 1.0))
    y = g.add(op, a, b)
    return y if alpha == 1 else g.add(Multiply(), y, alpha)


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


@microsoft("QuickGelu")
def quick_gelu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Swish(), x, float(node.get("alpha", 1.702)))
