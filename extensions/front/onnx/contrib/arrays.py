"""Shapes, sets, spectra and distances: what the standard has under other names, and more."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, rank_of, scalar, size_of
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.contrib.common import microsoft, standard
from extensions.front.onnx.gathering import gather_nd
from extensions.front.onnx.padding import pad_11
from extensions.front.onnx.selection import unique
from extensions.front.onnx.shaping import range_, trilu
from extensions.ops.activation import ReLU
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import Inverse, MatMul
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape, Unsqueeze
from extensions.ops.spectral import IRDFT, RDFT
from extensions.ops.unary import Negative, Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis

microsoft("GatherND")(gather_nd)
microsoft("Trilu")(trilu)


@microsoft("Pad")
def pad(g: Graph, node: SourceNode, x: Output, pads: Output, value: Output | None = None) -> Output:
    """The pads may be a matrix of one row."""
    return pad_11(g, node, x, g.add(Reshape(), pads, [-1]) if pads.rank != 1 else pads, value)


@microsoft("Range")
def range_of(
    g: Graph, node: SourceNode, start: Output, stop: Output, step: Output | None = None
) -> Output:
    """The three may be vectors of one element."""
    step = g.constant(np.ones(()), start.dtype) if step is None else scalar(g, step)
    return range_(g, node, scalar(g, start), scalar(g, stop), step)


@microsoft("Unique")
def unique_as_they_come(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    values, _, places, counts = unique(g, standard(node, "Unique", sorted=0), x)
    return values, places, counts


@microsoft("ExpandDims")
def expand_dims(g: Graph, node: SourceNode, x: Output, axis: Output) -> Output:
    return g.add(Unsqueeze(), x, axis)


@microsoft("TorchEmbedding")
def torch_embedding(
    g: Graph, node: SourceNode, table: Output, indices: Output, *_: Output | None
) -> Output:
    """The other inputs matter in training only."""
    return g.add(Gather(), table, indices, np.int64(0))


@microsoft("UnfoldTensor")
def unfold_tensor(g: Graph, node: SourceNode, x: Output) -> Output:
    """Windows along an axis; the places in a window become the last axis."""
    rank, size, step = rank_of(x), int(needed(node, "size")), int(node.get("step", 1))
    axis = normalize_axis(node.get("dim", -1), rank)
    stop = g.add(Subtract(), size_of(g, x, axis), np.int64(size - 1))
    first = g.constant(np.int64(0))
    starts = g.add(_COUNT, first, stop, g.constant(np.int64(step)))
    inner = g.add(_COUNT, first, g.constant(np.int64(size)), g.constant(np.int64(1)))
    places = g.add(Add(), lift(g, starts, [1]), inner)
    windows = g.add(Gather(), x, places, np.int64(axis))
    if axis == rank - 1:
        return windows
    order = [i for i in range(rank + 1) if i != axis + 1]
    return g.add(Transpose(), windows, [*order, axis + 1])


_COUNT = Range(output_type=ElementType.i64)


@microsoft("SampleOp")
def sample_op(g: Graph, node: SourceNode, x: Output) -> Output:
    """An example of an operation, which gives what it gets."""
    return x


@microsoft("Inverse")
def inverse(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Inverse(), x)


# ---- complex numbers, pairs in the last axis


@microsoft("Rfft", "Irfft")
def real_spectrum(g: Graph, node: SourceNode, x: Output) -> Output:
    """Over the last axes of the signal; the inverse gives an even number of elements."""
    if node.get("normalized", 0) or not node.get("onesided", 1):
        raise refuse(node, "a normalised or two-sided spectrum")
    backwards = node.type == "Irfft"
    rank = rank_of(x) - backwards
    axes = list(range(rank - int(node.get("signal_ndim", 1)), rank))
    return g.add(IRDFT() if backwards else RDFT(), x, axes)


@microsoft("ComplexMul", "ComplexMulConj")
def complex_mul(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """The second factor is conjugated if the name says so."""
    (a, b), (c, d) = (g.add_multi(Split(num_splits=2), v, np.int64(-1)) for v in (x, y))
    if node.type == "ComplexMulConj":
        d = g.add(Negative(), d)
    ac, bd, ad, bc = (g.add(Multiply(), *pair) for pair in ((a, c), (b, d), (a, d), (b, c)))
    parts = g.add(Subtract(), ac, bd), g.add(Add(), ad, bc)
    return g.add(Concat(axis=max(rank_of(x), rank_of(y)) - 1), *parts)


# ---- distances


@microsoft("CDist")
def cdist(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    """Between each row of one matrix and each of another: |a|^2 + |b|^2 - 2 a b."""
    metric = node.get("metric", "sqeuclidean")
    if metric not in ("sqeuclidean", "euclidean"):
        raise refuse(node, f"the metric '{metric}'")
    squares = [g.add(ReduceSum(), g.add(Multiply(), x, x), [1]) for x in (a, b)]
    total = g.add(Add(), lift(g, squares[0], [1]), squares[1])
    product = g.add(Multiply(), g.add(MatMul(transpose_b=True), a, b), 2.0)
    square = g.add(ReLU(), g.add(Subtract(), total, product))
    return g.add(Sqrt(), square) if metric == "euclidean" else square
