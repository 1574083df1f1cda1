"""Recurrent cells and sequences, transcription, spectra."""

from __future__ import annotations

import numpy as np

from tests.classic.operation_cases import Cases, fixed, numbers
from tests.classic.operation_cases.statistics import softmax

CASES = Cases()


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def lstm(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, w: np.ndarray, b: np.ndarray, order: str
) -> tuple[np.ndarray, np.ndarray]:
    """One step; ``w`` holds the weights of x and h side by side, gates in the given order."""
    parts = np.split(np.concatenate([x, h], -1) @ w.T + b, 4, -1)
    gates = dict(zip(order, parts))
    c = sigmoid(gates["f"]) * c + sigmoid(gates["i"]) * np.tanh(gates["c"])
    return sigmoid(gates["o"]) * np.tanh(c), c


def gru(x: np.ndarray, h: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One step; gates update, reset, new."""
    size = h.shape[-1]
    both = np.concatenate([x, h], -1) @ w[: 2 * size].T + b[: 2 * size]
    z, r = np.split(sigmoid(both), 2, -1)
    new = np.tanh(np.concatenate([x, r * h], -1) @ w[2 * size :].T + b[2 * size :])
    return (1 - z) * new + z * h


_x, _h, _c = numbers(2, 3), fixed(numbers(2, 4, seed=2)), fixed(numbers(2, 4, seed=3))
for _name, _gates, _states, _formula, _outputs in (
    ("lstm_cell.LSTMCell", 4, (_h, _c), lambda x, h, c, w, b: lstm(x, h, c, w, b, "fico"), (0, 1)),
    ("GRUCell.GRUCell", 3, (_h,), gru, (0,)),
    (
        "RNNCell.RNNCell",
        1,
        (_h,),
        lambda x, h, w, b: np.tanh(np.concatenate([x, h], -1) @ w.T + b),
        (0,),
    ),
):
    CASES.add(
        f"extensions.ops.{_name}",
        (_x, *_states, fixed(numbers(4 * _gates, 7)), fixed(numbers(4 * _gates, seed=4))),
        _formula,
        _outputs,
        hidden_size=4,
        opens=False,
    )


def lstm_sequence(
    x: np.ndarray, w: np.ndarray, r: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, ...]:
    h = c = np.zeros((x.shape[1], 4), np.float32)
    joined, bias = np.concatenate([w[0], r[0]], 1), b[0][:16] + b[0][16:]
    steps = []
    for step in x:
        h, c = lstm(step, h, c, joined, bias, "iofc")
        steps.append(h)
    return np.stack(steps)[:, None], h[None], c[None]


def gru_sequence(x: np.ndarray, w: np.ndarray, r: np.ndarray, b: np.ndarray) -> np.ndarray:
    h = np.zeros((x.shape[1], 4), np.float32)
    steps = []
    for step in x:
        h = gru(step, h, np.concatenate([w[0], r[0]], 1), b[0][:12] + b[0][12:])
        steps.append(h)
    return np.stack(steps)[:, None]


def rnn_sequence(x: np.ndarray, w: np.ndarray, r: np.ndarray, b: np.ndarray) -> np.ndarray:
    h = np.zeros((x.shape[1], 4), np.float32)
    steps = []
    for step in x:
        h = np.tanh(step @ w[0].T + h @ r[0].T + b[0][:4] + b[0][4:])
        steps.append(h)
    return np.stack(steps)[:, None]


for _name, _gates, _formula, _outputs in (
    ("LSTM", 4, lstm_sequence, (0, 1, 2)),
    ("GRU", 3, gru_sequence, (0,)),
    ("RNN", 1, rnn_sequence, (0,)),
):
    _w = [fixed(numbers(1, 4 * _gates, n, seed=n)) for n in (3, 4)]
    CASES.add(
        f"extensions.ops.{_name}.{_name}",
        (numbers(5, 2, 3), *_w, fixed(numbers(1, 8 * _gates))),
        _formula,
        _outputs,
        opens=False,
        hidden_size=4,
        blobs_wrb=True,
        has_num_directions=True,
        batch_dim=1,
        sequence_dim=0,
        format="onnx",
    )

# ---- transcription
_scores = softmax(numbers(4, 1, 3, seed=7), 2)
CASES.add(
    "extensions.ops.ctc_greedy_decoder.CTCGreedyDecoderOp",
    (_scores, fixed(np.ones((4, 1)))),
    lambda p, m: _decoded(p),
    opens=False,
    ctc_merge_repeated=True,
)
CASES.add(
    "extensions.ops.ctc_greedy_decoder_seq_len.CTCGreedyDecoderSeqLenOp",
    (_scores.transpose(1, 0, 2).copy(), fixed([4], np.int32), fixed(2, np.int32)),
    lambda p, n, blank: (_decoded(p.transpose(1, 0, 2)).reshape(1, 4),),
    opens=False,
    merge_repeated=True,
    classes_index_type=np.int32,
    sequence_length_type=np.int32,
)
CASES.add(
    "extensions.ops.ctc_loss.CTCLoss",
    (
        numbers(1, 2, 3),
        fixed([2], np.int32),
        fixed([[0, 1]], np.int32),
        fixed([2], np.int32),
        fixed(2, np.int32),
    ),
    lambda x, *_: -np.log(softmax(x, 2)[0, [0, 1], [0, 1]]).sum(keepdims=True),
    ctc_merge_repeated=True,
    opens=False,
)
CASES.add(
    "extensions.ops.GatherTree.GatherTree",
    (
        fixed([[[1, 2]], [[3, 4]]], np.float32),
        fixed([[[0, 0]], [[1, 0]]], np.float32),
        fixed([2.0]),
        fixed(9.0),
    ),
    lambda *_: np.array([[[2, 1]], [[3, 4]]]),
)


def _decoded(scores: np.ndarray) -> np.ndarray:
    """[batch, time, 1, 1]: classes without repetitions and blanks (the last), then -1."""
    best = scores.argmax(2)[:, 0]
    kept = [int(k) for t, k in enumerate(best) if k != 2 and (t == 0 or best[t - 1] != k)]
    return np.array(kept + [-1] * (len(best) - len(kept)), np.float32).reshape(1, -1, 1, 1)


# ---- spectra: numbers in pairs of real and imaginary parts
def transformed(x: np.ndarray, function: object) -> np.ndarray:
    found = function(x[..., 0] + 1j * x[..., 1])  # type: ignore[operator]
    return np.stack([found.real, found.imag], -1)


_pairs = numbers(2, 4, 3, 2)
CASES.add(
    "extensions.ops.dft.DFT",
    (_pairs, fixed([1])),
    lambda x, a: transformed(x, lambda z: np.fft.fft(z, axis=1)),
)
CASES.add(
    "extensions.ops.dft.IDFT",
    (_pairs, fixed([1, 2])),
    lambda x, a: transformed(x, lambda z: np.fft.ifft2(z, axes=(1, 2))),
)
CASES.add(
    "extensions.ops.TFFFT.TFFFT",
    _pairs,
    lambda x: transformed(x, lambda z: np.fft.fft2(z)),
    is_inverse=False,
    num_of_dimensions=2,
)
CASES.add(
    "extensions.ops.TFFFT.TFFFT",
    _pairs,
    lambda x: transformed(x, lambda z: np.fft.ifft(z)),
    is_inverse=True,
    num_of_dimensions=1,
)
CASES.add(
    "extensions.ops.mxfft.MXFFT",
    numbers(2, 4),
    lambda x: transformed(np.stack([x, 0 * x], -1), np.fft.fft).reshape(2, 8),
    is_inverse=False,
)
CASES.add(
    "extensions.ops.mxfft.MXFFT",
    numbers(2, 8),
    lambda x: 4 * transformed(x.reshape(2, 4, 2), np.fft.ifft)[..., 0],
    is_inverse=True,
)
