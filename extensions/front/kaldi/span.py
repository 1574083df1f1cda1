"""At which times each value of a network can be computed.

The input has frames t = 0 .. T-1. A value can be computed at ``first <= t < T + last``; both are
numbers of frames, or infinite where nothing is missing at any time. Rules: Kaldi,
"Data types in the nnet3 setup" and the notion of computable cindexes in doc/dnn3_code_compilation.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import networkx as nx

from extensions.front.kaldi.network import cycles
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode, sorted_nodes


@dataclass(frozen=True)
class Span:
    """Times at which a value can be computed; ``is_constant``: it is the same at all of them.

    ``is_ragged``: for some lengths of an utterance it can be computed a few frames longer.
    """

    first: float
    last: float
    is_constant: bool = False
    is_ragged: bool = False

    def moved(self, frames: int) -> Span:
        """Of the value ``frames`` later."""
        return replace(self, first=self.first - frames, last=self.last - frames)


ALWAYS = Span(-math.inf, math.inf)
CONSTANT = Span(-math.inf, math.inf, True)


@dataclass
class Step:
    """One node, or all nodes of a recurrence, which run together frame after frame."""

    nodes: list[SourceNode]
    is_recurrent: bool = False
    # Whether the recurrence goes from the last frame to the first.
    is_backward: bool = False


# Nodes that look at other times in ways that mean nothing inside a recurrence.
_TIMED = {"Round", "Switch", "ReplaceIndex", "WindowSum", "UtteranceSum", "Edges", "Failover"}
# What is zero where its input is.
_LINEAR = {"Append", "Sum", "Scale", "Columns", "Offset", "Identity"}


def source_of(node: SourceNode) -> str:
    """What an Offset moves."""
    return (node.inputs + node.feedback)[0]


def inputs_of(node: SourceNode) -> list[str]:
    return node.inputs + node.feedback


def steps(model: Model) -> list[Step]:
    """The nodes that the outputs need, in an order in which they can be computed."""
    nodes = {node.outputs[0]: node for node in sorted_nodes(model, model.outputs)}
    together = cycles(nodes.values())
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    for name, node in nodes.items():
        graph.add_edges_from((x, name) for x in inputs_of(node) if x in nodes)
    groups = nx.condensation(graph)
    order = []
    for group in nx.lexicographical_topological_sort(groups):
        members = groups.nodes[group]["members"]
        if together.keys().isdisjoint(members):
            order += [Step([nodes[name]]) for name in members]
        else:
            order.append(_recurrence([n for name, n in nodes.items() if name in members]))
    return order


def _recurrence(nodes: list[SourceNode]) -> Step:
    """The nodes of a recurrence in order; the offsets of one direction are its feedback."""
    names = {node.outputs[0] for node in nodes}
    offsets = [n.attributes["frames"] for n in nodes if n.type == "Offset"]
    is_backward = any(frames > 0 for frames in offsets)
    if is_backward and any(frames < 0 for frames in offsets):
        raise UnsupportedError(f"a recurrence through {nodes[0]} goes both ways in time")
    readers: dict[str, list[SourceNode]] = defaultdict(list)
    for node in nodes:
        for name in inputs_of(node):
            readers[name].append(node)
    for node in nodes:
        if node.type in _TIMED:
            raise UnsupportedError(f"{node} inside a recurrence has no form in the IR")
        if node.type == "Offset" and not _is_guarded(node, readers):
            raise UnsupportedError(
                f"{node} inside a recurrence is not within IfDefined, so nothing can be computed"
            )
    inner = nx.DiGraph()
    inner.add_nodes_from(names)
    for node in nodes:
        if node.type != "Offset":
            inner.add_edges_from((x, node.outputs[0]) for x in inputs_of(node) if x in names)
    by_name = {node.outputs[0]: node for node in nodes}
    order = [by_name[name] for name in nx.lexicographical_topological_sort(inner)]
    return Step(order, is_recurrent=True, is_backward=is_backward)


def _is_guarded(offset: SourceNode, readers: Mapping[str, list[SourceNode]]) -> bool:
    """Whether every way from an offset leads to IfDefined, through what keeps zeros zeros."""
    stack, seen = [offset], {offset.name}
    while stack:
        name = stack.pop().outputs[0]
        for node in readers.get(name, ()):
            if node.type == "IfDefined" or node.name in seen:
                continue
            if node.type not in _LINEAR:
                return False
            seen.add(node.name)
            stack.append(node)
    return True


def spans(order: Iterable[Step], given: dict[str, Span], beginning: int = 0) -> dict[str, Span]:
    """The span of every value, from those of the inputs.

    ``beginning``: the number that time 0 has where frames are counted.
    """
    found = dict(given)
    for step in order:
        if step.is_recurrent:
            _recurrent_spans(step, found, beginning)
        else:
            (node,) = step.nodes
            found[node.outputs[0]] = _span(node, [found[x] for x in inputs_of(node)], beginning)
    return found


def span_of_recurrence(step: Step, found: Mapping[str, Span]) -> Span:
    """A recurrence runs where all that comes from outside is there."""
    own = {node.outputs[0] for node in step.nodes}
    outside = [found[x] for node in step.nodes for x in inputs_of(node) if x not in own]
    common = _intersection(outside)
    if math.isinf(common.first) or math.isinf(common.last):
        raise UnsupportedError(f"the recurrence through {step.nodes[0]} has no beginning or end")
    return common


def _recurrent_spans(step: Step, found: dict[str, Span], beginning: int) -> None:
    common = span_of_recurrence(step, found)
    for node in step.nodes:
        if node.type == "Offset":
            span = common.moved(node.attributes["frames"])
        else:
            span = _span(node, [found[x] for x in inputs_of(node)], beginning)
            if node.type != "IfDefined":
                span = _intersection([span, common])
        found[node.outputs[0]] = span


def _intersection(parts: Iterable[Span]) -> Span:
    parts = list(parts)
    moving = [part for part in parts if not part.is_constant]
    if not moving:
        return CONSTANT
    last = min(p.last for p in moving)
    sharp = min((p.last for p in moving if not p.is_ragged), default=math.inf)
    return Span(max(p.first for p in moving), last, is_ragged=sharp > last)


def _span(node: SourceNode, inputs: list[Span], beginning: int) -> Span:
    attributes = node.attributes
    if node.type == "Failover":
        if all(part.is_constant for part in inputs):
            return CONSTANT
        is_ragged = any(part.is_ragged for part in inputs)
        last = max(part.last for part in inputs)
        return Span(min(part.first for part in inputs), last, is_ragged=is_ragged)
    common = _intersection(inputs)
    if common.is_constant or node.type in ("ReplaceIndex", "UtteranceSum"):
        return CONSTANT
    if node.type == "Offset":
        return common.moved(attributes["frames"])
    if node.type == "IfDefined":
        return ALWAYS
    if node.type == "Edges":
        last = common.last + attributes["after"]
        return replace(common, first=common.first - attributes["before"], last=last)
    if node.type == "Round" and not math.isinf(common.first):
        period = attributes["period"]
        first = -(-(common.first + beginning) // period) * period - beginning
        return replace(common, first=first, is_ragged=True)
    if node.type == "WindowSum":
        last = common.last - attributes["begin"]
        return replace(common, first=common.first - attributes["end"], last=last)
    return common


def constant_inputs(model: Model) -> set[str]:
    """Inputs of which only one time is ever read: they do not change over time."""
    readers: dict[str, set[str]] = {item.name: set() for item in model.inputs}
    for node in sorted_nodes(model, model.outputs):
        for name in inputs_of(node):
            if name in readers:
                readers[name].add(node.type)
    return {name for name, types in readers.items() if types == {"ReplaceIndex"}}


def given(model: Model, before: int = 0, after: int = 0) -> dict[str, Span]:
    """The spans of the inputs, the first and the last frame repeated so often."""
    constant = constant_inputs(model)
    return {
        item.name: CONSTANT if item.name in constant else Span(-before, after)
        for item in model.inputs
    }


# Longer cycles of Round and Switch in larger networks are damage.
_MOST_STEPS = 100_000
# No network looks further back.
_MOST_FRAMES = 1 << 40


def padding(model: Model, order: list[Step]) -> tuple[int, int]:
    """How often Kaldi repeats the first and the last frame: its left and right context.

    With these frames more there is an output at every frame. Where frames are counted (Round,
    Switch) the context is that of the frame of the count that needs most, wherever an utterance
    begins (kaldi-asr.org/doc: ComputeSimpleNnetContext).
    """
    pads = _Padding(model, order)
    cycle = math.lcm(*(_period(node) for step in order for node in step.nodes))
    if cycle > 1 and cycle * len(order) > _MOST_STEPS:
        raise UnsupportedError(f"the network counts frames modulo {cycle}")
    return max(map(pads.before, range(cycle))), pads.after()


def _period(node: SourceNode) -> int:
    """After how many frames a node does the same again."""
    if node.type == "Switch":
        return len(node.inputs)
    return int(node.attributes["period"]) if node.type == "Round" else 1


class _Padding:
    """What is missing at both ends of an utterance."""

    def __init__(self, model: Model, order: list[Step]) -> None:
        self.model = model
        self.order = order
        nodes = [node for step in order for node in step.nodes]
        self.single = [node for node in nodes if node.type == "ReplaceIndex"]

    def after(self) -> int:
        found = spans(self.order, given(self.model))
        return self._finite(max([0, *(-found[name].last for name in self.model.outputs)]))

    def before(self, beginning: int) -> int:
        """For an utterance that begins at some frame of the count."""
        most = self._finite(self._lack(0, beginning))
        while self._lack(most, beginning) > 0:  # as rounding does not move with the input
            most = self._finite(2 * most if most < _MOST_FRAMES else math.inf)
        return bisect_left(range(most), True, key=lambda b: self._lack(b, beginning) <= 0)

    def _lack(self, before: int, beginning: int) -> float:
        """The frames at the beginning that have no output."""
        found = spans(self.order, given(self.model, before), beginning)
        firsts = [found[name].first for name in self.model.outputs]
        firsts += [found[n.inputs[0]].first - n.attributes["frame"] for n in self.single]
        return max([0, *firsts])

    def _finite(self, frames: float) -> int:
        if math.isinf(frames):
            raise UnsupportedError("an output of the network can never be computed")
        return int(frames)
