"""If and Loop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.onnx.common import converts, scalar
from extensions.ops.control_flow import If, Loop, result_type, union
from extensions.ops.shaping import Unsqueeze
from mo.front.model import Model, SourceNode
from mo.graph.body import Body, PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType
from mo.graph.shape import Dim, same


@converts("If")
def if_(g: Graph, node: SourceNode, condition: Output) -> tuple[Output, ...]:
    """A branch in place where the condition is known."""
    known = condition.value()
    if known is not None:
        return node.walk.inline(node.get("then_branch" if known.all() else "else_branch"))
    inputs: dict[Output, None] = {}
    bodies = []
    for prefix in ("then_", "else_"):
        graph, captured, _ = node.walk.body(node.get(f"{prefix}branch"), ())
        inputs.update(dict.fromkeys(captured))
        places = {value: number for number, value in enumerate(inputs, 1)}
        ports = tuple(PortMap(places[value], i) for i, value in enumerate(captured))
        results = tuple(PortMap(i, i) for i in range(len(graph.results())))
        bodies.append(Body(graph, ports, results, prefix=prefix))
    return g.add_multi(If(then_body=bodies[0], else_body=bodies[1]), scalar(g, condition), *inputs)


@converts("Loop")
def loop(
    g: Graph,
    node: SourceNode,
    trip_count: Output | None = None,
    condition: Output | None = None,
    *carried: Output,
) -> tuple[Output, ...]:
    """Body inputs are iteration, condition, carried; outputs condition, carried, scans."""
    body: Model = node.get("body")
    count = g.constant(np.int64(-1)) if trip_count is None else scalar(g, trip_count)
    start = g.constant(np.bool_(True)) if condition is None else scalar(g, condition)
    graph, captured = _settled_body(node, body, start, carried)
    states = len(carried)
    ending = graph.results()[0]
    if start.is_constant and ending.inputs[0] is graph.parameters()[1].outputs[0]:
        # A condition that is only handed on stays what it was at the start.
        graph.set_input(ending, 0, graph.constant(start.constant))
    for result in graph.results()[1 + states :]:
        # Scan outputs get the axis along which they are joined.
        graph.set_input(result, 0, graph.add(Unsqueeze(), result.inputs[0], [0]))
    iteration, going = graph.parameters()[:2]
    sources = dict(zip(graph.parameters()[1:], [start, *carried, *captured]))
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
    scans = range(states, len(body.outputs) - 1)
    results += [PortMap(number, number + 1, _SCAN) for number in scans]
    carriers = list(sources)[: 1 + states]
    back = [(number, places[p]) for number, p in enumerate(carriers) if p in places]
    op = Loop(body=Body(graph, tuple(ports), tuple(results), tuple(back)))
    return g.add_multi(op, count, start, *(sources[parameter] for parameter in fed))


# One slice of each iteration, joined along the first axis.
_SCAN = {"axis": "0", "start": "0", "end": "-1", "stride": "1", "part_size": "1"}


def _settled_body(
    node: SourceNode, body: Model, condition: Output, carried: Sequence[Output]
) -> tuple[Graph, list[Output]]:
    """The body with types of the carried values that hold in every iteration."""
    kinds = [TensorType((), ElementType.i64), condition.type, *(v.type for v in carried)]
    while True:
        graph, captured, _ = node.walk.body(body, kinds)
        whole = Body(graph, (), ())
        wider = [
            _widened(kind, result_type(whole, number)) for number, kind in enumerate(kinds[1:], 0)
        ]
        if wider == kinds[1:]:
            return graph, captured
        kinds[1:] = wider


def _widened(before: TensorType, after: TensorType) -> TensorType:
    """``before`` with whatever an iteration changes left open, so that a second look settles."""
    if before.shape is None or after.shape is None or len(before.shape) != len(after.shape):
        return TensorType(None, before.dtype) if before.shape != after.shape else before
    dims = [
        dim if same(union((dim,), (new,))[0], dim) else Dim()  # type: ignore[index]
        for dim, new in zip(before.shape, after.shape)
    ]
    return TensorType(tuple(dims), before.dtype)
