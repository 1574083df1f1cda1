"""What convolutions and poolings share: strides, dilations and pads of a moving window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extensions.front.building import invalid, same_pads
from mo.front.model import SourceNode
from mo.graph.shape import Dimension, Shape, is_static

_AUTO_PAD = {
    "NOTSET": "explicit",
    "": "explicit",
    "VALID": "valid",
    "SAME_UPPER": "same_upper",
    "SAME_LOWER": "same_lower",
}


def auto_pad(node: SourceNode) -> str:
    """How the window is padded, as the IR calls it."""
    name = node.get("auto_pad", "NOTSET")
    mode = _AUTO_PAD.get(name)
    if mode is None:
        raise invalid(f"auto_pad '{name}' is unknown")
    return mode


def listed(node: SourceNode, name: str, rank: int) -> tuple[int, ...]:
    """Positive numbers, one per spatial axis, 1 if they are left out."""
    values = tuple(node.get(name) or (1,) * rank)
    if len(values) != rank or min(values, default=1) < 1:
        raise invalid(f"{name} {list(values)} do not fit {rank} spatial axes")
    return values


def explicit_pads(node: SourceNode, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The attribute ``pads``: before and behind each spatial axis."""
    pads = tuple(node.get("pads") or (0,) * (2 * rank))
    if len(pads) != 2 * rank:
        raise invalid(f"pads {list(pads)} do not fit {rank} spatial axes")
    return pads[:rank], pads[rank:]


def spatial_attributes(
    node: SourceNode, shape: Shape, kernel: Sequence[Dimension]
) -> dict[str, Any]:
    """Strides, dilations and pads; SAME pads are computed if the sizes are known."""
    rank = len(kernel)
    strides, dilations = listed(node, "strides", rank), listed(node, "dilations", rank)
    mode = auto_pad(node)
    begins, ends = explicit_pads(node, rank)
    if mode == "valid":
        begins, ends, mode = (0,) * rank, (0,) * rank, "explicit"
    if mode.startswith("same") and shape is not None and is_static((*shape[2:], *kernel)):
        begins, ends = same_pads(shape[2:], kernel, strides, dilations, mode == "same_upper")
        mode = "explicit"
    return {
        "strides": strides,
        "dilations": dilations,
        "pads_begin": begins,
        "pads_end": ends,
        "auto_pad": mode,
    }
