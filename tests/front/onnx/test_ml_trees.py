"""ai.onnx.ml: forests of decision trees."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx import running
from tests.models.nodes import numbers

agree = partial(running.agree, domain="ai.onnx.ml", version=3)
refused = partial(running.refused, domain="ai.onnx.ml", version=3)

X = np.round(numbers(9, 4), 1)
MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
TRANSFORMS = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"]


def forest(depths: list[int], modes: list[str] = MODES[:1]) -> dict[str, list[Any]]:
    """Trees that are full, with splits at values that occur in ``X``."""
    random = np.random.default_rng(len(depths))
    table: dict[str, list[Any]] = {}
    for tree, depth in enumerate(depths):
        inner = 2**depth - 1
        for number in range(2 * inner + 1):
            is_leaf = number >= inner
            row = {
                "treeids": tree,
                "nodeids": number,
                "featureids": 0 if is_leaf else int(random.integers(4)),
                "modes": "LEAF" if is_leaf else str(random.choice(modes)),
                "values": 0.0 if is_leaf else float(random.choice(X.reshape(-1))),
                "truenodeids": 0 if is_leaf else 2 * number + 1,
                "falsenodeids": 0 if is_leaf else 2 * number + 2,
            }
            for name, value in row.items():
                table.setdefault(f"nodes_{name}", []).append(value)
    return table


def votes(
    trees: dict[str, list[Any]], prefix: str, targets: list[list[int]], low: float = -1
) -> dict[str, Any]:
    """Every leaf votes for the targets of its tree."""
    random = np.random.default_rng(5)
    table: dict[str, list[Any]] = {f"{prefix}_{k}": [] for k in ("treeids", "nodeids", "ids")}
    nodes = zip(trees["nodes_treeids"], trees["nodes_nodeids"], trees["nodes_modes"])
    for tree, number, mode in nodes:
        for target in targets[tree % len(targets)] if mode == "LEAF" else ():
            row = tree, number, target
            for name, value in zip(("treeids", "nodeids", "ids"), row):
                table[f"{prefix}_{name}"].append(value)
    count = len(table[f"{prefix}_ids"])
    table[f"{prefix}_weights"] = random.uniform(low, 1, count).tolist()
    return {**trees, **table}


def regressor(depths: list[int], targets: list[list[int]], modes: list[str]) -> dict[str, Any]:
    given = votes(forest(depths, modes), "target", targets)
    return {**given, "n_targets": max(map(max, targets)) + 1}


def classifier(depths: list[int], targets: list[list[int]], low: float = -1) -> dict[str, Any]:
    return {**votes(forest(depths), "class", targets, low), "outputs": 2}


# ---- splits


@pytest.mark.parametrize("mode", MODES)
def test_modes(mode: str) -> None:
    agree("TreeEnsembleRegressor", X, **regressor([3, 2], [[0]], [mode]))


def test_modes_in_one_tree() -> None:
    agree("TreeEnsembleRegressor", X, **regressor([4, 3, 5], [[0]], MODES))


@pytest.mark.parametrize("mode", MODES)
def test_missing_values(mode: str) -> None:
    x = X.copy()
    x[::2, 1] = x[1::3, 2] = np.nan
    given = regressor([3, 3], [[0]], [mode])
    agree("TreeEnsembleRegressor", x, **given)
    tracks = [i % 2 for i in range(len(given["nodes_modes"]))]
    agree("TreeEnsembleRegressor", x, nodes_missing_value_tracks_true=tracks, **given)


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.int32])
def test_types_of_features(dtype: type) -> None:
    given = classifier([3, 2], [[0, 1, 2]])
    agree("TreeEnsembleClassifier", (4 * X).astype(dtype), classlabels_int64s=[7, 3, 5], **given)


def test_doubles_come_as_tensors() -> None:
    given = regressor([3, 2], [[0]], MODES[:1])
    for name in ("nodes_values", "target_weights"):
        given[f"{name}_as_tensor"] = np.array(given.pop(name), np.float64)
    agree("TreeEnsembleRegressor", X.astype(np.float64), **given)


def test_a_tree_that_is_a_leaf() -> None:
    agree("TreeEnsembleRegressor", X, **regressor([0, 2], [[0]], MODES[:1]))
    agree("TreeEnsembleRegressor", X, **regressor([0], [[0]], MODES[:1]))


def test_a_tree_that_is_a_list() -> None:
    count = 41
    inner = [number for number in range(count) if number % 2 == 0 and number < count - 1]
    given = {
        "nodes_treeids": [0] * count,
        "nodes_nodeids": list(range(count)),
        "nodes_featureids": [0] * count,
        "nodes_modes": ["BRANCH_LEQ" if n in inner else "LEAF" for n in range(count)],
        "nodes_values": [n / 10 - 2 for n in range(count)],
        "nodes_truenodeids": [n + 1 if n in inner else 0 for n in range(count)],
        "nodes_falsenodeids": [n + 2 if n in inner else 0 for n in range(count)],
    }
    agree("TreeEnsembleRegressor", X, **votes(given, "target", [[0]]), n_targets=1)


# ---- votes


@pytest.mark.parametrize("aggregate", ["SUM", "AVERAGE", "MIN", "MAX"])
@pytest.mark.parametrize("targets", [[[0]], [[0], [1], [2]], [[0, 1], [1]], [[0, 2], [1]]])
def test_aggregates(aggregate: str, targets: list[list[int]]) -> None:
    given = regressor([3, 2, 2, 1], targets, MODES[:1])
    given["aggregate_function"] = aggregate
    agree("TreeEnsembleRegressor", X, **given)
    base = numbers(given["n_targets"]).tolist()
    agree("TreeEnsembleRegressor", X, base_values=base, **given)


def test_targets_for_which_not_every_leaf_votes() -> None:
    given = regressor([2, 2], [[0, 1]], MODES[:1])
    kept = [i for i, target in enumerate(given["target_ids"]) if target == 0 or i % 3]
    for name in ("treeids", "nodeids", "ids", "weights"):
        given[f"target_{name}"] = [given[f"target_{name}"][i] for i in kept]
    for aggregate in ("SUM", "MIN", "MAX"):
        given["aggregate_function"] = aggregate
        agree("TreeEnsembleRegressor", X, **given)
        agree("TreeEnsembleRegressor", X, base_values=[0.5, 1.5], **given)


@pytest.mark.parametrize("transform", [*TRANSFORMS, "PROBIT"])
def test_transforms_of_regressors(transform: str) -> None:
    for targets in ([[0]], [[0, 1]]):
        given = votes(forest([2]), "target", targets, low=0.1)
        count = len(targets[0])
        agree("TreeEnsembleRegressor", X, n_targets=count, post_transform=transform, **given)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("low", [0, -1])
def test_classes(transform: str, low: float) -> None:
    given = classifier([3, 2, 2], [[0], [1], [2]], low)
    given.update(classlabels_int64s=[7, 3, 5], post_transform=transform)
    agree("TreeEnsembleClassifier", X, **given)
    agree("TreeEnsembleClassifier", X, base_values=[0.1, 0.2, 0.3], **given)
    each = classifier([3, 2], [[0, 1, 2]], low)
    agree("TreeEnsembleClassifier", X, classlabels_strings=["a", "b", "c"], **each)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("low", [0.01, -1])
@pytest.mark.parametrize("voted", [0, 1])
def test_votes_for_one_of_two_classes(transform: str, low: float, voted: int) -> None:
    given = classifier([3, 2], [[voted]], low)
    given.update(classlabels_int64s=[7, 3], post_transform=transform)
    agree("TreeEnsembleClassifier", X, **given)
    if voted == 0:
        agree("TreeEnsembleClassifier", X, base_values=[0.2], **given)
    else:
        match = "1 base values for two"
        refused("TreeEnsembleClassifier", X, base_values=[0.2], match=match, **given)


def test_votes_for_both_of_two_classes() -> None:
    given = classifier([3, 2], [[0, 1]])
    agree("TreeEnsembleClassifier", X, classlabels_int64s=[0, 1], **given)
    match = "vote for both of two classes"
    refused("TreeEnsembleClassifier", X, classlabels_int64s=[7, 3], match=match, **given)


def test_classes_for_which_not_every_leaf_votes() -> None:
    given = classifier([2, 2], [[0, 1, 2]])
    kept = [i for i, target in enumerate(given["class_ids"]) if target == 0 or i % 3]
    for name in ("treeids", "nodeids", "ids", "weights"):
        given[f"class_{name}"] = [given[f"class_{name}"][i] for i in kept]
    agree("TreeEnsembleClassifier", X, classlabels_int64s=[7, 3, 5], **given)


# ---- TreeEnsemble


def joined(**changes: Any) -> dict[str, Any]:
    """Two trees: of three splits, and a leaf alone."""
    return {
        "version": 5,
        "n_targets": 2,
        "tree_roots": [0, 3],
        "nodes_featureids": [0, 1, 2, 0],
        "nodes_splits": np.array([0.3, -0.5, 1.1, 0.0], np.float32),
        "nodes_modes": np.array([0, 1, 3, 0], np.uint8),
        "nodes_truenodeids": [1, 0, 2, 4],
        "nodes_trueleafs": [0, 1, 1, 1],
        "nodes_falsenodeids": [2, 1, 3, 4],
        "nodes_falseleafs": [0, 1, 1, 1],
        "leaf_targetids": [0, 1, 0, 1, 1],
        "leaf_weights": np.array([0.5, 1.5, -2.5, 3.5, 0.25], np.float32),
        **changes,
    }


def test_joined_tables() -> None:
    agree("TreeEnsemble", X, **joined())
    for aggregate in range(4):
        agree("TreeEnsemble", X, **joined(aggregate_function=aggregate))
    for transform in range(5):
        agree("TreeEnsemble", X, **joined(aggregate_function=3, post_transform=transform))
    doubles = {name: joined()[name].astype(float) for name in ("nodes_splits", "leaf_weights")}
    agree("TreeEnsemble", X.astype(np.float64), **joined(**doubles))


def test_members_of_sets() -> None:
    members = np.array([1, 5, np.nan, 3, np.nan], np.float32)
    modes = np.array([6, 1, 6, 0], np.uint8)
    splits = np.array([0, -0.5, 0, 0], np.float32)
    given = joined(nodes_modes=modes, nodes_splits=splits, membership_values=members)
    x = np.random.default_rng(1).choice(np.float32([1, 5, 3, -2]), (8, 4))
    agree("TreeEnsemble", x, **given)


# ---- contradictions


@pytest.mark.parametrize(
    ("name", "place", "value", "match"),
    [
        ("nodes_truenodeids", 0, 0, "no root 0"),
        ("nodes_truenodeids", 0, 99, "no node 99"),
        ("nodes_truenodeids", 2, 1, "no root 0"),
        ("nodes_falsenodeids", 2, 1, "form no trees|no root"),
        ("nodes_nodeids", 0, 1, "twice"),
        ("nodes_modes", 0, "BRANCH", "mode 'BRANCH'"),
        ("target_nodeids", 0, 0, "no leaves"),
        ("target_ids", 0, 5, "outside the 1"),
    ],
)
def test_trees_that_are_none(name: str, place: int, value: Any, match: str) -> None:
    given = regressor([2], [[0]], MODES[:1])
    given[name][place] = value
    refused("TreeEnsembleRegressor", X, match=match, **given)
