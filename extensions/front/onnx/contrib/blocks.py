"""Weights in few bits, with a scale for each block of neighbours in a row."""

from __future__ import annotations

from math import prod

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.onnx.affine import dequantized
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.common import constant_ints
from extensions.ops.conversion import Widen
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.shaping import Reshape
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis, static
from mo.graph.tensor import Tensor

_T = ElementType


@microsoft("MatMulNBits")
def matmul_n_bits(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    scales: Output,
    zeros: Output | None = None,
    groups: Output | None = None,
    bias: Output | None = None,
) -> Output:
    """x [..., K] times the transposed weights [N, K], whose rows are cut into blocks."""
    if node.get("weight_prepacked"):
        raise refuse(node, "a layout of weights for one device")
    if groups is not None:
        raise refuse(node, "an order of groups (g_idx)")
    bits, block = node.get("bits", 4), needed(node, "block_size")
    rows, columns = needed(node, "N"), needed(node, "K")
    count = -(-columns // block)
    shape = (rows, count * block)
    integers = g.constant(unpacked(w, bits, shape))
    scales = g.add(Reshape(), scales, [rows, count])
    zeros = zero_points(g, zeros, bits, (rows, count))
    weights = _of_blocks(g, integers, scales, zeros, block, columns)
    y = g.add(MatMul(transpose_b=True), x, weights)
    return y if bias is None else g.add(Add(), y, bias)


def _of_blocks(
    g: Graph, integers: Output, scales: Output, zeros: Output, block: int, columns: int
) -> Output:
    """Weights [N, K]; the last block of a row may hold more than K columns have."""
    weights = dequantized(g, integers, scales, zeros, 1, block=block)
    if weights.shape is not None and weights.shape[1] == columns:
        return weights
    cut = StridedSlice(begin_mask=(1, 1), end_mask=(1, 0))
    return g.add(cut, weights, [0, 0], [0, columns], [1, 1])


def zero_points(g: Graph, zeros: Output | None, bits: int, shape: tuple[int, ...]) -> Output:
    """Zero points for each block: packed like the weights, or as they are, or in the middle."""
    if zeros is None:
        return g.constant(np.full(shape, 2 ** (bits - 1)), _T.u4 if bits < 8 else _T.u8)
    if zeros.dtype.is_float:
        return g.add(Reshape(), zeros, list(shape))
    return g.constant(unpacked(zeros, bits, shape))


def unpacked(value: Output, bits: int, shape: tuple[int, ...]) -> Tensor:
    """A constant of bytes as small integers, the low bits first; each row fills whole bytes."""
    tensor = value.constant
    if tensor is None or tensor.dtype is not _T.u8:
        raise invalid("its quantised weights are no constant bytes")
    if bits not in (2, 4, 8):
        raise invalid(f"{bits} bits per weight are not defined")
    per_row = -(-shape[-1] * bits // 8)
    if tensor.size != prod(shape[:-1]) * per_row:
        raise invalid(f"{tensor.size} bytes do not hold {list(shape)} numbers of {bits} bits")
    if bits == 8:
        return tensor.reshaped(shape)
    if bits == 4 and shape[-1] % 2 == 0 and not tensor.is_lazy:
        return Tensor.from_bytes(tensor.storage(), _T.u4, shape)
    return Tensor.of(_digits(tensor.array, bits, per_row)[:, : shape[-1]].reshape(shape), _T.u4)


def _digits(packed: np.ndarray, bits: int, per_row: int) -> np.ndarray:
    """The numbers of each row of bytes."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    rows = packed.reshape(-1, per_row, 1) >> shifts & np.uint8(2**bits - 1)
    return rows.reshape(len(rows), -1)


_PACKED_BLOCK = 32


@microsoft("MatMulFpQ4")
def matmul_fp_q4(g: Graph, node: SourceNode, x: Output, w: Output, shape: Output) -> Output:
    """x [..., K] times weights [K, N] of four bits, in a layout of onnxruntime.

    Column by column lie blocks of a scale, its zero point if there are any, and weights, of which
    the first half fills the low bits of the bytes, the second half the high ones.
    """
    kind, sizes = node.get("blk_quant_type", 1), constant_ints(shape)
    if kind not in (0, 1):
        raise refuse(node, f"the layout {kind} of weights")
    if w.constant is None or sizes is None or len(sizes) != 2 or min(sizes) < 1:
        raise refuse(node, "a product with weights that are not constant")
    columns, rows = sizes
    count, start = -(-columns // _PACKED_BLOCK), 4 + kind
    if w.constant.size != rows * count * (start + _PACKED_BLOCK // 2):
        raise invalid(f"{w.constant.size} bytes do not hold {list(sizes)} weights")
    blocks = w.constant.array.reshape(rows, count, -1)
    packed = blocks[:, :, start:]
    codes = np.concatenate([packed & 15, packed >> 4], -1).reshape(rows, -1)
    scales = np.ascontiguousarray(blocks[:, :, :4]).view("<f4")[:, :, 0]
    zeros = blocks[:, :, 4] if kind else np.full((rows, count), 8)
    integers, shift = (g.constant(Tensor.of(values, _T.u4)) for values in (codes, zeros))
    weights = _of_blocks(g, integers, g.constant(scales), shift, _PACKED_BLOCK, columns)
    return g.add(MatMul(transpose_b=True), x, weights)


@microsoft("GatherBlockQuantized")
def gather_block_quantized(
    g: Graph,
    node: SourceNode,
    table: Output,
    indices: Output,
    scales: Output,
    zeros: Output | None = None,
) -> Output:
    """Rows of a quantised table; bytes hold several numbers of it along the last axis."""
    bits, block = node.get("bits", 4), node.get("block_size", 128)
    sizes = static(scales.shape)
    if table.constant is None or sizes is None or not block:
        raise refuse(node, "a table that is not constant, or not in blocks")
    if table.dtype.is_float:
        raise refuse(node, f"a table of {table.dtype.name}")
    if table.dtype is _T.u8:
        whole = (*table.constant.shape[:-1], table.constant.shape[-1] * 8 // bits)
        zeros = zero_points(g, zeros, bits, sizes)
        table = g.constant(unpacked(table, bits, whole))
    axis = normalize_axis(node.get("quantize_axis", 1), len(sizes))
    real = dequantized(g, table, scales, zeros, axis, block=block)
    along = normalize_axis(node.get("gather_axis", 0), len(sizes))
    return g.add(Gather(negative_indices=True), real, indices, np.int64(along))


# ---- weights in four bits that stand for numbers of a table

# Quantiles of a normal distribution (Dettmers et al., QLoRA, appendix E).
_NORMAL = (
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
)
# Two bits of exponent, one of mantissa; the smallest number is 1/192 (Dettmers, bitsandbytes).
_POSITIVE = (0.0, 1 / 192, 2 / 3, 1.0, 1 / 3, 1 / 2, 1 / 6, 1 / 4)
_TABLES = (_POSITIVE + tuple(-x for x in _POSITIVE), _NORMAL)


@microsoft("MatMulBnb4")
def matmul_bnb_4(g: Graph, node: SourceNode, x: Output, w: Output, scales: Output) -> Output:
    """x times weights [N, K], transposed or not; a block of neighbours has one scale."""
    rows, columns, block = (needed(node, name) for name in ("N", "K", "block_size"))
    kind = needed(node, "quant_type")
    if kind not in (0, 1):
        raise invalid(f"quant_type {kind} is not defined")
    if rows * columns % block:
        raise refuse(node, f"a last block of {rows * columns % block} weights")
    # The high bits come first.
    swapped = None if w.constant is None else w.constant.array
    if swapped is None or swapped.dtype != np.uint8 or swapped.size != rows * columns // 2:
        raise invalid("its quantised weights are no constant bytes of two weights each")
    codes = Tensor.from_bytes(swapped >> 4 | swapped << 4, _T.u4, (rows * columns // block, block))
    places = g.add(Widen(destination_type=_T.i32), g.constant(codes))
    table = g.constant(np.array(_TABLES[kind]), scales.dtype)
    plain = g.add(Gather(), table, places, np.int64(0))
    real = g.add(Multiply(), plain, g.add(Reshape(), scales, [-1, 1]))
    weights = typed(g, g.add(Reshape(), real, [rows, columns]), x.dtype)
    return g.add(MatMul(transpose_b=bool(node.get("transB", 1))), x, weights)
