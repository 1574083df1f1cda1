"""Reductions and matrix products."""

from __future__ import annotations

from collections.abc import Callable

from extensions.front.onnx.common import all_axes, converts, maps, typed
from extensions.ops import reduction as r
from extensions.ops.arithmetic import Add, Multiply, Power, Subtract
from extensions.ops.matrix import Einsum, MatMul
from extensions.ops.shaping import Squeeze
from extensions.ops.unary import Abs, Exp, Log
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

maps({"MatMul": MatMul})

_PLAIN: dict[str, type[r.Reduction]] = {
    "ReduceL1": r.ReduceL1,
    "ReduceL2": r.ReduceL2,
    "ReduceMax": r.ReduceMax,
    "ReduceMean": r.ReduceMean,
    "ReduceMin": r.ReduceMin,
    "ReduceProd": r.ReduceProd,
    "ReduceSum": r.ReduceSum,
}


def _log_sum(g: Graph, x: Output, axes: Output, keep: bool) -> Output:
    return g.add(Log(), g.add(r.ReduceSum(keep_dims=keep), x, axes))


def _sum_square(g: Graph, x: Output, axes: Output, keep: bool) -> Output:
    return g.add(r.ReduceSum(keep_dims=keep), g.add(Multiply(), x, x), axes)


def _log_sum_exp(g: Graph, x: Output, axes: Output, keep: bool) -> Output:
    """With the maximum taken out first, so that nothing overflows."""
    peak = g.add(r.ReduceMax(keep_dims=True), x, axes)
    total = g.add(r.ReduceSum(keep_dims=True), g.add(Exp(), g.add(Subtract(), x, peak)), axes)
    result = g.add(Add(), g.add(Log(), total), peak)
    return result if keep else g.add(Squeeze(), result, axes)


_COMPOSED: dict[str, Callable[[Graph, Output, Output, bool], Output]] = {
    "ReduceLogSum": _log_sum,
    "ReduceLogSumExp": _log_sum_exp,
    "ReduceSumSquare": _sum_square,
}


def _unreduced(g: Graph, kind: str, x: Output) -> Output:
    """What a reduction over no axes leaves: its function of each element."""
    if kind in ("ReduceL1", "ReduceL2"):
        return g.add(Abs(), x)
    if kind == "ReduceLogSum":
        return g.add(Log(), x)
    return g.add(Multiply(), x, x) if kind == "ReduceSumSquare" else x


def p_norm(g: Graph, x: Output, axes: Output, p: float) -> Output:
    """The p-norm over axes, which stay with size 1."""
    if p in (1, 2):
        return g.add(r.ReduceL1(keep_dims=True) if p == 1 else r.ReduceL2(keep_dims=True), x, axes)
    total = g.add(r.ReduceSum(keep_dims=True), g.add(Power(), g.add(Abs(), x), p), axes)
    return g.add(Power(), total, 1 / p)


@converts(*_PLAIN, *_COMPOSED)
def reduce(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    """Axes are an attribute at first, an input since 13 (sum) or 18; none means all."""
    keep = bool(node.get("keepdims", 1))
    listed = node.get("axes")
    if axes is None and listed:
        axes = g.constant(list(listed))
    if axes is None or axes.shape == (0,):
        if node.get("noop_with_empty_axes"):
            return _unreduced(g, node.type, x)
        axes = all_axes(g, x)
    composed = _COMPOSED.get(node.type)
    if composed is not None:
        return composed(g, x, axes, keep)
    if x.dtype is ElementType.boolean:
        op = r.ReduceLogicalOr if node.type == "ReduceMax" else r.ReduceLogicalAnd
        return g.add(op(keep_dims=keep), x, axes)
    return g.add(_PLAIN[node.type](keep_dims=keep), x, axes)


@converts("Gemm")
def gemm(g: Graph, node: SourceNode, a: Output, b: Output, c: Output | None = None) -> Output:
    op = MatMul(transpose_a=bool(node.get("transA")), transpose_b=bool(node.get("transB")))
    y = g.add(op, a, b)
    alpha, beta = float(node.get("alpha", 1.0)), float(node.get("beta", 1.0))
    if alpha != 1:
        y = g.add(Multiply(), y, alpha)
    if c is None or beta == 0:
        return y
    if beta != 1:
        c = g.add(Multiply(), c, beta)
    return g.add(Add(), y, c)


@converts("Einsum")
def einsum(g: Graph, node: SourceNode, *xs: Output) -> Output:
    equation = node.get("equation").replace(" ", "")
    if "->" not in equation:
        # Implicit form: labels that occur once, in alphabetical order.
        labels = equation.replace(",", "")
        equation += "->" + "".join(sorted(c for c in set(labels) if labels.count(c) == 1))
    return g.add(Einsum(equation=equation), *xs)


@converts("MatMulInteger")
def matmul_integer(
    g: Graph,
    node: SourceNode,
    a: Output,
    b: Output,
    a_zero: Output | None = None,
    b_zero: Output | None = None,
) -> Output:
    a, b = typed(g, a, ElementType.i32), typed(g, b, ElementType.i32)
    if a_zero is not None:
        a = g.add(Subtract(), a, typed(g, a_zero, ElementType.i32))
    if b_zero is not None:
        b = g.add(Subtract(), b, typed(g, b_zero, ElementType.i32))
    return g.add(MatMul(), a, b)
