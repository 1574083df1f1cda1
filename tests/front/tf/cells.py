"""The recurrent cells of TensorFlow 1 as their documentation defines them.

Kernels are [inputs + outputs, gates * units] as there; they are random constants. A cell can be
given to ``tf.compat.v1.nn.dynamic_rnn``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf


def weights(*shape: int, seed: int = 0) -> Any:
    drawn = np.random.default_rng([seed, *shape]).uniform(-1, 1, shape)
    return (drawn / np.sqrt(shape[0])).astype(np.float32)


def dense(x: Any, inputs: int, outputs: int, seed: int = 0) -> Any:
    return tf.matmul(x, weights(inputs, outputs, seed=seed)) + weights(outputs, seed=seed)


class Cell:
    """What dynamic_rnn asks of a cell."""

    def __init__(self, inputs: int, units: int, seed: int = 0) -> None:
        self.inputs, self.units, self.seed = inputs, units, seed

    @property
    def output_size(self) -> int:
        return self.units

    @property
    def state_size(self) -> Any:
        return self.units

    def zero_state(self, batch: Any, dtype: Any) -> Any:
        sizes = tf.nest.flatten(self.state_size)
        zeros = [tf.zeros(tf.stack([batch, size]), dtype) for size in sizes]
        for state, size in zip(zeros, sizes):
            state.set_shape([None, size])
        return tf.nest.pack_sequence_as(self.state_size, zeros)

    def get_initial_state(
        self, inputs: Any = None, batch_size: Any = None, dtype: Any = None
    ) -> Any:
        return self.zero_state(batch_size, dtype)

    def gates(self, xs: list[Any], size: int, part: int = 0) -> Any:
        rows = self.inputs + self.output_size
        kernel, bias = weights(rows, size, seed=self.seed + part), weights(size, seed=self.seed)
        return tf.nn.bias_add(tf.matmul(tf.concat(xs, 1), kernel), bias)


class BasicRNN(Cell):
    def __call__(self, x: Any, h: Any, scope: Any = None) -> Any:
        h = tf.tanh(self.gates([x, h], self.units))
        return h, h


class GRU(Cell):
    def __call__(self, x: Any, h: Any, scope: Any = None) -> Any:
        r, u = tf.split(tf.sigmoid(self.gates([x, h], 2 * self.units)), 2, 1)
        fresh = tf.tanh(self.gates([x, r * h], self.units, 1))
        h = u * h + (1 - u) * fresh
        return h, h


class BasicLSTM(Cell):
    forget_bias = 1.0

    @property
    def state_size(self) -> Any:
        return self.units, self.units

    def __call__(self, x: Any, state: Any, scope: Any = None) -> Any:
        c, h = state
        i, j, f, o = tf.split(self.gates([x, h], 4 * self.units), 4, 1)
        c = c * tf.sigmoid(f + self.forget_bias) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        return h, (c, h)


class LSTM(Cell):
    """With peepholes, a projection, and the cell clipped."""

    def __init__(
        self,
        inputs: int,
        units: int,
        seed: int = 0,
        projection: int = 0,
        peepholes: bool = False,
        clip: float = 0.0,
    ) -> None:
        super().__init__(inputs, units, seed)
        self.projection, self.peepholes, self.clip = projection, peepholes, clip

    @property
    def output_size(self) -> int:
        return self.projection or self.units

    @property
    def state_size(self) -> Any:
        return self.units, self.output_size

    def __call__(self, x: Any, state: Any, scope: Any = None) -> Any:
        c, h = state
        i, j, f, o = tf.split(self.gates([x, h], 4 * self.units), 4, 1)
        of = [weights(self.units, seed=9 + k) if self.peepholes else 0.0 for k in range(3)]
        c = tf.sigmoid(f + 1.0 + of[0] * c) * c + tf.sigmoid(i + of[1] * c) * tf.tanh(j)
        if self.clip:
            c = tf.clip_by_value(c, -self.clip, self.clip)
        h = tf.sigmoid(o + of[2] * c) * tf.tanh(c)
        if self.projection:
            h = tf.matmul(h, weights(self.units, self.projection, seed=5))
        return h, (c, h)


class Stacked(Cell):
    """One cell on top of another."""

    def __init__(self, *cells: Cell) -> None:
        self.cells = cells

    @property
    def output_size(self) -> int:
        return self.cells[-1].output_size

    @property
    def state_size(self) -> Any:
        return tuple(cell.state_size for cell in self.cells)

    def __call__(self, x: Any, state: Any, scope: Any = None) -> Any:
        after = []
        for cell, before in zip(self.cells, state):
            x, last = cell(x, before)
            after.append(last)
        return x, tuple(after)
