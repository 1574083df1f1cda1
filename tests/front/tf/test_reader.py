"""Every form in which TensorFlow keeps a model, read without TensorFlow."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.front.tf.checkpoint import open_checkpoint
from extensions.front.tf.checksum import crc32c
from mo.cli.parser import parse_arguments
from mo.errors import ConversionError, ModelFileError, UsageError
from mo.graph.graph import Graph
from mo.pipeline.convert import convert
from tests.ops import runtime

MODELS = Path(__file__).parent / "models"


@pytest.fixture(scope="module")
def expected() -> Any:
    return np.load(MODELS / "expected.npz")


def read(*arguments: str, folder: Path = MODELS) -> Graph:
    """Convert; FOLDER in an argument stands for the folder of the models."""
    flags = [text.replace("FOLDER", str(folder)) for text in arguments]
    return convert(parse_arguments(flags, "tf", "mo"))


def outputs(graph: Graph, image: np.ndarray) -> dict[str, np.ndarray]:
    names = [list(node.inputs[0].names) for node in graph.results() if node.inputs[0]]
    return {
        name: array for listed, array in zip(names, runtime.run(graph, [image])) for name in listed
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--input_model=FOLDER/frozen.pb"],
        ["--input_model=FOLDER/frozen.pbtxt"],
        ["--input_model=FOLDER/frozen.pbtxt", "--input_model_is_text"],
        ["--input_model=FOLDER/checkpoint_v2.pb", "--input_checkpoint=FOLDER/checkpoint_v2"],
        ["--input_model=FOLDER/checkpoint_v2.pb", "--input_checkpoint=FOLDER/checkpoint_v2.index"],
        ["--input_model=FOLDER/checkpoint_v1.pb", "--input_checkpoint=FOLDER/checkpoint_v1"],
        ["--input_meta_graph=FOLDER/checkpoint_v2.meta"],
        ["--input_meta_graph=FOLDER/checkpoint_v2.index"],
        ["--input_meta_graph=FOLDER/checkpoint_v1.meta"],
        ["--saved_model_dir=FOLDER/saved_model"],
        ["--saved_model_dir=FOLDER/saved_model", "--saved_model_tags=serve"],
        ["--input_model=FOLDER/saved_model"],
        ["--input_model=FOLDER/saved_model/saved_model.pb"],
        ["--saved_model_dir=FOLDER/old_saved_model"],
    ],
    ids=lambda arguments: " ".join(arguments).replace("FOLDER/", ""),
)
def test_all_forms_give_one_result(arguments: list[str], expected: Any) -> None:
    output = [] if "saved_model" in arguments[0] or "frozen" in arguments[0] else ["--output=mean"]
    graph = read(*arguments, *output)
    found = runtime.run(graph, [expected["image"]])
    wanted = expected["mean"]
    assert any(a.shape == wanted.shape and np.allclose(a, wanted, atol=1e-5) for a in found)


def test_the_outputs_of_a_signature_have_its_keys(expected: Any) -> None:
    found = outputs(read("--saved_model_dir=FOLDER/saved_model"), expected["image"])
    np.testing.assert_allclose(found["mean"], expected["mean"], atol=1e-5)
    np.testing.assert_allclose(found["double"], expected["mean"] * 2, atol=1e-5)


def test_a_signature_is_chosen_by_name(expected: Any) -> None:
    flag = "--saved_model_signature=flipped"
    graph = read("--saved_model_dir=FOLDER/saved_model", flag)
    (found,) = runtime.run(graph, [-expected["image"]])
    np.testing.assert_allclose(found, expected["mean"], atol=1e-5)


def test_nodes_of_called_functions_can_be_named() -> None:
    call = "StatefulPartitionedCall"
    graph = read("--saved_model_dir=FOLDER/saved_model", f"--output={call}/{call}/Relu")
    assert len(graph.results()) == 1


def test_inputs_are_named_as_in_the_function() -> None:
    (node,) = read("--saved_model_dir=FOLDER/saved_model").parameters()
    assert node.name == "image"
    assert "serving_default_image:0" in node.outputs[0].names


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--saved_model_dir=FOLDER/saved_model", "--saved_model_tags=gpu"], "tags 'serve'"),
        (["--saved_model_dir=FOLDER/saved_model", "--saved_model_signature=x"], "'flipped'"),
        (["--input_model=FOLDER/checkpoint_v2.pb", "--output=mean"], "--input_checkpoint"),
        (["--input_meta_graph=FOLDER/frozen.pb"], "no graph|not a TensorFlow meta graph"),
        (["--input_model=FOLDER/checkpoint_v2.data-00000-of-00001"], "checkpoint"),
    ],
)
def test_wrong_choices_are_answered_with_the_right_ones(arguments: list[str], words: str) -> None:
    with pytest.raises(ConversionError) as caught:
        read(*arguments)
    import re

    assert re.search(words, str(caught.value)), str(caught.value)


def node(name: str, op: str, *inputs: str, attributes: str = "") -> str:
    listed = "".join(f' input: "{text}"' for text in inputs)
    return f'node {{ name: "{name}" op: "{op}"{listed} {attributes} }}\n'


QUEUE = (
    node(
        "queue",
        "FIFOQueueV2",
        attributes='attr { key: "shapes" value { list { shape { dim { size: 4 } } shape {} } } }',
    )
    + node("count", "Placeholder", attributes='attr { key: "dtype" value { type: DT_INT32 } }')
    + node(
        "batch",
        "QueueDequeueUpToV2",
        *("queue", "count"),
        attributes='attr { key: "component_types" value { list { type: [DT_FLOAT, DT_INT64] } } }',
    )
)


def test_what_is_read_of_a_queue_is_an_input(tmp_path: Path) -> None:
    """Not the number of elements to take, nor the labels that nobody reads."""
    path = tmp_path / "graph.pbtxt"
    path.write_text(QUEUE + node("y", "Relu", "batch:0"))
    graph = read(f"--input_model={path}")
    assert {n.name: str(n.outputs[0].type) for n in graph.parameters()} == {"batch": "f32[?,4]"}


def test_the_elements_of_an_iterator_are_inputs(tmp_path: Path) -> None:
    shapes = "list { shape { dim { size: 3 } } shape { dim { size: -1 } } }"
    types = "list { type: [DT_FLOAT, DT_FLOAT] }"
    attributes = (
        f'attr {{ key: "output_shapes" value {{ {shapes} }} }}'
        f'attr {{ key: "output_types" value {{ {types} }} }}'
    )
    path = tmp_path / "graph.pbtxt"
    path.write_text(
        node("next", "IteratorGetNext", attributes=attributes)
        + node("a", "Relu", "next")
        + node("b", "Relu", "next:1")
    )
    graph = read(f"--input_model={path}")
    found = {n.name: str(n.outputs[0].type) for n in graph.parameters()}
    assert found == {"next": "f32[3]", "next:1": "f32[?]"}


def test_placeholders_that_nobody_reads_are_no_inputs(tmp_path: Path) -> None:
    kind = 'attr { key: "dtype" value { type: DT_FLOAT } }'
    path = tmp_path / "graph.pbtxt"
    path.write_text(
        node("left_over", "Placeholder", attributes=kind)
        + node("x", "Placeholder", attributes=kind)
        + node("y", "Relu", "x")
    )
    assert [n.name for n in read(f"--input_model={path}").parameters()] == ["x"]


# ---- checkpoints


@pytest.mark.parametrize("name", ["checkpoint_v1", "checkpoint_v2"])
def test_partitioned_variables_are_put_together(name: str) -> None:
    checkpoint = open_checkpoint(MODELS / name)
    assert sorted(checkpoint.names()) == ["bias", "kernel"]
    bias = checkpoint.read("bias")
    assert bias is not None
    assert bias.tolist() == [0.5, -0.25, 0.125, 1]


def test_checksum_by_the_standard() -> None:
    """RFC 3720, B.4, and lengths around the lanes of the computation."""
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E
    data = np.random.default_rng(0).integers(0, 256, 70000).astype(np.uint8).tobytes()
    for size in (511, 512, 513, 4096, 70000):
        remainder = 0xFFFFFFFF
        for byte in data[:size]:
            remainder ^= byte
            for _ in range(8):
                remainder = remainder >> 1 ^ (0x82F63B78 if remainder & 1 else 0)
        assert crc32c(data[:size]) == remainder ^ 0xFFFFFFFF


def copied(folder: Path, *patterns: str) -> Path:
    for pattern in patterns:
        for path in MODELS.glob(pattern):
            shutil.copy(path, folder / path.name)
    return folder


def test_a_changed_weight_is_noticed(tmp_path: Path) -> None:
    folder = copied(tmp_path, "checkpoint_v2*")
    shard = folder / "checkpoint_v2.data-00000-of-00001"
    shard.write_bytes(shard.read_bytes()[:-1] + b"\x55")
    with pytest.raises(ModelFileError, match="checksum"):
        read("--input_meta_graph=FOLDER/checkpoint_v2.meta", "--output=mean", folder=folder)


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path, "checkpoint_v2.index", "checkpoint_v2.meta")
    with pytest.raises(ModelFileError, match="data-00000-of-00001"):
        read("--input_meta_graph=FOLDER/checkpoint_v2.meta", "--output=mean", folder=folder)


def test_a_missing_checkpoint_is_asked_for(tmp_path: Path) -> None:
    folder = copied(tmp_path, "checkpoint_v2.meta")
    with pytest.raises(UsageError, match="not beside it"):
        read("--input_meta_graph=FOLDER/checkpoint_v2.meta", "--output=mean", folder=folder)
