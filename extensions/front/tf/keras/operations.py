"""Functions of keras.ops in functional models: one row or one short function for each.

Source of semantics: keras.io, "Keras ops API". The settings of a function are those of its node,
the tensors its arguments. Types are joined as keras.io, "Mixed dtype promotion", has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import all_axes, invalid, lift, rank_of, sliced, tiled, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.activation import activated
from extensions.front.tf.keras.common import Layer, layer
from extensions.ops import activation as act
from extensions.ops import arithmetic as two
from extensions.ops import reduction as over
from extensions.ops import unary as one
from extensions.ops.gathering import Gather
from extensions.ops.generating import OneHot
from extensions.ops.matrix import Einsum, MatMul
from extensions.ops.movement import Concat, Pad, Split, Transpose, VariadicSplit
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import normalize_axis

_F32, _I32, _BOOL = ElementType.f32, ElementType.i32, ElementType.boolean
_FAR = (1 << 31) - 1


def _operand(layer: Layer, place: int, name: str) -> Any:
    value = layer.argument(place, name)
    if value is None:
        raise invalid(f"its argument '{name}' is missing")
    return value


def _pair(layer: Layer) -> list[Any]:
    return [_operand(layer, place, name) for place, name in enumerate(("x1", "x2"))]


def _data(layer: Layer, name: str = "x") -> Output:
    """The first argument, which is a tensor."""
    value = _operand(layer, 0, name)
    if not isinstance(value, Output):
        raise refuse(f"a {layer.node.type} of what is no tensor")
    return value


def _common(layer: Layer, values: Sequence[Any], real: bool = False) -> list[Output]:
    """Values in one type: numbers of Python take that of the tensors, if it can hold them."""
    g = layer.g
    arrays = [g.constant(v) if isinstance(v, np.ndarray) else v for v in values]
    kinds = [v.dtype for v in arrays if isinstance(v, Output)]
    is_float = any(isinstance(v, float) for v in arrays) or real
    kind = _widest(kinds) if kinds else _F32
    if is_float and not kind.is_float:
        kind = _F32
    if kind is _BOOL and any(type(v) is int for v in arrays):
        kind = _I32
    return [
        typed(g, v, kind) if isinstance(v, Output) else g.constant(np.asarray(v), kind)
        for v in arrays
    ]


def _widest(kinds: Sequence[ElementType]) -> ElementType:
    floats = [kind for kind in kinds if kind.is_float]
    if floats:
        widest = max(floats, key=lambda kind: kind.bits)
        same = all(kind is widest for kind in floats if kind.bits == widest.bits)
        return widest if same else _F32
    return ElementType.of(np.result_type(*(kind.numpy for kind in kinds)))


# ---- element by element

_UNARY: dict[str, type[Op]] = {
    "Abs": one.Abs,
    "Absolute": one.Abs,
    "Ceil": one.Ceiling,
    "Floor": one.Floor,
    "Negative": one.Negative,
    "Sign": one.Sign,
}
# Of whole numbers they are computed as floats.
_REAL: dict[str, type[Op]] = {
    "Arccos": one.Acos,
    "Arccosh": one.Acosh,
    "Arcsin": one.Asin,
    "Arcsinh": one.Asinh,
    "Arctan": one.Atan,
    "Arctanh": one.Atanh,
    "Cos": one.Cos,
    "Cosh": one.Cosh,
    "Erf": one.Erf,
    "Exp": one.Exp,
    "Log": one.Log,
    "Sin": one.Sin,
    "Sinh": one.Sinh,
    "Sqrt": one.Sqrt,
    "Tan": one.Tan,
    "Tanh": act.Tanh,
}
_ACTIVATIONS = {
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "Relu": "relu",
    "Relu6": "relu6",
    "Selu": "selu",
    "Sigmoid": "sigmoid",
    "Silu": "silu",
    "Softplus": "softplus",
    "Softsign": "softsign",
}
_BINARY: dict[str, type[Op]] = {
    "Add": two.Add,
    "Maximum": two.Maximum,
    "Minimum": two.Minimum,
    "Mod": two.FloorMod,
    "Multiply": two.Multiply,
    "Power": two.Power,
    "Subtract": two.Subtract,
    "Equal": two.Equal,
    "Greater": two.Greater,
    "GreaterEqual": two.GreaterEqual,
    "Less": two.Less,
    "LessEqual": two.LessEqual,
    "NotEqual": two.NotEqual,
}
_LOGICAL: dict[str, type[Op]] = {
    "LogicalAnd": two.LogicalAnd,
    "LogicalOr": two.LogicalOr,
    "LogicalXor": two.LogicalXor,
}


def _named(layer: Layer) -> str:
    return layer.node.type.removeprefix("ops.")


def _of(names: Sequence[str] | dict[str, Any]) -> list[str]:
    return [f"ops.{name}" for name in names]


def _floats(layer: Layer, name: str = "x") -> Output:
    x = _data(layer, name)
    return x if x.dtype.is_float else typed(layer.g, x, _F32)


@layer(*_of(_UNARY))
def unary(layer: Layer, *data: Output) -> Output:
    return layer.g.add(_UNARY[_named(layer)](), _data(layer))


@layer(*_of(_REAL))
def real(layer: Layer, *data: Output) -> Output:
    return layer.g.add(_REAL[_named(layer)](), _floats(layer))


@layer(*_of(_ACTIVATIONS))
def function(layer: Layer, *data: Output) -> Output:
    return activated(layer, _floats(layer), _ACTIVATIONS[_named(layer)])


@layer(*_of(_BINARY))
def binary(layer: Layer, *data: Output) -> Output:
    pair = _pair(layer)
    a, b = _common(layer, pair)
    if a.dtype is _BOOL and _named(layer) in ("Add", "Maximum", "Minimum", "Multiply"):
        joins = _named(layer) in ("Add", "Maximum")
        return layer.g.add(two.LogicalOr() if joins else two.LogicalAnd(), a, b)
    return layer.g.add(_BINARY[_named(layer)](), a, b)


@layer(*_of(("Divide", "TrueDivide")))
def divide(layer: Layer, *data: Output) -> Output:
    pair = _pair(layer)
    return layer.g.add(two.Divide(), *_common(layer, pair, real=True))


@layer("ops.FloorDivide")
def floor_divide(layer: Layer, *data: Output) -> Output:
    pair = _pair(layer)
    a, b = _common(layer, pair)
    quotient = layer.g.add(two.Divide(), a, b)
    return layer.g.add(one.Floor(), quotient) if a.dtype.is_float else quotient


@layer(*_of(_LOGICAL))
def logical(layer: Layer, *data: Output) -> Output:
    pair = _pair(layer)
    return layer.g.add(_LOGICAL[_named(layer)](), *(_truth(layer, v) for v in pair))


@layer("ops.LogicalNot")
def logical_not(layer: Layer, *data: Output) -> Output:
    return layer.g.add(one.LogicalNot(), _truth(layer, _data(layer)))


def _truth(layer: Layer, value: Any) -> Output:
    g = layer.g
    if not isinstance(value, Output):
        return g.constant(np.asarray(value, bool))
    if value.dtype is _BOOL:
        return value
    return g.add(two.NotEqual(), value, g.constant(0, value.dtype))


@layer("ops.Square")
def square(layer: Layer, *data: Output) -> Output:
    x = _data(layer)
    return layer.g.add(two.Multiply(), x, x)


@layer("ops.Rsqrt")
def rsqrt(layer: Layer, *data: Output) -> Output:
    return layer.g.add(two.Power(), _floats(layer), -0.5)


@layer("ops.Reciprocal")
def reciprocal(layer: Layer, *data: Output) -> Output:
    return layer.g.add(two.Power(), _floats(layer), -1.0)


@layer("ops.Log1p")
def log1p(layer: Layer, *data: Output) -> Output:
    return layer.g.add(one.Log(), layer.g.add(two.Add(), _floats(layer), 1.0))


@layer("ops.Clip")
def clip(layer: Layer, *data: Output) -> Output:
    low, high = layer.needed("x_min"), layer.needed("x_max")
    x, least, most = _common(layer, [_data(layer), low, high])
    return layer.g.add(two.Minimum(), layer.g.add(two.Maximum(), x, least), most)


@layer("ops.Gelu")
def gelu(layer: Layer, *data: Output) -> Output:
    mode = "TANH" if layer.get("approximate", True) else "ERF"
    return layer.g.add(act.Gelu(approximation_mode=mode), _floats(layer))


@layer("ops.Elu")
def elu(layer: Layer, *data: Output) -> Output:
    return layer.g.add(act.Elu(alpha=float(layer.get("alpha", 1.0))), _floats(layer))


@layer("ops.LeakyRelu")
def leaky_relu(layer: Layer, *data: Output) -> Output:
    return layer.g.add(act.PReLU(), _floats(layer), float(layer.get("negative_slope", 0.2)))


@layer("ops.Softmax", "ops.LogSoftmax")
def softmax(layer: Layer, *data: Output) -> Output:
    x, op = _floats(layer), act.LogSoftmax if "Log" in layer.node.type else act.Softmax
    axis = layer.get("axis", -1)
    if not isinstance(axis, int):
        raise refuse(f"a softmax over the axes {axis}")
    return layer.g.add(op(axis=normalize_axis(axis, rank_of(x))), x)


@layer("ops.Cast")
def cast(layer: Layer, *data: Output) -> Output:
    return _as(layer, _data(layer), str(layer.needed("dtype")))


def _as(layer: Layer, x: Output, name: str) -> Output:
    kind = ElementType.of(np.dtype(name))
    return _truth(layer, x) if kind is _BOOL else typed(layer.g, x, kind)


@layer("ops.ConvertToTensor", "ops.Copy", "ops.StopGradient")
def same(layer: Layer, *data: Output) -> Output:
    """A tensor, perhaps of another type."""
    x, dtype = _data(layer), layer.get("dtype")
    return x if dtype is None else _as(layer, x, str(dtype))


@layer("ops.Where")
def where(layer: Layer, *data: Output) -> Output:
    chosen = [layer.argument(place, name) for place, name in ((1, "x1"), (2, "x2"))]
    if any(choice is None for choice in chosen):
        raise refuse("where of a condition alone")
    condition = _truth(layer, _operand(layer, 0, "condition"))
    return layer.g.add(two.Select(), condition, *_common(layer, chosen))


@layer("ops.ZerosLike", "ops.OnesLike", "ops.FullLike")
def like(layer: Layer, *data: Output) -> Output:
    g, x = layer.g, _data(layer)
    number = {"ZerosLike": 0, "OnesLike": 1}.get(_named(layer))
    value = layer.argument(1, "fill_value") if number is None else number
    if isinstance(value, Output):
        raise refuse("full_like of a computed number")
    dtype = layer.argument(2 if number is None else 1, "dtype")
    kind = x.dtype if dtype is None else ElementType.of(np.dtype(str(dtype)))
    return g.add(Broadcast(), g.constant(np.asarray(value), kind), g.add(ShapeOf(), x))


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


@layer(*_of(_REDUCTIONS))
def reduction(layer: Layer, *data: Output) -> Output:
    name, x = _named(layer), _data(layer)
    if layer.get("initial") is not None or layer.get("dtype") is not None:
        raise refuse(f"a {name} with an initial number or a type of its own")
    if x.dtype is _BOOL or (name in ("Prod", "Sum") and x.dtype.is_integer and x.dtype.bits < 32):
        x = typed(layer.g, x, _I32)
    return _reduced(layer, _REDUCTIONS[name], x)


@layer("ops.Mean")
def mean(layer: Layer, *data: Output) -> Output:
    return _reduced(layer, over.ReduceMean, _floats(layer))


@layer("ops.Any", "ops.All")
def any_or_all(layer: Layer, *data: Output) -> Output:
    op = over.ReduceLogicalOr if _named(layer) == "Any" else over.ReduceLogicalAnd
    return _reduced(layer, op, _truth(layer, _data(layer)))


@layer("ops.Var", "ops.Std")
def variance(layer: Layer, *data: Output) -> Output:
    g, x = layer.g, _floats(layer)
    centre = g.add(over.ReduceMean(keep_dims=True), x, _axes(layer, x))
    apart = g.add(two.SquaredDifference(), x, centre)
    result = _reduced(layer, over.ReduceMean, apart)
    return result if _named(layer) == "Var" else g.add(one.Sqrt(), result)


@layer("ops.Argmax", "ops.Argmin")
def extreme_place(layer: Layer, *data: Output) -> Output:
    g, x, axis = layer.g, _data(layer), layer.get("axis")
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    mode = "max" if _named(layer) == "Argmax" else "min"
    axis = normalize_axis(axis, rank_of(x))
    op = TopK(axis=axis, mode=mode, stable=True)
    _, places = g.add_multi(op, x, np.int64(1))
    return places if layer.get("keepdims") else g.add(Squeeze(), places, [axis])


@layer("ops.TopK")
def top_k(layer: Layer, *data: Output) -> tuple[Output, ...]:
    x = _data(layer)
    op = TopK(axis=rank_of(x) - 1, stable=True)
    return layer.g.add_multi(op, x, np.int64(layer.needed("k")))


@layer("ops.Cumsum")
def cumsum(layer: Layer, *data: Output) -> Output:
    x, axis = _data(layer), layer.get("axis")
    if axis is None or layer.get("dtype") is not None:
        raise refuse("a cumsum of all elements, or with a type of its own")
    return layer.g.add(one.CumSum(), x, layer.g.constant(np.int64(axis)))


# ---- products


@layer("ops.Matmul")
def matmul(layer: Layer, *data: Output) -> Output:
    pair = _pair(layer)
    return layer.g.add(MatMul(), *_common(layer, pair))


@layer("ops.Einsum")
def einsum(layer: Layer, *data: Output) -> Output:
    values = _common(layer, layer.data)
    return layer.g.add(Einsum(equation=str(layer.needed("subscripts")).replace(" ", "")), *values)


# ---- shapes and parts


@layer("ops.Reshape")
def reshape(layer: Layer, *data: Output) -> Output:
    sizes = layer.needed("newshape")
    listed = [sizes] if isinstance(sizes, int) else [-1 if s is None else s for s in sizes]
    return layer.g.add(Reshape(), _data(layer), listed)


@layer("ops.Transpose")
def transpose(layer: Layer, *data: Output) -> Output:
    x, axes = _data(layer), layer.get("axes")
    order = list(range(rank_of(x)))[::-1] if axes is None else list(axes)
    return layer.g.add(Transpose(), x, [normalize_axis(axis, rank_of(x)) for axis in order])


@layer("ops.Swapaxes")
def swap_axes(layer: Layer, *data: Output) -> Output:
    x = _data(layer)
    order = list(range(rank_of(x)))
    a, b = (normalize_axis(layer.needed(n), len(order)) for n in ("axis1", "axis2"))
    order[a], order[b] = b, a
    return layer.g.add(Transpose(), x, order)


@layer("ops.Moveaxis")
def move_axis(layer: Layer, *data: Output) -> Output:
    x = _data(layer)
    pairs = [layer.needed(name) for name in ("source", "destination")]
    taken, put = ([v] if isinstance(v, int) else list(v) for v in pairs)
    rank = rank_of(x)
    moved = [normalize_axis(axis, rank) for axis in taken]
    places = [axis for axis in range(rank) if axis not in moved]
    for target, source in sorted(zip((normalize_axis(p, rank) for p in put), moved)):
        places.insert(target, source)
    return layer.g.add(Transpose(), x, places)


@layer("ops.ExpandDims")
def expand_dims(layer: Layer, *data: Output) -> Output:
    axis = layer.needed("axis")
    return lift(layer.g, _data(layer), [axis] if isinstance(axis, int) else list(axis))


@layer("ops.Squeeze")
def squeeze(layer: Layer, *data: Output) -> Output:
    x, axis = _data(layer), layer.get("axis")
    if axis is None:
        return layer.g.add(Squeeze(), x)
    return layer.g.add(Squeeze(), x, [axis] if isinstance(axis, int) else list(axis))


@layer("ops.Concatenate")
def concatenate(layer: Layer, *data: Output) -> Output:
    values = _common(layer, _operand(layer, 0, "xs"))
    axis = normalize_axis(layer.get("axis", -1), rank_of(values[0]))
    return layer.g.add(Concat(axis=axis), *values)


@layer("ops.Stack")
def stack(layer: Layer, *data: Output) -> Output:
    values = _common(layer, _operand(layer, 0, "x"))
    axis = normalize_axis(layer.get("axis", 0), rank_of(values[0]) + 1)
    return layer.g.add(Concat(axis=axis), *(lift(layer.g, value, [axis]) for value in values))


@layer("ops.Split")
def split(layer: Layer, *data: Output) -> tuple[Output, ...]:
    g, x, parts = layer.g, _data(layer), layer.needed("indices_or_sections")
    axis = g.constant(np.int64(layer.get("axis", 0)))
    if isinstance(parts, int):
        return g.add_multi(Split(num_splits=parts), x, axis)
    sizes = [b - a for a, b in zip([0, *parts], parts)]
    return g.add_multi(VariadicSplit(parts=len(parts) + 1), x, axis, [*sizes, -1])


@layer("ops.Unstack")
def unstack(layer: Layer, *data: Output) -> list[Output]:
    g, x = layer.g, _data(layer)
    axis = normalize_axis(layer.get("axis", 0), rank_of(x))
    count = layer.get("num") or (x.shape or ())[axis]
    if not isinstance(count, int):
        raise refuse("unstack along an axis of open size")
    parts = g.add_multi(Split(num_splits=count), x, g.constant(np.int64(axis)))
    return [g.add(Squeeze(), part, [axis]) for part in parts]


@layer("ops.GetItem")
def get_item(layer: Layer, *data: Output) -> Output:
    """Numbers, slices, new axes and an ellipsis, as numpy indexes."""
    g, x, key = layer.g, _data(layer), layer.argument(1, "key")
    entries = list(key) if isinstance(key, list) else [key]
    if not all(e is None or e is ... or isinstance(e, (slice, int)) for e in entries):
        raise refuse("an index that is a tensor or a list")
    used = sum(entry is not None and entry is not ... for entry in entries)
    fill = [slice(None)] * (rank_of(x) - used)
    at = entries.index(...) if ... in entries else len(entries)
    entries[at : at + 1] = fill
    along = [entry for entry in entries if entry is not None]
    starts, stops, steps = ([_limits(entry)[part] for entry in along] for part in range(3))
    y = sliced(g, x, starts, stops, list(range(len(along))), steps)
    gone = [axis for axis, entry in enumerate(along) if isinstance(entry, int)]
    y = g.add(Squeeze(), y, gone) if gone else y
    left = [entry for entry in entries if not isinstance(entry, int)]
    return lift(g, y, [axis for axis, entry in enumerate(left) if entry is None])


def _limits(entry: Any) -> tuple[int, int, int]:
    """Start, end and step of an index."""
    if isinstance(entry, int):
        return entry, _FAR if entry == -1 else entry + 1, 1
    step = 1 if entry.step is None else entry.step
    start, stop = (0, _FAR) if step > 0 else (_FAR, -_FAR)
    return (
        start if entry.start is None else entry.start,
        stop if entry.stop is None else entry.stop,
        step,
    )


@layer("ops.Take")
def take(layer: Layer, *data: Output) -> Output:
    g, x, axis = layer.g, _data(layer), layer.get("axis")
    indices = _operand(layer, 1, "indices")
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    if isinstance(indices, Output):
        places = indices if indices.dtype.is_integer else typed(g, indices, _I32)
    else:
        places = g.constant(np.asarray(indices, np.int64))
    along = g.constant(np.int64(normalize_axis(axis, rank_of(x))))
    return g.add(Gather(negative_indices=True), x, places, along)


@layer("ops.Flip")
def flip(layer: Layer, *data: Output) -> Output:
    x = _data(layer)
    axes = sorted(normalize_axis(int(a), rank_of(x)) for a in np.atleast_1d(_flipped(layer, x)))
    count = len(axes)
    return sliced(layer.g, x, [_FAR] * count, [-_FAR] * count, axes, [-1] * count)


def _flipped(layer: Layer, x: Output) -> Any:
    return list(range(rank_of(x))) if layer.get("axis") is None else layer.get("axis")


@layer("ops.Tile")
def tile(layer: Layer, *data: Output) -> Output:
    g, x, repeats = layer.g, _data(layer), layer.needed("repeats")
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    x = lift(g, x, list(range(len(counts) - rank_of(x))))
    counts = [1] * (rank_of(x) - len(counts)) + counts
    return tiled(g, x, g.constant(np.asarray(counts, np.int64)))


@layer("ops.BroadcastTo")
def broadcast_to(layer: Layer, *data: Output) -> Output:
    sizes = [1 if size is None else size for size in layer.needed("shape")]
    return layer.g.add(Broadcast(mode="bidirectional"), _data(layer), sizes)


@layer("ops.Pad")
def pad(layer: Layer, *data: Output) -> Output:
    g, x, widths = layer.g, _data(layer), layer.needed("pad_width")
    mode, value = layer.get("mode", "constant"), layer.argument(1, "constant_values", 0)
    pairs = [[w, w] if isinstance(w, int) else list(w) for w in np.atleast_1d(widths).tolist()]
    if pairs and len(pairs) == 1:
        pairs = pairs * rank_of(x)
    if mode not in ("constant", "reflect", "symmetric") or isinstance(value, Output):
        raise refuse(f"padding of the mode '{mode}'")
    begin, end = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if mode != "constant":
        return g.add(Pad(pad_mode=str(mode)), x, begin, end)
    return g.add(Pad(), x, begin, end, g.constant(np.asarray(value or 0), x.dtype))


@layer("ops.OneHot")
def one_hot(layer: Layer, *data: Output) -> Output:
    g, x = layer.g, _data(layer)
    if layer.get("sparse"):
        raise refuse("a sparse one_hot")
    kind = ElementType.of(np.dtype(str(layer.get("dtype") or "float32")))
    classes = g.constant(np.int64(layer.needed("num_classes")))
    axis = normalize_axis(layer.get("axis", -1), rank_of(x) + 1)
    on, off = (g.constant(np.asarray(number), kind) for number in (1, 0))
    return g.add(OneHot(axis=axis), typed(g, x, _I32), classes, on, off)


@layer("ops.Resize")
def resize(layer: Layer, *data: Output) -> Output:
    g, x, kind = layer.g, _data(layer, "images"), str(layer.get("interpolation", "bilinear"))
    name = {"bilinear": "ResizeBilinear", "nearest": "ResizeNearestNeighbor"}.get(kind)
    odd = [k for k in ("antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio") if layer.get(k)]
    if name is None or odd or not layer.channels_last or rank_of(x) != 4:
        raise refuse(f"a resize by '{kind}' with these settings ({', '.join(odd)})")
    sizes = g.constant(np.asarray(layer.needed("size"), np.int32))
    result: Output = layer.tf(name, x, sizes, half_pixel_centers=True)
    return result
