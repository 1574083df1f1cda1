"""Diagonals and bands of matrices [..., rows, columns].

Diagonal d consists of the elements with column - row = d. Several ones are the rows of a matrix,
the upmost first; what is shorter than the longest one is aligned to the left or to the right.
Semantics: API documentation of tf.linalg.diag, diag_part and set_diag.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, typed
from extensions.front.tf.common import converts, needed_ints, number
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Reshape, ShapeOf, Squeeze, Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_KIND = ElementType.i64


@converts("MatrixBandPart", "BatchMatrixBandPart")
def matrix_band_part(g: Graph, node: SourceNode, x: Output, lower: Output, upper: Output) -> Output:
    """The diagonals from ``lower`` below the main one to ``upper`` above it, else 0."""
    rank = rank_of(x)
    rows, columns = (_counted(g, size_of(g, x, rank - i), 2 - i) for i in (2, 1))
    distance = g.add(a.Subtract(), rows, columns)
    lower, upper = typed(g, lower, ElementType.i64), typed(g, upper, ElementType.i64)
    zero = number(g, 0, ElementType.i64)
    not_below = _or_open(g, g.add(a.LessEqual(), distance, lower), lower)
    up = g.add(a.Subtract(), zero, distance)
    not_above = _or_open(g, g.add(a.LessEqual(), up, upper), upper)
    inside = g.add(a.LogicalAnd(), not_below, not_above)
    return g.add(a.Select(), inside, x, number(g, 0, x.dtype))


def _counted(g: Graph, count: Output, axis: int) -> Output:
    """0, 1, 2 ... along an axis of a matrix."""
    numbers = g.add(Range(output_type=_KIND), number(g, 0, _KIND), count, number(g, 1, _KIND))
    return g.add(Unsqueeze(), numbers, [1 - axis])


def _or_open(g: Graph, within: Output, limit: Output) -> Output:
    """A limit below 0 is none."""
    return g.add(a.LogicalOr(), within, g.add(a.Less(), limit, number(g, 0, limit.dtype)))


# ---- diagonals


class _Band(NamedTuple):
    """The diagonals from lower to upper, and how they are aligned above and below the main one."""

    lower: int
    upper: int
    left_above: bool
    left_below: bool

    @property
    def width(self) -> int:
        return self.upper - self.lower + 1


class _Sizes(NamedTuple):
    """Of matrices, and of their longest diagonal in a band."""

    rows: Output
    columns: Output
    longest: Output


# Nobody has more; each is a row of a tensor.
_LIMIT = 1 << 20


def _band(node: SourceNode, k: Output) -> _Band:
    numbers = needed_ints(k, "diagonals")
    if not numbers or len(numbers) > 2 or numbers[0] > numbers[-1]:
        raise invalid(f"its diagonals {list(numbers)} are no range")
    if max(map(abs, numbers)) > _LIMIT:
        raise invalid(f"its diagonals {list(numbers)} are beyond any matrix")
    default = "RIGHT_LEFT" if node.type.endswith("V3") else "LEFT_LEFT"
    above, _, below = node.get("align", default).partition("_")
    return _Band(numbers[0], numbers[-1], above == "LEFT", below == "LEFT")


_MAIN = _Band(0, 0, True, True)


@converts("MatrixDiag", "BatchMatrixDiag")
def matrix_diag(g: Graph, node: SourceNode, diagonal: Output) -> Output:
    size = size_of(g, diagonal, rank_of(diagonal) - 1)
    inside, spread = _spread(g, diagonal, _MAIN, _Sizes(size, size, size))
    return g.add(a.Select(), inside, spread, number(g, 0, diagonal.dtype))


@converts("MatrixDiagV2", "MatrixDiagV3")
def matrix_diag_v3(
    g: Graph,
    node: SourceNode,
    diagonal: Output,
    k: Output,
    rows: Output,
    columns: Output,
    padding: Output,
) -> Output:
    """Matrices with these diagonals, of the least size that holds them if none is given (-1)."""
    band = _band(node, k)
    longest = size_of(g, diagonal, rank_of(diagonal) - 1)
    height, width = (needed_ints(value, "size")[0] for value in (rows, columns))
    least = (
        g.add(a.Add(), longest, number(g, max(0, -band.upper), _KIND)),
        g.add(a.Add(), longest, number(g, max(0, band.lower), _KIND)),
    )
    if height == width == -1:
        least = (g.add(a.Maximum(), *least),) * 2
    sizes = [
        least[i] if size == -1 else number(g, size, _KIND) for i, size in enumerate((height, width))
    ]
    inside, spread = _spread(g, diagonal, band, _Sizes(sizes[0], sizes[1], longest))
    return g.add(a.Select(), inside, spread, padding)


@converts("MatrixSetDiag", "BatchMatrixSetDiag")
def matrix_set_diag(g: Graph, node: SourceNode, x: Output, diagonal: Output) -> Output:
    return _with_band(g, x, diagonal, _MAIN)


@converts("MatrixSetDiagV2", "MatrixSetDiagV3")
def matrix_set_diag_v3(
    g: Graph, node: SourceNode, x: Output, diagonal: Output, k: Output
) -> Output:
    return _with_band(g, x, diagonal, _band(node, k))


def _with_band(g: Graph, x: Output, diagonal: Output, band: _Band) -> Output:
    inside, spread = _spread(g, diagonal, band, _sizes(g, x, band))
    return g.add(a.Select(), inside, spread, x)


@converts("MatrixDiagPart", "BatchMatrixDiagPart")
def matrix_diag_part(g: Graph, node: SourceNode, x: Output) -> Output:
    return _part(g, x, _MAIN, number(g, 0, x.dtype))


@converts("MatrixDiagPartV2", "MatrixDiagPartV3")
def matrix_diag_part_v3(
    g: Graph, node: SourceNode, x: Output, k: Output, padding: Output
) -> Output:
    return _part(g, x, _band(node, k), padding)


@converts("Diag")
def diag(g: Graph, node: SourceNode, x: Output) -> Output:
    """Elements [D...] as the diagonal of a tensor [D..., D...]."""
    shape = g.add(ShapeOf(), x)
    size = g.add(ReduceProd(keep_dims=False), shape, [0])
    flat = g.add(Reshape(), x, [-1])
    inside, spread = _spread(g, flat, _MAIN, _Sizes(size, size, size))
    matrix = g.add(a.Select(), inside, spread, number(g, 0, x.dtype))
    return g.add(Reshape(), matrix, g.add(Concat(axis=0), shape, shape))


@converts("DiagPart")
def diag_part(g: Graph, node: SourceNode, x: Output) -> Output:
    """The diagonal [D...] of a tensor [D..., D...]."""
    half = rank_of(x) // 2
    shape = g.add(Gather(), g.add(ShapeOf(), x), list(range(half)), np.int64(0))
    size = g.add(ReduceProd(keep_dims=True), shape, [0])
    matrix = g.add(Reshape(), x, g.add(Concat(axis=0), size, size))
    return g.add(Reshape(), _part(g, matrix, _MAIN, number(g, 0, x.dtype)), shape)


# ---- the places of diagonals


def _sizes(g: Graph, x: Output, band: _Band) -> _Sizes:
    rows, columns = (size_of(g, x, rank_of(x) - i) for i in (2, 1))
    longest = g.add(
        a.Minimum(),
        g.add(a.Add(), rows, number(g, min(band.upper, 0), _KIND)),
        g.add(a.Subtract(), columns, number(g, max(band.lower, 0), _KIND)),
    )
    return _Sizes(rows, columns, longest)


def _length(g: Graph, sizes: _Sizes, d: Output) -> Output:
    """How many elements diagonals have."""
    zero = number(g, 0, _KIND)
    down = g.add(a.Add(), sizes.rows, g.add(a.Minimum(), d, zero))
    return g.add(a.Minimum(), down, g.add(a.Subtract(), sizes.columns, g.add(a.Maximum(), d, zero)))


def _offset(g: Graph, band: _Band, sizes: _Sizes, d: Output) -> Output:
    """Where diagonals begin in their rows."""
    zero = number(g, 0, _KIND)
    if band.width == 1 or (band.left_above and band.left_below):
        return zero
    sides = (
        g.add(a.LogicalAnd(), g.add(a.GreaterEqual(), d, zero), g.constant(band.left_above)),
        g.add(a.LogicalAnd(), g.add(a.LessEqual(), d, zero), g.constant(band.left_below)),
    )
    right = g.add(a.Subtract(), sizes.longest, _length(g, sizes, d))
    return g.add(a.Select(), g.add(a.LogicalOr(), *sides), zero, right)


def _spread(g: Graph, diagonal: Output, band: _Band, sizes: _Sizes) -> tuple[Output, Output]:
    """Where in matrices the band is, and its elements there."""
    rows, columns = _counted(g, sizes.rows, 0), _counted(g, sizes.columns, 1)
    d = g.add(a.Subtract(), columns, rows)
    low, high = number(g, band.lower, _KIND), number(g, band.upper, _KIND)
    inside = g.add(a.LogicalAnd(), g.add(a.GreaterEqual(), d, low), g.add(a.LessEqual(), d, high))
    # Some diagonals may have less elements than the matrix has room for.
    place = g.add(a.Add(), g.add(a.Minimum(), rows, columns), _offset(g, band, sizes, d))
    inside = g.add(a.LogicalAnd(), inside, g.add(a.Less(), place, sizes.longest))
    row = g.add(a.Subtract(), high, d)
    index = g.add(a.Add(), g.add(a.Multiply(), row, sizes.longest), place)
    index = g.add(a.Select(), inside, index, number(g, 0, _KIND))
    flat = diagonal if band.width == 1 else _flattened(g, diagonal)
    return inside, g.add(Gather(), flat, index, g.constant(np.int64(-1)))


def _part(g: Graph, x: Output, band: _Band, padding: Output) -> Output:
    sizes = _sizes(g, x, band)
    d = g.constant(np.arange(band.upper, band.lower - 1, -1)[:, None])
    start = _offset(g, band, sizes, d)
    place = g.add(a.Subtract(), _counted(g, sizes.longest, 1), start)
    zero = number(g, 0, _KIND)
    inside = g.add(
        a.LogicalAnd(),
        g.add(a.GreaterEqual(), place, zero),
        g.add(a.Less(), place, _length(g, sizes, d)),
    )
    row = g.add(a.Subtract(), place, g.add(a.Minimum(), d, zero))
    column = g.add(a.Add(), place, g.add(a.Maximum(), d, zero))
    index = g.add(a.Add(), g.add(a.Multiply(), row, sizes.columns), column)
    index = g.add(a.Select(), inside, index, zero)
    found = g.add(Gather(), _flattened(g, x), index, g.constant(np.int64(-1)))
    part = g.add(a.Select(), inside, found, padding)
    return g.add(Squeeze(), part, [rank_of(x) - 2]) if band.width == 1 else part


def _flattened(g: Graph, x: Output) -> Output:
    """The last two axes as one."""
    kept = [0] * (rank_of(x) - 2)
    return g.add(Reshape(special_zero=True), x, [*kept, -1])
