"""The network as a model that takes whole utterances and keeps nothing.

A value is a tensor [N, rows, columns], its rows those times at which it can be computed; offsets
only shift the times, and where values meet, their common rows are cut out. As Kaldi's own
programs for whole utterances do, the first and the last frame of the input are repeated as often
as the network needs (nnet3-compute), so that there is an output for each frame.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from extensions.front.kaldi.loops import LoopBody
from extensions.front.kaldi.span import (
    CONSTANT,
    Span,
    Step,
    given,
    inputs_of,
    padding,
    span_of_recurrence,
    spans,
    steps,
)
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode


@dataclass(frozen=True)
class View:
    """A tensor whose row of time t is read as time t - shift.

    ``is_optional``: zeros stand where it has no row.
    """

    tensor: str
    shift: int = 0
    is_optional: bool = False


def _ragged(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"behind which frame '{name}' cannot be computed depends on the length of the utterance",
        hint="Leave out --kaldi_chunk: frame by frame the last frame goes on.",
    )


# The tensor with the rows of certain times, for values that have one at any time.
Maker = Callable[[int, int], str]


def arrange_chunk(model: Model, widths: Mapping[str, int]) -> Model:
    """The model on whole utterances; ``widths`` are the columns of each value."""
    order = steps(model)
    before, after = padding(model, order)
    known = spans(order, given(model, before, after))
    return _Chunk(model, known, widths).arranged(order, before, after)


class _Chunk:
    def __init__(self, model: Model, known: dict[str, Span], widths: Mapping[str, int]) -> None:
        self.model = model
        self.spans = known
        self.widths = widths
        self.nodes: dict[str, SourceNode] = {}
        self.views: dict[str, View] = {}
        # Rows that the tensors have; those of values without bounds are made as wanted.
        self.rows: dict[str, Span] = {}
        self.makers: dict[str, Maker] = {}
        # Which nodes read a value; '' stands for the outputs of the model.
        self.readers: dict[str, set[str]] = defaultdict(set)
        for node in model.nodes:
            for name in inputs_of(node):
                self.readers[name].add(node.outputs[0])
        for name in model.outputs:
            self.readers[name].add("")

    def arranged(self, order: list[Step], before: int, after: int) -> Model:
        for item in self.model.inputs:
            self._input(item.name, before, after)
        for step in order:
            if step.is_recurrent:
                self._recurrence(step)
            else:
                self._place(step.nodes[0])
        outputs = [self._read(self.views[name], 0, 0) for name in self.model.outputs]
        return replace(self.model, nodes=list(self.nodes.values()), outputs=outputs, arrange=None)

    def _input(self, name: str, before: int, after: int) -> None:
        tensor = name
        if not self.spans[name].is_constant and (before or after):
            tensor = f"{name}/edges"
            self._add("Edges", tensor, [name], {"before": before, "after": after})
        self._define(name, tensor, self.spans[name])

    def _define(self, name: str, tensor: str, rows: Span) -> None:
        self.views[name] = View(tensor)
        self.rows[tensor] = rows

    def _add(self, type: str, name: str, inputs: list[str], attributes: Mapping[str, Any]) -> str:
        if name not in self.nodes:
            self.nodes[name] = SourceNode(type, name, inputs, [name], dict(attributes))
        return name

    # ---- reading

    def _read(self, view: View, first: int, last: int) -> str:
        """The tensor with the rows ``first <= t < T + last`` of a view."""
        start, stop = first + view.shift, last + view.shift
        if view.tensor in self.makers:
            return self.makers[view.tensor](start, stop)
        rows = self.rows[view.tensor]
        if rows.is_constant:
            return view.tensor
        begin, end = int(start - rows.first), int(stop - rows.last)
        if begin == end == 0:
            return view.tensor
        if (begin < 0 or end > 0) and not view.is_optional:
            raise UnsupportedError(f"'{view.tensor}' is wanted where it cannot be computed")
        if end > 0 and rows.is_ragged:
            raise _ragged(view.tensor)
        name = f"{view.tensor}/rows_{begin}_{end}"
        return self._add("Rows", name, [view.tensor], {"begin": begin, "end": end})

    def _is_constant(self, tensor: str) -> bool:
        return tensor in self.rows and self.rows[tensor].is_constant

    # ---- nodes

    def _place(self, node: SourceNode) -> None:
        timed = _TIMED.get(node.type)
        if timed is not None:
            timed(self, node, [self.views[x] for x in inputs_of(node)])
            return
        name, span = node.outputs[0], self.spans[node.outputs[0]]
        if not span.is_constant and math.isinf(span.first):
            self.views[name] = View(name)
            self.makers[name] = lambda first, last: self._made(node, first, last)
            return
        self._define(name, self._compute(node, name, span), span)

    def _made(self, node: SourceNode, first: int, last: int) -> str:
        """A node of which every time has a value, at certain times."""
        span = Span(first, last)
        return self._compute(node, f"{node.outputs[0]}/at_{first}_{last}", span)

    def _compute(self, node: SourceNode, name: str, span: Span) -> str:
        if span.is_constant:
            inputs = [self.views[x].tensor for x in node.inputs]
        else:
            first, last = int(span.first), int(span.last)
            inputs = [self._read(self.views[x], first, last) for x in node.inputs]
        return self._add(node.type, name, inputs, node.attributes)

    # ---- nodes that look at other times

    def _offset(self, node: SourceNode, views: list[View]) -> None:
        (view,) = views
        shifted = replace(view, shift=view.shift + node.attributes["frames"])
        self.views[node.outputs[0]] = shifted

    def _if_defined(self, node: SourceNode, views: list[View]) -> None:
        self.views[node.outputs[0]] = replace(views[0], is_optional=True)

    def _failover(self, node: SourceNode, views: list[View]) -> None:
        """The rows of the first, before and after them those of the second."""
        name = node.outputs[0]
        first, second = (self.spans[x] for x in node.inputs)
        if first.is_constant or math.isinf(first.first):
            self.views[name] = views[0]
            return

        def made(begin: int, end: int) -> str:
            start, stop = max(begin, int(first.first)), min(end, int(first.last))
            from_, to = int(max(begin, second.first)), int(min(end, second.last))
            parts = [self._read(views[0], start, stop)]
            other = self._read(views[1], from_, to)
            tensor = f"{name}/at_{begin}_{end}"
            if begin < start:
                head = {"start": 0, "stop": start - begin}
                parts.insert(0, self._add("Part", f"{tensor}/head", [other], head))
            if end > stop:
                if first.is_ragged:
                    raise _ragged(node.inputs[0])
                tail = {"start": stop - end, "stop": None}
                parts.append(self._add("Part", f"{tensor}/tail", [other], tail))
            return self._add("Joined", tensor, parts, {})

        self._make(name, made)

    def _edges(self, node: SourceNode, views: list[View]) -> None:
        name = node.outputs[0]
        span = self.spans[node.inputs[0]]
        x = self._read(views[0], int(span.first), int(span.last))
        self._define(name, self._add("Edges", name, [x], node.attributes), self.spans[name])

    def _round(self, node: SourceNode, views: list[View]) -> None:
        name, period = node.outputs[0], node.attributes["period"]
        if self.spans[name].is_constant:
            self.views[name] = views[0]
            return

        def made(first: int, last: int) -> str:
            start = first - first % period
            x = self._read(views[0], start, last)
            tensor = self._add("Repeated", f"{name}/from_{start}_{last}", [x], node.attributes)
            self.rows[tensor] = Span(start, last)
            return self._read(View(tensor), first, last)

        self._make(name, made)

    def _switch(self, node: SourceNode, views: list[View]) -> None:
        name = node.outputs[0]
        if self.spans[name].is_constant:
            raise UnsupportedError(f"{node} has no beginning or end")

        def made(first: int, last: int) -> str:
            inputs = [self._read(view, first, last) for view in views]
            return self._add("Interleaved", f"{name}/at_{first}_{last}", inputs, {"first": first})

        self._make(name, made)

    def _make(self, name: str, maker: Maker) -> None:
        """A value with its rows, or (if it has one at any time) with those that are wanted."""
        span = self.spans[name]
        if math.isinf(span.first):
            self.views[name], self.makers[name] = View(name), maker
        else:
            self._define(name, maker(int(span.first), int(span.last)), span)

    def _replace_index(self, node: SourceNode, views: list[View]) -> None:
        (view,), name, frame = views, node.outputs[0], node.attributes["frame"]
        known = self.spans[node.inputs[0]]
        if known.is_constant:
            self.views[name] = view
            return
        is_bounded = not math.isinf(known.first)
        first, last = (int(known.first), int(known.last)) if is_bounded else (min(frame, 0), 0)
        if frame < first:
            raise UnsupportedError(f"{node} means a frame that cannot be computed")
        row = {"start": frame - first, "stop": frame - first + 1}
        x = self._read(view, first, last)
        self._define(name, self._add("Part", name, [x], row), CONSTANT)

    def _window_sum(self, node: SourceNode, views: list[View]) -> None:
        name, known = node.outputs[0], self.spans[node.inputs[0]]
        if math.isinf(known.first):
            raise UnsupportedError(f"{node} sums up what has no beginning or end")
        if known.is_ragged and known.last < node.attributes["end"]:
            raise _ragged(node.inputs[0])
        x = self._read(views[0], int(known.first), int(known.last))
        self._define(name, self._add("RowWindows", name, [x], node.attributes), self.spans[name])

    def _utterance_sum(self, node: SourceNode, views: list[View]) -> None:
        name, known = node.outputs[0], self.spans[node.inputs[0]]
        if math.isinf(known.first):
            raise UnsupportedError(f"{node} sums up what has no beginning or end")
        if known.is_ragged:
            raise _ragged(node.inputs[0])
        x = self._read(views[0], int(known.first), int(known.last))
        start = max(0, -int(known.first))
        end = node.attributes["end"]
        stop = None if math.isinf(end) else max(start, end + 1 - int(known.first))
        part = {"start": start, "stop": stop}
        self._define(name, self._add("RowSum", name, [x], part), CONSTANT)

    # ---- recurrences

    def _recurrence(self, step: Step) -> None:
        """A loop over the rows; its body keeps as many rows of itself as it looks back."""
        own = {node.outputs[0] for node in step.nodes}
        span = span_of_recurrence(step, self.spans)
        first, last = int(span.first), int(span.last)
        wanted = self._wanted_outside(step, own)
        body = LoopBody(step, wanted, lambda x: self._read(self.views[x], first, last))
        name = f"{step.nodes[0].outputs[0]}/loop"
        attributes = body.attributes(self.widths, self._is_constant)
        self.nodes[name] = SourceNode("Recurrence", name, list(body.outside), wanted, attributes)
        for tensor in wanted:
            self._define(tensor, tensor, span)
        for node in step.nodes:
            source = inputs_of(node)[0] if inputs_of(node) else ""
            if node.type in ("Offset", "IfDefined") and source in self.views:
                _TIMED[node.type](self, node, [self.views[source]])

    def _wanted_outside(self, step: Step, own: set[str]) -> list[str]:
        """The values of a recurrence that are read outside it."""
        nodes = {node.outputs[0]: node for node in step.nodes}
        wanted: dict[str, None] = {}
        for name in nodes:
            if not self.readers[name] - own:
                continue
            while nodes[name].type in ("Offset", "IfDefined"):
                name = inputs_of(nodes[name])[0]
            wanted[name] = None
        return sorted(wanted)


_TIMED = {
    "Offset": _Chunk._offset,
    "IfDefined": _Chunk._if_defined,
    "Failover": _Chunk._failover,
    "Edges": _Chunk._edges,
    "Round": _Chunk._round,
    "Switch": _Chunk._switch,
    "ReplaceIndex": _Chunk._replace_index,
    "WindowSum": _Chunk._window_sum,
    "UtteranceSum": _Chunk._utterance_sum,
}
