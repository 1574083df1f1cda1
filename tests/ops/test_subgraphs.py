"""Shape computations: what is known of an unknown shape survives arithmetic on its elements.

The same program builds our graph, which propagates partial values, and one that computes nothing
itself, for the runtime. Ours must know at least as much, and a run must not contradict it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("openvino")

from hypothesis import given, settings
from hypothesis import strategies as st

from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    Greater,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad, Split, VariadicSplit
from extensions.ops.reduction import ReduceMax, ReduceMin, ReduceProd, ReduceSum
from extensions.ops.sampling import Interpolate
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Tile, Unsqueeze
from extensions.ops.slicing import Slice, StridedSlice
from mo.errors import InferenceError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType
from mo.graph.shape import Dim, Shape
from tests.ops.runtime import RawGraph, Rejected, contains, read, runtime_types
from tests.ops.strategies import Draw, f32, i32, i64, loose

# A step takes a graph and a vector, and gives another vector.
Step = Callable[[Graph, Output], Output]


def arithmetic(draw: Draw) -> Step:
    op = draw(st.sampled_from([Add(), Subtract(), Multiply(), Divide(), Maximum(), Minimum()]))
    number = draw(st.integers(1, 3))
    swapped = draw(st.booleans()) and not isinstance(op, Divide)
    if swapped:
        return lambda g, v: g.add(op, number, v)
    return lambda g, v: g.add(op, v, number)


def picked(draw: Draw) -> Step:
    places = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))

    def step(g: Graph, v: Output) -> Output:
        return g.add(Gather(), v, [place % size_of(v) for place in places], 0)

    return step


def cut(draw: Draw) -> Step:
    first, last = draw(st.integers(0, 2)), draw(st.sampled_from([1, 2, 3, 2**31 - 1]))
    if draw(st.booleans()):
        return lambda g, v: g.add(Slice(), v, [first], [last], [1])
    return lambda g, v: g.add(StridedSlice(begin_mask=(0,), end_mask=(0,)), v, [first], [last], [1])


def split(draw: Draw) -> Step:
    first = draw(st.booleans())

    def step(g: Graph, v: Output) -> Output:
        if size_of(v) == 1:
            return g.add(Split(num_splits=1), v, 0)
        parts = g.add_multi(VariadicSplit(parts=2), v, 0, [1, -1])
        return parts[0 if first else 1]

    return step


def joined(draw: Draw) -> Step:
    numbers = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    front = draw(st.booleans())

    def step(g: Graph, v: Output) -> Output:
        other = g.constant(np.array(numbers))
        return g.add(Concat(axis=0), *((other, v) if front else (v, other)))

    return step


def reduced(draw: Draw) -> Step:
    kind = draw(st.sampled_from([ReduceProd, ReduceSum, ReduceMax, ReduceMin]))
    return lambda g, v: g.add(kind(keep_dims=True), v, [0])


def reshaped(draw: Draw) -> Step:
    def step(g: Graph, v: Output) -> Output:
        scalars = [g.add(Squeeze(), g.add(Gather(), v, [i], 0), [0]) for i in range(size_of(v))]
        return g.add(Concat(axis=0), *(g.add(Unsqueeze(), scalar, [0]) for scalar in scalars))

    return step


def converted(draw: Draw) -> Step:
    def step(g: Graph, v: Output) -> Output:
        narrow = g.add(Convert(destination_type=i32), v)
        return g.add(Convert(destination_type=i64), narrow)

    return step


def chosen(draw: Draw) -> Step:
    kind, limit = draw(st.sampled_from([Equal, Greater])), draw(st.sampled_from([-1, 0, 1, 4]))

    def step(g: Graph, v: Output) -> Output:
        ones = g.constant(np.ones(size_of(v), np.int64))
        return g.add(Select(), g.add(kind(), v, limit), ones, v)

    return step


STEPS = [arithmetic, arithmetic, picked, picked, cut, split, joined, reduced, reshaped, converted]
# Not FloorMod: the runtime takes it for growing with its argument.
STEPS += [chosen]


def size_of(v: Output) -> int:
    assert v.shape is not None
    assert isinstance(v.shape[0], int)
    return v.shape[0]


def reshape_to(g: Graph, x: Output, v: Output) -> Output:
    flat = g.add(Reshape(), x, [-1])
    first = g.add(Gather(), v, [0], 0)
    return g.add(Reshape(), flat, g.add(Concat(axis=0), g.constant(np.array([1, -1])), first))


def pad_by(g: Graph, x: Output, v: Output) -> Output:
    flat = g.add(Reshape(), x, [-1])
    first = g.add(Maximum(), g.add(Gather(), v, [0], 0), 0)
    return g.add(Pad(), flat, first, [1], 0.0)


def resize_to(g: Graph, x: Output, v: Output) -> Output:
    image = g.add(Reshape(), x, [1, 1, 1, -1])
    first = g.add(Maximum(), g.add(Gather(), v, [0], 0), 1)
    op = Interpolate(mode="nearest", shape_calculation_mode="sizes")
    return g.add(op, image, first, g.constant(np.array([1], np.float32)), [2])


def range_to(g: Graph, x: Output, v: Output) -> Output:
    last = g.add(Squeeze(), g.add(Gather(), v, [0], 0), [0])
    return g.add(Range(output_type=i64), 0, last, 1)


def sizes_of(g: Graph, v: Output) -> Output:
    """Few, and no negative ones."""
    return g.add(Minimum(), g.add(Maximum(), v, 0), 9)


USES: list[Callable[[Graph, Output, Output], Output]] = [
    lambda g, x, v: g.add(Broadcast(), g.constant(np.float32(1)), sizes_of(g, v)),
    lambda g, x, v: g.add(
        Broadcast(mode="bidirectional"), g.constant(np.array([1], np.float32)), sizes_of(g, v)
    ),
    lambda g, x, v: g.add(Tile(), g.constant(np.array([1, 2], np.float32)), sizes_of(g, v)),
    reshape_to,
    pad_by,
    resize_to,
    range_to,
]


@st.composite
def programs(draw: Draw) -> tuple[list[Step], Callable[[Graph, Output, Output], Output]]:
    kinds = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
    return [kind(draw) for kind in kinds], draw(st.sampled_from(USES))


@settings(max_examples=400)
@given(st.data())
def test_partial_values(drawn: st.DataObject) -> None:
    sizes = drawn.draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    shape = loose(drawn.draw, sizes, unknown_rank=False)
    steps, use = drawn.draw(programs())

    def build(graph: Graph, shape: Shape) -> TensorType:
        x = graph.input("x", shape, f32)
        vector = graph.add(ShapeOf(), x)
        for step in steps:
            if size_of(vector) == 0:
                vector = graph.add(ShapeOf(), x)
            vector = step(graph, vector)
        if size_of(vector) == 0:
            vector = graph.add(ShapeOf(), x)
        result = use(graph, x, vector)
        graph.output(result)
        return result.type

    try:
        ours = build(Graph(), shape)
    except InferenceError:
        return  # a size that cannot be, and found out
    try:
        theirs, known = (runtime(build, s) for s in (shape, tuple(sizes)))
    except Rejected:
        return
    shown = f"{ours} of {shape}, the runtime's {theirs}"
    assert ours.dtype is theirs.dtype
    assert contains(ours.shape, known.shape), f"{shown}; of the sizes {sizes} it is {known}"
    assert contains(theirs.shape, ours.shape), shown


def runtime(build: Callable[[Graph, Shape], TensorType], shape: Shape) -> TensorType:
    """What the runtime makes of the program for an input of this shape."""
    graph = RawGraph()
    build(graph, shape)
    return runtime_types(read(graph))[0]


def test_an_unknown_batch_keeps_its_identity() -> None:
    """Reshape(x, [Shape(x)[0], -1]) has the very batch dimension of x."""
    g = Graph()
    x = g.input("x", (Dim(), 3, 4), f32)
    batch = g.add(Gather(), g.add(ShapeOf(), x), [0], 0)
    y = g.add(Reshape(), x, g.add(Concat(axis=0), batch, g.constant(np.array([-1]))))
    assert x.shape is not None
    assert y.shape is not None
    assert y.shape[0] is x.shape[0]
    assert y.shape[1] == 12


def test_expand_of_unknown_sizes() -> None:
    """Where(shape == -1, 1, shape) of an unknown size is that size: it cannot be -1."""
    g = Graph()
    x = g.input("x", (Dim(), 3), f32)
    shape = g.add(ShapeOf(), x)
    is_open = g.add(Equal(), shape, g.constant(np.array([-1, -1])))
    wanted = g.add(Select(), is_open, g.constant(np.array([1, 1])), shape)
    y = g.add(Broadcast(mode="bidirectional"), g.constant(np.array([1], np.float32)), wanted)
    assert y.shape == x.shape
    assert is_open.dtype is ElementType.boolean
