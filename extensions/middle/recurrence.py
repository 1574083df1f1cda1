"""Loops whose iterations are steps of recurrent cells, as sequence operations.

A loop over the slices of a tensor, each iteration of which computes one cell, or several on top of
each other, is known by what its gates are: functions of sums of products with the slice and with
the state. However the weights were laid out, they are cut into those of the sequence operation.
"""

from __future__ import annotations

from collections.abc import Iterator

from extensions.middle.affine import Affine, Affines, NoMatch
from extensions.middle.cells import Cell, Recogniser
from extensions.middle.iterations import Given, Iterations, Sequence
from extensions.middle.loop_outputs import is_zero, last_rows, padded
from extensions.middle.skipped_steps import Conditions, limited_steps, masked_steps
from extensions.middle.trip_counts import is_number
from extensions.ops.arithmetic import Add
from extensions.ops.control_flow import Loop
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Transpose
from extensions.ops.ragged import Steps, holds_cell
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
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
                if old.node is not node and old.node.is_named and not new.node.is_named:
                    graph.rename(new.node, old.node.name)
            graph.discard(node)
            count += 1
    graph.scope = ""
    if graph.nodes_of(Loop) or count:
        graph.prune()
    return count


class _Recurrence:
    """One loop, taken for a stack of cells."""

    def __init__(self, g: Graph, node: Node) -> None:
        self.g = g
        self.loop = loop = Iterations(g, node)
        self.sequences = dict(loop.sequences)
        self.affines = Affines(g, loop.fixed, self._is_vector, self._product_before)
        outside = self.affines.outside
        self.conditions = Conditions(loop.states, loop.sources, outside, loop.masks)
        self.skips, steps = self.conditions.skipped()
        self.recogniser = Recogniser(steps, self.affines, lambda value: value in self.sequences)
        # Outputs with zeros behind the last iteration, if the layers run on to give them.
        self.fillings: dict[Output, Output] | None = None
        # The last rows of outputs of which nothing else is used.
        self.last_rows: dict[Output, list[Output]] = {}
        # Which steps count, known from the first layer on.
        self.counting: Steps | None = None
        # The first and the last value of what an iteration gives.
        self.initial: dict[Output, Output] = {}
        self.finals: dict[Output, Output] = {}

    def _is_vector(self, value: Output) -> bool:
        return value in self.sequences or value in self.loop.states

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
        if not self.sequences or not self.loop.run_through():
            return None
        self.fillings = self._find_fillings()
        self.last_rows = self._find_last_rows()
        left = set(self.recogniser.states)
        found = True
        while found:
            found = False
            for state in self.recogniser.states:
                if state in left and (cell := self._cell(state)):
                    left -= set(cell.states)
                    found = True
        if not self.initial:
            return None
        try:
            return {old: new for given in self.loop.given for old, new in self._new(given)}
        except NoMatch:
            return None

    def _find_fillings(self) -> dict[Output, Output] | None:
        """For each output of all steps what it is with zeros behind it; None if steps are cut."""
        size = self.loop.size(next(iter(self.sequences.values())))
        if self.skips is None or self.skips.flags.is_mask or size is None:
            return None
        if is_number(self.loop.count, size):
            return None
        found = {}
        for given in self.loop.given:
            if given.axis is None:
                if given.value in self.loop.states.values():
                    continue
                return None
            sides = self._sides(given.value)
            whole = padded(given.output, size) if given.axis == 0 else None
            if whole is None or sides is None or not is_zero(self.affines.outside(sides[1])):
                return None
            found[given.output] = whole
        return found

    def _find_last_rows(self) -> dict[Output, list[Output]]:
        """Of the outputs that are states: a layer gives the last state of a cell only."""
        found = {}
        for given in self.loop.given:
            if self.skips is None and given.axis == 0 and not given.backwards:
                rows = last_rows(given.output)
                if given.value in self.loop.states.values() and rows is not None:
                    found[given.output] = rows
        return found

    def _new(self, given: Given) -> Iterator[tuple[Output, Output]]:
        """What takes the place of an output, or of what is made of it."""
        value, axis = given.value, given.axis
        if value is None:
            raise NoMatch
        if axis is None:
            yield given.output, self._last(value)
        elif given.output in self.last_rows and value not in self.sequences:
            for row in self.last_rows[given.output]:
                yield row, self._last(value)
        else:
            sequence = self._sequence_of(value)
            if sequence.backwards != given.backwards:
                raise NoMatch
            new = self.loop.along(sequence, axis)
            if self.fillings:
                yield self.fillings[given.output], new
                new = self.loop.first(new, axis)
            yield given.output, new

    def _last(self, value: Output) -> Output:
        if value in self.finals:
            return self.finals[value]
        if self.counting is None:
            raise NoMatch
        if isinstance(value.node.op, (Reshape, Unsqueeze)) and self.loop.runs_at_all():
            # A list of one item that each iteration writes anew.
            item, shape = value.node.inputs
            if item is not None and shape is not None and shape.constant is not None:
                target = self.g.constant(shape.constant)
                return self.g.add(value.node.op, self._last(item), target)
        if value in self.loop.states.values():
            return self.counting.last(*self._held(value))
        if self.skips is None:
            raise NoMatch
        # What the last step gives, even if it does not count.
        op = StridedSlice(begin_mask=(1, 0), end_mask=(1, 1), shrink_axis_mask=(0, 1))
        return self.g.add(op, self._sequence_of(value).tensor, [0, -1], [0, 0], [1, 1])

    def _sides(self, value: Output | None) -> tuple[Output, Output] | None:
        """What a value is where a step counts, and elsewhere."""
        if self.skips is None or value is None:
            return None
        return self.skips.sides(self.conditions.choice(value))

    def _held(self, value: Output) -> tuple[Output, Output]:
        """For a state that keeps what the last step that counted gave: what it was, and that."""
        sides = self._sides(value)
        if sides is None or sides[0] not in self.initial:
            raise NoMatch
        y = self.sequences[sides[0]].tensor
        if self.loop.states.get(sides[1]) is not value or not y.shape:
            raise NoMatch
        return self._initial(sides[1], y, y.shape[2]), y

    def _sequence_of(self, value: Output) -> Sequence:
        """What an iteration gives, in all of them."""
        if self.skips is None:
            if value not in self.sequences:
                raise NoMatch
            return self.sequences[value]
        sides = self._sides(value)
        if sides is None or sides[0] not in self.initial or self.counting is None:
            raise NoMatch
        other = self.affines.outside(sides[1])
        if other is None:
            return Sequence(self.counting.held(*self._held(value)), 1, False)
        if other.rank:
            other = self.g.add(Unsqueeze(), other, [1])
        y = self.sequences[sides[0]].tensor
        return Sequence(self.counting.filled(self.initial[sides[0]], y, other), 1, False)

    # ---- the layers

    def _data(self, sequence: Sequence) -> Output:
        """The steps [batch, time, features] that a layer runs through."""
        if sequence.is_made:
            return sequence.tensor
        data = self.loop.along(sequence, 1)
        if self.fillings is None:
            data = self.loop.first(data, 1)
        if self.counting is None:
            self.counting = self._steps(data)
        return self.counting.gathered(data)

    def _steps(self, data: Output) -> Steps:
        if self.skips is None:
            return Steps(self.g, data)
        source, is_mask = self.skips.flags
        if not is_mask:
            end = None if self.fillings is None else self.loop.count
            return limited_steps(self.g, self.skips, source, data, end)
        mask = self.loop.masks[source]
        if mask.backwards:
            raise NoMatch
        flags = mask.tensor
        if flags.rank == 3:
            flags = self.g.add(Squeeze(), flags, [2])
        if mask.axis == 0:
            flags = self.g.add(Transpose(), flags, [1, 0])
        return masked_steps(self.g, self.skips, self.loop.first(flags, 1), data)

    def _cell(self, state: Output) -> Cell | None:
        """The cell of a state, whose layer is built then."""
        for cell in self.recogniser.cells(state):
            try:
                self._build(cell)
            except NoMatch:
                continue
            return cell
        return None

    def _build(self, cell: Cell) -> None:
        """The layer; what the steps give is known from then on."""
        x = self._source(cell)
        weights = self._weights(cell, x)
        sequence = self.sequences[x]
        data = self._data(sequence)
        hidden = weights[1].shape[-1] if weights[1].shape else 0
        initial = [self._initial(state, data, hidden) for state in cell.states]
        direction = "reverse" if sequence.backwards else "forward"
        op = cell.kind(hidden_size=hidden, direction=direction, **cell.attributes)
        is_wanted = any(self._is_wanted(state) for state in cell.states[1:])
        if self.skips is not None and (sequence.backwards or (is_wanted and not holds_cell(op))):
            raise NoMatch
        assert self.counting is not None
        y, *last = self.counting.layer(op, data, initial, weights, is_wanted)
        element = self.recogniser.states[cell.states[0]]
        self.sequences[element] = Sequence(y, 1, sequence.backwards, True)
        self.initial[element] = initial[0]
        for state, value in zip(cell.states, last if is_wanted else last[:1]):
            self.finals[self.loop.states[state]] = value

    def _initial(self, state: Output, data: Output, hidden: Dimension) -> Output:
        value = self.loop.sources[state]
        if value is None or value.rank != 2 or data.shape is None or value.shape is None:
            raise NoMatch
        if not same(value.shape[0], data.shape[0]) or not same(value.shape[1], hidden):
            raise NoMatch
        return value

    def _is_wanted(self, state: Output) -> bool:
        """Whether what a state is after the last iteration is used."""
        value = self.loop.states[state]
        rows = any(g.value is value and g.output in self.last_rows for g in self.loop.given)
        return rows or self.loop.gives_last(value)

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
