"""Sums of rows of a table by segments, as TensorFlow's sparse segment operations."""

from __future__ import annotations

import numpy as np

from extensions.classic.elementwise import as_type
from extensions.classic.fields import converts
from extensions.ops.arithmetic import Add, Divide, Maximum
from extensions.ops.embedding import EmbeddingSegmentsSum
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN")
def sparse_segment(
    g: Graph, node: SourceNode, table: Output, rows: Output, segments: Output
) -> Output:
    """The rows of each segment added up; divided by their number, or by its root."""
    rows, segments = (as_type(g, value, ElementType.i64) for value in (rows, segments))
    count = g.add(Add(), g.add(ReduceMax(), segments, [0]), g.constant(np.int64(1)))
    total = g.add(EmbeddingSegmentsSum(), table, rows, segments, count)
    if node.type == "SparseSegmentSum":
        return total
    nothing = g.add(Broadcast(), g.constant(np.int64(0)), g.add(ShapeOf(), rows))
    one = g.constant(np.ones((1, 1)), table.dtype)
    numbers = g.add(Maximum(), g.add(EmbeddingSegmentsSum(), one, nothing, segments, count), 1.0)
    divisor = numbers if node.type == "SparseSegmentMean" else g.add(Sqrt(), numbers)
    if table.rank not in (None, 2):
        divisor = g.add(Reshape(), divisor, [-1] + [1] * (table.rank - 1))
    return g.add(Divide(), total, divisor)
