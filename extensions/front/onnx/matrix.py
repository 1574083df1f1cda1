"""Matrix products and Einstein sums."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from extensions.front.building import invalid, lift, typed
from extensions.front.onnx.common import converts, maps, needed
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.conversion import Widen
from extensions.ops.gathering import Gather
from extensions.ops.matrix import Einsum, MatMul
from extensions.ops.movement import Split
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Squeeze
from mo.errors import UnsupportedError
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


# Larger determinants are sums of too many products.
_LARGEST = 8


@converts("Det")
def det(g: Graph, node: SourceNode, x: Output) -> Output:
    """By expansion: the minors of the first k rows from those of the first k - 1."""
    sizes = {dim for dim in (x.shape or ())[-2:] if isinstance(dim, int)}
    if len(sizes) > 1 or x.rank in (0, 1):
        raise invalid("its input holds no square matrices")
    count = next(iter(sizes), None)
    if count is None or not 1 <= count <= _LARGEST:
        raise UnsupportedError(
            f"the determinant of a matrix of {'unknown' if count is None else count} rows",
            hint=f"Up to {_LARGEST} rows can be converted.",
        )
    last = g.constant(np.int64(-1))
    rows = g.add_multi(Split(num_splits=count), x, g.constant(np.int64(-2)))
    minors = g.add(Squeeze(), rows[0], [-2])
    for k in range(2, count + 1):
        row = g.add(Squeeze(), rows[k - 1], [-2])
        chosen = list(combinations(range(count), k))
        smaller = list(combinations(range(count), k - 1))
        rest = [[smaller.index(c[:i] + c[i + 1 :]) for i in range(k)] for c in chosen]
        signs = g.constant(np.array([(-1.0) ** (k - 1 - i) for i in range(k)]), x.dtype)
        factors = g.add(Multiply(), g.add(Gather(), row, np.array(chosen), last), signs)
        products = g.add(Multiply(), factors, g.add(Gather(), minors, np.array(rest), last))
        minors = g.add(ReduceSum(), products, [-1])
    return g.add(Squeeze(), minors, [-1])
