"""Loops whose iterations are steps of recurrent cells, as sequence operations.

A loop over the slices of a tensor, each iteration of which computes one cell, or several on top of
each other, is known by what its gates are: functions of sums of products with the slice and with
the state. However the weights were laid out, they are cut into those of the sequence operation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.middle.affine import Affine, Affines, NoMatch
from extensions.middle.cells import Cell, Recogniser
from extensions.ops.arithmetic import Add, Maximum, Minimum
from extensions.ops.common import constant_ints
from extensions.ops.control_flow import Loop
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from mo.graph.body import PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Op
from mo.graph.shape import Dimension, same


def loops_to_sequences(graph: Graph) -> int:
    """Replace the loops that are layers of recurrent cells."""
    count = 0
    for node in graph.nodes_of(Loop):
        graph.scope = node.name
        results = _Recurrence(graph, node).results()
        if results is not None:
            for old, new in results.items():
                graph.replace(old, new)
            graph.discard(node)
            count += 1
    graph.scope = ""
    if graph.nodes_of(Loop) or count:
        graph.prune()
    return count


class _Sequence(NamedTuple):
    """What a value of the body is over all iterations: slices along an axis of an outer tensor."""

    tensor: Output
    axis: int
    backwards: bool


class _Recurrence:
    """One loop, taken for a stack of cells."""

    def __init__(self, g: Graph, node: Node) -> None:
        self.g = g
        self.node = node
        body = node.op.body  # type: ignore[attr-defined]
        self.body = body
        parameters, results = body.graph.parameters(), body.graph.results()
        values = [parameter.outputs[0] for parameter in parameters]
        self.sources = {
            values[port.internal]: node.inputs[port.external]
            for port in body.inputs
            if port.external is not None
        }
        self.states: dict[Output, Output] = {
            values[parameter]: results[result].inputs[0] for result, parameter in body.back_edges
        }
        sliced = {values[p.internal]: p for p in body.inputs if "axis" in p.attributes}
        self.sequences: dict[Output, _Sequence] = {}
        for value, port in sliced.items():
            self._slice(value, port)
        fixed = {
            value: source
            for value, source in self.sources.items()
            if value not in self.states and value not in sliced and source is not None
        }
        self.affines = Affines(g, fixed, self._is_vector, self._product_before)
        self.recogniser = Recogniser(
            self.states, self.affines, lambda value: value in self.sequences
        )
        self.finals: dict[Output, Output] = {}

    def _slice(self, value: Output, port: PortMap) -> None:
        """Slices without their axis are the elements of a sequence."""
        source = self.sources[value]
        axis = int(port.attributes["axis"])
        if source is None or source.rank != 3 or axis > 1:
            return
        for user, _ in value.users:
            if isinstance(user.op, Squeeze) and constant_ints(user.inputs[1]) == (axis,):
                backwards = port.attributes.get("stride") == "-1"
                self.sequences[user.outputs[0]] = _Sequence(source, axis, backwards)

    def _is_vector(self, value: Output) -> bool:
        return value in self.sequences or value in self.states

    def _product_before(self, value: Output) -> tuple[Output, Output, Output | None] | None:
        """For slices of X * W + b: those of X, with W and b."""
        sequence = self.sequences.get(value)
        if sequence is None:
            return None
        tensor, bias = sequence.tensor, None
        if isinstance(tensor.node.op, Add):
            one, other = tensor.node.inputs
            if one is not None and other is not None and other.is_constant and other.rank == 1:
                tensor, bias = one, other
        op = tensor.node.op
        if not isinstance(op, MatMul) or op.transpose_a:
            return None
        before, matrix = tensor.node.inputs
        if before is None or matrix is None or before.rank != 3 or matrix.rank != 2:
            return None
        if op.transpose_b:
            matrix = self.g.add(Transpose(), matrix, [1, 0])
        self.sequences[before] = sequence._replace(tensor=before)
        return before, matrix, bias

    # ---- the whole

    def results(self) -> dict[Output, Output] | None:
        """New values for all outputs that are used; None if the loop is no stack of cells."""
        if not self.sequences or not self._runs_through():
            return None
        open_states = list(self.states)
        found = True
        while found:
            found = False
            for state in list(open_states):
                if state in open_states and self._cell(state):
                    open_states = [s for s in open_states if self.states[s] not in self.finals]
                    found = True
        if not self.finals:
            return None
        return self._outputs()

    def _runs_through(self) -> bool:
        """Whether there is an iteration for each slice, whatever is computed."""
        count, start = self.node.inputs[:2]
        ending = next(p for p in self.body.outputs if "purpose" in p.attributes)
        going = self.body.graph.results()[ending.internal].inputs[0]
        for value in (start, going):
            known = None if value is None else value.value()
            if known is None or not known.all():
                return False
        sizes = [s.tensor.shape[s.axis] for s in self.sequences.values() if s.tensor.shape]
        return bool(sizes) and all(_is_number(count, size) for size in sizes)

    def _outputs(self) -> dict[Output, Output] | None:
        found = {}
        for port in self.body.outputs:
            if port.external is None or not self.node.outputs[port.external].users:
                continue
            value = self.body.graph.results()[port.internal].inputs[0]
            new = self._joined(value, port) if "axis" in port.attributes else self._last(value)
            if new is None:
                return None
            found[self.node.outputs[port.external]] = new
        return found

    def _last(self, value: Output) -> Output | None:
        return self.finals.get(value)

    def _joined(self, value: Output, port: PortMap) -> Output | None:
        if not isinstance(value.node.op, Unsqueeze):
            return None
        element, axes = value.node.inputs
        axis = int(port.attributes["axis"])
        sequence = None if element is None else self.sequences.get(element)
        if sequence is None or constant_ints(axes) != (axis,) or axis > 1:
            return None
        if sequence.backwards != (port.attributes.get("stride") == "-1"):
            return None
        return self._along(sequence, axis)

    def _along(self, sequence: _Sequence, axis: int) -> Output:
        if sequence.axis == axis:
            return sequence.tensor
        return self.g.add(Transpose(), sequence.tensor, [1, 0, 2])

    def _cell(self, state: Output) -> bool:
        """Whether a state is that of a cell, whose sequence operation is built then."""
        for cell in self.recogniser.cells(state):
            try:
                self._build(cell)
            except NoMatch:
                continue
            return True
        return False

    def _build(self, cell: Cell) -> None:
        """The sequence operation; the states after the steps are known from then on."""
        x = self._source(cell)
        weights = self._weights(cell, x)
        g, sequence = self.g, self.sequences[x]
        data = self._along(sequence, 1)
        initial = [self.sources[state] for state in cell.states]
        hidden = weights[1].shape[-1] if weights[1].shape else 0
        for value in initial:
            if value is None or value.rank != 2 or data.shape is None or value.shape is None:
                raise NoMatch
            if not same(value.shape[0], data.shape[0]) or not same(value.shape[1], hidden):
                raise NoMatch
        direction = "reverse" if sequence.backwards else "forward"
        op = cell.kind(hidden_size=hidden, direction=direction, **cell.attributes)
        before = [g.add(Unsqueeze(), value, [1]) for value in initial]
        y, *last = g.add_multi(op, data, *before, self._lengths(data), *weights)
        element = self.states[cell.states[0]]
        self.sequences[element] = _Sequence(g.add(Squeeze(), y, [1]), 1, sequence.backwards)
        for state, value in zip(cell.states, last):
            self.finals[self.states[state]] = g.add(Squeeze(), value, [1])

    def _source(self, cell: Cell) -> Output:
        """The one sequence that all gates read besides the states."""
        spared = set(cell.vectors)
        for form in cell.gates:
            self.affines.complete(form, spared)
        found = {value for form in cell.gates for value in form.terms if value not in spared}
        if len(found) != 1 or next(iter(found)) not in self.sequences:
            raise NoMatch
        return found.pop()

    def _weights(self, cell: Cell, x: Output) -> tuple[Output, Output, Output]:
        """W, R and B of the sequence operation."""
        recurrent = list(cell.gates)
        if cell.apart is not None:
            recurrent[-1] = cell.apart
        rows = [self._rows(form, x) for form in cell.gates]
        columns = [self._rows(form, vector) for form, vector in zip(recurrent, cell.vectors)]
        hidden = columns[0].shape[0] if columns[0].shape else None
        biased = cell.gates if cell.apart is None else [*cell.gates, cell.apart]
        biases = [self.affines.bias(form, hidden) for form in biased]
        return self._stacked(rows), self._stacked(columns), self._stacked(biases)

    def _rows(self, form: Affine, value: Output) -> Output:
        matrix = form.terms.get(value)
        if matrix is None:
            raise NoMatch
        return self.g.add(Transpose(), matrix, [1, 0])

    def _stacked(self, parts: list[Output]) -> Output:
        whole = self.g.add(Concat(axis=0), *parts) if len(parts) > 1 else parts[0]
        return self.g.add(Unsqueeze(), whole, [0])

    def _lengths(self, data: Output) -> Output:
        """All of the time, for each sequence of the batch."""
        sizes = self.g.add(ShapeOf(output_type=ElementType.i32), data)
        zero = self.g.constant(np.int64(0))
        batch, time = (self.g.add(Gather(), sizes, [axis], zero) for axis in (0, 1))
        return self.g.add(Broadcast(), time, batch)


def _is_number(value: Output | None, size: Dimension) -> bool:
    """Whether a scalar is surely this size."""
    return _reaches(value, size, Maximum, Minimum) and _reaches(value, size, Minimum, Maximum)


def _reaches(
    value: Output | None, size: Dimension, one: type[Op], both: type[Op], depth: int = 16
) -> bool:
    """Whether a scalar is surely not below (or not above) a size, which is never below 0.

    ``one``: the operation that reaches what one of its operands reaches; ``both``: what both do.
    """
    if value is None or not depth:
        return False
    known = value.partial_value()
    if known is not None and known.size == 1 and same(known.reshape(-1)[0], size):
        return True
    if both is Maximum and value.value() is not None:
        return not value.value().any()  # type: ignore[union-attr]
    if isinstance(value.node.op, (Convert, Reshape)):
        return _reaches(value.node.inputs[0], size, one, both, depth - 1)
    if not isinstance(value.node.op, (one, both)):
        return False
    reached = [_reaches(item, size, one, both, depth - 1) for item in value.node.inputs]
    return any(reached) if isinstance(value.node.op, one) else all(reached)
