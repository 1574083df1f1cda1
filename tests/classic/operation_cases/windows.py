"""Convolution, pooling and patches."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from tests.classic.operation_cases import Cases, fixed, numbers

CASES = Cases()
X = numbers(2, 4, 6, 7)
SPATIAL = {"spatial_dims": np.array([2, 3]), "layout": "NCHW"}


def by_onnx(kind: str, opset: int = 13, **attributes: Any) -> Callable[..., np.ndarray]:
    """The formula of an operation of ONNX, of which all inputs but the first are constant."""

    def compute(x: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        names = [f"w{index}" if w is not None else "" for index, w in enumerate(weights)]
        graph = helper.make_graph(
            [helper.make_node(kind, ["x", *names], ["y"], **attributes)],
            kind,
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
            [numpy_helper.from_array(w, n) for w, n in zip(weights, names) if w is not None],
        )
        opsets = [helper.make_opsetid("", opset)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        found: np.ndarray = session.run(None, {"x": x})[0]
        return found

    return compute


def pads(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array([(0, 0), (0, 0), *pairs])


# ---- pooling, with attributes as extractors set them
_window = {"window": np.array([1, 1, 3, 2]), "stride": np.array([1, 1, 2, 1])}
CASES.add(
    "mo.ops.pooling.Pooling",
    X,
    by_onnx("MaxPool", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 0, 1]),
    **_window,
    pad=pads((1, 0), (0, 1)),
    pool_method="max",
    rounding_type="floor",
    **SPATIAL,
)
CASES.add(
    "mo.ops.pooling.Pooling",
    X,
    by_onnx("AveragePool", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 0, 1]),
    **_window,
    pad=pads((1, 0), (0, 1)),
    pool_method="avg",
    exclude_pad="true",
    **SPATIAL,
)
CASES.add(
    "mo.ops.pooling.Pooling",
    X,
    by_onnx(
        "AveragePool", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 0, 1], count_include_pad=1
    ),
    **_window,
    pad=pads((1, 0), (0, 1)),
    pool_method="avg",
    exclude_pad="false",
    **SPATIAL,
)
CASES.add(
    "mo.ops.pooling.Pooling",
    X,
    by_onnx("MaxPool", kernel_shape=[3, 2], strides=[2, 1], ceil_mode=1),
    **_window,
    pad=pads((0, 0), (0, 0)),
    pool_method="max",
    pooling_convention="full",
    **SPATIAL,
)
CASES.add(
    "mo.ops.pooling.Pooling",
    X,
    by_onnx("MaxPool", kernel_shape=[3, 2], strides=[2, 1], auto_pad="SAME_UPPER"),
    **_window,
    auto_pad="same_upper",
    pool_method="max",
    **SPATIAL,
)
CASES.add(
    "mo.ops.pooling.Pooling",
    X,
    lambda x: x.mean((2, 3), keepdims=True),
    global_pool=True,
    pool_method="avg",
    **SPATIAL,
)
CASES.add(
    "mo.ops.pooling.PoolingV2",
    (X, fixed([1, 1, 3, 2]), fixed([1, 1, 2, 1])),
    lambda x, w, s: by_onnx("MaxPool", kernel_shape=[3, 2], strides=[2, 1])(x),
    pool_method="max",
    auto_pad="valid",
    **SPATIAL,
)
CASES.add(
    "extensions.ops.adaptive_avg_pooling.AdaptiveAvgPooling",
    X,
    lambda x: x.reshape(2, 4, 2, 3, 7).mean((3, 4))[..., None],
    output_size=[2, 1],
)

# ---- convolution
_common = {
    "stride": np.array([1, 1, 2, 1]),
    "pad": pads((1, 0), (0, 1)),
    "dilation": np.array([1, 1, 1, 2]),
}
_onnx = {"strides": [2, 1], "pads": [1, 0, 0, 1], "dilations": [1, 2]}
_w, _b = numbers(5, 4, 3, 2), fixed(numbers(5))
CASES.add(
    "mo.ops.convolution.Convolution",
    (X, fixed(_w), _b),
    by_onnx("Conv", **_onnx),
    **_common,
    group=1,
    output=5,
    **SPATIAL,
    kernel_spatial=np.array([3, 2]),
    kernel_spatial_idx=np.array([2, 3]),
    input_feature_channel=1,
    output_feature_channel=0,
    bias_term=True,
)
CASES.add(
    "mo.ops.convolution.Convolution",
    (X, fixed(_w.transpose(2, 3, 1, 0))),
    lambda x, w: by_onnx("Conv", **_onnx)(x, _w),
    **_common,
    group=1,
    **SPATIAL,
    input_feature_channel=2,
    output_feature_channel=3,
    kernel_spatial_idx=[0, 1],
)
CASES.add(
    "mo.ops.convolution.Convolution",
    (X, fixed(numbers(6, 2, 3, 2))),
    by_onnx("Conv", group=2, **_onnx),
    **_common,
    group=2,
    output=6,
    **SPATIAL,
    input_feature_channel=1,
    output_feature_channel=0,
)
CASES.add(
    "mo.ops.convolution.Convolution",
    (X.transpose(0, 2, 3, 1).copy(), fixed(_w)),
    lambda x, w: by_onnx("Conv", auto_pad="SAME_UPPER")(x.transpose(0, 3, 1, 2), w).transpose(
        0, 2, 3, 1
    ),
    auto_pad="same_upper",
    stride=np.array([1, 1, 1, 1]),
    dilation=np.array([1, 1, 1, 1]),
    group=1,
    layout="NHWC",
    spatial_dims=np.array([1, 2]),
    input_feature_channel=1,
    output_feature_channel=0,
)
CASES.add(
    "mo.ops.convolution.Convolution",
    (numbers(2, 3, 8), fixed(numbers(4, 3, 3))),
    by_onnx("Conv", strides=[2]),
    stride=np.array([1, 1, 2]),
    group=1,
    spatial_dims=np.array([2]),
    input_feature_channel=1,
    output_feature_channel=0,
)
_back = fixed(numbers(4, 3, 3, 2))
CASES.add(
    "mo.ops.deconvolution.Deconvolution",
    (X, _back, fixed(numbers(3))),
    by_onnx("ConvTranspose", strides=[2, 1], pads=[1, 0, 0, 1], output_padding=[1, 0]),
    stride=np.array([1, 1, 2, 1]),
    pad=pads((1, 0), (0, 1)),
    group=1,
    output=3,
    **SPATIAL,
    output_padding=np.array([0, 0, 1, 0]),
    input_feature_channel=0,
    output_feature_channel=1,
)
CASES.add(
    "mo.ops.deconvolution.Deconvolution",
    (X, fixed(numbers(4, 2, 3, 2))),
    by_onnx("ConvTranspose", strides=[2, 1], group=2),
    stride=np.array([1, 1, 2, 1]),
    group=2,
    output=4,
    **SPATIAL,
    input_feature_channel=0,
    output_feature_channel=1,
)


def deformed(x: np.ndarray, offsets: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Whole offsets: every tap reads the pixel that its own pair of offsets points to."""
    n, _, height, width = offsets.shape
    found = np.zeros((n, len(w), height, width), np.float32)
    for b, y, z, i, j in product(range(n), range(height), range(width), range(2), range(2)):
        dy, dz = offsets[b, 2 * (2 * i + j) : 2 * (2 * i + j) + 2, y, z].astype(int)
        row, col = y + i + dy, z + j + dz
        if 0 <= row < x.shape[2] and 0 <= col < x.shape[3]:
            found[b, :, y, z] += w[:, :, i, j] @ x[b, :, row, col]
    return found


_offsets = np.random.default_rng(3).integers(-1, 2, (2, 8, 5, 6)).astype(np.float32)
CASES.add(
    "mo.ops.deformable_convolution.DeformableConvolution",
    (X, _offsets, fixed(numbers(3, 4, 2, 2))),
    deformed,
    stride=np.array([1, 1, 1, 1]),
    pad=pads((0, 0), (0, 0)),
    dilation=np.array([1, 1, 1, 1]),
    group=1,
    deformable_group=1,
    **SPATIAL,
)


def patches(x: np.ndarray) -> np.ndarray:
    """Patches of 2 x 2, one after the other; a patch's pixels are before its channels."""
    n, c, h, w = x.shape
    cut = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
    return cut.transpose(0, 3, 5, 1, 2, 4).reshape(n, 4 * c, h // 2, w // 2)


CASES.add(
    "extensions.ops.ExtractImagePatches.ExtractImagePatches",
    X,
    patches,
    sizes=[2, 2],
    strides=[2, 2],
    rates=[1, 1],
    auto_pad="valid",
    **SPATIAL,
)
