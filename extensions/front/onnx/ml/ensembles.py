"""Forests that vote: TreeEnsembleRegressor, TreeEnsembleClassifier, TreeEnsemble."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.ml import common as c
from extensions.front.onnx.ml.common import ml
from extensions.front.onnx.ml.trees import LEAF, MEMBER, MODES, Forest
from extensions.front.onnx.ml.votes import TABLE_LIMIT, Votes
from extensions.ops.arithmetic import Add
from extensions.ops.gathering import Gather
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor

# ---- the deprecated forms: nodes have numbers within their tree


def _numbers(node: SourceNode, name: str) -> np.ndarray:
    """Floats of a list, or of the tensor that stands for it where they are doubles."""
    tensor = node.get(f"{name}_as_tensor")
    if isinstance(tensor, Tensor):
        return tensor.array.reshape(-1)
    return np.asarray(node.get(name) or [], np.float32)


def _integers(node: SourceNode, name: str) -> np.ndarray:
    return np.asarray(needed(node, name), np.int64)


class _Places:
    """From (tree, number of the node) to the row of the table."""

    def __init__(self, trees: np.ndarray, numbers: np.ndarray) -> None:
        if trees.shape != numbers.shape or not trees.size:
            raise invalid("its tables of nodes differ in length")
        pairs = zip(trees.tolist(), numbers.tolist())
        self.rows = {pair: row for row, pair in enumerate(pairs)}
        if len(self.rows) < trees.size:
            raise invalid("a node of its trees is there twice")

    def __call__(self, trees: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        if trees.shape != numbers.shape:
            raise invalid("its tables of votes differ in length")
        pairs = zip(trees.tolist(), numbers.tolist())
        try:
            return np.array([self.rows[pair] for pair in pairs], np.int64)
        except KeyError as error:
            raise invalid(f"there is no node {error.args[0][1]} in a tree") from None


def _forest(node: SourceNode) -> tuple[Forest, _Places]:
    trees = _integers(node, "nodes_treeids")
    numbers = _integers(node, "nodes_nodeids")
    places = _Places(trees, numbers)
    mode = np.array(needed(node, "nodes_modes"), object)
    own = np.arange(trees.size)
    inner = mode != LEAF
    if inner.shape != own.shape:
        raise invalid("its tables of nodes differ in length")
    children = []
    for name in ("nodes_truenodeids", "nodes_falsenodeids"):
        children_of, rows = _integers(node, name), own.copy()
        rows[inner] = places(trees[inner], children_of[inner])
        children.append(rows)
    is_child = np.zeros(trees.size, bool)
    for rows in children:
        is_child[rows[inner]] = True
    roots = np.flatnonzero(~is_child)
    if numbers[roots].any() or not np.array_equal(np.unique(trees), np.sort(trees[roots])):
        raise invalid("one of its trees has no root 0, or several roots")
    missing = np.asarray(node.get("nodes_missing_value_tracks_true") or [0] * own.size, bool)
    features, thresholds = _integers(node, "nodes_featureids"), _numbers(node, "nodes_values")
    true, false = children
    return Forest(features, thresholds, mode, true, false, missing, roots), places


def _votes(node: SourceNode, prefix: str, targets: int) -> Votes:
    forest, places = _forest(node)
    rows = places(_integers(node, f"{prefix}_treeids"), _integers(node, f"{prefix}_nodeids"))
    target, weight = _integers(node, f"{prefix}_ids"), _numbers(node, f"{prefix}_weights")
    return Votes(forest, rows, target, weight, targets)


def _features(g: Graph, x: Output) -> Output:
    """Rows of f32, or of f64 where they come as such."""
    is_double = x.dtype is ElementType.f64
    return c.rows(g, x, ElementType.f64 if is_double else ElementType.f32)


@ml("TreeEnsembleRegressor")
def tree_regressor(g: Graph, node: SourceNode, x: Output) -> Output:
    targets = needed(node, "n_targets")
    votes = _votes(node, "target", targets)
    leaf = votes.forest.reached(g, _features(g, x))
    scores = votes.scores(g, leaf, node.get("aggregate_function", "SUM"))
    base = _numbers(node, "base_values")
    if base.size:
        with_base = g.add(Add(), scores, c.floats(g, base, targets))
        scores = votes.only_scored(g, leaf, with_base, 0.0)
    return c.transformed_targets(g, c.transform_of(node), scores, targets)


@ml("TreeEnsembleClassifier")
def tree_classifier(g: Graph, node: SourceNode, x: Output) -> tuple[Output, Output]:
    labels = c.labels_of(node, "classlabels_int64s")
    votes = _votes(node, "class", len(labels))
    leaf = votes.forest.reached(g, _features(g, x))
    scores = votes.scores(g, leaf, "SUM")
    if len(labels) == 1:
        raise refuse(node, "a single class")
    if len(labels) == 2:
        places, scores = _of_two(g, node, votes, scores, labels)
        return c.labelled(g, labels, places), scores
    base = _numbers(node, "base_values")
    if base.size:
        scores = g.add(Add(), scores, c.floats(g, base, len(labels)))
    # A class that nobody votes for is none, even if the votes for others are below zero.
    ranked = scores if base.size else votes.only_scored(g, leaf, scores, -np.inf)
    scores = c.transformed(g, c.transform_of(node), scores)
    return c.labelled(g, labels, c.best(g, ranked)), scores


def _of_two(
    g: Graph, node: SourceNode, votes: Votes, scores: Output, labels: c.Labels
) -> tuple[Output, Output]:
    """Places and scores of two classes, by the rules of onnxruntime.

    Boosted trees vote for one of them: positive votes are probabilities, others logits.
    """
    base, voted = _numbers(node, "base_values"), set(votes.target.tolist())
    are_probabilities = bool((votes.weight >= 0).all())
    threshold = 0.5 if are_probabilities else 0.0
    if voted == {0} and base.size <= 1:
        score = g.add(Gather(), scores, [0], g.constant(np.int64(1)))
        score = g.add(Add(), score, c.floats(g, base)) if base.size else score
        both = c.two_classes(g, node, score, complement=are_probabilities)
        return c.above(g, score, threshold), both
    if base.size:
        raise refuse(node, f"{base.size} base values for two classes")
    score = g.add(Gather(), scores, [1], g.constant(np.int64(1)))
    if voted != {1}:
        if list(labels) != [0, 1] or not votes.all_scored:
            raise refuse(node, "a forest whose trees vote for both of two classes")
        threshold = 0.0
    return c.above(g, score, threshold), c.transformed(g, c.transform_of(node), scores)


# ---- TreeEnsemble: inner nodes and leaves in tables of their own

_AGGREGATE_NUMBERS = ("AVERAGE", "SUM", "MIN", "MAX")
# As onnxruntime numbers them; in the text of the standard 1 is SOFTMAX and 2 LOGISTIC.
_TRANSFORM_NUMBERS = ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT")


def _array(node: SourceNode, name: str) -> np.ndarray:
    return needed(node, name).array.reshape(-1)


def _joined_forest(node: SourceNode, leaves: int) -> Forest:
    """Leaves stand behind the inner nodes."""
    numbers = _array(node, "nodes_modes").astype(int)
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < len(MODES):
        raise invalid("its nodes have an unknown mode")
    inner, rest = numbers.size, np.arange(leaves) + numbers.size
    mode = np.array([*(MODES[number] for number in numbers), *[LEAF] * leaves], object)
    children = []
    for side in ("true", "false"):
        child = _integers(node, f"nodes_{side}nodeids")
        is_leaf = np.asarray(needed(node, f"nodes_{side}leafs"), bool)
        if child.size != inner or is_leaf.size != inner:
            raise invalid("its tables of nodes differ in length")
        children.append(np.append(child + inner * is_leaf, rest))
    true, false = children
    missing = node.get("nodes_missing_value_tracks_true") or [0] * inner
    return Forest(
        np.append(_integers(node, "nodes_featureids"), np.zeros(leaves, np.int64)),
        np.append(_array(node, "nodes_splits"), np.zeros(leaves)),
        mode,
        true,
        false,
        np.append(np.asarray(missing, bool), np.zeros(leaves, bool)),
        _integers(node, "tree_roots"),
        _members(node, mode) if MEMBER in mode else None,
    )


def _members(node: SourceNode, mode: np.ndarray) -> np.ndarray:
    """Sets end with NaN and come in the order of their nodes."""
    values = _array(node, "membership_values")
    ends = np.flatnonzero(np.isnan(values))
    owners = np.flatnonzero(mode == MEMBER)
    if ends.size == owners.size - 1:
        ends = np.append(ends, values.size)
    if ends.size < owners.size:
        raise invalid(f"it has {ends.size} sets of members for {owners.size} nodes")
    starts = np.append(0, ends[:-1] + 1)
    width = int((ends - starts).max()) or 1
    if mode.size * width > TABLE_LIMIT:
        raise UnsupportedError(f"sets of {width} members are not supported")
    table = np.full((mode.size, width), np.nan, values.dtype)
    for owner, start, end in zip(owners, starts, ends):
        table[owner, : end - start] = values[start:end]
    return table


@ml("TreeEnsemble", since=5)
def tree_ensemble(g: Graph, node: SourceNode, x: Output) -> Output:
    targets, weights = needed(node, "n_targets"), _array(node, "leaf_weights")
    forest = _joined_forest(node, weights.size)
    leaves = np.arange(weights.size) + forest.mode.size - weights.size
    votes = Votes(forest, leaves, _integers(node, "leaf_targetids"), weights, targets)
    leaf = forest.reached(g, _features(g, x))
    aggregate, transform = node.get("aggregate_function", 1), node.get("post_transform", 0)
    if not 0 <= aggregate < len(_AGGREGATE_NUMBERS) or not 0 <= transform < len(_TRANSFORM_NUMBERS):
        raise invalid(f"its aggregate_function {aggregate} or post_transform {transform}")
    scores = votes.scores(g, leaf, _AGGREGATE_NUMBERS[aggregate])
    result = c.transformed_targets(g, _TRANSFORM_NUMBERS[transform], scores, targets)
    return typed(g, result, x.dtype)
