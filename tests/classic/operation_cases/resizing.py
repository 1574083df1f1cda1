"""Resizing of images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.classic.operation_cases import Cases, fixed, numbers
from tests.classic.operation_cases.windows import X, by_onnx

CASES = Cases()


def nearest(x: np.ndarray, height: int, width: int) -> np.ndarray:
    """Each pixel that of its place divided by the scale, rounded down."""
    rows = np.arange(height) * x.shape[2] // height
    columns = np.arange(width) * x.shape[3] // width
    return x[:, :, rows][:, :, :, columns]


def resized(coordinates: str, mode: str = "linear") -> Callable[..., np.ndarray]:
    def compute(x: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        sizes = np.array([*x.shape[:2], *size], np.int64)
        nothing = np.zeros(0, np.float32)
        return by_onnx("Resize", mode=mode, coordinate_transformation_mode=coordinates)(
            x, nothing, nothing, sizes
        )

    return compute


_size = fixed([12, 14])
CASES.add(
    "extensions.ops.interpolate.Interpolate",
    (X, _size),
    lambda x, s: nearest(x, 12, 14),
    axes=[2, 3],
    mode="nearest",
)
CASES.add(
    "extensions.ops.interpolate.Interpolate",
    (X, _size),
    lambda x, s: resized("align_corners")(x, (12, 14)),
    axes=[2, 3],
    mode="linear",
    align_corners=1,
)
CASES.add(
    "extensions.ops.interpolate.Interpolate",
    (X, _size),
    lambda x, s: resized("asymmetric")(x, (12, 14)),
    axes=[2, 3],
    mode="linear",
    align_corners=0,
)
CASES.add(
    "extensions.ops.interpolate.Interpolate",
    (X, _size, fixed([2.0, 2.0]), fixed([2, 3])),
    lambda x, *_: resized("half_pixel")(x, (12, 14)),
    version="opset4",
    mode="linear_onnx",
    shape_calculation_mode="sizes",
    coordinate_transformation_mode="half_pixel",
    nearest_mode="round_prefer_floor",
    in_ports_count=4,
)
CASES.add(
    "extensions.ops.upsample.UpsampleOp",
    X,
    lambda x: x.repeat(2, 2).repeat(3, 3),
    height_scale=2.0,
    width_scale=3.0,
    mode="nearest",
)
CASES.add(
    "extensions.ops.upsample.UpsampleOp",
    (X, fixed([1.0, 1.0, 2.0, 3.0])),
    lambda x, s: x.repeat(2, 2).repeat(3, 3),
    mode="nearest",
)
CASES.add(
    "extensions.ops.resize.ResizeOp",
    (X, fixed([1.0, 1.0, 2.0, 3.0])),
    lambda x, s: x.repeat(2, 2).repeat(3, 3),
    mode="nearest",
)
CASES.add(
    "extensions.ops.ONNXResize10.ONNXResize10",
    (X, fixed([1.0, 1.0, 2.0, 3.0])),
    lambda x, s: x.repeat(2, 2).repeat(3, 3),
    mode="nearest",
)
CASES.add(
    "extensions.ops.ONNXResize11.ONNXResize11Op",
    (X, fixed(np.zeros(0, np.float32)), fixed([1.0, 1.0, 2.0, 2.0])),
    lambda x, *_: resized("half_pixel")(x, (12, 14)),
    mode="linear",
    coordinate_transformation_mode="half_pixel",
    nearest_mode="floor",
    cube_coeff=-0.75,
)
CASES.add(
    "extensions.ops.TFResize.TFResize",
    (X, _size),
    lambda x, s: resized("half_pixel")(x, (12, 14)),
    half_pixel_centers=True,
    align_corners=False,
    mode="linear",
    layout="NCHW",
)
CASES.add(
    "extensions.ops.TFResize.TFResize",
    (X, _size),
    lambda x, s: nearest(x, 12, 14),
    half_pixel_centers=False,
    align_corners=False,
    mode="nearest",
    layout="NCHW",
)
CASES.add(
    "extensions.ops.interp.InterpOp",
    X,
    lambda x: resized("align_corners")(x, (12, 14)),
    height=12,
    width=14,
    zoom_factor=1,
    shrink_factor=1,
    pad_beg=0,
    pad_end=0,
    align_corners=1,
)
CASES.add(
    "extensions.ops.interp.InterpOp",
    X,
    lambda x: resized("align_corners")(x, (11, 13)),
    height=0,
    width=0,
    zoom_factor=2,
    shrink_factor=1,
    pad_beg=0,
    pad_end=0,
    align_corners=1,
)
CASES.add(
    "extensions.ops.interp.InterpOp",
    (X, numbers(2, 4, 9, 8)),
    lambda x, like: resized("align_corners")(x, (9, 8)),
    height=0,
    width=0,
    zoom_factor=1,
    shrink_factor=1,
    pad_beg=0,
    pad_end=0,
    align_corners=1,
)
