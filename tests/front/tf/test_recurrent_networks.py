"""Recurrent networks of the documentation, converted with the flags that it gives for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import pytest
import tensorflow as tf

from tests.front.tf import gnmt
from tests.front.tf import recurrent_networks as net
from tests.front.tf.sessions import Session, converted, same

pytestmark = pytest.mark.heavy


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(list(shape)).uniform(-1, 1, shape).astype(np.float32)


def sentences(batch: int, time: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng([batch, time])
    lengths = random.integers(1, time + 1, batch)
    lengths[0] = time
    words = random.integers(0, gnmt.VOCABULARY, (batch, time))
    return {"words": words.astype(np.int32), "lengths": lengths.astype(np.int32)}


def graph(original: Session) -> tuple[Any, ...]:
    return original.folder, "--input_model", original.plain()


def test_text_classifier_at_three_sizes(tmp_path: Path) -> None:
    original = Session(tmp_path, net.text_classifier)
    model = converted(*graph(original), "--input", "words,lengths", "--output", "classes")
    for size in ((1, 4), (3, 7), (2, 12)):
        arrays = sentences(*size)
        same(model, original.results(arrays), list(arrays.values()))


@pytest.mark.parametrize(
    ("lengths", "words", "sizes"),
    [("[1]", "[1 50]", [(1, 50)]), ("", "", [(1, 4), (3, 7), (2, 12)])],
)
def test_gnmt(lengths: str, words: str, sizes: list[tuple[int, int]], tmp_path: Path) -> None:
    """Words of the beams as they are at the end; the session computes what they come from."""
    original = Session(tmp_path, gnmt.gnmt)
    look_up = "dynamic_seq2seq/hash_table_Lookup"
    model = converted(
        *(tmp_path, "--input_model", gnmt.with_gather_tree(original)),
        "--input",
        f"IteratorGetNext:1{{i32}}{lengths},IteratorGetNext:0{{i32}}{words},"
        f"{look_up}_1:0[1]->[2],{look_up}:0[1]->[1]",
        *("--output", "dynamic_seq2seq/decoder/decoder/GatherTree"),
    )
    for size in sizes:
        texts, ends = sentences(*size).values()
        found = original.results({"IteratorGetNext:0": texts, "IteratorGetNext:1": ends})
        same(model, [gnmt.gathered(*found)], [ends, texts])


def test_lm_1b(tmp_path: Path) -> None:
    """Its weights lie in several files of one directory."""
    original = Session(tmp_path, net.lm_1b)
    with original.graph.as_default():
        variables = tf.compat.v1.global_variables()
    for number in range(3):
        original.checkpoint(f"ckpt/ckpt-{number}", variables[number::3], version=1)
    (tmp_path / "ckpt" / "checkpoint").unlink(missing_ok=True)
    tf.io.write_graph(original.graph, str(tmp_path), "graph-2016-09-10.pbtxt", as_text=True)
    state = net.CELLS + net.PROJECTION
    unique = "char_embedding/EmbeddingLookupUnique/Unique"
    model = converted(
        *(tmp_path, "--input_model", tmp_path / "graph-2016-09-10.pbtxt"),
        *("--input_checkpoint", tmp_path / "ckpt", "--input_model_is_text"),
        *("--input_shape", f"[50],[50],[1,{state}],[1,{state}]"),
        *("--output", "softmax_out,lstm/lstm_0/concat_2,lstm/lstm_1/concat_2"),
        *("--input", f"{unique}:0,{unique}:1,Variable/read,Variable_1/read"),
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
    original = Session(tmp_path, net.deep_speech)
    size = net.HIDDEN
    model = converted(
        *graph(original),
        "--input",
        f"input_lengths->[16],input_node[1 16 19 26],previous_state_h[1 {size}],"
        f"previous_state_c[1 {size}]",
        "--output",
        f"{net.CELL}/GatherNd_1,{net.CELL}/GatherNd,logits",
        "--disable_nhwc_to_nchw",
    )
    sound, h, c = drawn(1, 16, 19, 26), drawn(size)[None], drawn(1, size)
    for _ in range(2):
        arrays = {"input_node": sound, "previous_state_h": h, "previous_state_c": c}
        wanted = original.results({**arrays, "input_lengths": [16]})[::-1]
        same(model, wanted, list(arrays.values()))
        h, c, _ = wanted


def test_crnn_at_three_widths(tmp_path: Path) -> None:
    original = Session(tmp_path, net.crnn)
    model = converted(*graph(original))
    for shape in ((1, 32, 100, 3), (2, 32, 60, 3), (3, 32, 128, 3)):
        image = drawn(*shape)
        same(model, original.results({"shadow/input": image}), [image])


def test_attention_ocr(tmp_path: Path) -> None:
    original = Session(tmp_path, net.attention_ocr)
    start = "map/TensorArrayStack/TensorArrayGatherV3:0"
    model = converted(
        *graph(original), "--input", f"{start}[1 32 86 1]", "--output", "transpose_1,transpose_2"
    )
    image = np.abs(drawn(1, 32, 86, 1)) * 255
    same(model, original.results({start: image}), [image])


def test_a3c_at_three_lengths(tmp_path: Path) -> None:
    original = Session(tmp_path, net.a3c)
    outputs = ",".join(tensor.name for tensor in original.outputs)
    model = converted(*graph(original), "--input", "frames,c_in,h_in", "--output", outputs)
    for count in (1, 4, 9):
        arrays = {"frames": drawn(count, 42, 42, 1), "c_in": drawn(1, 16), "h_in": drawn(16)[None]}
        same(model, original.results(arrays), list(arrays.values()))


def test_layers_in_one_loop_at_three_sizes(tmp_path: Path) -> None:
    original = Session(tmp_path, net.deep_recognizer)
    model = converted(*graph(original))
    kinds = [op.get_type_name() for op in ov.Core().read_model(tmp_path / "ir.xml").get_ops()]
    assert kinds.count("LSTMSequence") == 3
    assert "Loop" not in kinds
    for shape in ((1, 5, 8), (2, 3, 8), (4, 20, 8)):
        features = drawn(*shape)
        same(model, original.results({"features": features}), [features])
