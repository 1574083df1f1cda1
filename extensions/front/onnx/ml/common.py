"""What classifiers and regressors of ai.onnx.ml share: scores, their transforms, class labels.

Semantics: ONNX operators (ai.onnx.ml); where these leave something open, as onnxruntime computes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

import numpy as np

from extensions.front.building import invalid, rank_of, typed
from extensions.front.onnx.common import converts, refuse
from extensions.ops.activation import Sigmoid, Softmax
from extensions.ops.arithmetic import Add, Divide, Greater, Multiply, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceSum
from extensions.ops.selection import TopK
from extensions.ops.shaping import Reshape, Squeeze
from extensions.ops.unary import Abs, Exp, Log, Negative, Sign, Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor

log = logging.getLogger("mo.onnx")
ml = partial(converts, domain="ai.onnx.ml")

Labels = Sequence[int] | Sequence[str]
TRANSFORMS = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")
_FIRST = np.int64(0)
_SECOND_AXIS = np.int64(1)


def rows(g: Graph, x: Output, kind: ElementType = ElementType.f32) -> Output:
    """The input as a matrix of numbers; a vector is one row."""
    rank = rank_of(x)
    if rank not in (1, 2):
        raise invalid(f"its input has {rank} axes, where samples and features are needed")
    return typed(g, x if rank == 2 else g.add(Reshape(), x, [1, -1]), kind)


def floats(g: Graph, numbers: Sequence[float] | np.ndarray, *shape: int) -> Output:
    """Attribute values as f32, in a shape that they fill."""
    array = np.asarray(numbers, np.float32)
    try:
        return g.constant(array.reshape(shape) if shape else array)
    except ValueError:
        raise invalid(f"it has {array.size} numbers where {list(shape)} are needed") from None


# ---- scores


def transform_of(node: SourceNode) -> str:
    name = node.get("post_transform", "NONE")
    if name not in TRANSFORMS:
        raise invalid(f"its post_transform '{name}' is none of {', '.join(TRANSFORMS)}")
    return name


def transformed(g: Graph, name: str, scores: Output) -> Output:
    """Scores [N, C] after a post_transform."""
    if name == "LOGISTIC":
        return g.add(Sigmoid(), scores)
    if name == "SOFTMAX":
        return g.add(Softmax(axis=1), scores)
    if name == "SOFTMAX_ZERO":
        return _softmax_zero(g, scores)
    return _probit(g, scores) if name == "PROBIT" else scores


def transformed_targets(g: Graph, name: str, scores: Output, targets: int) -> Output:
    """As ``transformed``; of a single score onnxruntime knows no transform but PROBIT."""
    if targets == 1 and name not in ("NONE", "PROBIT"):
        log.warning("post_transform %s of a single score is left out, as onnxruntime does", name)
        return scores
    return transformed(g, name, scores)


def _softmax_zero(g: Graph, scores: Output) -> Output:
    """Softmax over the scores that are not zero; zeros stay."""
    is_present = g.add(Greater(), g.add(Abs(), scores), 1e-7)
    weights = g.add(Select(), is_present, g.add(Exp(), scores), g.constant(np.float32(0)))
    return g.add(Divide(), weights, g.add(ReduceSum(keep_dims=True), weights, [1]))


def _probit(g: Graph, scores: Output) -> Output:
    """sqrt(2) * erfinv(2 s - 1), by the approximation of Winitzki with a = 0.147."""
    x = g.add(Subtract(), g.add(Multiply(), scores, 2.0), 1.0)
    product = g.add(Multiply(), g.add(Subtract(), 1.0, x), g.add(Add(), x, 1.0))
    logarithm = g.add(Log(), product)
    a = 0.147
    half = g.add(Add(), g.add(Multiply(), logarithm, 0.5), 2 / (np.pi * a))
    inner = g.add(Subtract(), g.add(Multiply(), half, half), g.add(Multiply(), logarithm, 1 / a))
    size = g.add(Sqrt(), g.add(Subtract(), g.add(Sqrt(), inner), half))
    return g.add(Multiply(), g.add(Multiply(), g.add(Sign(), x), size), float(np.sqrt(2)))


def two_classes(g: Graph, node: SourceNode, score: Output, complement: bool) -> Output:
    """Scores [N, 2] from that of the second class [N, 1].

    ``complement``: the first class gets 1 - s, else -s; under LOGISTIC both are probabilities.
    """
    name = transform_of(node)
    if name == "PROBIT":
        raise refuse(node, "post_transform PROBIT of a single score for two classes")
    minus = g.add(Negative(), score)
    if name == "LOGISTIC":
        return g.add(Sigmoid(), g.add(Concat(axis=1), minus, score))
    first = g.add(Subtract(), 1.0, score) if complement else minus
    return g.add(Concat(axis=1), first, score)


# ---- labels


def labels_of(node: SourceNode, ints: str) -> Labels:
    """The class labels; ``ints`` is the attribute that holds them as integers."""
    labels = node.get(ints) or node.get("classlabels_strings")
    if not labels:
        raise invalid("it has no class labels")
    return labels


def table(g: Graph, values: Labels) -> Output:
    """Labels as a constant vector: i64 or texts."""
    if isinstance(values[0], str):
        array = np.empty(len(values), object)
        array[:] = values
        return g.constant(Tensor.of(array, ElementType.string))
    return g.constant(np.asarray(values, np.int64))


def labelled(g: Graph, labels: Labels, places: Output) -> Output:
    """The labels at some places."""
    return g.add(Gather(), table(g, labels), places, g.constant(_FIRST))


def best(g: Graph, scores: Output) -> Output:
    """The place of the greatest score of each row, the first of equal ones."""
    op = TopK(axis=1, index_element_type=ElementType.i64, stable=True)
    return g.add(Squeeze(), g.add_multi(op, scores, g.constant(np.int64(1)))[1], [1])


def above(g: Graph, score: Output, threshold: float) -> Output:
    """The class of each row of a single score [N, 1]: 1 above the threshold, else 0."""
    return typed(g, g.add(Squeeze(), g.add(Greater(), score, threshold), [1]), ElementType.i64)
