"""Quantised tensors: what com.microsoft has beside the operations named QLinear."""

from __future__ import annotations

from extensions.front.building import lift, rank_of, typed
from extensions.front.onnx.contrib.common import images, microsoft, standard
from extensions.front.onnx.quantization import dequantize_linear, q_linear_conv, quantize_linear
from extensions.front.onnx.recurrent import lstm
from extensions.ops.arithmetic import Multiply, Subtract
from extensions.ops.movement import Transpose
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

microsoft("QuantizeLinear")(quantize_linear)
microsoft("DequantizeLinear")(dequantize_linear)


@microsoft("QLinearConv")
def q_linear_conv_of_images(g: Graph, node: SourceNode, x: Output, *rest: Output) -> Output:
    return images(g, node, x, lambda image: q_linear_conv(g, node, image, *rest))


@microsoft("DynamicQuantizeLSTM")
def dynamic_quantize_lstm(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    r: Output,
    b: Output | None,
    lengths: Output | None,
    h: Output | None,
    c: Output | None,
    peepholes: Output | None,
    w_scale: Output,
    w_zero: Output,
    r_scale: Output,
    r_zero: Output,
) -> tuple[Output, ...]:
    """Weights are [directions, inputs, gates]. Data and states are not rounded here."""
    weights = _matrix(g, w, w_scale, w_zero), _matrix(g, r, r_scale, r_zero)
    return lstm(g, standard(node, "LSTM"), x, *weights, b, lengths, h, c, peepholes)


def _matrix(g: Graph, weights: Output, scale: Output, zero: Output) -> Output:
    """[directions, gates, inputs], with a scale for each direction or for each gate of each."""
    kind = scale.dtype
    axes = [2] if rank_of(scale) == 2 else [1, 2]
    factor, shift = (lift(g, typed(g, value, kind), axes) for value in (scale, zero))
    turned = typed(g, g.add(Transpose(), weights, [0, 2, 1]), kind)
    return g.add(Multiply(), g.add(Subtract(), turned, shift), factor)
