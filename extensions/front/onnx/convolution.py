"""Convolution and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.onnx.common import channelwise, converts, rank_of, refuse
from extensions.ops import pooling as p
from extensions.ops.arithmetic import Add, Multiply, Power
from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    GroupConvolution,
    GroupConvolutionBackpropData,
    ROIPooling,
)
from extensions.ops.reduction import ReduceL1, ReduceL2, ReduceMax, ReduceMean
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Abs
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, Shape, is_static

_AUTO_PAD = {"NOTSET": "explicit", "": "explicit", "VALID": "valid"}


def spatial_attributes(
    node: SourceNode, shape: Shape, kernel: Sequence[Dimension]
) -> dict[str, Any]:
    """Strides, dilations and pads of a window operation; SAME pads are computed if they can be."""
    rank = len(kernel)
    strides = _listed(node, "strides", rank)
    dilations = _listed(node, "dilations", rank)
    pads = tuple(node.get("pads") or (0,) * (2 * rank))
    if len(pads) != 2 * rank:
        raise UnsupportedError(f"pads {list(pads)} do not fit {rank} spatial axes")
    auto_pad = node.get("auto_pad", "NOTSET")
    mode = _AUTO_PAD.get(auto_pad, auto_pad.lower())
    if mode not in ("explicit", "valid", "same_upper", "same_lower"):
        raise UnsupportedError(f"auto_pad '{auto_pad}' is unknown")
    if mode == "valid":
        pads, mode = (0,) * (2 * rank), "explicit"
    if mode.startswith("same") and shape is not None and is_static(shape[2:]):
        pads = _same_pads(shape[2:], kernel, strides, dilations, mode == "same_upper")
        mode = "explicit"
    return {
        "strides": strides,
        "dilations": dilations,
        "pads_begin": pads[:rank],
        "pads_end": pads[rank:],
        "auto_pad": mode,
    }


def _listed(node: SourceNode, name: str, rank: int) -> tuple[int, ...]:
    values = tuple(node.get(name) or (1,) * rank)
    if len(values) != rank or min(values, default=1) < 1:
        raise UnsupportedError(f"{name} {list(values)} do not fit {rank} spatial axes")
    return values


def _same_pads(
    sizes: Sequence[Any],
    kernel: Sequence[Any],
    strides: Sequence[int],
    dilations: Sequence[int],
    upper: bool,
) -> tuple[int, ...]:
    begins, ends = [], []
    for dim, k, stride, dilation in zip(sizes, kernel, strides, dilations):
        windows = -(-dim // stride)
        total = max(0, (windows - 1) * stride + dilation * (k - 1) + 1 - dim)
        less, more = total // 2, total - total // 2
        begins.append(less if upper else more)
        ends.append(more if upper else less)
    return (*begins, *ends)


@converts("Conv")
def conv(g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None) -> Output:
    if w.shape is None:
        raise UnsupportedError("the rank of its weights is not known")
    group = node.get("group", 1)
    attributes = spatial_attributes(node, x.shape, w.shape[2:])
    if group == 1:
        y = g.add(Convolution(**attributes), x, w)
    else:
        y = g.add(GroupConvolution(**attributes), x, grouped(g, w, group))
    return y if bias is None else g.add(Add(), y, channelwise(g, bias, len(w.shape)))


def grouped(g: Graph, w: Output, group: int) -> Output:
    """Weights [N, M, ...] with the groups split off the first axis: [G, N/G, M, ...]."""
    assert w.shape is not None
    rest = w.shape[1:]
    if is_static(rest):
        return g.add(Reshape(), w, [group, -1, *rest])
    raise UnsupportedError("the shape of its weights is not known")


@converts("ConvTranspose")
def conv_transpose(
    g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None
) -> Output:
    if w.shape is None or not is_static(w.shape[2:]):
        raise UnsupportedError("the shape of its weights is not known")
    kernel = w.shape[2:]
    rank = len(kernel)
    group = node.get("group", 1)
    attributes = _transposed_attributes(node, x.shape, kernel)
    if group == 1:
        y = g.add(ConvolutionBackpropData(**attributes), x, w)
    else:
        y = g.add(GroupConvolutionBackpropData(**attributes), x, grouped(g, w, group))
    return y if bias is None else g.add(Add(), y, channelwise(g, bias, rank + 2))


def _transposed_attributes(node: SourceNode, shape: Shape, kernel: Sequence[Any]) -> dict[str, Any]:
    """Pads from ``output_shape`` or SAME by the formula of ConvTranspose-22."""
    rank = len(kernel)
    strides = _listed(node, "strides", rank)
    dilations = _listed(node, "dilations", rank)
    extra = tuple(node.get("output_padding") or (0,) * rank)
    pads = tuple(node.get("pads") or (0,) * (2 * rank))
    begins, ends = list(pads[:rank]), list(pads[rank:])
    auto_pad = node.get("auto_pad", "NOTSET")
    same = auto_pad.startswith("SAME")
    if auto_pad == "VALID":
        begins, ends = [0] * rank, [0] * rank
    wanted = node.get("output_shape")
    if wanted is not None or same:
        spans = [dilation * (k - 1) + 1 for k, dilation in zip(kernel, dilations)]
        for i in range(rank):
            if wanted is None:
                # SAME: the output is stride times the input, whatever the input is.
                total = spans[i] + extra[i] - strides[i]
            else:
                dim = None if shape is None else shape[2 + i]
                if not isinstance(dim, int):
                    raise UnsupportedError(
                        "output_shape needs a known input size",
                        hint="Give the shape with --input_shape.",
                    )
                target = list(wanted)[-rank:][i]
                total = strides[i] * (dim - 1) + extra[i] + spans[i] - target
            if total < 0:
                extra = tuple(e - total if j == i else e for j, e in enumerate(extra))
                total = 0
            half = total // 2
            begins[i] = total - half if auto_pad != "SAME_UPPER" else half
            ends[i] = total - begins[i]
    return {
        "strides": strides,
        "dilations": dilations,
        "pads_begin": begins,
        "pads_end": ends,
        "output_padding": extra if any(extra) else (),
    }


@converts("MaxPool")
def max_pool(g: Graph, node: SourceNode, x: Output) -> Any:
    attributes, dilations = _pool_attributes(node, x.shape, "max")
    if node.has_output(1) or any(d != 1 for d in dilations):
        if node.get("storage_order"):
            raise refuse(node, "storage_order 1 (column-major indices)")
        return g.add_multi(p.MaxPoolWithIndices(dilations=dilations, **attributes), x)
    return g.add(p.MaxPool(**attributes), x)


@converts("AveragePool")
def average_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    include = bool(node.get("count_include_pad"))
    attributes, dilations = _pool_attributes(node, x.shape, "include" if include else "exclude")
    if any(d != 1 for d in dilations):
        raise refuse(node, "dilation of an average pooling")
    return g.add(p.AvgPool(exclude_pad=not include, **attributes), x)


def _pool_attributes(
    node: SourceNode, shape: Shape, kind: str
) -> tuple[dict[str, Any], tuple[int, ...]]:
    kernel = tuple(node.get("kernel_shape") or ())
    attributes = spatial_attributes(node, shape, kernel)
    dilations = attributes.pop("dilations")
    rounding = "floor"
    if node.get("ceil_mode") and attributes["auto_pad"] == "explicit":
        rounding = _ceil_rounding(attributes, shape, kernel, dilations, kind)
    return {"kernel": kernel, "rounding_type": rounding, **attributes}, dilations


def _ceil_rounding(
    attributes: dict[str, Any],
    shape: Shape,
    kernel: Sequence[int],
    dilations: Sequence[int],
    kind: str,
) -> str:
    """Rounding up, but no window may start behind the data.

    The IR's plain "ceil" lets one start there. Where that cannot happen it is used as it is;
    where sizes are known, the pads are chosen so that rounding down gives the right count.
    """
    spans = [dilation * (k - 1) + 1 for k, dilation in zip(kernel, dilations)]
    strides, begins = attributes["strides"], attributes["pads_begin"]
    ends = list(attributes["pads_end"])
    if all(end + stride <= span for end, stride, span in zip(ends, strides, spans)):
        return "ceil"
    if shape is None or not is_static(shape[2:]) or kind == "include":
        return "ceil_torch"
    for i, dim in enumerate(shape[2:]):
        assert isinstance(dim, int)
        room = dim + begins[i] + ends[i] - spans[i]
        count = -(-room // strides[i]) + 1
        if (count - 1) * strides[i] >= dim + begins[i]:
            count -= 1
        ends[i] = max(0, (count - 1) * strides[i] + spans[i] - dim - begins[i])
    attributes["pads_end"] = tuple(ends)
    return "floor"


def _spatial_axes(g: Graph, x: Output) -> Output:
    return g.constant(np.arange(2, rank_of(x), dtype=np.int64))


@converts("GlobalAveragePool")
def global_average_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ReduceMean(keep_dims=True), x, _spatial_axes(g, x))


@converts("GlobalMaxPool")
def global_max_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ReduceMax(keep_dims=True), x, _spatial_axes(g, x))


@converts("GlobalLpPool")
def global_lp_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    power = node.get("p", 2)
    if power not in (1, 2):
        raise refuse(node, f"p = {power}")
    op = ReduceL1(keep_dims=True) if power == 1 else ReduceL2(keep_dims=True)
    return g.add(op, x, _spatial_axes(g, x))


@converts("LpPool")
def lp_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    """The p-norm of a window: its mean of |x|^p, times the window size, to the power 1/p."""
    power = float(node.get("p", 2))
    attributes, dilations = _pool_attributes(node, x.shape, "include")
    if any(d != 1 for d in dilations):
        raise refuse(node, "dilation of an Lp pooling")
    raised = g.add(Power(), g.add(Abs(), x), power)
    pooled = g.add(p.AvgPool(exclude_pad=False, **attributes), raised)
    summed = g.add(Multiply(), pooled, float(np.prod(attributes["kernel"])))
    return g.add(Power(), summed, 1 / power)


@converts("MaxRoiPool")
def max_roi_pool(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    height, width = node.get("pooled_shape")
    scale = float(node.get("spatial_scale", 1.0))
    return g.add(ROIPooling(pooled_h=height, pooled_w=width, spatial_scale=scale), x, rois)
