"""Networks that onnxruntime's quantiser wrote: how far a conversion is from onnxruntime, in steps.

    python benchmarks/quantized.py [--write] [NAME...] [MODEL.onnx...] [--range LOW HIGH]

ResNet-50 and MobileNetV2 of torchvision and BERT of transformers are built with random weights;
a classifier of floats from a file is fed with numbers of the range. Classifiers are quantised as
QDQ (unsigned and signed) and as QOperator, BERT dynamically. Printed, and recorded in
benchmarks/quantized.csv:

- layer by layer, each fed with the integers that onnxruntime has computed up to there: the
  largest difference in steps, and the share of all integers that differ;
- of the whole network, where each integer rounded otherwise moves others behind it: the largest
  difference in steps of the output, and that of onnxruntime without its optimisations to itself;
- how many of the convolutions and products run in kernels of integers.

onnxruntime rounds float(accumulator + bias) * factor and adds the zero point; the kernels of
OpenVINO 2026.4 compute with scales and zero point in floats before they round, so that numbers
within 7e-6 of a half may go the other way: of 0.8 to 4.9 million integers of one convolution of
random numbers 8.3e-7 to 1.2e-5 do. With all factors in the scales of the weights, and integers as
activations, they are 0 to 1.2e-6 and the kernels stay, but also then not none, as the bias is
rounded apart; with ranges for each channel behind the convolution they are 0 to 1.1e-5, and an
ordinary convolution that follows leaves the kernels of integers.

Where quantisation is dynamic, the step of a layer is what one step of an input moves its result
by at most, and that of the output is the one that its quantisation would have.
Needs torch, torchvision, transformers, onnxruntime and openvino.
"""

from __future__ import annotations

import argparse
import copy
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
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
from onnxruntime.quantization.shape_inference import quant_pre_process

sys.path.insert(0, str(Path(__file__).parents[1]))

import mo
from benchmarks.language import encoder_of, export
from benchmarks.recording import replace

Feed = dict[str, np.ndarray]
RECORD = Path(__file__).with_suffix(".csv")
CALIBRATING, COMPARED = 4, 6
_CPU = {"INFERENCE_PRECISION_HINT": "f32"}


# ---- networks of floats


class Floats(NamedTuple):
    path: Path
    feeds: Callable[[int], list[Feed]]


def pictures(name: str, shape: Sequence[int], low: float, high: float, count: int) -> list[Feed]:
    """Smooth colours and some noise, with three colours on the second or the last axis."""
    import torch

    colours_last = shape[-1] == 3
    _, height, width = (3, *shape[1:3]) if colours_last else shape[1:]
    spots = torch.rand(count, 3, 7, 7)
    x = torch.nn.functional.interpolate(spots, (height, width), mode="bicubic")
    x = (x + 0.2 * torch.rand_like(x)).clamp(0, 1) * (high - low) + low
    x = x.permute(0, 2, 3, 1).contiguous() if colours_last else x
    return [{name: image[None]} for image in x.numpy()]


def classifier(name: str, folder: Path) -> Floats:
    """A network of torchvision with the statistics that its normalisations see."""
    import torch
    import torchvision

    torch.manual_seed(0)
    net = getattr(torchvision.models, name)()
    norms = [part for part in net.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
        torch.nn.init.uniform_(norm.weight, 0.7, 1.3)
        torch.nn.init.normal_(norm.bias, 0, 0.1)
    for part in net.modules():
        part.train(part in norms)
    with torch.no_grad():
        net(torch.randn(4, 3, 224, 224))
    path = folder / f"{name}.onnx"
    image = torch.randn(1, 3, 224, 224)
    names = {"input_names": ["image"], "output_names": ["classes"]}
    torch.onnx.export(net.eval(), (image,), path, opset_version=17, dynamo=False, **names)
    return Floats(path, lambda count: pictures("image", image.shape, -1, 1, count))


def file(path: Path, folder: Path, low: float, high: float) -> Floats:
    """A trained network, for one image at a time."""
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    single = folder / path.name
    onnx.save(model, single)
    (given,) = ort.InferenceSession(single).get_inputs()
    return Floats(single, lambda count: pictures(given.name, given.shape, low, high, count))


def bert(folder: Path) -> Floats:
    from transformers import BertConfig, BertModel

    config = BertConfig(num_hidden_layers=2, attn_implementation="eager")
    network = encoder_of(BertModel(config), "bert")
    export(network, folder / "bert.onnx", dynamo=False, opset=17)

    def feeds(count: int) -> list[Feed]:
        return [network.inputs(1 + number % 2, 24 - number, 0) for number in range(count)]

    return Floats(folder / "bert.onnx", feeds)


# ---- quantised


class Calibration(CalibrationDataReader):  # type: ignore[misc, unused-ignore]
    def __init__(self, feeds: Sequence[Feed]) -> None:
        self.feeds = iter(feeds)

    def get_next(self) -> Feed | None:
        return next(self.feeds, None)


_STATIC = {
    "QDQ u8": (QuantFormat.QDQ, QuantType.QUInt8),
    "QDQ i8": (QuantFormat.QDQ, QuantType.QInt8),
    "QOperator u8": (QuantFormat.QOperator, QuantType.QUInt8),
}


def quantised(floats: Floats, is_static: bool) -> Iterator[tuple[str, Path]]:
    prepared = floats.path.with_suffix(".prepared.onnx")
    quant_pre_process(str(floats.path), str(prepared), skip_symbolic_shape=True)
    path = floats.path.with_suffix(".quantised.onnx")
    if not is_static:
        quantize_dynamic(prepared, path, weight_type=QuantType.QInt8)
        yield "dynamic", path
        return
    for form, (layout, activations) in _STATIC.items():
        quantize_static(
            prepared,
            path,
            Calibration(floats.feeds(CALIBRATING)),
            quant_format=layout,
            activation_type=activations,
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
        yield form, path


# ---- both runtimes


def peer(model: Any, feed: Feed, optimised: bool = True, names: Any = None) -> list[np.ndarray]:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    if not optimised:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return list(ort.InferenceSession(model, options).run(names, feed))


def compiled(path: Path) -> ov.CompiledModel:
    xml, _ = mo.convert_model(path).save(path.with_suffix(".xml"))
    return ov.Core().compile_model(xml, "CPU", _CPU)


def run(network: ov.CompiledModel, feed: Feed) -> list[np.ndarray]:
    names = [next(name for name in port.names if name in feed) for port in network.inputs]
    return list(network([feed[name] for name in names]).to_tuple())


def kernels(network: ov.CompiledModel) -> tuple[int, int]:
    """How many convolutions and products compute with integers, and how many there are."""
    info = (node.get_rt_info() for node in network.get_runtime_model().get_ops())
    kinds = [(i["layerType"].astype(str), i["runtimePrecision"].astype(str)) for i in info]
    found = [kind for layer, kind in kinds if layer in ("Convolution", "FullyConnected")]
    return sum(kind in ("u8", "i8") for kind in found), len(found)


# ---- layer by layer


class Layer(NamedTuple):
    """From floats to floats, what they have to be, and the step in which to count."""

    model: onnx.ModelProto
    feed: Feed
    wanted: np.ndarray
    step: float


# Where the scale and the zero point of the result are among the inputs.
_SCALES = {
    "QuantizeLinear": 1,
    "QLinearConv": 6,
    "QLinearMatMul": 6,
    "QLinearAdd": 6,
    "QGemm": 7,
    "QLinearGlobalAveragePool": 3,
    "QLinearSoftmax": 3,
}
_MOVES = ("Flatten", "MaxPool", "Reshape", "Squeeze", "Transpose")


class Layers:
    """The layers of a quantised network between tensors of integers, with their numbers."""

    def __init__(self, path: Path, feed: Feed) -> None:
        self.model = onnx.load(path)
        self.nodes = list(self.model.graph.node)
        self.makers = {name: node for node in self.nodes for name in node.output}
        self.tensors = {item.name: item for item in self.model.graph.initializer}
        self.feed = feed

    def number(self, name: str) -> Any:
        return numpy_helper.to_array(self.tensors[name])

    def computed(self, kinds: dict[str, int]) -> dict[str, np.ndarray]:
        """Tensors of the network by name, as onnxruntime computes them without optimisation."""
        whole = copy.deepcopy(self.model)
        for name, kind in kinds.items():
            whole.graph.output.append(helper.make_tensor_value_info(name, kind, None))
        values = peer(whole.SerializeToString(), self.feed, optimised=False, names=list(kinds))
        return dict(zip(kinds, values))

    def part(self, ends: Sequence[str], starts: Any) -> tuple[list[onnx.NodeProto], list[str]]:
        """The nodes between tensors, in order, and those of ``starts`` that are needed."""
        inside, stack, needed = set(), [self.makers[name] for name in ends], dict[str, None]()
        while stack:
            node = stack.pop()
            if id(node) in inside:
                continue
            inside.add(id(node))
            needed.update((name, None) for name in node.input if name in starts)
            others = (name for name in node.input if name not in starts and name in self.makers)
            stack += [self.makers[name] for name in others]
        return [node for node in self.nodes if id(node) in inside], list(needed)

    def built(
        self, nodes: Sequence[onnx.NodeProto], inputs: Feed, output: str, step: float, wanted: Any
    ) -> Layer:
        used = {name for node in nodes for name in node.input}
        infos = [helper.make_tensor_value_info(n, 1, a.shape) for n, a in inputs.items()]
        result = helper.make_tensor_value_info(output, 1, None)
        tensors = [self.tensors[name] for name in sorted(used) if name in self.tensors]
        graph = helper.make_graph(list(nodes), "layer", infos, [result], tensors)
        opsets = self.model.opset_import
        model = helper.make_model(graph, opset_imports=opsets, ir_version=self.model.ir_version)
        return Layer(model, inputs, wanted, step)


def static_layers(path: Path, feed: Feed) -> Iterator[Layer]:
    net = Layers(path, feed)
    scales: dict[str, list[str]] = {}
    for node in net.nodes:
        if node.op_type in _SCALES:
            at = _SCALES[node.op_type]
            scales[node.output[0]] = node.input[at : at + 2]
        elif node.op_type in _MOVES and node.input[0] in scales:
            scales[node.output[0]] = scales[node.input[0]]
    values = net.computed({n: net.tensors[zero].data_type for n, (_, zero) in scales.items()})

    def floats(name: str) -> np.ndarray:
        scale, zero = map(net.number, scales[name])
        return np.asarray((values[name].astype(np.int32) - zero) * scale, np.float32)

    for name, (scale, zero) in scales.items():
        nodes, needed = net.part([name], scales)
        if nodes[-1].op_type in _MOVES or not needed:
            continue  # nothing is rounded, or it is the input that is
        given = {f"{start}_floats": floats(start) for start in needed}
        nodes = [
            *(
                helper.make_node("QuantizeLinear", [f"{start}_floats", *scales[start]], [start])
                for start in needed
            ),
            *nodes,
            helper.make_node("DequantizeLinear", [name, scale, zero], ["result"]),
        ]
        yield net.built(nodes, given, "result", net.number(scale).item(), floats(name))


def dynamic_layers(path: Path, feed: Feed) -> Iterator[Layer]:
    """Each product with the quantisation in front of it and the scales behind it."""
    net = Layers(path, feed)
    found = []
    for node in net.nodes:
        if node.op_type == "MatMulInteger":
            source = net.makers[node.input[0]]
            ends = [n for n in net.nodes if n.op_type == "Mul" and _comes_from(net, n, node)]
            found.append((source.input[0], source.output[1], node.input[1], ends[0]))
    kinds = {name: 1 for start, scale, _, end in found for name in (start, scale, end.output[0])}
    values = net.computed(kinds)
    for start, scale, weights, end in found:
        nodes, _ = net.part(end.output, {start})
        factor = net.number(f"{weights.removesuffix('_quantized')}_scale").max()
        step = values[scale].item() * factor * np.abs(net.number(weights).astype(int)).max()
        result = end.output[0]
        yield net.built(nodes, {start: values[start]}, result, float(step), values[result])


def _comes_from(net: Layers, node: onnx.NodeProto, product: onnx.NodeProto) -> bool:
    casts = [net.makers[name] for name in node.input if name in net.makers]
    return any(cast.op_type == "Cast" and cast.input[0] in product.output for cast in casts)


# ---- figures


class Row(NamedTuple):
    network: str
    form: str
    layers: int
    in_layer: float
    share: float
    in_network: float
    of_peer: float
    in_integers: str


HEADER = (
    "network",
    "form",
    "layers",
    "steps in a layer",
    "share of integers that differ",
    "steps at the output",
    "steps of onnxruntime to itself",
    "kernels of integers",
)


def check(name: str, form: str, path: Path, feeds: Sequence[Feed]) -> Row:
    is_static = form != "dynamic"
    worst, different, total, count, step = 0.0, 0, 0, 0, 0.0
    for layer in (static_layers if is_static else dynamic_layers)(path, feeds[0]):
        file = path.with_suffix(".layer.onnx")
        onnx.save(layer.model, file)
        (result,) = run(compiled(file), layer.feed)
        gap = np.abs(result - layer.wanted) / layer.step
        worst, count, step = max(worst, float(gap.max())), count + 1, layer.step
        different, total = different + int((gap > 0.5).sum()), total + gap.size
    network = compiled(path)
    mine, theirs = 0.0, 0.0
    for feed in feeds:
        expected, exact = peer(path, feed)[0], peer(path, feed, optimised=False)[0]
        last = step if is_static else float(np.ptp(expected)) / 255
        mine = max(mine, float(np.abs(run(network, feed)[0] - expected).max()) / last)
        theirs = max(theirs, float(np.abs(exact - expected).max()) / last)
    kernel = "{} of {}".format(*kernels(network))
    return Row(name, form, count, worst, different / total, mine, theirs, kernel)


def text(row: Row) -> list[str]:
    return [_figure(value) if isinstance(value, float) else str(value) for value in row]


def _figure(value: float) -> str:
    return f"{value:.1e}" if 0 < value < 0.01 else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", default=["resnet50", "mobilenet_v2", "bert"])
    parser.add_argument("--range", nargs=2, type=float, default=(-1, 1), metavar=("LOW", "HIGH"))
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rows = []
    for name in arguments.networks:
        with tempfile.TemporaryDirectory() as given:
            folder = Path(given)
            if name == "bert":
                floats = bert(folder)
            elif name.endswith(".onnx"):
                floats = file(Path(name), folder, *arguments.range)
            else:
                floats = classifier(name, folder)
            for form, path in quantised(floats, name != "bert"):
                rows.append(check(Path(name).stem, form, path, floats.feeds(COMPARED)))
                print(*text(rows[-1]), sep="  ", flush=True)
    if arguments.write:
        replace(RECORD, HEADER, map(text, rows))


if __name__ == "__main__":
    main()
