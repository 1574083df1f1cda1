"""Linear models: a product, a sum, a transform."""

from __future__ import annotations

from extensions.front.building import invalid
from extensions.front.onnx.common import needed
from extensions.front.onnx.ml import common as c
from extensions.front.onnx.ml.common import ml
from extensions.ops.arithmetic import Add
from extensions.ops.matrix import MatMul
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


def _scores(g: Graph, node: SourceNode, x: Output, targets: int) -> Output:
    """One score for each row of the coefficients."""
    weights = c.floats(g, needed(node, "coefficients"), targets, -1)
    y = g.add(MatMul(transpose_b=True), c.rows(g, x), weights)
    summands = node.get("intercepts")
    return g.add(Add(), y, c.floats(g, summands, targets)) if summands else y


@ml("LinearRegressor")
def linear_regressor(g: Graph, node: SourceNode, x: Output) -> Output:
    targets = node.get("targets", 1)
    y = _scores(g, node, x, targets)
    return c.transformed_targets(g, c.transform_of(node), y, targets)


@ml("LinearClassifier")
def linear_classifier(g: Graph, node: SourceNode, x: Output) -> tuple[Output, Output]:
    """A single row of coefficients tells the second of two classes from the first."""
    labels = c.labels_of(node, "classlabels_ints")
    count = len(node.get("intercepts") or labels)
    scores = _scores(g, node, x, count)
    if count == 1 and len(labels) == 2:
        places = c.above(g, scores, 0.0)
        return c.labelled(g, labels, places), c.two_classes(g, node, scores, complement=True)
    if count != len(labels):
        raise invalid(f"it has {count} scores for {len(labels)} classes")
    places = c.best(g, scores)
    return c.labelled(g, labels, places), c.transformed(g, c.transform_of(node), scores)
