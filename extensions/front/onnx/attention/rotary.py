"""Rotary position embedding: pairs of numbers turned by angles that grow with the place."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, rank_of
from extensions.front.onnx.attention import heads
from extensions.front.onnx.common import converts, needed
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Split, VariadicSplit
from extensions.ops.shaping import Reshape, Squeeze
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("RotaryEmbedding", since=23)
def rotary_embedding(
    g: Graph,
    node: SourceNode,
    x: Output,
    cosines: Output,
    sines: Output,
    places: Output | None = None,
) -> Output:
    if places is not None:
        cosines, sines = (at_places(g, table, places) for table in (cosines, sines))
    interleaved, size = bool(node.get("interleaved")), node.get("rotary_embedding_dim", 0)
    if rank_of(x) == 4:
        return turned(g, x, cosines, sines, interleaved, size)
    x = heads.apart(g, x, needed(node, "num_heads"))
    return heads.together(g, turned(g, x, cosines, sines, interleaved, size))


def at_places(g: Graph, table: Output, places: Output) -> Output:
    """The rows of a table [P, E / 2] for the places [N, L]."""
    return g.add(Gather(), table, places, np.int64(0))


def turned(
    g: Graph, x: Output, cosines: Output, sines: Output, interleaved: bool, size: int = 0
) -> Output:
    """x [N, H, L, E] with its first ``size`` numbers (0: all) turned; tables are [N, L, size / 2].

    The partner of a number is its neighbour (``interleaved``) or half of the numbers away.
    """
    cosines, sines = lift(g, cosines, [1]), lift(g, sines, [1])
    rest: tuple[Output, ...] = ()
    if size:
        x, *left = g.add_multi(VariadicSplit(parts=2), x, np.int64(3), [size, -1])
        rest = tuple(left)
    if interleaved:
        cut = g.add(Reshape(special_zero=True), x, [0, 0, 0, -1, 2])
        pair = g.add_multi(Split(num_splits=2), cut, np.int64(4))
        a, b = (g.add(Squeeze(), part, [4]) for part in pair)
    else:
        a, b = g.add_multi(Split(num_splits=2), x, np.int64(3))
    real = g.add(Subtract(), g.add(Multiply(), a, cosines), g.add(Multiply(), b, sines))
    imaginary = g.add(Add(), g.add(Multiply(), a, sines), g.add(Multiply(), b, cosines))
    if interleaved:
        both = g.add(Concat(axis=4), *(lift(g, part, [4]) for part in (real, imaginary)))
        y = g.add(Reshape(special_zero=True), both, [0, 0, 0, -1])
        return g.add(Concat(axis=3), y, *rest) if rest else y
    return g.add(Concat(axis=3), real, imaginary, *rest)
