"""Functions: those of the model file, and the standard's own definitions of operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_model, convert
from tests.models.nodes import numbers

X = numbers(2, 5)


def parsed(text: str) -> onnx.ModelProto:
    return onnx.parser.parse_model(text)


HEAD = '<ir_version: 10, opset_import: ["" : 17, "my" : 1]>'
GRAPH = "net (float[2,5] x) => (float[n,m] y)"
SCALED = """
<domain: "my", opset_import: ["" : 17]> Scaled <factor: float = 3.0> (a) => (c) {
    b = Constant <value_float: float = @factor> ()
    c = Mul (a, b)
}
"""


def test_a_function_of_the_model() -> None:
    graph = agree_model(parsed(f"{HEAD} {GRAPH} {{ y = my.Scaled (x) }} {SCALED}"), [X])
    assert operations(graph) == ["Multiply"]


def test_attributes_of_the_call() -> None:
    body = "t = my.Scaled <factor: float = 0.5> (x)  y = my.Scaled (t)"
    agree_model(parsed(f"{HEAD} {GRAPH} {{ {body} }} {SCALED}"), [X])


def test_functions_that_call_functions() -> None:
    outer = """
    <domain: "my", opset_import: ["" : 17, "my" : 1]> Twice (a) => (c) {
        b = my.Scaled <factor: float = 2.0> (a)
        c = my.Scaled <factor: float = 0.25> (b)
    }"""
    agree_model(parsed(f"{HEAD} {GRAPH} {{ y = my.Twice (x) }} {outer} {SCALED}"), [X])


def test_a_function_has_an_operation_set_of_its_own() -> None:
    """Softmax flattened its axes before operation set 13."""
    old = """
    <domain: "my", opset_import: ["" : 11]> Old (a) => (b) { b = Softmax <axis: int = 0> (a) }
    """
    expected = np.exp(X) / np.exp(X).sum()
    agree_model(parsed(f"{HEAD} {GRAPH} {{ y = my.Old (x) }} {old}"), [X], expected=expected)


def test_inputs_that_a_call_leaves_out() -> None:
    clipped = """
    <domain: "my", opset_import: ["" : 17]> Clipped (a, low, high) => (b) { b = Clip(a, low, high) }
    """
    body = "low = Constant <value_float: float = 0.1> ()  y = my.Clipped (x, low)"
    agree_model(parsed(f"{HEAD} {GRAPH} {{ {body} }} {clipped}"), [X])


def test_a_function_of_the_model_goes_before_our_own_translation() -> None:
    relu = '<domain: "", opset_import: ["" : 17]> Relu (a) => (b) { b = Neg(a) }'
    graph = convert(parsed(f"{HEAD} {GRAPH} {{ y = Relu (x) }} {relu}"))
    assert operations(graph) == ["Negative"]


def test_the_user_s_names_survive() -> None:
    model = parsed(f"{HEAD} {GRAPH} {{ [scaling] y = my.Scaled (x) }} {SCALED}")
    (result,) = convert(model).results()
    (value,) = result.inputs
    assert value is not None
    assert value.node.name == "scaling"
    assert list(value.names) == ["y"]


def test_a_function_without_end_is_refused() -> None:
    endless = '<domain: "my", opset_import: ["my" : 1]> Loop (a) => (b) { b = my.Loop (a) }'
    with pytest.raises(ConversionError, match="call each other without end"):
        convert(parsed(f"{HEAD} {GRAPH} {{ y = my.Loop (x) }} {endless}"))


def test_what_a_function_uses_is_listed_among_the_unsupported() -> None:
    unknown = '<domain: "my", opset_import: ["" : 17]> F (a) => (b) { b = Unheard (a) }'
    with pytest.raises(ConversionError, match="Unheard"):
        convert(parsed(f"{HEAD} {GRAPH} {{ y = my.F (x) }} {unknown}"))


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_an_operation_by_its_definition_in_the_standard(reduction: str) -> None:
    """The definition depends on the types of the inputs."""
    classes: Any = np.array([1, 0])
    agree("SoftmaxCrossEntropyLoss", X, classes, opset=13, reduction=reduction)


def test_a_definition_of_attributes_only() -> None:
    agree("HannWindow", np.array(10), opset=17, periodic=0)


def test_what_bodies_within_bodies_use_is_listed_with_domain_operation_set_and_nodes() -> None:
    broken = """
    <domain: "my", opset_import: ["" : 17, "far" : 4]> Scaled (a) => (c) {
        p = Greater (a, a)  q = ReduceMax <keepdims = 0> (p)
        c = If (q) <
            then_branch = t () => (u) { [inner] u = far.Strange (a) },
            else_branch = e () => (v) { [other] v = far.Strange (a)  w = NoSuch (a) }
        >
    }"""
    body = "[own] t = Alien (x)  y = my.Scaled (t)"
    with pytest.raises(ConversionError) as caught:
        convert(parsed(f"{HEAD} {GRAPH} {{ {body} }} {broken}"))
    lines = [line.strip() for line in caught.value.message.splitlines()]
    assert lines[0] == "3 operation types of the model are not supported:"
    assert lines[1].startswith("Alien (operation set 17), 1 node: 'own'")
    assert lines[2].startswith("NoSuch (operation set 17), 1 node: 'w'")
    assert lines[3].startswith("far.Strange (operation set 4), 2 nodes: ")
