"""Networks like those of Kaldi's recipes, small, over 100 frames."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi import running
from tests.front.kaldi.networks import Network, agree
from tests.front.kaldi.parts import (
    affine,
    batch_norm,
    extraction,
    identity,
    linear,
    log_softmax,
    lstm_nonlinearity,
    nonlinear,
    normal,
    permuted,
    pooling,
    product,
    relu,
    sigmoid,
    tdnn,
    time_height,
)
from tests.front.kaldi.test_nnet1 import Layer, lstm, splice
from tests.front.kaldi.test_nnet1 import softmax as softmax_rows
from tests.front.kaldi.test_nnet2 import statistics, windows
from tests.front.kaldi.writing import nnet1, nnet2

R = np.random.default_rng(17)
FRAMES = 100


def relu_batch_norm(n: Network, name: str, reads: str, made) -> str:  # type: ignore[no-untyped-def]
    """Affine, ReLU, batch norm: the block of most recipes."""
    n.add(f"{name}.affine", made, reads).add(f"{name}.relu", relu(made.width), f"{name}.affine")
    n.add(f"{name}.batchnorm", batch_norm(R, made.width), f"{name}.relu")
    return f"{name}.batchnorm"


def finish(n: Network, reads: str, into: int, out: int = 20) -> Network:
    n.add("output.affine", affine(R, out, into), reads)
    n.add("output.log-softmax", log_softmax(out), "output.affine")
    return n.output("output.log-softmax")


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
    expected = softmax_rows(hidden @ w2.T + b2)
    data = nnet1(layers)
    calls = running.by_frame(running.compiled(data), {"Parameter": x}, after=5)
    running.assert_close(calls[5:], expected)
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
        ("LstmProjected", 3, 3, [*cells, *(("", array) for array in second)]),
        ("AffineTransform", 6, 3, [("", w), ("", b)]),
        ("Softmax", 6, 6, []),
    ]
    x = utterance(5)
    expected = softmax_rows(lstm(second, lstm(first, x)) @ w.T + b)
    data = nnet1(layers)
    running.assert_close(running.by_frame(running.compiled(data), {"Parameter": x}), expected)
    model = running.compiled(data, kaldi_chunk=str(FRAMES))
    running.assert_close(running.whole(model, {"Parameter": x}), expected)


# ---- nnet2


def test_p_norm_network_of_nnet2() -> None:
    """Online p-norm: spliced features with an i-vector, p-norm and normalize, softmax, sums."""
    w1, b1, w2, b2 = normal(R, 24, 52, scale=0.2), normal(R, 24), normal(R, 10, 16), normal(R, 10)
    around = [("InputDim", 10), ("LeftContext", 3), ("RightContext", 3), ("ConstComponentDim", 3)]
    layers = [
        ("SpliceComponent", around),
        ("FixedAffineComponent", [("LinearParams", w1), ("BiasParams", b1)]),
        ("PnormComponent", [("InputDim", 24), ("OutputDim", 8), ("P", 2.0)]),
        ("NormalizeComponent", statistics(8)),
        ("SpliceComponent", [("InputDim", 8), ("Context", [-2, 1]), ("ConstComponentDim", 0)]),
        ("AffineComponent", [("LearningRate", 0.1), ("LinearParams", w2), ("BiasParams", b2)]),
        ("SoftmaxComponent", statistics(10)),
        ("SumGroupComponent", [("Sizes", [1, 4, 2, 3])]),
    ]
    x = np.concatenate([utterance(7), np.tile(normal(R, 3), (FRAMES, 1))], 1)
    padded = np.concatenate([x[:1].repeat(5, 0), x, x[-1:].repeat(4, 0)]).astype(np.float64)
    spliced = np.concatenate([*windows(padded[:, :7], list(range(-3, 4))), padded[3:-3, 7:]], 1)
    hidden = np.sqrt(((spliced @ w1.T + b1).reshape(-1, 8, 3) ** 2).sum(2))
    hidden /= np.sqrt((hidden**2).mean(1, keepdims=True))
    joined = np.concatenate(windows(hidden, [-2, 1]), 1)
    classes = softmax_rows(joined @ w2.T + b2)
    expected = np.stack([part.sum(1) for part in np.split(classes, [1, 5, 7], 1)], 1)
    data = nnet2(layers)
    calls = running.by_frame(running.compiled(data), {"Input": x}, after=4)
    running.assert_close(calls[4:], expected)
    model = running.compiled(data, kaldi_chunk="dynamic")
    running.assert_close(running.whole(model, {"Input": x}), expected)


# ---- nnet3


@pytest.mark.parametrize("binary", [True, False])
def test_tdnn_chain_with_ivector(binary: bool) -> None:
    """ASpIRE tdnn_7b and Librispeech: a fixed transform of spliced features and the i-vector."""
    n = Network().input("ivector", 4).input("input", 6)
    context = "Offset(input, -1), input, Offset(input, 1), ReplaceIndex(ivector, t, 0)"
    n.add("lda", affine(R, 22, 22), f"Append({context})")
    x = relu_batch_norm(n, "tdnn1", "lda", affine(R, 16, 22))
    for number, offsets in enumerate(([-1, 0, 1], [-1, 0, 1], [-3, 0, 3], [-3, 0, 3]), 2):
        parts = ", ".join(f"Offset({x}, {o})" if o else x for o in offsets)
        x = relu_batch_norm(n, f"tdnn{number}", f"Append({parts})", affine(R, 16, 48))
    inputs = {"ivector": normal(R, 4), "input": utterance(6)}
    agree(finish(n, x, 16), inputs, delay=9, binary=binary)


def test_factorised_tdnn() -> None:
    """TDNN-F: a linear bottleneck at t-s, an affine at t+s, a scaled bypass."""
    n = Network().input("input", 10)
    x = relu_batch_norm(n, "tdnn1", "input", affine(R, 16, 10))
    for number, stride in enumerate((1, 0, 3, 3), 2):
        name = f"tdnnf{number}"
        offsets = ([-stride, 0], [0, stride]) if stride else ([0], [0])
        n.add(f"{name}.linear", tdnn(R, 4, 16, offsets[0], bias=False), x)
        y = relu_batch_norm(n, name, f"{name}.linear", tdnn(R, 16, 4, offsets[1]))
        dropout = [
            ("Dim", 16),
            ("BlockDim", 16),
            ("TimePeriod", 0),
            ("DropoutProportion", 0.0),
            ("Continuous", None),
        ]
        n.add(f"{name}.dropout", identity("GeneralDropoutComponent", 16, dropout), y)
        sum_ = f"Sum(Scale(0.66, {x}), {name}.dropout)"
        n.add(
            f"{name}.noop",
            identity("NoOpComponent", 16, [("Dim", 16), ("BackpropScale", 1.0)]),
            sum_,
        )
        x = f"{name}.noop"
    n.add("prefinal-l", linear(R, 8, 16), x)
    agree(finish(n, "prefinal-l", 8), {"input": utterance(10)}, delay=7)


def lstm_layer(n: Network, name: str, reads: str, into: int, delay: int = 3) -> str:
    """A fast LSTM with projection: cell and output are known ``delay`` frames later."""
    cells, width, shown = 6, 3, 5
    n.add(
        f"{name}.W_all",
        affine(R, 4 * cells, into + width),
        f"Append({reads}, IfDefined(Offset({name}.r_trunc, -{delay})))",
    )
    n.add(
        f"{name}.lstm_nonlin",
        lstm_nonlinearity(R, cells),
        f"Append({name}.W_all, IfDefined(Offset({name}.c_trunc, -{delay})))",
    )
    n.columns(f"{name}.c", f"{name}.lstm_nonlin", 0, cells)
    n.columns(f"{name}.m", f"{name}.lstm_nonlin", cells, cells)
    n.add(f"{name}.rp", affine(R, shown, cells), f"{name}.m")
    n.columns(f"{name}.r", f"{name}.rp", 0, width)
    fields = [
        ("Dim", cells + width),
        ("Scale", 1.0),
        ("ClippingThreshold", 30.0),
        ("ZeroingThreshold", 15.0),
        ("ZeroingInterval", 20),
        ("RecurrenceInterval", 9),
        ("NumElementsClipped", 0.0),
        ("NumElementsZeroed", 0.0),
        ("NumElementsProcessed", 0.0),
        ("NumZeroingBoundaries", 0.0),
    ]
    n.add(
        f"{name}.trunc",
        identity("BackpropTruncationComponent", cells + width, fields),
        f"Append({name}.c, {name}.r)",
    )
    n.columns(f"{name}.c_trunc", f"{name}.trunc", 0, cells)
    n.columns(f"{name}.r_trunc", f"{name}.trunc", cells, width)
    return f"{name}.rp"


@pytest.mark.parametrize("delay", [1, 3])
def test_tdnn_lstm(delay: int) -> None:
    n = Network().input("input", 6)
    x = relu_batch_norm(
        n, "tdnn1", "Append(Offset(input, -2), input, Offset(input, 2))", affine(R, 8, 18)
    )
    x = lstm_layer(n, "lstm1", x, 8, delay)
    x = relu_batch_norm(
        n, "tdnn2", f"Append(Offset({x}, -3), {x}, Offset({x}, 3))", affine(R, 8, 15)
    )
    x = lstm_layer(n, "lstm2", x, 8, delay)
    agree(finish(n, x, 5), {"input": utterance(6)}, delay=5, edge=5)


def test_lstm_from_old_recipes() -> None:
    """Gates as nodes of their own, each recurrent connection with its own component."""
    n, cells = Network().input("input", 4), 5
    gates = {
        "i": "SigmoidComponent",
        "f": "SigmoidComponent",
        "g": "TanhComponent",
        "o": "SigmoidComponent",
    }
    for gate in gates:
        n.add(f"W_{gate}", affine(R, cells, 4 + cells), "Append(input, IfDefined(Offset(m, -1)))")
    for gate, kind in gates.items():
        function = np.tanh if gate == "g" else sigmoid
        n.add(
            f"w_{gate}c",
            affine(R, cells, cells),
            "c" if gate == "o" else "IfDefined(Offset(c, -1))",
        )
        reads = f"W_{gate}" if gate == "g" else f"Sum(W_{gate}, w_{gate}c)"
        n.add(gate, nonlinear(kind, cells, function), reads)
    n.add("c1", product(cells), "Append(f, IfDefined(Offset(c, -1)))")
    n.add("c2", product(cells), "Append(i, g)")
    n.add(
        "c",
        identity("NoOpComponent", cells, [("Dim", cells), ("BackpropScale", 1.0)]),
        "Sum(c1, c2)",
    )
    n.add("tanh_c", nonlinear("TanhComponent", cells, np.tanh), "c")
    n.add("m", product(cells), "Append(o, tanh_c)")
    agree(finish(n, "m", cells), {"input": utterance(4)})


def test_lstm_in_both_directions() -> None:
    n = Network().input("input", 4)
    forward = lstm_layer(n, "forward", "input", 4)
    backward = lstm_layer(n, "backward", "input", 4)
    n.lines = [
        line if "backward" not in line else line.replace(", -3)", ", 3)") for line in n.lines
    ]
    n.add("end", affine(R, 6, 10), f"Append({forward}, {backward})").output("end")
    agree(n, {"input": utterance(4)}, by_frame=False)


def test_cnn_tdnn_f() -> None:
    """Convolutions over time and height, subsampled in height, then TDNN-F layers."""
    n = Network().input("ivector", 3).input("input", 12)
    n.add("idct", linear(R, 12, 12), "input")
    n.add("ivector-linear", linear(R, 12, 3), "ReplaceIndex(ivector, t, 0)")
    grid = [(t, h) for t in (-1, 0, 1) for h in (-1, 0, 1)]
    n.add(
        "combine",
        identity("NoOpComponent", 24, [("Dim", 24), ("BackpropScale", 1.0)]),
        "Append(idct, ivector-linear)",
    )
    n.add("permuted", permuted(24), "combine")
    x = relu_batch_norm(
        n, "cnn1", "permuted", time_height(R, (2, 4), (12, 12), 1, grid, [-1, 0, 1])
    )
    x = relu_batch_norm(n, "cnn2", x, time_height(R, (4, 4), (12, 6), 2, grid, [-1, 0, 1]))
    n.add("tdnnf3.linear", tdnn(R, 6, 24, [-3, 0], bias=False), x)
    x = relu_batch_norm(n, "tdnnf3", "tdnnf3.linear", tdnn(R, 10, 6, [0, 3]))
    inputs = {"ivector": normal(R, 3), "input": utterance(12)}
    agree(finish(n, x, 10), inputs, delay=5)


def test_x_vector() -> None:
    """Statistics of the whole utterance between frame and segment layers; one row comes out."""
    n = Network().input("input", 5)
    x = relu_batch_norm(
        n,
        "tdnn1",
        "Append(" + ", ".join(f"Offset(input, {o})" for o in (-2, -1, 0, 1, 2)) + ")",
        affine(R, 8, 25),
    )
    x = relu_batch_norm(
        n, "tdnn2", f"Append(Offset({x}, -2), {x}, Offset({x}, 2))", affine(R, 8, 24)
    )
    x = relu_batch_norm(n, "tdnn3", x, affine(R, 9, 8))
    n.add("stats-extraction-0-10000", extraction(9, 1, 1), x)
    n.add("stats-pooling-0-10000", pooling(19, 0, 10000, 1), "stats-extraction-0-10000")
    n.add("tdnn6.affine", affine(R, 7, 18), "Round(stats-pooling-0-10000, 1)").output(
        "tdnn6.affine"
    )
    inputs = {"input": utterance(5)}
    expected = n.expected(inputs, pads=False)
    for chunk in ("dynamic", str(FRAMES)):
        model = running.compiled(n.data(), kaldi_chunk=chunk)
        running.assert_close(running.whole(model, inputs), expected)
    calls = running.by_frame(running.compiled(n.data()), inputs)
    running.assert_close(calls[-1:], expected)
