"""--counts, --remove_output_softmax, --kaldi_chunk, and cutting."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.front.kaldi import running
from tests.front.kaldi.networks import Network
from tests.front.kaldi.parts import affine, f4, log_softmax, nonlinear, normal, softmax
from tests.front.kaldi.timed_parts import tdnn

R = np.random.default_rng(29)
COUNTS = np.array([3.0, 1.0, 4.0, 2.0])
LOG_PRIORS = np.log(COUNTS / COUNTS.sum())


def network(kind: str) -> Network:
    """An affine component of four classes, and the end that is asked for."""
    n = Network().input("input", 3).add("a", affine(R, 4, 3), "input")
    if kind == "softmax":
        return n.add("s", nonlinear("SoftmaxComponent", 4, softmax), "a").output("s")
    if kind == "log softmax":
        return n.add("s", log_softmax(4), "a").output("s")
    return n.output("a")


X = {"input": normal(R, 6, 3)}


def run(data: bytes, **flags: Any) -> np.ndarray:
    return running.by_frame(running.compiled(data, **flags), X)


def before_the_end(n: Network) -> np.ndarray:
    return Network(n.lines[:-1], n.parts).output("a").expected(X)


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    path = tmp_path / "counts"
    path.write_text(f"[ {' '.join(map(str, COUNTS))} ]\n")
    return path


@pytest.mark.parametrize("kind", ["softmax", "log softmax", "affine"])
def test_the_final_softmax_is_dropped(kind: str) -> None:
    n = network(kind)
    running.assert_close(run(n.data(), remove_output_softmax=True), before_the_end(n))


def test_priors_come_before_a_softmax(counts: Path) -> None:
    n = network("softmax")
    rows = [softmax(row) for row in before_the_end(n) - LOG_PRIORS]
    running.assert_close(run(n.data(), counts=counts), np.array(rows))


@pytest.mark.parametrize("kind", ["log softmax", "affine"])
def test_priors_come_behind_anything_else(kind: str, counts: Path) -> None:
    n = network(kind)
    running.assert_close(run(n.data(), counts=counts), n.expected(X) - LOG_PRIORS)


def test_priors_without_softmax(counts: Path) -> None:
    n = network("softmax")
    found = run(n.data(), counts=counts, remove_output_softmax=True)
    running.assert_close(found, before_the_end(n) - LOG_PRIORS)


def test_priors_of_the_model(caplog: pytest.LogCaptureFixture) -> None:
    n = network("log softmax")
    data = n.data(priors=f4(COUNTS / COUNTS.sum()))
    running.assert_close(run(data, counts=""), n.expected(X) - LOG_PRIORS)
    with caplog.at_level(logging.WARNING):
        running.assert_close(run(data), n.expected(X))
    assert '--counts ""' in caplog.text


def test_classes_that_never_occurred_cannot_win(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    path.write_text("3 0 4 2")
    found = run(network("affine").data(), counts=path)
    assert (found[:, 1] < -1e38).all()
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2\n3 4\n", "2 lines"),
        ("[ 1 two 3 4 ]", "something else than numbers"),
        ("[ ]", "no counts"),
        ("[ 1 -2 3 4 ]", "no counts"),
        ("[ 1 2 3 ]", "3 counts for the 4 classes"),
    ],
)
def test_files_that_hold_no_counts(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "counts"
    path.write_text(text)
    with pytest.raises(ConversionError, match=words):
        running.convert(network("affine").data(), counts=path)


def test_a_model_without_priors() -> None:
    with pytest.raises(ConversionError, match="holds no priors"):
        running.convert(network("affine").data(), counts="")


def test_counts_need_one_output(counts: Path) -> None:
    n = network("affine")
    n.lines.append("output-node name=second input=input")
    with pytest.raises(ConversionError, match="2 outputs instead of one"):
        running.convert(n.data(), counts=counts)


# ---- cutting


def deep_network() -> Network:
    n = Network().input("input", 3).add("a", tdnn(R, 4, 3, [-1, 0, 1]), "input")
    return n.add("b", tdnn(R, 5, 4, [-2, 0, 2]), "a").output("b")


def test_an_inner_node_as_output_has_its_own_delay() -> None:
    n = deep_network()
    inner = Network(n.lines[:-1], n.parts).output("a").expected(X)
    running.assert_close(running.streamed(n.data(), X, output="a"), inner)
    model = running.compiled(n.data(), output="a", kaldi_chunk="dynamic")
    running.assert_close(running.whole(model, X), inner)


def test_outputs_of_one_call_belong_to_one_frame() -> None:
    n = deep_network()
    inner = Network(n.lines[:-1], n.parts).output("a").expected(X)
    model = running.compiled(n.data(), output="b,a")
    request = model.create_infer_request()
    places = [*range(6), 5, 5, 5]
    rows = [request.infer([X["input"][place][None]])[1][0].copy() for place in places]
    running.assert_close(np.array(rows)[3:], inner)


def test_an_inner_node_as_input() -> None:
    n = deep_network()
    later = Network(["input-node name=a dim=4", *n.lines[2:]], n.parts)
    x = normal(R, 8, 4)
    expected = later.expected({"a": x})
    model = running.compiled(n.data(), input="a:0", kaldi_chunk="dynamic")
    name = model.input(0).any_name
    running.assert_close(running.whole(model, {name: x}), expected)
    running.assert_close(running.streamed(n.data(), {name: x}, input="a:0"), expected)


@pytest.mark.parametrize("value", ["0", "-3", "many", "1.5"])
def test_chunks_are_numbers_of_frames(value: str) -> None:
    with pytest.raises(ConversionError, match="neither a number of frames nor dynamic"):
        running.convert(network("affine").data(), kaldi_chunk=value)
