"""Products and convolutions as XLA writes them: every axis says what it is.

Dimension numbers are messages of xla/xla_data.proto, written into attributes as bytes.
"""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any, NamedTuple

from extensions.front.building import invalid, rank_of
from extensions.front.tf.common import converts, needed, needed_ints, refuse
from extensions.front.tf.convolution import known_size
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.matrix import Einsum
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape
from mo.errors import ModelFileError
from mo.front.model import SourceNode
from mo.front.protobuf import varint
from mo.graph.graph import Graph
from mo.graph.node import Output


def _numbers(node: SourceNode) -> dict[int, list[int]]:
    """The fields of the dimension numbers: each a whole number or a list of them."""
    view = memoryview(str(needed(node, "dimension_numbers")).encode())
    fields: dict[int, list[int]] = {}
    at = 0
    while at < len(view):
        tag, at = varint(view, at, len(view))
        values = fields.setdefault(tag >> 3, [])
        if tag & 7 not in (0, 2):
            raise invalid("its dimension numbers are damaged")
        end = at
        if tag & 7 == 2:
            size, at = varint(view, at, len(view))
            end = min(at + size, len(view))
        while at < end or tag & 7 == 0:
            value, at = varint(view, at, len(view))
            values.append(value)
            if tag & 7 == 0:
                break
    return fields


@converts("XlaDotV2", "XlaDot")
def dot(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """Axes that are contracted, axes that both have as batch, and the rest."""
    fields = _numbers(node)
    (x_sum, y_sum, x_batch, y_batch) = (fields.get(field, []) for field in (1, 2, 3, 4))
    ranks = rank_of(x), rank_of(y)
    if len(x_sum) != len(y_sum) or len(x_batch) != len(y_batch) or sum(ranks) > 26:
        raise invalid("its dimension numbers do not fit together")
    letters = iter(ascii_lowercase)
    names: tuple[list[str], list[str]] = ([next(letters) for _ in range(ranks[0])], [""] * ranks[1])
    try:
        for mine, other in zip(x_sum + x_batch, y_sum + y_batch):
            names[1][other] = names[0][mine]
    except IndexError:
        raise ModelFileError("its dimension numbers name axes that it does not have") from None
    names[1][:] = [name or next(letters) for name in names[1]]
    batch = [names[0][axis] for axis in x_batch]
    rests = [
        name
        for own, used in zip(names, (x_sum + x_batch, y_sum + y_batch))
        for axis, name in enumerate(own)
        if axis not in used
    ]
    equation = f"{''.join(names[0])},{''.join(names[1])}->{''.join(batch + rests)}"
    return g.add(Einsum(equation=equation), x, y)


class _Axes(NamedTuple):
    """The axes of images, filters and results: two special ones, and those of space."""

    image: list[int]
    filter: list[int]
    result: list[int]


# Fields of ConvolutionDimensionNumbers: [batch, feature], spatial.
_IMAGE, _FILTER, _RESULT = ((7, 8), 11), ((4, 3), 6), ((9, 10), 12)


@converts("XlaConvV2", "XlaConv")
def convolution(g: Graph, node: SourceNode, x: Output, w: Output, *settings: Output) -> Output:
    strides, pads, spread, dilations, groups = (
        needed_ints(value, "settings") for value in settings
    )
    if any(step != 1 for step in spread) or node.get("batch_group_count", 1) != 1:
        raise refuse("a convolution of spread images or of groups of the batch")
    if min(pads, default=0) < 0:
        raise refuse("a convolution of cropped images")
    axes = _convolution_axes(_numbers(node), rank_of(x))
    image = g.add(Transpose(), x, axes.image)
    weights = g.add(Transpose(), w, axes.filter)
    attributes: dict[str, Any] = {
        "strides": strides,
        "dilations": dilations,
        "pads_begin": pads[0::2],
        "pads_end": pads[1::2],
    }
    if groups[0] == 1:
        y = g.add(Convolution(**attributes), image, weights)
    else:
        shape = [groups[0], -1, *(known_size(dim) for dim in (weights.shape or ())[1:])]
        y = g.add(GroupConvolution(**attributes), image, g.add(Reshape(), weights, shape))
    back = [axes.result.index(axis) for axis in range(len(axes.result))]
    return g.add(Transpose(), y, back)


def _convolution_axes(fields: dict[int, list[int]], rank: int) -> _Axes:
    rows = []
    for special, spatial in (_IMAGE, _FILTER, _RESULT):
        # A number that is 0 is not written.
        row = [*(fields.get(field, [0])[-1] for field in special), *fields.get(spatial, [])]
        if sorted(row) != list(range(rank)):
            raise invalid(f"its dimension numbers {row} are no order of {rank} axes")
        rows.append(row)
    return _Axes(*rows)
