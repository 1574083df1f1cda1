"""Normalisations, and scaling by trained numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    Array,
    Variant,
    numbers,
    positive,
    v,
)
from tests.front.caffe.formulas import normalization as f
from tests.front.caffe.formulas.common import along

# The runtime's LRN fails (and crashes) on an unknown number of channels.


def _normalizations() -> Iterator[Variant]:
    yield v("LRN", "lrn_param", "local_size: 5 alpha: 0.5", [(2, 12, 5, 6)])
    for size, alpha, beta, k in ((5, 1, 0.75, 1), (3, 0.5, 0.6, 1), (5, 1, 0.5, 2)):
        text = f"local_size: {size} alpha: {alpha} beta: {beta} k: {k}"
        yield v("LRN", "lrn_param", text, formula=f.lrn_across(size, alpha, beta, k))
    for size in (3, 5):
        text = f"norm_region: WITHIN_CHANNEL local_size: {size} alpha: 0.5 beta: 0.6"
        yield v("LRN", "lrn_param", text, formula=f.lrn_within(size, 0.5, 0.6))
    for factor in (1.0, 4.0, 0.0):
        blobs = [numbers(4), positive(4), np.array([factor], np.float32)]
        yield v("BatchNorm", blobs=blobs, formula=f.batch_norm(), note=f"factor {factor:g}")
    blobs = [numbers(4), positive(4), np.array([2], np.float32)]
    yield v("BatchNorm", "batch_norm_param", "eps: 0.1", [(2, 4)], blobs, f.batch_norm(0.1))
    yield v("BatchNorm", "batch_norm_param", "use_global_stats: true", blobs=blobs)
    text = "use_global_stats: true moving_average_fraction: 0.9 eps: 0.01"
    yield v("BatchNorm", "batch_norm_param", text, blobs=blobs, formula=f.batch_norm(0.01))
    text = "use_global_stats: false"

    def of_the_batch(x: Array, *_: Array) -> Array:
        spread = np.sqrt(x.var((0, 2, 3), keepdims=True) + 1e-5)
        return (x - x.mean((0, 2, 3), keepdims=True)) / spread

    yield v("BatchNorm", "batch_norm_param", text, blobs=blobs, formula=of_the_batch)
    four = [positive(4), numbers(4), numbers(4), positive(4)]
    yield v(
        *("BN", "bn_param", "eps: 0.001"),
        blobs=four,
        formula=lambda x, scale, shift, mean, variance: (
            along(1, 4, scale) * f.batch_norm(0.001)(x, mean, variance, [1.0]) + along(1, 4, shift)
        ),
    )
    yield v(
        *("BN", "bn_param", "bn_mode: INFERENCE"),
        blobs=four[:2],
        formula=lambda x, scale, shift: x * along(1, 4, scale) + along(1, 4, shift),
    )
    yield v("LRN", "lrn_param", "local_size: 4", note="not around a middle")
    yield v("Scale", blobs=[(4,)])
    yield v("Scale", formula=lambda x: x, opened=(0,), note="without blobs")
    text = "bias_term: true filler { value: 3 } bias_filler { value: -1 }"
    yield v("Scale", "scale_param", text, formula=lambda x: 3 * x - 1, opened=(0,))
    yield v("Bias", "bias_param", "filler { value: 2 }", formula=lambda x: x + 2, opened=(0,))
    text = "scale_filler { value: 20 }"
    once = np.float32([20])
    yield v("Normalize", "norm_param", text, formula=lambda x: f.normalize((1, 2, 3))(x, once))
    yield v("Scale", "scale_param", "bias_term: true", blobs=[(4,), (4,)])
    for axis, count, shape in (
        (0, 1, (2,)),
        (1, 2, (4, 7)),
        (-1, 1, (8,)),
        (1, -1, (4, 7, 8)),
        (0, 0, ()),
    ):
        at = axis % 4
        text = f"axis: {axis} num_axes: {count} bias_term: true"
        yield v(
            *("Scale", "scale_param", text),
            blobs=[shape, shape],
            formula=lambda x, a, b, at=at: x * along(at, 4, a) + along(at, 4, b),
            opened=(2, 3) if axis == 0 else (0,),
        )
        text = f"axis: {axis} num_axes: {count}"
        yield v(
            *("Bias", "bias_param", text),
            blobs=[shape],
            formula=lambda x, b, at=at: x + along(at, 4, b),
            opened=(2, 3) if axis == 0 else (0,),
        )
    for shape in ((2, 4), (2,), (2, 4, 7, 8)):
        yield v(
            *("Scale", "scale_param", "axis: 0", [(2, 4, 7, 8), shape]),
            formula=lambda x, a: x * along(0, 4, a),
            note=f"by {len(shape)} axes",
        )
        yield v(
            *("Bias", "bias_param", "axis: 0", [(2, 4, 7, 8), shape]),
            formula=lambda x, a: x + along(0, 4, a),
            note=f"by {len(shape)} axes",
        )
    for across, variance in ((0, 1), (1, 1), (0, 0), (1, 0)):
        axes = (1, 2, 3) if across else (2, 3)
        text = f"across_channels: {'true' if across else 'false'} "
        text += f"normalize_variance: {'true' if variance else 'false'}"
        yield v("MVN", "mvn_param", text, formula=f.mvn(axes, bool(variance), 1e-9))
    yield v("MVN", "mvn_param", "eps: 0.3", formula=f.mvn((2, 3), True, 0.3))
    yield v("MVN", note="(OpenCV)")
    for spatial in (0, 1):
        for shared in (0, 1):
            text = f"across_spatial: {'true' if spatial else 'false'} "
            text += f"channel_shared: {'true' if shared else 'false'}"
            formula = f.normalize((1, 2, 3) if spatial else (1,))
            blobs = [(1,) if shared else (4,)]
            yield v("Normalize", "norm_param", text, blobs=blobs, formula=formula)
    formula = f.normalize((1,), 0.5)
    text = "across_spatial: false channel_shared: false eps: 0.5"
    yield v("Normalize", "norm_param", text, blobs=[(4,)], formula=formula)
    yield v("GRN", formula=lambda x: x / np.sqrt((x * x).sum(1, keepdims=True) + 1))
    yield v(
        *("GRN", "grn_param", "bias: 0.2"),
        formula=lambda x: x / np.sqrt((x * x).sum(1, keepdims=True) + 0.2),
    )


def variants() -> Iterator[Variant]:
    yield from _normalizations()
