"""Resizing, crops, patches, colours."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, composed, op, ops
from tests.models.nodes import numbers

R = tf.raw_ops
IMAGE = numbers(2, 7, 9, 4)
SIZES = Each([14, 18], [5, 4], [1, 1], [10, 13], [7, 9])

for flags in ({}, {"align_corners": True}, {"half_pixel_centers": True}):
    ops("ResizeBilinear ResizeNearestNeighbor", images=IMAGE, size=SIZES, **flags)
    # TensorFlow looks the shares up in a table of 1024 places, Interpolate computes them.
    tolerance = 1e-4 if "half_pixel_centers" in flags else 1e-2
    op("ResizeBicubic", images=IMAGE, size=SIZES, tolerance=tolerance, **flags)
ops(
    "ResizeBilinear ResizeBicubic",
    images=numbers(1, 4, 4, 2, dtype=np.uint8, high=255),
    size=[7, 6],
    tolerance=1e-2,
)
op("ResizeNearestNeighbor", images=numbers(1, 4, 4, 2, dtype=np.int32, high=255), size=[7, 6])
op(
    "ResizeArea",
    images=numbers(2, 6, 8, 3),
    size=Each([3, 4], [2, 2], [6, 8], [12, 16], [4, 5], [1, 1]),
)
for size, scale, translation in (
    ([10, 13], [1.43, 1.45], [0.7, -1.3]),
    ([3, 4], [0.43, 0.45], [0.0, 0.0]),
):
    op(
        "ScaleAndTranslate",
        images=IMAGE,
        size=Each(size),
        scale=scale,
        translation=translation,
        kernel_type=Each(
            "triangle",
            "lanczos1",
            "lanczos3",
            "lanczos5",
            "gaussian",
            "box",
            "keyscubic",
            "mitchellcubic",
        ),
        antialias=Each(True, False),
    )
for method in ("bilinear", "bicubic", "area", "lanczos3", "nearest", "mitchellcubic"):
    composed(
        "ScaleAndTranslate",
        f"tf.image.resize {method} antialias=True to a computed size",
        lambda x, y, method=method: tf.image.resize(x, tf.shape(y)[1:3], method, antialias=True),
        IMAGE,
        numbers(1, 5, 6, 1),
    )
for size in ([5, 7], [9, 6]):
    # At the edge of the kernel, where its weight jumps, there are pixels.
    composed(
        "ScaleAndTranslate",
        f"tf.image.resize gaussian to {size}",
        lambda x, size=size: tf.image.resize(x, size, "gaussian"),
        numbers(2, 6, 6, 1),
    )
for name in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"):
    composed(
        name,
        "to a computed size",
        lambda x, y, name=name: getattr(R, name)(images=x, size=tf.shape(y)[1:3]),
        IMAGE,
        numbers(1, 5, 6, 1),
        tolerance=1e-2 if name == "ResizeBicubic" else 1e-4,
    )

# ---- patches

for size, stride, rate in ((2, 2, 1), (3, 2, 1), (3, 1, 2)):
    op(
        "ExtractImagePatches",
        images=numbers(2, 8, 10, 3),
        ksizes=[1, size, size, 1],
        strides=[1, stride, stride, 1],
        rates=[1, rate, rate, 1],
        padding=Each("SAME", "VALID"),
    )
op(
    "ExtractVolumePatches",
    input=numbers(2, 4, 5, 6, 2),
    ksizes=Each([1, 2, 2, 2, 1], [1, 1, 3, 2, 1]),
    strides=Each([1, 1, 1, 1, 1], [1, 2, 2, 1, 1]),
    padding=Each("SAME", "VALID"),
)

# ---- crops

BOXES = np.array([[0.11, 0.21, 0.73, 0.93], [0, 0, 1, 1], [0.5, 0.5, 0.6, 0.6]], np.float32)
OUTSIDE = np.array([[-0.3, 0.2, 0.7, 1.4], [0.8, 0.9, 0.1, 0.2], [0.5, 0.5, 0.5, 0.5]], np.float32)
op(
    "CropAndResize",
    "inside",
    image=numbers(2, 8, 10, 3),
    boxes=BOXES,
    box_ind=np.array([0, 1, 1], np.int32),
    crop_size=Each([4, 5], [1, 1], [2, 1]),
    method=Each("bilinear", "nearest"),
)
op(
    "CropAndResize",
    "beyond edges",
    image=numbers(2, 8, 10, 3),
    boxes=OUTSIDE,
    box_ind=np.array([0, 1, 1], np.int32),
    crop_size=[4, 5],
    method=Each("bilinear", "nearest"),
    extrapolation_value=Each(0.0, 2.5),
)

# ---- colours

PIXELS = np.concatenate([numbers(5, 6, 3, low=0, high=1), np.ones((1, 6, 3), "f") * 0.5])
ops("RGBToHSV HSVToRGB", images=Each(PIXELS, PIXELS[None], PIXELS[0]), tolerance=1e-3)
op("AdjustContrastv2", images=Each(PIXELS, PIXELS[None]), contrast_factor=Each(1.5, 0.3))
op("AdjustSaturation", images=PIXELS, scale=Each(0.7, 1.8), tolerance=1e-3)
op("AdjustHue", images=PIXELS, delta=Each(0.2, -0.4), tolerance=1e-3)
op("AdjustHue", images=PIXELS, delta=Fixed(np.float32(0.9)), tolerance=1e-3)
