"""Where tokens stand: rotary embeddings, and biases by distance."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, lift, rank_of, size_of, typed
from extensions.front.onnx.attention import heads, masks
from extensions.front.onnx.attention.rotary import at_places, turned
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.ops.activation import Sigmoid
from extensions.ops.arithmetic import Add, Multiply, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Cos, Sin
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@microsoft("RotaryEmbedding")
def rotary_embedding(
    g: Graph, node: SourceNode, x: Output, places: Output, cosines: Output, sines: Output
) -> Output:
    """Places of all tokens [N, L], or [1] that of the first."""
    if node.get("is_packed_batching"):
        raise refuse(node, "packed batching")
    if rank_of(places) == 1:
        places = lift(g, g.add(Add(), masks.counted(g, x, rank_of(x) - 2), places), [0])
    cosines, sines = at_places(g, cosines, places), at_places(g, sines, places)
    return _turned(g, node, x, cosines, sines)


def _turned(g: Graph, node: SourceNode, x: Output, cosines: Output, sines: Output) -> Output:
    """Heads are an axis of their own, or (rank 3) lie side by side in the last one."""
    size, interleaved = node.get("rotary_embedding_dim", 0), bool(node.get("interleaved"))
    if rank_of(x) == 4:
        return turned(g, x, cosines, sines, interleaved, size)
    x = _apart(g, x, node.get("num_heads", 0), cosines)
    return heads.together(g, turned(g, x, cosines, sines, interleaved, size))


def _apart(g: Graph, x: Output, count: int, cosines: Output) -> Output:
    """Where the number of heads is not told, the tables are half as wide as a head."""
    if count:
        return heads.apart(g, x, count)
    half = heads.lone(g, size_of(g, cosines, 2))
    shape = g.add(Concat(axis=0), g.constant([0, 0, -1]), g.add(Add(), half, half))
    return g.add(Transpose(), g.add(Reshape(special_zero=True), x, shape), [0, 2, 1, 3])


@microsoft("MRotaryEmbedding")
def multimodal_rotary_embedding(
    g: Graph, node: SourceNode, x: Output, places: Output, cosines: Output, sines: Output
) -> Output:
    """Places in time, height and width [3, N, L]: each turns some of the pairs."""
    if node.get("is_packed_batching"):
        raise refuse(node, "packed batching")
    if node.get("scale", 1.0) != 1:
        raise refuse(node, f"scale {node.get('scale')}")
    sections = list(needed(node, "mrope_section"))
    if len(sections) != 3 or min(sections) < 0:
        raise invalid(f"mrope_section {sections} is none of time, height and width")
    tables = (_of_sections(g, node, table, places, sections) for table in (cosines, sines))
    return _turned(g, node, x, *tables)


def _of_sections(
    g: Graph, node: SourceNode, table: Output, places: Output, sections: list[int]
) -> Output:
    """[N, L, half] of which each column is that of one of the three places."""
    time, *others = (
        at_places(g, table, g.add(Gather(), places, np.int64(i), np.int64(0))) for i in range(3)
    )
    columns = np.arange(sum(sections))
    for number, other in enumerate(others, 1):
        if node.get("mrope_layout", 0):
            own = (columns % 3 == number) & (columns < 3 * sections[number])
        else:
            first = sum(sections[:number])
            own = (columns >= first) & (columns < first + sections[number])
        time = g.add(Select(), g.constant(own), other, time)
    return time


@microsoft("GemmaRotaryEmbedding")
def gemma_rotary_embedding(
    g: Graph,
    node: SourceNode,
    angles: Output,
    query: Output,
    turned_query: Output,
    key: Output,
    turned_key: Output,
) -> tuple[Output, ...]:
    """Angles [N, L, E]; queries and keys [N, H, L, E] come also turned by a right angle."""
    cosines, sines = (
        lift(g, typed(g, g.add(op, angles), query.dtype), [1]) for op in (Cos(), Sin())
    )
    return tuple(
        g.add(Add(), g.add(Multiply(), x, cosines), g.add(Multiply(), y, sines))
        for x, y in ((query, turned_query), (key, turned_key))
    )


@microsoft("GatedRelativePositionBias")
def gated_relative_position_bias(
    g: Graph,
    node: SourceNode,
    query: Output,
    query_bias: Output,
    distances: Output,
    weight: Output,
    bias: Output,
    scale: Output,
    offsets: Output | None = None,
) -> Output:
    """The bias [1, H, L, L] times a gate that each query [N, L, H * E] opens (WavLM, eq. 3)."""
    if offsets is not None:
        raise refuse(node, "packed tokens")
    query = heads.apart(g, g.add(Add(), query, query_bias), needed(node, "num_heads"))
    both = g.add(Add(), g.add(MatMul(), query, weight), bias)
    sums = g.add(ReduceSum(), g.add(Reshape(special_zero=True), both, [0, 0, 0, 2, -1]), [4])
    one, other = g.add_multi(Split(num_splits=2), g.add(Sigmoid(), sums), np.int64(3))
    inner = g.add(Subtract(), g.add(Multiply(), other, scale), 1.0)
    gate = g.add(Add(), g.add(Multiply(), one, inner), 2.0)
    return g.add(Multiply(), gate, distances)
