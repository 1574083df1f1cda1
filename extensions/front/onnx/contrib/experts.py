"""Mixtures of experts: each token goes through the few experts that its router chooses.

All experts are computed for all tokens and weighted, most of them with zero: so the graph has no
shapes that depend on numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import invalid, lift, rank_of, size_of
from extensions.front.onnx.affine import dequantized
from extensions.front.onnx.attention import heads
from extensions.front.onnx.common import refuse
from extensions.front.onnx.contrib.blocks import unpacked, zero_points
from extensions.front.onnx.contrib.common import microsoft
from extensions.ops.activation import Clamp, Gelu, ReLU, Softmax, Swish
from extensions.ops.arithmetic import Add, Divide, Minimum, Multiply
from extensions.ops.gathering import GatherElements, ScatterElementsUpdate
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import static

_LAST = np.int64(-1)


class Layer(NamedTuple):
    """One matrix [outputs, inputs] and one bias [outputs] for each expert."""

    weights: Output
    bias: Output | None

    def of_tokens(self, g: Graph, x: Output) -> Output:
        """x [tokens, inputs] -> [tokens, E, outputs], by one matrix of all experts' rows."""
        count, rows, columns = (_length(g, self.weights, axis) for axis in range(3))
        flat = g.add(Concat(axis=0), g.constant([-1]), columns)
        y = g.add(MatMul(transpose_b=True), x, g.add(Reshape(), self.weights, flat))
        y = g.add(Reshape(), y, g.add(Concat(axis=0), g.constant([-1]), count, rows))
        return y if self.bias is None else g.add(Add(), y, self.bias)

    def summed(self, g: Graph, x: Output, shares: Output) -> Output:
        """x [tokens, E, inputs], as much of each as ``shares`` [tokens, E] says.

        The result is [tokens, outputs].
        """
        weighted = g.add(Multiply(), x, lift(g, shares, [2]))
        by_expert = g.add(Transpose(), weighted, [1, 0, 2])
        y = g.add(ReduceSum(), g.add(MatMul(transpose_b=True), by_expert, self.weights), [0])
        return y if self.bias is None else g.add(Add(), y, g.add(MatMul(), shares, self.bias))


def _length(g: Graph, x: Output, axis: int) -> Output:
    return heads.lone(g, size_of(g, x, axis))


@microsoft("MoE")
def mixture_of_experts(
    g: Graph,
    node: SourceNode,
    x: Output,
    scores: Output,
    first: Output,
    first_bias: Output | None,
    second: Output,
    second_bias: Output | None = None,
    third: Output | None = None,
    third_bias: Output | None = None,
) -> Output:
    gate = None if third is None else Layer(third, third_bias)
    layers = Layer(first, first_bias), Layer(second, second_bias), gate
    return _mixed(g, node, x, _shares(g, node, scores, _is_alone(node)), *layers)


@microsoft("QMoE")
def quantised_mixture_of_experts(
    g: Graph, node: SourceNode, x: Output, scores: Output, *rest: Output | None
) -> Output:
    """Weights, scales and bias of each layer, then zero points of each, then mixing weights."""
    if node.get("quant_type", "int") != "int":
        raise refuse(node, f"quant_type {node.get('quant_type')}")
    if node.get("weights_prepacked", -1) == 1:
        raise refuse(node, "a layout of weights for one device")
    filled = [*rest, *[None] * 13]
    layers: list[Layer | None] = []
    for number, (weights, scales, bias) in enumerate(zip(*(filled[i:9:3] for i in range(3)))):
        if weights is None or scales is None:
            layers.append(None)
            continue
        bits = node.get(f"fc{number + 1}_expert_weight_bits", node.get("expert_weight_bits", 4))
        real = _dequantized(g, node, weights, scales, filled[9 + number], bits)
        layers.append(Layer(real, bias))
    first, second, third = layers
    if first is None or second is None:
        raise invalid("weights or scales are missing")
    mixing = filled[12]
    # onnxruntime lets the shares of what scores have chosen make one, whatever the node says.
    shares = _shares(g, node, scores, mixing is None or _is_alone(node), mixing)
    return _mixed(g, node, x, shares, first, second, third)


def _is_alone(node: SourceNode) -> bool:
    return bool(node.get("normalize_routing_weights"))


def _dequantized(
    g: Graph, node: SourceNode, packed: Output, scales: Output, zeros: Output | None, bits: int
) -> Output:
    """[E, N, K] of packed rows; scales are [E, N], or [E, N, blocks of K]."""
    sizes, shape = static(packed.shape), static(scales.shape)
    if sizes is None or shape is None or len(sizes) != 3 or len(shape) not in (2, 3):
        raise invalid("its weights and scales are no constants of 3 and 2 or 3 axes")
    columns = sizes[2] * 8 // bits
    integers = g.constant(unpacked(packed, bits, (*sizes[:2], columns)))
    zeros = zero_points(g, zeros, bits, shape)
    block = node.get("block_size", 0) if len(shape) == 3 else columns
    if len(shape) == 2:
        scales, zeros = (g.add(Reshape(), value, [*shape, 1]) for value in (scales, zeros))
    return dequantized(g, integers, scales, zeros, 2, block=block)


def _shares(
    g: Graph, node: SourceNode, scores: Output, alone: bool, mixing: Output | None = None
) -> Output:
    """How much of each expert a token gets, [tokens, E]; zero but for the ``k`` best ones.

    ``alone``: the shares of those make one. ``mixing``: shares that did not choose.
    """
    if node.get("use_sparse_mixer"):
        raise refuse(node, "the sparse mixer")
    best = TopK(axis=1, stable=True, index_element_type=ElementType.i64)
    values, places = g.add_multi(best, scores, g.constant(np.int64(node.get("k", 1))))
    if mixing is None and alone:
        shares = g.add(Softmax(axis=1), values)
    else:
        every = g.add(Softmax(axis=1), scores) if mixing is None else mixing
        shares = g.add(GatherElements(axis=1), every, places)
        if alone:
            shares = g.add(Divide(), shares, g.add(ReduceSum(keep_dims=True), shares, [1]))
    zero = g.constant(np.zeros(()), shares.dtype)
    nothing = g.add(Broadcast(), zero, g.add(ShapeOf(), scores))
    return g.add(ScatterElementsUpdate(), nothing, places, shares, g.constant(np.int64(1)))


def _mixed(
    g: Graph,
    node: SourceNode,
    x: Output,
    shares: Output,
    first: Layer,
    second: Layer,
    gate: Layer | None,
) -> Output:
    """Tokens [..., inputs]; the sum over all experts has their shape."""
    flat = x
    if rank_of(x) != 2:
        width = _length(g, first.weights, 2)
        flat = g.add(Reshape(), x, g.add(Concat(axis=0), g.constant([-1]), width))
    inner = first.of_tokens(g, flat)
    inner = _activated(g, node, inner, None if gate is None else gate.of_tokens(g, flat))
    total = second.summed(g, inner, shares)
    return total if flat is x else g.add(Reshape(), total, g.add(ShapeOf(), x))


_ACTIVATIONS: dict[str, type[Op]] = {"relu": ReLU, "silu": Swish}


def _activated(g: Graph, node: SourceNode, y: Output, gate: Output | None) -> Output:
    """The function of the first layer, times the third one where there is one."""
    name = node.get("activation_type", "relu")
    if name == "swiglu":
        return _gated(g, node, *_halves(g, node, y, gate))
    if name == "gelu":
        y = g.add(Gelu(approximation_mode="TANH"), y)
    elif name in _ACTIVATIONS:
        y = g.add(_ACTIVATIONS[name](), y)
    elif name != "identity":
        raise refuse(node, f"the activation '{name}'")
    return y if gate is None else g.add(Multiply(), y, gate)


def _halves(g: Graph, node: SourceNode, y: Output, gate: Output | None) -> tuple[Output, Output]:
    """What is gated and the gate: two layers, every other number, or two halves of a row."""
    if gate is not None:
        return y, gate
    fusion = node.get("swiglu_fusion", 0)
    if fusion == 1:
        pairs = g.add(Reshape(special_zero=True), y, [0, 0, -1, 2])
        one, other = g.add_multi(Split(num_splits=2), pairs, _LAST)
        return g.add(Squeeze(), one, [3]), g.add(Squeeze(), other, [3])
    if fusion != 2:
        raise invalid("the third layer of its activation swiglu is missing")
    one, other = g.add_multi(Split(num_splits=2), y, _LAST)
    return one, other


def _gated(g: Graph, node: SourceNode, x: Output, gate: Output) -> Output:
    """x * sigmoid(alpha * x) * (gate + beta), both limited."""
    limit = node.get("swiglu_limit")
    if limit is not None:
        x = g.add(Minimum(), x, float(limit))
        gate = g.add(Clamp(min=-float(limit), max=float(limit)), gate)
    alpha, beta = (float(node.get(f"activation_{name}", default)) for name, default in _DEFAULTS)
    shifted = gate if beta == 0 else g.add(Add(), gate, beta)
    return g.add(Multiply(), g.add(Swish(), x, alpha), shifted)


_DEFAULTS = (("alpha", 1.0), ("beta", 0.0))
