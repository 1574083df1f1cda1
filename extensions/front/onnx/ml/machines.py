"""Support vector machines: kernel sums, votes of pairs of classes, probabilities."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.ml import common as c
from extensions.front.onnx.ml.common import ml
from extensions.front.onnx.ml.coupling import coupled
from extensions.ops.activation import Sigmoid, Tanh
from extensions.ops.arithmetic import Add, Greater, Multiply, Power, Select, Subtract
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceSum
from extensions.ops.unary import Exp, Negative
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def kernel(g: Graph, node: SourceNode, x: Output, vectors: np.ndarray) -> Output:
    """How alike each row [N, F] and each vector [S, F] are: [N, S]."""
    kind = node.get("kernel_type", "LINEAR")
    gamma, summand, degree = (*(node.get("kernel_params") or ()), 0.0, 0.0, 0.0)[:3]
    if kind == "RBF":
        return _radial(g, x, vectors, gamma)
    product = g.add(MatMul(transpose_b=True), x, g.constant(vectors))
    if kind == "LINEAR":
        return product
    scaled = g.add(Add(), g.add(Multiply(), product, float(gamma)), float(summand))
    if kind == "POLY":
        return g.add(Power(), scaled, float(degree))
    if kind == "SIGMOID":
        return g.add(Tanh(), scaled)
    raise invalid(f"its kernel_type '{kind}' is none of LINEAR, POLY, RBF, SIGMOID")


def _radial(g: Graph, x: Output, vectors: np.ndarray, gamma: float) -> Output:
    """exp(-gamma |x - v|²), with distances from sums of squares.

    Distances do not change when all is moved, and small numbers have smaller rounding errors.
    """
    centre = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    near, moved = vectors - centre, g.add(Subtract(), x, g.constant(centre))
    squares = g.add(ReduceSum(keep_dims=True), g.add(Multiply(), moved, moved), [1])
    sums = g.add(Add(), squares, g.constant((near * near).sum(1)))
    doubled = g.add(MatMul(transpose_b=True), moved, g.constant(-2 * near))
    distances = g.add(Add(), sums, doubled)
    return g.add(Exp(), g.add(Multiply(), distances, -float(gamma)))


def _matrix(node: SourceNode, name: str, count: int) -> np.ndarray:
    numbers = np.asarray(needed(node, name), np.float32)
    if count <= 0 or not numbers.size or numbers.size % count:
        raise invalid(f"its {name} are {numbers.size} numbers for {count} rows")
    return numbers.reshape(count, -1)


@ml("SVMRegressor")
def svm_regressor(g: Graph, node: SourceNode, x: Output) -> Output:
    """Without support vectors the coefficients are those of a linear model."""
    x, count = c.rows(g, x), node.get("n_supports", 0)
    coefficients = _matrix(node, "coefficients", 1)
    alike = kernel(g, node, x, _matrix(node, "support_vectors", count)) if count else x
    y = g.add(MatMul(transpose_b=True), alike, g.constant(coefficients))
    y = g.add(Add(), y, c.floats(g, needed(node, "rho")[:1]))
    if node.get("one_class"):
        one, other = g.constant(np.float32(1)), g.constant(np.float32(-1))
        y = g.add(Select(), g.add(Greater(), y, 0.0), one, other)
    return c.transformed_targets(g, c.transform_of(node), y, 1)


@ml("SVMClassifier")
def svm_classifier(g: Graph, node: SourceNode, x: Output) -> tuple[Output, Output]:
    labels, x = c.labels_of(node, "classlabels_ints"), c.rows(g, x)
    if not node.get("vectors_per_class"):
        return _linear(g, node, x, labels)
    name, count = c.transform_of(node), len(labels)
    decisions = _decisions(g, node, x, count)
    places = c.labelled(g, labels, _votes(g, decisions, count))
    if node.get("prob_a"):
        scores = coupled(g, _pairwise(g, node, decisions), count)
    elif count == 2:
        return places, c.two_classes(g, node, decisions, complement=name != "NONE")
    else:
        scores = decisions
    return places, c.transformed(g, name, scores)


def _linear(g: Graph, node: SourceNode, x: Output, labels: c.Labels) -> tuple[Output, Output]:
    """Without support vectors: one row of coefficients for each class."""
    if len(labels) == 2 and not node.get("prob_a"):
        raise refuse(node, "a linear machine for two classes, without probabilities,")
    weights = g.constant(_matrix(node, "coefficients", len(labels)))
    scores = g.add(MatMul(transpose_b=True), x, weights)
    scores = g.add(Add(), scores, c.floats(g, needed(node, "rho")[:1]))
    name = c.transform_of(node)
    return c.labelled(g, labels, c.best(g, scores)), c.transformed(g, name, scores)


def _decisions(g: Graph, node: SourceNode, x: Output, count: int) -> Output:
    """For each pair of classes i < j, above zero if i wins: [N, pairs]."""
    sizes = needed(node, "vectors_per_class")
    if len(sizes) != count or min(sizes) < 0:
        raise invalid(f"it has the vectors {list(sizes)} of {count} classes")
    ends = np.cumsum([0, *sizes])
    vectors = _matrix(node, "support_vectors", int(ends[-1]))
    # Row j - 1 of class i and row i of class j belong to the pair.
    given = _matrix(node, "coefficients", count - 1)
    pairs = list(combinations(range(count), 2))
    weights = np.zeros((int(ends[-1]), len(pairs)), np.float32)
    if given.shape[1] != len(weights):
        raise invalid(f"it has {given.shape[1]} coefficients for {len(weights)} vectors")
    for column, (i, j) in enumerate(pairs):
        of_i, of_j = slice(ends[i], ends[i + 1]), slice(ends[j], ends[j + 1])
        weights[of_i, column], weights[of_j, column] = given[j - 1, of_i], given[i, of_j]
    sums = g.add(MatMul(), kernel(g, node, x, vectors), g.constant(weights))
    return g.add(Add(), sums, c.floats(g, needed(node, "rho"), len(pairs)))


def _votes(g: Graph, decisions: Output, count: int) -> Output:
    """The class that wins most of its pairs, the first of equal ones."""
    pairs = np.array(list(combinations(range(count), 2)))
    first, second = (np.eye(count, dtype=np.float32)[pairs[:, side]] for side in (0, 1))
    wins = typed(g, g.add(Greater(), decisions, 0.0), ElementType.f32)
    votes = g.add(MatMul(), wins, g.constant(first - second))
    return c.best(g, g.add(Add(), votes, g.constant(second.sum(0))))


def _pairwise(g: Graph, node: SourceNode, decisions: Output) -> Output:
    """The probability that the first class of each pair wins (Platt's sigmoid)."""
    slope, shift = (c.floats(g, needed(node, name)) for name in ("prob_a", "prob_b"))
    exponent = g.add(Add(), g.add(Multiply(), decisions, slope), shift)
    return g.add(Sigmoid(), g.add(Negative(), exponent))
