"""Networks as onnxruntime's quantiser writes them: equal results, computed in bytes.

The networks have what made runtimes differ: residual sums, depthwise kernels, pooling between
quantised tensors, a tensor that is quantised once and read many times.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

import onnxruntime as ort
import openvino as ov
from onnx import helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)

import mo
from mo.graph.element_type import ElementType
from mo.graph.op import Constant
from tests.models.nodes import numbers

BYTES = {"u8", "i8"}


class Network:
    """A float network, built node by node; each step returns the name of its result."""

    def __init__(self, shape: list[Any]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.random = np.random.default_rng(3)
        self.input = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:
        name = f"{op}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], name, **attributes))
        return name

    def weight(self, *shape: int) -> str:
        spread = np.sqrt(2 / max(1, np.prod(shape[1:])))
        array = (self.random.standard_normal(shape) * spread).astype(np.float32)
        self.weights.append(numpy_helper.from_array(array, f"w{len(self.weights)}"))
        return self.weights[-1].name

    def conv(self, x: str, outputs: int, inputs: int, kernel: int = 3, **more: Any) -> str:
        pads = [kernel // 2] * 4
        weights = self.weight(outputs, inputs, kernel, kernel), self.weight(outputs)
        return self.add("Conv", x, *weights, pads=pads, **more)

    def save(self, result: str, path: Path) -> Path:
        output = helper.make_tensor_value_info(result, onnx.TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "net", [self.input], [output], self.weights)
        imports = [helper.make_opsetid("", 13)]
        onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=8), path)
        return path


def residual_network(path: Path) -> Path:
    n = Network(["n", 3, 32, 32])
    x = n.add("Relu", n.conv("x", 16, 3, strides=[2, 2]))
    x = n.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    y = n.conv(n.add("Relu", n.conv(x, 16, 16)), 16, 16)
    x = n.add("Relu", n.add("Add", y, x))
    y = n.conv(x, 32, 16, kernel=1)
    x = n.conv(n.add("Relu", n.conv(x, 16, 1, group=16)), 32, 16, kernel=1)
    x = n.add("Concat", n.add("Add", x, y), n.add("Sigmoid", y), axis=1)
    x = n.add("Flatten", n.add("GlobalAveragePool", n.conv(x, 16, 64)))
    return n.save(n.add("Gemm", x, n.weight(16, 10), n.weight(10)), path)


class Images(CalibrationDataReader):  # type: ignore[misc, unused-ignore]
    def __init__(self) -> None:
        self.images: Iterator[np.ndarray] = iter([numbers(1, 3, 32, 32), numbers(2, 3, 32, 32)])

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self.images, None)
        return None if image is None else {"x": image}


def kernels(compiled: ov.CompiledModel, *kinds: str) -> list[str]:
    """The precisions in which nodes of these kinds run."""
    info = (node.get_rt_info() for node in compiled.get_runtime_model().get_ops())
    found = ((i["layerType"].astype(str), i["runtimePrecision"].astype(str)) for i in info)
    return [precision for kind, precision in found if kind in kinds]


def converted(path: Path) -> tuple[mo.ConvertedModel, ov.CompiledModel]:
    model = mo.convert_model(input_model=path)
    xml, _ = model.save(path.with_suffix(".xml"))
    precise = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    return model, ov.Core().compile_model(xml, "CPU", precise)


def reference(path: Path, x: np.ndarray) -> np.ndarray:
    return np.asarray(ort.InferenceSession(path).run(None, {"x": x})[0])


def last_step(path: Path) -> float:
    """The scale of the network's last quantisation."""
    model = onnx.load(path)
    constants = {item.name: item for item in model.graph.initializer}
    scale = next(node for node in model.graph.node[::-1] if node.op_type == "DequantizeLinear")
    return float(numpy_helper.to_array(constants[scale.input[1]]))


@pytest.mark.parametrize(
    ("layout", "activations", "weights"),
    [
        (QuantFormat.QDQ, QuantType.QUInt8, QuantType.QInt8),
        (QuantFormat.QDQ, QuantType.QInt8, QuantType.QInt8),
        (QuantFormat.QDQ, QuantType.QUInt8, QuantType.QUInt8),
        (QuantFormat.QOperator, QuantType.QUInt8, QuantType.QInt8),
        (QuantFormat.QOperator, QuantType.QUInt8, QuantType.QUInt8),
    ],
)
@pytest.mark.parametrize("per_channel", [False, True])
def test_statically_quantised(
    tmp_path: Path, layout: Any, activations: Any, weights: Any, per_channel: bool
) -> None:
    path = tmp_path / "quantised.onnx"
    quantize_static(
        residual_network(tmp_path / "floats.onnx"),
        path,
        Images(),
        quant_format=layout,
        activation_type=activations,
        weight_type=weights,
        per_channel=per_channel,
    )
    _, compiled = converted(path)
    for batch in (1, 2):
        x = numbers(batch, 3, 32, 32)
        result, expected = compiled(x)[0], reference(path, x)
        assert np.abs(result - expected).max() <= 1.01 * last_step(path)
    assert set(kernels(compiled, "Convolution", "FullyConnected")) <= BYTES


@pytest.mark.parametrize("kind", [QuantType.QInt8, QuantType.QUInt8])
@pytest.mark.parametrize("per_channel", [False, True])
def test_dynamically_quantised(tmp_path: Path, kind: Any, per_channel: bool) -> None:
    n = Network(["n", "t", 64])
    x = n.add("Tanh", n.add("Add", n.add("MatMul", "x", n.weight(64, 48)), n.weight(48)))
    y = n.add("MatMul", x, n.weight(48, 64))
    floats = n.save(n.add("Add", y, "x"), tmp_path / "floats.onnx")
    path = tmp_path / "quantised.onnx"
    quantize_dynamic(floats, path, weight_type=kind, per_channel=per_channel)
    model, compiled = converted(path)
    for shape in ((2, 5, 64), (1, 3, 64), (2, 5, 64)):
        x = numbers(*shape)
        difference = np.abs(compiled(x)[0] - reference(path, x))
        # Here and there a value half-way between two integers is rounded the other way.
        assert difference.max() < 1e-2
        assert np.median(difference) < 1e-3
    assert kernels(compiled, "FullyConnected") == ["u8", "u8"]
    constants = model.graph.nodes_of(Constant)
    assert sum(node.outputs[0].dtype is ElementType.i8 for node in constants) == 2
