"""Resizing and sampling."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.onnx.common import converts, needed_constant, rank_of, refuse, typed
from extensions.ops.convolution import ROIAlign
from extensions.ops.movement import Gather
from extensions.ops.sampling import GridSample, Interpolate, scaled
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axes, same


@converts("Upsample")
def upsample_1(g: Graph, node: SourceNode, x: Output) -> Output:
    scales = node.get("scales")
    if scales is None:
        scales = [1.0, 1.0, node.get("height_scale", 1.0), node.get("width_scale", 1.0)]
    return _scaled(g, x, scales, _legacy(node))


@converts("Upsample", since=9)
@converts("Resize")
def resize_10(g: Graph, node: SourceNode, x: Output, scales: Output) -> Output:
    values = needed_constant(scales, "scales").tolist()
    return _scaled(g, x, values, _legacy(node))


def _legacy(node: SourceNode) -> dict[str, Any]:
    """Before 11 an output pixel reads the input at its place divided by the scale."""
    return {
        "mode": _mode(node.get("mode", "nearest")),
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "floor",
    }


def _mode(name: str) -> str:
    modes = {"nearest": "nearest", "linear": "linear_onnx", "bilinear": "linear_onnx"}
    return {**modes, "cubic": "cubic"}[name]


_COORDINATES = {
    "half_pixel",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_half_pixel_for_nn",
}


@converts("Resize", since=11)
def resize_11(
    g: Graph,
    node: SourceNode,
    x: Output,
    roi: Output | None = None,
    scales: Output | None = None,
    sizes: Output | None = None,
) -> Output:
    coordinates = node.get("coordinate_transformation_mode", "half_pixel")
    if coordinates not in _COORDINATES:
        raise refuse(node, f"the coordinate transformation '{coordinates}'")
    if node.get("antialias"):
        raise refuse(node, "antialiasing")
    if node.get("exclude_outside") and node.get("mode") == "cubic":
        raise refuse(node, "exclude_outside with cubic interpolation")
    if node.get("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise refuse(node, f"the policy '{node.get('keep_aspect_ratio_policy')}'")
    attributes = {
        "mode": _mode(node.get("mode", "nearest")),
        "coordinate_transformation_mode": coordinates,
        "nearest_mode": node.get("nearest_mode", "round_prefer_floor"),
        "cube_coeff": float(node.get("cubic_coeff_a", -0.75)),
    }
    axes = node.get("axes")
    if sizes is not None:
        return _sized(g, x, sizes, axes, attributes)
    if scales is None or scales.shape == (0,):
        raise UnsupportedError("it has neither scales nor sizes")
    return _scaled(g, x, needed_constant(scales, "scales").tolist(), attributes, axes)


def _axes(x: Output, axes: Any, count: int) -> list[int]:
    rank = rank_of(x)
    return list(range(count)) if axes is None else list(normalize_axes(axes, rank))


def _scaled(
    g: Graph, x: Output, scales: list[float], attributes: dict[str, Any], axes: Any = None
) -> Output:
    """Only the axes whose scale is not 1 take part."""
    assert x.shape is not None or rank_of(x)
    shape = x.shape or ()
    chosen = [(a, s) for a, s in zip(_axes(x, axes, len(scales)), scales) if s != 1]
    if not chosen:
        return x
    places, factors = [a for a, _ in chosen], np.array([s for _, s in chosen], np.float32)
    sizes = [scaled(shape[axis], factor) for axis, factor in chosen]
    # With the mode "scales" the sizes are not read, but must be there.
    known = [size if isinstance(size, int) else 1 for size in sizes]
    op = Interpolate(shape_calculation_mode="scales", **attributes)
    return g.add(op, x, known, factors, places)


def _sized(g: Graph, x: Output, sizes: Output, axes: Any, attributes: dict[str, Any]) -> Output:
    sizes = typed(g, sizes, ElementType.i64)
    rank = rank_of(x)
    assert x.shape is not None
    places = _axes(x, axes, rank)
    known = sizes.partial_value()
    if known is not None:
        wanted = known.tolist()
        kept = [i for i, axis in enumerate(places) if not same(wanted[i], x.shape[axis])]
        if not kept:
            return x
        if len(kept) < len(places) and all(isinstance(wanted[i], int) for i in kept):
            sizes = g.constant(np.array([wanted[i] for i in kept], np.int64))
            places = [places[i] for i in kept]
        elif len(kept) < len(places):
            sizes = g.add(Gather(), sizes, kept, g.constant(np.int64(0)))
            places = [places[i] for i in kept]
    scales = np.ones(len(places), np.float32)
    op = Interpolate(shape_calculation_mode="sizes", **attributes)
    return g.add(op, x, sizes, scales, places)


_GRID_MODES = {
    "bilinear": "bilinear",
    "linear": "bilinear",
    "nearest": "nearest",
    "bicubic": "bicubic",
    "cubic": "bicubic",
}


@converts("GridSample")
def grid_sample(g: Graph, node: SourceNode, x: Output, grid: Output) -> Output:
    if x.rank not in (None, 4):
        raise refuse(node, "sampling of volumes")
    op = GridSample(
        align_corners=bool(node.get("align_corners")),
        mode=_GRID_MODES[node.get("mode", "linear")],
        padding_mode=node.get("padding_mode", "zeros"),
    )
    return g.add(op, x, grid)


@converts("RoiAlign")
def roi_align(g: Graph, node: SourceNode, x: Output, rois: Output, batch_indices: Output) -> Output:
    default = "half_pixel" if node.opset >= 16 else "output_half_pixel"
    shifted = node.get("coordinate_transformation_mode", default) == "half_pixel"
    op = ROIAlign(
        pooled_h=node.get("output_height", 1),
        pooled_w=node.get("output_width", 1),
        sampling_ratio=node.get("sampling_ratio", 0),
        spatial_scale=float(node.get("spatial_scale", 1.0)),
        mode=node.get("mode", "avg"),
        aligned_mode="half_pixel" if shifted else "asymmetric",
    )
    return g.add(op, x, rois, batch_indices)
