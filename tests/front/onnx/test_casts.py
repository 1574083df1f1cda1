"""Element types: Cast and CastLike."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx import TensorProto, helper

from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_model, refused
from tests.models.nodes import fixed, model_of

TYPES: dict[str, tuple[int, Any]] = {
    "f32": (TensorProto.FLOAT, np.float32),
    "f64": (TensorProto.DOUBLE, np.float64),
    "f16": (TensorProto.FLOAT16, np.float16),
    "i8": (TensorProto.INT8, np.int8),
    "i16": (TensorProto.INT16, np.int16),
    "i32": (TensorProto.INT32, np.int32),
    "i64": (TensorProto.INT64, np.int64),
    "u8": (TensorProto.UINT8, np.uint8),
    "u16": (TensorProto.UINT16, np.uint16),
    "u32": (TensorProto.UINT32, np.uint32),
    "u64": (TensorProto.UINT64, np.uint64),
    "bool": (TensorProto.BOOL, np.bool_),
}


@pytest.mark.parametrize("source", TYPES)
@pytest.mark.parametrize("target", TYPES)
def test_every_type_from_every_type(source: str, target: str) -> None:
    code, wanted = TYPES[target]
    x = np.array([0, 1, 2, 100], TYPES[source][1])
    agree("Cast", x, to=code, expected=x.astype(wanted))


@pytest.mark.parametrize("target", ["i8", "i16", "i32", "i64"])
def test_floats_are_cut_off_towards_zero(target: str) -> None:
    x = np.array([-2.7, -0.5, 0.5, 2.7], np.float32)
    agree("Cast", x, to=TYPES[target][0])


@pytest.mark.parametrize("source", ["f32", "f16", "f64"])
def test_every_fraction_is_true(source: str) -> None:
    agree("Cast", np.array([-0.5, 0, 0.25, 2], TYPES[source][1]), to=TensorProto.BOOL)


@pytest.mark.parametrize("opset", [6, 9, 13, 19, 21])
def test_operation_sets(opset: int) -> None:
    x = np.array([-1.5, 0, 2.5], np.float32)
    agree("Cast", x, to=TensorProto.INT32, opset=opset)


def test_operation_set_1_spells_the_type() -> None:
    x = np.array([-1.5, 0, 2.5], np.float32)
    agree("Cast", x, to="INT32", opset=1, expected=x.astype(np.int32))
    agree("Cast", x, to="BOOL", opset=1, expected=x.astype(bool))


def test_bfloat16() -> None:
    x = np.array([-1.5, 0.1, 2.5], np.float32)
    there = helper.make_node("Cast", ["x"], ["narrow"], to=TensorProto.BFLOAT16)
    back = helper.make_node("Cast", ["narrow"], ["y"], to=TensorProto.FLOAT)
    rounded = x.astype(ml_dtypes.bfloat16).astype(np.float32)
    agree_model(model_of([there, back], [("x", x)], ["y"]), [x], expected=rounded, tolerance=1e-2)


SMALL: dict[str, tuple[int, float]] = {
    "float8_e4m3fn": (TensorProto.FLOAT8E4M3FN, 448),
    "float8_e5m2": (TensorProto.FLOAT8E5M2, 57344),
    "float4_e2m1fn": (TensorProto.FLOAT4E2M1, 6),
}
NUMBERS = np.array([0.1, -0.7, 1.3, 5, -300, 448, 465, 61000, 1e7, -1e7, np.inf, -np.inf], "f4")


def there_and_back(to: int, x: np.ndarray, expected: np.ndarray, **attributes: Any) -> None:
    """Through a type that numpy does not have; the runtime may keep no more than it holds."""
    there = helper.make_node("Cast", ["x"], ["small"], to=to, **attributes)
    back = helper.make_node("Cast", ["small"], ["y"], to=TensorProto.FLOAT)
    model = model_of([there, back], [("x", x)], ["y"], opset=25)
    agree_model(model, [x], expected=expected, tolerance=0)


@pytest.mark.parametrize("name", SMALL)
def test_small_floats_end_at_their_largest(name: str) -> None:
    code, largest = SMALL[name]
    x = np.append(NUMBERS, [np.nan]).astype(np.float32)
    expected = np.clip(x, -largest, largest).astype(getattr(ml_dtypes, name))
    there_and_back(code, x, expected.astype(np.float32))


@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2"])
def test_small_floats_that_are_left_by_what_is_too_large(name: str) -> None:
    expected = NUMBERS.astype(getattr(ml_dtypes, name)).astype(np.float32)
    there_and_back(SMALL[name][0], NUMBERS, expected, saturate=0)


@pytest.mark.parametrize(
    ("round_mode", "expected"),
    [
        ("up", [1, 2, 4, 4, 4, 0.125, 8]),
        ("down", [1, 1, 2, 2, 2, 0.0625, 4]),
        ("nearest", [1, 1, 2, 4, 4, 0.125, 8]),
    ],
)
def test_powers_of_two(round_mode: str, expected: list[float]) -> None:
    x = np.array([1, 1.1, 2.5, 3, 3.5, 0.1, 6], np.float32)
    result = np.array(expected, np.float32)
    for saturate in (0, 1):
        code = TensorProto.FLOAT8E8M0
        there_and_back(code, x, result, round_mode=round_mode, saturate=saturate)


def test_beyond_the_powers_of_two() -> None:
    x = np.array([0, 3e38, np.inf, np.nan], np.float32)
    code, least, largest = TensorProto.FLOAT8E8M0, 2.0**-127, 2.0**127
    ends = np.array([least, largest, largest, np.nan], np.float32)
    there_and_back(code, x, ends, round_mode="up")
    there_and_back(code, x, np.full(4, np.nan, "f4"), round_mode="nearest", saturate=0)


@pytest.mark.parametrize(
    ("code", "least", "bits"),
    [(TensorProto.UINT2, 0, 2), (TensorProto.UINT4, 0, 4), (TensorProto.INT4, -8, 4)],
)
@pytest.mark.parametrize("kind", [np.int8, np.int64])
def test_integers_keep_their_low_bits(code: int, least: int, bits: int, kind: Any) -> None:
    x = np.arange(-9, 20).astype(kind)
    there_and_back(code, x, ((x - least) % 2**bits + least).astype(np.float32))


def test_two_bits_with_a_sign() -> None:
    """The IR does not have them: inside a model they are held by bytes."""
    x = np.arange(-9, 20, dtype=np.int32)
    there_and_back(TensorProto.INT2, x, ((x + 2) % 4 - 2).astype(np.float32))
    refused("Cast", x, to=TensorProto.INT2, opset=25, match="element type i2, which the IR lacks")


def test_bits_of_integers() -> None:
    x = np.array([-1, 5, -128], np.int8)
    agree("BitCast", x, to=TensorProto.UINT8, opset=26, expected=x.view(np.uint8))
    x = np.array([0, 40000], np.uint16)
    agree("BitCast", x, to=TensorProto.INT16, opset=26, expected=x.view(np.int16))


def test_bits_of_constants() -> None:
    x = np.array([1.5, -2], np.float32)
    nodes = [
        helper.make_node("BitCast", ["c"], ["bits"], to=TensorProto.INT32),
        helper.make_node("Add", ["bits", "x"], ["y"]),
    ]
    zeros = np.zeros(2, np.int32)
    model = model_of(nodes, [("x", zeros)], ["y"], [("c", x)], opset=26)
    agree_model(model, [zeros], expected=x.view(np.int32))


# Every exponent and sign, zeros, infinities, and numbers too small for an exponent of their own.
PATTERNS: dict[Any, np.ndarray] = {
    np.int32: np.concatenate([np.arange(-(2**31), 2**31, 77_777_777), [1, -1 - 2**31 + 2]]),
    np.int16: np.arange(-(2**15), 2**15, 77),
}


@pytest.mark.parametrize(
    ("floats", "integers"),
    [
        (np.float32, np.int32),
        (np.float32, np.uint32),
        (np.float16, np.int16),
        (np.float16, np.uint16),
        (ml_dtypes.bfloat16, np.int16),
    ],
)
def test_bits_of_computed_floats(floats: Any, integers: Any) -> None:
    kept = np.int32 if np.dtype(integers).itemsize == 4 else np.int16
    special = np.array([0.0, -0.0, np.inf, -np.inf, 1, -1.5, 2], floats).view(kept)
    bits = np.concatenate([PATTERNS[kept].astype(kept), special]).view(integers)
    x = bits.view(floats)
    numbers = ~np.isnan(x.astype(np.float32))
    bits, x = bits[numbers], x[numbers]
    to = {kind: helper.np_dtype_to_tensor_dtype(np.dtype(kind)) for kind in (floats, integers)}
    agree("BitCast", x, to=to[integers], opset=26, expected=bits, tolerance=0)
    if floats is not ml_dtypes.bfloat16:  # numpy has no results of this type
        agree("BitCast", bits, to=to[floats], opset=26, expected=x, tolerance=0)


def test_bits_of_what_is_no_number() -> None:
    x = np.array([np.nan], np.float32)
    agree("BitCast", x, to=TensorProto.INT32, opset=26, expected=np.array([0x7FC00000], np.int32))
    agree("BitCast", x.view(np.int32), to=TensorProto.FLOAT, opset=26, expected=x)


def test_bits_of_doubles_are_refused() -> None:
    refused("BitCast", np.ones(2), to=TensorProto.INT64, opset=26, match="bits of f64 as i64")
    x = np.ones(2, np.float32)
    refused("BitCast", x, to=TensorProto.INT64, opset=26, match="f32 to i64")


def test_a_cast_to_the_same_type_is_nothing() -> None:
    assert operations(agree("Cast", np.ones(2, np.float32), to=TensorProto.FLOAT)) == []


@pytest.mark.parametrize("opset", [15, 19])
def test_cast_like(opset: int) -> None:
    x = np.array([-1.5, 0, 2.5], np.float32)
    agree("CastLike", x, np.array(0, np.int64), opset=opset)
    agree("CastLike", x, fixed(0, np.int64), opset=opset)


def test_texts_are_refused() -> None:
    x = np.ones(2, np.float32)
    refused("Cast", x, to=TensorProto.STRING, match="from or to strings")


def test_types_without_a_counterpart_are_refused() -> None:
    x = np.ones(2, np.float32)
    refused("Cast", x, to=TensorProto.COMPLEX64, match="complex64")
    refused("Cast", x, to=99, match="element type 99")
    refused("Cast", x, match="'to' is missing")
