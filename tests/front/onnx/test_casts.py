"""Element types: Cast and CastLike."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx import TensorProto, helper

from tests.front.onnx.running import agree, agree_model, operations, refused
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
