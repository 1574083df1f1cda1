"""If and Loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from extensions.front.branching import chosen
from extensions.front.building import scalar
from extensions.front.onnx.common import converts, refuse
from extensions.ops.control_flow import Loop, result_type, widened
from extensions.ops.movement import Concat
from extensions.ops.shaping import Unsqueeze
from mo.front.model import Model, SourceNode
from mo.front.values import (
    GrowingSequence,
    StackedSequence,
    TensorSequence,
    Value,
    is_tensor,
)
from mo.graph.body import Body, PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType


@converts("If")
def if_(g: Graph, node: SourceNode, condition: Output) -> tuple[Value, ...]:
    """A branch in place where the condition is known."""
    branches = [node.get("then_branch"), node.get("else_branch")]
    return chosen(g, node, condition, branches)


@converts("Loop", sequences=True)
def loop(
    g: Graph,
    node: SourceNode,
    trip_count: Output | None = None,
    condition: Output | None = None,
    *carried: Value,
) -> tuple[Value, ...]:
    """Body inputs are iteration, condition, carried; outputs condition, carried, scans."""
    body: Model = node.get("body")
    count = g.constant(np.int64(-1)) if trip_count is None else scalar(g, trip_count)
    start = g.constant(np.bool_(True)) if condition is None else scalar(g, condition)
    tensors = [value for value in carried if is_tensor(value)]
    graph, captured, given = _settled_body(node, body, start, carried)
    if _is_zero(count) or _is_zero(start):
        return *carried, *(_nothing(g, value) for value in given[1 + len(carried) :])
    lists = _appended(node, graph, given, carried, [*tensors, *captured])
    ending = graph.results()[0]
    if start.is_constant and ending.inputs[0] is graph.parameters()[1].outputs[0]:
        # A condition that is only handed on stays what it was at the start.
        graph.set_input(ending, 0, graph.constant(start.constant))
    states = len(tensors)
    for result in graph.results()[1 + states :]:
        # Scan outputs get the axis along which they are joined.
        graph.set_input(result, 0, graph.add(Unsqueeze(), result.inputs[0], [0]))
    scans = range(states, len(graph.results()) - 1)
    iteration, going = graph.parameters()[:2]
    sources = dict(zip(graph.parameters()[1:], [start, *tensors, *captured]))
    for parameter in (iteration, going):
        if not parameter.outputs[0].users:
            graph.drop_input(parameter)
    places = {parameter: place for place, parameter in enumerate(graph.parameters())}
    fed = [parameter for parameter in sources if parameter in places]
    ports = [PortMap(number, places[parameter]) for number, parameter in enumerate(fed, 2)]
    if iteration in places:
        ports.insert(0, PortMap(None, places[iteration], {"purpose": "current_iteration"}))
    results = [PortMap(None, 0, {"purpose": "execution_condition"})]
    results += [PortMap(number, number + 1) for number in range(states)]
    results += [PortMap(number, number + 1, _SCAN) for number in scans]
    carriers = list(sources)[: 1 + states]
    back = [(number, places[p]) for number, p in enumerate(carriers) if p in places]
    op = Loop(body=Body(graph, tuple(ports), tuple(results), tuple(back)))
    outputs = iter(g.add_multi(op, count, start, *(sources[parameter] for parameter in fed)))
    return _with_lists(g, given[1:], carried, outputs, lists)


def _is_zero(value: Output) -> bool:
    """Whether a trip count or condition lets no iteration happen."""
    known = value.value()
    return known is not None and not known.any()


def _nothing(g: Graph, value: Output) -> Output:
    """What no iterations give together, of the shape that they would have given."""
    dims = [dim if isinstance(dim, int) else 0 for dim in value.shape or ()]
    return g.constant(np.empty((0, *dims), value.dtype.numpy), value.dtype)


def _appended(
    node: SourceNode,
    graph: Graph,
    given: Sequence[Value],
    carried: Sequence[Value],
    outside: Sequence[Output],
) -> int:
    """Make what an iteration appends to the lists that it carries outputs, behind all others."""
    count = 0
    sizes = {dim for value in outside for dim in value.shape or ()}
    for after, before in zip(given[1:], carried):
        if is_tensor(before):
            continue
        if not isinstance(after, GrowingSequence) or len(after.appended) > 1:
            raise refuse(node, "a list that an iteration changes otherwise than by one tensor more")
        for item in after.appended:
            settled = item.shape is not None and all(
                isinstance(dim, int) or dim in sizes for dim in item.shape
            )
            if not settled:
                raise refuse(node, "a list whose tensors may differ in shape")
            graph.output(item)
            count += 1
    return count


def _with_lists(
    g: Graph,
    given: Sequence[Value],
    carried: Sequence[Value],
    outputs: Iterator[Output],
    lists: int,
) -> tuple[Value, ...]:
    """The outputs in the order of the node, where lists stand among the tensors."""
    found = list(outputs)
    tensors, grown = iter(found[: len(found) - lists]), iter(found[len(found) - lists :])
    values: list[Value] = []
    for index, value in enumerate(given):
        if not isinstance(value, GrowingSequence):
            values.append(next(tensors))
        elif not value.appended:
            values.append(carried[index])
        else:
            values.append(_behind(g, carried[index], next(grown)))
    return tuple(values)


def _behind(g: Graph, before: Value, stack: Output) -> StackedSequence:
    """The tensors of a stack after those of a list."""
    if isinstance(before, StackedSequence):
        return StackedSequence(g.add(Concat(axis=0), before.stack, stack))
    items = [g.add(Unsqueeze(), item, [0]) for item in before.items]
    return StackedSequence(g.add(Concat(axis=0), *items, stack) if items else stack)


# One slice of each iteration, joined along the first axis.
_SCAN = {"axis": "0", "start": "0", "end": "-1", "stride": "1", "part_size": "1"}


def _settled_body(
    node: SourceNode, body: Model, condition: Output, carried: Sequence[Value]
) -> tuple[Graph, list[Output], list[Value]]:
    """The body with types of the carried values that hold in every iteration."""
    kinds = [TensorType((), ElementType.i64), condition.type]
    kinds += [value.type for value in carried if is_tensor(value)]
    while True:
        tensors = iter(kinds[2:])
        inputs = [next(tensors) if is_tensor(v) else _growing(node, v) for v in carried]
        graph, captured, given = node.walk.body(body, [*kinds[:2], *inputs])
        whole = Body(graph, (), ())
        wider = [
            widened(kind, result_type(whole, number)) for number, kind in enumerate(kinds[1:], 0)
        ]
        if wider == kinds[1:]:
            return graph, captured, given
        kinds[1:] = wider


def _growing(node: SourceNode, value: Value) -> GrowingSequence:
    if not isinstance(value, (TensorSequence, StackedSequence)):
        raise refuse(node, "a loop over an optional value")
    return GrowingSequence()
