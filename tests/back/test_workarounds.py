"""What the runtime computes wrongly in one form is right in another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.back.workarounds import RULES, narrow_states
from extensions.ops.arithmetic import Add
from extensions.ops.blocks import SpaceToBatch
from extensions.ops.gathering import Gather
from extensions.ops.selection import Unique
from extensions.ops.state import Assign, ReadValue
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.shape import Dim
from mo.middle.rewriter import apply
from tests.ops import runtime

ANY = Dim()


def built(x: list[Any], indices: list[Any], axis: int, batch: int) -> Graph:
    g = Graph()
    given = g.input("x", tuple(x)), g.input("i", tuple(indices), ElementType.i32)
    g.output(g.add(Gather(batch_dims=batch), *given, g.constant(np.int64(axis))))
    return g


@pytest.mark.parametrize(
    ("x", "indices", "axis", "batch"),
    [
        ([1, 3], [1, 8], 1, 1),
        ([1, 5, 4], [1, 3], 1, 1),
        ([1, 5, 4], [1, 3], -1, -1),
        ([1, 1, 5, 2], [1, 1, 3, 2], 2, 2),
    ],
)
def test_one_batch(x: list[int], indices: list[int], axis: int, batch: int) -> None:
    g = built(x, indices, axis, batch)
    assert apply(g, *RULES) == 1
    random = np.random.default_rng(0)
    data = random.normal(size=x).astype(np.float32)
    places = random.integers(0, x[axis], indices).astype(np.int32)
    (found,) = runtime.run(g, [data, places])
    lone = places.reshape([size for size in indices if size > 1])
    np.testing.assert_array_equal(found, np.take(data, lone, axis))


@pytest.mark.parametrize(("x", "indices"), [([2, 3], [2, 8]), ([ANY, 3], [ANY, 8]), ([3, 4], [5])])
def test_several_batches_stay(x: list[Any], indices: list[Any]) -> None:
    assert apply(built(x, indices, 1, len(indices) - 1), *RULES) == 0


def cut(shape: list[Any], block: list[int], begin: list[int], end: list[int]) -> Graph:
    g = Graph()
    vectors = (g.constant(np.int64(vector)) for vector in (block, begin, end))
    g.output(g.add(SpaceToBatch(), g.input("x", tuple(shape)), *vectors))
    return g


@pytest.mark.parametrize("shape", [(1, 3, 1, 4), (ANY, ANY, ANY, ANY)])
def test_a_block_longer_than_the_data(shape: tuple[Any, ...]) -> None:
    g = cut(list(shape), [1, 1, 3, 2], [0, 0, 1, 0], [0, 0, 1, 0])
    assert apply(g, *RULES) == 1
    x = np.random.default_rng(0).normal(size=(1, 3, 1, 4)).astype(np.float32)
    (found,) = runtime.run(g, [x])
    padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (0, 0)])
    parts = padded.reshape(1, 3, 1, 3, 2, 2).transpose(3, 5, 0, 1, 2, 4)
    np.testing.assert_array_equal(found, parts.reshape(6, 3, 1, 2))


@pytest.mark.parametrize(("size", "end"), [(5, 1), (3, 0)])
def test_whole_blocks_of_data_stay(size: int, end: int) -> None:
    assert apply(cut([1, 3, size, 4], [1, 1, 3, 2], [0] * 4, [0, 0, end, 0]), *RULES) == 0


def test_distinct_slices_of_a_later_axis() -> None:
    g = Graph()
    x = g.input("x", (3, 4), ElementType.i32)
    values, *_ = g.add_multi(Unique(sorted=True), x, g.constant(np.int64(-1)))
    g.output(values)
    assert apply(g, *RULES) == 1
    data = np.array([[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 1, 0]], np.int32)
    (found,) = runtime.run(g, [data])
    np.testing.assert_array_equal(found, np.unique(data, axis=1))


def counting(kind: ElementType) -> Graph:
    g = Graph()
    before = g.add(
        ReadValue(variable_id="v", variable_type=kind, variable_shape=(2,)),
        g.constant(np.array([5, 6], kind.numpy)),
    )
    after = g.add(Add(), before, g.input("x", (2,), kind))
    g.add(Assign(variable_id="v"), after)
    g.output(after)
    return g


@pytest.mark.parametrize("kind", [ElementType.i64, ElementType.f64, ElementType.u32])
def test_states_of_types_that_the_runtime_does_not_keep(kind: ElementType) -> None:
    g = counting(kind)
    assert narrow_states(g) == 2
    (found,) = runtime.run(g, [np.array([1, 2], kind.numpy)])
    np.testing.assert_array_equal(found, [6, 8])
    assert narrow_states(g) == 0


@pytest.mark.parametrize("kind", [ElementType.i32, ElementType.f32, ElementType.u8])
def test_states_of_other_types_stay(kind: ElementType) -> None:
    assert narrow_states(counting(kind)) == 0
