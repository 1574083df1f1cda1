"""Products of matrices."""

from __future__ import annotations

from extensions.front.building import divide, invalid, rank_of, size_of, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import alike, converts, refused
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.matrix import Einsum, MatMul
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("FullyConnected")
def fully_connected(
    g: Graph, node: SourceNode, x: Output, weights: Output, bias: Output | None = None
) -> Output:
    """Weights are [O, I]; all axes but the batch are flattened, or only the last one counts."""
    if at.flag(node, "flatten", True) and x.rank != 2:
        x = g.add(Reshape(special_zero=True), x, [0, -1])
    y = g.add(MatMul(transpose_b=True), *alike(g, x, weights))
    if bias is None or at.flag(node, "no_bias"):
        return y
    return g.add(Add(), *alike(g, y, bias))


@converts("batch_dot", "_linalg_gemm2")
def batch_dot(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    op = MatMul(transpose_a=at.flag(node, "transpose_a"), transpose_b=at.flag(node, "transpose_b"))
    if at.integer(node, "axis", -2) != -2:
        raise refused("matrices along other axes than the last two")
    product = g.add(op, x, y)
    factor = at.number(node, "alpha", 1.0)
    return product if factor == 1 else g.add(Multiply(), product, factor)


@converts("_linalg_gemm")
def gemm(g: Graph, node: SourceNode, x: Output, y: Output, z: Output) -> Output:
    """alpha x y + beta z"""
    factor = at.number(node, "beta", 1.0)
    return g.add(Add(), batch_dot(g, node, x, y), g.add(Multiply(), z, factor))


@converts("dot")
def dot(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """The last axis of one with the first axis of the other; transposing moves that axis."""
    if at.flag(node, "transpose_a") and rank_of(x) > 1:
        x = g.add(Transpose(), x, [*range(1, rank_of(x)), 0])
    if at.flag(node, "transpose_b") and rank_of(y) > 1:
        y = g.add(Transpose(), y, [rank_of(y) - 1, *range(rank_of(y) - 1)])
    product = contracted(g, x, y, [rank_of(x) - 1], [0])
    return g.add(Reshape(), product, [1]) if product.rank == 0 else product


def contracted(g: Graph, x: Output, y: Output, own: list[int], others: list[int]) -> Output:
    """The sums over pairs of axes; the axes that remain stand side by side."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    if rank_of(x) + rank_of(y) > len(letters):
        raise invalid("its inputs have too many axes")
    left = letters[: rank_of(x)]
    right = list(letters[rank_of(x) : rank_of(x) + rank_of(y)])
    for a, b in zip(own, others):
        right[b] = left[a]
    kept = [c for i, c in enumerate(left) if i not in own]
    kept += [c for i, c in enumerate(right) if i not in others]
    if (own, others, rank_of(y)) == ([rank_of(x) - 1], [0], 2):
        return g.add(MatMul(), *alike(g, x, y))
    equation = f"{left},{''.join(right)}->{''.join(kept)}"
    return g.add(Einsum(equation=equation), *alike(g, x, y))


@converts("_npi_matmul")
def matmul(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return g.add(MatMul(), *alike(g, x, y))


@converts("_np_dot", "_npi_dot")
def numpy_dot(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """numpy.dot: the last axis with the last but one."""
    if 0 in (x.rank, y.rank):
        return g.add(Multiply(), *alike(g, x, y))
    return contracted(g, x, y, [rank_of(x) - 1], [max(rank_of(y) - 2, 0)])


@converts("_npi_tensordot", "_npi_tensordot_int_axes")
def tensordot(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    if node.type == "_npi_tensordot":
        own, others = (list(at.integers(node, f"{side}_axes_summed")) for side in "ab")
    else:
        count = at.integer(node, "axes")
        own, others = list(range(rank_of(x) - count, rank_of(x))), list(range(count))
    own, others = [a % rank_of(x) for a in own], [b % rank_of(y) for b in others]
    return contracted(g, x, y, own, others)


@converts("_npi_einsum")
def einsum(g: Graph, node: SourceNode, *xs: Output) -> Output:
    equation = str(node.get("subscripts", "")).replace(" ", "")
    return g.add(Einsum(equation=equation), *alike(g, *xs))


@converts("_contrib_div_sqrt_dim")
def div_sqrt_dim(g: Graph, node: SourceNode, x: Output) -> Output:
    """Divided by the square root of the size of the last axis."""
    size = typed(g, size_of(g, x, rank_of(x) - 1), ElementType.f32)
    return divide(g, x, typed(g, g.add(Sqrt(), size), x.dtype))
