"""Normalisations with what stands before and behind them, and embeddings."""

from __future__ import annotations

import numpy as np

from extensions.front.building import channelwise, lift, rank_of, scalar, size_of, typed
from extensions.front.onnx.affine import dequantized
from extensions.front.onnx.attention.masks import counted
from extensions.front.onnx.common import converts, needed
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.normalization import layer_normalized, rms_normalized
from extensions.ops.activation import Sigmoid, SoftPlus, Swish
from extensions.ops.arithmetic import Add, Equal, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Transpose
from extensions.ops.normalization import GroupNormalization
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Outputs that are made in training only.
_UNSEEN = (None, None)


def _epsilon(node: SourceNode, default: float = 1e-12) -> float:
    return float(node.get("epsilon", default))


def _sum(g: Graph, *summands: Output | None) -> Output:
    total, *others = (value for value in summands if value is not None)
    for value in others:
        total = g.add(Add(), total, value)
    return total


@microsoft("SkipLayerNormalization")
def skip_layer_normalization(
    g: Graph,
    node: SourceNode,
    x: Output,
    skip: Output,
    scale: Output,
    shift: Output | None = None,
    bias: Output | None = None,
) -> tuple[Output | None, ...]:
    total = _sum(g, x, skip, bias)
    return layer_normalized(g, total, scale, shift, _epsilon(node)), *_UNSEEN, total


@microsoft("SkipSimplifiedLayerNormalization")
def skip_rms_normalization(
    g: Graph, node: SourceNode, x: Output, skip: Output, scale: Output, bias: Output | None = None
) -> tuple[Output | None, ...]:
    total = _sum(g, x, skip, bias)
    return rms_normalized(g, total, scale, _epsilon(node)), *_UNSEEN, total


@converts("SimplifiedLayerNormalization")
@microsoft("SimplifiedLayerNormalization")
def simplified_layer_normalization(g: Graph, node: SourceNode, x: Output, scale: Output) -> Output:
    """onnxruntime has it in the domain of the standard, too. Statistics are at least f32."""
    wide = typed(g, x, ElementType.f32) if x.dtype.bits < 32 else x
    axes = range(node.get("axis", -1), 0 if node.get("axis", -1) < 0 else rank_of(x))
    unit = g.constant(np.ones(()), wide.dtype)
    normal = rms_normalized(g, wide, unit, _epsilon(node, 1e-5), list(axes))
    return g.add(Multiply(), typed(g, normal, scale.dtype), scale)


@microsoft("GatedRMSNorm")
def gated_rms_norm(g: Graph, node: SourceNode, x: Output, scale: Output, gate: Output) -> Output:
    """A row may be longer than the scale: each piece of its length is normalised."""
    pieces = g.constant([*[0] * (rank_of(x) - 1), -1])
    shape = g.add(Concat(axis=0), pieces, g.add(ShapeOf(), scale))
    cut = g.add(Reshape(special_zero=True), x, shape)
    normal = rms_normalized(g, cut, scale, _epsilon(node, 1e-5))
    flat = g.add(Reshape(), normal, g.add(ShapeOf(), x))
    smooth = Sigmoid() if node.get("activation", "silu") == "sigmoid" else Swish()
    return g.add(Multiply(), flat, g.add(smooth, gate))


@microsoft("ScaledSiLU")
def scaled_silu(g: Graph, node: SourceNode, x: Output, scale: Output | None = None) -> Output:
    by = float(node.get("alpha", 1.0)) if scale is None else scalar(g, typed(g, scale, x.dtype))
    return g.add(Swish(), g.add(Multiply(), x, by))


@microsoft("GatedAdd")
def gated_add(g: Graph, node: SourceNode, x: Output, y: Output, gate: Output) -> Output:
    return g.add(Add(), x, g.add(Multiply(), y, gate))


@microsoft("LinearAttentionGate")
def linear_attention_gate(
    g: Graph, node: SourceNode, a: Output, bias: Output, scale: Output, b: Output | None = None
) -> tuple[Output | None, ...]:
    """Decay and update rate, computed in the type of the bias."""
    smooth = g.add(SoftPlus(), g.add(Add(), typed(g, a, bias.dtype), bias))
    decay = typed(g, g.add(Multiply(), smooth, scale), a.dtype)
    return decay, None if b is None else g.add(Sigmoid(), b)


# ---- groups of channels


@microsoft("GroupNorm")
def group_norm(g: Graph, node: SourceNode, x: Output, scale: Output, shift: Output) -> Output:
    """Channels come last unless the node says otherwise."""
    rank = rank_of(x)
    last = bool(node.get("channels_last", 1))
    if last:
        x = g.add(Transpose(), x, [0, rank - 1, *range(1, rank - 1)])
    op = GroupNormalization(num_groups=int(needed(node, "groups")), epsilon=_epsilon(node, 1e-5))
    y = g.add(op, x, typed(g, scale, x.dtype), typed(g, shift, x.dtype))
    if node.get("activation", 0):
        y = g.add(Swish(), y)
    return g.add(Transpose(), y, [0, *range(2, rank), 1]) if last else y


@microsoft("SkipGroupNorm")
def skip_group_norm(
    g: Graph,
    node: SourceNode,
    x: Output,
    scale: Output,
    shift: Output,
    skip: Output,
    bias: Output | None = None,
) -> tuple[Output, Output]:
    """The skip may be one value for each channel of a sample, [N, C]."""
    if node.get("channels_last", 1):
        skip = lift(g, skip, [1, 2] if skip.rank == 2 else [])
    else:
        skip = lift(g, skip, [2, 3] if skip.rank == 2 else [])
        bias = None if bias is None else channelwise(g, bias, rank_of(x))
    total = _sum(g, x, skip, bias)
    return group_norm(g, node, total, scale, shift), total


# ---- embeddings


@microsoft("EmbedLayerNormalization")
def embed_layer_normalization(
    g: Graph,
    node: SourceNode,
    words: Output,
    segments: Output | None,
    word_table: Output,
    place_table: Output,
    segment_table: Output | None,
    scale: Output,
    shift: Output,
    mask: Output | None = None,
    places: Output | None = None,
) -> tuple[Output, ...]:
    total = g.add(Gather(), word_table, words, np.int64(0))
    places = counted(g, words, 1) if places is None else places
    total = g.add(Add(), total, g.add(Gather(), place_table, places, np.int64(0)))
    if segments is not None and segment_table is not None:
        total = g.add(Add(), total, g.add(Gather(), segment_table, segments, np.int64(0)))
    normal = layer_normalized(g, total, scale, shift, _epsilon(node))
    return normal, _lengths(g, words, mask), total


def _lengths(g: Graph, words: Output, mask: Output | None) -> Output:
    """How many words of each sample count; 0 without a mask."""
    if mask is None:
        size = lift(g, size_of(g, words, 0), [0])
        return g.add(Broadcast(), g.constant(np.zeros(1, np.int32)), size)
    ones = g.add(Equal(), mask, g.constant(np.ones((), np.int32)))
    return g.add(ReduceSum(), typed(g, ones, ElementType.i32), [1])


@microsoft("QEmbedLayerNormalization")
def q_embed_layer_normalization(
    g: Graph, node: SourceNode, words: Output, segments: Output | None, *rest: Output | None
) -> tuple[Output, ...]:
    """Five tables, a mask, then a scale and then a zero point for each table."""
    tables, mask, scales, zeros = rest[:5], rest[5], rest[6:11], rest[11:16]
    real = [
        dequantized(g, table, scale, zero, 0) if table and scale else None
        for table, scale, zero in zip(tables, scales, zeros)
    ]
    return embed_layer_normalization(g, node, words, segments, *real, mask)[:2]
