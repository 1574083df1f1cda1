"""Tensors made of numbers: ranges, one-hot vectors, counts, random numbers."""

from __future__ import annotations

from extensions.front.building import rank_of, typed
from extensions.front.tf.common import converts, number, type_attribute
from extensions.ops import arithmetic as a
from extensions.ops.activation import LogSoftmax
from extensions.ops.generating import Multinomial, OneHot, RandomUniform, Range
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax, ReduceProd, ReduceSum
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import is_static


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
    wide = indices if indices.dtype.bits >= 32 else typed(g, indices, ElementType.i32)
    return g.add(OneHot(axis=node.get("axis", -1)), wide, depth, on, off)


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
    # The CPU runtime takes the exponents of great logits for infinite.
    logits = g.add(LogSoftmax(axis=1), logits)
    return g.add(op, logits, g.add(Unsqueeze(), count, [0]))


@converts("Bincount", "DenseBincount")
def bincount(g: Graph, node: SourceNode, values: Output, size: Output, weights: Output) -> Output:
    """How often each number occurs, or the sum of the weights where it does, or 1 if it does.

    DenseBincount counts in each row of a matrix.
    """
    by_row = node.type == "DenseBincount" and rank_of(values) == 2
    rows = g.add(Reshape(special_zero=True), values, [0 if by_row else 1, 1, -1])
    zero, one = number(g, 0, ElementType.i64), number(g, 1, ElementType.i64)
    top = typed(g, size, ElementType.i64)
    numbers = g.add(Range(output_type=ElementType.i64), zero, top, one)
    found = g.add(a.Equal(), typed(g, rows, ElementType.i64), g.add(Unsqueeze(), numbers, [0, 2]))
    counted = typed(g, found, weights.dtype)
    if node.get("binary_output", False):
        counts = g.add(ReduceMax(keep_dims=False), counted, [2])
    else:
        counts = g.add(ReduceSum(keep_dims=False), _weighted(g, counted, rows, weights), [2])
    return counts if by_row else g.add(Reshape(), counts, [-1])


def _weighted(g: Graph, counted: Output, rows: Output, weights: Output) -> Output:
    """Each count times its weight, if there are weights."""
    if weights.shape is not None and 0 in weights.shape:
        return counted
    shape = g.add(ShapeOf(), rows)
    if weights.shape is None or not is_static(weights.shape):
        # Weights or, if there are none, ones.
        count = g.add(Reshape(), g.add(ReduceProd(keep_dims=False), shape, [0]), [1])
        ones = g.add(Broadcast(), number(g, 1, weights.dtype), count)
        both = g.add(Concat(axis=0), g.add(Reshape(), weights, [-1]), ones)
        weights = g.add(StridedSlice(begin_mask=(1,), end_mask=(0,)), both, [0], count, [1])
    return g.add(a.Multiply(), counted, g.add(Reshape(), weights, shape))
