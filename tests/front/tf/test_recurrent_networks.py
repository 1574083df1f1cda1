"""Recurrent networks of the documentation, converted with the flags that it gives for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import pytest
import tensorflow as tf

from mo.main import main
from tests.front.tf import recurrent_networks as net

pytestmark = pytest.mark.heavy

v1 = tf.compat.v1
Arrays = Mapping[str, Any]


class Original:
    """A network in a session, and its graph as a file."""

    def __init__(self, build: Callable[[], Any], folder: Path) -> None:
        v1.disable_control_flow_v2()
        self.folder = folder
        self.graph = v1.Graph()
        with self.graph.as_default():
            self.outputs = tf.nest.flatten(build())
            self.session = v1.Session(graph=self.graph)
            self.session.run(v1.global_variables_initializer())

    def results(self, arrays: Arrays) -> list[np.ndarray]:
        feeds = {name if ":" in name else f"{name}:0": array for name, array in arrays.items()}
        return self.session.run(self.outputs, feeds)

    def converted(self, *flags: str) -> Any:
        """The compiled IR that the command line makes of the file."""
        path = self.folder / "frozen.pb"
        names = [tensor.op.name for tensor in self.outputs]
        needed = v1.graph_util.extract_sub_graph(self.graph.as_graph_def(), names)
        path.write_bytes(needed.SerializeToString())
        return self.of(["--input_model", str(path), *flags])

    def of(self, flags: list[str]) -> Any:
        assert main([*flags, "--output_dir", str(self.folder), "--model_name", "ir"]) == 0
        config = {"INFERENCE_PRECISION_HINT": "f32"}
        return ov.Core().compile_model(self.folder / "ir.xml", "CPU", config)


def same(model: Any, wanted: list[np.ndarray], arrays: list[np.ndarray]) -> None:
    found = model(arrays)
    for number, array in enumerate(wanted):
        assert found[number].shape == array.shape
        if array.dtype.kind == "i":
            np.testing.assert_array_equal(found[number], array)
        else:
            scale = np.abs(array).max()
            np.testing.assert_allclose(found[number], array, rtol=1e-4, atol=1e-5 * scale)


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(list(shape)).uniform(-1, 1, shape).astype(np.float32)


def sentences(batch: int, time: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng([batch, time])
    lengths = random.integers(1, time + 1, batch)
    lengths[0] = time
    words = random.integers(0, net.VOCABULARY, (batch, time))
    return {"words": words.astype(np.int32), "lengths": lengths.astype(np.int32)}


@pytest.mark.parametrize("build", [net.text_classifier, net.gnmt])
def test_sentences_of_three_sizes(build: Callable[[], Any], tmp_path: Path) -> None:
    original = Original(build, tmp_path)
    outputs = ",".join(tensor.op.name for tensor in original.outputs)
    model = original.converted("--input", "words,lengths", "--output", outputs)
    for size in ((1, 4), (3, 7), (2, 12)):
        arrays = sentences(*size)
        same(model, original.results(arrays), list(arrays.values()))


def test_lm_1b(tmp_path: Path) -> None:
    original = Original(net.lm_1b, tmp_path)
    with original.graph.as_default():
        v1.train.Saver().save(original.session, str(tmp_path / "weights" / "ckpt"))
    tf.io.write_graph(original.graph, str(tmp_path), "graph.pbtxt", as_text=True)
    state = net.CELLS + net.PROJECTION
    unique = "char_embedding/EmbeddingLookupUnique/Unique"
    model = original.of(
        [
            *("--input_model", str(tmp_path / "graph.pbtxt"), "--input_model_is_text"),
            *("--input_checkpoint", str(tmp_path / "weights" / "ckpt")),
            *("--input_shape", f"[50],[50],[1,{state}],[1,{state}]"),
            *("--output", "softmax_out,lstm/lstm_0/concat_2,lstm/lstm_1/concat_2"),
            *("--input", f"{unique}:0,{unique}:1,Variable/read,Variable_1/read"),
        ]
    )
    chars = np.arange(50, dtype=np.int32), np.arange(50, dtype=np.int32)[::-1].copy()
    states = [drawn(1, state), drawn(state)[None]]
    for _ in range(3):
        given = [*chars, *states]
        feeds = (f"{unique}:0", f"{unique}:1", "Variable/read", "Variable_1/read")
        wanted = original.results(dict(zip(feeds, given)))
        same(model, wanted, given)
        states = wanted[1:]


def test_deep_speech(tmp_path: Path) -> None:
    original = Original(net.deep_speech, tmp_path)
    size = net.HIDDEN
    model = original.converted(
        "--input",
        f"input_lengths->[16],input_node[1 16 19 26],previous_state_h[1 {size}],"
        f"previous_state_c[1 {size}]",
        "--output",
        f"logits,{net.CELL}/GatherNd,{net.CELL}/GatherNd_1",
        "--disable_nhwc_to_nchw",
    )
    sound, c, h = drawn(1, 16, 19, 26), drawn(1, size), drawn(size)[None]
    for _ in range(2):
        arrays = {"input_node": sound, "previous_state_h": h, "previous_state_c": c}
        wanted = original.results({**arrays, "input_lengths": [16]})
        same(model, wanted, list(arrays.values()))
        _, c, h = wanted


def test_crnn_at_three_widths(tmp_path: Path) -> None:
    original = Original(net.crnn, tmp_path)
    model = original.converted()
    for shape in ((1, 32, 100, 3), (2, 32, 60, 3), (3, 32, 128, 3)):
        image = drawn(*shape)
        same(model, original.results({"shadow/input": image}), [image])


def test_attention_ocr(tmp_path: Path) -> None:
    original = Original(net.attention_ocr, tmp_path)
    start = "map/TensorArrayStack/TensorArrayGatherV3:0"
    model = original.converted(
        "--input", f"{start}[1 32 86 1]", "--output", "transpose_1,transpose_2"
    )
    image = np.abs(drawn(1, 32, 86, 1)) * 255
    same(model, original.results({start: image}), [image])


def test_a3c_at_three_lengths(tmp_path: Path) -> None:
    original = Original(net.a3c, tmp_path)
    outputs = ",".join(tensor.name for tensor in original.outputs)
    model = original.converted("--input", "frames,c_in,h_in", "--output", outputs)
    for count in (1, 4, 9):
        arrays = {"frames": drawn(count, 42, 42, 1), "c_in": drawn(1, 16), "h_in": drawn(16)[None]}
        same(model, original.results(arrays), list(arrays.values()))


def test_layers_in_one_loop_at_three_sizes(tmp_path: Path) -> None:
    original = Original(net.deep_recognizer, tmp_path)
    model = original.converted()
    kinds = [op.get_type_name() for op in ov.Core().read_model(tmp_path / "ir.xml").get_ops()]
    assert kinds.count("LSTMSequence") == 3
    assert "Loop" not in kinds
    for shape in ((1, 5, 8), (2, 3, 8), (4, 20, 8)):
        features = drawn(*shape)
        same(model, original.results({"features": features}), [features])
