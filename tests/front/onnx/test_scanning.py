"""Scan: axes, directions, states, outputs, outer names, and the batch axis of operation set 8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

import onnx
from onnx import TensorProto, helper

from mo.graph.graph import Graph
from tests.front.onnx.running import agree as agree_node
from tests.front.onnx.running import agree_model
from tests.models.nodes import fixed, model_of, numbers

FLOAT = TensorProto.FLOAT
STATE, XS, YS = numbers(3), numbers(5, 3), numbers(3, 5)


def value(name: str, shape: Sequence[Any] = (3,)) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, FLOAT, shape)


def body(nodes: Sequence[onnx.NodeProto], inputs: str, outputs: str) -> onnx.GraphProto:
    return helper.make_graph(
        list(nodes), "body", [value(n) for n in inputs.split()], [value(n) for n in outputs.split()]
    )


def sums(**options: Any) -> onnx.NodeProto:
    """s, x -> s + x; that sum and its double for each slice."""
    nodes = [
        helper.make_node("Add", ["s", "x"], ["total"]),
        helper.make_node("Identity", ["total"], ["each"]),
        helper.make_node("Add", ["total", "total"], ["double"]),
    ]
    inner = body(nodes, "s x", "total each double")
    options = {"body": inner, "num_scan_inputs": 1, **options}
    return helper.make_node("Scan", ["s0", "xs"], ["last", "all", "twice"], "scan", **options)


def agree(node: onnx.NodeProto, *fed: tuple[str, np.ndarray], **options: Any) -> Graph:
    model = model_of([node], fed, list(node.output), **options)
    return agree_model(model, [array for _, array in fed])


@pytest.mark.parametrize("opset", [9, 11, 22])
def test_states_and_outputs(opset: int) -> None:
    graph = agree(sums(), ("s0", STATE), ("xs", XS), opset=opset)
    assert [node.inputs[0].shape for node in graph.results()] == [(3,), (5, 3), (5, 3)]


@pytest.mark.parametrize(
    "options",
    [
        {"scan_input_axes": [1]},
        {"scan_input_axes": [-1], "scan_output_axes": [1, -1]},
        {"scan_input_directions": [1], "scan_input_axes": [1]},
        {"scan_output_directions": [1, 0], "scan_input_axes": [1]},
    ],
)
def test_axes_and_directions(options: dict[str, Any]) -> None:
    agree(sums(**options), ("s0", STATE), ("xs", YS))


def test_several_inputs_run_side_by_side() -> None:
    nodes = [
        helper.make_node("Mul", ["x", "y"], ["product"]),
        helper.make_node("Add", ["s", "product"], ["total"]),
    ]
    inner = body(nodes, "s x y", "total product")
    options = {"scan_input_axes": [0, 1], "scan_input_directions": [0, 1]}
    node = helper.make_node(
        "Scan", ["s0", "xs", "ys"], ["last", "all"], body=inner, num_scan_inputs=2, **options
    )
    agree(node, ("s0", STATE), ("xs", XS), ("ys", YS))


def test_a_state_is_not_needed_and_outer_names_are_seen() -> None:
    nodes = [
        helper.make_node("Mul", ["x", "factor"], ["scaled"]),
        helper.make_node("Add", ["scaled", "shift"], ["each"]),
    ]
    node = helper.make_node(
        "Scan", ["xs"], ["all"], body=body(nodes, "x", "each"), num_scan_inputs=1
    )
    kept = [("factor", np.float32([1, 2, 3]))]
    agree(node, ("xs", XS), ("shift", STATE), initializers=kept)


def test_a_recurrence_through_a_product() -> None:
    """The 2026.4 CPU runtime would write the sum over the slice if that came first."""
    nodes = [
        helper.make_node("MatMul", ["s", "r"], ["product"]),
        helper.make_node("Add", ["x", "product"], ["sum"]),
        helper.make_node("Softplus", ["sum"], ["next"]),
        helper.make_node("Identity", ["next"], ["each"]),
    ]
    types = [value("s", (2, 3)), value("x", (2, 3))], [value("next", (2, 3)), value("each", (2, 3))]
    inner = helper.make_graph(nodes, "body", *types)
    node = helper.make_node("Scan", ["s0", "xs"], ["last", "all"], body=inner, num_scan_inputs=1)
    kept = [("r", numbers(3, 3))]
    agree(node, ("s0", numbers(2, 3)), ("xs", numbers(4, 2, 3)), initializers=kept)


def test_a_scan_inside_a_scan() -> None:
    inner = helper.make_node(
        "Scan",
        ["s", "x"],
        ["total", "partial"],
        body=body(
            [
                helper.make_node("Add", ["t", "y"], ["u"]),
                helper.make_node("Mul", ["u", "factor"], ["v"]),
            ],
            "",
            "",
        ),
        num_scan_inputs=1,
    )
    graph = inner.attribute[0].g
    graph.input.extend([value("t", ()), value("y", ())])
    graph.output.extend([value("u", ()), value("v", ())])
    outer = helper.make_graph(
        [inner], "outer", [value("s", ()), value("x")], [value("total", ()), value("partial")]
    )
    node = helper.make_node("Scan", ["s0", "xs"], ["last", "all"], body=outer, num_scan_inputs=1)
    fed = [("s0", np.float32(0.5)), ("xs", XS), ("factor", np.float32(2))]
    agree(node, *((name, np.asarray(array)) for name, array in fed))


@pytest.mark.parametrize("lengths", [None, [5, 2]])
def test_operation_set_8_has_a_batch(lengths: list[int] | None) -> None:
    node = sums()
    node.input.insert(0, "lengths" if lengths else "")
    fed = [("s0", numbers(2, 3)), ("xs", numbers(2, 5, 3))]
    if lengths:
        fed.insert(0, ("lengths", np.array(lengths, np.int64)))
    agree(node, *fed, opset=8)


def test_operation_set_8_may_run_backwards_and_see_outer_names() -> None:
    nodes = [
        helper.make_node("Mul", ["s", "factor"], ["faded"]),
        helper.make_node("Add", ["faded", "x"], ["total"]),
        helper.make_node("Identity", ["total"], ["each"]),
    ]
    inner = body(nodes, "s x", "total each")
    node = helper.make_node(
        "Scan", ["", "s0", "xs"], ["last", "all"], body=inner, num_scan_inputs=1, directions=[1]
    )
    fed = [("s0", numbers(2, 3)), ("xs", numbers(2, 5, 3)), ("factor", np.float32([1, 2, 3]))]
    agree(node, *fed, opset=8)


# ---- running products


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("exclusive", [0, 1])
@pytest.mark.parametrize("reverse", [0, 1])
def test_running_products(axis: int, exclusive: int, reverse: int) -> None:
    x = numbers(3, 4, 2)
    turned = np.flip(x, axis) if reverse else x
    expected = np.cumprod(turned, axis)
    if exclusive:
        ones = np.ones_like(np.take(x, [0], axis))
        expected = np.concatenate([ones, np.take(expected, range(x.shape[axis] - 1), axis)], axis)
    expected = np.flip(expected, axis) if reverse else expected
    for place in (fixed(np.array(axis)), np.array(axis)):
        shared = {"exclusive": exclusive, "reverse": reverse, "expected": expected}
        agree_node("CumProd", x, place, opset=26, **shared)


def test_running_products_of_integers() -> None:
    x = np.array([[1, 2, 3], [4, 5, 6]], np.int32)
    agree_node("CumProd", x, fixed(np.array(1)), opset=26, expected=np.cumprod(x, 1, np.int32))
