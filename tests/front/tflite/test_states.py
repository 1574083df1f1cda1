"""Variables that a model writes: they live on from one inference to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import openvino as ov
import pytest
import tensorflow as tf

from mo.errors import UnsupportedError
from tests.front.tflite.running import Interpreted, converted, quiet
from tests.models.tflite import Number, TfLite
from tests.ops import runtime


class Counter(tf.Module):  # type: ignore[misc, name-defined]
    """Sums up what it is given, and remembers twice the last input."""

    def __init__(self) -> None:
        super().__init__()
        self.total = tf.Variable([1.0, 2.0], name="total")
        self.last = tf.Variable([0.0, 0.0], name="last")
        self.factor = tf.Variable([2.0, 3.0], name="factor", trainable=False)

    @tf.function(input_signature=[tf.TensorSpec([2])])
    def __call__(self, x: Any) -> Any:
        before = self.last + 0.0
        self.total.assign(self.total + x)
        self.last.assign(2.0 * x)
        return self.total * self.factor, before


def content_of(module: Any) -> bytes:
    with quiet():
        function = module.__call__.get_concrete_function()
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function], module)
        converter.experimental_enable_resource_variables = True
        content: bytes = converter.convert()
    return content


def test_variables_are_states() -> None:
    content = content_of(Counter())
    reference = Interpreted(content)
    assert {"CALL_ONCE", "ASSIGN_VARIABLE"} <= set(reference.operators())
    graph = converted(content)
    assert "reset_state" in graph.graph["notes"][0]
    model = runtime.read(graph)
    request = ov.compile_model(model, "CPU").create_infer_request()
    for number in range(3):
        x = np.array([number, 10 * number + 1], np.float32)
        expected = reference.run(x)
        results = list(request.infer([x]).values())
        for mine, wanted in zip(results, expected):
            np.testing.assert_allclose(mine, wanted, rtol=1e-6)


def test_variables_of_bytes() -> None:
    """They hold what the bytes stand for; at first what a subgraph that runs once puts there."""
    net, first, meant = TfLite(), TfLite(), (0.1, 5)
    named = (111, {0: "", 1: "total"})
    handle, once = net.tensor("total", (), "resource"), net.constant("c", np.array([9, -7], "i1"))
    net.tensors[once] = {**net.tensors[once], 4: {2: np.float32([0.1]), 3: np.int64([5])}}
    start = first.tensor("handle", (), "resource")
    first.tensors.append(net.tensors[once])
    net.operator(142, [], [start], named)
    net.operator(144, [start, 1], [])
    first.operators, net.operators = net.operators, []
    net.others = [first.graph]
    x = net.input("x", (2,), "int8", quantized=meant)
    before, y = (net.tensor(name, (2,), "int8", quantized=meant) for name in ("before", "y"))
    net.operator(129, [], [], (103, {0: Number("i", 1)}))
    net.operator(142, [], [handle], named)
    net.operator(143, [handle], [before])
    net.operator(0, [before, x], [y], (11, {}))
    net.operator(144, [handle, y], [])
    net.outputs = [y]
    reference = Interpreted(net.data)
    request = ov.compile_model(runtime.read(converted(net.data)), "CPU").create_infer_request()
    for number in range(3):
        given = np.array([10 * number, 40 - number], np.int8)
        (expected,) = reference.run(given)
        (result,) = request.infer([given]).values()
        np.testing.assert_array_equal(result, expected)


def test_variables_in_loops_are_refused() -> None:
    class Looping(tf.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.total = tf.Variable(0.0)

        @tf.function(input_signature=[tf.TensorSpec([])])
        def __call__(self, x: Any) -> Any:
            i = 0
            while tf.cast(i, tf.float32) < x:
                self.total.assign_add(x)
                i += 1
            return self.total + x

    with pytest.raises(UnsupportedError, match="writes a variable"):
        converted(content_of(Looping()))
