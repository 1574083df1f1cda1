"""Parallel streams of features, [..., C, H] or side by side [..., C * H]: hyper-connections.

All is computed in f32.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, rank_of, size_of, typed
from extensions.front.onnx.attention import heads
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.normalization import rms_normalized
from extensions.ops.activation import Sigmoid
from extensions.ops.arithmetic import Add, Maximum, Multiply, Power
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.unary import Abs, Sign, Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_F32 = ElementType.f32


def _grouped(g: Graph, node: SourceNode, x: Output) -> Output:
    """[..., C, H]"""
    count = node.get("num_branches", 0)
    x = typed(g, x, _F32)
    if not count:
        return x
    return g.add(Reshape(special_zero=True), x, [*[0] * (rank_of(x) - 1), count, -1])


def _gates(g: Graph, node: SourceNode, gates: Output, streams: Output) -> Output:
    """[..., C, 1] or [..., C, H]; they may be one for each stream, or lie side by side."""
    gates = typed(g, gates, _F32)
    if rank_of(gates) == rank_of(streams):
        return gates
    count = node.get("num_branches", 0)
    if not count or (gates.shape is not None and gates.shape[-1] == count):
        return lift(g, gates, [rank_of(gates)])
    return _grouped(g, node, gates)


@microsoft("HyperConnectionPreMix")
def hyper_connection_pre_mix(g: Graph, node: SourceNode, x: Output, gates: Output) -> Output:
    """The sum of the streams, each times its gate."""
    streams = _grouped(g, node, x)
    weighted = g.add(Multiply(), streams, _gates(g, node, gates, streams))
    total = g.add(ReduceSum(), weighted, [-2])
    return typed(g, g.add(Multiply(), total, float(node.get("reduction_scale", 1.0))), x.dtype)


@microsoft("HyperConnectionPostMix")
def hyper_connection_post_mix(
    g: Graph, node: SourceNode, x: Output, block: Output, gates: Output, mix: Output | None = None
) -> Output:
    """The streams mixed with each other, and as much of a block's output as each gate says."""
    streams = _grouped(g, node, x)
    mixed = streams
    if mix is not None:
        mixed = g.add(MatMul(transpose_a=True), typed(g, mix, _F32), streams)
    added = lift(g, typed(g, block, _F32), [rank_of(block) - 1])
    more = g.add(Multiply(), _gates(g, node, gates, streams), added)
    return _as_before(g, g.add(Add(), mixed, more), x)


def _as_before(g: Graph, y: Output, x: Output) -> Output:
    y = typed(g, y, x.dtype)
    return y if rank_of(x) == rank_of(y) else g.add(Reshape(), y, g.add(ShapeOf(), x))


@microsoft("BranchwiseRMSNorm")
def branchwise_rms_norm(
    g: Graph, node: SourceNode, x: Output, scale: Output | None = None
) -> Output:
    """The scale is [H], [C, H] or [C * H]."""
    streams = _grouped(g, node, x)
    unit = g.constant(np.ones(()), _F32)
    if scale is not None:
        unit = typed(g, scale, _F32)
        if rank_of(scale) == 1:
            width = heads.lone(g, size_of(g, streams, rank_of(streams) - 1))
            unit = g.add(Reshape(), unit, g.add(Concat(axis=0), g.constant([-1]), width))
    y = rms_normalized(g, streams, unit, float(node.get("epsilon", 1e-5)))
    return _as_before(g, y, x)


@microsoft("EngramGate")
def engram_gate(
    g: Graph,
    node: SourceNode,
    key: Output,
    query: Output,
    value: Output,
    key_scale: Output,
    query_scale: Output,
    value_scale: Output | None = None,
) -> tuple[Output, ...]:
    """Values [N, L, H] as far as keys and queries [N, L, C, H] agree; then also normalised."""
    epsilon = float(node.get("epsilon", 1e-5))
    pair = (
        rms_normalized(g, typed(g, x, _F32), typed(g, scale, _F32), epsilon)
        for x, scale in ((key, key_scale), (query, query_scale))
    )
    product = g.add(ReduceSum(keep_dims=True), g.add(Multiply(), *pair), [-1])
    root = g.add(Power(), typed(g, size_of(g, key, 3), _F32), -0.5)
    agreement = g.add(Multiply(), product, root)
    size = g.add(Sqrt(), g.add(Maximum(), g.add(Abs(), agreement), 1e-6))
    gate = g.add(Sigmoid(), g.add(Multiply(), g.add(Sign(), agreement), size))
    gated = g.add(Multiply(), gate, lift(g, typed(g, value, _F32), [2]))
    outputs = (typed(g, gated, key.dtype),)
    if value_scale is None:
        return outputs
    normal = rms_normalized(g, gated, typed(g, value_scale, _F32), epsilon)
    return *outputs, typed(g, normal, key.dtype)
