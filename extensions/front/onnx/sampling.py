"""Sampling of images at computed places."""

from __future__ import annotations

from extensions.front.onnx.common import converts, refuse
from extensions.front.onnx.volumes import region_maxima, sampled_volume
from extensions.ops.regions import ROIAlign
from extensions.ops.sampling import GridSample
from extensions.ops.shaping import Reshape
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

_GRID_MODES = {
    "bilinear": "bilinear",
    "linear": "bilinear",
    "nearest": "nearest",
    "bicubic": "bicubic",
    "cubic": "bicubic",
}


_PADDINGS = {"zeros": "zeros", "border": "border", "reflection": "reflection"}


@converts("GridSample")
def grid_sample(g: Graph, node: SourceNode, x: Output, grid: Output) -> Output:
    mode = _one_of(node, "mode", "linear", _GRID_MODES)
    padding = _one_of(node, "padding_mode", "zeros", _PADDINGS)
    if x.rank not in (None, 4):
        return sampled_volume(g, node, x, grid, padding)
    corners = bool(node.get("align_corners"))
    op = GridSample(align_corners=corners, mode=mode, padding_mode=padding)
    return g.add(op, x, grid)


def _one_of(node: SourceNode, name: str, default: str, known: dict[str, str]) -> str:
    """What the IR calls the value of an attribute."""
    value = node.get(name, default)
    if value not in known:
        raise refuse(node, f"the {name} '{value}'")
    return known[value]


# Numbers that tell a region.
_CORNERS = 4
# The first takes half a pixel from each region after scaling it.
_ALIGNED = {"half_pixel": "half_pixel_for_nn", "output_half_pixel": "asymmetric"}


@converts("RoiAlign")
def roi_align(g: Graph, node: SourceNode, x: Output, rois: Output, batch_indices: Output) -> Output:
    default = "half_pixel" if node.opset >= 16 else "output_half_pixel"
    aligned = _one_of(node, "coordinate_transformation_mode", default, _ALIGNED)
    if _one_of(node, "mode", "avg", {"avg": "avg", "max": "max"}) == "max":
        # Here it is a maximum of weighted corners, in the IR one of interpolated points.
        half_pixel = aligned == _ALIGNED["half_pixel"]
        return region_maxima(g, node, x, rois, batch_indices, half_pixel)
    op = ROIAlign(
        pooled_h=node.get("output_height", 1),
        pooled_w=node.get("output_width", 1),
        sampling_ratio=node.get("sampling_ratio", 0),
        spatial_scale=float(node.get("spatial_scale", 1.0)),
        mode="avg",
        aligned_mode=aligned,
    )
    if rois.shape is None or rois.shape[-1] != _CORNERS:
        # The CPU runtime wants to know it.
        rois = g.add(Reshape(), rois, [-1, _CORNERS])
    return g.add(op, x, rois, batch_indices)
