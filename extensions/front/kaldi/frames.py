"""The network as a model that takes one frame at a time and keeps what it needs of earlier ones.

What looks ahead is delayed: with a delay of d, call number c (from 0) gives the value of time
c - d. Where values of different delay meet, the earlier ones wait in memories. The first frame
counts as repeated before the beginning; what stands in IfDefined is zero until it can be computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from extensions.front.kaldi.span import (
    Span,
    Step,
    constant_inputs,
    inputs_of,
    source_of,
    spans,
    steps,
)
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode

_HINT = "Convert whole utterances instead, with --kaldi_chunk dynamic."
# Frames of an utterance that are counted; windows that reach further never end.
_COUNTED = 1 << 23


@dataclass(frozen=True)
class View:
    """A tensor read with a delay; ``starts_zero``: what is missing at the beginning is zero.

    The delay of a value that does not change over time is None.
    """

    tensor: str
    delay: int | None
    starts_zero: bool = False


def arrange_frames(model: Model, widths: Mapping[str, int]) -> Model:
    """The model with memories instead of offsets; ``widths`` are the columns of each value."""
    order = steps(model)
    given = {item.name: Span(0, 0) for item in model.inputs}
    return _Frames(model, spans(order, given), widths).arranged(order)


class _Frames:
    def __init__(self, model: Model, known: dict[str, Span], widths: Mapping[str, int]) -> None:
        self.model = model
        self.spans = known
        self.widths = widths
        self.constant_inputs = constant_inputs(model)
        # What recurrences read of themselves, and how wide it is.
        self.recurring: dict[str, int] = {}
        self.nodes: dict[str, SourceNode] = {}
        self.views = {item.name: View(item.name, 0) for item in model.inputs}
        # (tensor, whether zeros come first) -> the delays that are read.
        self.memories: dict[tuple[str, bool], dict[int, None]] = {}
        self.counted = 0

    def arranged(self, order: list[Step]) -> Model:
        for step in order:
            if step.is_recurrent:
                self._recurrence(step)
            else:
                self._place(step.nodes[0])
        views = [self.views[name] for name in self.model.outputs]
        delay = max([0, *(view.delay for view in views if view.delay is not None)])
        outputs = [self._read(view, delay) for view in views]
        self._add_memories()
        return replace(self.model, nodes=list(self.nodes.values()), outputs=outputs, arrange=None)

    # ---- nodes

    def _place(self, node: SourceNode) -> None:
        name = node.outputs[0]
        views = [self.views[x] for x in inputs_of(node)]
        timed = _TIMED.get(node.type)
        if timed is not None:
            self.views[name] = timed(self, node, views)
            return
        delays = [view.delay for view in views if view.delay is not None]
        self.views[name] = self._compute(node, views, max(delays, default=None))

    def _compute(self, node: SourceNode, views: list[View], delay: int | None) -> View:
        """The node itself, its inputs brought to one delay."""
        name = node.outputs[0]
        self._add(node.type, name, [self._read(view, delay) for view in views], node.attributes)
        return View(name, delay)

    def _add(
        self, type: str, name: str, inputs: list[str], attributes: dict[str, object]
    ) -> SourceNode:
        return self.nodes.setdefault(name, SourceNode(type, name, inputs, [name], attributes))

    def _recurrence(self, step: Step) -> None:
        """All nodes have one delay; what they read of themselves comes from memories."""
        if step.is_backward:
            raise UnsupportedError(
                f"{step.nodes[0]} needs its own future, which no model that takes one frame "
                "at a time has",
                hint=_HINT,
            )
        own = {node.outputs[0] for node in step.nodes}
        outside = [self.views[x] for n in step.nodes for x in inputs_of(n) if x not in own]
        delay = max(view.delay for view in outside if view.delay is not None)
        for node in step.nodes:
            name = node.outputs[0]
            if node.type == "Offset":
                tensor = self._recurring(source_of(node), delay)
                self.views[name] = View(tensor, delay + node.attributes["frames"], True)
            elif node.type == "IfDefined":
                self.views[name] = self.views[node.inputs[0]]
            else:
                self.views[name] = self._compute(node, [self.views[x] for x in node.inputs], delay)

    def _recurring(self, tensor: str, delay: int) -> str:
        masked = self._masked(tensor, self.spans[tensor].first + delay)
        self.recurring[masked] = self.widths[tensor]
        return masked

    # ---- reading

    def _read(self, view: View, delay: int | None) -> str:
        """The tensor that has the view's value with this delay."""
        if view.delay is None or delay is None or view.delay == delay:
            return view.tensor
        calls = delay - view.delay
        self.memories.setdefault((view.tensor, view.starts_zero), {})[calls] = None
        return _past(view.tensor, calls, view.starts_zero)

    def _masked(self, tensor: str, calls: float) -> str:
        """The tensor with zeros instead of the values of the first calls."""
        if calls <= 0:
            return tensor
        name = f"{tensor}/from_{int(calls)}"
        self._add("Masked", name, [tensor, self._clock(int(calls))], {"calls": int(calls)})
        return name

    def _clock(self, limit: int) -> str:
        """The number of calls so far, which need not be known above ``limit``."""
        self.counted = max(self.counted, limit)
        return "calls"

    def _phase(self, period: int) -> str:
        """The number of calls so far modulo a period."""
        self._add("Phase", f"calls_modulo_{period}", [], {"period": period})
        return f"calls_modulo_{period}"

    def _add_memories(self) -> None:
        if self.counted:
            self._add("Clock", "calls", [], {"limit": self.counted})
        batch = self.model.inputs[0].name if self.model.inputs else ""
        for (tensor, starts_zero), delays in self.memories.items():
            name = f"{tensor}/{'recall' if starts_zero else 'delay'}"
            outputs = [_past(tensor, calls, starts_zero) for calls in delays]
            attributes: dict[str, Any] = {"calls": list(delays), "starts_zero": starts_zero}
            node = SourceNode("Delay", name, [tensor], outputs, attributes)
            if starts_zero and tensor in self.recurring:
                node.type, node.inputs, node.feedback = "Recall", [batch], [tensor]
                attributes["width"] = self.recurring[tensor]
            self.nodes[name] = node

    # ---- nodes that look at other times

    def _offset(self, node: SourceNode, views: list[View]) -> View:
        (view,) = views
        if view.delay is None:
            return view
        return replace(view, delay=view.delay + node.attributes["frames"])

    def _if_defined(self, node: SourceNode, views: list[View]) -> View:
        (view,) = views
        if view.delay is None:
            return view
        since = self.spans[source_of(node)].first + view.delay
        return replace(view, tensor=self._masked(view.tensor, since), starts_zero=True)

    def _failover(self, node: SourceNode, views: list[View]) -> View:
        delays = [view.delay for view in views if view.delay is not None]
        delay = max(delays, default=None)
        first = self.spans[node.inputs[0]].first
        if delay is None or first + delay <= 0:
            return views[0]
        name, calls = node.outputs[0], int(first + delay)
        inputs = [self._clock(calls), *(self._read(view, delay) for view in views)]
        self._add("Failover", name, inputs, {"calls": calls})
        return View(name, delay)

    def _edges(self, node: SourceNode, views: list[View]) -> View:
        return views[0]

    def _round(self, node: SourceNode, views: list[View]) -> View:
        """The value of the last multiple of the period is kept until the next one."""
        (view,) = views
        if view.delay is None:
            return view
        name, period = node.outputs[0], node.attributes["period"]
        inputs = [view.tensor, self._phase(period)]
        self._add("Latch", name, inputs, {"at": view.delay % period})
        return View(name, view.delay)

    def _switch(self, node: SourceNode, views: list[View]) -> View:
        name, period = node.outputs[0], len(views)
        delay = max((view.delay for view in views if view.delay is not None), default=0)
        inputs = [self._phase(period), *(self._read(view, delay) for view in views)]
        self._add("Switch", name, inputs, {"at": delay % period})
        return View(name, delay)

    def _replace_index(self, node: SourceNode, views: list[View]) -> View:
        """The value of one time; a constant input has the same at all times."""
        (view,) = views
        if view.delay is None or view.tensor in self.constant_inputs:
            return replace(view, delay=None)
        at = node.attributes["frame"] + view.delay
        if at < 0:
            raise UnsupportedError(f"{node} means a frame before the first", hint=_HINT)
        name = node.outputs[0]
        self._add("Latch", name, [view.tensor, self._clock(at + 1)], {"at": at})
        return View(name, None)

    def _summed(self, node: SourceNode, view: View) -> str:
        """What is summed up: zeros, which count nothing, where there is nothing yet."""
        assert view.delay is not None
        return self._masked(view.tensor, self.spans[node.inputs[0]].first + view.delay)

    def _window_sum(self, node: SourceNode, views: list[View]) -> View:
        (view,) = views
        if view.delay is None:
            raise UnsupportedError(f"{node} sums up what does not change over time", hint=_HINT)
        self._add(node.type, node.outputs[0], [self._summed(node, view)], node.attributes)
        return View(node.outputs[0], view.delay + node.attributes["end"])

    def _utterance_sum(self, node: SourceNode, views: list[View]) -> View:
        (view,) = views
        if view.delay is None:
            raise UnsupportedError(f"{node} sums up what does not change over time", hint=_HINT)
        calls = max(0, node.attributes["end"] + view.delay) + 1
        inputs = [self._summed(node, view), self._clock(min(calls, _COUNTED))]
        self._add(node.type, node.outputs[0], inputs, {"calls": min(calls, _COUNTED)})
        return View(node.outputs[0], None)


def _past(tensor: str, calls: int, starts_zero: bool) -> str:
    return f"{tensor}/{'recall' if starts_zero else 'delay'}_{calls}"


_TIMED = {
    "Offset": _Frames._offset,
    "IfDefined": _Frames._if_defined,
    "Failover": _Frames._failover,
    "Edges": _Frames._edges,
    "Round": _Frames._round,
    "Switch": _Frames._switch,
    "ReplaceIndex": _Frames._replace_index,
    "WindowSum": _Frames._window_sum,
    "UtteranceSum": _Frames._utterance_sum,
}
