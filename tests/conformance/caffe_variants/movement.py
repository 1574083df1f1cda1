"""Layers that move, pick or sum up numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    RANDOM,
    Array,
    Variant,
    distinct,
    numbers,
    v,
)
from tests.front.caffe.formulas import movement as f


def _moves() -> Iterator[Variant]:
    yield v("Flatten")
    yield v("Flatten", "flatten_param", "axis: 2")
    yield v("Flatten", "flatten_param", "axis: 1 end_axis: 2")
    yield v("Flatten", "flatten_param", "axis: 0 end_axis: 1", formula=lambda x: x.reshape(8, 7, 8))
    for text, shape in (
        ("shape { dim: 0 dim: -1 }", (2, 224)),
        ("shape { dim: 0 dim: 2 dim: -1 dim: 7 }", (2, 2, 16, 7)),
        ("shape { dim: -1 dim: 8 } axis: 1", (2, 28, 8)),
        ("shape { dim: 2 dim: -1 } axis: 1 num_axes: 1", (2, 2, 2, 7, 8)),
        ("shape { dim: 56 } axis: -2", (2, 4, 7, 8)),
        ("shape { dim: 56 } axis: 2", (2, 4, 56)),
        ("shape { dim: 1 } axis: 1 num_axes: 0", (2, 1, 4, 7, 8)),
    ):
        if "axis: -2" in text:
            text, shape = "shape { dim: 28 dim: 2 } axis: -3", (2, 4, 28, 2)
        formula = lambda x, shape=shape: x.reshape(shape)  # noqa: E731
        yield v("Reshape", "reshape_param", text, formula=formula)
    yield v("Permute", "permute_param", "order: 0 order: 2 order: 3 order: 1")
    yield v(
        *("Permute", "permute_param", "order: 1"),
        formula=lambda x: x.transpose(1, 0, 2, 3),
        note="the rest behind",
    )
    pair = [(2, 4, 7, 8), (1, 3, 5, 4)]
    yield v("Crop", "crop_param", "axis: 2 offset: 1", pair)
    yield v("Crop", "crop_param", "axis: 2 offset: 2 offset: 3", pair)
    yield v(
        *("Crop", "crop_param", "axis: 1 offset: 1 offset: 0 offset: 2", pair),
        formula=lambda x, y: x[:, 1:4, 0:5, 2:6],
    )
    yield v("Crop", inputs=pair, formula=lambda x, y: x[:, :, :5, :4])
    text = "axis: 2 offset: 1 dimsize: 3 dimsize: 4"
    yield v("Crop", "crop_param", text, formula=lambda x: x[:, :, 1:4, 1:5])
    yield v("Tile", "tile_param", "tiles: 3", formula=lambda x: np.tile(x, (1, 3, 1, 1)))
    yield v("Tile", "tile_param", "axis: -1 tiles: 2", formula=lambda x: np.tile(x, 2))
    yield v("ShuffleChannel", "shuffle_channel_param", "group: 2")
    yield v("Reverse", formula=lambda x: x[::-1])
    yield v("Reverse", "reverse_param", "axis: 2", formula=lambda x: x[:, :, ::-1])


def _selections() -> Iterator[Variant]:
    x = distinct(2, 4, 3, 5)
    for text, options in (
        ("", {}),
        ("top_k: 3", {"top_k": 3}),
        ("out_max_val: true", {"values": True}),
        ("out_max_val: true top_k: 2", {"values": True, "top_k": 2}),
        ("axis: 1", {"axis": 1}),
        ("axis: -1 top_k: 2", {"axis": 3, "top_k": 2}),
        ("axis: 2 out_max_val: true", {"axis": 2, "values": True}),
    ):
        yield v("ArgMax", "argmax_param", text, [x], (), f.arg_max(**options))
    yield v(
        "ArgMax", "", "", [distinct(3, 5)], (), lambda x: x.argmax(1).reshape(3, 1, 1), note="2-D"
    )
    sums: dict[str, Callable[..., Array]] = {
        "SUM": lambda x, axes: x.sum(axes),
        "ASUM": lambda x, axes: np.abs(x).sum(axes),
        "SUMSQ": lambda x, axes: (x * x).sum(axes),
        "MEAN": lambda x, axes: x.mean(axes),
    }
    for operation, reduce in sums.items():
        for axis in (0, 1, -1):
            text = f"operation: {operation} axis: {axis} coeff: 2"
            axes = tuple(range(axis % 4, 4))
            formula = lambda x, r=reduce, axes=axes: np.asarray(2 * r(x, axes))  # noqa: E731
            yield v("Reduction", "reduction_param", text, formula=formula)
    keep = np.float32([1, 0, 1])
    yield v("Filter", inputs=[(3, 4), keep], formula=lambda x, k: x[k > 0])
    yield v(
        *("Filter", "", "", [(3, 4), (3, 2, 5), keep.reshape(3, 1, 1, 1)]),
        formula=lambda x, y, k: (x[::2], y[::2]),
        tops=2,
        note="of two bottoms",
    )
    yield v("Filter", inputs=[(3, 4), keep * 0], formula=lambda x, k: x[:0], note="nothing left")
    x, places = numbers(2, 3, 2, 3), np.stack([RANDOM.permutation(24)[:6] for _ in range(6)])
    mask = places.reshape(2, 3, 2, 3).astype(np.float32)
    for text, size in (
        ("", (4, 6)),
        ("scale: 3", (6, 9)),
        ("scale_h: 2 scale_w: 3", (4, 9)),
        ("scale_h: 3 scale_w: 2 pad_out_h: true", (5, 6)),
        ("pad_out_w: true scale_h: 3", (6, 5)),
        ("upsample_h: 4 upsample_w: 7", (4, 7)),
    ):
        yield v("Upsample", "upsample_param", text, [x, mask], (), f.unpooled(*size))
    index = np.array([1, 1, 0], np.float32)
    yield v("BatchReindex", inputs=[(2, 3, 4), index], formula=lambda x, i: x[i.astype(int)])


def variants() -> Iterator[Variant]:
    yield from _moves()
    yield from _selections()
