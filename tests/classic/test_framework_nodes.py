"""What a framework's node shows to extensions, and what becomes of a change."""

from __future__ import annotations

import numpy as np
import pytest

from mo.errors import ConversionError
from tests.classic.conftest import Workshop
from tests.classic.models import chain, node
from tests.models.caffe import Net

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


def caffe(workshop: Workshop, op: str, line: str, *layer: str, blob: np.ndarray) -> np.ndarray:
    net = Net(("x", (1, 4, 6, 6)))
    net.layer(*layer, blobs=[blob] if blob.size else [])
    workshop.write(front__change=CHANGE.format(op=op, line=line))
    (y,) = workshop.outputs(net.save(workshop.folder), X)
    return y


@pytest.mark.parametrize(
    "window",
    [
        "kernel_size: 2 stride: 2 pad: 1",
        "kernel_h: 2 kernel_w: 2 stride_h: 2 stride_w: 2 pad_h: 1 pad_w: 1",
    ],
)
def test_windows_of_caffe(workshop: Workshop, window: str):
    y = caffe(
        workshop,
        "Pooling",
        "assert [*node.window, node.pool_method] == [1, 1, 2, 2, 'avg']; "
        "assert node.pad.tolist() == [[0, 0], [0, 0], [1, 1], [1, 1]]; "
        "node.window = np.array([1, 1, 3, 2]); node['stride'] = np.array([1, 1, 3, 2]); "
        "node.pad = np.zeros((4, 2), int); node.pool_method = 'max'",
        *("Pooling", "y", "x", f"pooling_param {{ pool: AVE {window} }}"),
        blob=np.empty(0),
    )
    np.testing.assert_array_equal(y, X.reshape(1, 4, 2, 3, 3, 2).max((3, 5)))


def test_what_caffe_leaves_out(workshop: Workshop):
    weights = np.random.default_rng(1).normal(size=(1, 4, 1, 1)).astype(np.float32)
    y = caffe(
        workshop,
        "Conv2D",
        "assert list(node.stride) == list(node.dilation) == [1, 1, 1, 1]; "
        "assert list(node.kernel_spatial) == [1, 1] and not node.pad.any(); "
        "node['dilation'] = np.array([1, 1, 2, 2]); node['stride'] = np.array([1, 1, 5, 5])",
        *("Convolution", "y", "x"),
        "convolution_param { num_output: 1 kernel_size: 1 bias_term: false }",
        blob=weights,
    )
    wanted = np.einsum("nchw,oc->nohw", X[:, :, ::5, ::5], weights[:, :, 0, 0])
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-6)
