"""One loop as what its iterations read, hand on and give."""

from __future__ import annotations

from typing import NamedTuple

from extensions.middle.trip_counts import is_at_most, is_number
from extensions.ops.common import constant_ints
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.graph.body import PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import Dimension


class Sequence(NamedTuple):
    """What a value of the body is over all iterations: slices along an axis of an outer tensor."""

    tensor: Output
    axis: int
    backwards: bool
    # Whether it is what a layer found here gave.
    is_made: bool = False


class Given(NamedTuple):
    """An output that is used: a value of the body after the last iteration, or after each."""

    output: Output
    value: Output | None
    # The axis along which the values stand; None for the last one.
    axis: int | None
    backwards: bool


class Iterations:
    """The values of the body beside those of the graph around, ``g``."""

    def __init__(self, g: Graph, node: Node) -> None:
        self.g = g
        self.node = node
        body = node.op.body  # type: ignore[attr-defined]
        self.body = body
        parameters, results = body.graph.parameters(), body.graph.results()
        values = [parameter.outputs[0] for parameter in parameters]
        # What the parameters are outside; the states are that at first.
        self.sources: dict[Output, Output | None] = {
            values[port.internal]: node.inputs[port.external]
            for port in body.inputs
            if port.external is not None
        }
        # What states are after an iteration.
        self.states: dict[Output, Output] = {
            values[parameter]: results[result].inputs[0] for result, parameter in body.back_edges
        }
        sliced = {values[p.internal]: p for p in body.inputs if "axis" in p.attributes}
        # Elements of rank 2; flags of each sequence of the batch.
        self.sequences: dict[Output, Sequence] = {}
        self.masks: dict[Output, Sequence] = {}
        for value, port in sliced.items():
            self._slice(value, port)
        # The parameters that are the same in all iterations.
        self.fixed: dict[Output, Output] = {
            value: source
            for value, source in self.sources.items()
            if value not in self.states and value not in sliced and source is not None
        }
        self.given = [
            self._given(port, node.outputs[port.external])
            for port in body.outputs
            if port.external is not None and node.outputs[port.external].users
        ]

    def _slice(self, value: Output, port: PortMap) -> None:
        """Slices without their axis are the elements of a sequence, or of a mask."""
        source = self.sources[value]
        axis = int(port.attributes["axis"])
        if source is None or source.shape is None or axis > 1:
            return
        kinds = {3: self.sequences}
        if source.dtype is ElementType.boolean:
            kinds = {2: self.masks, 3: self.masks}
        for user, _ in value.users:
            if isinstance(user.op, Squeeze) and constant_ints(user.inputs[1]) == (axis,):
                backwards = port.attributes.get("stride") == "-1"
                found = kinds.get(len(source.shape), {})
                found[user.outputs[0]] = Sequence(source, axis, backwards)

    def _given(self, port: PortMap, output: Output) -> Given:
        value = self.body.graph.results()[port.internal].inputs[0]
        if "axis" not in port.attributes:
            return Given(output, value, None, False)
        axis = int(port.attributes["axis"])
        backwards = port.attributes.get("stride") == "-1"
        if isinstance(value.node.op, Unsqueeze):
            element, axes = value.node.inputs
            if constant_ints(axes) == (axis,) and axis < 2:
                return Given(output, element, axis, backwards)
        return Given(output, None, axis, backwards)

    def gives_last(self, value: Output) -> bool:
        """Whether what a value is after the last iteration is used."""
        return any(given.value is value and given.axis is None for given in self.given)

    # ---- how many there are

    @property
    def count(self) -> Output:
        count = self.node.inputs[0]
        assert count is not None
        return count

    def run_through(self) -> bool:
        """Whether there is an iteration for each slice, or for the first ones, in any case.

        A mask has as many slices, or the loop could not run.
        """
        ending = next(p for p in self.body.outputs if "purpose" in p.attributes)
        going = self.body.graph.results()[ending.internal].inputs[0]
        for value in (self.node.inputs[1], going):
            known = None if value is None else value.value()
            if known is None or not known.all():
                return False
        return all(self._reaches(sequence) for sequence in self.sequences.values())

    def runs_at_all(self) -> bool:
        """Whether there is surely an iteration."""
        known = self.count.value()
        return known is not None and bool((known > 0).all())

    def _reaches(self, sequence: Sequence) -> bool:
        size = self.size(sequence)
        if size is None:
            return False
        return (is_number if sequence.backwards else is_at_most)(self.count, size)

    def size(self, sequence: Sequence) -> Dimension | None:
        shape = sequence.tensor.shape
        return None if shape is None else shape[sequence.axis]

    def first(self, value: Output, axis: int) -> Output:
        """As many steps along an axis as there are iterations."""
        if value.shape is None or is_number(self.count, value.shape[axis]):
            return value
        before, zeros = [1] * axis, [0] * (axis + 1)
        end = self.g.add(Reshape(), self.count, [1])
        if before:
            end = self.g.add(Concat(axis=0), zeros[1:], end)
        op = StridedSlice(begin_mask=(*before, 1), end_mask=(*before, 0))
        return self.g.add(op, value, zeros, end, [*before, 1])

    def along(self, sequence: Sequence, axis: int) -> Output:
        """The tensor of a sequence with the steps along axis 0 or 1."""
        tensor = sequence.tensor
        if sequence.axis == axis:
            return tensor
        if isinstance(tensor.node.op, Transpose):
            before, order = tensor.node.inputs
            if before is not None and constant_ints(order) == (1, 0, 2):
                return before
        return self.g.add(Transpose(), tensor, [1, 0, 2])
