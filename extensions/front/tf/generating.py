"""Tensors made of numbers: ranges, one-hot vectors, bands, random numbers."""

from __future__ import annotations

from extensions.front.building import rank_of, size_of, typed
from extensions.front.tf.common import converts, needed_ints, number, refuse, type_attribute
from extensions.ops import arithmetic as a
from extensions.ops.generating import Multinomial, OneHot, RandomUniform, Range
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape, Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Range")
def range_(g: Graph, node: SourceNode, start: Output, limit: Output, delta: Output) -> Output:
    return g.add(Range(output_type=start.dtype), start, limit, delta)


@converts("LinSpace")
def lin_space(g: Graph, node: SourceNode, start: Output, stop: Output, count: Output) -> Output:
    """``count`` numbers from start to stop at equal distances."""
    kind = start.dtype
    zero, one = number(g, 0, ElementType.i64), number(g, 1, ElementType.i64)
    places = g.add(Range(output_type=ElementType.i64), zero, typed(g, count, ElementType.i64), one)
    gaps = typed(g, g.add(a.Subtract(), count, number(g, 1, count.dtype)), kind)
    step = g.add(
        a.Divide(), g.add(a.Subtract(), stop, start), g.add(a.Maximum(), gaps, number(g, 1, kind))
    )
    return g.add(a.Add(), start, g.add(a.Multiply(), typed(g, places, kind), step))


@converts("OneHot")
def one_hot(
    g: Graph, node: SourceNode, indices: Output, depth: Output, on: Output, off: Output
) -> Output:
    return g.add(OneHot(axis=node.get("axis", -1)), indices, depth, on, off)


@converts("MatrixBandPart", "BatchMatrixBandPart")
def matrix_band_part(g: Graph, node: SourceNode, x: Output, lower: Output, upper: Output) -> Output:
    """The diagonals from ``lower`` below the main one to ``upper`` above it, else 0."""
    rank = rank_of(x)
    rows = _counted(g, x, rank - 2)
    columns = g.add(Unsqueeze(), _counted(g, x, rank - 1), [0])
    distance = g.add(a.Subtract(), g.add(Unsqueeze(), rows, [1]), columns)
    lower, upper = typed(g, lower, ElementType.i64), typed(g, upper, ElementType.i64)
    zero = number(g, 0, ElementType.i64)
    not_below = _or_open(g, g.add(a.LessEqual(), distance, lower), lower)
    up = g.add(a.Subtract(), zero, distance)
    not_above = _or_open(g, g.add(a.LessEqual(), up, upper), upper)
    inside = g.add(a.LogicalAnd(), not_below, not_above)
    return g.add(a.Select(), inside, x, number(g, 0, x.dtype))


def _counted(g: Graph, x: Output, axis: int) -> Output:
    """0, 1, 2 ... along an axis."""
    zero, one = number(g, 0, ElementType.i64), number(g, 1, ElementType.i64)
    return g.add(Range(output_type=ElementType.i64), zero, size_of(g, x, axis), one)


def _or_open(g: Graph, within: Output, limit: Output) -> Output:
    """A limit below 0 is none."""
    return g.add(a.LogicalOr(), within, g.add(a.Less(), limit, number(g, 0, limit.dtype)))


@converts("MatrixDiag")
def matrix_diag(g: Graph, node: SourceNode, diagonal: Output) -> Output:
    return _on_diagonal(g, diagonal, number(g, 0, diagonal.dtype))


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
    """The main diagonal of a square matrix."""
    if any(needed_ints(k, "diagonals")):
        raise refuse("a diagonal beside the main one")
    size = (diagonal.shape or (None,))[-1]
    if any(needed_ints(value, "size")[0] not in (-1, size) for value in (rows, columns)):
        raise refuse("a diagonal of a matrix that is not square")
    return _on_diagonal(g, diagonal, padding)


def _on_diagonal(g: Graph, diagonal: Output, padding: Output) -> Output:
    places = _counted(g, diagonal, rank_of(diagonal) - 1)
    same = g.add(a.Equal(), g.add(Unsqueeze(), places, [0]), g.add(Unsqueeze(), places, [1]))
    return g.add(a.Select(), same, g.add(Unsqueeze(), diagonal, [rank_of(diagonal)]), padding)


@converts("RandomUniform")
def random_uniform(g: Graph, node: SourceNode, shape: Output) -> Output:
    kind = type_attribute(node, "dtype", ElementType.f32)
    op = RandomUniform(output_type=kind, **_seeds(node))
    return g.add(op, shape, number(g, 0, kind), number(g, 1, kind))


@converts("RandomUniformInt")
def random_uniform_int(
    g: Graph, node: SourceNode, shape: Output, low: Output, high: Output
) -> Output:
    return g.add(RandomUniform(output_type=low.dtype, **_seeds(node)), shape, low, high)


def _seeds(node: SourceNode) -> dict[str, int]:
    return {"global_seed": node.get("seed", 0), "op_seed": node.get("seed2", 0)}


@converts("Multinomial")
def multinomial(g: Graph, node: SourceNode, logits: Output, count: Output) -> Output:
    op = Multinomial(
        convert_type=type_attribute(node, "output_dtype", ElementType.i64),
        with_replacement=True,
        log_probs=True,
        **_seeds(node),
    )
    return g.add(op, logits, g.add(Unsqueeze(), count, [0]))


@converts("Bincount")
def bincount(g: Graph, node: SourceNode, values: Output, size: Output, weights: Output) -> Output:
    """How often each number occurs, or the sum of the weights where it does."""
    flat = g.add(Reshape(), typed(g, values, ElementType.i64), [-1])
    zero, one = number(g, 0, ElementType.i64), number(g, 1, ElementType.i64)
    top = typed(g, size, ElementType.i64)
    numbers = g.add(Range(output_type=ElementType.i64), zero, top, one)
    found = g.add(a.Equal(), g.add(Unsqueeze(), numbers, [1]), g.add(Unsqueeze(), flat, [0]))
    counted = typed(g, found, weights.dtype)
    if weights.shape is None or 0 not in weights.shape:
        counted = g.add(a.Multiply(), counted, g.add(Reshape(), weights, [1, -1]))
    return g.add(ReduceSum(keep_dims=False), counted, [1])
