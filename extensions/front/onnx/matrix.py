"""Matrix products and Einstein sums."""

from __future__ import annotations

from extensions.front.onnx.common import converts, invalid, lift, maps, needed, typed
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.conversion import Widen
from extensions.ops.matrix import Einsum, MatMul
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

maps({"MatMul": MatMul})


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
    equation = needed(node, "equation").replace(" ", "")
    left, _, right = equation.partition("->")
    unknown = sorted(set(right) - set(left))
    if unknown:
        raise invalid(f"'{equation}' asks for label '{unknown[0]}', which no input has")
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
    a = typed(g, a, ElementType.i32)
    b = g.add(Widen(destination_type=ElementType.i32), b)
    if a_zero is not None:
        # A vector holds one for each row.
        rows = lift(g, a_zero, [1]) if a_zero.rank == 1 and a_zero.shape != (1,) else a_zero
        a = g.add(Subtract(), a, typed(g, rows, ElementType.i32))
    if b_zero is not None:
        b = g.add(Subtract(), b, typed(g, b_zero, ElementType.i32))
    return g.add(MatMul(), a, b)
