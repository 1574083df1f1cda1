"""Convolutions: plain, in groups, depthwise.

Filters are [spatial..., in, out]; of depthwise ones [H, W, in, multiplier].
"""

from __future__ import annotations

from collections.abc import Sequence

from extensions.front.building import invalid
from extensions.front.tf.common import Layout, converts, layout_of
from extensions.front.tf.windows import window_attributes
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape
from mo.errors import InferenceError, UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, is_static


@converts("Conv2D")
def conv_2d(g: Graph, node: SourceNode, x: Output, w: Output) -> Output:
    return _convolved(g, node, x, w, layout_of(node, 2))


@converts("Conv3D")
def conv_3d(g: Graph, node: SourceNode, x: Output, w: Output) -> Output:
    return _convolved(g, node, x, w, layout_of(node, 3))


def _convolved(g: Graph, node: SourceNode, x: Output, w: Output, layout: Layout) -> Output:
    """In groups where the filter takes fewer channels than there are."""
    kernel = filter_shape(w, layout)
    image = layout.inside(g, x)
    attributes = window_attributes(node, layout, image.shape, kernel[:-2])
    spatial = layout.spatial
    weights = g.add(Transpose(), w, [spatial + 1, spatial, *range(spatial)])
    groups = _groups(image, kernel)
    if groups == 1:
        return layout.outside(g, g.add(Convolution(**attributes), image, weights))
    _, outputs = kernel[-2:]
    if not isinstance(outputs, int) or outputs % groups:
        raise invalid(f"its filter {w.type} does not fit {groups} groups")
    shape = [groups, -1, *(known_size(dim) for dim in (kernel[-2], *kernel[:-2]))]
    grouped = g.add(Reshape(), weights, shape)
    return layout.outside(g, g.add(GroupConvolution(**attributes), image, grouped))


def filter_shape(w: Output, layout: Layout) -> tuple[Dimension, ...]:
    """Runtimes do not run convolutions with filters of an open shape."""
    if w.shape is None or not is_static(w.shape):
        raise UnsupportedError(
            f"the shape of its filter {w.type} is not known",
            hint="Give the shapes of the inputs with --input_shape.",
        )
    if len(w.shape) != layout.spatial + 2:
        raise invalid(f"its filter {w.type} does not have {layout.spatial} spatial axes")
    return w.shape


def _groups(image: Output, kernel: Sequence[Dimension]) -> int:
    """One where the channels are not known: the runtime refuses images that have more then."""
    channels, taken = image.shape[1] if image.shape else None, kernel[-2]
    if not isinstance(channels, int) or not isinstance(taken, int) or not taken:
        return 1
    if channels % taken:
        raise InferenceError(f"data has {channels} channels, the weights expect {taken}")
    return channels // taken


def known_size(dim: Dimension) -> int:
    if not isinstance(dim, int):
        raise UnsupportedError("the shape of its filter is not known")
    return dim


@converts("DepthwiseConv2dNative", "DepthwiseConv2dNativeV2")
def depthwise(g: Graph, node: SourceNode, x: Output, w: Output) -> Output:
    """Each channel by itself, ``multiplier`` times."""
    layout = layout_of(node, 2)
    kernel = filter_shape(w, layout)
    image = layout.inside(g, x)
    attributes = window_attributes(node, layout, image.shape, kernel[:2])
    height, width, channels, multiplier = map(known_size, kernel)
    weights = g.add(Transpose(), w, [2, 3, 0, 1])
    grouped = g.add(Reshape(), weights, [channels, multiplier, 1, height, width])
    return layout.outside(g, g.add(GroupConvolution(**attributes), image, grouped))
