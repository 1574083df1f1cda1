"""Ragged tensors: rows of different lengths, as their values one behind the other."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, typed
from extensions.front.tf.common import converts, needed, needed_ints, number
from extensions.front.tf.tables import to_cut
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax
from extensions.ops.selection import Bucketize
from extensions.ops.shaping import Broadcast, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)
_KIND = ElementType.i64


@converts("RaggedTensorToTensor")
def ragged_tensor_to_tensor(
    g: Graph, node: SourceNode, shape: Output, values: Output, default: Output, *rows: Output
) -> Output:
    """Rows of ``values`` [n, ...] side by side, longer ones cut off, shorter ones filled up.

    ``shape``: that of the result, -1 standing for what the rows tell, also as a plain number.
    """
    if values.dtype is ElementType.string:
        raise to_cut(node, "the processing of texts")
    splits = _splits(g, needed(node, "row_partition_types"), rows)
    sizes = needed_ints(shape, "shape")
    if shape.rank == 0:
        sizes = (-1,) * (rank_of(values) + 1)
    if len(sizes) != rank_of(values) + 1:
        raise invalid(f"its shape {list(sizes)} does not fit values {values.type}")
    if sizes[0] >= 0:
        raise UnsupportedError(f"a ragged tensor cut off or filled up to {sizes[0]} rows")
    begins = _part(g, splits, 0, -1)
    lengths = g.add(a.Subtract(), _part(g, splits, 1, None), begins)
    widest = number(g, sizes[1], _KIND)
    if sizes[1] < 0:
        # A row of no elements, lest there is no row at all.
        some = g.add(Concat(axis=0), lengths, [0])
        widest = g.add(ReduceMax(keep_dims=False), some, [0])
    columns = g.add(Range(output_type=_KIND), number(g, 0, _KIND), widest, number(g, 1, _KIND))
    places = g.add(a.Add(), g.add(Unsqueeze(), begins, [1]), columns)
    is_there = g.add(a.Less(), columns, g.add(Unsqueeze(), lengths, [1]))
    places = g.add(a.Select(), is_there, places, size_of(g, values, 0))
    return g.add(Gather(), _with_default(g, values, default), places, _FIRST)


def _splits(g: Graph, types: list[str], rows: tuple[Output, ...]) -> Output:
    """Where each row begins in the values, and where the last one ends: [rows + 1]."""
    names = [kind.decode() if isinstance(kind, bytes) else str(kind) for kind in types]
    parts = [typed(g, part, _KIND) for part in rows]
    if names == ["ROW_SPLITS"] and len(parts) == 1:
        return parts[0]
    if names == ["FIRST_DIM_SIZE", "VALUE_ROWIDS"] and len(parts) == 2:
        count = g.add(a.Add(), parts[0], number(g, 1, _KIND))
        every = g.add(Range(output_type=_KIND), number(g, 0, _KIND), count, number(g, 1, _KIND))
        return g.add(Bucketize(output_type=_KIND), every, parts[1])
    raise UnsupportedError(
        f"a ragged tensor whose rows are told by {', '.join(names)}",
        hint="Make it dense before the inference, and start the model behind it with --input.",
    )


def _part(g: Graph, x: Output, begin: int, end: int | None) -> Output:
    op = StridedSlice(begin_mask=(0,), end_mask=(int(end is None),))
    return g.add(op, x, [begin], [end or 0], [1])


def _with_default(g: Graph, values: Output, default: Output) -> Output:
    """The values, and behind them what stands where there is none."""
    inner = g.add(Gather(), g.add(ShapeOf(), values), list(range(1, rank_of(values))), _FIRST)
    one = g.constant(np.array([1]))
    row = g.add(Broadcast(), default, g.add(Concat(axis=0), one, inner))
    return g.add(Concat(axis=0), values, row)
