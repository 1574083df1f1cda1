"""Random numbers: types, shapes and distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx import TensorProto

from tests.front.onnx.running import convert
from tests.models.nodes import fixed, opened, single
from tests.ops import runtime

MANY = (100, 100)
_OPSETS = {"Bernoulli": 15, "Multinomial": 7}


def drawn(op: str, *inputs: np.ndarray, **attributes: Any) -> np.ndarray:
    model = single(op, inputs, opset=_OPSETS.get(op, 1), attributes=attributes)
    (result,) = runtime.run(convert(model), inputs)
    if inputs:
        (again,) = runtime.run(convert(opened(model)), inputs)
        assert again.shape == result.shape
    return result


@pytest.mark.parametrize("like", [False, True])
def test_uniform(like: bool) -> None:
    given: dict[str, Any] = {"low": -1.0, "high": 3.0, "seed": 5.0}
    if like:
        x = drawn("RandomUniformLike", np.zeros(MANY, np.float32), **given)
    else:
        x = drawn("RandomUniform", shape=MANY, **given)
    assert x.shape == MANY
    assert x.dtype == np.float32
    assert x.min() >= -1
    assert x.max() < 3
    assert abs(x.mean() - 1) < 0.1


@pytest.mark.parametrize("like", [False, True])
def test_normal(like: bool) -> None:
    given: dict[str, Any] = {"mean": 2.0, "scale": 3.0, "seed": 5.0}
    if like:
        x = drawn("RandomNormalLike", np.zeros(MANY, np.float32), **given)
    else:
        x = drawn("RandomNormal", shape=MANY, **given)
    assert np.isfinite(x).all()
    assert abs(x.mean() - 2) < 0.2
    assert abs(x.std() - 3) < 0.2


def test_the_type_can_be_asked_for() -> None:
    assert drawn("RandomUniform", shape=[3], dtype=TensorProto.FLOAT16).dtype == np.float16
    zeros = np.zeros(3, np.int64)
    assert drawn("RandomUniformLike", zeros, dtype=TensorProto.FLOAT).dtype == np.float32


@pytest.mark.parametrize("dtype", [None, TensorProto.INT64, TensorProto.BOOL])
def test_bernoulli(dtype: int | None) -> None:
    x = drawn("Bernoulli", np.full(MANY, 0.25, np.float32), dtype=dtype)
    assert set(np.unique(x).tolist()) == {0, 1}
    assert abs(x.mean() - 0.25) < 0.05


def test_probabilities_of_zero_and_one_are_certain() -> None:
    x = drawn("Bernoulli", np.array([0, 1, 0, 1], np.float32))
    assert x.tolist() == [0, 1, 0, 1]


def test_two_draws_are_not_one() -> None:
    normal = drawn("RandomNormal", shape=[4])
    assert len(set(normal.tolist())) == 4


def test_dropout_in_training_drops_a_share_and_keeps_the_mean() -> None:
    x = np.ones((50, 60), np.float32)
    for ratio, training in ((fixed(0.25), fixed(True)), (None, np.array(True))):
        inputs = [x, ratio, training]
        fed = [value for value in inputs if isinstance(value, np.ndarray)]
        graph = convert(single("Dropout", inputs, outputs=2, attributes={"seed": 3}))
        y, mask = runtime.run(graph, fed)
        chance = 0.25 if ratio else 0.5
        np.testing.assert_allclose(y, np.where(mask, 1 / (1 - chance), 0), rtol=1e-5)
        assert abs(mask.mean() - (1 - chance)) < 0.05


@pytest.mark.parametrize("kind", [TensorProto.INT32, TensorProto.INT64])
def test_multinomial(kind: int) -> None:
    weights = np.array([[1.0, 3.0, 0.0], [5.0, 1.0, 2.0]], np.float32)
    with np.errstate(divide="ignore"):
        x = drawn("Multinomial", np.log(weights), sample_size=5000, dtype=kind, seed=2.0)
    assert x.shape == (2, 5000)
    assert x.dtype == (np.int32 if kind == TensorProto.INT32 else np.int64)
    for row, weight in zip(x, weights):
        shares = np.bincount(row, minlength=3) / 5000
        np.testing.assert_allclose(shares, weight / weight.sum(), atol=0.03)
