"""What one iteration of a loop computes, as a step of LSTM, GRU or a plain recurrent cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from extensions.middle.affine import Affine, Affines, NoMatch
from extensions.ops.activation import ReLU, Sigmoid, Tanh
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.movement import Split
from extensions.ops.recurrent import GRUSequence, LSTMSequence, RNNSequence
from mo.graph.node import Output
from mo.graph.op import Op

_FUNCTIONS: dict[type[Op], str] = {Sigmoid: "sigmoid", Tanh: "tanh", ReLU: "relu"}


class Cell(NamedTuple):
    """A step: the sequence operation, its attributes, the states, the gates in its order.

    ``vectors`` are what the recurrent weights of each gate are multiplied by. ``apart``: what the
    reset gate is multiplied with, where that comes behind the product.
    """

    kind: Any
    attributes: dict[str, Any]
    states: tuple[Output, ...]
    gates: list[Affine]
    vectors: list[Output]
    apart: Affine | None = None


class _Gate(NamedTuple):
    """A function of a sum of products."""

    function: str
    form: Affine


class Recogniser:
    """Finds the cell behind a state. ``states``: what each is after the iteration."""

    def __init__(
        self,
        states: Mapping[Output, Output],
        affines: Affines,
        is_sequence: Callable[[Output], bool],
    ) -> None:
        self.states = states
        self.affines = affines
        self.is_sequence = is_sequence

    def cells(self, state: Output) -> Iterator[Cell]:
        for recognise in (self._lstm, self._gru, self._rnn):
            try:
                yield recognise(state)
            except NoMatch:
                continue

    def _lstm(self, h: Output) -> Cell:
        """h' = o * f(c'), c' = f * c + i * g"""
        for output, squashed in _factors(self.states[h]):
            function = _FUNCTIONS.get(type(squashed.node.op))
            fresh = squashed.node.inputs[0] if function else None
            c = next((s for s, value in self.states.items() if value is fresh), None)
            if function is None or fresh is None or c is None or c is h:
                continue
            for forget, let_in, candidate in _cell_states(fresh, c):
                if type(let_in.node.op) is type(output.node.op):
                    gates = [self._gate(v) for v in (forget, let_in, candidate, output)]
                    if len({gates[place].function for place in (0, 1, 3)}) > 1:
                        raise NoMatch
                    names = (gates[0].function, gates[2].function, function)
                    forms = [gate.form for gate in gates]
                    return Cell(LSTMSequence, {"activations": names}, (h, c), forms, [h] * 4)
        raise NoMatch

    def _gru(self, h: Output) -> Cell:
        """h' = u * h + (1 - u) * c; the reset gate before or behind the product in c."""
        for kept, added in _terms(self.states[h]):
            for update, before in _factors(kept):
                for rest, candidate in _factors(added):
                    if before is h and _is_rest(rest, update):
                        return self._gru_of(h, self._gate(update), self._gate(candidate))
        raise NoMatch

    def _gru_of(self, h: Output, update: _Gate, candidate: _Gate) -> Cell:
        form = candidate.form
        products = [v for v in form.terms if isinstance(v.node.op, Multiply)]
        inner = next((v for v in products if not self.is_sequence(v)), None)
        if inner is None:
            raise NoMatch
        reset, recurrence = next(
            ((self._gate(r), v) for r, v in _factors(inner) if _may_be_gate(r)), (None, None)
        )
        if reset is None or recurrence is None or reset.function != update.function:
            raise NoMatch
        behind, apart = recurrence is not h, None
        if behind:
            if form.terms[inner] is not None:
                raise NoMatch
            apart = self.affines.of(recurrence)
            form = Affine({k: m for k, m in form.terms.items() if k is not inner}, form.bias)
        attributes = {
            "activations": (update.function, candidate.function),
            "linear_before_reset": behind,
        }
        gates, vectors = [update.form, reset.form, form], [h, h, h if behind else inner]
        return Cell(GRUSequence, attributes, (h,), gates, vectors, apart)

    def _rnn(self, h: Output) -> Cell:
        """h' = f(W * x + R * h + b)"""
        gate = self._gate(self.states[h])
        return Cell(RNNSequence, {"activations": (gate.function,)}, (h,), [gate.form], [h])

    def _gate(self, value: Output) -> _Gate:
        """A gate, or a part of several that one function was applied to together."""
        inner = value.node.inputs[0] if isinstance(value.node.op, Split) else value
        function = None if inner is None else _FUNCTIONS.get(type(inner.node.op))
        if function is None or inner is None:
            raise NoMatch
        if inner is value:
            return _Gate(function, self.affines.of(value.node.inputs[0]))
        return _Gate(function, self.affines.columns(value, inner.node.inputs[0]))


def _cell_states(fresh: Output, c: Output) -> Iterator[tuple[Output, Output, Output]]:
    """Ways to read f * c + i * g: as f, i, g."""
    for kept, added in _terms(fresh):
        for forget, before in _factors(kept):
            if before is c:
                for let_in, candidate in _factors(added):
                    yield forget, let_in, candidate


def _may_be_gate(value: Output) -> bool:
    return isinstance(value.node.op, (Split, *_FUNCTIONS))


def _factors(value: Output) -> Iterator[tuple[Output, Output]]:
    yield from _both_ways(value, Multiply)


def _terms(value: Output) -> Iterator[tuple[Output, Output]]:
    yield from _both_ways(value, Add)


def _both_ways(value: Output, kind: type[Op]) -> Iterator[tuple[Output, Output]]:
    """The operands of a commutative operation, in either order."""
    if isinstance(value.node.op, kind):
        one, other = value.node.inputs
        if one is not None and other is not None:
            yield one, other
            yield other, one


def _is_rest(value: Output, share: Output) -> bool:
    """Whether a value is 1 less another one."""
    if not isinstance(value.node.op, Subtract) or value.node.inputs[1] is not share:
        return False
    whole = value.node.inputs[0]
    known = None if whole is None else whole.value()
    return known is not None and known.size == 1 and known.item() == 1
