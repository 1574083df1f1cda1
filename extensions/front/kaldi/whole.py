"""Rows of whole utterances: cutting, repeating, summing up, and loops over them."""

from __future__ import annotations

import numpy as np

from extensions.front.kaldi.common import converts, part
from extensions.front.kaldi.memory import zeros
from extensions.ops.arithmetic import Add, Equal, FloorMod, Select, Subtract
from extensions.ops.control_flow import Loop
from extensions.ops.convolution import Convolution
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import ShapeOf, Squeeze, Unsqueeze
from mo.errors import InferenceError
from mo.front.model import Model, SourceNode
from mo.graph.body import Body, PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType

_TIME = 1


def _length(g: Graph, x: Output) -> Output:
    """The number of rows as a scalar."""
    assert x.shape is not None
    count = x.shape[_TIME]
    if isinstance(count, int):
        return g.constant(np.int64(count))
    return g.add(Gather(), g.add(ShapeOf(), x), g.constant(np.int64(_TIME)), np.int64(0))


def _times(g: Graph, x: Output, first: int = 0) -> Output:
    """The numbers of the rows of x, from ``first`` on."""
    start = g.constant(np.int64(first))
    length = _length(g, x)
    known = length.value()
    if known is not None:
        return g.constant(np.arange(first, first + int(known)))
    stop = g.add(Add(), length, start)
    return g.add(Range(output_type=ElementType.i64), start, stop, g.constant(np.int64(1)))


def _padded(g: Graph, x: Output, before: int, after: int, mode: str = "constant") -> Output:
    value = (0.0,) if mode == "constant" else ()
    return g.add(Pad(pad_mode=mode), x, [0, before, 0], [0, after, 0], *value)


@converts("Rows")
def rows(g: Graph, node: SourceNode, x: Output) -> Output:
    """Rows cut off at both ends, or (numbers below and above 0) added as zeros."""
    begin, end = node.attributes["begin"], node.attributes["end"]
    if begin > 0 or end < 0:
        _check_length(x, max(begin, 0) + max(-end, 0))
        x = part(g, x, _TIME, max(begin, 0), end if end < 0 else None)
    if begin < 0 or end > 0:
        x = _padded(g, x, max(-begin, 0), max(end, 0))
    return x


def _check_length(x: Output, cut: int) -> None:
    assert x.shape is not None
    count = x.shape[_TIME]
    if isinstance(count, int) and count <= cut:
        raise InferenceError(
            f"an utterance is too short: {cut} of {count} rows are context",
            hint="Give more frames with --kaldi_chunk.",
        )


@converts("Part")
def part_(g: Graph, node: SourceNode, x: Output) -> Output:
    start, stop = node.attributes["start"], node.attributes["stop"]
    if stop == start + 1:  # which is one row, even of an unknown number
        return g.add(Gather(), x, [start], np.int64(_TIME))
    return part(g, x, _TIME, start, stop)


@converts("Joined")
def joined(g: Graph, node: SourceNode, *parts: Output) -> Output:
    return g.add(Concat(axis=_TIME), *parts)


@converts("Shifted")
def shifted(g: Graph, node: SourceNode, state: Output, x: Output) -> Output:
    """The rows of a memory: the new one at the end, the oldest dropped."""
    assert state.shape is not None
    if state.shape[_TIME] == 1:
        return x
    return part(g, g.add(Concat(axis=_TIME), state, x), _TIME, 1, None)


@converts("Edges")
def edges(g: Graph, node: SourceNode, x: Output) -> Output:
    """The first and the last row repeated."""
    before, after = node.attributes["before"], node.attributes["after"]
    return _padded(g, x, before, after, "edge") if before or after else x


@converts("Repeated")
def repeated(g: Graph, node: SourceNode, x: Output) -> Output:
    """Each row of a period is the first one of it."""
    times = _times(g, x)
    into = g.add(FloorMod(), times, g.constant(np.int64(node.attributes["period"])))
    return g.add(Gather(), x, g.add(Subtract(), times, into), np.int64(_TIME))


@converts("Interleaved")
def interleaved(g: Graph, node: SourceNode, first: Output, *others: Output) -> Output:
    """Rows of one input after another."""
    times = g.add(Unsqueeze(), _times(g, first, node.attributes["first"]), [1])
    turn = g.add(FloorMod(), times, g.constant(np.int64(1 + len(others))))
    for number, other in enumerate(others, 1):
        is_its_turn = g.add(Equal(), turn, g.constant(np.int64(number)))
        first = g.add(Select(), is_its_turn, other, first)
    return first


# ---- sums over rows


@converts("RowWindows")
def row_windows(g: Graph, node: SourceNode, x: Output) -> Output:
    """For each time, the sum of the rows at some distances; what is not there counts nothing.

    As a convolution of an image with one channel, rows by columns, with ones.
    """
    begin, end, step = (node.attributes[key] for key in ("begin", "end", "step"))
    reach = end - begin
    if not reach:
        return x
    ones = np.ones((1, 1, reach // step + 1, 1), np.float32)
    op = Convolution(
        strides=(1, 1), dilations=(step, 1), pads_begin=(reach, 0), pads_end=(reach, 0)
    )
    y = g.add(op, g.add(Unsqueeze(), x, [1]), g.constant(ones))
    return g.add(Squeeze(), y, [1])


@converts("RowSum")
def row_sum(g: Graph, node: SourceNode, x: Output) -> Output:
    chosen = part(g, x, _TIME, node.attributes["start"], node.attributes["stop"])
    return g.add(ReduceSum(keep_dims=True), chosen, [_TIME])


# ---- recurrences

_FORWARD = {"axis": "1", "start": "0", "end": "-1", "stride": "1", "part_size": "1"}
_BACKWARD = {"axis": "1", "start": "-1", "end": "0", "stride": "-1", "part_size": "1"}


@converts("Recurrence")
def recurrence(g: Graph, node: SourceNode, *inputs: Output) -> tuple[Output, ...]:
    """A loop over the rows; the memories go round, [N, length, columns] each."""
    is_sliced: list[bool] = node.attributes["is_sliced"]
    body: Model = node.attributes["body"]
    tall = next(x for x, sliced in zip(inputs, is_sliced) if sliced)
    states = [zeros(g, tall, length, width) for length, width in node.attributes["states"]]
    kinds = [_one_row(x) if sliced else x.type for x, sliced in zip(inputs, is_sliced)]
    graph, captured, _ = node.walk.body(body, [*kinds, *(state.type for state in states)])
    assert not captured
    graph.output(graph.constant(np.bool_(True)), "going")
    slices = _BACKWARD if node.attributes["is_backward"] else _FORWARD
    count = len(inputs)
    ports = [PortMap(2 + i, i, slices if sliced else {}) for i, sliced in enumerate(is_sliced)]
    ports += [PortMap(2 + count + i, count + i) for i in range(len(states))]
    wanted = len(node.outputs)
    results = [PortMap(i, i, slices) for i in range(wanted)]
    results.append(PortMap(None, wanted + len(states), {"purpose": "execution_condition"}))
    back = tuple((wanted + i, count + i) for i in range(len(states)))
    op = Loop(body=Body(graph, tuple(ports), tuple(results), back))
    going = g.constant(np.bool_(True))
    return g.add_multi(op, _length(g, tall), going, *inputs, *states)[:wanted]


def _one_row(x: Output) -> TensorType:
    assert x.shape is not None
    return TensorType((x.shape[0], 1, x.shape[2]), x.dtype)
