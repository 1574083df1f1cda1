"""If, Case and While: functions as branches and loop bodies."""

from __future__ import annotations

from typing import Any

from extensions.front.branching import chosen
from extensions.front.building import invalid, scalar
from extensions.front.tf.common import converts, number, refuse
from extensions.front.tf.elementwise import to_bool
from extensions.front.tf.loops import looped
from extensions.ops.arithmetic import Equal
from mo.front.model import Model, SourceNode
from mo.front.values import Value
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
    return _case(g, node, scalar(g, index), 0, branches, inputs)


def _case(
    g: Graph, node: SourceNode, index: Output, first: int, branches: list[Model], inputs: Any
) -> tuple[Value, ...]:
    if len(branches) == 1:
        return node.walk.inline(branches[0], *inputs)
    if len(branches) > 2:
        raise refuse("a choice among more than two branches by a computed number")
    is_first = g.add(Equal(), index, number(g, first, index.dtype))
    return chosen(g, node, is_first, branches, inputs)


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
