"""Reductions, orders, normalisations, products and attention to axes."""

from __future__ import annotations

import numpy as np

from extensions.classic.elementwise import as_type, attribute_type, integers
from extensions.classic.fields import attribute, converts, element_type, operations
from extensions.classic.shaping import rank_of
from extensions.ops.activation import LogSoftmax, Softmax
from extensions.ops.arithmetic import Add, Multiply, Power
from extensions.ops.matrix import MatMul
from extensions.ops.normalization import LRN, MVN, BatchNormInference, NormalizeL2
from extensions.ops.reduction import ReduceSum
from extensions.ops.selection import TopK, Unique
from extensions.ops.shaping import Reshape, ShapeOf, Squeeze
from extensions.ops.spectral import DFT, IDFT
from extensions.ops.unary import CumSum
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis

_REDUCTIONS = {
    **{
        name: name
        for name in (
            *("ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd"),
            *("ReduceSum", "ReduceLogicalAnd", "ReduceLogicalOr"),
        )
    },
    "ReduceAnd": "ReduceLogicalAnd",
}


@converts(*_REDUCTIONS)
def reduction(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    """Over the axes of the second input, or of the attribute ``axis``; over all without either."""
    op = operations()[_REDUCTIONS[node.type]]
    listed = attribute(node, "axis", "axes")
    if axes is None:
        if listed is None:
            listed = tuple(range(rank_of(x)))
        axes = g.constant(np.atleast_1d(np.asarray(listed, np.int64)))
    return g.add(op(keep_dims=bool(attribute(node, "keep_dims", default=False))), x, axes)


@converts("SoftMax")
def softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Softmax(axis=normalize_axis(attribute(node, "axis", default=1), rank_of(x))), x)


@converts("SoftMaxONNX", "LogSoftmaxONNX")
def softmax_of_matrix(g: Graph, node: SourceNode, x: Output) -> Output:
    """Over all axes from ``axis`` on."""
    rank = rank_of(x)
    axis = normalize_axis(attribute(node, "axis", default=1), rank)
    op = (Softmax if node.type == "SoftMaxONNX" else LogSoftmax)(axis=axis)
    if axis == rank - 1:
        return g.add(op, x)
    flat = g.add(Reshape(special_zero=True), x, [0] * axis + [-1])
    return g.add(Reshape(), g.add(op, flat), g.add(ShapeOf(), x))


@converts("LogSoftmax")
def log_softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    axis = normalize_axis(attribute(node, "axis", default=1), rank_of(x))
    return g.add(LogSoftmax(axis=axis), x)


@converts("MatMul", "GEMM")
def matmul(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    first, second = (bool(attribute(node, f"transpose_{side}", default=False)) for side in "ab")
    return g.add(MatMul(transpose_a=first, transpose_b=second), a, b)


@converts("Gemm")
def gemm(g: Graph, node: SourceNode, a: Output, b: Output, c: Output | None = None) -> Output:
    """alpha * a b + beta * c."""
    alpha, beta = (float(attribute(node, word, default=1.0)) for word in ("alpha", "beta"))
    y: Output = matmul(g, node, a, b)
    y = y if alpha == 1 else g.add(Multiply(), y, alpha)
    if c is None:
        return y
    return g.add(Add(), y, c if beta == 1 else g.add(Multiply(), c, beta))


@converts("FullyConnected")
def fully_connected(
    g: Graph, node: SourceNode, x: Output, weights: Output, bias: Output | None = None
) -> Output:
    """Weights are [out, in]; all axes behind the first are one."""
    flat = x if x.rank == 2 else g.add(Reshape(special_zero=True), x, [0, -1])
    y = g.add(MatMul(transpose_b=True), flat, weights)
    return y if bias is None else g.add(Add(), y, bias)


@converts("TopK")
def top_k(
    g: Graph, node: SourceNode, x: Output, k: Output, *_: Output | None
) -> tuple[Output, ...]:
    kind = element_type(attribute_type(node, "index_element_type"), ElementType.i32)
    op = TopK(
        axis=normalize_axis(attribute(node, "axis", default=-1), rank_of(x)),
        mode=attribute(node, "mode", default="max"),
        sort=attribute(node, "sort", default="value"),
        index_element_type=kind,
    )
    return g.add_multi(op, x, g.add(Squeeze(), k, [0]) if k.rank == 1 else k)


@converts("ArgMax", "ArgMin")
def arg_extreme(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Output:
    """Positions of the ``top_k`` greatest (least), kept on an axis of that size."""
    where = attribute(node, "axis") if axis is None else integers(axis)[0]
    if where is None:
        raise UnsupportedError("its axis is missing", hint="Set its attribute 'axis'.")
    op = TopK(
        axis=normalize_axis(where, rank_of(x)),
        mode="max" if node.type == "ArgMax" else "min",
        sort="index" if attribute(node, "sort") == "index" else "value",
        index_element_type=ElementType.i64,
    )
    count = g.constant(np.int64(attribute(node, "top_k", default=1)))
    found = g.add_multi(op, x, count)[1]
    if attribute(node, "keepdims", default=1) == 0:
        found = g.add(Squeeze(), found, [op.axis])
    kind = element_type(attribute_type(node, "output_type"), ElementType.i64)
    return as_type(g, found, kind)


@converts("Unique")
def unique(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """Distinct values, the place of each element among them, how often each occurs."""
    is_sorted = str(attribute(node, "sorted", default="true")).lower() == "true"
    values, _, places, counts = g.add_multi(Unique(sorted=is_sorted), x)
    return values, places, counts


@converts("CumSum", "MXNetCumSum")
def cumulative_sum(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Output:
    where = axis if axis is not None else g.constant(np.int64(attribute(node, "axis", default=0)))
    flags = {word: bool(attribute(node, word, default=False)) for word in ("exclusive", "reverse")}
    return g.add(CumSum(**flags), x, where)


@converts("AttributedLRN")
def attributed_lrn(g: Graph, node: SourceNode, x: Output) -> Output:
    """Across channels, or with ``region`` 'same' over a square of the image."""
    within_image = str(attribute(node, "region", default="across")) == "same"
    axes = list(range(2, rank_of(x))) if within_image else [1]
    op = LRN(
        alpha=float(attribute(node, "alpha", default=1e-4)),
        beta=float(attribute(node, "beta", default=0.75)),
        bias=float(attribute(node, "bias", default=1.0)),
        size=attribute(node, "local_size", "local-size", default=5),
    )
    return g.add(op, x, axes)


@converts("MVN", "MVNOnnx", "MVNCaffe")
def mvn(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    listed = attribute(node, "axes")
    if axes is None:
        if listed is None:
            whole = bool(attribute(node, "across_channels", default=0))
            listed = tuple(range(1 if whole else 2, rank_of(x)))
        axes = g.constant(np.array(listed, np.int64))
    word = str(attribute(node, "eps_mode", default="inside_sqrt")).lower()
    op = MVN(
        eps=float(attribute(node, "eps", default=1e-9)),
        normalize_variance=bool(attribute(node, "normalize_variance", default=True)),
        eps_mode=word,
    )
    return g.add(op, x, axes)


@converts("GroupNorm", "InstanceNormalization")
def group_norm(g: Graph, node: SourceNode, x: Output, scale: Output, shift: Output) -> Output:
    """Per group of channels (each its own for instances), then per channel."""
    rank = rank_of(x)
    eps = float(attribute(node, "eps", "epsilon", default=1e-5))
    groups = attribute(node, "num_groups")
    if groups is None:
        y = g.add(MVN(eps=eps), x, list(range(2, rank)))
    else:
        grouped = g.add(Reshape(special_zero=True), x, [0, groups, -1])
        y = g.add(Reshape(), g.add(MVN(eps=eps), grouped, [2]), g.add(ShapeOf(), x))
    return g.add(Add(), g.add(Multiply(), y, _column(g, scale, rank)), _column(g, shift, rank))


def _column(g: Graph, value: Output, rank: int) -> Output:
    return g.add(Reshape(), value, [1, -1] + [1] * (rank - 2))


@converts("BN", "batchNormInference")
def batch_norm(
    g: Graph, node: SourceNode, x: Output, gamma: Output, beta: Output, mean: Output, var: Output
) -> Output:
    epsilon = float(attribute(node, "eps", "epsilon", default=1e-5))
    return g.add(BatchNormInference(epsilon=epsilon), x, gamma, beta, mean, var)


@converts("Normalize")
def normalize(g: Graph, node: SourceNode, x: Output, weights: Output | None = None) -> Output:
    """Divided by the root of the sum of squares over channels, or over the whole image."""
    whole = bool(attribute(node, "across_spatial", default=0))
    eps = float(attribute(node, "eps", default=1e-10))
    y = g.add(NormalizeL2(eps=eps), x, list(range(1, rank_of(x))) if whole else [1])
    return y if weights is None else g.add(Multiply(), y, _column(g, weights, rank_of(x)))


@converts("pnorm")
def p_norm(g: Graph, node: SourceNode, x: Output) -> Output:
    """The norm of each ``group`` of neighbours on the last axis."""
    p, group = float(attribute(node, "p", default=2)), attribute(node, "group")
    grouped = g.add(Reshape(), x, [-1, *(d for d in (x.shape or ())[1:-1]), _per(x, group), group])
    total = g.add(ReduceSum(), g.add(Power(), g.add(operations()["Abs"](), grouped), p), [-1])
    return g.add(Power(), total, 1 / p)


def _per(x: Output, group: int) -> int:
    size = x.shape[-1] if x.shape else None
    if not isinstance(size, int) or size % group:
        raise UnsupportedError(f"its input {x.type} has no groups of {group}")
    return size // group


@converts("TFFFT")
def fourier(g: Graph, node: SourceNode, x: Output) -> Output:
    """Over the last ``num_of_dimensions`` axes before that of real and imaginary parts."""
    rank, count = rank_of(x), attribute(node, "num_of_dimensions", default=1)
    op = IDFT() if attribute(node, "is_inverse", default=False) else DFT()
    return g.add(op, x, list(range(rank - 1 - count, rank - 1)))
