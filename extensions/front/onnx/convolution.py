"""Convolutions: plain, grouped, transposed, deformable, of integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import channelwise, invalid, shared_out, typed
from extensions.front.onnx.common import converts, refuse
from extensions.front.onnx.windows import auto_pad, explicit_pads, listed, spatial_attributes
from extensions.ops.arithmetic import Add, Subtract
from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    DeformableConvolution,
    GroupConvolution,
    GroupConvolutionBackpropData,
)
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Round
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import Dimension, is_static


@converts("Conv")
def conv(g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None) -> Output:
    kernel = _kernel(w)
    attributes = spatial_attributes(node, x.shape, kernel)
    y = _convolved(g, node, x, w, Convolution(**attributes), GroupConvolution(**attributes))
    return y if bias is None else g.add(Add(), y, channelwise(g, bias, len(kernel) + 2))


def _kernel(w: Output) -> tuple[Dimension, ...]:
    if w.shape is None:
        raise UnsupportedError("the rank of its weights is not known")
    if len(w.shape) < 3:
        raise invalid(f"its weights have rank {len(w.shape)}")
    return w.shape[2:]


def _convolved(
    g: Graph, node: SourceNode, x: Output, w: Output, plain: Op, in_groups: Op, *sizes: Any
) -> Output:
    """The plain operation, or the one in groups, whose weights are [G, N/G, M, ...]."""
    group = node.get("group", 1)
    if group == 1:
        return g.add(plain, x, w, *sizes)
    if group < 1:
        raise invalid(f"group {group} is no number of groups")
    rest = None if w.shape is None else w.shape[1:]
    if rest is None or not is_static(rest):
        raise UnsupportedError("the shape of its weights is not known")
    return g.add(in_groups, x, g.add(Reshape(), w, [group, -1, *rest]), *sizes)


@converts("ConvTranspose")
def conv_transpose(
    g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None
) -> Output:
    kernel = _kernel(w)
    attributes = _transposed_attributes(node, kernel)
    sizes = node.get("output_shape")
    wanted = [] if sizes is None else [list(sizes)[-len(kernel) :]]
    y = _convolved(
        g,
        node,
        x,
        w,
        ConvolutionBackpropData(**attributes),
        GroupConvolutionBackpropData(**attributes),
        *wanted,
    )
    return y if bias is None else g.add(Add(), y, channelwise(g, bias, len(kernel) + 2))


def _transposed_attributes(node: SourceNode, kernel: Sequence[Dimension]) -> dict[str, Any]:
    """SAME makes the output stride times the input, whatever the size of the input is."""
    rank = len(kernel)
    strides, dilations = listed(node, "strides", rank), listed(node, "dilations", rank)
    extra = tuple(node.get("output_padding") or (0,) * rank)
    begins, ends = map(list, explicit_pads(node, rank))
    mode = auto_pad(node)
    if mode == "valid":
        begins, ends, mode = [0] * rank, [0] * rank, "explicit"
    if node.get("output_shape") is not None:
        # The runtime chooses the pads. Where the odd one comes last is "same_lower" in the IR.
        mode = "same_lower" if mode == "same_upper" else "same_upper"
    elif mode != "explicit":
        for i, (k, dilation) in enumerate(zip(kernel, dilations)):
            if not isinstance(k, int):
                raise UnsupportedError("the shape of its weights is not known")
            total = dilation * (k - 1) + 1 + extra[i] - strides[i]
            begins[i], ends[i] = shared_out(max(0, total), mode == "same_upper")
        mode = "explicit"
    return {
        "strides": strides,
        "dilations": dilations,
        "pads_begin": begins,
        "pads_end": ends,
        "auto_pad": mode,
        "output_padding": extra if any(extra) else (),
    }


@converts("ConvInteger")
def conv_integer(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    x_zero: Output | None = None,
    w_zero: Output | None = None,
) -> Output:
    """Computed in floats, which are exact up to 2^24 here, and integers again at the end."""
    x, w = typed(g, x, ElementType.f32), typed(g, w, ElementType.f32)
    if x_zero is not None:
        x = g.add(Subtract(), x, typed(g, x_zero, x.dtype))
    if w_zero is not None:
        per_output = [-1] + [1] * (len(_kernel(w)) + 1) if w_zero.rank else np.empty(0, np.int64)
        w = g.add(Subtract(), w, g.add(Reshape(), typed(g, w_zero, w.dtype), per_output))
    return typed(g, g.add(Round(), conv(g, node, x, w)), ElementType.i32)


@converts("DeformConv")
def deform_conv(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    offset: Output,
    bias: Output | None = None,
    mask: Output | None = None,
) -> Output:
    """Sampling points moved by offsets; what lies outside the image is zero."""
    kernel = _kernel(w)
    if len(kernel) != 2:
        raise refuse(node, f"a deformable convolution of {len(kernel)} axes")
    op = DeformableConvolution(
        **spatial_attributes(node, x.shape, kernel),
        group=node.get("group", 1),
        deformable_group=node.get("offset_group", 1),
        bilinear_interpolation_pad=True,
        has_mask=mask is not None,
    )
    y = g.add(op, x, offset, w, *([] if mask is None else [mask]))
    return y if bias is None else g.add(Add(), y, channelwise(g, bias, 4))
