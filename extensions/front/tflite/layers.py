"""Matrix products with weights, activations and normalisations that are TF-Lite's own."""

from __future__ import annotations

from extensions.front.building import lift, rank_of
from extensions.front.tf.common import refuse
from extensions.front.tflite.common import converts, tensorflow
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceL2
from extensions.ops.shaping import Reshape
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("FULLY_CONNECTED")
def fully_connected(
    g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None
) -> Output:
    """Weights are [out, in]. All axes but those that hold a whole row are one, unless kept."""
    if node.get("weights_format", 0):
        raise refuse("weights in shuffled order")
    taken = w.shape[1] if w.shape is not None and len(w.shape) == 2 else None
    keeps = node.get("keep_num_dims", False)
    if not keeps and not (x.rank == 2 and x.shape and x.shape[1] == taken):
        if not isinstance(taken, int):
            raise refuse("weights of unknown shape")
        x = g.add(Reshape(), x, [-1, taken])
    y = g.add(MatMul(transpose_b=True), x, w)
    return y if bias is None else g.add(Add(), y, bias)


@converts("SOFTMAX")
def softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    beta = float(node.get("beta", 1.0))
    scaled = x if beta == 1 else g.add(Multiply(), x, beta)
    result: Output = tensorflow(g, node, "Softmax", scaled)
    return result


@converts("RELU_N1_TO_1", "RELU_0_TO_1")
def limited(g: Graph, node: SourceNode, x: Output) -> Output:
    low = 0.0 if node.type == "RELU_0_TO_1" else -1.0
    return g.add(act.Clamp(min=low, max=1.0), x)


@converts("HARD_SWISH")
def hard_swish(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.HSwish(), x)


@converts("GELU")
def gelu(g: Graph, node: SourceNode, x: Output) -> Output:
    mode = "TANH" if node.get("approximate", False) else "ERF"
    return g.add(act.Gelu(approximation_mode=mode), x)


@converts("PRELU")
def prelu(g: Graph, node: SourceNode, x: Output, slope: Output) -> Output:
    """The slope broadcasts from the last axis on; a vector of the IR lies along the channels."""
    missing = rank_of(x) - rank_of(slope)
    return g.add(act.PReLU(), x, lift(g, slope, range(missing)))


# The least length by which is divided.
_EPSILON = 1e-6


@converts("L2_NORMALIZATION")
def l2_normalization(g: Graph, node: SourceNode, x: Output) -> Output:
    """Rows of length 1 along the last axis."""
    length = g.add(ReduceL2(keep_dims=True), x, [rank_of(x) - 1])
    return g.add(Divide(), x, g.add(Maximum(), length, _EPSILON))
