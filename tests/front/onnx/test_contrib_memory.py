"""An LSTM that looks things up in a memory, and paths through matrices of costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")


from tests.front.onnx.microsoft import agreed
from tests.models.nodes import fixed, numbers

# ---- an LSTM: times, samples, inputs, hidden; memory of places and values; its own sizes
T, N, X, H, S, M, A, F = 4, 2, 3, 5, 6, 4, 3, 2


def attended(directions: int = 1, mixes: bool = True, peepholes: bool = False, **given: Any) -> Any:
    found = F if mixes else M
    return (
        numbers(T, N, X),
        fixed(numbers(directions, 4 * H, X + found, high=1)),
        fixed(numbers(directions, 4 * H, H, high=1)),
        fixed(numbers(directions, 8 * H)),
        given.get("lengths"),
        numbers(directions, N, H) if given.get("states") else None,
        numbers(directions, N, H, low=-1) if given.get("states") else None,
        fixed(numbers(directions, 3 * H)) if peepholes else None,
        fixed(numbers(directions, H, A)),
        fixed(numbers(directions, M, A)),
        fixed(numbers(directions, A)),
        numbers(N, S, M),
        given.get("places"),
        fixed(numbers(directions, M + H, F)) if mixes else None,
    )


LENGTHS, PLACES = np.array([4, 2], np.int32), np.array([3, 6], np.int32)


@pytest.mark.parametrize("mixes", [True, False])
@pytest.mark.parametrize(("direction", "count"), [("reverse", 1), ("bidirectional", 2)])
def test_directions_of_an_lstm_with_a_memory(mixes: bool, direction: str, count: int) -> None:
    given = attended(count, mixes, lengths=LENGTHS, places=PLACES, states=True)
    agreed("AttnLSTM", *given, outputs=3, hidden_size=H, direction=direction)


def test_attributes_of_an_lstm_with_a_memory() -> None:
    agreed("AttnLSTM", *attended(), outputs=3, hidden_size=H)
    agreed("AttnLSTM", *attended(peepholes=True, places=PLACES), outputs=3, hidden_size=H)
    agreed("AttnLSTM", *attended(states=True), outputs=3, hidden_size=H, input_forget=1)
    agreed("AttnLSTM", *attended(lengths=LENGTHS), outputs=3, hidden_size=H, clip=0.3)


# ---- paths


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (5, 1), (4, 6), (7, 3), (1, 6, 6)])
@pytest.mark.parametrize("is_tied", [False, True])
def test_cheapest_paths(shape: tuple[int, ...], is_tied: bool) -> None:
    costs = numbers(*shape)
    agreed("DynamicTimeWarping", np.round(costs) if is_tied else costs)
