"""Matrices and vectors: the affine family, shifts and scales, batch norm, constants."""

from __future__ import annotations

import numpy as np

from extensions.front.kaldi.common import (
    component_of,
    converts,
    dense,
    last_axis,
    reshape_columns,
    reshape_tail,
    spread,
    width_of,
)
from extensions.front.kaldi.component import Component
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.matrix import MatMul
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor


@converts(
    "AffineTransform",
    "AffineComponent",
    "AffineComponentPreconditioned",
    "AffineComponentPreconditionedOnline",
    "NaturalGradientAffineComponent",
    "FixedAffineComponent",
    "TdnnComponent",
)
def affine(g: Graph, node: SourceNode, x: Output) -> Output:
    """x W^T + b; x holds the frames of all time offsets in a TdnnComponent."""
    c = component_of(node)
    weights = c.matrix("LinearParams")
    return dense(g, x, weights, _bias(c, weights.shape[0]))


def _bias(c: Component, size: int) -> Tensor:
    bias = c.tensor("BiasParams")
    if bias.size not in (0, size) or (not bias.size and c.type != "TdnnComponent"):
        raise c.wrong(f"{bias.size} biases for {size} columns")
    return bias


@converts("LinearTransform", "LinearComponent")
def linear(g: Graph, node: SourceNode, x: Output) -> Output:
    return dense(g, x, component_of(node).matrix("Params"))


@converts("FixedLinearComponent")
def fixed_linear(g: Graph, node: SourceNode, x: Output) -> Output:
    return dense(g, x, component_of(node).matrix("CuMatrix"))


@converts("Dense")
def dense_(g: Graph, node: SourceNode, x: Output) -> Output:
    return dense(g, x, node.attributes["weights"], node.attributes["bias"])


@converts("BlockAffineComponent", "BlockAffineComponentPreconditioned")
def block_affine(g: Graph, node: SourceNode, x: Output) -> Output:
    """Each block of columns has rows of the matrix of its own."""
    c = component_of(node)
    weights, blocks = c.matrix("LinearParams"), c.size("NumBlocks")
    rows, columns = weights.shape
    stacked = weights.reshaped((blocks, c.split(rows, blocks), columns))
    # [..., blocks, 1, columns] x [blocks, columns, rows]
    apart = reshape_columns(g, x, blocks, 1, columns)
    y = g.add(MatMul(transpose_b=True), apart, g.constant(stacked))
    return g.add(Add(), reshape_tail(g, y, last_axis(x), [rows]), g.constant(_bias(c, rows)))


@converts("RepeatedAffineComponent", "NaturalGradientRepeatedAffineComponent")
def repeated_affine(g: Graph, node: SourceNode, x: Output) -> Output:
    """One matrix for all blocks of columns."""
    c = component_of(node)
    weights, repeats = c.matrix("LinearParams"), c.size("NumRepeats")
    rows, columns = weights.shape
    y = dense(g, reshape_columns(g, x, repeats, columns), weights, _bias(c, rows))
    return reshape_tail(g, y, last_axis(x), [rows * repeats])


# ---- one number for each column


def tiled(c: Component, name: str, width: int) -> np.ndarray:
    """A vector, repeated until it has ``width`` elements."""
    vector = c.vector(name)
    return np.tile(vector, c.split(width, vector.size))


@converts("AddShift", "FixedBiasComponent")
def shift(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Add(), x, g.constant(tiled(component_of(node), "Bias", width_of(x))))


@converts("Rescale", "FixedScaleComponent")
def scale(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Multiply(), x, g.constant(tiled(component_of(node), "Scales", width_of(x))))


@converts("PerElementScaleComponent", "NaturalGradientPerElementScaleComponent")
def element_scale(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Multiply(), x, g.constant(tiled(component_of(node), "Params", width_of(x))))


@converts("PerElementOffsetComponent")
def element_offset(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Add(), x, g.constant(tiled(component_of(node), "Offsets", width_of(x))))


@converts("ScaleAndOffsetComponent")
def scale_and_offset(g: Graph, node: SourceNode, x: Output) -> Output:
    c, width = component_of(node), width_of(x)
    scaled = g.add(Multiply(), x, g.constant(tiled(c, "Scales", width)))
    return g.add(Add(), scaled, g.constant(tiled(c, "Offsets", width)))


@converts("ScaleComponent", "BackpropTruncationComponent")
def scale_all(g: Graph, node: SourceNode, x: Output) -> Output:
    factor = component_of(node).get("Scale", 1.0)
    return x if factor == 1 else g.add(Multiply(), x, float(factor))


@converts("DropoutComponent")
def dropout(g: Graph, node: SourceNode, x: Output) -> Output:
    """nnet3 in use scales by the share that passes; nnet2 scales while it trains."""
    c = component_of(node)
    share = 0.0 if "DropoutScale" in c.fields else c.get("DropoutProportion", 0.0)
    return g.add(Multiply(), x, float(1 - share)) if share else x


@converts("Scale")
def scale_descriptor(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Multiply(), x, float(node.attributes["factor"]))


@converts("BatchNormComponent")
def batch_norm(g: Graph, node: SourceNode, x: Output) -> Output:
    """(x - mean) * TargetRms / sqrt(variance + Epsilon), the blocks of columns alike."""
    c, width = component_of(node), width_of(x)
    mean, variance = c.vector("StatsMean"), c.vector("StatsVar")
    if not c.get("Count", 1) and not mean.any() and not variance.any():
        raise UnsupportedError(
            "its statistics were never collected", hint="Train the network, or copy it with them."
        )
    times = c.split(width, mean.size)
    with np.errstate(over="ignore"):
        deviation = np.sqrt(variance.astype(np.float64) + c.value("Epsilon"))
        factor = c.get("TargetRms", 1.0) / deviation
        scale, offset = (
            np.tile(column, times).astype(np.float32) for column in (factor, -mean * factor)
        )
    return g.add(Add(), g.add(Multiply(), x, g.constant(scale)), g.constant(offset))


# ---- constants


@converts("ConstantFunctionComponent")
def constant_function(g: Graph, node: SourceNode, x: Output) -> Output:
    return spread(g, g.constant(component_of(node).tensor("Output")), x)


def _row(g: Graph, node: SourceNode, vector: Tensor) -> Output:
    """A vector as a value of one row: [1, columns] or [1, 1, columns]."""
    first = node.walk.value(node.walk.model.inputs[0].name)
    return g.constant(vector.reshaped((1,) * last_axis(first) + vector.shape))


@converts("ConstantComponent")
def constant(g: Graph, node: SourceNode) -> Output:
    return _row(g, node, component_of(node).tensor("Output"))


@converts("DropoutMaskComponent")
def mask(g: Graph, node: SourceNode) -> Output:
    """What a network in use multiplies by: the share that passes, or 1 with Continuous."""
    c = component_of(node)
    share = 1.0 if c.get("Continuous", False) else 1 - c.get("DropoutProportion", 0.0)
    return _row(g, node, Tensor.of(np.full(c.size("OutputDim"), share, np.float32)))


@converts("Const")
def const_descriptor(g: Graph, node: SourceNode) -> Output:
    width = node.attributes["columns"]
    return _row(g, node, Tensor.of(np.full(width, node.attributes["number"], np.float32)))
