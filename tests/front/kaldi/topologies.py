"""Networks like those of Kaldi's recipes for nnet3, small: each a function of its weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.front.kaldi.networks import Network, Part
from tests.front.kaldi.parts import (
    affine,
    batch_norm,
    identity,
    linear,
    log_softmax,
    lstm_nonlinearity,
    nonlinear,
    normalize,
    permuted,
    product,
    relu,
    sigmoid,
)
from tests.front.kaldi.reference import At
from tests.front.kaldi.timed_parts import attention, extraction, pooling, tdnn, time_height

Random = np.random.Generator


def seeded() -> Random:
    """With these numbers no unit of the x-vector network is 0 all the time.

    The deviation of such a unit is nothing but rounding errors, in Kaldi as elsewhere.
    """
    return np.random.default_rng(41)


def relu_batch_norm(n: Network, random: Random, name: str, reads: str, made: Part) -> str:
    """Affine, ReLU, batch norm: the block of most recipes."""
    n.add(f"{name}.affine", made, reads).add(f"{name}.relu", relu(made.width), f"{name}.affine")
    n.add(f"{name}.batchnorm", batch_norm(random, made.width), f"{name}.relu")
    return f"{name}.batchnorm"


def relu_renorm(n: Network, name: str, reads: str, made: Part) -> str:
    """Affine, ReLU, normalize: the block of older recipes."""
    n.add(f"{name}.affine", made, reads).add(f"{name}.relu", relu(made.width), f"{name}.affine")
    n.add(f"{name}.renorm", normalize(made.width), f"{name}.relu")
    return f"{name}.renorm"


def finish(n: Network, random: Random, reads: str, into: int, out: int = 20) -> Network:
    n.add("output.affine", affine(random, out, into), reads)
    n.add("output.log-softmax", log_softmax(out), "output.affine")
    return n.output("output.log-softmax")


def spliced(reads: str, *offsets: int) -> str:
    return ", ".join(f"Offset({reads}, {offset})" if offset else reads for offset in offsets)


def no_op(width: int) -> Part:
    return identity("NoOpComponent", width, [("Dim", width), ("BackpropScale", 1.0)])


def speaker_and_context(n: Network, random: Random, width: int, ivector: int) -> str:
    """The fixed transform of spliced features and of what is known of the speaker."""
    n.input("ivector", ivector).input("input", width)
    into = 3 * width + ivector
    reads = f"Append({spliced('input', -1, 0, 1)}, ReplaceIndex(ivector, t, 0))"
    n.add("lda", affine(random, into, into), reads)
    return "lda"


def tdnn_chain(random: Random) -> Network:
    """Layers that splice; ReLU and batch norm."""
    n = Network().input("input", 6)
    x = relu_batch_norm(n, random, "tdnn1", "input", affine(random, 16, 6))
    for number, offsets in enumerate([(-1, 0, 1), (-3, 0, 3)], 2):
        reads = f"Append({spliced(x, *offsets)})"
        x = relu_batch_norm(n, random, f"tdnn{number}", reads, affine(random, 16, 48))
    return finish(n, random, x, 16)


def aspire(random: Random) -> Network:
    """ASpIRE chain (tdnn_7b): i-vector, ReLU and normalize, a branch for each output."""
    n = Network()
    x = relu_renorm(n, "Tdnn_0", speaker_and_context(n, random, 6, 4), affine(random, 16, 22))
    for number, offsets in enumerate([(-1, 0, 1), (-1, 0, 1), (-3, 0, 3), (-3, 0, 3)], 1):
        x = relu_renorm(
            n, f"Tdnn_{number}", f"Append({spliced(x, *offsets)})", affine(random, 16, 48)
        )
    x = relu_renorm(n, "Tdnn_pre_final_chain", x, affine(random, 12, 16))
    return n.add("Final_affine", affine(random, 20, 12), x).output("Final_affine")


def factorised_layer(n: Network, random: Random, number: int, x: str, stride: int) -> str:
    """TDNN-F: a linear bottleneck at t-s, an affine at t+s, a scaled bypass."""
    name = f"tdnnf{number}"
    offsets = ([-stride, 0], [0, stride]) if stride else ([0], [0])
    n.add(f"{name}.linear", tdnn(random, 4, 16, offsets[0], bias=False), x)
    made = tdnn(random, 16, 4, offsets[1])
    y = relu_batch_norm(n, random, name, f"{name}.linear", made)
    fields = [("Dim", 16), ("BlockDim", 16), ("TimePeriod", 0), ("DropoutProportion", 0.0)]
    dropout = identity("GeneralDropoutComponent", 16, [*fields, ("Continuous", None)])
    n.add(f"{name}.dropout", dropout, y)
    n.add(f"{name}.noop", no_op(16), f"Sum(Scale(0.66, {x}), {name}.dropout)")
    return f"{name}.noop"


def factorised_tdnn(random: Random) -> Network:
    n = Network().input("input", 10)
    x = relu_batch_norm(n, random, "tdnn1", "input", affine(random, 16, 10))
    for number, stride in enumerate((1, 0, 3, 3), 2):
        x = factorised_layer(n, random, number, x, stride)
    n.add("prefinal-l", linear(random, 8, 16), x)
    return finish(n, random, "prefinal-l", 8)


def librispeech(random: Random) -> Network:
    """Librispeech chain (tdnn_1d): TDNN-F layers on features and i-vector."""
    n = Network()
    made = affine(random, 16, 22)
    x = relu_batch_norm(n, random, "tdnn1", speaker_and_context(n, random, 6, 4), made)
    for number, stride in enumerate((1, 1, 0, 3, 3, 3), 2):
        x = factorised_layer(n, random, number, x, stride)
    n.add("prefinal-l", linear(random, 6, 16), x)
    x = relu_batch_norm(n, random, "prefinal-chain", "prefinal-l", affine(random, 12, 6))
    return n.add("output.affine", affine(random, 20, 12), x).output("output.affine")


def lstm_layer(n: Network, random: Random, name: str, reads: str, into: int, delay: int = 3) -> str:
    """A fast LSTM with projection: cell and output are known ``delay`` frames later."""
    cells, width, shown = 6, 3, 5
    n.add(
        f"{name}.W_all",
        affine(random, 4 * cells, into + width),
        f"Append({reads}, IfDefined(Offset({name}.r_trunc, {-delay})))",
    )
    n.add(
        f"{name}.lstm_nonlin",
        lstm_nonlinearity(random, cells),
        f"Append({name}.W_all, IfDefined(Offset({name}.c_trunc, {-delay})))",
    )
    n.columns(f"{name}.c", f"{name}.lstm_nonlin", 0, cells)
    n.columns(f"{name}.m", f"{name}.lstm_nonlin", cells, cells)
    n.add(f"{name}.rp", affine(random, shown, cells), f"{name}.m")
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


def tdnn_lstm(random: Random) -> Network:
    n = Network().input("input", 6)
    reads = f"Append({spliced('input', -2, 0, 2)})"
    x = relu_batch_norm(n, random, "tdnn1", reads, affine(random, 8, 18))
    x = lstm_layer(n, random, "lstm1", x, 8)
    reads = f"Append({spliced(x, -3, 0, 3)})"
    x = relu_batch_norm(n, random, "tdnn2", reads, affine(random, 8, 15))
    return finish(n, random, lstm_layer(n, random, "lstm2", x, 8), 5)


def lstm_in_both_directions(random: Random) -> Network:
    n = Network().input("input", 4)
    forward = lstm_layer(n, random, "forward", "input", 4)
    backward = lstm_layer(n, random, "backward", "input", 4, delay=-3)
    return n.add("end", affine(random, 6, 10), f"Append({forward}, {backward})").output("end")


def lstm_of_old_recipes(random: Random) -> Network:
    """Gates as nodes of their own, each recurrent connection with its own component."""
    n, cells = Network().input("input", 4), 5
    gates = {"i": "Sigmoid", "f": "Sigmoid", "g": "Tanh", "o": "Sigmoid"}
    for gate, kind in gates.items():
        reads = "Append(input, IfDefined(Offset(m, -1)))"
        n.add(f"W_{gate}", affine(random, cells, 4 + cells), reads)
        reads = f"W_{gate}"
        if gate != "g":
            sees = "c" if gate == "o" else "IfDefined(Offset(c, -1))"
            n.add(f"w_{gate}c", affine(random, cells, cells), sees)
            reads = f"Sum(W_{gate}, w_{gate}c)"
        function = np.tanh if gate == "g" else sigmoid
        n.add(gate, nonlinear(f"{kind}Component", cells, function), reads)
    n.add("c1", product(cells), "Append(f, IfDefined(Offset(c, -1)))")
    n.add("c2", product(cells), "Append(i, g)").add("c", no_op(cells), "Sum(c1, c2)")
    n.add("tanh_c", nonlinear("TanhComponent", cells, np.tanh), "c")
    return finish(n.add("m", product(cells), "Append(o, tanh_c)"), random, "m", cells)


def cnn_tdnn_f(random: Random) -> Network:
    """Convolutions over time and height, subsampled in height, then TDNN-F layers."""
    n = Network().input("ivector", 3).input("input", 12)
    n.add("idct", linear(random, 12, 12), "input")
    n.add("ivector-linear", linear(random, 12, 3), "ReplaceIndex(ivector, t, 0)")
    n.add("combine", no_op(24), "Append(idct, ivector-linear)")
    n.add("permuted", permuted(24), "combine")
    grid, times = [(t, h) for t in (-1, 0, 1) for h in (-1, 0, 1)], [-1, 0, 1]
    made = time_height(random, (2, 4), (12, 12), 1, grid, times)
    x = relu_batch_norm(n, random, "cnn1", "permuted", made)
    made = time_height(random, (4, 4), (12, 6), 2, grid, times)
    x = relu_batch_norm(n, random, "cnn2", x, made)
    x = relu_batch_norm(n, random, "tdnn1", x, affine(random, 16, 24))
    return finish(n, random, factorised_layer(n, random, 3, x, 3), 16)


def restricted_attention(random: Random) -> Network:
    """A layer of attention between affine ones; ReLU and batch norm behind it."""
    n = Network().input("input", 6)
    n.add("in", affine(random, 2 * (2 * 3 + 2 + 6), 6), "input")
    made = attention(2, 3, 2, left=4, right=1, stride=2, context=True)
    x = relu_batch_norm(n, random, "attention", "in", made)
    return finish(n, random, x, made.width)


def statistics_lstm(random: Random) -> Network:
    """Speech activity (tdnn_lstm_sad): statistics of a window, and a recurrence."""
    n = Network().input("input", 4)
    x = relu_batch_norm(
        n, random, "tdnn1", f"Append({spliced('input', -1, 0, 1)})", affine(random, 6, 12)
    )
    n.add("extract", extraction(6, 1, 3), x).add("pool", pooling(13, 9, 9, 3), "extract")
    x = relu_batch_norm(n, random, "tdnn2", f"Append({x}, Round(pool, 3))", affine(random, 8, 18))
    x = lstm_layer(n, random, "lstm1", x, 8)
    return finish(n, random, x, 5, out=3)


def x_vector(random: Random) -> Network:
    """Statistics of the whole utterance between frame and segment layers; one row comes out."""
    n = Network().input("input", 5)
    reads = f"Append({spliced('input', -2, -1, 0, 1, 2)})"
    x = relu_batch_norm(n, random, "tdnn1", reads, affine(random, 8, 25))
    x = relu_batch_norm(
        n, random, "tdnn2", f"Append({spliced(x, -2, 0, 2)})", affine(random, 8, 24)
    )
    x = relu_batch_norm(n, random, "tdnn3", x, affine(random, 9, 8))
    n.add("stats-extraction-0-10000", extraction(9, 1, 1), x)
    n.add("stats-pooling-0-10000", pooling(19, 0, 10000, 1), "stats-extraction-0-10000")
    n.add("tdnn6.affine", affine(random, 7, 18), "Round(stats-pooling-0-10000, 1)")
    return n.output("tdnn6.affine")


def distributed(random: Random) -> Network:
    """Blocks of columns at several x, and one network for all of them; only Kaldi can tell."""

    def unknown(x: At, t: int) -> None:
        raise NotImplementedError

    halves = Part("DistributeComponent", [("InputDim", 8), ("OutputDim", 4)], 4, unknown)
    quarters = Part("DistributeComponent", [("InputDim", 4), ("OutputDim", 2)], 2, unknown)
    n = Network().input("input", 8).add("halves", halves, "input")
    n.add("quarters", quarters, "halves").add("t", tdnn(random, 3, 2, [-1, 1]), "quarters")
    n.add("r", affine(random, 3, 6), "Append(t, IfDefined(Offset(r, -1)))")
    n.add(
        "all",
        affine(random, 5, 12),
        "Append(r, Offset(r, -1, 1), Offset(r, 0, 2), Offset(t, 0, 3))",
    )
    return n.add("end", affine(random, 3, 7), "Append(all, ReplaceIndex(quarters, x, 2))").output(
        "end"
    )


TOPOLOGIES: dict[str, Callable[[Random], Network]] = {
    builder.__name__: builder
    for builder in (
        tdnn_chain,
        aspire,
        factorised_tdnn,
        librispeech,
        tdnn_lstm,
        lstm_of_old_recipes,
        cnn_tdnn_f,
        restricted_attention,
        # What follows looks at later frames that it could do without.
        statistics_lstm,
        # What follows has no form that takes one frame at a time, or gives one row.
        lstm_in_both_directions,
        x_vector,
    )
}
