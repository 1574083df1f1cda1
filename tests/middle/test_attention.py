"""Attention spelled out: which forms become one operation with the same numbers, which stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

import extensions.pipeline
from extensions.middle import attention
from extensions.ops.activation import Softmax
from extensions.ops.arithmetic import Add, Divide, Multiply
from extensions.ops.matrix import MatMul, ScaledDotProductAttention
from extensions.ops.movement import Transpose
from mo.cli.config import Config
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.shape import Dim, Shape
from mo.middle.rewriter import apply
from mo.pipeline.passes import run_passes
from tests.ops import runtime

SIZES = (2, 3, 5, 4)
HIDDEN = np.where(np.arange(5) < 3, 0, -1e4).astype(np.float32)


def spelled_out(
    shape: Shape = SIZES,
    *,
    factor: float = 1,
    divisor: float = 1,
    of_queries: float = 1,
    mask: np.ndarray | None = None,
    axis: int = -1,
    as_rows: bool = False,
    transposed_values: bool = False,
) -> Graph:
    """softmax(q * k^T * factor / divisor + mask) * v with all three of one shape."""
    g = Graph()
    q, k, v = (g.input(name, shape, ElementType.f32) for name in "qkv")
    rank = len(shape)
    if of_queries != 1:
        q = g.add(Multiply(), q, of_queries)
    if not as_rows:
        k = g.add(Transpose(), k, [*range(rank - 2), rank - 1, rank - 2])
    scores = g.add(MatMul(transpose_b=as_rows), q, k)
    if factor != 1:
        scores = g.add(Multiply(), scores, factor)
    if divisor != 1:
        scores = g.add(Divide(), scores, divisor)
    if mask is not None:
        scores = g.add(Add(), mask, scores)
    weights = g.add(Softmax(axis=axis % rank), scores)
    g.output(g.add(MatMul(transpose_b=transposed_values), weights, v), "y")
    return g


def kinds(g: Graph) -> list[str]:
    computing = (node for node in g.topological() if node.inputs and node.type != "Result")
    return [node.type for node in computing]


FORMS: dict[str, dict[str, Any]] = {
    "no scale": {},
    "factor": {"factor": 0.3},
    "divisor": {"divisor": 1.7},
    "scaled queries": {"of_queries": 0.5, "factor": 0.5},
    "keys as rows": {"as_rows": True},
    "mask": {"mask": HIDDEN.reshape(1, 5)},
    "factor and mask": {"factor": 0.3, "mask": np.tile(HIDDEN, (5, 1))},
    "divisor and mask": {"divisor": 1.7, "mask": np.float32(2).reshape(())},
}


@pytest.mark.parametrize("shape", [SIZES, SIZES[1:], (Dim(), 3, Dim(), Dim())], ids=str)
@pytest.mark.parametrize("form", FORMS)
def test_attention_becomes_one_operation_with_the_same_numbers(form, shape):
    random = np.random.default_rng(0)
    arrays = [random.normal(size=SIZES[-len(shape) :]).astype(np.float32) for _ in "qkv"]
    expected = runtime.run(spelled_out(shape, **FORMS[form]), arrays)
    graph = spelled_out(shape, **FORMS[form])
    assert apply(graph, *attention.RULES) == 1
    assert kinds(graph) == ["ScaledDotProductAttention"]
    np.testing.assert_allclose(runtime.run(graph, arrays), expected, rtol=1e-5, atol=1e-6)


def test_a_mask_may_have_more_samples_than_the_scores():
    masks = np.stack([HIDDEN, HIDDEN[::-1]]).reshape(2, 1, 1, 5)
    arrays = [np.random.default_rng(0).normal(size=(1, *SIZES[1:])).astype(np.float32)] * 3
    graph, before = (spelled_out((1, *SIZES[1:]), mask=masks) for _ in range(2))
    assert apply(graph, *attention.RULES) == 1
    results, expected = runtime.run(graph, arrays), runtime.run(before, arrays)
    np.testing.assert_allclose(results, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "form",
    [
        {"axis": 1},
        {"transposed_values": True, "shape": (2, 3, 4, 4)},
        {"mask": HIDDEN},
        {"divisor": 0.0},
        {"shape": (5, 4)},
    ],
    ids=str,
)
def test_what_the_operation_does_not_compute_stays(form):
    assert apply(spelled_out(**form), *attention.RULES) == 0


def test_weights_that_are_an_output_too_stay():
    graph = spelled_out()
    (weights,) = graph.nodes_of(Softmax)
    graph.output(weights.outputs[0], "weights")
    assert apply(graph, *attention.RULES) == 0


@pytest.mark.parametrize(
    ("settings", "fused"),
    [
        ({}, True),
        ({"ir_version": 10}, False),
        ({"opset": 12}, False),
        ({"disable_fusing": True}, False),
    ],
    ids=str,
)
def test_the_operation_set_and_the_switch_of_fusions_decide(settings, fused):
    graph = spelled_out(factor=0.3)
    run_passes(graph, extensions.pipeline.passes(Config(**settings)))
    assert bool(graph.nodes_of(ScaledDotProductAttention)) is fused
