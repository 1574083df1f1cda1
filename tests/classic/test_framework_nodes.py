"""What a framework's node shows to extensions, and what becomes of a change."""

from __future__ import annotations

import numpy as np
import pytest

from mo.errors import ConversionError
from tests.classic.conftest import Workshop
from tests.classic.models import chain, node

X = np.random.default_rng(0).normal(size=(1, 4, 6, 6)).astype(np.float32)

CHANGE = """
    import numpy as np
    from mo.front.common.replacement import FrontReplacementPattern

    class Change(FrontReplacementPattern):
        enabled = True

        def find_and_replace_pattern(self, graph):
            for node in graph.get_op_nodes(op='{op}'):
                {line}
"""


def changed(workshop: Workshop, op: str, line: str, *nodes: object) -> np.ndarray:
    workshop.write(front__change=CHANGE.format(op=op, line=line))
    (y,) = workshop.outputs(chain(*nodes, shape=["n", 4, 6, 6]), X)
    return y


def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def test_window_and_stride_of_a_pooling(workshop: Workshop):
    y = changed(
        workshop,
        "MaxPool",
        "assert list(node.window) == [1, 1, 2, 2]; "
        "node.window = np.array([1, 1, 3, 3]); node['stride'] = np.array([1, 1, 3, 3])",
        node("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 2]),
    )
    np.testing.assert_array_equal(y, X.reshape(1, 4, 2, 3, 2, 3).max((3, 5)))


def test_an_attribute_that_the_file_leaves_out(workshop: Workshop):
    y = changed(
        workshop,
        "LeakyReLU",
        "assert node.negative_slope == 0.01; node.negative_slope = 0.5",
        node("LeakyRelu", "x"),
    )
    np.testing.assert_allclose(y, np.where(X > 0, X, X / 2), rtol=1e-6)


def test_an_attribute_with_another_name_in_the_framework(workshop: Workshop):
    y = changed(
        workshop,
        "ReduceMean",
        "assert node.keep_dims is True; node.keep_dims = False",
        node("ReduceMean", "x", axes=[2, 3]),
    )
    np.testing.assert_allclose(y, X.mean((2, 3)), rtol=1e-5, atol=1e-6)


def test_what_the_framework_does_not_have_is_refused(workshop: Workshop):
    workshop.write(front__change=CHANGE.format(op="MaxPool", line="node.pool_method = 'avg'"))
    model = chain(node("MaxPool", "x", kernel_shape=[2, 2]), shape=["n", 4, 6, 6])
    with pytest.raises(ConversionError, match=r"'pool_method' of MaxPool .* cannot be changed"):
        workshop.convert(model)


def test_marks_of_ones_own_are_fine(workshop: Workshop):
    y = changed(workshop, "ReLU", "node['seen'] = True", node("Relu", "x"))
    np.testing.assert_array_equal(y, np.maximum(X, 0))


def test_a_node_becomes_another_operation_in_place(workshop: Workshop):
    y = changed(
        workshop,
        "ReLU",
        "from mo.ops.softmax import Softmax; Softmax.update_node_stat(node, {'axis': 2})",
        node("Relu", "x"),
    )
    np.testing.assert_allclose(y, softmax(X, 2), rtol=1e-5)
