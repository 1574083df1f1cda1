"""Quantised products of the domain com.microsoft whose results are floats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import reference, refused
from tests.models.nodes import fixed, numbers, single

SCALE = 0.02
BYTES = numbers(2, 4, 8, dtype=np.uint8, high=255)


def weights(columns: int, kind: Any) -> Any:
    low = -120 if kind is np.int8 else 0
    return fixed(numbers(8, columns, dtype=kind, low=low, high=120))


@pytest.mark.parametrize("kind", [np.int8, np.uint8])
@pytest.mark.parametrize("per_column", [False, True])
def test_products_of_integers(kind: Any, per_column: bool) -> None:
    w = weights(6, kind)
    scale = fixed(numbers(6, low=0.01, high=0.02)) if per_column else fixed(SCALE)
    zero = fixed(numbers(6, dtype=kind, low=0, high=9)) if per_column else fixed(5, kind)
    agreed("MatMulIntegerToFloat", BYTES, w, fixed(0.03), scale)
    rest = fixed(0.03), scale, fixed(120, np.uint8), zero, fixed(numbers(6))
    agreed("MatMulIntegerToFloat", BYTES, w, *rest)


@pytest.mark.parametrize("kind", [np.int8, np.uint8])
def test_products_of_what_is_quantised_on_the_way(kind: Any) -> None:
    x, w = numbers(2, 4, 8), weights(6, kind)
    agreed("DynamicQuantizeMatMul", x, w, fixed(SCALE))
    agreed("DynamicQuantizeMatMul", x, w, fixed(SCALE), fixed(4, kind), fixed(numbers(6)))
    scales, zeros = numbers(6, low=0.01, high=0.02), numbers(6, dtype=kind, low=0, high=9)
    agreed("DynamicQuantizeMatMul", x, w, fixed(scales), fixed(zeros))


@pytest.mark.parametrize("kind", [np.int8, np.uint8])
@pytest.mark.parametrize("causal", [0, 1])
def test_attention_of_integers(kind: Any, causal: int) -> None:
    w, bias = weights(24, kind), fixed(numbers(24))
    zeros = fixed(120, np.uint8), fixed(3, kind)
    given: dict[str, Any] = {"num_heads": 2, "unidirectional": causal, "tolerance": 5e-4}
    start = BYTES, w, bias, fixed(0.004), fixed(0.01)
    agreed("QAttention", *start, np.array([2, 4], np.int32), *zeros, **given)
    past = numbers(2, 2, 2, 3, 4)
    agreed("QAttention", *start, None, *zeros, past, outputs=2, **given)


@pytest.mark.parametrize("kind", [np.int8, np.uint8])
def test_sums_and_products_that_stay_whole(kind: Any) -> None:
    """There are no kernels for them."""
    a, b = (numbers(2, n, dtype=kind, low=-9, high=9) for n in (3, 1))
    wide = a.astype(np.int32), b.astype(np.int32)
    expected = (wide[0] - 2) * (wide[1] - 3)
    agreed("MulInteger", a, fixed(2, kind), b, fixed(3, kind), expected=expected)
    agreed("MulInteger", a, None, b, expected=wide[0] * wide[1])
    sums = wide[0].sum(1, keepdims=True).astype(np.int32 if kind is np.int8 else np.uint32)
    agreed("ReduceSumInteger", a, axes=[1], keepdims=1, expected=sums)


# ---- weights in blocks


def packed(integers: np.ndarray, bits: int) -> np.ndarray:
    """Rows of small integers in bytes, the low bits first."""
    per_byte = 8 // bits
    filled = np.pad(integers, [(0, 0), (0, -integers.shape[1] % per_byte)])
    parts = filled.reshape(len(filled), -1, per_byte).astype(np.uint8)
    return sum(parts[..., i] << np.uint8(i * bits) for i in range(per_byte)).astype(np.uint8)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("columns", [32, 48, 40])
@pytest.mark.parametrize("zero", ["middle", "packed", "float"])
def test_products_with_weights_in_blocks(bits: int, columns: int, zero: str) -> None:
    rows, block = 6, 16
    count = -(-columns // block)
    random = np.random.default_rng(3)
    integers = random.integers(0, 2**bits, (rows, count * block))
    w = packed(integers, bits).reshape(rows, count, -1)
    scales = fixed(numbers(rows, count, low=0.01, high=0.1))
    middles = random.integers(0, 2**bits, (rows, count))
    zeros = None
    if zero != "middle":
        zeros = fixed(packed(middles, bits) if zero == "packed" else middles.astype(np.float32))
    sizes = {"bits": bits, "block_size": block, "N": rows, "K": columns}
    wide = integers.reshape(rows, count, block) - (middles[..., None] if zeros else 2 ** (bits - 1))
    real = (wide * scales.array[..., None]).reshape(rows, -1)[:, :columns].astype(np.float32)
    x, bias = numbers(2, 3, columns), fixed(numbers(rows))
    expected = x @ real.T
    agreed("MatMulNBits", x, fixed(w), scales, zeros, expected=expected, **sizes)
    if zero != "float" and bits != 2:
        agreed("MatMulNBits", x, fixed(w), scales, zeros, None, bias, **sizes)


def test_rows_of_a_table_in_blocks() -> None:
    import ml_dtypes

    indices = np.array([[0, 2], [3, -1]])
    scales = fixed(numbers(5, 2, low=0.01, high=0.1))
    small = np.random.default_rng(3).integers(0, 16, (5, 32))
    zeros = np.random.default_rng(4).integers(0, 16, (5, 2))
    for offset, kind in ((0, ml_dtypes.uint4), (8, ml_dtypes.int4)):
        table, middles = fixed((small - offset).astype(kind)), fixed((zeros - offset).astype(kind))
        agreed("GatherBlockQuantized", table, indices, scales, middles, block_size=16)
        agreed("GatherBlockQuantized", table, indices, scales, block_size=16)
    table = fixed(packed(small, 4))
    agreed("GatherBlockQuantized", table, indices, scales, block_size=16, bits=4)
    middles = fixed(packed(zeros, 4))
    agreed("GatherBlockQuantized", table, indices, scales, middles, block_size=16, bits=4)


@pytest.mark.parametrize("kind", [0, 1])
def test_products_with_weights_of_a_table(kind: int) -> None:
    rows, columns = 8, 32
    w = fixed(numbers(rows * columns // 2, dtype=np.uint8, high=255))
    scales = fixed(numbers(rows * columns // 16, low=0.1, high=2))
    sizes: dict[str, Any] = {"N": rows, "K": columns, "block_size": 16, "quant_type": kind}
    agreed("MatMulBnb4", numbers(2, 3, columns), w, scales, **sizes)
    # The kernel computes this only for weights that are transposed.
    unit = np.eye(columns, dtype=np.float32)
    real = reference(
        single("MatMulBnb4", (unit, w, scales), opset=17, domain=MICROSOFT, attributes=sizes),
        (unit,),
    )[0]
    x = numbers(2, 3, rows)
    agreed("MatMulBnb4", x, w, scales, transB=0, **sizes, expected=x @ real.T)


def test_weights_that_are_refused() -> None:
    w, scales = fixed(np.zeros((6, 2, 8), np.uint8)), fixed(numbers(6, 2))
    given: dict[str, Any] = {"domain": MICROSOFT, "N": 6, "K": 32, "block_size": 16}
    x = numbers(3, 32)
    for options, match in (
        ({"bits": 3}, "3 bits"),
        ({"bits": 8}, "96 bytes do not hold"),
        ({"weight_prepacked": 1}, "layout of weights"),
    ):
        refused("MatMulNBits", x, w, scales, match=match, **given, **options)
    refused(
        "MatMulNBits", x, w, scales, None, fixed(np.zeros(32, np.int32)), match="g_idx", **given
    )
    refused("MatMulNBits", x, w.array, scales, match="no constant bytes", **given)


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize(("columns", "rows"), [(32, 1), (96, 4), (40, 3)])
def test_products_with_weights_in_the_layout_of_a_kernel(
    kind: int, columns: int, rows: int
) -> None:
    """Blocks of a scale, a zero point in kind 1, and 32 weights; the last one may be part full."""
    scales = numbers(rows, -(-columns // 32), 1, low=0.1, high=1).view(np.uint8)
    rest = numbers(*scales.shape[:2], kind + 16, dtype=np.uint8, high=255)
    rest[:, :, :kind] &= 15
    w = fixed(np.concatenate([scales, rest], -1).reshape(-1))
    agreed("MatMulFpQ4", numbers(2, columns), w, fixed([columns, rows]), blk_quant_type=kind)
    refused("MatMulFpQ4", numbers(2, 32), w, fixed([32, 99]), domain=MICROSOFT, match="do not hold")
