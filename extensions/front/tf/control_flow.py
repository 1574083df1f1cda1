"""If, Case and While: functions as branches and loop bodies."""

from __future__ import annotations

from typing import Any

from extensions.front.branching import chosen
from extensions.front.building import invalid, scalar
from extensions.front.tf.common import converts, number
from extensions.front.tf.elementwise import to_bool
from extensions.front.tf.loops import looped
from extensions.ops.arithmetic import Less, Select, Subtract
from mo.front.model import Model, ModelInput, SourceNode
from mo.front.values import Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# ---- branches


@converts("If", "StatelessIf", sequences=True)
def if_(g: Graph, node: SourceNode, condition: Output, *inputs: Value) -> tuple[Value, ...]:
    """A number is true unless it is 0; a branch in place where that is known."""
    branches = [_branch(node, f"{name}_branch") for name in ("then", "else")]
    return chosen(g, node, scalar(g, to_bool(g, node, condition)), branches, inputs)


@converts("Case", "StatelessCase", sequences=True)
def case(g: Graph, node: SourceNode, index: Output, *inputs: Value) -> tuple[Value, ...]:
    """The branch of a number; the last one for numbers that no branch has."""
    branches = [_branch(node, f"branch_{i}") for i in range(len(node.get("branches", [])))]
    known = index.value()
    if known is not None:
        place = int(known.item())
        inside = 0 <= place < len(branches)
        return node.walk.inline(branches[place if inside else -1], *inputs)
    if len(branches) == 1:
        return node.walk.inline(branches[0], *inputs)
    last, middle = len(branches) - 1, len(branches) // 2
    index = scalar(g, index)
    kind = index.dtype
    outside = g.add(Less(), index, number(g, 0, kind))
    chosen_one = g.add(Select(), outside, number(g, last, kind), index)
    is_early = g.add(Less(), chosen_one, number(g, middle, kind))
    halves = [
        _half(node, part, which, len(inputs))
        for which, part in enumerate((branches[:middle], branches[middle:]))
    ]
    late = g.add(Subtract(), chosen_one, number(g, middle, kind))
    return chosen(g, node, is_early, halves, [chosen_one, late, *inputs])


def _half(node: SourceNode, branches: list[Model], which: int, count: int) -> Model:
    """A choice among some of the branches, by the first or the second input."""
    label = f"{node.name}/half_{which}"
    inputs = [ModelInput(f"{label}/in_{i}", None, ElementType.dynamic) for i in range(count + 2)]
    names = [item.name for item in inputs]
    outputs = [f"{label}/out_{i}" for i in range(len(branches[0].outputs))]
    attributes: dict[str, Any] = {f"branch_{i}": branch for i, branch in enumerate(branches)}
    attributes["branches"] = branches
    inner = SourceNode("Case", label, [names[which], *names[2:]], outputs, attributes)
    return Model(label, "tf", [inner], inputs, outputs)


def _branch(node: SourceNode, name: str) -> Model:
    branch = node.get(name)
    if not isinstance(branch, Model):
        raise invalid(f"it has no {name}")
    return branch


# ---- loops


@converts("While", "StatelessWhile", sequences=True)
def while_(g: Graph, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
    body, condition = _branch(node, "body"), _branch(node, "cond")
    if not len(inputs) == len(body.inputs) == len(body.outputs) == len(condition.inputs):
        raise invalid("its body does not give as many values as it takes")
    start = scalar(g, to_bool(g, node, node.walk.inline(condition, *inputs)[0]))
    known = start.value()
    if known is not None and not known.all():
        return inputs
    return looped(g, node, body, condition, inputs, start)


@converts("PartitionedCall", sequences=True)
def called(g: Graph, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
    """A function that the reader has not put in place: the condition of a loop."""
    return node.walk.inline(_branch(node, "f"), *inputs)
