"""If and Loop: branches in place, branches and bodies as graphs of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

import onnx
from onnx import TensorProto, helper

from tests.front.comparing import operations
from tests.front.onnx.running import agree_model
from tests.models.nodes import model_of, numbers

FLOAT, INT, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
X = numbers(2, 3)


def value(name: str, kind: int = FLOAT, shape: Any = None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def branch(name: str, *nodes: onnx.NodeProto, output: str) -> onnx.GraphProto:
    return helper.make_graph(list(nodes), name, [], [value(output)])


def if_model(condition: np.ndarray, is_fixed: bool) -> onnx.ModelProto:
    """relu(x) if the condition holds, else x + bias, a constant of the outer graph."""
    then = branch("then", helper.make_node("Relu", ["x"], ["t"], "inner_relu"), output="t")
    other = branch("else", helper.make_node("Add", ["x", "bias"], ["e"], "inner_add"), output="e")
    node = helper.make_node("If", ["c"], ["y"], "if", then_branch=then, else_branch=other)
    fed = [("x", X)] if is_fixed else [("x", X), ("c", condition)]
    kept = [("bias", np.float32([1, 2, 3]))] + ([("c", condition)] if is_fixed else [])
    return model_of([node], fed, ["y"], kept)


@pytest.mark.parametrize("condition", [True, False])
def test_a_known_condition_leaves_one_branch_in_place(condition: bool) -> None:
    graph = agree_model(if_model(np.array(condition), True), [X])
    assert operations(graph) == ["ReLU" if condition else "Add"]


@pytest.mark.parametrize("condition", [True, False])
def test_an_open_condition_keeps_both(condition: bool) -> None:
    array = np.array(condition)
    graph = agree_model(if_model(array, False), [X, array])
    assert operations(graph) == ["If"]


def test_branches_may_differ_in_shape() -> None:
    then = branch("then", helper.make_node("Identity", ["x"], ["t"]), output="t")
    other = branch("else", helper.make_node("Concat", ["x", "x"], ["e"], axis=0), output="e")
    node = helper.make_node("If", ["c"], ["y"], "if", then_branch=then, else_branch=other)
    for condition in (np.array(True), np.array(False)):
        agree_model(model_of([node], [("x", X), ("c", condition)], ["y"]), [X, condition])


def loop_body(*nodes: onnx.NodeProto, carried: int, scans: int = 0) -> onnx.GraphProto:
    states = [value(f"v{i}") for i in range(carried)]
    results = [value("go_on", BOOL, ())]
    results += [value(f"w{i}") for i in range(carried)] + [value(f"s{i}") for i in range(scans)]
    inputs = [value("i", INT, ()), value("go", BOOL, ()), *states]
    return helper.make_graph(list(nodes), "body", inputs, results)


GO_ON = helper.make_node("Identity", ["go"], ["go_on"])


def test_a_loop_counts_and_carries() -> None:
    body = loop_body(GO_ON, helper.make_node("Add", ["v0", "x"], ["w0"]), carried=1)
    node = helper.make_node("Loop", ["n", "", "x"], ["y"], "loop", body=body)
    n = np.array(3, np.int64)
    agree_model(model_of([node], [("x", X), ("n", n)], ["y"]), [X, n])


def test_a_loop_joins_what_each_iteration_gives() -> None:
    nodes = [
        GO_ON,
        helper.make_node("Cast", ["i"], ["f"], to=FLOAT),
        helper.make_node("Mul", ["v0", "f"], ["s0"]),
        helper.make_node("Add", ["v0", "x"], ["w0"]),
    ]
    body = loop_body(*nodes, carried=1, scans=1)
    node = helper.make_node("Loop", ["n", "", "x"], ["y", "all"], "loop", body=body)
    model = model_of([node], [("x", X)], ["y", "all"], [("n", np.array(4, np.int64))])
    graph = agree_model(model, [X])
    assert graph.results()[1].inputs[0].shape == (4, 2, 3)


def test_a_loop_may_end_early() -> None:
    nodes = [
        helper.make_node("Add", ["v0", "x"], ["w0"]),
        helper.make_node("ReduceMax", ["w0"], ["top"], keepdims=0),
        helper.make_node("Less", ["top", "limit"], ["go_on"]),
    ]
    body = loop_body(*nodes, carried=1)
    node = helper.make_node("Loop", ["n", "c", "x"], ["y"], "loop", body=body)
    kept = [("n", np.array(50, np.int64)), ("c", np.array(True)), ("limit", np.float32(5))]
    x = np.abs(X)
    agree_model(model_of([node], [("x", x)], ["y"], kept), [x])


@pytest.mark.parametrize(("count", "limit"), [(50, 5), (2, 50), (1, 5), (0, 5)])
@pytest.mark.parametrize("is_fixed", [True, False])
def test_a_loop_that_may_end_early_joins_what_it_gave(
    count: int, limit: float, is_fixed: bool
) -> None:
    """Nobody knows of what size that would have been which no iteration gave."""
    nodes = [
        helper.make_node("Add", ["v0", "x"], ["w0"]),
        helper.make_node("ReduceMax", ["w0"], ["top"], keepdims=0),
        helper.make_node("Less", ["top", "limit"], ["go_on"]),
        helper.make_node("Mul", ["w0", "w0"], ["s0"]),
    ]
    body = loop_body(*nodes, carried=1, scans=1)
    body.output[-1].CopyFrom(value("s0", FLOAT, X.shape))
    node = helper.make_node("Loop", ["n", "", "x"], ["y", "all"], "loop", body=body)
    x, n, top = np.abs(X), np.array(count, np.int64), np.array(limit, np.float32)
    fed, kept = [("x", x), ("limit", top)], [("n", n)]
    if not is_fixed:
        fed, kept = fed + kept, []
    model = model_of([node], fed, ["y", "all"], kept)
    agree_model(model, [array for _, array in fed], dynamic=count > 0)


def test_a_loop_may_not_be_entered() -> None:
    body = loop_body(
        GO_ON,
        helper.make_node("Add", ["v0", "x"], ["w0"]),
        helper.make_node("Identity", ["w0"], ["s0"]),
        carried=1,
        scans=1,
    )
    body.output[-1].CopyFrom(value("s0", FLOAT, X.shape))
    node = helper.make_node("Loop", ["n", "c", "x"], ["y", "all"], "loop", body=body)
    kept = [("n", np.array(5, np.int64)), ("c", np.array(False))]
    agree_model(model_of([node], [("x", X)], ["y", "all"], kept), [X], dynamic=False)


def test_a_carried_value_may_grow() -> None:
    body = loop_body(GO_ON, helper.make_node("Concat", ["v0", "x"], ["w0"], axis=0), carried=1)
    node = helper.make_node("Loop", ["n", "", "x"], ["y"], "loop", body=body)
    n = np.array(3, np.int64)
    agree_model(model_of([node], [("x", X), ("n", n)], ["y"]), [X, n])


def test_a_branch_inside_a_loop_sees_both_graphs_around() -> None:
    then = branch("then", helper.make_node("Add", ["v0", "x"], ["t"]), output="t")
    other = branch("else", helper.make_node("Mul", ["v0", "two"], ["e"]), output="e")
    nodes = [
        GO_ON,
        helper.make_node("Cast", ["i"], ["odd"], to=BOOL),
        helper.make_node("If", ["odd"], ["w0"], "if", then_branch=then, else_branch=other),
    ]
    body = loop_body(*nodes, carried=1)
    node = helper.make_node("Loop", ["n", "", "x"], ["y"], "loop", body=body)
    kept = [("n", np.array(3, np.int64)), ("two", np.float32(2))]
    agree_model(model_of([node], [("x", X)], ["y"], kept), [X])


def test_states_that_change_places() -> None:
    """The CPU runtime would hand on the second one when it has already changed."""
    nodes = [
        GO_ON,
        helper.make_node("Identity", ["v1"], ["w0"]),
        helper.make_node("Identity", ["v0"], ["w1"]),
    ]
    node = helper.make_node(
        "Loop", ["n", "", "x", "y"], ["a", "b"], body=loop_body(*nodes, carried=2)
    )
    y = numbers(2, 3, low=5, high=9)
    for fed, kept in (([], [("n", np.array(3))]), ([("n", np.array(3))], [])):
        model = model_of([node], [("x", X), ("y", y), *fed], ["a", "b"], kept)
        agree_model(model, [X, y, *(array for _, array in fed)])
