"""A folder of models, sound ones and ones with one thing wrong, for the transcripts beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, helper, numpy_helper

from tests.flags.networks import MAKERS
from tests.front.kaldi.writing import nnet1, nnet3
from tests.models.caffe import blob, caffemodel
from tests.models.mxnet import container, version2
from tests.models.networks import branches, conv_relu, unknown_operations
from tests.models.tf import GraphDef
from tests.models.wire import field

ONES = np.ones((4, 3, 3, 3), np.float32)
PAGE = b"<!DOCTYPE html><html><body>404</body></html>"


def make(folder: Path) -> None:
    """Write all of them into the folder."""
    for maker in MAKERS.values():
        maker(folder)
    for part in (_onnx, _tf, _caffe, _mxnet, _kaldi):
        for name, content in part().items():
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
    for name, content in _extensions().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "empty").mkdir()
    (folder / "page.onnx").write_bytes(PAGE)
    (folder / "nothing.onnx").write_bytes(b"")
    (folder / "net.xyz").write_bytes(b"\xff\xff")
    (folder / "counts").write_text("[ 3 1 4 2 ]\n")
    (folder / "lines").write_text("[ 3 1 ]\n[ 4 2 ]\n")
    (folder / "words").write_text("[ three one ]\n")
    (folder / "few").write_text("[ 3 1 4 ]\n")


# ---- extensions and their configurations


def _extensions() -> dict[str, str]:
    extractor = "from mo.front.extractor import FrontExtractorOp\n"
    taken = "    extract = staticmethod(lambda node: True)\n"
    classes = [f"class {n}(FrontExtractorOp):\n    op = '{o}'\n{taken}" for n, o in _PLUG_INS]
    replaced = "from mo.middle.replacement import MiddleReplacementPattern\n"
    replaced += "class Emptied(MiddleReplacementPattern):\n"
    replaced += "    def find_and_replace_pattern(self, graph):\n"
    points = {"id": "p", "match_kind": "points"}
    configurations = {
        "without_id": [{"match_kind": "general"}],
        "without_kind": [{"id": "a"}],
        "odd_kind": [{"id": "a", "match_kind": "places"}],
        "without_instances": [{"id": "a", "match_kind": "scope"}],
        "empty_instances": [{"id": "a", "match_kind": "scope", "instances": []}],
        "without_points": [{**points, "instances": {"start_points": ["relu"]}}],
        "listed_points": [{**points, "instances": ["relu"]}],
        "unreached": [
            {
                **points,
                "op": "ReLU",
                "instances": {"start_points": ["conv2"], "end_points": ["relu"]},
            }
        ],
        "no_operation": [
            {
                **points,
                "op": "Nothing",
                "instances": {"start_points": ["relu"], "end_points": ["relu"]},
            }
        ],
        "into_input": [
            {
                **points,
                "op": "ReLU",
                "instances": {"start_points": ["conv2"], "end_points": ["sum"]},
            }
        ],
        "unknown_id": [{"id": "Nobody", "match_kind": "general", "custom_attributes": {}}],
    }
    return {
        "twice/front/onnx/one.py": extractor + "".join(classes),
        "broken/ops/broken.py": "import no_such_module\n",
        "emptied/middle/emptied.py": replaced + "        graph.remove_nodes_from(list(graph))\n",
        "failing/middle/failing.py": replaced + "        graph.get_op_nodes(op='Relu')[0]\n",
        "bad-name/ops/nothing.py": "",
        "spoilt.json": '[{"id": "a",',
        **{f"{name}.json": json.dumps(found) for name, found in configurations.items()},
    }


_PLUG_INS = [("Warp", "Warp"), ("Other", "warp")]


# ---- ONNX


def _single(op: str, *shapes: Any, kind: int = 1, **attributes: Any) -> bytes:
    """One node of inputs x, y, ... of these shapes."""
    names = "xyz"[: len(shapes)]
    values = [helper.make_tensor_value_info(n, kind, s) for n, s in zip(names, shapes)]
    node = helper.make_node(op, list(names), ["out"], "node", **attributes)
    result = helper.make_tensor_value_info("out", kind, None)
    graph = helper.make_graph([node], "net", values, [result])
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def _changed(content: bytes, change: Any) -> bytes:
    model = ModelProto.FromString(content)
    change(model.graph)
    return model.SerializeToString()


def _two_inputs_of_one_name(graph: Any) -> None:
    graph.input.append(graph.input[0])


def _attribute_twice(graph: Any) -> None:
    graph.node[0].attribute.extend(2 * [helper.make_attribute("group", 1)])


def _unknown_type(graph: Any) -> None:
    graph.input[0].type.tensor_type.elem_type = 99


def _two_makers(graph: Any) -> None:
    graph.node[0].output[0] = "y"


def _large_weights(graph: Any) -> None:
    array = np.ones((4, 32, 3, 3), np.float32)
    array[0], array[1] = 1e6, 1e-9
    graph.input[0].type.tensor_type.shape.dim[1].dim_value = 32
    graph.initializer[0].CopyFrom(numpy_helper.from_array(array, "w"))


def _onnx() -> dict[str, bytes]:
    net = conv_relu()
    return {
        "branches.onnx": branches(),
        "unknown.onnx": unknown_operations(),
        "conv.onnx": net,
        "cut_off.onnx": net[: len(net) // 2],
        "text.onnx": b"hello, this is no model at all\n" * 20,
        "cycle.onnx": conv_relu(cycle=True),
        "undefined.onnx": conv_relu(undefined=True),
        "twice.onnx": _changed(net, _two_inputs_of_one_name),
        "attributes.onnx": _changed(net, _attribute_twice),
        "type.onnx": _changed(net, _unknown_type),
        "makers.onnx": _changed(net, _two_makers),
        "large.onnx": _changed(net, _large_weights),
        "add.onnx": _single("Add", (2, 3), (4, 5)),
        "matmul.onnx": _single("MatMul", (2, 3), (4, 5)),
        "outputless.onnx": _changed(net, lambda graph: graph.ClearField("output")),
        "rank.onnx": _single("GlobalAveragePool", None),
        "valueless.onnx": _single("Constant"),
    }


# ---- TensorFlow


def _tf() -> dict[str, bytes]:
    unknown = GraphDef()
    unknown.node("Warp", "first", unknown.placeholder("x", (1, 4)))
    unknown.node("Relu", "out", "first")
    cycle = GraphDef()
    cycle.node("Relu", "a", "b")
    cycle.node("Relu", "b", "a")
    cycle.node("Relu", "out", "b")
    undefined = GraphDef()
    undefined.node("Relu", "out", "nowhere")
    adding = GraphDef()
    adding.node("AddV2", "out", adding.placeholder("x", (2, 3)), adding.placeholder("y", (4, 5)))
    variable = GraphDef()
    variable.node("VariableV2", "v", dtype=np.float32, shape=(2,))
    variable.node("AddV2", "out", variable.placeholder("x", (1, 2)), "v")
    valueless = GraphDef()
    valueless.node("Const", "c", dtype=np.float32)
    valueless.node("AddV2", "out", valueless.placeholder("x", (1, 2)), "c")
    split = GraphDef()
    axis = split.constant("axis", np.array(1, np.int32))
    split.node("Split", "split", axis, split.placeholder("x", (1, 6)), num_split=3)
    split.node("AddV2", "sum", "split", "split:1")
    meta = field(1, field(4, "serve"))
    saved = field(1, 1) + field(2, meta + field(2, unknown.data))
    return {
        "unknown.pb": unknown.data,
        "cycle.pb": cycle.data,
        "undefined.pb": undefined.data,
        "add.pb": adding.data,
        "split.pb": split.data,
        "variable.pb": variable.data,
        "cut_off.pb": adding.data[: len(adding.data) // 2],
        "damaged.pb": adding.data[:20] + b"\xff" * 20,
        "damaged.pbtxt": b'node { name: "x" op "Placeholder" }\n',
        "model.meta": field(1, field(4, "serve") + field(5, "2.21")) + field(2, adding.data),
        "model.ckpt": b"\0" * 10,
        "valueless.pb": valueless.data,
        "saved_model.pb": saved,
    }


# ---- Caffe

_HEAD = 'name: "net"\ninput: "data"\ninput_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'
_CONV = """layer {
  name: "conv"
  type: "Convolution"
  bottom: "data"
  top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 }
}
"""
_OLD = 'input: "a" input: "b" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\n'
_TRAINING = """layer {
  name: "data"
  type: "Data"
  top: "data"
  include { phase: TRAIN }
}
"""


def _caffe() -> dict[str, str | bytes]:
    weights = caffemodel({"conv": [ONES, np.zeros(4, np.float32)]})
    mean = blob(np.zeros((1, 3, 8, 8), np.float32), legacy=True)
    return {
        "conv.caffemodel": weights,
        "conv.prototxt": _HEAD + _CONV,
        "alone.caffemodel": weights,
        "other.caffemodel": caffemodel({"other": [ONES]}),
        "damaged.caffemodel": b"\x0a\x03net\xa2\x06\xff\xff\xff",
        "topology.prototxt": _HEAD + _CONV,
        "brace.prototxt": _HEAD + _CONV[:-2],
        "field.prototxt": _HEAD + _CONV.replace("kernel_size", "kernal_size"),
        "fork.prototxt": _HEAD + _CONV.replace("}\n}", "}\n  loom: 4\n}"),
        "page.prototxt": PAGE,
        "layerless.prototxt": _HEAD,
        "several.prototxt": _OLD + _CONV,
        "training.prototxt": _TRAINING + _CONV,
        "warp.prototxt": _HEAD + _CONV + 'layer { name: "w" type: "Warp" bottom: "conv" top: "w" }',
        "python.prototxt": _HEAD
        + _CONV
        + 'layer { name: "p" type: "Python" bottom: "conv" top: "p" '
        + 'python_param { module: "mine" layer: "Mine" } }',
        "channels.prototxt": _HEAD.replace("dim: 3", "dim: 5", 1) + _CONV,
        "mean.binaryproto": mean,
        "small.binaryproto": blob(np.zeros((1, 3, 4, 4), np.float32), legacy=True),
        "empty.binaryproto": b"",
        "format.binaryproto": b"\xff" * 20,
    }


# ---- MXNet


def _symbol(*nodes: dict[str, Any], **extra: Any) -> str:
    arguments = [i for i, node in enumerate(nodes) if node["op"] == "null"]
    heads = [[len(nodes) - 1, 0, 0]]
    return json.dumps({"nodes": nodes, "arg_nodes": arguments, "heads": heads, **extra})


def _node(op: str, name: str, *inputs: int, **attrs: str) -> dict[str, Any]:
    return {"op": op, "name": name, "inputs": [[i, 0, 0] for i in inputs], "attrs": attrs}


def _mxnet() -> dict[str, str | bytes]:
    data = _node("null", "data")
    shaped = _node("null", "data", __shape__="(1, 3)")
    weight = _node("null", "fc_weight")
    full = _node("FullyConnected", "fc", 0, 1, num_hidden="4", no_bias="True")
    weights = container([version2(np.ones((4, 3), np.float32))], ["arg:fc_weight"])
    none = container([], [])
    nms = _node("_contrib_box_nms", "nms", 0)
    custom = _node("Custom", "mine", 0, op_type="mine")
    loop = {**_node("Activation", "a", 1, act_type="relu")}
    other = _node("Activation", "b", 0, act_type="relu")
    return {
        "shapeless-symbol.json": _symbol(data, _node("transpose", "t", 0)),
        "shapeless-0000.params": none,
        "fc-symbol.json": _symbol(shaped, weight, full),
        "fc-0000.params": weights,
        "lacking-0000.params": none,
        "lacking-symbol.json": _symbol(shaped, weight, full),
        "alone-0000.params": weights,
        "epoch.params": weights,
        "cut_off-symbol.json": _symbol(shaped, weight, full)[:40],
        "cut_off-0000.params": weights,
        "damaged-symbol.json": _symbol(shaped, weight, full),
        "damaged-0000.params": weights[:40],
        "kind-symbol.json": _symbol(shaped, weight, full),
        "kind-0000.params": b"\xff" * 40,
        "nms-symbol.json": _symbol(shaped, nms),
        "warp-symbol.json": _symbol(shaped, _node("Warp", "w", 0)),
        "warp-0000.params": none,
        "custom-symbol.json": _symbol(shaped, custom),
        "custom-0000.params": none,
        "cycle-symbol.json": _symbol(loop, other),
        "cycle-0000.params": none,
    }


# ---- Kaldi

_WIRES = ["input-node name=input dim=3", "component-node name=c component=c input=input"]
_OUTPUT = "output-node name=output input=c"


def _nnet3(*lines: str) -> bytes:
    ones = np.ones((3, 3), np.float32)
    fields = [("LinearParams", ones), ("BiasParams", np.zeros(3, np.float32))]
    return nnet3(lines, [("c", "FixedAffineComponent", fields)])


def _kaldi() -> dict[str, bytes]:
    ones, zeros = np.ones((4, 3), np.float32), np.zeros(4, np.float32)
    affine = ("AffineTransform", 4, 3, [("", ones), ("", zeros)])
    whole = nnet1([affine])
    unknown = whole.replace(b"<AffineTransform>", b"<WarpedTransform>")
    parallel = b"\0B<Nnet> <ParallelComponent> \x04\x03\0\0\0\x04\x03\0\0\0<NestedNnetCount> "
    return {
        "header.nnet": b"\0B<Nest> ",
        "tag.nnet": whole.replace(b"</Nnet>", b"</Nest>"),
        "component.nnet": unknown,
        "endless.nnet": unknown.replace(b"<!EndOfComponent> ", b""),
        "parallel.nnet": parallel,
        "cut_off.nnet": whole[:60],
        "two.nnet": nnet1([affine, ("Softmax", 4, 5, [])]),
        "wire.mdl": _nnet3(*_WIRES, _OUTPUT.replace("input=c", "input=d")),
        "cycle.mdl": _nnet3(_WIRES[0], _WIRES[1].replace("input=input", "input=c"), _OUTPUT),
        "outputless.mdl": _nnet3(*_WIRES),
    }
