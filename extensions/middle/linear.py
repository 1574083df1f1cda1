"""Constant factors and summands folded into the weights and biases beside them.

Batch normalisation comes as a Multiply and an Add and disappears here. Only exact moves are
made: each is an identity of real numbers, so that results differ by rounding at most.
"""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import Add, Divide, Multiply
from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    GroupConvolution,
    GroupConvolutionBackpropData,
)
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, VariadicSplit
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Op
from mo.graph.shape import broadcast, is_static, same_shape, static
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

CONVOLUTIONS = (
    Convolution,
    GroupConvolution,
    ConvolutionBackpropData,
    GroupConvolutionBackpropData,
)

x, w = any_value("x"), const("w", where=lambda value: value.dtype.is_float)
weighted = match((*CONVOLUTIONS, MatMul), x, w, name="y")


def channel_factor(value: Output, rank: int, axis: int) -> int | None:
    """How many channels a constant laid along ``axis`` has; None if it has another form."""
    shape = value.shape
    if shape is None or len(shape) > rank:
        return None
    padded = (1,) * (rank - len(shape)) + shape
    if any(dim != 1 for i, dim in enumerate(padded) if i != axis):
        return None
    dim = padded[axis]
    return dim if isinstance(dim, int) else None


# Axes of the weights along which channels lie; of grouped weights the group axis comes first.
_OUTPUT_AXES: dict[type[Op], tuple[int, ...]] = {
    Convolution: (0,),
    ConvolutionBackpropData: (1,),
    GroupConvolution: (0, 1),
    GroupConvolutionBackpropData: (0, 2),
}
_INPUT_AXES: dict[type[Op], tuple[int, ...]] = {
    Convolution: (1,),
    ConvolutionBackpropData: (0,),
    GroupConvolution: (0, 2),
    GroupConvolutionBackpropData: (0, 1),
}


def _laid_along(
    g: Graph, factor: Output, weights: Output, axes: tuple[int, ...], rank: int
) -> Output | None:
    """A factor per channel (axis 1 of data of ``rank``) in the layout of the weights."""
    channels = channel_factor(factor, rank, 1)
    if channels is None or not is_static(weights.shape):
        return None
    if channels == 1:
        return _scalar(g, factor)
    shape = static(weights.shape) or ()
    layout = [1] * len(shape)
    if len(axes) > 1:
        layout[axes[0]] = shape[axes[0]]
    layout[axes[-1]] = -1
    return g.add(Reshape(), factor, layout)


def _along_outputs(g: Graph, node: Node, factor: Output) -> Output | None:
    """A factor of the output laid out so that it multiplies the weights."""
    op, weights, rank = node.op, node.inputs[1], node.outputs[0].rank
    assert weights is not None
    if rank is None:
        return None
    if not isinstance(op, MatMul):
        return _laid_along(g, factor, weights, _OUTPUT_AXES[type(op)], rank)
    shape = weights.shape or ()
    channels = channel_factor(factor, rank, rank - 1)
    if channels is None or len(shape) < 2:
        return None
    if channels == 1:
        return _scalar(g, factor)
    if channels != shape[-2 if op.transpose_b else -1]:
        return None
    return g.add(Reshape(), factor, [-1, 1] if op.transpose_b else [-1])


def _scalar(g: Graph, value: Output) -> Output:
    return g.add(Reshape(), value, np.empty(0, np.int64))


def _again(g: Graph, node: Node, data: Output, weights: Output) -> Output:
    """The operation of ``node`` on other inputs."""
    return g.add(node.op, data, weights, *node.inputs[2:])


@rewrite(match(Multiply, weighted, const("factor")))
def factor_into_weights(
    g: Graph, node: Node, x: Output, w: Output, y: Output, factor: Output
) -> Output | None:
    """(x * w) * factor -> x * (w * factor)"""
    if not same_shape(node.outputs[0].shape, y.shape):
        return None
    laid = _along_outputs(g, y.node, factor)
    return None if laid is None else _again(g, y.node, x, g.add(Multiply(), w, laid))


@rewrite(match(Multiply, match(Add, weighted, const("bias")), const("factor")))
def factor_before_bias(
    g: Graph, node: Node, y: Output, bias: Output, factor: Output
) -> Output | None:
    """(y + bias) * factor -> y * factor + bias * factor"""
    if not same_shape(node.outputs[0].shape, y.shape):
        return None
    return g.add(Add(), g.add(Multiply(), y, factor), g.add(Multiply(), bias, factor))


def _small(*values: Output) -> bool:
    """Whether combining these constants makes none larger than the largest of them."""
    shape = values[0].shape
    for value in values[1:]:
        shape = broadcast(shape, value.shape)
    return any(same_shape(shape, value.shape) for value in values)


@rewrite(match(Add, match(Add, x, const("a")), const("b")))
def sum_of_summands(g: Graph, x: Output, a: Output, b: Output) -> Output | None:
    if not a.dtype.is_float or not _small(a, b):
        return None
    return g.add(Add(), x, g.add(Add(), a, b))


@rewrite(
    match(
        Add,
        match(Add, x, const("a"), name="first"),
        match(Add, any_value("z"), const("b"), name="second"),
    )
)
def sum_of_biased(
    g: Graph, x: Output, z: Output, a: Output, b: Output, first: Output, second: Output
) -> Output | None:
    """(x + a) + (z + b) -> x + (z + (a + b)): one of two branches needs no bias."""
    if not a.dtype.is_float or not same_shape(a.shape, b.shape):
        return None
    if not same_shape(x.shape, first.shape) or not same_shape(z.shape, second.shape):
        return None
    if first.only_user() is None or second.only_user() is None:
        return None
    return g.add(Add(), x, g.add(Add(), z, g.add(Add(), a, b)))


@rewrite(match(Multiply, match(Multiply, x, const("a")), const("b")))
def product_of_factors(g: Graph, x: Output, a: Output, b: Output) -> Output | None:
    """(x * a) * b -> x * (a * b)"""
    return g.add(Multiply(), x, g.add(Multiply(), a, b)) if _combine(a, b) else None


@rewrite(match(Divide, match(Multiply, x, const("a")), const("b")))
def quotient_of_product(g: Graph, x: Output, a: Output, b: Output) -> Output | None:
    """(x * a) / b -> x * (a / b)"""
    return g.add(Multiply(), x, g.add(Divide(), a, b)) if _combine(a, b) else None


@rewrite(match(Divide, match(Divide, x, const("a")), const("b")))
def quotient_of_quotient(g: Graph, x: Output, a: Output, b: Output) -> Output | None:
    """(x / a) / b -> x / (a * b)"""
    return g.add(Divide(), x, g.add(Multiply(), a, b)) if _combine(a, b) else None


@rewrite(match(Multiply, match(Divide, x, const("a")), const("b")))
def product_of_quotient(g: Graph, x: Output, a: Output, b: Output) -> Output | None:
    """(x / a) * b -> x * (b / a)"""
    return g.add(Multiply(), x, g.add(Divide(), b, a)) if _combine(a, b) else None


def _combine(a: Output, b: Output) -> bool:
    """Whether two factors or divisors are as good as one."""
    return a.dtype.is_float and _small(a, b) and not _may_overflow(a, b)


def _may_overflow(a: Output, b: Output) -> bool:
    """Whether a product or quotient of the constants leaves the range in which f32 is exact."""
    if a.constant is None or b.constant is None:
        return True
    if a.constant.is_lazy or b.constant.is_lazy:
        return False
    sizes = np.abs([*_extremes(a.constant.array), *_extremes(b.constant.array)])
    return bool(sizes.max(initial=0) > 1e15 or sizes.min(initial=1) < 1e-15)


def _extremes(array: np.ndarray) -> list[float]:
    values = np.abs(array[array != 0].astype(np.float64))
    return [float(values.max()), float(values.min())] if values.size else []


@rewrite(match(CONVOLUTIONS, match((Multiply, Divide), x, const("factor"), name="product"), w))
def factor_of_input(
    g: Graph, node: Node, x: Output, w: Output, factor: Output, product: Output
) -> Output | None:
    """(x * factor) * w -> x * (w * factor), also of quotients; zero padding stays zero."""
    if x.rank is None or not same_shape(product.shape, x.shape):
        return None
    laid = _laid_along(g, factor, w, _INPUT_AXES[type(node.op)], x.rank)
    return None if laid is None else _again(g, node, x, g.add(product.node.op, w, laid))


@rewrite(
    match(
        Convolution,
        match(Add, x, const("summand"), name="total"),
        w,
        where=lambda op: op.auto_pad == "explicit" and not any(op.pads_begin + op.pads_end),
    )
)
def summand_of_input(
    g: Graph, node: Node, x: Output, w: Output, summand: Output, total: Output
) -> Output | None:
    """conv(x + c) -> conv(x) + conv(c), without padding: at the border it would be wrong."""
    if w.shape is None or not same_shape(total.shape, x.shape):
        return None
    rank = len(w.shape)
    channels = channel_factor(summand, rank, 1)
    if channels is None or not is_static(w.shape):
        return None
    laid = g.add(Reshape(), summand, [1, -1] + [1] * (rank - 2))
    sums = g.add(ReduceSum(), g.add(Multiply(), w, laid), list(range(1, rank)))
    bias = g.add(Reshape(), sums, [1, -1] + [1] * (rank - 2))
    return g.add(Add(), _again(g, node, x, w), bias)


def _takes_constants(value: Output) -> bool:
    """Whether a factor or summand of this value can go into weights or a bias."""
    node = value.node
    if isinstance(node.op, Add) and any(v is not None and v.is_constant for v in node.inputs):
        source = next((v for v in node.inputs if v is not None and not v.is_constant), None)
        if source is None or source.only_user() is None:
            return False
        node = source.node
    weights = node.inputs[1] if len(node.inputs) > 1 else None
    return isinstance(node.op, CONVOLUTIONS) and weights is not None and weights.is_constant


@rewrite(match((Multiply, Add), match(Concat, name="joined"), const("c")))
def constant_before_concat(g: Graph, node: Node, joined: Output, c: Output) -> Output | None:
    """op(concat(a, b), c) -> concat(op(a, c1), op(b, c2)), if each part can take its share in."""
    parts = [value for value in joined.node.inputs if value is not None]
    if joined.rank is None or joined.node.op.attributes()["axis"] != 1:
        return None
    if not all(value.only_user() is not None and _takes_constants(value) for value in parts):
        return None
    channels = channel_factor(c, joined.rank, 1)
    lengths = [None if value.shape is None else value.shape[1] for value in parts]
    if channels is None or not all(isinstance(length, int) for length in lengths):
        return None
    shares = (c,) * len(parts)
    if channels > 1:
        laid = g.add(Reshape(), c, [1, -1] + [1] * (joined.rank - 2))
        split = VariadicSplit(parts=len(parts))
        shares = g.add_multi(split, laid, g.constant(np.int64(1)), lengths)
    return g.add(joined.node.op, *(g.add(node.op, *pair) for pair in zip(parts, shares)))


RULES = (
    constant_before_concat,
    factor_into_weights,
    factor_before_bias,
    sum_of_summands,
    sum_of_biased,
    product_of_factors,
    quotient_of_product,
    quotient_of_quotient,
    product_of_quotient,
    factor_of_input,
    summand_of_input,
)
