"""Combinations of attributes and sizes that are seldom used, found by random search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.front.tf.running import agree
from tests.models.nodes import numbers

R = tf.raw_ops
IMAGE = numbers(1, 5, 3, 3)
COUNTED = np.array([[0, 3, 3], [1, 1, 6]], np.int32)
NO_WEIGHTS = np.zeros(0, np.float32)
Case = tuple[Callable[..., Any], list[Any]]


def argmax_pool(x: Any) -> Any:
    return R.MaxPoolWithArgmax(
        input=x,
        ksize=[1, 3, 2, 1],
        strides=[1, 2, 2, 1],
        padding="SAME",
        include_batch_in_index=True,
    )


def longer_than_windows_reach(y: Any) -> Any:
    """Seven rows of windows of three, two apart: the last one of eight is never reached."""
    return R.Conv2DBackpropInput(
        input_sizes=[1, 8, 7, 2],
        filter=numbers(3, 3, 2, 3),
        out_backprop=y,
        strides=[1, 2, 2, 1],
        padding="VALID",
    )


def bins(binary: bool) -> Callable[..., Any]:
    return lambda x, w: R.DenseBincount(input=x, size=5, weights=w, binary_output=binary)


def unlimited_steps(x: Any) -> Any:
    return R.QuantizeAndDequantizeV4(
        input=x, input_min=0.0, input_max=0.0, signed_input=False, range_given=False
    )


CASES: dict[str, Case] = {
    "places of maxima in an image of open size": (argmax_pool, [IMAGE]),
    "rows behind those that windows reach": (longer_than_windows_reach, [numbers(1, 3, 3, 3)]),
    "counts by row": (bins(False), [COUNTED, NO_WEIGHTS]),
    "occurrences by row": (bins(True), [COUNTED, NO_WEIGHTS]),
    "weights by row": (bins(False), [COUNTED, numbers(2, 3)]),
    "counts of a list": (bins(False), [COUNTED[0], NO_WEIGHTS]),
    "numbers below zero without limits": (unlimited_steps, [numbers(2, 3, low=-1, high=1)]),
    "indices of eight bits": (lambda i: tf.one_hot(i, 3), [np.uint8([2, 0, 7])]),
    "distinct columns": (
        lambda x: R.UniqueV2(x=x, axis=[1]),
        [np.int32([[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 1, 0]])],
    ),
    "a lookup in a batch of one": (
        lambda x, i: tf.gather(x, i, batch_dims=1),
        [numbers(1, 5, 4), np.int32([[4, 0, 2]])],
    ),
    "computed numbers of copies": (
        tf.tile,
        [numbers(2, 3, 1, 2), np.int32([1, 3, 2, 2])],
    ),
    "blocks longer than the image": (
        lambda x: tf.space_to_batch(x, [3, 2], [[1, 1], [0, 1]]),
        [numbers(2, 1, 3, 2)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_numbers(name: str) -> None:
    function, arrays = CASES[name]
    agree(function, *arrays)


@pytest.mark.parametrize("part", [np.s_[..., -9::-2, :], np.s_[-9::-1], np.s_[:, -9:1:-1]])
def test_backwards_from_before_the_first_element(part: Any) -> None:
    """Nothing is left; with an open size the runtime takes the first element."""
    agree(lambda x: tf.concat([x[part], x[part] + 1], 0), numbers(4, 5, 3), dynamic=False)
