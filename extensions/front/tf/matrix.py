"""Matrix products."""

from __future__ import annotations

import re

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.tf.common import converts, needed, type_attribute
from extensions.ops.arithmetic import Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.matrix import Einsum, Inverse, MatMul
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("MatMul")
def mat_mul(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    op = MatMul(
        transpose_a=bool(node.get("transpose_a", False)),
        transpose_b=bool(node.get("transpose_b", False)),
    )
    return g.add(op, x, y)


@converts("BatchMatMul", "BatchMatMulV2")
def batch_mat_mul(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    op = MatMul(
        transpose_a=bool(node.get("adj_x", False)), transpose_b=bool(node.get("adj_y", False))
    )
    return g.add(op, x, y)


@converts("BatchMatMulV3")
def batch_mat_mul_v3(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """Computed in the type of the result."""
    kind = type_attribute(node, "Tout", x.dtype)
    return batch_mat_mul(g, node, typed(g, x, kind), typed(g, y, kind))


@converts("Einsum")
def einsum(g: Graph, node: SourceNode, *xs: Output) -> Output:
    equation = re.sub(r"\s", "", needed(node, "equation"))
    if "->" not in equation:
        raise invalid(f"its equation '{equation}' names no result")
    return g.add(Einsum(equation=equation), *xs)


@converts("MatrixInverse", "BatchMatrixInverse")
def matrix_inverse(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Inverse(adjoint=bool(node.get("adjoint", False))), x)


@converts("Cross")
def cross(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """The vector product along the last axis, which has 3 elements."""

    def turned(value: Output, *places: int) -> Output:
        return g.add(Gather(), value, list(places), np.int64(-1))

    ahead = g.add(Multiply(), turned(x, 1, 2, 0), turned(y, 2, 0, 1))
    return g.add(Subtract(), ahead, g.add(Multiply(), turned(x, 2, 0, 1), turned(y, 1, 2, 0)))
