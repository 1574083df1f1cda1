"""Components of nnet3 with random weights, and what they compute, from Kaldi's documentation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.front.kaldi.networks import Part
from tests.front.kaldi.reference import Vector, framewise
from tests.front.kaldi.writing import Double, Field

LEARNING_RATE: Field = ("LearningRate", 0.001)
UPDATABLE: list[Field] = [("MaxChange", 0.75), ("L2Regularize", 0.01), LEARNING_RATE]


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


def normalize(width: int) -> Part:
    """Rows of the root mean square 1."""
    fields: list[Field] = [("InputDim", width), ("TargetRms", 1.0), ("AddLogStddev", False)]
    function = framewise(lambda x: x / np.sqrt((x**2).mean()))
    return Part("NormalizeComponent", fields, width, function)


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
