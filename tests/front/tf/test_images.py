"""What conversion makes of the layout of images."""

from __future__ import annotations

import numpy as np
import openvino
import pytest
import tensorflow as tf

from tests.front.comparing import operations
from tests.front.tf.running import agree, converted, model_of, traced
from tests.models.nodes import numbers
from tests.ops import runtime

X = numbers(2, 7, 9, 2)


def test_channels_first_need_no_transposition() -> None:
    """TensorFlow's CPU kernels run no such graph; tests/conformance/tf_variants has its numbers."""
    w = numbers(3, 3, 4, 5)
    first = traced(
        lambda x: tf.nn.conv2d(x, w, 2, "SAME", data_format="NCHW"), [numbers(2, 4, 7, 9)], False
    )
    assert "Transpose" not in operations(converted(model_of(first)))


def test_channels_last_need_one_at_each_end() -> None:
    def network(x: tf.Tensor) -> tf.Tensor:
        x = tf.nn.relu(tf.nn.conv2d(x, numbers(3, 3, 4, 5), 1, "SAME"))
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        return tf.nn.conv2d(
            tf.pad(x, np.array([[0, 0], [1, 1], [1, 1], [0, 0]])), numbers(3, 3, 5, 6), 1, "VALID"
        )

    graph = agree(network, numbers(2, 8, 8, 4))
    assert operations(graph).count("Transpose") == 2


def test_unknown_channels_are_those_of_one_group() -> None:
    """An image with more would need groups that the file does not tell."""
    w = numbers(3, 3, 2, 6)
    graph = converted(model_of(traced(lambda x: tf.nn.conv2d(x, w, 1, "SAME"), [X], True)))
    compiled = openvino.Core().compile_model(runtime.read(graph), "CPU")
    assert compiled([X])[0].shape == (2, 7, 9, 6)
    with pytest.raises(RuntimeError, match="channels"):
        compiled([numbers(2, 7, 9, 4)])
