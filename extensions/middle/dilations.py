"""Space cut into blocks around a convolution: its filter is spread, as TensorFlow spells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from extensions.ops.blocks import BatchToSpace, SpaceToBatch
from extensions.ops.common import as_dims, constant_ints
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Squeeze, Unsqueeze
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import Dim, Dimension
from mo.middle.pattern import match
from mo.middle.rewriter import rewrite

_MOVES = (Squeeze, Transpose, Unsqueeze)


@rewrite(match(BatchToSpace))
def dilated_convolution(g: Graph, node: Node) -> Output | None:
    """Each block sees every n-th pixel; what fills the last block is cut off again.

    Axes may change their places, and further ones of one element come and go, on the way.
    """
    inner, below = _moves(node.inputs[0])
    convolution = _only(inner, (Convolution, GroupConvolution))
    if convolution is None or not _is_plain(convolution):
        return None
    outer, above = _moves(convolution.inputs[0])
    cut = _only(outer, SpaceToBatch)
    window = None if cut is None else _window(_edges(cut), above, _edges(node), below)
    if cut is None or window is None or cut.inputs[0] is None:
        return None
    op = convolution.op.with_attributes(auto_pad="explicit", **window)
    y = g.add(op, _moved(g, cut.inputs[0], above), convolution.inputs[1])
    return _moved(g, y, below)


def _only(value: Output | None, kinds: Any) -> Node | None:
    """The node that makes a value which nobody else reads, if it is of these kinds."""
    if value is None or value.only_user() is None or not isinstance(value.node.op, kinds):
        return None
    return value.node


def _moves(value: Output | None) -> tuple[Output | None, list[Node]]:
    """Where a value comes from, and the nodes on the way that only move its axes."""
    nodes: list[Node] = []
    while (node := _only(value, _MOVES)) is not None:
        if len(node.inputs) < 2 or constant_ints(node.inputs[1]) is None:
            break
        nodes.insert(0, node)
        value = node.inputs[0]
    return value, nodes


def _moved(g: Graph, x: Output, nodes: Sequence[Node]) -> Output:
    for node in nodes:
        x = g.add(node.op, x, node.inputs[1])
    return x


def _places(axes: Sequence[int | None], nodes: Sequence[Node]) -> list[int | None]:
    """Which axis stands where behind the moves; None is a new one."""
    found = list(axes)
    for node in nodes:
        numbers = constant_ints(node.inputs[1]) or ()
        if isinstance(node.op, Transpose):
            found = [found[axis] for axis in numbers]
        elif isinstance(node.op, Squeeze):
            gone = {axis % len(found) for axis in numbers}
            found = [axis for place, axis in enumerate(found) if place not in gone]
        else:
            for place in sorted(axis % (len(found) + len(numbers)) for axis in numbers):
                found.insert(place, None)
    return found


def _is_plain(convolution: Node) -> bool:
    """Whether it neither steps nor spreads nor pads."""
    had = convolution.op.attributes()
    steps = (*had["strides"], *had["dilations"])
    pads = (*had["pads_begin"], *had["pads_end"])
    is_unpadded = had["auto_pad"] == "valid" or (had["auto_pad"] == "explicit" and not any(pads))
    return is_unpadded and set(steps) <= {1}


class _Edge(NamedTuple):
    """What an axis is cut into, and what is padded or cropped at its ends."""

    block: Dimension
    begin: Dimension
    end: Dimension


def _edges(node: Node) -> list[_Edge] | None:
    lists = [as_dims(value) for value in node.inputs[1:4]]
    return None if None in lists else [_Edge(*numbers) for numbers in zip(*lists)]


def _window(
    pads: list[_Edge] | None, above: list[Node], crops: list[_Edge] | None, below: list[Node]
) -> dict[str, tuple[int, ...]] | None:
    """Dilations and pads that do the same, with those of added axes."""
    if not pads or not crops:
        return None
    sources = _places(range(len(pads)), above)
    targets = _places(range(len(sources)), below)
    if len(targets) != len(crops) or sources[0] != 0 or targets[0] != 0:
        return None
    whole = _Edge(1, 0, 0)
    found = []
    for axis, source in enumerate(sources):
        pad = whole if source is None else pads[source]
        crop = crops[targets.index(axis)] if axis in targets else whole
        found.append(
            (pad.block, _difference(pad.begin, crop.begin), _difference(pad.end, crop.end))
        )
        if pad.block != crop.block:
            return None
    in_order = [axis for axis in sources[2:] if axis is not None]
    kept = [axis for axis in targets if axis is not None and axis > 1]
    if found[:2] != [(1, 0, 0)] * 2 or in_order != sorted(in_order) or kept != sorted(kept):
        return None
    if any(not isinstance(n, int) or n < 0 for numbers in found for n in numbers):
        return None
    names = ("dilations", "pads_begin", "pads_end")
    return dict(zip(names, zip(*found[2:])))


def _difference(pad: Dimension, crop: Dimension) -> int | None:
    """What of a pad is not cut off again: both may hold what fills the last block."""
    if isinstance(pad, int) and isinstance(crop, int):
        return pad - crop
    if pad is crop:
        return 0
    if not isinstance(crop, Dim):
        return None
    sums = ((how, found) for how, found in crop.derived.items() if found is pad and how[0] == "+")
    return next((how[1] for how, _ in sums if isinstance(how[1], int)), None)


RULES = (dilated_convolution,)
