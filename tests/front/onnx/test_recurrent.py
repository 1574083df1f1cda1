"""RNN, GRU and LSTM: directions, layouts, states, biases, lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, reference, refused
from tests.models.nodes import fixed, numbers, single

TIME, BATCH, WIDTH, HIDDEN = 5, 2, 3, 4
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def layer(kind: str, directions: int = 1, **parts: Any) -> list[Any]:
    """Inputs X, W, R, B, lengths, initial states (as asked for) of a layer."""
    gates = GATES[kind]
    x = numbers(TIME, BATCH, WIDTH) if not parts.get("layout") else numbers(BATCH, TIME, WIDTH)
    w = fixed(numbers(directions, gates * HIDDEN, WIDTH, low=-1, high=1))
    r = fixed(numbers(directions, gates * HIDDEN, HIDDEN, low=-1, high=1))
    bias = fixed(numbers(directions, 2 * gates * HIDDEN)) if parts.get("bias") else None
    lengths = fixed(np.array([TIME, 3], np.int32)) if parts.get("lengths") else None
    inputs: list[Any] = [x, w, r, bias, lengths]
    if parts.get("states"):
        shape = (BATCH, directions, HIDDEN) if parts.get("layout") else (directions, BATCH, HIDDEN)
        inputs += [numbers(*shape)] * (2 if kind == "LSTM" else 1)
    while inputs[-1] is None:
        inputs.pop()
    return inputs


def outputs(kind: str) -> int:
    return 3 if kind == "LSTM" else 2


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize("opset", [7, 14])
def test_directions(kind: str, direction: str, opset: int) -> None:
    inputs = layer(kind, 2 if direction == "bidirectional" else 1, bias=True)
    shared = {"opset": opset, "hidden_size": HIDDEN, "direction": direction}
    agree(kind, *inputs, outputs=outputs(kind), **shared)


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("parts", [{}, {"bias": True}, {"states": True}])
def test_optional_inputs(kind: str, parts: dict[str, bool]) -> None:
    agree(kind, *layer(kind, **parts), outputs=outputs(kind), opset=14, hidden_size=HIDDEN)


@pytest.mark.parametrize("kind", GATES)
def test_lengths(kind: str) -> None:
    """OpenVINO 2026.4 does not look at the lengths where sizes are unknown."""
    shared: dict[str, Any] = {"outputs": outputs(kind), "opset": 14, "hidden_size": HIDDEN}
    agree(kind, *layer(kind, lengths=True), dynamic=False, **shared)


@pytest.mark.parametrize("kind", GATES)
def test_the_batch_may_come_first(kind: str) -> None:
    """onnxruntime has no kernel for it: the same numbers, turned, are the reference."""
    inputs = layer(kind, bias=True, states=True)
    turned = [inputs[0].transpose(1, 0, 2), *inputs[1:5]]
    turned += [state.transpose(1, 0, 2) for state in inputs[5:]]
    options: dict[str, Any] = {"opset": 14, "outputs": outputs(kind)}
    model = single(kind, inputs, attributes={"hidden_size": HIDDEN}, **options)
    y, *states = reference(model, [inputs[0], *inputs[5:]])
    expected = [y.transpose(2, 0, 1, 3), *(state.transpose(1, 0, 2) for state in states)]
    agree(kind, *turned, hidden_size=HIDDEN, layout=1, expected=expected, **options)


@pytest.mark.parametrize("names", [["", "Y_h"], ["Y", ""], ["Y"]])
def test_unused_outputs_may_have_no_name(names: list[str]) -> None:
    agree("GRU", *layer("GRU"), outputs=names, opset=14, hidden_size=HIDDEN)


@pytest.mark.parametrize("bias", [False, True])
def test_the_reset_gate_may_come_after_the_product(bias: bool) -> None:
    inputs = layer("GRU", bias=bias)
    agree("GRU", *inputs, outputs=2, opset=14, hidden_size=HIDDEN, linear_before_reset=1)


def test_cells_may_be_clipped() -> None:
    agree("LSTM", *layer("LSTM", bias=True), outputs=3, opset=14, hidden_size=HIDDEN, clip=0.5)


def test_other_activations() -> None:
    shared: dict[str, Any] = {"outputs": 2, "opset": 14, "hidden_size": HIDDEN}
    agree("RNN", *layer("RNN"), activations=["Relu"], **shared)
    refused("RNN", *layer("RNN"), activations=["Softplus"], match="Softplus", **shared)


def test_what_the_ir_has_no_form_for() -> None:
    inputs = [*layer("LSTM"), *[None] * 4, fixed(numbers(1, 3 * HIDDEN))]
    refused("LSTM", *inputs, hidden_size=HIDDEN, match="peepholes")
    refused("LSTM", *layer("LSTM"), hidden_size=HIDDEN, input_forget=1, match="input_forget")
