"""ai.onnx.ml: linear models and support vector machines."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx import running
from tests.models.nodes import numbers

agree = partial(running.agree, domain="ai.onnx.ml")
refused = partial(running.refused, domain="ai.onnx.ml")

X = numbers(5, 3)
UNIT = np.float32([[0.1], [0.3], [0.5], [0.9]])
TRANSFORMS = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"]


def weights(*shape: int) -> list[float]:
    return numbers(*shape).reshape(-1).tolist()


def test_linear_regressor() -> None:
    agree("LinearRegressor", X, coefficients=weights(3), intercepts=[0.5])
    agree("LinearRegressor", X, coefficients=weights(3))
    agree("LinearRegressor", X, coefficients=weights(2, 3), intercepts=[0.5, 1.0], targets=2)
    whole = numbers(5, 3, dtype=np.int64)
    wanted = whole @ np.array(weights(3, 1), np.float32).reshape(3, 1)
    agree("LinearRegressor", whole, coefficients=weights(3, 1), expected=np.float32(wanted))


@pytest.mark.parametrize("transform", [*TRANSFORMS, "PROBIT"])
def test_transforms_of_regressors(transform: str) -> None:
    given: dict[str, Any] = {"post_transform": transform}
    agree("LinearRegressor", UNIT, coefficients=[1.0], **given)
    agree("LinearRegressor", UNIT, coefficients=[0.5, 1.0], targets=2, **given)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_linear_classifier(transform: str) -> None:
    given: dict[str, Any] = {"post_transform": transform, "outputs": 2}
    two = {"coefficients": weights(3), "intercepts": [0.1], "classlabels_ints": [5, 3]}
    agree("LinearClassifier", X, **two, **given)
    for count in (2, 3, 4):
        of_count = {"coefficients": weights(count, 3), "intercepts": weights(count)}
        agree("LinearClassifier", X, classlabels_ints=[9, 7, 8, 1][:count], **of_count, **given)
    names = {"coefficients": weights(3, 3), "classlabels_strings": ["cat", "dog", "cow"]}
    agree("LinearClassifier", X, intercepts=weights(3), **names, **given)


def test_probit_of_one_score_for_two_classes() -> None:
    given = {"coefficients": [1.0], "intercepts": [0.0], "classlabels_ints": [0, 1]}
    match = "PROBIT of a single score"
    refused("LinearClassifier", UNIT, outputs=2, post_transform="PROBIT", match=match, **given)


# ---- support vector machines

KERNELS = ["LINEAR", "POLY", "RBF", "SIGMOID"]


def vectors(count: int, kernel: str = "RBF", rho: int = 1) -> dict[str, Any]:
    return {
        "kernel_type": kernel,
        "kernel_params": [0.3, 0.2, 2.0],
        "support_vectors": weights(count, 3),
        "rho": numbers(rho).tolist(),
    }


@pytest.mark.parametrize("kernel", KERNELS)
def test_support_vector_regression(kernel: str) -> None:
    given = vectors(4, kernel)
    agree("SVMRegressor", X, coefficients=weights(4), n_supports=4, **given)
    agree("SVMRegressor", X, coefficients=weights(4), n_supports=4, one_class=1, **given)
    linear = {"kernel_type": "LINEAR", "kernel_params": [0.0, 0.0, 0.0], "rho": [0.3]}
    agree("SVMRegressor", X, coefficients=weights(3), **linear)


def test_distances_of_features_far_from_zero() -> None:
    given = vectors(4)
    given["support_vectors"] = (numbers(4, 3) + 1000).reshape(-1).tolist()
    agree("SVMRegressor", X + 1000, coefficients=weights(4), n_supports=4, **given)


def machine(classes: int, kernel: str = "RBF", is_likely: bool = False) -> dict[str, Any]:
    pairs = classes * (classes - 1) // 2
    given = vectors(2 * classes, kernel, pairs)
    given["coefficients"] = weights(classes - 1, 2 * classes)
    given["vectors_per_class"] = [1, 3, *[2] * (classes - 2)]
    given["classlabels_ints"] = [4, 7, 5, 9, 1][:classes]
    if is_likely:
        given["prob_a"], given["prob_b"] = weights(pairs, 1), weights(pairs, 2)[:pairs]
    return {"outputs": 2, **given}


@pytest.mark.parametrize("kernel", KERNELS)
def test_votes_of_pairs(kernel: str) -> None:
    for classes in (2, 3, 5):
        agree("SVMClassifier", X, **machine(classes, kernel))


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_transforms_of_machines(transform: str) -> None:
    for classes in (2, 3):
        for is_likely in (False, True):
            given = machine(classes, is_likely=is_likely)
            agree("SVMClassifier", X, post_transform=transform, **given)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_probabilities_of_classes(classes: int) -> None:
    agree("SVMClassifier", X, **machine(classes, is_likely=True), tolerance=1e-3)


def test_machine_without_vectors() -> None:
    given: dict[str, Any] = {"kernel_type": "LINEAR", "rho": [0.2], "outputs": 2}
    given["kernel_params"] = [0.0, 0.0, 0.0]
    three = {"coefficients": weights(3, 3), "classlabels_ints": [4, 9, 2]}
    agree("SVMClassifier", X, **three, **given)
    two = {"coefficients": weights(2, 3), "classlabels_ints": [4, 9]}
    refused("SVMClassifier", X, match="two classes, without prob", **two, **given)
