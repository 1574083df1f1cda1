"""Recurrent layers: LSTM, GRU, SimpleRNN, in one or both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from extensions.front.building import invalid, sliced
from extensions.front.recurrence import Layer as Recurrence
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.activation import name_of
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.masks import mask_of
from extensions.ops.arithmetic import Add, Maximum, Minimum, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.ragged import Masked
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.state import Assign, ReadValue
from mo.graph.graph import Graph
from mo.graph.node import Output

# Gates of the kernel in the order in which the layer builder takes them.
_GATES = {"LSTM": (0, 3, 1, 2), "GRU": (0, 1, 2), "SimpleRNN": (0,)}
_FAR = (1 << 31) - 1
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


class _Result(NamedTuple):
    """What a layer gives, its directions side by side."""

    # All outputs [batch, directions, time, units]; the last ones and states without time.
    all: Output
    last: Output
    states: Sequence[Output]


class _Run:
    """A layer of a kind over data [batch, time, features], for one direction or both."""

    def __init__(
        self, layer: Layer, kind: str, config: Mapping[str, Any], prefixes: Sequence[str]
    ) -> None:
        """``prefixes``: of the names of the weights, one for each direction."""
        units = config.get("units")
        if not isinstance(units, int) or units < 1:
            raise invalid(f"its number of units is {units!r}")
        self.layer = layer
        self.g = layer.g
        self.kind = kind
        self.config = config
        self.units = units
        self.parts = [_Parts(layer, kind, prefix, units) for prefix in prefixes]
        main = _activation(layer, config, "activation", "tanh")
        gate = _activation(layer, config, "recurrent_activation", "sigmoid")
        names = {"LSTM": (gate, main, main), "GRU": (gate, main), "SimpleRNN": (main,)}
        self.names = names[kind]
        self.count = 2 if kind == "LSTM" else 1

    def result(self, x: Output, mask: Output | None, given: Sequence[Output]) -> _Result:
        """``given``: the states at first, [batch, units]."""
        config, is_one_way = self.config, len(self.parts) == 1
        direction = "reverse" if config.get("go_backwards") else "forward"
        direction = direction if is_one_way else "bidirectional"
        shape = Recurrence(self.g, x, self.units, self.names * len(self.parts), direction)
        before = self._before(shape, given)
        if mask is None:
            y, *states = self._computed(shape, self.parts, before)
            found = _Result(y, states[0], states)
        else:
            found = self._masked(x, mask, before)
        if config.get("stateful"):
            for i, state in enumerate(found.states):
                self.g.add(Assign(variable_id=_name_of_state(self.layer, i)), state)
        return found

    def _before(self, built: Recurrence, given: Sequence[Output]) -> list[Output]:
        """The states at first, [batch, directions, units]."""
        if given and (len(given) != self.count or len(self.parts) > 1):
            raise refuse(f"{len(given)} initial states of a recurrent layer")
        if given:
            return [self.g.add(Unsqueeze(), state, [1]) for state in given]
        before = [built.zeros()] * self.count
        if self.config.get("stateful"):
            return [_kept(self.layer, i, zeros) for i, zeros in enumerate(before)]
        return before

    def _computed(
        self, built: Recurrence, parts: Sequence[_Parts], before: Sequence[Output]
    ) -> tuple[Output, ...]:
        g, layer = self.g, self.layer
        w, r = (_stacked(layer, [getattr(part, key) for part in parts]) for key in ("w", "r"))
        of_input, inner = (_stacked(layer, [part.biases[i] for part in parts]) for i in (0, 1))
        if self.kind == "GRU":
            apart = bool(self.config.get("reset_after", layer.release >= 2))
            return built.gru(before[0], w, r, (of_input, inner), apart)
        bias = g.add(Add(), of_input, inner)
        if self.kind == "LSTM":
            return built.lstm(before[0], before[1], w, r, bias)
        return built.rnn(before[0], w, r, bias)

    def _masked(self, x: Output, mask: Output, before: Sequence[Output]) -> _Result:
        """Each direction by itself, over the steps that count; the others repeat the output."""
        g, found = self.g, []
        for number, part in enumerate(self.parts):
            turns = bool(number or self.config.get("go_backwards"))
            data, counts = (_reversed(g, v) if turns else v for v in (x, mask))
            steps = Masked(g, counts)
            ordered = steps.gathered(data)
            built = Recurrence(g, ordered, self.units, self.names, lengths=steps.lengths)
            own = [_direction(g, state, number, len(self.parts)) for state in before]
            y, *states = self._computed(built, [part], own)
            y, nothing = (g.add(Squeeze(), value, [1]) for value in (y, built.zeros()))
            if self.config.get("zero_output_for_mask"):
                y = steps.filled(nothing, y, g.constant(np.asarray(0.0), y.dtype))
            else:
                y = steps.held(nothing, y)
            last = g.add(Gather(negative_indices=True), y, [-1], g.constant(np.int64(1)))
            y = g.add(Unsqueeze(), _reversed(g, y) if turns else y, [1])
            found.append([y, last, *states])
        if len(found) == 1:
            y, last, *states = found[0]
        else:
            y, last, *states = (g.add(Concat(axis=1), *values) for values in zip(*found))
        return _Result(y, last, states)


def _direction(g: Graph, state: Output, number: int, count: int) -> Output:
    along = g.constant(np.int64(1))
    return state if count == 1 else g.add_multi(Split(num_splits=count), state, along)[number]


def _reversed(g: Graph, value: Output) -> Output:
    """The last step first."""
    return sliced(g, value, [_FAR], [-_FAR], [1], [-1])


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
def recurrent(layer: Layer, x: Output, *states: Output) -> Any:
    g, config = layer.g, layer.node.attributes
    _check(config)
    run = _Run(layer, layer.node.type.removeprefix("CuDNN"), config, [""])
    found = run.result(x, mask_of(layer), _initial(layer, states))
    if not config.get("return_sequences"):
        y = g.add(Squeeze(), found.last, [1])
    else:
        y = g.add(Squeeze(), found.all, [1])
        # Going backwards it gives the last step first.
        y = _reversed(g, y) if config.get("go_backwards") else y
    if not config.get("return_state"):
        return y
    return y, *(g.add(Squeeze(), state, [1]) for state in found.states)


def _initial(layer: Layer, further: Sequence[Output]) -> list[Output]:
    """States that are given: by their name, or (Keras 2) behind the data."""
    named = layer.argument(None, "initial_state")
    listed = named if isinstance(named, list) else [named] if named is not None else further
    return list(listed)


_MERGES = {"sum": Add(), "mul": Multiply(), "ave": Add(), "max": Maximum(), "min": Minimum()}


@layer("Bidirectional")
def bidirectional(layer: Layer, x: Output, *further: Output) -> Any:
    inner = layer.needed("layer")
    kind, config = str(inner["class_name"]), inner["config"]
    _check(config)
    if kind not in _GATES or config.get("go_backwards"):
        raise refuse(f"a {kind} in both directions with these settings")
    if layer.release < 3:
        # Without saying so in its configuration.
        config = {**config, "zero_output_for_mask": bool(config.get("return_sequences"))}
    run = _Run(layer, kind, config, ["forward/", "backward/"])
    found = run.result(x, mask_of(layer), _initial(layer, further))
    is_sequence = bool(config.get("return_sequences", False))
    y = _both(layer, found.all if is_sequence else found.last, is_sequence)
    if not config.get("return_state"):
        return y
    halves = [_halves(layer, state) for state in found.states]
    return y, *(halves[i][direction] for direction in (0, 1) for i in range(len(halves)))


def _both(layer: Layer, both: Output, is_sequence: bool) -> Output:
    """Both directions as one, in the way asked for."""
    g, mode = layer.g, str(layer.get("merge_mode", "concat"))
    if mode == "concat":
        # Split, Squeeze and Concat make the runtime fail where the number of steps is open.
        steps = g.add(Transpose(), both, [0, 2, 1, 3]) if is_sequence else both
        return g.add(Reshape(special_zero=True), steps, [0, 0, -1] if is_sequence else [0, -1])
    if mode not in _MERGES:
        raise refuse(f"the merge mode '{mode}'")
    merged = g.add(_MERGES[mode], *_halves(layer, both))
    return g.add(Multiply(), merged, 0.5) if mode == "ave" else merged


def _halves(layer: Layer, both: Output) -> tuple[Output, Output]:
    g = layer.g
    parts = g.add_multi(Split(num_splits=2), both, g.constant(np.int64(1)))
    forward, backward = (g.add(Squeeze(), part, [1]) for part in parts)
    return forward, backward
