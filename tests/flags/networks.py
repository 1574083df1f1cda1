"""One small network as a model of each framework, and what it computes.

relu(conv5x5(image)) through a 1x1 convolution, plus ``extra``. Kaldi, which has no images, has two
affine layers with a sigmoid and a softmax.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from onnx import helper, numpy_helper

from tests.front.kaldi.writing import nnet1
from tests.models.caffe import Net
from tests.models.mxnet import container, version2
from tests.models.tf import GraphDef
from tests.models.tflite import Number, TfLite

_random = np.random.default_rng(3)


def _numbers(*shape: int) -> np.ndarray:
    return _random.normal(size=shape).astype(np.float32)


# As many weights in a filter as make half precision worth it.
W1, B1, W2, B2 = _numbers(6, 3, 5, 5), _numbers(6), _numbers(4, 6, 1, 1), _numbers(4)
IMAGE, EXTRA = (1, 3, 8, 8), (1, 4, 8, 8)
FEATURES = (1, 3)
V1, C1, V2, C2 = _numbers(6, 3), _numbers(6), _numbers(4, 6), _numbers(4)


def hidden(image: np.ndarray) -> np.ndarray:
    """The tensor ``relu`` of an image [N, 3, H, W]."""
    padded = np.pad(image, ((0, 0), (0, 0), (2, 2), (2, 2)))
    windows = sliding_window_view(padded, (5, 5), axis=(2, 3))
    return np.maximum(np.einsum("nchwij,ocij->nohw", windows, W1) + B1.reshape(-1, 1, 1), 0)


def ended(relu: np.ndarray, extra: np.ndarray) -> np.ndarray:
    """The tensor ``sum``."""
    return np.einsum("nchw,oc->nohw", relu, W2[:, :, 0, 0]) + B2.reshape(-1, 1, 1) + extra


def classified(features: np.ndarray, with_softmax: bool = True) -> np.ndarray:
    """What the network of Kaldi makes of features [frames, 3]."""
    scores = 1 / (1 + np.exp(-(features @ V1.T + C1))) @ V2.T + C2
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True) if with_softmax else scores


def _onnx(folder: Path) -> Path:
    nodes = [
        helper.make_node("Conv", ["image", "w1", "b1"], ["conv1"], "conv1", pads=[2, 2, 2, 2]),
        helper.make_node("Relu", ["conv1"], ["relu"], "relu"),
        helper.make_node("Conv", ["relu", "w2", "b2"], ["conv2"], "conv2"),
        helper.make_node("Add", ["conv2", "extra"], ["sum"], "sum"),
    ]
    weights = {"w1": W1, "b1": B1, "w2": W2, "b2": B2}
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info(n, 1, s) for n, s in (("image", IMAGE), ("extra", EXTRA))],
        [helper.make_tensor_value_info("sum", 1, EXTRA)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    path = folder / "net.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    path.write_bytes(model.SerializeToString())
    return path


def _caffe(folder: Path) -> Path:
    net = Net(("image", IMAGE), ("extra", EXTRA))
    first = "convolution_param { num_output: 6 kernel_size: 5 pad: 2 }"
    net.layer("Convolution", "conv1", "image", first, [W1, B1])
    net.layer("ReLU", "relu", "conv1")
    net.layer(
        "Convolution",
        "conv2",
        "relu",
        "convolution_param { num_output: 4 kernel_size: 1 }",
        [W2, B2],
    )
    net.layer("Eltwise", "sum", ["conv2", "extra"])
    return net.save(folder)


def _mxnet(folder: Path) -> Path:
    def node(op: str, name: str, *inputs: int, **attrs: str) -> dict[str, object]:
        return {"op": op, "name": name, "inputs": [[i, 0, 0] for i in inputs], "attrs": attrs}

    nodes = [
        node("null", "image", __shape__=str(IMAGE)),
        *(node("null", name) for name in ("w1", "b1")),
        node("Convolution", "conv1", 0, 1, 2, kernel="(5, 5)", pad="(2, 2)", num_filter="6"),
        node("Activation", "relu", 3, act_type="relu"),
        *(node("null", name) for name in ("w2", "b2")),
        node("Convolution", "conv2", 4, 5, 6, kernel="(1, 1)", num_filter="4"),
        node("null", "extra", __shape__=str(EXTRA)),
        node("elemwise_add", "sum", 7, 8),
    ]
    arguments = [i for i, entry in enumerate(nodes) if entry["op"] == "null"]
    symbol = {"nodes": nodes, "arg_nodes": arguments, "heads": [[len(nodes) - 1, 0, 0]]}
    (folder / "net-symbol.json").write_text(json.dumps(symbol))
    weights = {"arg:w1": W1, "arg:b1": B1, "arg:w2": W2, "arg:b2": B2}
    path = folder / "net-0000.params"
    path.write_bytes(container([version2(array) for array in weights.values()], list(weights)))
    return path


def _tf(folder: Path) -> Path:
    g = GraphDef()
    conv = {"strides": [1, 1, 1, 1], "dilations": [1, 1, 1, 1], "data_format": "NHWC"}
    g.placeholder("image", _last(IMAGE))
    g.node(
        "Conv2D",
        "conv1",
        "image",
        g.constant("w1", W1.transpose(2, 3, 1, 0)),
        padding="SAME",
        **conv,
    )
    g.node("BiasAdd", "bias1", "conv1", g.constant("b1", B1), data_format="NHWC")
    g.node("Relu", "relu", "bias1")
    g.node(
        "Conv2D",
        "conv2",
        "relu",
        g.constant("w2", W2.transpose(2, 3, 1, 0)),
        padding="VALID",
        **conv,
    )
    g.node("BiasAdd", "bias2", "conv2", g.constant("b2", B2), data_format="NHWC")
    g.node("AddV2", "sum", "bias2", g.placeholder("extra", _last(EXTRA)))
    path = folder / "net.pb"
    path.write_bytes(g.data)
    return path


def _tflite(folder: Path) -> Path:
    net = TfLite()
    image, extra = net.input("image", _last(IMAGE)), net.input("extra", _last(EXTRA))
    w1 = net.constant("w1", W1.transpose(0, 2, 3, 1))
    w2 = net.constant("w2", W2.transpose(0, 2, 3, 1))
    relu, conv2 = net.tensor("relu", (1, 8, 8, 6)), net.tensor("conv2", (1, 8, 8, 4))
    total = net.tensor("sum", _last(EXTRA))
    steps = {1: Number("i", 1), 2: Number("i", 1)}
    net.operator(3, [image, w1, net.constant("b1", B1)], [relu], (1, {**steps, 3: Number("b", 1)}))
    net.operator(3, [relu, w2, net.constant("b2", B2)], [conv2], (1, steps))
    net.operator(0, [conv2, extra], [total], (11, {}))
    net.outputs = [total]
    return net.save(folder / "net.tflite")


def _last(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (shape[0], *shape[2:], shape[1])


def _kaldi(folder: Path) -> Path:
    layers = [
        ("AffineTransform", 6, 3, [("", V1), ("", C1)]),
        ("Sigmoid", 6, 6, []),
        ("AffineTransform", 4, 6, [("", V2), ("", C2)]),
        ("Softmax", 4, 4, []),
    ]
    path = folder / "net.nnet"
    path.write_bytes(nnet1(layers))
    return path


# Writes the network into a folder and returns the path for --input_model.
MAKERS: dict[str, Callable[[Path], Path]] = {
    "onnx": _onnx,
    "caffe": _caffe,
    "mxnet": _mxnet,
    "tf": _tf,
    "tflite": _tflite,
    "kaldi": _kaldi,
}
IMAGES = ("onnx", "caffe", "mxnet", "tf", "tflite")


def has_channels_last(framework: str) -> bool:
    return framework in ("tf", "tflite")
