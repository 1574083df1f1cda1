"""Whole small networks as bytes of ONNX files, sound ones and broken ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

WEIGHTS = (np.random.default_rng(0).standard_normal((4, 3, 3, 3)) / 5).astype(np.float32)


def _model(
    nodes: Sequence[NodeProto],
    inputs: dict[str, Sequence[int | str]],
    outputs: Sequence[str],
    weights: Sequence[TensorProto] = (),
) -> ModelProto:
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in inputs.items()
    ]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(list(nodes), "net", values, results, list(weights))
    domains = {node.domain for node in nodes} - {""}
    opsets = [helper.make_opsetid("", 13), *(helper.make_opsetid(d, 1) for d in sorted(domains))]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def conv_relu(
    cycle: bool = False,
    undefined: bool = False,
    name: bytes = b"",
    fill: Sequence[int] = (),
    weight_dims: Sequence[int] = (),
) -> bytes:
    """x -> Conv -> Relu -> y, with one thing wrong if asked for."""
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], "conv"),
        helper.make_node("Relu", ["c"], ["y"], "relu"),
    ]
    weights = [numpy_helper.from_array(WEIGHTS, "w")]
    if cycle:
        nodes[0].input[0] = "y"
    if undefined:
        nodes[0].input[0] = "nowhere"
    if fill:
        weights.append(numpy_helper.from_array(np.array(fill, np.int64), "sizes"))
        nodes.append(helper.make_node("ConstantOfShape", ["sizes"], ["big"], "fill"))
        nodes.append(helper.make_node("Mul", ["y", "big"], ["z"], "use"))
    if weight_dims:
        del weights[0].dims[:]
        weights[0].dims.extend(weight_dims)
    model = _model(nodes, {"x": (1, 3, 8, 8)}, ["z" if fill else "y"], weights)
    content = model.SerializeToString()
    if name:
        # A text field holds only UTF-8, a damaged file anything.
        content = content.replace(b"conv", name.ljust(4)[:4])
    return content


def with_external_data(location: str) -> bytes:
    """conv_relu whose weights lie in another file."""
    model = ModelProto.FromString(conv_relu())
    (weights,) = model.graph.initializer
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    weights.external_data.add(key="location", value=location)
    return model.SerializeToString()


def unknown_operations() -> bytes:
    """Three nodes of two unknown types, and one behind them that is known."""
    nodes = [
        helper.make_node("Relux", ["x"], ["a"], "first"),
        helper.make_node("Relux", ["a"], ["b"], "second"),
        helper.make_node("Other", ["b"], ["made"], "third", domain="my.domain"),
        helper.make_node("Relu", ["made"], ["y"], "last"),
    ]
    return _model(nodes, {"x": (1, 4)}, ["y"]).SerializeToString()


def branches() -> bytes:
    """image -> scale -> split (a, b) -> sum -> relu (y), and sum times extra (z)."""
    nodes = [
        helper.make_node("Mul", ["image", "two"], ["scaled"], "scale_node"),
        helper.make_node("Split", ["scaled"], ["a", "b"], "split_node", axis=1),
        helper.make_node("Add", ["a", "b"], ["sum"], "sum_node"),
        helper.make_node("Relu", ["sum"], ["y"], "relu_node"),
        helper.make_node("Mul", ["sum", "extra"], ["z"], "times_node"),
    ]
    two = numpy_helper.from_array(np.float32(2), "two")
    inputs = {"image": ("n", 4), "extra": (2,)}
    return _model(nodes, inputs, ["y", "z"], [two]).SerializeToString()


def image_model(shape: Sequence[int]) -> bytes:
    """An activation of an image of any layout."""
    nodes = [helper.make_node("Relu", ["x"], ["y"], "relu")]
    return _model(nodes, {"x": shape}, ["y"]).SerializeToString()
