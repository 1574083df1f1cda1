"""Files that are damaged or claim what they do not hold: refused in one line."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from extensions.front.tflite.flatbuffers import File, tables, text
from extensions.front.tflite.reader import read_file
from mo.cli.config import Config
from mo.errors import ConversionError, ModelFileError, UnsupportedError
from mo.front.files import open_model
from mo.main import main
from mo.pipeline.convert import convert
from tests.models.tflite import Number, TfLite, written

MODELS = Path(__file__).parent / "models"


def save(folder: Path, content: bytes) -> Path:
    path = folder / "net.tflite"
    path.write_bytes(content)
    return path


def network() -> TfLite:
    net = TfLite()
    net.outputs = [net.tensor("y", (2, 3))]
    net.operator(0, [net.input("x", (2, 3)), net.constant("c", np.ones(3, np.float32))], [0])
    return net


@pytest.mark.parametrize("launcher", [None, "tf", "tflite"])
def test_launchers(tmp_path: Path, launcher: str | None) -> None:
    """A file of TF-Lite is one of TensorFlow, too."""
    path = save(tmp_path, network().data)
    arguments = ["--input_model", str(path), "--output_dir", str(tmp_path / "ir")]
    assert main(arguments, framework=launcher) == 0
    assert (tmp_path / "ir" / "net.xml").exists()


def test_found_by_content(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(network().data)
    assert len(convert(Config(input_model=path)).results()) == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x10\0\0\0TFL2" + bytes(40), "lacks the mark TFL3"),
        (b"\xff\xff\xff\x7fTFL3" + bytes(40), "refers to bytes"),
        (b"\x08\0\0\0TFL3" + b"\xff" * 40, "a table claims"),
        (written({0: Number("I", 2)}), "of version 2, not 3"),
        (written({0: Number("I", 3)}), "holds no graph"),
    ],
)
def test_no_model(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(ModelFileError, match=problem):
        read_file(save(tmp_path, content))


def test_tensors_that_do_not_exist(tmp_path: Path) -> None:
    net = network()
    net.operator(101, [7], [0])
    with pytest.raises(ModelFileError, match=r"tensors .* of 3"):
        read_file(save(tmp_path, net.data))


def test_constants_larger_than_their_bytes(tmp_path: Path) -> None:
    net = network()
    net.tensors[2] = {**net.tensors[2], 0: np.array([1 << 20, 1 << 10], np.int32)}
    with pytest.raises(ModelFileError, match="'c' is damaged"):
        read_file(save(tmp_path, net.data))


def test_lists_longer_than_the_file(tmp_path: Path) -> None:
    content = bytearray(written({0: "abcdefgh"}))
    content[content.index(b"abcdefgh") - 4 :][:4] = b""
    at = content.index(b"abcdefgh") - 4
    content[at : at + 4] = struct.pack("<I", 0xFFFFFFFF)
    file = File(open_model(save(tmp_path, bytes(content))))
    with pytest.raises(ModelFileError, match="claims 4294967295 elements"):
        file.table({"name": text(0)}, file.followed(0))


def test_parts_that_are_used_again_and_again(tmp_path: Path) -> None:
    """A list whose elements all are one table, which has such a list."""
    count, around = 3000, struct.pack("<HHHxxiI", 6, 8, 4, 8, 4)
    content = struct.pack("<I4s", 16, b"TFL3")
    for _ in range(2):
        content += around + struct.pack("<I", count)
        behind = len(content) + 4 * count + 8
        content += b"".join(struct.pack("<I", behind - len(content) - 4 * i) for i in range(count))
    content += struct.pack("<HHHxxi", 6, 8, 0, 8)
    file = File(open_model(save(tmp_path, content)))
    schema = {"items": tables(0, {"items": tables(0, {})})}
    with pytest.raises(ModelFileError, match="without end"):
        file.table(schema, file.followed(0))


def test_other_signatures_are_told_of(tmp_path: Path) -> None:
    net = network()
    net.signatures = [{2: "serve", 4: Number("I", 0)}, {2: "train", 4: Number("I", 1)}]
    (note,) = read_file(save(tmp_path, net.data)).notes
    assert "others: 'train'" in note


def test_subgraphs_that_call_themselves(tmp_path: Path) -> None:
    net = network()
    net.operator(119, [1], [0], (93, {0: Number("i", 0), 1: Number("i", 0)}))
    with pytest.raises(ModelFileError, match="call each other without end"):
        read_file(save(tmp_path, net.data))


def test_quantisation_in_blocks_is_refused(tmp_path: Path) -> None:
    net = network()
    scales = {2: np.ones(1, np.float32), 4: Number("B", 2), 5: {}}
    net.tensors[2] = {**net.tensors[2], 4: scales}
    with pytest.raises(UnsupportedError, match="'c' is quantised in blocks"):
        read_file(save(tmp_path, net.data))


def test_files_beyond_two_gigabytes_have_their_buffers_behind(tmp_path: Path) -> None:
    net = network()
    net.buffers[1] = {1: Number("Q", 0), 2: Number("Q", 12)}
    place = len(net.data)
    net.buffers[1] = {1: Number("Q", place), 2: Number("Q", 12)}
    content = net.data + np.array([1, 2, 3], np.float32).tobytes()
    model = read_file(save(tmp_path, content))
    assert model.constants["c"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", ["int8", "loop", "sparse"])
def test_a_file_may_be_cut_off_anywhere(tmp_path: Path, name: str) -> None:
    content = (MODELS / f"{name}.tflite").read_bytes()
    for size in range(1, len(content) - 4, max(1, len(content) // 25)):
        with pytest.raises(ConversionError):
            convert(Config(framework="tflite", input_model=save(tmp_path, content[:size])))
