"""The Kaldi translation table, and what several families of translations share.

Values are [N, columns], or [N, rows, columns] where whole utterances are computed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from extensions.front.kaldi.component import Component
from extensions.ops.arithmetic import Add
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, VariadicSplit
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from extensions.ops.slicing import StridedSlice
from mo.errors import InferenceError
from mo.front.model import SourceNode
from mo.front.registry import Translations
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension
from mo.graph.tensor import Tensor

TRANSLATIONS = Translations()
converts = TRANSLATIONS.converts
maps = TRANSLATIONS.maps


def component_of(node: SourceNode) -> Component:
    """The component that a node computes."""
    component: Component = node.attributes["component"]
    return component


def width_of(x: Output) -> int:
    """The number of columns."""
    if x.shape is None or not isinstance(x.shape[-1], int):
        raise InferenceError(
            f"the number of columns of '{x}' is not known", hint="Give it with --input_shape."
        )
    return x.shape[-1]


def last_axis(x: Output) -> int:
    assert x.shape is not None
    return len(x.shape) - 1


def dense(g: Graph, x: Output, weights: Tensor, bias: Tensor | None = None) -> Output:
    """x W^T + b with W [columns out, columns in]; an empty bias is none."""
    y = g.add(MatMul(transpose_b=True), x, g.constant(weights))
    return y if bias is None or not bias.size else g.add(Add(), y, g.constant(bias))


def join(g: Graph, parts: Sequence[Output]) -> Output:
    """Columns side by side; what is one row stands in all rows of the others."""
    if len(parts) == 1:
        return parts[0]
    tall = max(parts, key=lambda part: -_rows(part).count(1))
    parts = [spread(g, part, tall) if _is_shorter(part, tall) else part for part in parts]
    return g.add(Concat(axis=last_axis(tall)), *parts)


def _rows(x: Output) -> tuple[Dimension, ...]:
    assert x.shape is not None
    return x.shape[:-1]


def _is_shorter(x: Output, tall: Output) -> bool:
    return any(dim == 1 and other != 1 for dim, other in zip(_rows(x), _rows(tall)))


def spread(g: Graph, x: Output, like: Output) -> Output:
    """x in as many rows as another value has."""
    if x.rank == like.rank and _rows(x) == _rows(like):
        return x
    sizes = [rows_of(g, like), g.constant(np.array([width_of(x)]))]
    return g.add(Broadcast(), x, g.add(Concat(axis=0), *sizes))


def rows_of(g: Graph, x: Output) -> Output:
    """The sizes of all axes but that of the columns."""
    return g.add(Gather(), g.add(ShapeOf(), x), list(range(last_axis(x))), np.int64(0))


def split(g: Graph, x: Output, *widths: int) -> tuple[Output, ...]:
    """Columns apart, in groups of these widths."""
    axis = g.constant(np.int64(last_axis(x)))
    return g.add_multi(VariadicSplit(parts=len(widths)), x, axis, list(widths))


def columns(g: Graph, x: Output, start: int, width: int) -> Output:
    return part(g, x, last_axis(x), start, start + width)


def part(g: Graph, x: Output, axis: int, start: int, stop: int | None, step: int = 1) -> Output:
    """x[start:stop:step] along an axis, as in Python."""
    ignored = [1] * axis
    op = StridedSlice(begin_mask=(*ignored, 0), end_mask=(*ignored, int(stop is None)))
    zeros = [0] * axis
    return g.add(op, x, [*zeros, start], [*zeros, stop or 0], [1] * axis + [step])


def reshape_columns(g: Graph, x: Output, *shape: int) -> Output:
    """The columns laid out in several axes (one of them may be -1), or several axes as columns.

    The rows stay: the axes of ``x`` behind the first ``rank`` of a value are the columns.
    """
    return reshape_tail(g, x, last_axis(x), shape)


def reshape_tail(g: Graph, x: Output, kept: int, shape: Sequence[int]) -> Output:
    """The first ``kept`` axes as they are, the others in another shape."""
    assert x.shape is not None
    known = [dim if isinstance(dim, int) else 0 for dim in x.shape[:kept]]
    return g.add(Reshape(special_zero=True), x, [*known, *shape])


def flat_rows(g: Graph, x: Output, *shape: int) -> Output:
    """All rows along one axis, the columns in some shape: what convolutions take."""
    return g.add(Reshape(), x, [-1, *shape])


def like_rows(g: Graph, y: Output, x: Output) -> Output:
    """The inverse: all columns of ``y`` in one axis, the rows as those of x."""
    assert y.shape is not None
    assert x.shape is not None
    width = math.prod(dim for dim in y.shape[1:] if isinstance(dim, int))
    rows = [dim if isinstance(dim, int) else -1 for dim in x.shape[:-1]]
    if rows.count(-1) <= 1:
        return g.add(Reshape(), y, [*rows, width])
    shape = g.add(Concat(axis=0), rows_of(g, x), g.constant(np.array([width])))
    return g.add(Reshape(), y, shape)
