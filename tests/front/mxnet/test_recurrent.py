"""Sequences of different lengths in the fused RNN, which MXNet 1.9.1 overlooks on CPUs.

The judge is what MXNet computes for sequences without lengths: each one of a batch on its own.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("openvino")

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
