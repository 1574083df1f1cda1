"""ONNX models written as text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from google.protobuf import json_format, text_format
from onnx import ModelProto, helper, numpy_helper, printer

from extensions.front.onnx.reader import read_onnx
from mo.errors import ModelFileError
from mo.front.model import Model


def model() -> ModelProto:
    weights = numpy_helper.from_array(np.float32([[0.1, 1e-30, -3], [1, 2, 3]]), "w")
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "w"], ["y"], "product", alpha=0.5)],
        "net",
        [helper.make_tensor_value_info("x", 1, ["n", 2])],
        [helper.make_tensor_value_info("y", 1, None)],
        [weights],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def summary(read: Model) -> str:
    nodes = [
        (n.type, n.name, n.inputs, n.outputs, n.attributes, n.domain, n.opset) for n in read.nodes
    ]
    constants = {name: (t.dtype, t.tolist()) for name, t in read.constants.items()}
    inputs = [(item.name, str(item.shape), item.dtype) for item in read.inputs]
    return repr((read.name, nodes, inputs, read.outputs, constants))


def read(folder: Path, content: str | bytes) -> Model:
    path = folder / "net"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_onnx(path)


FORMS = {
    "protobuf text": text_format.MessageToString,
    "commented": lambda proto: f"# a comment: <{{\n\n{text_format.MessageToString(proto)}",
    "JSON": json_format.MessageToJson,
    "JSON with the names of the fields": lambda proto: json_format.MessageToJson(
        proto, preserving_proto_field_name=True
    ),
    "ONNX text": printer.to_text,
    "with a byte order mark": lambda proto: "\ufeff" + printer.to_text(proto),
}


@pytest.mark.parametrize("form", FORMS)
def test_text_says_what_the_binary_form_says(form: str, tmp_path: Path) -> None:
    binary = summary(read(tmp_path, model().SerializeToString()))
    text = FORMS[form](model())
    if "ONNX" in form or "mark" in form:
        # This syntax has no names of nodes in older versions of the package onnx.
        text, binary = text.replace("[product] ", ""), binary.replace("'product'", "'y'")
    assert summary(read(tmp_path, text)) == binary


def test_external_data_of_a_text(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float32)
    (tmp_path / "data").write_bytes(values.tobytes())
    proto = model()
    weights = proto.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.data_location = weights.EXTERNAL
    weights.external_data.add(key="location", value="data")
    found = read(tmp_path, text_format.MessageToString(proto)).constants["w"]
    assert found.array.reshape(-1).tolist() == values.tolist()
    assert found.extent is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("ir_version: 8\ngraph {", "as protobuf text: "),
        ("ir_version: 8\nnonsense: 1", 'no field named "nonsense"'),
        ('{"irVersion": 8, "graph": [', "as JSON: "),
        ("<ir_version: 8> net (float[2] x) => ", "as ONNX text: "),
        (b"ir_version: 8 # \xff", "byte 16 is no UTF-8"),
        ("<ir_version: 8> net (" + "seq(" * 200000, "brackets are nested deeper"),
        ("<ir_version: 8> net () => (y) {" + 'y = If (")") <b = g () => (y) {' * 9999, "brackets"),
        ("graph {" * 5000, "as protobuf text: "),
        ('{"graph":' * 5000, "as JSON: "),
    ],
)
def test_damaged_text_is_one_line(content: str | bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError) as caught:
        read(tmp_path, content)
    assert words in caught.value.message
    assert "\n" not in caught.value.message
