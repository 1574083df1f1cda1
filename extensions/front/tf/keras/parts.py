"""Functions of keras.ops that move elements, take parts of tensors and join them."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import lift, rank_of, sliced, tiled, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.operands import (
    I32,
    data_of,
    in_common,
    operand,
)
from extensions.ops.gathering import Gather
from extensions.ops.generating import OneHot
from extensions.ops.movement import Concat, Pad, Split, Transpose, VariadicSplit
from extensions.ops.shaping import Broadcast, Reshape, Squeeze
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.shape import normalize_axis

_FAR = (1 << 31) - 1

# ---- shapes and parts


@layer("ops.Reshape")
def reshape(layer: Layer, *data: Output) -> Output:
    sizes = layer.needed("newshape")
    listed = [sizes] if isinstance(sizes, int) else [-1 if s is None else s for s in sizes]
    return layer.g.add(Reshape(), data_of(layer), listed)


@layer("ops.Transpose")
def transpose(layer: Layer, *data: Output) -> Output:
    x, axes = data_of(layer), layer.get("axes")
    order = list(range(rank_of(x)))[::-1] if axes is None else list(axes)
    return layer.g.add(Transpose(), x, [normalize_axis(axis, rank_of(x)) for axis in order])


@layer("ops.Swapaxes")
def swap_axes(layer: Layer, *data: Output) -> Output:
    x = data_of(layer)
    order = list(range(rank_of(x)))
    a, b = (normalize_axis(layer.needed(n), len(order)) for n in ("axis1", "axis2"))
    order[a], order[b] = b, a
    return layer.g.add(Transpose(), x, order)


@layer("ops.Moveaxis")
def move_axis(layer: Layer, *data: Output) -> Output:
    x = data_of(layer)
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
    return lift(layer.g, data_of(layer), [axis] if isinstance(axis, int) else list(axis))


@layer("ops.Squeeze")
def squeeze(layer: Layer, *data: Output) -> Output:
    x, axis = data_of(layer), layer.get("axis")
    if axis is None:
        return layer.g.add(Squeeze(), x)
    return layer.g.add(Squeeze(), x, [axis] if isinstance(axis, int) else list(axis))


@layer("ops.Concatenate")
def concatenate(layer: Layer, *data: Output) -> Output:
    values = in_common(layer, operand(layer, 0, "xs"))
    axis = normalize_axis(layer.get("axis", -1), rank_of(values[0]))
    return layer.g.add(Concat(axis=axis), *values)


@layer("ops.Stack")
def stack(layer: Layer, *data: Output) -> Output:
    values = in_common(layer, operand(layer, 0, "x"))
    axis = normalize_axis(layer.get("axis", 0), rank_of(values[0]) + 1)
    return layer.g.add(Concat(axis=axis), *(lift(layer.g, value, [axis]) for value in values))


@layer("ops.Split")
def split(layer: Layer, *data: Output) -> tuple[Output, ...]:
    g, x, parts = layer.g, data_of(layer), layer.needed("indices_or_sections")
    axis = g.constant(np.int64(layer.get("axis", 0)))
    if isinstance(parts, int):
        return g.add_multi(Split(num_splits=parts), x, axis)
    sizes = [b - a for a, b in zip([0, *parts], parts)]
    return g.add_multi(VariadicSplit(parts=len(parts) + 1), x, axis, [*sizes, -1])


@layer("ops.Unstack")
def unstack(layer: Layer, *data: Output) -> list[Output]:
    g, x = layer.g, data_of(layer)
    axis = normalize_axis(layer.get("axis", 0), rank_of(x))
    count = layer.get("num") or (x.shape or ())[axis]
    if not isinstance(count, int):
        raise refuse("unstack along an axis of open size")
    parts = g.add_multi(Split(num_splits=count), x, g.constant(np.int64(axis)))
    return [g.add(Squeeze(), part, [axis]) for part in parts]


@layer("ops.GetItem")
def get_item(layer: Layer, *data: Output) -> Output:
    """Numbers, slices, new axes and an ellipsis, as numpy indexes."""
    g, x, key = layer.g, data_of(layer), layer.argument(1, "key")
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
    g, x, axis = layer.g, data_of(layer), layer.get("axis")
    indices = operand(layer, 1, "indices")
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    if isinstance(indices, Output):
        places = indices if indices.dtype.is_integer else typed(g, indices, I32)
    else:
        places = g.constant(np.asarray(indices, np.int64))
    along = g.constant(np.int64(normalize_axis(axis, rank_of(x))))
    return g.add(Gather(negative_indices=True), x, places, along)


@layer("ops.Flip")
def flip(layer: Layer, *data: Output) -> Output:
    x = data_of(layer)
    axes = sorted(normalize_axis(int(a), rank_of(x)) for a in np.atleast_1d(_flipped(layer, x)))
    count = len(axes)
    return sliced(layer.g, x, [_FAR] * count, [-_FAR] * count, axes, [-1] * count)


def _flipped(layer: Layer, x: Output) -> Any:
    return list(range(rank_of(x))) if layer.get("axis") is None else layer.get("axis")


@layer("ops.Tile")
def tile(layer: Layer, *data: Output) -> Output:
    g, x, repeats = layer.g, data_of(layer), layer.needed("repeats")
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    x = lift(g, x, list(range(len(counts) - rank_of(x))))
    counts = [1] * (rank_of(x) - len(counts)) + counts
    return tiled(g, x, g.constant(np.asarray(counts, np.int64)))


@layer("ops.BroadcastTo")
def broadcast_to(layer: Layer, *data: Output) -> Output:
    sizes = [1 if size is None else size for size in layer.needed("shape")]
    return layer.g.add(Broadcast(mode="bidirectional"), data_of(layer), sizes)


@layer("ops.Pad")
def pad(layer: Layer, *data: Output) -> Output:
    g, x, widths = layer.g, data_of(layer), layer.needed("pad_width")
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
    g, x = layer.g, data_of(layer)
    if layer.get("sparse"):
        raise refuse("a sparse one_hot")
    kind = ElementType.of(np.dtype(str(layer.get("dtype") or "float32")))
    classes = g.constant(np.int64(layer.needed("num_classes")))
    axis = normalize_axis(layer.get("axis", -1), rank_of(x) + 1)
    on, off = (g.constant(np.asarray(number), kind) for number in (1, 0))
    return g.add(OneHot(axis=axis), typed(g, x, I32), classes, on, off)


@layer("ops.Resize")
def resize(layer: Layer, *data: Output) -> Output:
    g, x, kind = layer.g, data_of(layer, "images"), str(layer.get("interpolation", "bilinear"))
    name = {"bilinear": "ResizeBilinear", "nearest": "ResizeNearestNeighbor"}.get(kind)
    odd = [k for k in ("antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio") if layer.get(k)]
    if name is None or odd or not layer.channels_last or rank_of(x) != 4:
        raise refuse(f"a resize by '{kind}' with these settings ({', '.join(odd)})")
    sizes = g.constant(np.asarray(layer.needed("size"), np.int32))
    result: Output = layer.tf(name, x, sizes, half_pixel_centers=True)
    return result
