"""--mean_file, --caffe_parser_path and -k."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mo
from mo.errors import ConversionError, ModelFileError, UnsupportedError, UsageError
from mo.graph.node import Output
from tests.models.caffe import Net, blob
from tests.models.wire import field, varint

IDENTITY = [np.eye(3, dtype=np.float32).reshape(3, 3, 1, 1)]


def image_net(channels: int = 3) -> Net:
    net = Net(("data", (1, channels, 4, 6)))
    text = "convolution_param { num_output: 3 kernel_size: 1 bias_term: false }"
    net.layer("Convolution", "conv", "data", text, IDENTITY)
    return net


def converted(net: Net, folder: Path, **flags: Any) -> mo.ConvertedModel:
    return mo.convert_model(net.save(folder), framework="caffe", **flags)


# ---- the mean image


def mean_file(folder: Path, mean: np.ndarray, legacy: bool = False) -> Path:
    path = folder / "mean.binaryproto"
    path.write_bytes(blob(mean, legacy))
    return path


MEAN = np.arange(3 * 6 * 10, dtype=np.float32).reshape(3, 6, 10)


def run(model: mo.ConvertedModel, x: np.ndarray) -> np.ndarray:
    from tests.ops import runtime

    return runtime.run(model.graph, [x])[0]


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize(
    ("offsets", "part"),
    [(None, MEAN[:, 1:5, 2:8]), ("(0,3)", MEAN[:, :4, 3:9]), ("[2,0]", MEAN[:, 2:, :6])],
)
def test_a_part_of_the_mean_image_is_subtracted(
    tmp_path: Path, legacy: bool, offsets: str | None, part: np.ndarray
) -> None:
    pytest.importorskip("openvino")
    flags = {"mean_file_offsets": offsets} if offsets else {}
    file = mean_file(tmp_path, MEAN, legacy)
    x = np.random.default_rng(0).uniform(0, 255, (1, 3, 4, 6)).astype(np.float32)
    model = converted(image_net(), tmp_path, mean_file=file, scale=2, **flags)
    np.testing.assert_allclose(run(model, x), (x - part) / 2, rtol=1e-5)
    model = converted(
        image_net(), tmp_path, mean_file=file, reverse_input_channels=True, batch=2, **flags
    )
    both = np.concatenate([x, -x])
    np.testing.assert_allclose(run(model, both), both[:, ::-1] - part, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("mean", "flags", "words"),
    [
        (MEAN[:, :3], {}, r"\[3,3,10\] is smaller than input 'data' \[1,3,4,6\]"),
        (MEAN[:2], {}, "or has other channels"),
        (MEAN, {"mean_file_offsets": "(3,0)"}, "at row 3, column 0"),
        (MEAN[0], {}, r"\[6,10\], not one image"),
        (np.stack([MEAN, MEAN]), {}, "not one image"),
        (MEAN, {"input_shape": [1, 3, -1, 6]}, "is not known"),
    ],
)
def test_mean_images_that_do_not_fit(
    tmp_path: Path, mean: np.ndarray, flags: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConversionError, match=words):
        converted(image_net(), tmp_path, mean_file=mean_file(tmp_path, mean), **flags)


def test_mean_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "mean.binaryproto"
    path.write_bytes(b"\xff\xff")
    with pytest.raises(ModelFileError, match=r"mean file 'mean.binaryproto'"):
        converted(image_net(), tmp_path, mean_file=path)
    with pytest.raises(UsageError, match="cannot be given together"):
        converted(image_net(), tmp_path, mean_file=path, mean_values="[1,2,3]")


def test_a_mean_image_is_for_one_input(tmp_path: Path) -> None:
    net = Net(("a", (1, 3, 4, 6)), ("b", (1, 3, 4, 6)))
    net.layer("Eltwise", "sum", ["a", "b"])
    with pytest.raises(UsageError, match="one image as input; this one has 2"):
        converted(net, tmp_path, mean_file=mean_file(tmp_path, MEAN))


# ---- messages of a fork

FORK = """
syntax = "proto2";
package caffe;  // as ever
/* shapes */
message BlobShape { repeated int64 dim = 1 [packed = true]; }
message NetParameter {
  optional string name = 1;
  repeated string input = 3;
  repeated BlobShape input_shape = 8;
  repeated V1LayerParameter layers = 2;
  repeated LayerParameter layer = 100;
}
message V1LayerParameter {
  enum LayerType { POOLING = 18; RELU = 17; }
  repeated string bottom = 2;
  repeated string top = 3;
  optional string name = 4;
  optional LayerType type = 5;
}
enum Phase { TRAIN = 0; TEST = 1; }
message LayerParameter {
  optional string name = 1;
  optional string type = 2;
  repeated string bottom = 3;
  repeated string top = 4;
  optional ReLUParameter relu_param = 123;
  optional PoolingParameter pooling_param = 121;
  optional WarpParameter warp_param = 9001;
  extensions 10000 to max;
}
message ReLUParameter {
  enum Engine { DEFAULT = 0; CAFFE = 1; }
  optional float negative_slope = 1 [default = 0.25];
  optional Engine engine = 2 [default = DEFAULT];
  optional int32 rounds = 3 [deprecated = true];
}
message PoolingParameter {
  enum PoolMethod { AVE = 0; MAX = 1; }
  optional PoolMethod pool = 1 [default = AVE];
  optional bool global_pooling = 12 [default = false];
}
message WarpParameter {
  required uint32 by = 1;
  oneof way { string left = 2; string right = 3; }
  optional float bend = 4 [default = 1.5];
  optional float least = 5 [ default = -2.5e-1 , deprecated = true ];
  enum Way { DOWN = 0; UP = 3; }
  optional Way way = 6;
  optional Grid grid = 7;
  message Grid { repeated int32 rows = 1; optional bool round = 2 [default = true]; }
}
"""


def fork_net(kind: str, parameters: str) -> Net:
    net = Net(("data", (1, 3, 4, 6)))
    net.layer(kind, "out", "data", parameters)
    return net


def described() -> bytes:
    """The same definition as the protobuf compiler describes it."""
    from google.protobuf import descriptor_pb2 as d

    file = d.FileDescriptorProto(name="caffe.proto", package="caffe")

    def message(name: str, *rows: tuple[str, int, str, int, str]) -> d.DescriptorProto:
        found = file.message_type.add(name=name)
        for label, number, kind, repeated, default in rows:
            basic = {"string": 9, "int64": 3, "float": 2}.get(kind)
            row = found.field.add(name=label, number=number, label=3 if repeated else 1)
            row.type = basic or 11  # type: ignore[assignment]
            if not basic:
                row.type_name = f".caffe.{kind}"
            if default:
                row.default_value = default
        return found

    message("BlobShape", ("dim", 1, "int64", 1, ""))
    message(
        "NetParameter",
        ("name", 1, "string", 0, ""),
        ("input", 3, "string", 1, ""),
        ("input_shape", 8, "BlobShape", 1, ""),
        ("layer", 100, "LayerParameter", 1, ""),
    )
    message(
        "LayerParameter",
        ("name", 1, "string", 0, ""),
        ("type", 2, "string", 0, ""),
        ("bottom", 3, "string", 1, ""),
        ("top", 4, "string", 1, ""),
        ("relu_param", 123, "ReLUParameter", 0, ""),
    )
    message("ReLUParameter", ("negative_slope", 1, "float", 0, "0.25"))
    return bytes(file.SerializeToString())


def parser(folder: Path, form: str) -> Path:
    """A definition in the forms that the flag takes."""
    path = folder / "fork"
    path.mkdir(parents=True)
    if form == "module":
        code = f"raise SystemExit('run')\nDESCRIPTOR = pool.AddSerializedFile({described()!r})\n"
        (path / "caffe_pb2.py").write_text(code)
        return path
    (path / "caffe.proto").write_text(FORK)
    return path / "caffe.proto" if form == "text" else path


@pytest.mark.parametrize("form", ["text", "folder", "module"])
def test_defaults_of_a_fork_count(tmp_path: Path, form: str) -> None:
    """No code of a module is run: this one would end the process."""
    net = fork_net("ReLU", "")
    model = converted(net, tmp_path, caffe_parser_path=parser(tmp_path, form))
    (node,) = (node for node in model.graph.all_nodes() if node.type == "PReLU")
    assert isinstance(node.inputs[1], Output)
    assert node.inputs[1].value() == pytest.approx(0.25)


def test_words_of_a_fork_keep_their_meaning(tmp_path: Path) -> None:
    """They may be numbered otherwise: types of V1 layers, and settings."""
    old = Net(("data", (1, 3, 4, 6)))
    old.text += 'layers { name: "out" type: RELU bottom: "data" top: "out" }'
    old.weights["out"] = ()
    model = converted(old, tmp_path, caffe_parser_path=parser(tmp_path / "v1", "text"))
    assert "out: PReLU" in str(model)
    net = fork_net("Pooling", "pooling_param { pool: MAX global_pooling: true }")
    model = converted(net, tmp_path, caffe_parser_path=parser(tmp_path, "text"))
    assert "ReduceMax" in str(model)


def test_what_only_a_fork_knows(tmp_path: Path) -> None:
    path = parser(tmp_path, "text")
    net = fork_net("Warp", 'warp_param { by: 3 left: "x" }')
    with pytest.raises(UnsupportedError, match=r"Warp, 1 node: 'out', with warp_param"):
        converted(net, tmp_path, caffe_parser_path=path)
    net = fork_net("ReLU", "relu_param { rounds: 2 }")
    with pytest.raises(UnsupportedError, match=r"'relu_param.rounds' of this fork"):
        converted(net, tmp_path, caffe_parser_path=path)
    with pytest.raises(ModelFileError, match="no field 'rounds'"):
        converted(net, tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("message NetParameter {", "line 1: a '}' is missing"),
        ("message A { optional B b = 1; }", "uses 'B', which is not defined"),
        ("message A {\n optional int32 b = x; }", "line 2: 'x' is no number"),
        ("message A { optional int32 b; }", "'=' is missing before ';'"),
        ("message A { optional int32 b = 1 [default = q]; }", "'q' is no default value"),
        ("optional int32 b = 1;", "outside a message"),
        ("message A { }", "does not define the message NetParameter"),
        ("message NetParameter { }", "no field 'layer'"),
        ("message A {" * 300, "nested too deeply"),
        ("enum A {", "a '}' is missing"),
    ],
)
def test_definitions_that_make_no_sense(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "caffe.proto"
    path.write_text(content)
    with pytest.raises(ModelFileError, match=words):
        converted(fork_net("ReLU", ""), tmp_path, caffe_parser_path=path)


def test_folders_without_a_definition(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"neither caffe_pb2.py nor caffe.proto"):
        converted(fork_net("ReLU", ""), tmp_path, caffe_parser_path=tmp_path / "empty")


# ---- custom layers


def mapping(folder: Path, rows: str) -> Path:
    path = folder / "custom.xml"
    path.write_text(f"<CustomLayers>{rows}</CustomLayers>")
    return path


WARP = fork_net("Warp", 'warp_param { by: 3 name: "x" grid { rows: 2 rows: 3 } }')


def test_a_custom_layer_of_the_shape_of_its_input(tmp_path: Path) -> None:
    row = (
        '<CustomLayer NativeType="Warp" hasParam="true" protoParamName="warp_param" output="same"/>'
    )
    model = converted(WARP, tmp_path, k=mapping(tmp_path, row))
    (node,) = (node for node in model.graph.all_nodes() if node.type == "Warp")
    assert node.op.ir_attributes() == {"by": "3", "name_": "x", "grid__rows": "2, 3"}
    assert str(node.outputs[0].type) == "f32[1,3,4,6]"
    xml, _ = model.save(tmp_path / "ir.xml")
    assert 'type="Warp" version="extension"' in xml.read_text()


@pytest.mark.parametrize("whole", [False, True])
def test_parameters_that_are_not_set(tmp_path: Path, whole: bool) -> None:
    """Enums have the names of their messages, truth is a number, names of inner messages join."""
    row = '<CustomLayer NativeType="Warp" hasParam="true" '
    row += 'protoParamName="warp_param" output="same"/>'
    net = fork_net("Warp", 'warp_param { by: 3 left: "x" way: UP grid { rows: 2 rows: 5 } }')
    parts = {"k": mapping(tmp_path, row), "caffe_parser_path": parser(tmp_path, "text")}
    model = converted(net, tmp_path, **parts, disable_omitting_optional=whole)
    (node,) = (node for node in model.graph.all_nodes() if node.type == "Warp")
    given = {"by": "3", "left": "x", "way": "caffe.WarpParameter.UP", "grid__rows": "2, 5"}
    defaults = {"bend": "1.5", "least": "-0.25", "grid__round": "1"}
    assert node.op.ir_attributes() == {**given, **(defaults if whole else {})}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('<CustomLayer NativeType="Warp" hasParam="false"/>', 'add output="same"'),
        ('<CustomLayer NativeType="Warp"/>', "Warp, 1 node"),
        ('<Layer NativeType="Warp" hasParam="false"/>', "Warp, 1 node"),
        ("<a>", "cannot be read"),
    ],
)
def test_custom_layers_that_are_not_known_well_enough(
    tmp_path: Path, rows: str, words: str
) -> None:
    with pytest.raises(ConversionError) as caught:
        converted(WARP, tmp_path, k=mapping(tmp_path, rows))
    assert words in str(caught.value)


def test_an_attack_in_the_list_of_custom_layers(tmp_path: Path) -> None:
    path = tmp_path / "custom.xml"
    path.write_text('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>')
    with pytest.raises(UsageError, match="cannot be read"):
        converted(WARP, tmp_path, k=path)


def test_a_mean_of_blobs_in_doubles(tmp_path: Path) -> None:
    shape = field(7, field(1, b"".join(map(varint, MEAN.shape))))
    path = tmp_path / "mean.binaryproto"
    path.write_bytes(shape + field(8, MEAN.astype("<f8").tobytes()))
    assert "mean" in str(converted(image_net(), tmp_path, mean_file=path))
