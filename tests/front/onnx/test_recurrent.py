"""RNN, GRU and LSTM: directions, layouts, states, biases, lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree, reference, refused
from tests.models.nodes import fixed, numbers, single

TIME, BATCH, WIDTH, HIDDEN = 5, 2, 3, 4
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}


def layer(kind: str, directions: int = 1, **parts: Any) -> list[Any]:
    """Inputs X, W, R, B, no lengths, initial states (as asked for) of a layer."""
    gates = GATES[kind]
    x = numbers(TIME, BATCH, WIDTH) if not parts.get("layout") else numbers(BATCH, TIME, WIDTH)
    w = fixed(numbers(directions, gates * HIDDEN, WIDTH, low=-1, high=1))
    r = fixed(numbers(directions, gates * HIDDEN, HIDDEN, low=-1, high=1))
    bias = fixed(numbers(directions, 2 * gates * HIDDEN)) if parts.get("bias") else None
    inputs: list[Any] = [x, w, r, bias, None]
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
    inputs = layer(kind, DIRECTIONS[direction], bias=True)
    shared = {"opset": opset, "hidden_size": HIDDEN, "direction": direction}
    agree(kind, *inputs, outputs=outputs(kind), **shared)


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("parts", [{}, {"bias": True}, {"states": True}])
def test_optional_inputs(kind: str, parts: dict[str, bool]) -> None:
    agree(kind, *layer(kind, **parts), outputs=outputs(kind), opset=14, hidden_size=HIDDEN)


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
def test_lengths(kind: str, direction: str) -> None:
    """The runtime does not look at the lengths where sizes are unknown."""
    inputs = layer(kind, DIRECTIONS[direction], bias=True, states=True)
    inputs[4] = np.array([TIME, 3], np.int32)
    shared: dict[str, Any] = {"outputs": outputs(kind), "opset": 14, "hidden_size": HIDDEN}
    graph = agree(kind, *inputs, direction=direction, **shared)
    assert "Loop" not in operations(graph)


def test_lengths_of_cells_that_are_clipped() -> None:
    inputs = layer("LSTM", bias=True, states=True)
    inputs[4] = np.array([TIME, 3], np.int32)
    agree("LSTM", *inputs, outputs=3, opset=14, hidden_size=HIDDEN, clip=0.5)


@pytest.mark.parametrize("kind", GATES)
def test_a_sequence_may_be_empty(kind: str) -> None:
    inputs = layer(kind, states=True)
    inputs[4] = np.array([0, 3], np.int32)
    shared: dict[str, Any] = {"outputs": outputs(kind), "opset": 14, "hidden_size": HIDDEN}
    agree(kind, *inputs, direction="reverse", **shared)


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


def test_activations_of_the_sequence_operations_stay_in_one() -> None:
    inputs = layer("RNN")
    shared: dict[str, Any] = {"outputs": 2, "opset": 14, "hidden_size": HIDDEN}
    graph = agree("RNN", *inputs, activations=["Relu"], **shared)
    assert "RNNSequence" in operations(graph)


@pytest.mark.parametrize(
    ("name", "alpha", "beta"),
    [
        ("Affine", 0.3, 0.4),
        ("LeakyRelu", 0.3, None),
        ("LeakyRelu", None, None),
        ("ThresholdedRelu", 0.3, None),
        ("ScaledTanh", 0.3, 0.4),
        ("HardSigmoid", 0.3, 0.4),
        ("HardSigmoid", None, None),
        ("Elu", 0.3, None),
        ("Elu", None, None),
        ("Softsign", None, None),
        ("Softplus", None, None),
    ],
)
def test_other_activations(name: str, alpha: float | None, beta: float | None) -> None:
    values = {
        f"activation_{what}": [value]
        for what, value in (("alpha", alpha), ("beta", beta))
        if value is not None
    }
    shared: dict[str, Any] = {"outputs": 2, "opset": 14, "hidden_size": HIDDEN}
    agree("RNN", *layer("RNN", states=True), activations=[name], **shared, **values)


def test_a_threshold_is_one_where_it_is_not_given() -> None:
    """As for the operation ThresholdedRelu; onnxruntime takes 0 here."""
    inputs = layer("RNN")
    x, w, r = inputs[0], inputs[1].array[0], inputs[2].array[0]
    h, steps = np.zeros((BATCH, HIDDEN), np.float32), []
    for slice_ in x:
        total = slice_ @ w.T + h @ r.T
        h = np.where(total > 1, total, np.float32(0))
        steps.append(h[None])
    expected = [np.stack(steps), h[None]]
    shared: dict[str, Any] = {"outputs": 2, "opset": 14, "hidden_size": HIDDEN}
    agree("RNN", *inputs, activations=["ThresholdedRelu"], expected=expected, **shared)


def test_alphas_and_betas_go_to_those_that_take_them() -> None:
    names = ["HardSigmoid", "Tanh", "Elu", "Sigmoid", "LeakyRelu", "ScaledTanh"]
    agree(
        "LSTM",
        *layer("LSTM", 2, bias=True),
        outputs=3,
        opset=14,
        hidden_size=HIDDEN,
        direction="bidirectional",
        activations=names,
        activation_alpha=[0.25, 0.9, 0.05, 0.8],
        activation_beta=[0.45, 0.7],
    )


@pytest.mark.parametrize("late", [0, 1])
def test_other_activations_of_a_gru(late: int) -> None:
    agree(
        "GRU",
        *layer("GRU", bias=True, states=True),
        outputs=2,
        opset=14,
        hidden_size=HIDDEN,
        linear_before_reset=late,
        activations=["HardSigmoid", "Softsign"],
        clip=0.8,
    )


def test_an_unknown_activation_is_refused() -> None:
    shared: dict[str, Any] = {"outputs": 2, "opset": 14, "hidden_size": HIDDEN}
    refused("RNN", *layer("RNN"), activations=["Cosine"], match="cosine", **shared)


@pytest.mark.parametrize("coupled", [0, 1])
@pytest.mark.parametrize("clip", [None, 0.5])
def test_peepholes(coupled: int, clip: float | None) -> None:
    inputs = layer("LSTM", 2, bias=True, states=True)
    inputs.append(fixed(numbers(2, 3 * HIDDEN)))
    shared: dict[str, Any] = {"outputs": 3, "opset": 14, "hidden_size": HIDDEN, "clip": clip}
    agree("LSTM", *inputs, direction="bidirectional", input_forget=coupled, **shared)


def test_the_forget_gate_may_be_what_the_input_gate_leaves() -> None:
    shared: dict[str, Any] = {"outputs": 3, "opset": 14, "hidden_size": HIDDEN}
    agree("LSTM", *layer("LSTM", bias=True, states=True), input_forget=1, **shared)


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("place", [5, -1])
def test_states_of_known_size_for_data_of_unknown_size(kind: str, place: int) -> None:
    """The CPU runtime wants to know both or neither."""
    inputs = layer(kind, states=True)
    inputs[place] = fixed(inputs[place])
    agree(kind, *inputs, outputs=outputs(kind), opset=14, hidden_size=HIDDEN)
