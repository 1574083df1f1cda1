"""Extractors as users write them, for every framework, with their numbers in the runtime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.classic.conftest import Workshop
from tests.classic.models import chain, custom, node
from tests.models import mxnet, tf
from tests.models.caffe import Net

X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)

EXTRACTOR = """
    import numpy as np
    from extensions.ops.Cast import Cast
    from extensions.ops.MatMul import FullyConnected
    from extensions.ops.ReduceOps import ReduceSum
    from extensions.ops.activation_ops import Elu, LeakyReLU, ReLU6, Sin
    from extensions.ops.elementwise import Mul
    from extensions.ops.transpose import Transpose
    from mo.front.caffe.collect_attributes import collect_attributes, merge_attrs
    from mo.front.caffe.extractors.utils import embed_input, weights_biases
    from mo.front.extractor import {base}
    from mo.front.mxnet.extractors.utils import get_mxnet_layer_attrs
    from mo.front.onnx.extractors.utils import onnx_attr, onnx_node_has_attr
    from mo.front.tf.extractors.utils import tf_data_format_channel, tf_data_format_spatial
    from mo.front.tf.extractors.utils import tf_dtype_extractor, tf_int_list, tf_tensor_shape
    from mo.ops.clamp import AttributedClamp
    from mo.ops.permute import Permute
    from mo.ops.power import AttributedPower
    from mo.ops.reshape import Reshape
    from mo.ops.scale_shift import ScaleShiftOp
    from mo.ops.softmax import Softmax

    class Extractor({base}):
        op = '{op}'
        enabled = True

        {decorator}
        def extract({this}, node):
            {body}
            return {result}
"""


def write(
    workshop: Workshop,
    framework: str,
    op: str,
    body: str,
    base: str = "FrontExtractorOp",
    result: str = "",
) -> None:
    on_class = base != "MXNetCustomFrontExtractorOp"
    this = "cls" if on_class else "self"
    text = EXTRACTOR.format(
        base=base,
        op=op,
        body=body,
        this=this,
        decorator="@classmethod" if on_class else "",
        result=result or f"{this}.enabled",
    )
    workshop.write(**{f"front__{framework}__extractor": text})


def compare(workshop: Workshop, model: Any, x: np.ndarray, expected: np.ndarray) -> None:
    (found,) = workshop.run(workshop.convert(model), x)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def elu(x: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x > 0, x, alpha * np.expm1(x))


# ---- ONNX: a node, the extractor's body, the formula

Formula = Callable[[np.ndarray], np.ndarray]
ONNX: dict[str, tuple[onnx.NodeProto, str, Formula]] = {
    "a number": (
        custom("Own", "x", alpha=0.5),
        "Elu.update_node_stat(node, {'alpha': onnx_attr(node, 'alpha', 'f', default=1.0)})",
        lambda x: elu(x, 0.5),
    ),
    "a default": (
        custom("Own", "x"),
        "Elu.update_node_stat(node, {'alpha': onnx_attr(node, 'alpha', 'f', default=0.25)})",
        lambda x: elu(x, 0.25),
    ),
    "a whole number": (
        custom("Own", "x", axis=1),
        "Softmax.update_node_stat(node, {'axis': onnx_attr(node, 'axis', 'i', -1)})",
        lambda x: softmax(x, 1),
    ),
    "a text": (
        custom("Own", "x", style="steep"),
        "steep = onnx_attr(node, 'style', 's', b'').decode() == 'steep'; "
        "Elu.update_node_stat(node, {'alpha': 3.0 if steep else 1.0})",
        lambda x: elu(x, 3),
    ),
    "whole numbers as an array": (
        custom("Own", "x", order=[0, 2, 1]),
        "order = onnx_attr(node, 'order', 'ints', dst_type=lambda v: np.array(v, np.int64)); "
        "Permute.update_node_stat(node, {'order': order})",
        lambda x: x.transpose(0, 2, 1),
    ),
    "numbers": (
        custom("Own", "x", limits=[-0.5, 0.5]),
        "low, high = onnx_attr(node, 'limits', 'floats'); "
        "AttributedClamp.update_node_stat(node, {'min': low, 'max': high})",
        lambda x: np.clip(x, -0.5, 0.5),
    ),
    "texts": (
        custom("Own", "x", steps=["scale", "shift"]),
        "steps = [s.decode() for s in onnx_attr(node, 'steps', 'strings')]; "
        "AttributedPower.update_node_stat(node, {s: 2.0 for s in steps})",
        lambda x: 2 * x + 2,
    ),
    "a tensor": (
        custom("Own", "x", scale=numpy_helper.from_array(np.float32([4.0]), "scale")),
        "import onnx.numpy_helper; "
        "scale = onnx.numpy_helper.to_array(onnx_attr(node, 'scale', 't')); "
        "AttributedPower.update_node_stat(node, {'scale': float(scale[0])})",
        lambda x: 4 * x,
    ),
    "whether it is there": (
        custom("Own", "x", inverse=1),
        "power = -1 if onnx_node_has_attr(node, 'inverse') else 1; "
        "AttributedPower.update_node_stat(node, {'power': power})",
        lambda x: 1 / x,
    ),
    "in place of the tool's own": (
        node("LeakyRelu", "x", alpha=0.1),
        "slope = onnx_attr(node, 'alpha', 'f', 0.01); "
        "LeakyReLU.update_node_stat(node, {'negative_slope': slope * 2})",
        lambda x: np.where(x > 0, x, 0.2 * x),
    ),
}


@pytest.mark.parametrize("case", ONNX)
def test_onnx(workshop: Workshop, case: str):
    made, body, formula = ONNX[case]
    write(workshop, "onnx", made.op_type, body)
    compare(workshop, chain(made, shape=["n", 3, 4]), X, formula(X))


# ---- TensorFlow: attributes of the node

TF: dict[str, tuple[dict[str, Any], str, Formula]] = {
    "a number": (
        {"alpha": 0.5},
        "Elu.update_node_stat(node, {'alpha': node.pb.attr['alpha'].f})",
        lambda x: elu(x, 0.5),
    ),
    "a whole number and a truth": (
        {"axis": 1, "keep": True},
        "ReduceSum.update_node_stat(node, {'axis': node.pb.attr['axis'].i, "
        "'keep_dims': node.pb.attr['keep'].b})",
        lambda x: x.sum(1, keepdims=True),
    ),
    "a type": (
        {"to": np.int32},
        "Cast.update_node_stat(node, {'dst_type': tf_dtype_extractor(node.pb.attr['to'].type)})",
        lambda x: x.astype(np.int32),
    ),
    "a shape": (
        {"shape": (-1, 12)},
        "Reshape.update_node_stat(node, {'dim': tf_tensor_shape(node.pb.attr['shape'].shape)})",
        lambda x: x.reshape(-1, 12),
    ),
    "whole numbers": (
        {"order": [0, 2, 1]},
        "Permute.update_node_stat(node, {'order': tf_int_list(node.pb.attr['order'].list)})",
        lambda x: x.transpose(0, 2, 1),
    ),
    "a layout": (
        {"data_format": "NHWC"},
        "form = node.pb.attr['data_format']; assert tf_data_format_spatial(form) == [1, 2]; "
        "Softmax.update_node_stat(node, {'axis': tf_data_format_channel(form)[0] - 1})",
        lambda x: softmax(x, 2),
    ),
}


def graph_of(op: str, **attributes: Any) -> tf.GraphDef:
    graph = tf.GraphDef()
    graph.placeholder("x", [2, 3, 4])
    graph.node(op, "y", "x", **attributes)
    return graph


def saved(workshop: Workshop, graph: tf.GraphDef) -> Path:
    path = workshop.folder / "model.pb"
    path.write_bytes(graph.data)
    return path


@pytest.mark.parametrize("case", TF)
def test_tensorflow(workshop: Workshop, case: str):
    attributes, body, formula = TF[case]
    write(workshop, "tf", "Own", body)
    compare(workshop, saved(workshop, graph_of("Own", **attributes)), X, formula(X))


def test_tensorflow_in_place_of_the_tools_own(workshop: Workshop):
    write(workshop, "tf", "Relu", "ReLU6.update_node_stat(node, {'max': 1})")
    compare(workshop, saved(workshop, graph_of("Relu")), X, np.clip(X, 0, 1))


# ---- Caffe


def net(kind: str, parameters: str = "", *blobs: np.ndarray) -> Net:
    found = Net(("x", (2, 3, 4)))
    found.layer(kind, "y", "x", parameters, blobs)
    return found


PYTHON = 'python_param {{ module: "layers.act" layer: "Own" param_str: "{}" }}'
CAFFE: dict[str, tuple[str, str, Net, Formula]] = {
    "a Python layer": (
        "layers.act.Own",
        "Elu.update_node_stat(node, {'alpha': cls.get_attrs(node.pb).get('alpha', 1.0)})",
        net("Python", PYTHON.format("'alpha': 0.5")),
        lambda x: elu(x, 0.5),
    ),
    "a Python layer, its text read by hand": (
        "layers.act.Own",
        "text = node.pb.python_param.param_str; "
        "Softmax.update_node_stat(node, {'axis': cls.parse_param_str(text)['axis']})",
        net("Python", PYTHON.format("{'axis': 2}")),
        lambda x: softmax(x, 2),
    ),
    "parameters": (
        "ReLU",
        "slope = node.pb.relu_param.negative_slope; "
        "LeakyReLU.update_node_stat(node, {'negative_slope': slope * 2})",
        net("ReLU", "relu_param { negative_slope: 0.1 }"),
        lambda x: np.where(x > 0, x, 0.2 * x),
    ),
    "parameters all at once": (
        "Power",
        "given = merge_attrs(node.pb.power_param, {'power': 2.0, 'unknown': 1}); "
        "assert collect_attributes(node.pb.power_param)['shift'] == '1.0'; "
        "AttributedPower.update_node_stat(node, given)",
        net("Power", "power_param { power: 1 scale: 3 shift: 1 }"),
        lambda x: x**2,
    ),
    "weights and biases": (
        "InnerProduct",
        "attrs = {'out-size': node.pb.inner_product_param.num_output}; "
        "attrs.update(weights_biases(True, node.model_pb)); "
        "attrs['weights'] = 2 * attrs['weights'].reshape(2, 12); "
        "FullyConnected.update_node_stat(node, attrs)",
        net(
            "InnerProduct",
            "inner_product_param { num_output: 2 }",
            np.ones((2, 12), np.float32),
            np.float32([5, 6]),
        ),
        lambda x: np.tile(2 * x.reshape(2, 12).sum(1, keepdims=True), 2) + [5, 6],
    ),
    "weights one by one": (
        "Scale",
        "attrs = {}; embed_input(attrs, 1, 'scale', np.array(node.model_pb.blobs[0].data) * 10, "
        "'weights'); ScaleShiftOp.update_node_stat(node, attrs)",
        net("Scale", "", np.float32([1, 2, 3])),
        lambda x: 10 * x * np.float32([1, 2, 3])[:, None],
    ),
}


@pytest.mark.parametrize("case", CAFFE)
def test_caffe(workshop: Workshop, case: str):
    op, body, made, formula = CAFFE[case]
    base = "CaffePythonFrontExtractorOp" if "." in op else "FrontExtractorOp"
    write(workshop, "caffe", op, body, base)
    compare(workshop, made.save(workshop.folder), X, formula(X))


# ---- MXNet

MXNET: dict[str, tuple[str, dict[str, str], str, str, Formula]] = {
    "a custom operation": (
        "own",
        {"op_type": "own", "alpha": "0.5"},
        "attrs = get_mxnet_layer_attrs(node.symbol_dict); "
        "Elu.update_node_stat(node, {'alpha': attrs.float('alpha', 1.0)})",
        "",
        lambda x: elu(x, 0.5),
    ),
    "a custom operation that gives its attributes": (
        "own",
        {"op_type": "own", "axis": "1"},
        "attrs = {'axis': get_mxnet_layer_attrs(node.symbol_dict).int('axis', -1)}; "
        "Softmax.update_node_stat(node, attrs)",
        "True, attrs",
        lambda x: softmax(x, 1),
    ),
    "tuples": (
        "own",
        {"op_type": "own", "axes": "(0L, 2L, 1L)"},
        "order = get_mxnet_layer_attrs(node.symbol_dict).tuple('axes', int); "
        "Permute.update_node_stat(node, {'order': np.array(order)})",
        "",
        lambda x: x.transpose(0, 2, 1),
    ),
    "truths and defaults": (
        "own",
        {"op_type": "own", "keepdims": "True"},
        "attrs = get_mxnet_layer_attrs(node.symbol_dict); ReduceSum.update_node_stat(node, "
        "{'axis': attrs.int('axis', 1), 'keep_dims': attrs.bool('keepdims', False)})",
        "",
        lambda x: x.sum(1, keepdims=True),
    ),
    "in place of the tool's own": (
        "cos",
        {},
        "Sin.update_node_stat(node)",
        "",
        np.sin,
    ),
}


@pytest.mark.parametrize("case", MXNET)
def test_mxnet(workshop: Workshop, case: str):
    op, attributes, body, result, formula = MXNET[case]
    is_custom = "op_type" in attributes
    base = "MXNetCustomFrontExtractorOp" if is_custom else "FrontExtractorOp"
    write(workshop, "mxnet", op, body, base, result)
    kind = "Custom" if is_custom else op
    made = {"op": kind, "name": "y", "inputs": [[0, 0, 0]], "attrs": attributes}
    path = mxnet.save(workshop.folder, mxnet.symbol(mxnet.variable("x"), made))
    converted = workshop.convert(path, input_shape=[2, 3, 4])
    (found,) = workshop.run(converted, X)
    np.testing.assert_allclose(found, formula(X), rtol=1e-5, atol=1e-6)
