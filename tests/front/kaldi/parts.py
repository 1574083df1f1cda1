"""Components of nnet3 with random weights, and what they compute, from Kaldi's documentation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.front.kaldi.networks import Part
from tests.front.kaldi.reference import At, Vector, framewise
from tests.front.kaldi.writing import Double, Field

UPDATABLE: list[Field] = [("MaxChange", 0.75), ("L2Regularize", 0.01), ("LearningRate", 0.001)]


def f4(array: np.ndarray) -> np.ndarray:
    return np.asarray(array, np.float32)


def normal(random: np.random.Generator, *shape: int, scale: float = 1.0) -> np.ndarray:
    return f4(random.standard_normal(shape) * scale)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max())
    return e / e.sum()


def affine(random: np.random.Generator, out: int, into: int) -> Part:
    w, b = normal(random, out, into, scale=into**-0.5), normal(random, out, scale=0.3)
    fields: list[Field] = [
        *UPDATABLE,
        ("LinearParams", w),
        ("BiasParams", b),
        ("RankIn", 20),
        ("RankOut", 80),
        ("UpdatePeriod", 4),
        ("NumSamplesHistory", 2000.0),
        ("Alpha", 4.0),
    ]
    return Part("NaturalGradientAffineComponent", fields, out, framewise(lambda x: w @ x + b))


def linear(random: np.random.Generator, out: int, into: int) -> Part:
    w = normal(random, out, into, scale=into**-0.5)
    fields: list[Field] = [
        *UPDATABLE,
        ("Params", w),
        ("OrthonormalConstraint", -1.0),
        ("UseNaturalGradient", True),
        ("RankInOut", (20, 80)),
        ("Alpha", 4.0),
        ("NumSamplesHistory", 2000.0),
        ("UpdatePeriod", 4),
    ]
    return Part("LinearComponent", fields, out, framewise(lambda x: w @ x))


def tdnn(
    random: np.random.Generator, out: int, into: int, offsets: list[int], bias: bool = True
) -> Part:
    w = normal(random, out, into * len(offsets), scale=(into * len(offsets)) ** -0.5)
    b = normal(random, out if bias else 0, scale=0.3)
    fields: list[Field] = [
        *UPDATABLE,
        ("TimeOffsets", offsets),
        ("LinearParams", w),
        ("BiasParams", b),
        ("OrthonormalConstraint", 0.0),
        ("UseNaturalGradient", True),
        ("NumSamplesHistory", 2000.0),
        ("AlphaInOut", (4.0, 4.0)),
        ("RankInOut", (20, 80)),
    ]

    def function(x: At, t: int) -> Vector | None:
        frames = [x(t + offset) for offset in offsets]
        if any(frame is None for frame in frames):
            return None
        return w @ np.concatenate(frames) + (b if bias else 0)  # type: ignore[arg-type]

    return Part("TdnnComponent", fields, out, function)


def nonlinear(kind: str, width: int, function) -> Part:  # type: ignore[no-untyped-def]
    """With the statistics that all nonlinearities carry."""
    zeros = np.zeros(width, np.float32)
    fields: list[Field] = [
        ("Dim", width),
        ("ValueAvg", zeros),
        ("DerivAvg", zeros),
        ("Count", Double(0)),
        ("OderivRms", zeros),
        ("OderivCount", Double(0)),
        ("NumDimsSelfRepaired", Double(0)),
        ("NumDimsProcessed", Double(0)),
        ("SelfRepairScale", 1e-5),
    ]
    return Part(kind, fields, width, framewise(function))


def relu(width: int) -> Part:
    return nonlinear("RectifiedLinearComponent", width, lambda x: np.maximum(x, 0))


def log_softmax(width: int) -> Part:
    return nonlinear("LogSoftmaxComponent", width, lambda x: np.log(softmax(x)))


def batch_norm(random: np.random.Generator, width: int, blocks: int = 1, rms: float = 1.0) -> Part:
    mean, var = normal(random, width // blocks), f4(random.uniform(0.3, 2, width // blocks))
    fields: list[Field] = [
        ("Dim", width),
        ("BlockDim", width // blocks),
        ("Epsilon", 0.001),
        ("TargetRms", rms),
        ("TestMode", True),
        ("Count", 1000.0),
        ("StatsMean", mean),
        ("StatsVar", var),
    ]
    scale = np.tile(rms / np.sqrt(var + 0.001), blocks)
    return Part(
        "BatchNormComponent",
        fields,
        width,
        framewise(lambda x: (x - np.tile(mean, blocks)) * scale),
    )


def identity(kind: str, width: int, fields: Sequence[Field]) -> Part:
    return Part(kind, fields, width, framewise(lambda x: x))


def product(width: int) -> Part:
    """Of the two halves of the input."""
    fields: list[Field] = [("InputDim", 2 * width), ("OutputDim", width)]
    function = framewise(lambda x: x[:width] * x[width:])
    return Part("ElementwiseProductComponent", fields, width, function)


def permuted(width: int) -> Part:
    """The columns of two halves one after the other in turn."""
    places = np.arange(width).reshape(2, -1).T.reshape(-1)
    fields: list[Field] = [("ColumnMap", places.tolist())]
    return Part("PermuteComponent", fields, width, framewise(lambda x: x[places]))


def lstm_nonlinearity(random: np.random.Generator, cells: int, dropout: bool = False) -> Part:
    w = normal(random, 3, cells, scale=0.5)
    zeros = np.zeros((5, cells), np.float32)
    fields: list[Field] = [
        *UPDATABLE,
        ("Params", w),
        ("ValueAvg", zeros),
        ("DerivAvg", zeros),
        ("SelfRepairConfig", np.zeros(10, np.float32)),
        ("SelfRepairProb", np.zeros(5, np.float32)),
        *([("UseDropout", True)] if dropout else []),
        ("Count", Double(0)),
    ]

    def function(x: Vector) -> Vector:
        i, f, c, o, before = np.split(x[: 5 * cells], 5)
        scales = x[5 * cells :] if dropout else np.ones(3)
        i = sigmoid(i + w[0] * before) * scales[0]
        f = sigmoid(f + w[1] * before) * scales[1]
        c = f * before + i * np.tanh(c)
        m = sigmoid(o + w[2] * c) * scales[2] * np.tanh(c)
        return np.concatenate([c, m])

    return Part("LstmNonlinearityComponent", fields, 2 * cells, framewise(function))


# ---- components that look at several frames


def time_height(
    random: np.random.Generator,
    filters: tuple[int, int],
    heights: tuple[int, int],
    subsample: int,
    offsets: list[tuple[int, int]],
    required: list[int],
) -> Part:
    """Filters and heights as (in, out); offsets as (time, height)."""
    (f_in, f_out), (h_in, h_out) = filters, heights
    w, b = normal(random, f_out, len(offsets) * f_in, scale=0.3), normal(random, f_out, scale=0.3)
    fields: list[Field] = [
        *UPDATABLE,
        ("Model", None),
        ("ConvolutionModel", None),
        ("NumFiltersIn", f_in),
        ("NumFiltersOut", f_out),
        ("HeightIn", h_in),
        ("HeightOut", h_out),
        ("HeightSubsampleOut", subsample),
        ("Offsets", offsets),
        ("RequiredTimeOffsets", required),
        ("/ConvolutionModel", None),
        ("LinearParams", w),
        ("BiasParams", b),
        ("MaxMemoryMb", 200.0),
        ("UseNaturalGradient", True),
        ("NumMinibatchesHistory", 4.0),
        ("AlphaInOut", (4.0, 4.0)),
        ("RankInOut", (20, 80)),
    ]

    def function(x: At, t: int) -> Vector | None:
        out = np.tile(b.astype(np.float64), (h_out, 1))
        for number, (dt, dh) in enumerate(offsets):
            frame = x(t + dt)
            if frame is None:
                if dt in required:
                    return None
                continue
            image = frame.reshape(h_in, f_in)
            block = w[:, number * f_in : (number + 1) * f_in]
            for h in range(h_out):
                if 0 <= h * subsample + dh < h_in:
                    out[h] += block @ image[h * subsample + dh]
        return out.reshape(-1)

    return Part("TimeHeightConvolutionComponent", fields, h_out * f_out, function)


def extraction(into: int, step: int, period: int, squares: bool = True) -> Part:
    """Count, sum and sum of squares of the frames of a period that can be computed."""
    fields: list[Field] = [
        ("InputDim", into),
        ("InputPeriod", step),
        ("OutputPeriod", period),
        ("IncludeVarinance", squares),
    ]

    def function(x: At, t: int) -> Vector | None:
        start = t - t % period
        frames = [x(s) for s in range(start, start + period, step)]
        known = np.array([frame for frame in frames if frame is not None])
        if not len(known):
            return None
        sums = [[len(known)], known.sum(0), *([(known**2).sum(0)] if squares else [])]
        return np.concatenate(sums)

    return Part("StatisticsExtractionComponent", fields, 1 + into * (1 + squares), function)


def pooling(
    into: int, left: int, right: int, step: int, logs: int = 0, deviations: bool = True
) -> Part:
    """Mean and standard deviation over a window of extracted statistics."""
    fields: list[Field] = [
        ("InputDim", into),
        ("InputPeriod", step),
        ("LeftContext", left),
        ("RightContext", right),
        ("NumLogCountFeatures", logs),
        ("OutputStddevs", deviations),
        ("VarianceFloor", 1e-10),
    ]

    def function(x: At, t: int) -> Vector | None:
        found = [x(s) for s in range(t - left, t + right + 1, step)]
        known = [value for value in found if value is not None]
        if not known:
            return None
        total = np.sum(known, axis=0)
        count, means = total[0], total[1:] / total[0]
        if deviations:
            mean, square = np.split(means, 2)
            means = np.concatenate([mean, np.sqrt(np.maximum(square - mean**2, 1e-10))])
        return np.concatenate([np.full(logs, np.log(count)), means])

    return Part("StatisticsPoolingComponent", fields, into - 1 + logs, function)


def attention(
    heads: int, key: int, value: int, left: int, right: int, stride: int, context: bool
) -> Part:
    """Columns of each head: key, value, query, query of the context."""
    window = left + 1 + right
    fields: list[Field] = [
        ("NumHeads", heads),
        ("KeyDim", key),
        ("ValueDim", value),
        ("NumLeftInputs", left),
        ("NumRightInputs", right),
        ("TimeStride", stride),
        ("NumLeftInputsRequired", left - 1),
        ("NumRightInputsRequired", right),
        ("OutputContext", context),
        ("KeyScale", key**-0.5),
        ("StatsCount", Double(0)),
        ("EntropyStats", np.zeros(heads, np.float32)),
        ("PosteriorStats", np.zeros((heads, window), np.float32)),
    ]

    def function(x: At, t: int) -> Vector | None:
        frames = [x(t + step * stride) for step in range(-left, right + 1)]
        own = x(t)
        if own is None or any(frame is None for frame in frames[1:]):
            return None
        columns = len(own) // heads
        parts = []
        for head in range(heads):
            here = slice(head * columns, (head + 1) * columns)
            seen = [np.zeros(columns) if f is None else f[here] for f in frames]
            query = own[here][key + value :]
            scores = [key**-0.5 * query[:key] @ frame[:key] for frame in seen]
            weights = softmax(np.array(scores) + query[key:])
            parts.append(weights @ np.array([frame[key : key + value] for frame in seen]))
            if context:
                parts.append(weights)
        return np.concatenate(parts)

    width = heads * (value + (window if context else 0))
    return Part("RestrictedAttentionComponent", fields, width, function)
