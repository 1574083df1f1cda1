"""Loops and branches: operations with graphs inside.

A body's inputs are its variables. The parameters ..._locs tell which of them get which inputs of
the node: positions among the body's variables (_foreach) or among the node's inputs (the others).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import invalid, scalar, size_of, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, truth
from extensions.ops.arithmetic import Subtract
from extensions.ops.control_flow import If, widened
from extensions.ops.iteration import Iteration
from extensions.ops.movement import Concat
from extensions.ops.shaping import Broadcast
from mo.front.model import Model, SourceNode
from mo.front.values import Value
from mo.graph.body import Body, PortMap
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType


def body_of(node: SourceNode, number: int) -> Model:
    found = node.attributes.get(f"body{number}")
    if not isinstance(found, Model):
        raise invalid(f"it has no sub-graph {number}")
    return found


def _locations(node: SourceNode, name: str, count: int) -> tuple[int, ...]:
    places = at.integers(node, name)
    if not all(0 <= place < count for place in places):
        raise invalid(f"its {name} are {list(places)}")
    return places


@converts("_CachedOp", "_CachedOpThreadSafe")
def inlined(g: Graph, node: SourceNode, *values: Value) -> tuple[Value, ...]:
    """A part of the graph that was packed up, for a back end or for speed."""
    return tuple(node.walk.inline(body_of(node, 0), *values))


@converts("_foreach")
def foreach(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """The body for each slice along the first axis; its outputs are stacked, then come states."""
    body = body_of(node, 0)
    variables = len(body.inputs)
    sliced, states, rest = (
        _locations(node, f"{name}_locs", variables) for name in ("in_data", "in_state", "remain")
    )
    places = (*sliced, *states, *rest)
    if sorted(places) != list(range(variables)) or len(values) != variables or not sliced:
        raise invalid("its sub-graph does not have the inputs that it gets")
    given = dict(zip(places, values))
    outputs = at.integer(node, "num_out_data")
    kinds = [given[place].type for place in states]
    while True:
        iteration = Iteration(g, body.name)
        inner = {place: iteration.carried(given[place], k) for place, k in zip(states, kinds)}
        inner.update((place, iteration.sliced(given[place], 0)) for place in sliced)
        inner.update((place, iteration.outer(given[place])) for place in rest)
        results, captured = node.walk.within(
            body, iteration.body, [inner[place] for place in range(variables)]
        )
        wider = [widened(*pair) for pair in zip(kinds, [v.type for v in results[outputs:]])]
        if wider == kinds:
            break
        kinds = wider
    iteration.adopt(captured)
    made = iteration.run(results[outputs:], [(value, 0, False) for value in results[:outputs]])
    return (*made[len(states) :], *made[: len(states)])


@converts("_while_loop")
def while_loop(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """Outputs of all iterations, filled up with zeros to the most there may be; then states."""
    condition, body = body_of(node, 0), body_of(node, 1)
    tested = _locations(node, "cond_input_locs", len(values))
    used = _locations(node, "func_input_locs", len(values))
    changed = [used[place] for place in _locations(node, "func_var_locs", len(used))]
    outputs, most = at.integer(node, "num_out_data"), at.integer(node, "max_iterations")
    kinds = {place: values[place].type for place in changed}
    start = node.walk.inline(condition, *(values[place] for place in tested))[0]
    while True:
        loop = Iteration(g, body.name)
        inner = {place: loop.carried(values[place], kinds[place]) for place in changed}
        for place in sorted({*tested, *used} - set(changed)):
            inner[place] = loop.outer(values[place])
        results, captured = node.walk.within(body, loop.body, [inner[place] for place in used])
        after = dict(zip(changed, results[outputs:]))
        wider = {place: widened(kinds[place], after[place].type) for place in changed}
        if wider == kinds:
            break
        kinds = wider
    inner.update(after)
    again, more = node.walk.within(condition, loop.body, [inner[place] for place in tested])
    loop.adopt([*captured, *more])
    loop.limit(
        g.constant(np.int64(most)),
        scalar(g, truth(g, start)),
        scalar(loop.body, truth(loop.body, again[0])),
    )
    made = loop.run(results[outputs:], [(value, 0, False) for value in results[:outputs]])
    stacks = [_filled_up(g, stack, most) for stack in made[len(changed) :]]
    return (*stacks, *made[: len(changed)])


def _filled_up(g: Graph, stack: Output, most: int) -> Output:
    """Zeros behind, until there are as many slices as there may be iterations."""
    missing = g.add(Subtract(), g.constant(np.int64(most)), size_of(g, stack, 0))
    rank = stack.rank or 0
    sizes = vector(g, [missing, *(size_of(g, stack, axis) for axis in range(1, rank))])
    zeros = g.add(Broadcast(), g.constant(np.asarray(0), stack.dtype), sizes)
    return g.add(Concat(axis=0), stack, zeros)


@converts("_cond")
def cond(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """The outputs of one of two bodies."""
    tested, *branches = (
        [values[place] for place in _locations(node, f"{name}_input_locs", len(values))]
        for name in ("cond", "then", "else")
    )
    choice = scalar(g, truth(g, node.walk.inline(body_of(node, 0), *tested)[0]))
    known = choice.value()
    if known is not None:
        taken = 0 if known.all() else 1
        return tuple(node.walk.inline(body_of(node, 1 + taken), *branches[taken]))
    fed: dict[Output, None] = {}
    bodies = [
        _branch(node, number, prefix, inputs, fed)
        for number, prefix, inputs in zip((1, 2), ("then_", "else_"), branches)
    ]
    return g.add_multi(If(then_body=bodies[0], else_body=bodies[1]), choice, *fed)


def _branch(
    node: SourceNode, number: int, prefix: str, inputs: Sequence[Output], fed: dict[Output, None]
) -> Body:
    """A body with its ports; ``fed`` grows by the values that it needs."""
    kinds: list[TensorType | Any] = [value.type for value in inputs]
    graph, captured, _ = node.walk.body(body_of(node, number), kinds)
    needed = [*inputs, *captured]
    fed.update(dict.fromkeys(needed))
    places = {value: place for place, value in enumerate(fed, 1)}
    ports = tuple(PortMap(places[value], index) for index, value in enumerate(needed))
    results = tuple(PortMap(index, index) for index in range(len(graph.results())))
    return Body(graph, ports, results, prefix=prefix)
