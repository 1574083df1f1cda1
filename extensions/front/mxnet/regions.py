"""Regions of interest: proposed, and pooled from feature maps. Regions are (image, corners)."""

from __future__ import annotations

import numpy as np

from extensions.front.bins import means_of_bins
from extensions.front.building import invalid, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.ops import regions as r
from extensions.ops.arithmetic import GreaterEqual, Maximum, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.shaping import Squeeze, Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import is_static


def _pooled_size(node: SourceNode) -> tuple[int, int]:
    sizes = at.integers(node, "pooled_size")
    height, width = sizes * 2 if len(sizes) == 1 else (*sizes, 0, 0)[:2]
    if height < 1 or width < 1:
        raise invalid(f"its pooled_size is {list(sizes)}")
    return height, width


def _rows(g: Graph, rois: Output) -> Output:
    """Regions whose width is known, which the runtime wants."""
    if isinstance(shape_of(rois)[1], int):
        return rois
    return g.add(Gather(), rois, list(range(5)), g.constant(np.int64(1)))


def _images(g: Graph, rois: Output) -> Output:
    """The number of the image of each region."""
    return g.add(Squeeze(), g.add(Gather(), rois, [0], g.constant(np.int64(1))), [1])


def _where_there(g: Graph, y: Output, images: Output) -> Output:
    """Zeros for regions of no image, at which the IR would end."""
    is_there = g.add(GreaterEqual(), images, 0.0)
    return g.add(Multiply(), y, g.add(Unsqueeze(), typed(g, is_there, y.dtype), [1, 2, 3]))


@converts("ROIPooling")
def roi_pooling(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    height, width = _pooled_size(node)
    scale = at.number(node, "spatial_scale")
    op = r.ROIPooling(pooled_h=height, pooled_w=width, spatial_scale=scale)
    own = g.add(Maximum(), _rows(g, rois), g.constant(_LEAST, rois.dtype))
    return _where_there(g, g.add(op, x, own), _images(g, rois))


# No image before the first, any corners.
_LEAST = np.array([[0, *[np.finfo(np.float32).min] * 4]], np.float32)


@converts("_contrib_ROIAlign")
def roi_align(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    height, width = _pooled_size(node)
    if at.flag(node, "position_sensitive"):
        raise refused("ROIAlign that is position sensitive")
    op = r.ROIAlign(
        pooled_h=height,
        pooled_w=width,
        sampling_ratio=max(at.integer(node, "sample_ratio", -1), 0),
        spatial_scale=at.number(node, "spatial_scale"),
        aligned_mode="half_pixel_for_nn" if at.flag(node, "aligned") else "asymmetric",
    )
    images = _images(g, rois)
    corners = g.add(Gather(), rois, [1, 2, 3, 4], g.constant(np.int64(1)))
    own = typed(g, g.add(Maximum(), images, 0.0), ElementType.i32)
    return _where_there(g, g.add(op, x, corners, own), images)


@converts("_contrib_PSROIPooling")
def position_sensitive_pooling(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    pooled, groups = at.integer(node, "pooled_size"), at.integer(node, "group_size", 0)
    if groups not in (0, pooled):
        raise refused(f"a group_size {groups} that is not the pooled_size {pooled}")
    classes, scale = at.integer(node, "output_dim"), at.number(node, "spatial_scale")
    if not 0 < pooled < 1 << 10 or classes < 1:
        raise invalid(f"it pools {classes} numbers in {pooled} x {pooled} bins")
    return means_of_bins(g, x, _rows(g, rois), classes, pooled, scale)


@converts("_contrib_DeformablePSROIPooling")
def deformable_pooling(
    g: Graph, node: SourceNode, x: Output, rois: Output, offsets: Output | None = None
) -> Output:
    pooled, groups = at.integer(node, "pooled_size"), at.integer(node, "group_size")
    if groups != pooled:
        raise refused(f"a group_size {groups} that is not the pooled_size {pooled}")
    samples = at.integer(node, "sample_per_part", 1)
    op = r.DeformablePSROIPooling(
        output_dim=at.integer(node, "output_dim"),
        spatial_scale=at.number(node, "spatial_scale"),
        group_size=groups,
        spatial_bins_x=samples,
        spatial_bins_y=samples,
        trans_std=at.number(node, "trans_std", 0.0),
        part_size=at.integer(node, "part_size", 0) or pooled,
    )
    without = at.flag(node, "no_trans") or offsets is None
    if not all(is_static(shape_of(value)) for value in (x, rois)):
        # The CPU runtime pools only known sizes.
        raise refused("a deformable pooling of regions of unknown number or size")
    rois = _rows(g, rois)
    return g.add(op, x, rois) if without else g.add(op, x, rois, offsets)
