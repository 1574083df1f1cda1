"""The network as a model that takes one frame at a time and keeps what it needs of earlier ones.

What looks ahead is delayed: with a delay of d, the call that is given the frame of time t gives the
value of time t - d. Where values of different delay meet, the earlier ones wait in memories.

Memories begin as if the first frame had been there all the time, but recurrences, and what stands
in IfDefined, begin with zeros. Kaldi lets them begin as many frames before the first as the network
looks back, on repetitions of the first frame (nnet3-compute, and its online decoders). As the IR
can only begin with its first call, whoever runs it gives it those repetitions: the warm-up. It is
longer than what Kaldi repeats where memories must first be filled with what is computed of zeros.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from extensions.front.kaldi.calls import Calls
from extensions.front.kaldi.span import (
    Span,
    Step,
    constant_inputs,
    given,
    inputs_of,
    padding,
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

    The delay of a value that does not change over time is None; what is computed with it must
    have at least the delay ``known``.
    """

    tensor: str
    delay: int | None
    starts_zero: bool = False
    known: int = 0


def _meeting(tensor: str, views: list[View]) -> View:
    """The view of what is computed from others, at the least delay at which all are there."""
    known = max((view.known for view in views), default=0)
    moving = [view.delay for view in views if view.delay is not None]
    return View(tensor, max(known, *moving)) if moving else View(tensor, None, known=known)


def arrange_frames(
    model: Model, widths: Mapping[str, int], *, all_begin_with_zeros: bool = False
) -> Model:
    """The model with memories instead of offsets; ``widths`` are the columns of each value.

    ``all_begin_with_zeros``: as in the runtimes of 2021, which pass over the first values of
    memories, or where others keep them; then every network that looks back needs the warm-up.
    """
    order = steps(model)
    before = padding(model, order)[0] if any(map(_has_beginning, order)) else 0
    warm_up = before
    known = spans(order, given(model, before))
    if all_begin_with_zeros or any(_is_always_there(step, known) for step in order):
        warm_up = max(before, padding(model, list(map(_transparent, order)))[0])
    return _Frames(model, known, widths, warm_up).arranged(order)


def _has_beginning(step: Step) -> bool:
    """Whether it matters how many frames there were before."""
    return step.is_recurrent or step.nodes[0].type in ("IfDefined", "Failover", "WindowSum")


def _is_always_there(step: Step, known: Mapping[str, Span]) -> bool:
    """Whether a value is computed of zeros long before the first frame."""
    (node, *_) = step.nodes
    span = known[node.outputs[0]]
    is_computed = not step.is_recurrent and node.type not in ("IfDefined", "Offset")
    return is_computed and math.isinf(span.first) and not span.is_constant


def _transparent(step: Step) -> Step:
    """The same as if frames outside the utterance were wanted wherever they are looked at."""
    (node, *_) = step.nodes
    if step.is_recurrent or node.type not in ("Edges", "IfDefined"):
        return step
    nothing = {**node.attributes, "before": 0, "after": 0}
    return Step([SourceNode("Edges", node.name, node.inputs, node.outputs, nothing)])


class _Frames:
    def __init__(
        self, model: Model, known: Mapping[str, Span], widths: Mapping[str, int], warm_up: int
    ) -> None:
        self.model = model
        self.spans = known
        self.widths = widths
        # The first call has the frame of this time, negated.
        self.warm_up = warm_up
        self.constant_inputs = constant_inputs(model)
        self.calls = Calls()
        self.views = {item.name: View(item.name, 0) for item in model.inputs}

    def arranged(self, order: list[Step]) -> Model:
        for step in order:
            if step.is_recurrent:
                self._recurrence(step)
            else:
                self._place(step.nodes[0])
        views = [self.views[name] for name in self.model.outputs]
        delay = max(0, _meeting("", views).delay or 0)
        outputs = [self._read(view, delay) for view in views]
        self.calls.finish(self.model.inputs[0].name if self.model.inputs else "")
        return replace(
            self.model,
            nodes=list(self.calls.nodes.values()),
            outputs=outputs,
            arrange=None,
            notes=_notes(self.warm_up, delay),
            facts={"kaldi": {"warm_up": self.warm_up, "delay": delay}},
        )

    def _call_of(self, time: float, delay: int) -> int:
        """The number of the call, from 0, that gives the value of a time."""
        return int(time) + delay + self.warm_up

    def _since(self, name: str, delay: int) -> int:
        """The first call that gives a value; 0 if all of them do."""
        first = self.spans[name].first
        return 0 if math.isinf(first) else max(0, self._call_of(first, delay))

    # ---- nodes

    def _place(self, node: SourceNode) -> None:
        name = node.outputs[0]
        views = [self.views[x] for x in inputs_of(node)]
        timed = _TIMED.get(node.type)
        if timed is not None:
            self.views[name] = timed(self, node, views)
            return
        self.views[name] = self._compute(node, views, _meeting(name, views))

    def _compute(self, node: SourceNode, views: list[View], made: View) -> View:
        """The node itself, its inputs brought to one delay."""
        inputs = [self._read(view, made.delay) for view in views]
        self.calls.add(node.type, made.tensor, inputs, node.attributes)
        return made

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
        delay = _meeting("", outside).delay
        assert delay is not None  # as the span of a recurrence has a beginning
        for node in step.nodes:
            name = node.outputs[0]
            if node.type == "Offset":
                tensor = self._recurring(source_of(node), delay)
                self.views[name] = View(tensor, delay + node.attributes["frames"], True)
            elif node.type == "IfDefined":
                self.views[name] = self.views[node.inputs[0]]
            else:
                views = [self.views[x] for x in node.inputs]
                self.views[name] = self._compute(node, views, View(name, delay))

    def _recurring(self, tensor: str, delay: int) -> str:
        masked = self.calls.masked(tensor, self._since(tensor, delay))
        self.calls.recur(masked, self.widths[tensor])
        return masked

    # ---- reading

    def _read(self, view: View, delay: int | None) -> str:
        """The tensor that has the view's value with this delay."""
        if view.delay is None or delay is None or view.delay == delay:
            return view.tensor
        return self.calls.past(view.tensor, delay - view.delay, view.starts_zero)

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
        since = self._since(node.inputs[0], view.delay)
        return replace(view, tensor=self.calls.masked(view.tensor, since), starts_zero=True)

    def _failover(self, node: SourceNode, views: list[View]) -> View:
        made = _meeting(node.outputs[0], views)
        calls = 0 if made.delay is None else self._since(node.inputs[0], made.delay)
        if not calls:
            return views[0]
        inputs = [self.calls.clock(calls), *(self._read(view, made.delay) for view in views)]
        self.calls.add("Failover", made.tensor, inputs, {"calls": calls})
        return made

    def _edges(self, node: SourceNode, views: list[View]) -> View:
        return views[0]

    def _round(self, node: SourceNode, views: list[View]) -> View:
        """The value of the last multiple of the period is kept until the next one."""
        (view,) = views
        if view.delay is None:
            return view
        name, period = node.outputs[0], node.attributes["period"]
        inputs = [view.tensor, self.calls.phase(period)]
        self.calls.add("Latch", name, inputs, {"at": self._call_of(0, view.delay) % period})
        return View(name, view.delay)

    def _switch(self, node: SourceNode, views: list[View]) -> View:
        name, period = node.outputs[0], len(views)
        delay = _meeting(name, views).delay or 0
        inputs = [self.calls.phase(period), *(self._read(view, delay) for view in views)]
        self.calls.add("Switch", name, inputs, {"at": self._call_of(0, delay) % period})
        return View(name, delay)

    def _replace_index(self, node: SourceNode, views: list[View]) -> View:
        """The value of one time; a constant input has the same at all times."""
        (view,) = views
        if view.delay is None or view.tensor in self.constant_inputs:
            return replace(view, delay=None)
        known = node.attributes["frame"] + view.delay
        if known + self.warm_up < 0:
            raise UnsupportedError(f"{node} means a frame before the first", hint=_HINT)
        name, at = node.outputs[0], known + self.warm_up
        self.calls.add("Latch", name, [view.tensor, self.calls.clock(at + 1)], {"at": at})
        return View(name, None, known=max(0, known))

    def _window_sum(self, node: SourceNode, views: list[View]) -> View:
        (view,) = views
        if view.delay is None:
            raise UnsupportedError(f"{node} sums up what does not change over time", hint=_HINT)
        # Zeros, which count nothing, where there is nothing yet.
        summed = self.calls.masked(view.tensor, self._since(node.inputs[0], view.delay))
        self.calls.add(node.type, node.outputs[0], [summed], node.attributes)
        return View(node.outputs[0], view.delay + node.attributes["end"])

    def _utterance_sum(self, node: SourceNode, views: list[View]) -> View:
        (view,) = views
        if view.delay is None:
            raise UnsupportedError(f"{node} sums up what does not change over time", hint=_HINT)
        if math.isinf(node.attributes["end"]):
            raise UnsupportedError(f"{node} gives each frame what all frames sum up to", hint=_HINT)
        begin = max(self._call_of(0, view.delay), self._since(node.inputs[0], view.delay))
        end = max(0, self._call_of(node.attributes["end"], view.delay)) + 1
        calls = min(end, _COUNTED)
        inputs = [self.calls.masked(view.tensor, begin), self.calls.clock(calls)]
        self.calls.add(node.type, node.outputs[0], inputs, {"calls": calls})
        return View(node.outputs[0], None)


def _notes(warm_up: int, delay: int) -> list[str]:
    """How to begin and to end an utterance."""
    notes = ["The model takes one frame at a time and keeps its state between calls."]
    if warm_up:
        times = _counted(warm_up, "more time")
        notes.append(f"Give the first frame {times} before an utterance.")
    if delay:
        calls, times = _counted(delay, "call"), _counted(delay, "more time")
        notes.append(f"Results come {calls} late: give the last frame {times} at the end.")
    return notes


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


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
