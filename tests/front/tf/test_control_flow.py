"""Branches, loops and lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.front.comparing import operations
from tests.front.tf.running import agree
from tests.models.nodes import numbers

X = numbers(3, 4)


@pytest.mark.parametrize("positive", [True, False])
def test_branches(positive: bool) -> None:
    def choose(p: Any, x: Any) -> Any:
        return tf.cond(p, lambda: (x + 1, x * 2), lambda: (x - 1, x * 3))

    graph = agree(choose, np.array(positive), X)
    assert "If" in operations(graph)


def test_a_branch_that_is_known_is_put_in_place() -> None:
    graph = agree(lambda x: tf.cond(tf.size(x) > 100, lambda: x * 2, lambda: x + 1), X)
    assert operations(graph) == ["Add"]


@pytest.mark.parametrize("index", [0, 1, 5])
def test_cases(index: int) -> None:
    agree(
        lambda i, x: tf.switch_case(i, [lambda: x + 1, lambda: x * 2]),
        np.array(index, np.int32),
        X,
    )


@pytest.mark.parametrize("index", [-3, 0, 1, 2, 3, 4, 9])
def test_cases_among_many(index: int) -> None:
    agree(
        lambda i, x: tf.switch_case(i, [lambda k=k: (x * k, x + k) for k in (1.0, 2, 3, 4, 5)]),
        np.array(index, np.int32),
        X,
    )


def test_a_loop_that_counts() -> None:
    def power(x: Any) -> Any:
        return tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y * x), [0, x])[1]

    graph = agree(power, X * 0.5)
    assert operations(graph) == ["Loop"]


@pytest.mark.parametrize("count", [0, 1, 6])
def test_a_loop_with_a_computed_end(count: int) -> None:
    def power(n: Any, x: Any) -> Any:
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), [0, x])[1]

    agree(power, np.array(count, np.int32), X)


def test_a_loop_that_ends_when_its_values_say_so() -> None:
    def halved(x: Any) -> Any:
        return tf.while_loop(lambda y: tf.reduce_max(y) > 1.0, lambda y: (y / 2,), [x])

    agree(halved, X * 100)


def test_a_loop_that_never_runs() -> None:
    agree(lambda x: tf.while_loop(lambda i, y: i < 0, lambda i, y: (i + 1, y * 2), [0, x])[1], X)


def test_loops_in_loops() -> None:
    def table(x: Any) -> Any:
        def outer(i: Any, y: Any) -> Any:
            inner = tf.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, z + x), [0, y])
            return i + 1, inner[1]

        return tf.while_loop(lambda i, y: i < 4, outer, [0, x])[1]

    agree(table, X)


def test_a_loop_whose_values_grow() -> None:
    def doubled(x: Any) -> Any:
        return tf.while_loop(
            lambda i, y: i < 2,
            lambda i, y: (i + 1, tf.concat([y, y], 0)),
            [0, x],
            shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 4])],
        )[1]

    agree(doubled, X)


def test_lists_of_a_loop() -> None:
    def squares(x: Any) -> Any:
        return tf.map_fn(lambda row: row * row + 1, x)

    agree(squares, X)


def test_running_sums() -> None:
    agree(lambda x: tf.scan(lambda total, row: total + row, x), X)


def test_lists_without_loops() -> None:
    def shuffled(x: Any) -> Any:
        array = tf.TensorArray(tf.float32, 3)
        array = array.unstack(x)
        other = tf.TensorArray(tf.float32, 2)
        other = other.write(1, array.read(2)).write(0, array.read(0))
        return other.stack(), array.gather([1, 0]), other.concat(), tf.cast(array.size(), tf.int64)

    agree(shuffled, X)
