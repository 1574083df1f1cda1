"""Steps of a loop that leave its states as they are: behind the end of a sequence, or masked.

dynamic_rnn of TensorFlow compares its counter with the lengths of the sequences; layers of Keras
have a mask. Both take what a step gives where it counts, and what was there before elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

import numpy as np

from extensions.middle.affine import NoMatch
from extensions.ops.arithmetic import (
    Add,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Maximum,
    Minimum,
    Select,
)
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.ragged import Masked, Ragged, Steps
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Tile, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import LogicalNot
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import same

# What spreads flags over columns.
_SPREADS = (Broadcast, Reshape, Tile, Unsqueeze)
# Comparisons of a counter with a limit, or the other way round: where the counter stands.
_COMPARISONS: dict[type[Op], int] = {Less: 0, GreaterEqual: 0, Greater: 1, LessEqual: 1}


class Flags(NamedTuple):
    """One flag for each sequence of the batch in each step.

    It holds before the step ``source``, a value of the graph around; or ``source`` is the slice of
    a mask, a value of the body.
    """

    source: Output
    is_mask: bool


class Choice(NamedTuple):
    """A value that is one of two, as flags hold or do not."""

    flags: Flags
    held: Output
    otherwise: Output


class Skips(NamedTuple):
    """Steps count where these flags hold, or where they do not."""

    flags: Flags
    counts: bool

    def sides(self, choice: Choice | None) -> tuple[Output, Output] | None:
        """What is chosen where a step counts, and elsewhere."""
        if choice is None or choice.flags != self.flags:
            return None
        held, otherwise = choice.held, choice.otherwise
        return (held, otherwise) if self.counts else (otherwise, held)


class Conditions:
    """Of one body. ``states``: what each is after an iteration; ``initial``: what it was at first.

    ``outside``: what a value that does not change is in the graph around; ``masks``: the slices
    [batch] or [batch, 1] of masks.
    """

    def __init__(
        self,
        states: Mapping[Output, Output],
        initial: Mapping[Output, Output | None],
        outside: Callable[[Output | None], Output | None],
        masks: Container[Output],
    ) -> None:
        self.states = states
        self.initial = initial
        self.outside = outside
        self.masks = masks

    def skipped(self) -> tuple[Skips | None, dict[Output, Output]]:
        """When steps are skipped, and what they make of the states where they count.

        Without skips these are all states; else those that keep within them.
        """
        found: dict[Skips, dict[Output, Output]] = {}
        for state, after in self.states.items():
            choice = self.choice(after)
            if choice is None or state not in choice[1:]:
                continue
            skips = Skips(choice.flags, choice.otherwise is state)
            found.setdefault(skips, {})[state] = choice[1] if skips.counts else choice[2]
        if not found:
            return None, dict(self.states)
        return max(found.items(), key=lambda item: len(item[1]))

    def choice(self, value: Output) -> Choice | None:
        """A value [batch, hidden] as a choice."""
        if not isinstance(value.node.op, Select):
            return None
        flags, yes, no = value.node.inputs
        if flags is None or flags.rank != 2 or yes is None or no is None:
            return None
        rows, holds = _of_rows(flags), True
        while rows is not None and isinstance(rows.node.op, LogicalNot):
            rows, holds = _of_rows(rows.node.inputs[0]), not holds
        if rows is None:
            return None
        if rows in self.masks:
            found: Flags | None = Flags(rows, True)
        else:
            found = self._compared(rows)
            holds = holds is not isinstance(rows.node.op, (GreaterEqual, LessEqual))
        if found is None:
            return None
        return Choice(found, yes, no) if holds else Choice(found, no, yes)

    def _compared(self, rows: Output) -> Flags | None:
        """The limits that a counter has not reached yet, or has reached."""
        if type(rows.node.op) not in _COMPARISONS:
            return None
        place = _COMPARISONS[type(rows.node.op)]
        counter, limit = rows.node.inputs[place], rows.node.inputs[1 - place]
        source = self.outside(limit)
        if source is None or source.rank != 1 or not self._counts_up(counter):
            return None
        return Flags(source, False)

    def _counts_up(self, value: Output | None) -> bool:
        """Whether a value is 0 in the first iteration, 1 in the second one."""
        while value is not None and isinstance(value.node.op, (Convert, Reshape)):
            value = value.node.inputs[0]
        after = None if value is None else self.states.get(value)
        if value is None or after is None or not isinstance(after.node.op, Add):
            return False
        numbers = [self.initial.get(value), *(v for v in after.node.inputs if v is not value)]
        known = [None if number is None else number.value() for number in numbers]
        return [None if v is None or v.size != 1 else v.item() for v in known] == [0, 1]


def _of_rows(flags: Output | None) -> Output | None:
    """Flags [batch, columns] as [batch] or [batch, 1]; None if columns may differ."""
    while flags is not None and flags.shape is not None:
        shape, source = flags.shape, flags.node.inputs[0] if flags.node.inputs else None
        if source is None or source.shape is None or not isinstance(flags.node.op, _SPREADS):
            break
        if len(shape) != 2 or (shape[1] != 1 if source.rank == 1 else source.shape[1:] != (1,)):
            break
        if not same(shape[0], source.shape[0]):
            break
        flags = source
    rest = None if flags is None or not flags.shape else flags.shape[1:]
    return flags if rest in ((), (1,)) else None


def limited_steps(
    g: Graph, skips: Skips, lengths: Output, data: Output, count: Output | None
) -> Steps:
    """Steps [batch, time, features] that count before the ends [batch] of their sequences.

    ``count``: for how many of them there is an iteration, if not for all.
    """
    if not skips.counts:
        raise NoMatch
    known = lengths.partial_value()
    if known is not None and data.shape and all(same(n, data.shape[1]) for n in known.tolist()):
        return Steps(g, data)
    if count is None:
        count = g.add(Gather(), g.add(ShapeOf(), data), [1], g.constant(0))
    most = g.add(Convert(destination_type=lengths.dtype), count)
    zero = g.constant(np.asarray(0), lengths.dtype)
    within = g.add(Maximum(), g.add(Minimum(), lengths, most), zero)
    return Ragged(g, data, _of_batch(g, within, data, 1))


def masked_steps(g: Graph, skips: Skips, flags: Output, data: Output) -> Steps:
    """Steps [batch, time, features] that count where flags [batch, time] hold, or do not."""
    mask = flags if skips.counts else g.add(LogicalNot(), flags)
    return Masked(g, _of_batch(g, mask, data, 2))


def _of_batch(g: Graph, value: Output, data: Output, rank: int) -> Output:
    """What is known of the first axes of the data, for each sequence of the batch."""
    given, wanted = value.shape, data.shape
    if given is None or wanted is None:
        raise NoMatch
    if same(given[0], wanted[0]):
        return value
    if isinstance(given[0], int) and isinstance(wanted[0], int) and given[0] != 1:
        raise NoMatch
    op = StridedSlice(begin_mask=(1,), end_mask=(0,))
    return g.add(Broadcast(), value, g.add(op, g.add(ShapeOf(), data), [0], [rank], [1]))
