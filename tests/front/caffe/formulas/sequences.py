"""Recurrent layers and the decoding of sequences."""

from __future__ import annotations

import numpy as np

from tests.front.caffe.formulas.common import Array, Formula, sigmoid


def lstm(x: Array, going: Array, *more: Array) -> Array:
    """Gates i, f, o, g; a static input of each sequence may stand behind the weights of x."""
    hidden = more[-1].shape[1]
    zero = np.zeros((1, x.shape[1], hidden), np.float32)
    if len(more) == 5:
        static, *blobs = more
        return _lstm(x, going, zero, zero, *blobs, static=static)[0]
    return _lstm(x, going, zero, zero, *more)[0]


def exposed_lstm(x: Array, going: Array, h: Array, c: Array, *blobs: Array) -> tuple[Array, ...]:
    """All outputs, and the last states."""
    return _lstm(x, going, h, c, *blobs)


def _lstm(
    x: Array, going: Array, h: Array, c: Array, *blobs: Array, static: Array | None = None
) -> tuple[Array, ...]:
    w, b, *of_static, r = blobs
    results = []
    for step, keep in zip(x.reshape(*x.shape[:2], -1), going):
        gates = step @ w.T + b + (h[0] * keep[:, None]) @ r.T
        if static is not None:
            gates = gates + static @ of_static[0].T
        c, h = lstm_unit(c, gates[None], keep[None])
        results.append(h)
    return np.concatenate(results), h, c


def lstm_unit(c: Array, gates: Array, going: Array) -> tuple[Array, Array]:
    """State and output [1, N, D] of one step."""
    i, f, o, g = np.split(gates, 4, 2)
    c = going[..., None] * sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return c, sigmoid(o) * np.tanh(c)


def rnn(x: Array, going: Array, *blobs: Array) -> Array:
    return exposed_rnn(x, going, np.zeros((1, x.shape[1], blobs[2].shape[1]), np.float32), *blobs)[
        0
    ]


def exposed_rnn(
    x: Array, going: Array, h: Array, w: Array, b: Array, r: Array, wo: Array, bo: Array
) -> tuple[Array, Array]:
    """All outputs, and the last state."""
    results = []
    for step, keep in zip(x, going):
        h = np.tanh(step @ w.T + b + (h[0] * keep[:, None]) @ r.T)[None]
        results.append(np.tanh(h @ wo.T + bo))
    return np.concatenate(results), h


def ctc(merge: bool, blank: int | None = None) -> Formula:
    """The best class of each step, without blanks (the last class if none is named)."""

    def compute(x: Array, going: Array) -> Array:
        steps, batch, classes = x.shape
        nothing = classes - 1 if blank is None else blank
        y = np.full((batch, steps, 1, 1), -1.0, np.float32)
        for n in range(batch):
            last, at = -1, 0
            for t in range(steps):
                if t and not going[t, n]:
                    break
                best = int(x[t, n].argmax())
                if best != nothing and not (merge and best == last):
                    y[n, at], at = best, at + 1
                last = best
        return y

    return compute
