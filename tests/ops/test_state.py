"""Variables: ReadValue and Assign in both their forms, run more than once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

import openvino as ov

from extensions.ops.arithmetic import Add
from extensions.ops.state import Assign, ReadValue
from mo.errors import InferenceError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.op import TensorType
from tests.ops.runtime import read

f32 = ElementType.f32


@pytest.mark.parametrize(
    "attributes", [{}, {"variable_type": f32, "variable_shape": (1, 2)}], ids=["opset3", "opset6"]
)
def test_a_variable_keeps_its_sum(attributes: dict[str, Any]) -> None:
    g = Graph()
    x = g.input("x", (1, 2), f32)
    start = g.constant(np.array([[10, 20]], np.float32))
    old = g.add(ReadValue(variable_id="sum", **attributes), start)
    new = g.add(Add(), old, x)
    g.add(Assign(variable_id="sum"), new)
    g.output(new)
    assert old.type == TensorType((1, 2), f32)
    request = ov.Core().compile_model(read(g), "CPU").create_infer_request()
    seen = [request.infer([np.array([[1, 2]], np.float32)])[0].tolist() for _ in range(3)]
    assert seen == [[[11, 22]], [[12, 24]], [[13, 26]]]


def test_without_a_type_there_must_be_a_value() -> None:
    with pytest.raises(InferenceError, match="initial value"):
        Graph().add(ReadValue(variable_id="v"))
