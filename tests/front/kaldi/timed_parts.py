"""Components of nnet3 that look at several frames, and what they compute."""

from __future__ import annotations

import numpy as np

from tests.front.kaldi.networks import Part
from tests.front.kaldi.parts import UPDATABLE, normal, softmax
from tests.front.kaldi.reference import At, Vector
from tests.front.kaldi.writing import Double, Field


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
