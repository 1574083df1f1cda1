"""What MXNet 1.9.1 overlooks on CPUs in the fused RNN: lengths of sequences and limits of states.

The judge of lengths is what MXNet computes for sequences without them: each one of a batch on its
own. That of limits is the formula of cuDNN, which clips the state before the output is made of it.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.front.mxnet.running import Case, cases, check, converted
from tests.ops import runtime

LENGTHS = (2, 4)


def alone(case: Case, place: int) -> list[np.ndarray]:
    """The results for the beginning of one sequence of the batch."""
    own = slice(place, place + 1)
    inputs = {name: array[:, own] for name, array in case.inputs.items()}
    inputs["in0"] = inputs["in0"][: LENGTHS[place]]
    graph, arrays = converted(replace(case, inputs=inputs))
    return runtime.run(graph, arrays)


def with_lengths(case: Case) -> Case:
    symbol = copy.deepcopy(case.symbol)
    rnn = symbol["nodes"][-1]
    rnn["attrs"]["use_sequence_length"] = "True"
    rnn["inputs"].append([len(symbol["nodes"]) - 1, 0, 0])
    symbol["nodes"].insert(-1, {"op": "null", "name": "lengths", "inputs": []})
    symbol["heads"] = [[node + 1, *rest] for node, *rest in symbol["heads"]]
    y, *last = (np.zeros_like(output) for output in case.outputs)
    for place, length in enumerate(LENGTHS):
        own = alone(case, place)
        y[:length, place] = own[0][:, 0]
        for state, value in zip(last, own[1:]):
            state[:, place] = value[:, 0]
    inputs = {**case.inputs, "lengths": np.array(LENGTHS, np.float32)}
    return replace(case, symbol=symbol, inputs=inputs, outputs=[y, *last])


@pytest.mark.parametrize("open_axes", ["none", "all"])
@pytest.mark.parametrize("mode", ["lstm", "gru", "rnn_tanh"])
def test_lengths(mode: str, open_axes: str) -> None:
    recorded = {case.name: case for case in cases("recurrent")}
    check(with_lengths(recorded[f"{mode},2 layers,2 ways,True"]), open_axes)


# ---- limits of states

LIMITS = (-0.3, 0.4)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def clipped(case: Case) -> Case:
    """A recorded LSTM of one layer and direction, perhaps projected, with limits for its state."""
    symbol = copy.deepcopy(case.symbol)
    attributes = symbol["nodes"][-1]["attrs"]
    attributes.update(zip(("lstm_state_clip_min", "lstm_state_clip_max"), map(str, LIMITS)))
    x, h, c = (case.inputs[f"in{place}"].astype(np.float64) for place in range(3))
    rows, width = 4 * c.shape[2], h.shape[2]
    sizes = [
        rows * x.shape[2],
        rows * width,
        width * c.shape[2] * ("projection_size" in attributes),
    ]
    w, r, p, b = np.split(case.weights["w"].astype(np.float64), np.cumsum(sizes))
    w, r, bias = w.reshape(rows, -1), r.reshape(rows, width), b.reshape(2, rows).sum(0)
    h, c, outputs = h[0], c[0], []
    for slice_ in x:
        i, f, fresh, o = np.split(slice_ @ w.T + h @ r.T + bias, 4, axis=1)
        c = np.clip(sigmoid(f) * c + sigmoid(i) * np.tanh(fresh), *LIMITS)
        h = sigmoid(o) * np.tanh(c)
        if p.size:
            h = h @ p.reshape(width, -1).T
        outputs.append(h)
    found = [np.float32(value) for value in (outputs, h[None], c[None])]
    return replace(case, symbol=symbol, outputs=found[: len(case.outputs)])


@pytest.mark.parametrize("open_axes", ["none", "all"])
@pytest.mark.parametrize("kind", ["False", "True,projected"])
def test_limits_of_states(kind: str, open_axes: str) -> None:
    recorded = {case.name: case for case in cases("recurrent")}
    check(clipped(recorded[f"lstm,1 layers,1 ways,{kind}"]), open_axes)


def changed(family: str, name: str, **attributes: str) -> Case:
    """A recorded case whose last node is told something else."""
    (case,) = (case for case in cases(family) if case.name == name)
    symbol = copy.deepcopy(case.symbol)
    symbol["nodes"][-1]["attrs"].update(attributes)
    return replace(case, symbol=symbol)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"lstm_state_clip_min": "-1"}, "'rnn'.*clipped between -1.0 and None"),
        ({"lstm_state_clip_min": "2", "lstm_state_clip_max": "1"}, "between 2.0 and 1.0"),
        (
            {"lstm_state_clip_min": "0", "lstm_state_clip_max": "1", "lstm_state_clip_nan": "True"},
            "'rnn'.*lstm_state_clip_nan .it is told nowhere which limit NaN becomes",
        ),
    ],
)
def test_limits_that_say_nothing_are_refused(attributes: dict[str, str], words: str) -> None:
    with pytest.raises(ConversionError, match=words):
        converted(changed("recurrent", "lstm,1 layers,1 ways,False", **attributes))


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"num_layers": "2"}, "'rnn'.*several layers .MXNet reads the steps of their weights"),
        ({"mode": "gru"}, "'rnn'.*no LSTM"),
        ({"projection_size": "2"}, "without projection"),
        ({"use_sequence_length": "True"}, "lengths of sequences"),
    ],
)
def test_quantised_networks_that_are_refused(attributes: dict[str, str], words: str) -> None:
    name = "quantized_rnn(1 ways,False,calibrated)"
    with pytest.raises(ConversionError, match=words):
        converted(changed("quantized_rnn", name, **attributes))
