"""Pooling of regions [count, 5]: the number of their image, and their corners in its pixels."""

from __future__ import annotations

from extensions.front.bins import means_of_bins
from extensions.front.caffe.common import (
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
)
from extensions.ops.regions import ROIPooling
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("ROIPooling")
def roi_pooling(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    p = parameters(node, "roi_pooling_param")
    op = ROIPooling(
        pooled_h=p["pooled_h"], pooled_w=p["pooled_w"], spatial_scale=p["spatial_scale"]
    )
    return g.add(op, x, _rows(g, rois))


@converts("PSROIPooling")
def psroi_pooling(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    """The mean of each bin of a region, in the channels that belong to the bin (R-FCN paper)."""
    p = parameters(node, "psroi_pooling_param")
    classes, group, scale = (
        needed(p, name) for name in ("output_dim", "group_size", "spatial_scale")
    )
    if not 0 < group < 1 << 10 or classes < 1:
        raise invalid(f"it pools {classes} numbers in {group} x {group} bins")
    return means_of_bins(g, x, _rows(g, rois), classes, group, scale)


def _rows(g: Graph, rois: Output) -> Output:
    """Regions as [count, 5], which older nets hold as [count, 5, 1, 1]."""
    return rois if shape_of(rois)[1:] == (5,) else reshaped(g, rois, rois, [-1], [5])
