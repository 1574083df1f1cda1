"""Forms for older operation sets compute what the newer ones do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.back import older_forms
from extensions.back.older_forms import own_orders
from extensions.back.versions import check_opset, warn_of_first_states, warn_of_open_sizes
from extensions.ops.activation import ReLU, SoftSign
from extensions.ops.arithmetic import Divide
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Transpose
from extensions.ops.pooling import AdaptiveAvgPool
from extensions.ops.shaping import Tile, Unsqueeze
from extensions.ops.slicing import Slice
from extensions.ops.state import ReadValue
from extensions.ops.suppression import NonMaxSuppression
from extensions.ops.unary import IsNaN
from mo.errors import UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim
from mo.middle.rewriter import apply
from tests.ops import runtime

X = np.random.default_rng(0).normal(size=(4, 5, 6)).astype(np.float32)
Build = Callable[[Graph, Output, Output], Output]


def sliced(*axes: int) -> Build:
    """From the number that the second input tells to its double, along each axis."""

    def build(g: Graph, x: Output, n: Output) -> Output:
        start = g.add(Concat(axis=0), *[n] * len(axes))
        stop = g.add(Concat(axis=0), *[g.constant(np.array([9]))] * len(axes))
        step = g.constant(np.array([1, 2, 1])[: len(axes)])
        return g.add(Slice(), x, start, stop, step, *([list(axes)] if axes != (0, 1) else []))

    return build


def gathered(g: Graph, x: Output, n: Output) -> Output:
    return g.add(Gather(negative_indices=True), x, g.constant(np.array([-1, 0])), np.int64(1))


def joined(g: Graph, x: Output, n: Output) -> Output:
    return g.add(Concat(axis=1), g.constant(X[:, :2]), x)


def divided(g: Graph, x: Output, n: Output) -> Output:
    return g.add(Divide(), x, g.add(Slice(), x, [2], [3], [1], [2]))


def pooled(*sizes: int) -> Build:
    def build(g: Graph, x: Output, n: Output) -> Output:
        missing = len(sizes) + 2 - len(X.shape)
        x = g.add(Unsqueeze(), x, list(range(missing))) if missing else x
        return g.add(AdaptiveAvgPool(), x, list(sizes))

    return build


def tiled(*repeats: int) -> Build:
    return lambda g, x, n: g.add(Tile(), x, list(repeats))


def softsign(g: Graph, x: Output, n: Output) -> Output:
    return g.add(SoftSign(), x)


def unknown(g: Graph, x: Output, n: Output) -> Output:
    """0 / 0 where x is negative."""
    zeros = g.add(ReLU(), x)
    return g.add(IsNaN(), g.add(Divide(), zeros, zeros))


@pytest.mark.parametrize(
    "build",
    [
        *(sliced(1), sliced(2), sliced(0, 1), sliced(0, 2), sliced(-1, 0)),
        *(
            gathered,
            joined,
            divided,
            softsign,
            unknown,
            tiled(2, 1, 3, 1, 2),
            tiled(2),
            tiled(2, 3),
        ),
        *(pooled(3), pooled(4), pooled(5, 2), pooled(2, 4), pooled(4, 1)),
    ],
)
def test_the_same_numbers(build: Build) -> None:
    results = []
    for opset in (7, 13):
        g = Graph()
        x, n = g.input("x", X.shape), g.input("n", (1,), ElementType.i64)
        g.output(build(g, x, n))
        apply(g, *older_forms.rules(opset))
        if opset == 7:
            check_opset(7, 10)(g)
        (result,) = runtime.run(g, [X, np.array([1])])
        results.append(result)
    np.testing.assert_allclose(*results, rtol=1e-5)


def test_selected_boxes_are_counted_in_i32_inside() -> None:
    g = Graph()
    given = g.input("boxes", (1, 9, 4)), g.input("scores", (1, 2, 9)), g.constant(np.int64(3))
    for value in g.add_multi(NonMaxSuppression(), *given):
        g.output(value)
    apply(g, *older_forms.rules(7))
    (node,) = g.nodes_of(NonMaxSuppression)
    assert node.outputs[0].dtype is ElementType.i32
    kinds = [result.inputs[0].dtype for result in g.results() if result.inputs[0]]
    assert kinds == [ElementType.i64, ElementType.f32, ElementType.i64]


@pytest.mark.parametrize("repeats", [(2, 1, 3, 1, 2), (2,)])
def test_repeats_are_as_many_as_axes(repeats: tuple[int, ...]) -> None:
    g = Graph()
    g.output(g.add(Tile(), g.input("x", X.shape), list(repeats)))
    apply(g, *older_forms.rules(7))
    (node,) = g.nodes_of(Tile)
    assert node.inputs[1].shape == (node.inputs[0].rank,)


def test_no_two_transposes_share_their_order() -> None:
    g = Graph()
    order = g.constant([1, 0, 2])
    for name in "ab":
        g.output(g.add(Transpose(), g.input(name, X.shape), order))
    assert own_orders(g) == 1
    assert len({node.inputs[1] for node in g.nodes_of(Transpose)}) == 2


@pytest.mark.parametrize("shape", [(2, Dim()), None])
def test_open_sizes_are_not_for_the_runtimes_of_2021(
    shape: tuple[int, Dim] | None, caplog: pytest.LogCaptureFixture
) -> None:
    g = Graph()
    g.output(g.input("x", shape))
    g.output(g.input("fixed", (2, 3)))
    warn_of_open_sizes(g)
    assert "read no open sizes: give those of 'x' with --input_shape or -b" in caplog.text


@pytest.mark.parametrize(("first", "is_told"), [(0.0, False), (1.0, True)])
def test_states_begin_with_zeros_in_the_runtimes_of_2021(
    first: float, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    g = Graph()
    g.output(g.add(ReadValue(variable_id="v"), g.constant(np.float32([first])), name="v"))
    warn_of_first_states(g)
    assert ("begin states with zeros: set 'v' before" in caplog.text) == is_told


def late() -> Graph:
    g = Graph()
    x, n = g.input("x", X.shape), g.input("n", (1,), ElementType.i64)
    g.output(g.add(Slice(), x, n, n, n, n, name="cut"))
    return g


def test_what_an_operation_set_lacks_is_refused_if_it_was_asked_for() -> None:
    for asked, ir_version in ((7, 11), (None, 10)):
        with pytest.raises(UnsupportedError, match=r"Slice of opset8: 'cut'"):
            check_opset(asked, ir_version)(late())


def test_what_the_default_lacks_is_written_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    class Newest(Slice):
        opset = "opset15"

    g = Graph()
    x, n = g.input("x", X.shape), g.input("n", (1,), ElementType.i64)
    g.output(g.add(Newest(), x, n, n, n, n))
    assert check_opset(None, 11)(g) == 0
    assert "newer than 2023.3" in caplog.text
