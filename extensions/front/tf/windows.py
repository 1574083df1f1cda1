"""What convolutions and poolings share: strides, dilations and pads of a moving window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extensions.front.building import invalid, same_pads
from extensions.front.tf.common import Layout, needed, refuse
from mo.front.model import SourceNode
from mo.graph.shape import Dimension, Shape, is_static


def explicit_padding(node: SourceNode, layout: Layout) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The attribute explicit_paddings: before and behind each axis, batch and channels too."""
    pads = node.get("explicit_paddings", [])
    if len(pads) != 2 * layout.rank or min(pads) < 0:
        raise invalid(f"explicit_paddings {list(pads)} does not fit rank {layout.rank}")
    begins, ends = layout.spatial_of(pads[0::2]), layout.spatial_of(pads[1::2])
    if sum(pads) != sum(begins) + sum(ends):
        raise refuse("padding of batch or channels")
    return begins, ends


def window_attributes(
    node: SourceNode, layout: Layout, shape: Shape, kernel: Sequence[Dimension]
) -> dict[str, Any]:
    """Attributes of the IR's operation for an image [N, C, ...] of this shape."""
    strides, dilations = needed(node, "strides"), node.get("dilations", [1] * layout.rank)
    layout.check_ones(strides, "strides")
    layout.check_ones(dilations, "dilations")
    strides, dilations = layout.spatial_of(strides), layout.spatial_of(dilations)
    if min(strides + dilations) < 1:
        raise invalid(f"strides {list(strides)} or dilations {list(dilations)} are not positive")
    pads = padding(node, layout, shape, kernel, strides, dilations)
    return {"strides": strides, "dilations": dilations, **pads}


def padding(
    node: SourceNode,
    layout: Layout,
    shape: Shape,
    kernel: Sequence[Dimension],
    strides: Sequence[int],
    dilations: Sequence[int],
) -> dict[str, Any]:
    """SAME, VALID or EXPLICIT; SAME in numbers if the sizes are known."""
    begins = ends = (0,) * layout.spatial
    mode, name = "explicit", node.get("padding", "")
    if name == "EXPLICIT":
        begins, ends = explicit_padding(node, layout)
    elif name == "SAME":
        same = _fixed_pads(shape, kernel, strides, dilations)
        if same is None:
            mode = "same_upper"
        else:
            begins, ends = same
    elif name != "VALID":
        raise invalid(f"its padding '{name}' is unknown")
    return {"pads_begin": begins, "pads_end": ends, "auto_pad": mode}


def _fixed_pads(
    shape: Shape, kernel: Sequence[Dimension], strides: Sequence[int], dilations: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The pads of SAME if they are the same for every size that is possible."""
    if not is_static(tuple(kernel)):
        return None
    if shape is not None and is_static(shape[2:]):
        return same_pads(shape[2:], kernel, strides, dilations, True)
    if all(stride == 1 for stride in strides):
        # Then the size of the image does not matter.
        return same_pads([1] * len(kernel), kernel, strides, dilations, True)
    return None
