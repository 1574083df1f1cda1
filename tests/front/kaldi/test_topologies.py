"""Networks like those of Kaldi's recipes, small, over 100 frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi import running
from tests.front.kaldi.networks import agree
from tests.front.kaldi.parts import normal, sigmoid
from tests.front.kaldi.rows import lstm, p_norm, p_norm_utterance, softmax, splice
from tests.front.kaldi.test_nnet1 import Layer
from tests.front.kaldi.topologies import TOPOLOGIES, seeded, x_vector
from tests.front.kaldi.writing import nnet1, nnet2

R = np.random.default_rng(17)
FRAMES = 100


def utterance(width: int) -> np.ndarray:
    return normal(R, FRAMES, width)


# ---- nnet1


def test_deep_network_of_nnet1() -> None:
    """WSJ and TED-LIUM: spliced features, shifted and scaled, sigmoid layers, softmax."""
    offsets = list(range(-5, 6))
    shift, scale = normal(R, 88), normal(R, 88)
    w1, b1, w2, b2 = normal(R, 16, 88, scale=0.2), normal(R, 16), normal(R, 12, 16), normal(R, 12)
    layers: list[Layer] = [
        ("Splice", 88, 8, [("", offsets)]),
        ("AddShift", 88, 88, [("LearnRateCoef", 0.0), ("", shift)]),
        ("Rescale", 88, 88, [("LearnRateCoef", 0.0), ("", scale)]),
        ("AffineTransform", 16, 88, [("", w1), ("", b1)]),
        ("Sigmoid", 16, 16, []),
        ("AffineTransform", 12, 16, [("", w2), ("", b2)]),
        ("Softmax", 12, 12, []),
    ]
    x = utterance(8)
    hidden = sigmoid(((splice(x, offsets) + shift) * scale) @ w1.T + b1)
    expected = softmax(hidden @ w2.T + b2)
    data = nnet1(layers)
    running.assert_close(running.streamed(data, {"Parameter": x}), expected)
    model = running.compiled(data, kaldi_chunk="dynamic")
    running.assert_close(running.whole(model, {"Parameter": x}), expected)


def test_convolutional_network_of_nnet1() -> None:
    """WSJ and RM cnn4: spliced bands, convolution over frequency, pooling, sigmoid layers."""
    offsets, columns, filters = [-2, -1, 0, 1, 2], 8, 6
    kernel, bias = normal(R, filters, len(offsets) * 3, scale=0.3), normal(R, filters)
    w, b = normal(R, 10, 2 * filters), normal(R, 10)
    patches = [("PatchDim", 3), ("PatchStep", 1), ("PatchStride", columns)]
    pools = [("PoolSize", 3), ("PoolStep", 3), ("PoolStride", filters)]
    layers: list[Layer] = [
        ("Splice", 40, columns, [("", offsets)]),
        ("ConvolutionalComponent", 36, 40, [*patches, ("Filters", kernel), ("Bias", bias)]),
        ("MaxPoolingComponent", 12, 36, pools),
        ("Sigmoid", 12, 12, []),
        ("AffineTransform", 10, 12, [("", w), ("", b)]),
        ("Softmax", 10, 10, []),
    ]
    x = utterance(columns)
    bands = splice(x, offsets).reshape(FRAMES, len(offsets), columns)
    seen = [bands[:, :, place : place + 3].reshape(FRAMES, -1) @ kernel.T for place in range(6)]
    found = np.array(seen).reshape(2, 3, FRAMES, filters).max(1) + bias
    hidden = sigmoid(np.concatenate(list(found), 1))
    expected = softmax(hidden @ w.T + b)
    data = nnet1(layers)
    running.assert_close(running.streamed(data, {"Parameter": x}), expected)
    model = running.compiled(data, kaldi_chunk="dynamic")
    running.assert_close(running.whole(model, {"Parameter": x}), expected)


def test_lstm_of_nnet1() -> None:
    """RM and TED-LIUM lstm4f: two projected LSTM layers, affine, softmax."""
    shapes: list[tuple[int, ...]] = [(16,), (4,), (4,), (4,), (3, 4)]
    first, second = (
        [normal(R, *shape, scale=0.4) for shape in ((16, into), (16, 3), *shapes)]
        for into in (5, 3)
    )
    w, b = normal(R, 6, 3), normal(R, 6)
    cells = [("CellDim", 4), ("CellClip", 50.0)]
    layers: list[Layer] = [
        ("LstmProjected", 3, 5, [*cells, *(("", array) for array in first)]),
        ("LstmProjectedStreams", 3, 3, [*cells, *(("", array) for array in second)]),
        ("AffineTransform", 6, 3, [("", w), ("", b)]),
        ("Softmax", 6, 6, []),
    ]
    x = utterance(5)
    expected = softmax(lstm(second, lstm(first, x)) @ w.T + b)
    data = nnet1(layers)
    running.assert_close(running.by_frame(running.compiled(data), {"Parameter": x}), expected)
    model = running.compiled(data, kaldi_chunk=str(FRAMES))
    running.assert_close(running.whole(model, {"Parameter": x}), expected)


# ---- nnet2


def test_p_norm_network_of_nnet2() -> None:
    random = seeded()
    layers, function = p_norm(random)
    x = p_norm_utterance(random, FRAMES)
    expected = function(x.astype(np.float64))
    data = nnet2(layers)
    running.assert_close(running.streamed(data, {"Input": x}), expected)
    model = running.compiled(data, kaldi_chunk="dynamic")
    running.assert_close(running.whole(model, {"Input": x}), expected)


# ---- nnet3


@pytest.mark.parametrize("name", [name for name in TOPOLOGIES if name != "x_vector"])
def test_network_of_nnet3(name: str) -> None:
    random = seeded()
    network = TOPOLOGIES[name](random)
    agree(
        network,
        network.utterance(random, FRAMES),
        goes_on=name == "statistics_lstm",
        by_frame=name != "lstm_in_both_directions",
    )


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_text_files_hold_the_same(name: str, tmp_path: Path) -> None:
    random = seeded()
    network = TOPOLOGIES[name](random)
    written = []
    for binary in (True, False):
        model = running.convert(network.data(binary), kaldi_chunk="30", model_name="same")
        xml, weights = model.save(tmp_path / "same.xml")
        layers, _, _ = xml.read_text().partition("<rt_info>")  # which names the file
        written.append((layers, weights.read_bytes()))
    assert written[0] == written[1]


def test_x_vector() -> None:
    random = seeded()
    network = x_vector(random)
    inputs = network.utterance(random, FRAMES)
    expected = network.expected(inputs, pads=False)
    for chunk in ("dynamic", str(FRAMES)):
        model = running.compiled(network.data(), kaldi_chunk=chunk)
        running.assert_close(running.whole(model, inputs), expected)
    calls = running.by_frame(running.compiled(network.data()), inputs)
    running.assert_close(calls[-1:], expected)
