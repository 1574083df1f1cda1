"""What components of nnet1 and nnet2 make of whole utterances [T, columns]."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tests.front.kaldi.parts import normal, sigmoid
from tests.front.kaldi.writing import Double, Field


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def splice(x: np.ndarray, offsets: Sequence[int]) -> np.ndarray:
    """The first and the last frame go on for ever."""
    places = [np.clip(np.arange(len(x)) + offset, 0, len(x) - 1) for offset in offsets]
    return np.concatenate([x[place] for place in places], 1)


def windows(x: np.ndarray, offsets: list[int]) -> list[np.ndarray]:
    """The frames at each offset, at all times at which they are all there."""
    low, high = min(0, *offsets), max(0, *offsets)
    return [x[offset - low : len(x) - high + offset] for offset in offsets]


def lstm(arrays: list[np.ndarray], x: np.ndarray, clip: float = 50) -> np.ndarray:
    """Karel Vesely's LstmProjected: gates g, i, f, o with peepholes, output projected."""
    wx, wr, b, pi, pf, po, wm = arrays
    cell, out, rows = np.zeros(len(pi)), np.zeros(len(wm)), []
    for frame in x:
        g, i, f, o = np.split(wx @ frame + wr @ out + b, 4)
        cell = np.tanh(g) * sigmoid(i + pi * cell) + cell * sigmoid(f + pf * cell)
        cell = np.clip(cell, -clip, clip) if clip > 0 else cell
        out = wm @ (sigmoid(o + po * cell) * np.tanh(cell))
        rows.append(out)
    return np.array(rows)


def statistics(width: int) -> list[Field]:
    zeros = np.zeros(width)
    return [("Dim", width), ("ValueSum", zeros), ("DerivSum", zeros), ("Count", Double(0))]


Layer = tuple[str, Sequence[Field]]


def p_norm(random: np.random.Generator) -> tuple[list[Layer], Callable[[np.ndarray], np.ndarray]]:
    """Online p-norm: spliced features with an i-vector, p-norm and normalize, softmax, sums.

    The layers, and what they make of an utterance [T, 10], whose last three columns do not change.
    """
    w1, b1 = normal(random, 24, 52, scale=0.2), normal(random, 24)
    w2, b2 = normal(random, 10, 16), normal(random, 10)
    around = [("InputDim", 10), ("LeftContext", 3), ("RightContext", 3), ("ConstComponentDim", 3)]
    layers: list[Layer] = [
        ("SpliceComponent", around),
        ("FixedAffineComponent", [("LinearParams", w1), ("BiasParams", b1)]),
        ("PnormComponent", [("InputDim", 24), ("OutputDim", 8), ("P", 2.0)]),
        ("NormalizeComponent", statistics(8)),
        ("SpliceComponent", [("InputDim", 8), ("Context", [-2, 1]), ("ConstComponentDim", 0)]),
        ("AffineComponent", [("LearningRate", 0.1), ("LinearParams", w2), ("BiasParams", b2)]),
        ("SoftmaxComponent", statistics(10)),
        ("SumGroupComponent", [("Sizes", [1, 4, 2, 3])]),
    ]

    def function(x: np.ndarray) -> np.ndarray:
        padded = np.concatenate([x[:1].repeat(5, 0), x, x[-1:].repeat(4, 0)])
        around = [*windows(padded[:, :7], list(range(-3, 4))), padded[3:-3, 7:]]
        hidden = np.concatenate(around, 1) @ w1.T + b1
        hidden = np.sqrt((hidden.reshape(-1, 8, 3) ** 2).sum(2))
        hidden /= np.sqrt((hidden**2).mean(1, keepdims=True))
        classes = softmax(np.concatenate(windows(hidden, [-2, 1]), 1) @ w2.T + b2)
        return np.stack([part.sum(1) for part in np.split(classes, [1, 5, 7], 1)], 1)

    return layers, function


def p_norm_utterance(random: np.random.Generator, frames: int) -> np.ndarray:
    return np.concatenate([normal(random, frames, 7), np.tile(normal(random, 3), (frames, 1))], 1)
