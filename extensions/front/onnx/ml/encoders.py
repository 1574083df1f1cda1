"""Values looked up in lists: labels, categories, numbers for texts and texts for numbers."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.onnx.common import needed
from extensions.front.onnx.ml.common import ml
from extensions.ops.arithmetic import Add, Equal, Less, LogicalAnd, Minimum, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceLogicalAnd, ReduceSum
from extensions.ops.selection import Bucketize
from extensions.ops.shaping import Unsqueeze
from extensions.ops.strings import StringTensorUnpack
from extensions.ops.unary import IsNaN
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor

log = logging.getLogger("mo.onnx")
_I64 = ElementType.i64
_FIRST = np.int64(0)
# Characters that one text may be compared with.
_CHARACTERS_LIMIT = 1 << 20


def place_of(g: Graph, x: Output, keys: np.ndarray) -> Output:
    """The place of each element of ``x`` in ``keys``; the number of keys if it is not there."""
    if x.dtype is ElementType.string:
        return _place_of_text(g, x, keys)
    if not keys.size:
        raise invalid("it has no keys")
    kind = x.dtype if x.dtype.is_float else _I64
    x, keys = typed(g, x, kind), keys.astype(kind.numpy)
    is_nan = np.isnan(keys) if kind.is_float else np.zeros(keys.size, bool)
    order = np.argsort(keys[~is_nan], kind="stable")
    places = np.flatnonzero(~is_nan)[order]
    missing = g.constant(np.int64(keys.size))
    found = missing
    if order.size:
        found = _searched(g, x, keys[places], places, missing)
    if is_nan.any():
        nan = g.constant(np.int64(np.flatnonzero(is_nan)[-1]))
        found = g.add(Select(), g.add(IsNaN(), x), nan, found)
    return found


def _searched(
    g: Graph, x: Output, ordered: np.ndarray, places: np.ndarray, missing: Output
) -> Output:
    """By bisection: where x would be put in, if it is what stands there."""
    first = g.constant(_FIRST)
    bucket = g.add(Bucketize(output_type=_I64), x, g.constant(ordered))
    near = g.add(Minimum(), bucket, g.constant(np.int64(ordered.size - 1)))
    is_there = g.add(Equal(), g.add(Gather(), g.constant(ordered), near, first), x)
    return g.add(Select(), is_there, g.add(Gather(), g.constant(places), near, first), missing)


def _place_of_text(g: Graph, x: Output, keys: np.ndarray) -> Output:
    """Texts are equal if their lengths are, and every character."""
    texts = [key if isinstance(key, bytes) else str(key).encode() for key in keys]
    width = max(map(len, texts), default=0) or 1
    if len(texts) * width > _CHARACTERS_LIMIT:
        raise invalid(f"{len(texts)} texts of up to {width} bytes are too many to compare with")
    letters = np.zeros((len(texts), width), np.int32)
    for row, text in zip(letters, texts):
        row[: len(text)] = list(text)
    begins, ends, symbols = g.add_multi(StringTensorUnpack(), x)
    begins, lengths = typed(g, begins, _I64), typed(g, g.add(Subtract(), ends, begins), _I64)
    window = g.constant(np.arange(width, dtype=np.int64))
    # One character more, for what is read behind the last text.
    padded = g.add(
        Concat(axis=0), typed(g, symbols, ElementType.i32), g.constant(np.zeros(1, np.int32))
    )
    wide = g.add(Unsqueeze(), lengths, [-1])
    inside = g.add(Less(), window, wide)
    offsets = g.add(Add(), g.add(Unsqueeze(), begins, [-1]), window)
    at = g.add(Select(), inside, offsets, g.constant(np.int64(-1)))
    found = g.add(Gather(negative_indices=True), padded, at, g.constant(_FIRST))
    same = g.add(Equal(), g.add(Unsqueeze(), found, [-2]), g.constant(letters))
    sizes = g.constant(np.array([len(text) for text in texts], np.int64))
    match = g.add(LogicalAnd(), g.add(ReduceLogicalAnd(), same, [-1]), g.add(Equal(), wide, sizes))
    # The only match counts its place down from the number of keys.
    distance = g.constant(np.arange(len(texts), dtype=np.int64) - len(texts))
    place = g.add(Select(), match, distance, g.constant(_FIRST))
    return g.add(Add(), g.add(ReduceSum(), place, [-1]), g.constant(np.int64(len(texts))))


def mapped(g: Graph, x: Output, keys: Any, values: np.ndarray, default: Any) -> Output:
    """``values`` at the places of ``x`` among ``keys``, or the default.

    Of equal keys the first counts, as in onnxruntime (the text of the standard says the last).
    """
    keys = np.asarray(keys, object if x.dtype is ElementType.string else None)
    if keys.shape != values.shape:
        raise invalid(f"it has {keys.size} keys for {values.size} values")
    first = {_identity(key): -place for place, key in enumerate(reversed(keys.tolist()), 1)}
    kept = sorted(place + keys.size for place in first.values())
    kind = ElementType.string if values.dtype == object else ElementType.of(values.dtype)
    table = np.append(values[kept], np.array([default], values.dtype))
    found = place_of(g, x, keys[kept])
    return g.add(Gather(), g.constant(Tensor.of(table, kind)), found, g.constant(_FIRST))


def _identity(key: Any) -> Any:
    return "nan" if isinstance(key, float) and key != key else key


# ---- operations

_LISTS: dict[str, Any] = {"int64": np.int64, "float": np.float32, "string": object}


def _texts(values: Any) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = [v if isinstance(v, bytes) else str(v).encode() for v in values]
    return array


def _listed(node: SourceNode, what: str) -> np.ndarray:
    """The keys or the values, from one of three lists or a tensor; texts as bytes."""
    for kind, dtype in _LISTS.items():
        listed = node.get(f"{what}_{kind}s")
        if listed:
            return _texts(listed) if kind == "string" else np.asarray(listed, dtype)
    tensor = needed(node, f"{what}_tensor")
    array = tensor.array.reshape(-1)
    return _texts(array) if tensor.dtype is ElementType.string else array


def _default(node: SourceNode, values: np.ndarray) -> Any:
    """What unknown keys stand for, of the type of the values."""
    given = node.get("default_tensor")
    if values.dtype.kind == "O":
        text = node.get("default_string", "_Unused") if given is None else given.array.item()
        return _texts([text])[0]
    if given is not None:
        return given.array.item()
    if values.dtype.kind == "f":
        return node.get("default_float", -0.0)
    return node.get("default_int64", -1)


@ml("LabelEncoder")
def label_encoder_1(g: Graph, node: SourceNode, x: Output) -> Output:
    """Texts to their places in a list, or places to texts."""
    classes = _texts(needed(node, "classes_strings"))
    places = np.arange(classes.size)
    if x.dtype is ElementType.string:
        return mapped(g, x, classes, places, _default(node, places))
    return mapped(g, x, places, classes, _default(node, classes))


@ml("LabelEncoder", since=2)
def label_encoder_2(g: Graph, node: SourceNode, x: Output) -> Output:
    """A key that is NaN equals nothing."""
    keys, values = _listed(node, "keys"), _listed(node, "values")
    if keys.dtype.kind == "f" and keys.shape == values.shape:
        is_number = ~np.isnan(keys)
        keys, values = keys[is_number], values[is_number]
    return mapped(g, x, keys, values, _default(node, values))


@ml("LabelEncoder", since=4)
def label_encoder_4(g: Graph, node: SourceNode, x: Output) -> Output:
    """A key that is NaN equals every NaN."""
    values = _listed(node, "values")
    return mapped(g, x, _listed(node, "keys"), values, _default(node, values))


@ml("CategoryMapper")
def category_mapper(g: Graph, node: SourceNode, x: Output) -> Output:
    texts = _texts(needed(node, "cats_strings"))
    numbers = np.asarray(needed(node, "cats_int64s"), np.int64)
    if x.dtype is ElementType.string:
        return mapped(g, x, texts, numbers, _default(node, numbers))
    return mapped(g, x, numbers, texts, _default(node, texts))


@ml("OneHotEncoder")
def one_hot_encoder(g: Graph, node: SourceNode, x: Output) -> Output:
    """An axis more, with 1 at the place of the category; zeros for one that is not listed."""
    if not node.get("zeros", 1):
        log.warning("%s gives zeros for unknown categories, where ONNX would stop", node)
    if x.dtype is ElementType.string:
        keys = _texts(needed(node, "cats_strings"))
    else:
        x, keys = typed(g, x, _I64), np.asarray(needed(node, "cats_int64s"), np.int64)
    place = g.add(Unsqueeze(), place_of(g, x, keys), [-1])
    hit = g.add(Equal(), place, g.constant(np.arange(keys.size)))
    return typed(g, hit, ElementType.f32)
