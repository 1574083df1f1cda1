"""Recurrent layers: LSTM, GRU, SimpleRNN, in one or both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from extensions.front.building import invalid
from extensions.front.recurrence import Layer as Recurrence
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.activation import name_of
from extensions.front.tf.keras.common import Layer, layer
from extensions.ops.arithmetic import Add, Maximum, Minimum, Multiply
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.state import Assign, ReadValue
from mo.graph.node import Output

# Gates of the kernel in the order in which the layer builder takes them.
_GATES = {"LSTM": (0, 3, 1, 2), "GRU": (0, 1, 2), "SimpleRNN": (0,)}
_NAMES = {"linear": "affine", "hard_sigmoid": "hardsigmoid"}


class _Parts:
    """The weights of one direction, gates first, as the layer builder takes them."""

    def __init__(self, layer: Layer, kind: str, prefix: str, units: int) -> None:
        self.g = layer.g
        self.gates = _GATES[kind]
        self.w = self._rows(layer.weight(f"{prefix}kernel"))
        self.r = self._rows(layer.weight(f"{prefix}recurrent_kernel"))
        bias = layer.weights.get(f"{prefix}bias")
        self.biases = self._biases(bias, units)

    def _rows(self, kernel: Output) -> Output:
        """[in, gates * units] as [1, gates * units, in]."""
        turned = self.g.add(Transpose(), kernel, [1, 0])
        return self.g.add(Unsqueeze(), self._reordered(turned), [0])

    def _reordered(self, value: Output) -> Output:
        parts = self.g.add_multi(
            Split(num_splits=len(self.gates)), value, self.g.constant(np.int64(0))
        )
        return self.g.add(Concat(axis=0), *(parts[gate] for gate in self.gates))

    def _biases(self, bias: Output | None, units: int) -> tuple[Output, Output]:
        """Of the input and of the recurrence, which only some GRUs keep apart."""
        count = len(self.gates) * units
        nothing = self.g.constant(np.zeros([1, count], np.float32))
        if bias is None:
            return nothing, nothing
        if bias.rank == 1:
            return self.g.add(Unsqueeze(), self._reordered(bias), [0]), nothing
        halves = self.g.add_multi(Split(num_splits=2), bias, self.g.constant(np.int64(0)))
        first, second = (
            self.g.add(Unsqueeze(), self._reordered(self.g.add(Reshape(), half, [count])), [0])
            for half in halves
        )
        return first, second


def _activation(layer: Layer, config: Mapping[str, Any], key: str, default: str) -> str:
    name = name_of(config.get(key, default))
    if name == "hard_sigmoid" and layer.release >= 3:
        raise refuse("the hard_sigmoid of Keras 3 in a recurrent layer")
    return _NAMES.get(name, name)


def _run(
    layer: Layer, kind: str, config: Mapping[str, Any], x: Output, prefixes: Sequence[str]
) -> tuple[Output, list[Output]]:
    """All outputs [batch, directions, time, units] and the last states [batch, directions, units].

    ``prefixes``: of the names of the weights, one for each direction.
    """
    units = config.get("units")
    if not isinstance(units, int) or units < 1:
        raise invalid(f"its number of units is {units!r}")
    g = layer.g
    parts = [_Parts(layer, kind, prefix, units) for prefix in prefixes]
    main = _activation(layer, config, "activation", "tanh")
    gate = _activation(layer, config, "recurrent_activation", "sigmoid")
    names = {"LSTM": (gate, main, main), "GRU": (gate, main), "SimpleRNN": (main,)}[kind]
    backwards = bool(config.get("go_backwards", False))
    direction = "reverse" if backwards else "forward"
    if len(parts) == 2:
        direction = "bidirectional"
    built = Recurrence(g, x, units, names * len(parts), direction)
    w, r = (_stacked(layer, [getattr(part, key) for part in parts]) for key in ("w", "r"))
    of_input, inner = (_stacked(layer, [part.biases[i] for part in parts]) for i in (0, 1))
    before = [built.zeros()] * (2 if kind == "LSTM" else 1)
    if config.get("stateful"):
        before = [_kept(layer, i, zeros) for i, zeros in enumerate(before)]
    if kind == "GRU":
        apart = bool(config.get("reset_after", layer.release >= 2))
        y, *states = built.gru(before[0], w, r, (of_input, inner), apart)
    elif kind == "LSTM":
        y, *states = built.lstm(before[0], before[-1], w, r, g.add(Add(), of_input, inner))
    else:
        y, *states = built.rnn(before[0], w, r, g.add(Add(), of_input, inner))
    if config.get("stateful"):
        for i, state in enumerate(states):
            g.add(Assign(variable_id=_name_of_state(layer, i)), state)
    return y, states


def _kept(layer: Layer, number: int, first: Output) -> Output:
    """The state that the inference before has left, at first zeros."""
    name, kind = _name_of_state(layer, number), first.dtype
    op = ReadValue(variable_id=name, variable_type=kind, variable_shape=first.shape)
    return layer.g.add(op, first)


def _name_of_state(layer: Layer, number: int) -> str:
    return f"{layer.node.name}/state_{number}"


def _stacked(layer: Layer, values: list[Output]) -> Output:
    return values[0] if len(values) == 1 else layer.g.add(Concat(axis=0), *values)


def _check(config: Mapping[str, Any]) -> None:
    if config.get("time_major"):
        raise refuse("a recurrent layer with time_major")


@layer("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU")
def recurrent(layer: Layer, x: Output) -> Output:
    g, config = layer.g, layer.node.attributes
    kind = layer.node.type.removeprefix("CuDNN")
    _check(config)
    if layer.get("return_state", False):
        raise refuse("a recurrent layer that returns its state")
    y, states = _run(layer, kind, config, x, [""])
    if not layer.get("return_sequences", False):
        return g.add(Squeeze(), states[0], [1])
    y = g.add(Squeeze(), y, [1])
    # Going backwards it gives the last step first.
    return _reversed(layer, y) if layer.get("go_backwards", False) else y


def _reversed(layer: Layer, y: Output) -> Output:
    op = StridedSlice(begin_mask=(1, 1, 1), end_mask=(1, 1, 1))
    return layer.g.add(op, y, [0, 0, 0], [0, 0, 0], [1, -1, 1])


_MERGES = {"sum": Add(), "mul": Multiply(), "ave": Add(), "max": Maximum(), "min": Minimum()}


@layer("Bidirectional")
def bidirectional(layer: Layer, x: Output) -> Output:
    g, inner = layer.g, layer.needed("layer")
    kind, config = str(inner["class_name"]), inner["config"]
    _check(config)
    if kind not in _GATES or config.get("return_state") or config.get("go_backwards"):
        raise refuse(f"a {kind} in both directions with these settings")
    y, states = _run(layer, kind, config, x, ["forward/", "backward/"])
    is_sequence = bool(config.get("return_sequences", False))
    both = y if is_sequence else states[0]
    mode = str(layer.get("merge_mode", "concat"))
    if mode == "concat":
        # Split, Squeeze and Concat make the runtime fail where the number of steps is open.
        steps = g.add(Transpose(), both, [0, 2, 1, 3]) if is_sequence else both
        return g.add(Reshape(special_zero=True), steps, [0, 0, -1] if is_sequence else [0, -1])
    parts = g.add_multi(Split(num_splits=2), both, g.constant(np.int64(1)))
    forward, backward = (g.add(Squeeze(), part, [1]) for part in parts)
    if mode not in _MERGES:
        raise refuse(f"the merge mode '{mode}'")
    merged = g.add(_MERGES[mode], forward, backward)
    return g.add(Multiply(), merged, 0.5) if mode == "ave" else merged
