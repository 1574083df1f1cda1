"""Functions of keras.ops over axes, and products of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import all_axes, rank_of, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.operands import (
    BOOL,
    I32,
    data_of,
    floats,
    function_of,
    in_common,
    pair_of,
    truth,
    types_of,
)
from extensions.ops import arithmetic as two
from extensions.ops import reduction as over
from extensions.ops import unary as one
from extensions.ops.matrix import Einsum, MatMul
from extensions.ops.selection import TopK
from extensions.ops.shaping import Reshape, Squeeze
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import normalize_axis

# ---- over axes

_REDUCTIONS: dict[str, type[Op]] = {
    "Amax": over.ReduceMax,
    "Amin": over.ReduceMin,
    "Max": over.ReduceMax,
    "Min": over.ReduceMin,
    "Prod": over.ReduceProd,
    "Sum": over.ReduceSum,
}


def _reduced(layer: Layer, op: type[Any], x: Output) -> Output:
    keeps = bool(layer.get("keepdims", False))
    return layer.g.add(op(keep_dims=keeps), x, _axes(layer, x))


def _axes(layer: Layer, x: Output) -> Any:
    axis = layer.get("axis")
    return all_axes(layer.g, x) if axis is None else [axis] if isinstance(axis, int) else list(axis)


@layer(*types_of(_REDUCTIONS))
def reduction(layer: Layer, *data: Output) -> Output:
    name, x = function_of(layer), data_of(layer)
    if layer.get("initial") is not None or layer.get("dtype") is not None:
        raise refuse(f"a {name} with an initial number or a type of its own")
    if x.dtype is BOOL or (name in ("Prod", "Sum") and x.dtype.is_integer and x.dtype.bits < 32):
        x = typed(layer.g, x, I32)
    return _reduced(layer, _REDUCTIONS[name], x)


@layer("ops.Mean")
def mean(layer: Layer, *data: Output) -> Output:
    return _reduced(layer, over.ReduceMean, floats(layer))


@layer("ops.Any", "ops.All")
def any_or_all(layer: Layer, *data: Output) -> Output:
    op = over.ReduceLogicalOr if function_of(layer) == "Any" else over.ReduceLogicalAnd
    return _reduced(layer, op, truth(layer, data_of(layer)))


@layer("ops.Var", "ops.Std")
def variance(layer: Layer, *data: Output) -> Output:
    g, x = layer.g, floats(layer)
    centre = g.add(over.ReduceMean(keep_dims=True), x, _axes(layer, x))
    apart = g.add(two.SquaredDifference(), x, centre)
    result = _reduced(layer, over.ReduceMean, apart)
    return result if function_of(layer) == "Var" else g.add(one.Sqrt(), result)


@layer("ops.Argmax", "ops.Argmin")
def extreme_place(layer: Layer, *data: Output) -> Output:
    g, x, axis = layer.g, data_of(layer), layer.get("axis")
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    mode = "max" if function_of(layer) == "Argmax" else "min"
    axis = normalize_axis(axis, rank_of(x))
    op = TopK(axis=axis, mode=mode, stable=True)
    _, places = g.add_multi(op, x, np.int64(1))
    return places if layer.get("keepdims") else g.add(Squeeze(), places, [axis])


@layer("ops.TopK")
def top_k(layer: Layer, *data: Output) -> tuple[Output, ...]:
    x = data_of(layer)
    op = TopK(axis=rank_of(x) - 1, stable=True)
    return layer.g.add_multi(op, x, np.int64(layer.needed("k")))


@layer("ops.Cumsum")
def cumsum(layer: Layer, *data: Output) -> Output:
    x, axis = data_of(layer), layer.get("axis")
    if axis is None or layer.get("dtype") is not None:
        raise refuse("a cumsum of all elements, or with a type of its own")
    return layer.g.add(one.CumSum(), x, layer.g.constant(np.int64(axis)))


# ---- products


@layer("ops.Matmul")
def matmul(layer: Layer, *data: Output) -> Output:
    pair = pair_of(layer)
    return layer.g.add(MatMul(), *in_common(layer, pair))


@layer("ops.Einsum")
def einsum(layer: Layer, *data: Output) -> Output:
    values = in_common(layer, layer.data)
    return layer.g.add(Einsum(equation=str(layer.needed("subscripts")).replace(" ", "")), *values)
