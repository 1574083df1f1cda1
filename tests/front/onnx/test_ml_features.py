"""ai.onnx.ml: features made ready, values looked up in lists."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx import running
from tests.models.nodes import fixed, numbers

agree = partial(running.agree, domain="ai.onnx.ml")
refused = partial(running.refused, domain="ai.onnx.ml")

X = numbers(4, 3)
TYPES = [np.float32, np.float64, np.int64, np.int32]


@pytest.mark.parametrize("dtype", TYPES)
def test_scaler(dtype: type) -> None:
    x = numbers(4, 3, dtype=dtype)
    agree("Scaler", x, offset=[0.5, 1.0, -1.0], scale=[2.0, 0.5, 1.0])
    agree("Scaler", x, offset=[0.5], scale=[2.0])


@pytest.mark.parametrize("dtype", [np.float32])
def test_binarizer(dtype: type) -> None:
    agree("Binarizer", numbers(4, 3, dtype=dtype), threshold=0.5)
    agree("Binarizer", numbers(4, 3, dtype=dtype))


@pytest.mark.parametrize("norm", ["MAX", "L1", "L2", None])
def test_normalizer(norm: str | None) -> None:
    x = np.concatenate([X, np.zeros((1, 3), np.float32), -np.abs(X)])
    agree("Normalizer", x, norm=norm)
    agree("Normalizer", X[0], norm=norm)
    agree("Normalizer", x.astype(np.int64), norm=norm)


def test_imputer() -> None:
    x = X.copy()
    x[1, 2] = x[0, 0] = np.nan
    agree("Imputer", x, imputed_value_floats=[1.0, 2.0, 3.0], replaced_value_float=float("nan"))
    agree("Imputer", x, imputed_value_floats=[7.0], replaced_value_float=float("nan"))
    whole = np.array([[1, 0, 3], [0, 2, 0]])
    agree("Imputer", whole, imputed_value_int64s=[5, 6, 7])
    agree("Imputer", whole, imputed_value_int64s=[5], replaced_value_int64=2)


def test_array_feature_extractor() -> None:
    for places in ([[2, 0]], [1], [1, 1, 0]):
        agree("ArrayFeatureExtractor", X, fixed(np.array(places)))
        agree("ArrayFeatureExtractor", X, np.array(places))
    agree("ArrayFeatureExtractor", np.arange(5, dtype=np.int64), fixed(np.array([3, 1])))


def test_feature_vectorizer() -> None:
    agree("FeatureVectorizer", X, numbers(4, 2), inputdimensions=[3, 2], dynamic=[0])
    whole = numbers(4, 3, dtype=np.int64)
    agree("FeatureVectorizer", whole, whole, inputdimensions=[3, 3])
    refused("FeatureVectorizer", X, inputdimensions=[2], match="of size 2")


def test_zip_map_hands_its_tensor_on(caplog: pytest.LogCaptureFixture) -> None:
    labels = [3, 5, 9]
    agree("ZipMap", X, expected=X, classlabels_int64s=labels)
    assert "one column for each of: 3, 5, 9" in caplog.text


# ---- lists


def test_labels_of_numbers() -> None:
    ints = np.array([[1, 7], [3, 2**31 - 1]])
    agree("LabelEncoder", ints, version=2, keys_int64s=[7, 1], values_int64s=[10, 20])
    agree("LabelEncoder", ints, version=2, keys_int64s=[7, 1], values_floats=[0.5, 1.5])
    floats = np.array([0.5, -1.5, np.nan, 0.25], np.float32)
    keys = [0.25, float("nan"), 0.5]
    given = {"keys_floats": keys, "values_int64s": [1, 2, 3], "default_int64": 9}
    for version in (2, 4):
        agree("LabelEncoder", floats, version=version, **given)


def test_labels_as_tensors() -> None:
    given = {
        "keys_tensor": np.array([3, 1, 2], np.int64),
        "values_tensor": np.array([0.5, 1.5, 2.5], np.float64),
        "default_tensor": np.array([7.5]),
    }
    x = np.array([[1, 2], [3, 4]])
    wanted = np.array([[1.5, 2.5], [0.5, 7.5]])
    agree("LabelEncoder", x, version=4, expected=wanted, **given)


def test_the_first_of_equal_keys_counts() -> None:
    given = {"keys_int64s": [3, 1, 3], "values_int64s": [10, 20, 30]}
    agree("LabelEncoder", np.array([3, 1]), version=4, **given)


WORDS = np.array([["ab", "", "zoë"], ["abc", "a", "b"]], object)


def test_labels_of_texts() -> None:
    given = {"keys_strings": ["abc", "", "zoë", "ab"], "values_int64s": [1, 2, 3, 4]}
    agree("LabelEncoder", WORDS, version=2, **given)
    texts = {"keys_strings": ["ab", "q"], "values_strings": ["x", "y"], "default_string": "?"}
    agree("LabelEncoder", WORDS, version=2, **texts)
    agree("LabelEncoder", WORDS, version=1, classes_strings=["b", "ab"], default_int64=5)
    agree("LabelEncoder", np.array([["", ""]], object), version=2, **given)


def test_texts_of_labels() -> None:
    x = np.array([1, 0, 5])
    agree("LabelEncoder", x, version=1, classes_strings=["no", "yes"], default_string="?")
    agree("LabelEncoder", x, version=2, keys_int64s=[0, 5], values_strings=["no", "zoë"])


def test_category_mapper() -> None:
    given = {"cats_strings": ["ab", "b"], "cats_int64s": [7, 3]}
    agree("CategoryMapper", WORDS, default_int64=-7, **given)
    agree("CategoryMapper", np.array([3, 4, 7]), default_string="?", **given)


def test_one_hot_encoder() -> None:
    x = np.array([[3, 1], [8, 2]])
    for dtype in TYPES:
        agree("OneHotEncoder", x.astype(dtype), cats_int64s=[1, 2, 3])
    agree("OneHotEncoder", WORDS[0], cats_strings=["b", "ab"])


def test_keys_without_values() -> None:
    given = {"keys_int64s": [1, 2], "values_int64s": [1]}
    refused("LabelEncoder", np.array([1]), version=2, match="2 keys for 1 values", **given)
