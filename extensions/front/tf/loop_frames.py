"""One loop of TensorFlow 1, and the While node that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from extensions.front.tf.control_damage import damaged
from mo.front.model import Model, ModelInput, SourceNode, reads
from mo.graph.element_type import ElementType


@dataclass(eq=False)
class Variable:
    """``tensor`` in each iteration; it is ``start`` in the first and ``following`` in the next."""

    tensor: str
    start: str
    following: str
    # What an iteration calls it, behind the decision that there is one; and the loop's results.
    inside: list[SourceNode] = field(default_factory=list)
    results: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Frame:
    """One loop."""

    name: str
    entries: list[SourceNode] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    condition: str = ""
    parent: Frame | None = None
    depth: int = 1
    # What is computed in each of its iterations.
    nodes: list[SourceNode] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """Where a loop begins: behind all that enters it."""

    frame: Frame


def alias(node: SourceNode, tensor: str, names: list[str]) -> SourceNode:
    """What stands in place of a node that hands on a tensor."""
    return SourceNode("Identity", node.name, [tensor], names, {})


def depth_of(frame: Frame | None) -> int:
    return frame.depth if frame else 0


def while_node(frame: Frame, with_branches: Callable[[Model], Model]) -> SourceNode:
    """The loop as one node, its outputs the first result of each variable, '' if there is none."""
    inputs = [ModelInput(v.tensor, None, ElementType.dynamic) for v in frame.variables]

    def part(name: str, outputs: list[str]) -> Model:
        label = f"{frame.name}/{name}"
        nodes = _needed(frame.nodes, outputs)
        return with_branches(Model(label, "tf", nodes, inputs, outputs))

    bodies = {
        "cond": part("cond", [frame.condition]),
        "body": part("body", [variable.following for variable in frame.variables]),
    }
    starts = [variable.start for variable in frame.variables]
    results = [variable.results[0] if variable.results else "" for variable in frame.variables]
    return SourceNode("While", frame.name, starts, results, bodies)


def _needed(nodes: Iterable[SourceNode], targets: Iterable[str]) -> list[SourceNode]:
    """Those of ``nodes``, which stand in order, that the targets need."""
    wanted = set(targets)
    found = []
    for node in reversed(list(nodes)):
        if not wanted.isdisjoint(node.outputs):
            wanted.update(reads(node))
            found.append(node)
    return found[::-1]


def needs(node: SourceNode, count: int) -> None:
    if len(node.inputs) != count:
        raise damaged(f"{node} has {len(node.inputs)} inputs, not {count}")
