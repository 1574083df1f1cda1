"""Tensors made of numbers: ranges, one-hot vectors, counts, random numbers."""

from __future__ import annotations

from extensions.front.building import typed
from extensions.front.tf.common import converts, number, type_attribute
from extensions.ops import arithmetic as a
from extensions.ops.activation import LogSoftmax
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
