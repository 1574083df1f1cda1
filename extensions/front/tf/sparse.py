"""Sparse tensors: the places [n, rank] of values [n] in a tensor of a shape [rank]."""

from __future__ import annotations

import numpy as np

from extensions.front.building import divide, invalid, size_of, typed
from extensions.front.tf.common import converts, needed_ints, number
from extensions.ops.arithmetic import Add, Divide, Equal, FloorMod, Multiply, Select
from extensions.ops.gathering import (
    Gather,
    ScatterElementsUpdate,
    ScatterNDUpdate,
    ScatterUpdate,
)
from extensions.ops.generating import NonZero, Range
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceProd, ReduceSum
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import Abs, LogicalNot
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)


@converts("SparseToDense")
def sparse_to_dense(
    g: Graph, node: SourceNode, indices: Output, shape: Output, values: Output, default: Output
) -> Output:
    """A tensor of one value, but others at some places; one index may be a plain number."""
    dense = g.add(Broadcast(), default, shape)
    if indices.rank == 0:
        indices = g.add(Unsqueeze(), indices, [0, 1])
        values = g.add(Reshape(), values, [1])
    elif indices.rank == 1:
        indices = g.add(Unsqueeze(), indices, [1])
    if values.rank == 0:
        values = g.add(Broadcast(), values, g.add(ShapeOf(), _column(g, indices)))
    return g.add(ScatterNDUpdate(), dense, indices, values)


def _column(g: Graph, rows: Output) -> Output:
    return g.add(Gather(), rows, g.constant(_FIRST), g.constant(np.int64(1)))


@converts("SparseTensorDenseAdd")
def sparse_tensor_dense_add(
    g: Graph, node: SourceNode, indices: Output, values: Output, shape: Output, dense: Output
) -> Output:
    return g.add(ScatterNDUpdate(reduction="sum"), dense, indices, values)


@converts("SparseTensorDenseMatMul")
def sparse_tensor_dense_mat_mul(
    g: Graph, node: SourceNode, indices: Output, values: Output, shape: Output, dense: Output
) -> Output:
    op = MatMul(
        transpose_a=bool(node.get("adjoint_a", False)),
        transpose_b=bool(node.get("adjoint_b", False)),
    )
    return g.add(op, _summed(g, indices, values, shape), dense)


def _summed(g: Graph, indices: Output, values: Output, shape: Output) -> Output:
    """The dense tensor; values at one place add up."""
    zeros = g.add(Broadcast(), number(g, 0, values.dtype), shape)
    return g.add(ScatterNDUpdate(reduction="sum"), zeros, indices, values)


@converts("SparseReduceSum")
def sparse_reduce_sum(
    g: Graph, node: SourceNode, indices: Output, values: Output, shape: Output, axes: Output
) -> Output:
    dense = _summed(g, indices, values, shape)
    if not needed_ints(axes, "axes"):
        return dense
    return g.add(ReduceSum(keep_dims=bool(node.get("keep_dims", False))), dense, axes)


@converts("SparseDenseCwiseAdd", "SparseDenseCwiseDiv", "SparseDenseCwiseMul")
def sparse_dense_cwise(
    g: Graph, node: SourceNode, indices: Output, values: Output, shape: Output, dense: Output
) -> Output:
    """The values with those of ``dense``, broadcast to ``shape``, at their places."""
    flat = g.add(Reshape(), g.add(Broadcast(), dense, shape), [-1])
    there = g.add(Gather(), flat, _flat(g, indices, shape), g.constant(_FIRST))
    if node.type == "SparseDenseCwiseDiv":
        return divide(g, values, there)
    return g.add(Add() if node.type == "SparseDenseCwiseAdd" else Multiply(), values, there)


@converts("SparseReorder")
def sparse_reorder(
    g: Graph, node: SourceNode, indices: Output, values: Output, shape: Output
) -> tuple[Output, Output]:
    """In the order of the elements of the dense tensor."""
    order = _ascending(g, _flat(g, indices, shape))[0]
    first = g.constant(_FIRST)
    return g.add(Gather(), indices, order, first), g.add(Gather(), values, order, first)


def _flat(g: Graph, indices: Output, shape: Output) -> Output:
    """The places in the flattened tensor: [n]."""
    weighed = g.add(Multiply(), indices, _strides(g, shape))
    return g.add(ReduceSum(keep_dims=False), weighed, [1])


@converts("SparseReshape")
def sparse_reshape(
    g: Graph, node: SourceNode, indices: Output, shape: Output, wanted: Output
) -> tuple[Output, Output]:
    """The same elements by their places in a tensor of another shape, of which one size is open."""
    indices, shape, wanted = (typed(g, v, ElementType.i64) for v in (indices, shape, wanted))
    product = ReduceProd(keep_dims=True)
    others = g.add(Abs(), g.add(product, wanted, [0]))
    fitting = g.add(Divide(), g.add(product, shape, [0]), others)
    is_open = g.add(Equal(), wanted, number(g, -1, wanted.dtype))
    sizes = g.add(Select(), is_open, fitting, wanted)
    flat = g.add(Unsqueeze(), _flat(g, indices, shape), [1])
    return g.add(FloorMod(), g.add(Divide(), flat, _strides(g, sizes)), sizes), sizes


def _strides(g: Graph, shape: Output) -> Output:
    """How many elements one step along each axis passes by: the product of the sizes behind."""
    rank = shape.shape[0] if shape.shape else None
    if not isinstance(rank, int):
        raise invalid(f"the rank of a sparse tensor of shape {shape} is not known")
    behind = g.constant(np.triu(np.ones((rank, rank), bool), 1))
    factors = g.add(Select(), behind, g.add(Unsqueeze(), shape, [0]), number(g, 1, shape.dtype))
    return g.add(ReduceProd(keep_dims=False), factors, [1])


@converts("SparseFillEmptyRows")
def sparse_fill_empty_rows(
    g: Graph, node: SourceNode, indices: Output, values: Output, shape: Output, default: Output
) -> tuple[Output, ...]:
    """Rows without an element get one in their first column, all elements in order of rows.

    Also which rows were empty, and where each element went.
    """
    first = g.constant(_FIRST)
    rows = g.add(Gather(), indices, first, g.constant(np.int64(1)))
    filled = g.add(Broadcast(), g.constant(False), g.add(Gather(), shape, [0], first))
    present = g.add(Broadcast(), g.constant(True), g.add(ShapeOf(), rows))
    empty = g.add(LogicalNot(), g.add(ScatterUpdate(), filled, rows, present, first))
    missing = typed(g, g.add(Squeeze(), g.add(NonZero(), empty), [0]), indices.dtype)
    number_missing = g.add(ShapeOf(), missing)
    every = g.add(Concat(axis=0), rows, missing)
    order, places = _ascending(g, every)
    back = g.add(ScatterElementsUpdate(), places, order, places, first)
    back = g.add(
        StridedSlice(begin_mask=(1,), end_mask=(0,)), back, [0], g.add(ShapeOf(), rows), [1]
    )
    filler = g.add(Broadcast(), default, number_missing)
    return (
        g.add(
            Gather(),
            g.add(Concat(axis=0), indices, _first_places(g, indices, missing)),
            order,
            first,
        ),
        g.add(Gather(), g.add(Concat(axis=0), values, filler), order, first),
        empty,
        back,
    )


def _ascending(g: Graph, numbers: Output) -> tuple[Output, Output]:
    """Where the numbers stand that are in ascending order, equal ones as they came; and 0, 1 ..."""
    count = size_of(g, numbers, 0)
    kind = ElementType.i64
    op = TopK(axis=0, mode="min", stable=True, index_element_type=kind)
    order = g.add_multi(op, numbers, count)[1]
    return order, g.add(Range(output_type=kind), number(g, 0, kind), count, number(g, 1, kind))


def _first_places(g: Graph, indices: Output, rows: Output) -> Output:
    """The place of the first element of each row: [row, 0, 0 ...]."""
    column = g.add(Unsqueeze(), rows, [1])
    rank = indices.shape[1] if indices.shape else None
    if rank == 1:
        return column
    count = g.add(ShapeOf(), rows)
    rest = g.add(Add(), g.add(Unsqueeze(), size_of(g, indices, 1), [0]), [-1])
    zeros = g.add(Broadcast(), number(g, 0, rows.dtype), g.add(Concat(axis=0), count, rest))
    return g.add(Concat(axis=1), column, zeros)
