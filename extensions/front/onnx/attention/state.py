"""Layers that carry a state from one piece of a sequence to the next."""

from __future__ import annotations

import copy

import numpy as np

from extensions.front.building import channelwise, invalid
from extensions.front.onnx.common import converts, refuse
from extensions.ops.activation import Swish
from extensions.ops.arithmetic import Add
from extensions.ops.convolution import GroupConvolution
from extensions.ops.movement import Concat, Pad
from extensions.ops.shaping import Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("CausalConvWithState", since=27)
@converts("CausalConvWithState", domain="com.microsoft")
def causal_conv_with_state(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    bias: Output | None = None,
    past: Output | None = None,
) -> tuple[Output, Output]:
    """x [N, C, L], each channel with a kernel of its own, [C, 1, k]; the state is what came last.

    com.microsoft has dilations, too, and more axes, layouts and states.
    """
    for name, default in (("ndim", 1), ("channels_last", 0), ("state_window", 0)):
        if node.get(name, default) != default:
            raise refuse(node, f"{name} {node.get(name)}")
    dilation, size = int(node.get("dilation", 1)), w.shape[2] if w.shape else None
    if not isinstance(size, int):
        raise UnsupportedError("the size of its kernel is not known")
    kept = (size - 1) * dilation
    if past is None:
        none = g.constant(np.zeros(()), x.dtype)
        whole = g.add(Pad(), x, [0, 0, kept], [0, 0, 0], none)
    else:
        whole = g.add(Concat(axis=2), past, x)
    op = GroupConvolution(strides=(1,), pads_begin=(0,), pads_end=(0,), dilations=(dilation,))
    y = g.add(op, whole, g.add(Unsqueeze(), w, [1]))
    y = y if bias is None else g.add(Add(), y, channelwise(g, bias, 3))
    return _activated(g, node, y), _last(g, whole, kept)


def _activated(g: Graph, node: SourceNode, y: Output) -> Output:
    name = node.get("activation", "none")
    if name not in ("none", "silu", "swish"):
        raise invalid(f"its activation '{name}' is not defined")
    return y if name == "none" else g.add(Swish(), y)


def _last(g: Graph, x: Output, count: int) -> Output:
    """The last places of [N, C, L]."""
    if not count:
        op = StridedSlice(begin_mask=(1, 1, 1), end_mask=(1, 1, 0))
        return g.add(op, x, [0, 0, 0], [0, 0, 0], [1, 1, 1])
    op = StridedSlice(begin_mask=(1, 1, 0), end_mask=(1, 1, 1))
    return g.add(op, x, [0, 0, -count], [0, 0, 0], [1, 1, 1])


@converts("LinearAttention", domain="com.microsoft")
def linear_attention(
    g: Graph, node: SourceNode, *inputs: Output | None
) -> tuple[Output | None, ...]:
    """As the standard defines it for as many heads of queries as of keys, or more."""
    if node.get("state_window"):
        raise refuse(node, f"state_window {node.get('state_window')}")
    if node.get("kv_num_heads", 1) > node.get("q_num_heads", 1):
        raise refuse(node, "more heads of keys than of queries")
    defined = copy.copy(node)
    defined.domain, defined.opset = "", 27
    found: tuple[Output | None, ...] = node.walk.by_standard(defined, *inputs)
    return found
