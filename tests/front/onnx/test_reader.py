"""Reading ONNX files: what is stored how, what may be left out, what is refused."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from extensions.front.onnx.reader import read_onnx
from mo.errors import ModelFileError
from mo.front.model import Model
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim

RELU = helper.make_node("Relu", ["x"], ["y"], "relu")


def model(
    nodes: Sequence[NodeProto] = (RELU,),
    weights: Sequence[TensorProto] = (),
    inputs: Sequence[str] = ("x",),
    shape: Sequence[int | str | None] | None = (2, 3),
    ir_version: int = 8,
) -> ModelProto:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in inputs]
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(list(nodes), "g", values, [result], list(weights))
    imports = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=imports, ir_version=ir_version)


def read(tmp_path: Path, proto: ModelProto) -> Model:
    path = tmp_path / "net.onnx"
    path.write_bytes(proto.SerializeToString())
    return read_onnx(path)


def refusal(tmp_path: Path, proto: ModelProto) -> str:
    with pytest.raises(ModelFileError) as caught:
        read(tmp_path, proto)
    return str(caught.value)


# ---- values

STORED = {
    ElementType.f32: (TensorProto.FLOAT, [1.5, -2.0, 0.25]),
    ElementType.f64: (TensorProto.DOUBLE, [1.5, -2.0, 1e300]),
    ElementType.i8: (TensorProto.INT8, [-128, 0, 127]),
    ElementType.u8: (TensorProto.UINT8, [0, 128, 255]),
    ElementType.i16: (TensorProto.INT16, [-32768, 0, 5]),
    ElementType.u16: (TensorProto.UINT16, [0, 1, 65535]),
    ElementType.i32: (TensorProto.INT32, [-(2**31), 0, 7]),
    ElementType.u32: (TensorProto.UINT32, [0, 1, 2**32 - 1]),
    ElementType.i64: (TensorProto.INT64, [-(2**63), 0, 2**63 - 1]),
    ElementType.u64: (TensorProto.UINT64, [0, 1, 2**64 - 1]),
    ElementType.boolean: (TensorProto.BOOL, [True, False, True]),
    ElementType.f16: (TensorProto.FLOAT16, [1.5, -2.0, 0.25]),
    ElementType.bf16: (TensorProto.BFLOAT16, [1.5, -2.0, 0.25]),
    ElementType.f8e4m3: (TensorProto.FLOAT8E4M3FN, [1.5, -2.0, 0.25]),
    ElementType.f8e5m2: (TensorProto.FLOAT8E5M2, [1.5, -2.0, 0.25]),
    ElementType.i4: (TensorProto.INT4, [-8, 0, 7]),
    ElementType.u4: (TensorProto.UINT4, [0, 8, 15]),
}


@pytest.mark.parametrize("dtype", STORED)
@pytest.mark.parametrize("raw", [True, False])
def test_every_type_is_read_from_bytes_and_from_lists(dtype, raw, tmp_path):
    code, values = STORED[dtype]
    if raw:
        wide = np.array(values, np.uint64 if dtype is ElementType.u64 else None)
        array = wide.astype(helper.tensor_dtype_to_np_dtype(code))
        tensor = numpy_helper.from_array(array, "w")
        tensor.data_type = code
    else:
        tensor = helper.make_tensor("w", code, [3], values)
    found = read(tmp_path, model(weights=[tensor])).constants["w"]
    assert found.dtype is dtype
    assert found.array.astype(object).tolist() == values


def test_texts(tmp_path):
    tensor = helper.make_tensor("w", TensorProto.STRING, [2], [b"ab", b"\xff"])
    found = read(tmp_path, model(weights=[tensor])).constants["w"]
    assert found.array.tolist() == [b"ab", b"\xff"]


@pytest.mark.parametrize("raw", [True, False])
def test_floats_stay_in_the_file(raw, tmp_path):
    values = np.arange(6, dtype=np.float32)
    tensor = helper.make_tensor("w", 1, [2, 3], values.tobytes() if raw else values, raw=raw)
    found = read(tmp_path, model(weights=[tensor])).constants["w"]
    file, offset = found.extent
    assert file.path.read_bytes()[offset : offset + 24] == values.tobytes()


def test_a_sparse_tensor_is_dense_to_whoever_asks(tmp_path):
    values = numpy_helper.from_array(np.float32([5, 7]), "w")
    indices = numpy_helper.from_array(np.int64([1, 5]), "i")
    proto = model()
    proto.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [2, 3]))
    assert read(tmp_path, proto).constants["w"].tolist() == [[0, 5, 0], [0, 0, 7]]


@pytest.mark.parametrize("places", [[1, 5], [[0, 1], [1, 2]]])
def test_places_of_a_sparse_tensor_are_numbers_or_rows_of_indices(places, tmp_path):
    values = numpy_helper.from_array(np.float32([5, 7]), "w")
    indices = numpy_helper.from_array(np.int64(places), "i")
    sparse = helper.make_sparse_tensor(values, indices, [2, 3])
    proto = model([helper.make_node("Constant", [], ["y"], sparse_value=sparse)])
    found = read(tmp_path, proto).nodes[0].get("sparse_value")
    assert found.tolist() == [[0, 5, 0], [0, 0, 7]]


@pytest.mark.parametrize("places", [[1, 6], [-1, 2], [[0, 1], [2, 0]], [1]])
def test_places_outside_a_sparse_tensor_are_refused(places, tmp_path):
    values = numpy_helper.from_array(np.float32([5, 7]), "w")
    indices = numpy_helper.from_array(np.int64(places), "i")
    proto = model()
    proto.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [2, 3]))
    assert refusal(tmp_path, proto)


# ---- what may be left out or repeated


def test_weights_listed_as_inputs_are_no_inputs(tmp_path):
    weights = [numpy_helper.from_array(np.float32([1]), "w")]
    found = read(tmp_path, model(weights=weights, inputs=("x", "w"), ir_version=3))
    assert [item.name for item in found.inputs] == ["x"]


def test_nodes_without_a_name_are_called_like_their_first_output(tmp_path):
    found = read(tmp_path, model([helper.make_node("Relu", ["x"], ["y"])]))
    assert found.nodes[0].name == "y"


def test_repeated_node_names_are_told_apart(tmp_path):
    nodes = [
        helper.make_node("Relu", ["x"], ["a"], "same"),
        helper.make_node("Relu", ["a"], ["y"], "same"),
    ]
    assert [node.name for node in read(tmp_path, model(nodes)).nodes] == ["same", "same_1"]


def test_names_that_are_no_utf8_stay_distinct(tmp_path):
    nodes = [
        helper.make_node("Relu", ["x"], ["aa"], "n"),
        helper.make_node("Relu", ["x"], ["bb"], "m"),
        helper.make_node("Add", ["aa", "bb"], ["y"], "sum"),
    ]
    content = model(nodes).SerializeToString()
    path = tmp_path / "net.onnx"
    path.write_bytes(content.replace(b"aa", b"\xff\xfe").replace(b"bb", b"\xff\xfd"))
    found = read_onnx(path)
    assert len(set(found.nodes[2].inputs)) == 2
    assert found.nodes[2].inputs == [found.nodes[0].outputs[0], found.nodes[1].outputs[0]]


def test_the_version_is_that_of_the_default_domain_wherever_it_stands(tmp_path):
    proto = model()
    del proto.opset_import[:]
    proto.opset_import.append(helper.make_opsetid("my.domain", 3))
    proto.opset_import.append(helper.make_opsetid("ai.onnx", 12))
    assert read(tmp_path, proto).nodes[0].opset == 12


def test_a_new_file_without_versions_has_those_of_its_time(tmp_path, caplog):
    proto = model(ir_version=8)
    del proto.opset_import[:]
    assert read(tmp_path, proto).nodes[0].opset == 18
    assert "names no operation set; 18 is assumed" in caplog.text


def test_of_two_versions_the_last_counts(tmp_path):
    proto = model()
    proto.opset_import.append(helper.make_opsetid("ai.onnx", 15))
    assert read(tmp_path, proto).nodes[0].opset == 15


def test_the_oldest_files_have_no_versions_and_no_attribute_types(tmp_path):
    node = helper.make_node("Concat", ["x"], ["y"], axis=1)
    node.attribute[0].ClearField("type")
    proto = model([node], ir_version=1)
    del proto.opset_import[:]
    (found,) = read(tmp_path, proto).nodes
    assert found.opset == 1
    assert found.get("axis") == 1


def test_unknown_sizes(tmp_path):
    proto = model(shape=("n", None, -1, 0, 5))
    (found,) = read(tmp_path, proto).inputs
    assert [isinstance(dim, Dim) for dim in found.shape] == [True, True, True, False, False]


def test_zero_is_an_unknown_size_in_old_files(tmp_path):
    proto = model(shape=(0, 5))
    proto.ir_version = 6
    (found,) = read(tmp_path, proto).inputs
    assert isinstance(found.shape[0], Dim)
    assert read(tmp_path, model(shape=None)).inputs[0].shape is None


def test_equal_names_of_sizes_are_one_number(tmp_path):
    nodes = [helper.make_node("Add", ["a", "b"], ["y"])]
    first, second = read(tmp_path, model(nodes, inputs=("a", "b"), shape=("n", 3))).inputs
    assert first.shape[0] is second.shape[0]


# ---- external data

VALUES = np.arange(4, dtype=np.float32)


def external(location: str, **entries: str) -> ModelProto:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **entries}.items():
        tensor.external_data.add(key=key, value=value)
    return model(weights=[tensor])


def test_external_data_is_a_view_of_its_file(tmp_path):
    (tmp_path / "data").write_bytes(b"1234" + VALUES.tobytes())
    found = read(tmp_path, external("data", offset="4", length="16")).constants["w"]
    assert found.tolist() == VALUES.tolist()
    assert found.extent[0].path.name == "data"


def test_external_data_in_several_files(tmp_path):
    proto = external("first", offset="16")
    second = external("sub/second").graph.initializer[0]
    second.name = "v"
    proto.graph.initializer.append(second)
    (tmp_path / "first").write_bytes(bytes(16) + VALUES.tobytes())
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "second").write_bytes((2 * VALUES).tobytes())
    found = read(tmp_path, proto).constants
    assert found["w"].tolist() == VALUES.tolist()
    assert found["v"].tolist() == (2 * VALUES).tolist()


def test_external_data_in_a_folder_below(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "data").write_bytes(VALUES.tobytes())
    assert read(tmp_path, external("sub/data")).constants["w"].tolist() == VALUES.tolist()


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("", "no usable file name"),
        ("/etc/hostname", "absolute path"),
        ("\\\\host\\share", "absolute path"),
        ("C:\\data", "absolute path"),
        ("../data", "leaves the model's directory"),
        ("sub/../../data", "leaves the model's directory"),
        ("..\\data", "leaves the model's directory"),
        ("missing", "No such file"),
        ("folder", "no regular file"),
        ("pipe", "no regular file"),
        ("link", "symbolic link"),
        ("linked/data", "symbolic link"),
        ("twin", "several hard links"),
        ("a\0b", "no usable file name"),
    ],
)
def test_external_data_elsewhere_or_otherwise_is_refused(location, reason, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data").write_bytes(VALUES.tobytes())
    home = tmp_path / "home"
    home.mkdir()
    (home / "folder").mkdir()
    os.mkfifo(home / "pipe")
    (home / "link").symlink_to(outside / "data")
    (home / "linked").symlink_to(outside)
    os.link(outside / "data", home / "twin")
    message = refusal(home, external(location))
    assert reason in message
    assert "net.onnx" in message


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"length": "12"}, "has 12 bytes, f32[4] takes 16"),
        ({"offset": "4"}, "outside the file"),
        ({"offset": "-1"}, "offset '-1'"),
        ({"offset": "1e3"}, "offset '1e3'"),
        ({"length": "9" * 30}, "length '999"),
        ({"offset": "9" * 18}, "outside the file"),
    ],
)
def test_ranges_that_do_not_fit_are_refused(entries, reason, tmp_path):
    (tmp_path / "data").write_bytes(VALUES.tobytes())
    assert reason in refusal(tmp_path, external("data", **entries))


# ---- contradictions


def broken(**changes: object) -> ModelProto:
    tensor = numpy_helper.from_array(VALUES, "w")
    for name, value in changes.items():
        if name == "dims":
            del tensor.dims[:]
            tensor.dims.extend(value)
        else:
            setattr(tensor, name, value)
    return model(weights=[tensor])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dims": [5]}, "f32[5] takes 20 bytes, there are 16"),
        ({"dims": [-4]}, "claims the shape [-4]"),
        ({"dims": [2**31, 2**31]}, "no file can hold"),
        ({"dims": [1] * 17}, "claims the shape"),
        ({"data_type": 14}, "complex64 has no counterpart"),
        ({"data_type": 99}, "unknown element type 99"),
    ],
)
def test_a_tensor_that_contradicts_itself_is_named(changes, reason, tmp_path):
    message = refusal(tmp_path, broken(**changes))
    assert "Tensor 'w'" in message
    assert reason in message


def test_a_tensor_made_twice(tmp_path):
    nodes = [RELU, helper.make_node("Sigmoid", ["x"], ["y"], "other")]
    found = read(tmp_path, model(nodes))
    with pytest.raises(ModelFileError, match="'y' is made by Relu 'relu' and by Sigmoid 'other'"):
        found.producers()


def test_an_input_that_is_no_tensor(tmp_path):
    proto = model()
    kind = helper.make_map_type_proto(
        TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    )
    proto.graph.input.append(helper.make_value_info("m", kind))
    assert "Input 'm' is a map" in refusal(tmp_path, proto)
