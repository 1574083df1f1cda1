"""Two images of one scene: where the patches of one are in the other."""

from __future__ import annotations

from extensions.front.caffe.common import converts, invalid, needed, parameters, unsupported
from extensions.front.correlation import Correlation
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Correlation")
def correlation(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    """Products or sizes of differences of patches, for each displacement of the second image."""
    p = parameters(node, "correlation_param")
    if p["single_direction"]:
        raise unsupported("a correlation in a single direction")
    windows = Correlation(
        kernel=needed(p, "kernel_size"),
        most=needed(p, "max_displacement"),
        stride=p["stride_1"],
        step=p["stride_2"],
        pad=p["pad"],
        by_product=p["correlation_type"] == 0,
    )
    if not windows.valid():
        raise invalid("its sizes and strides make no windows")
    if p["do_abs"] and windows.by_product:
        raise unsupported("a correlation by the sizes of products")
    return windows.channels(g, a, b)
