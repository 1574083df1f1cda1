"""Conv, ConvTranspose, ConvInteger."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree, reference, refused
from tests.models.nodes import fixed, numbers, single

IMAGE = numbers(2, 4, 7, 8)
SIZES = {1: (9,), 2: (7, 8), 3: (5, 6, 4)}


def weights(*shape: int) -> Any:
    return fixed(numbers(*shape))


@pytest.mark.parametrize("opset", [1, 11, 22])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv_of_every_rank(opset: int, rank: int) -> None:
    x = numbers(2, 4, *SIZES[rank])
    agree("Conv", x, weights(3, 4, *(3, 2, 3)[:rank]), opset=opset)
    agree("Conv", x, weights(3, 4, *(3, 2, 3)[:rank]), weights(3), opset=opset)


VARIANTS: list[dict[str, Any]] = [
    {"strides": [2, 1]},
    {"dilations": [2, 1]},
    {"pads": [1, 0, 2, 1]},
    {"kernel_shape": [3, 2]},
    {"strides": [2, 3], "dilations": [1, 2], "pads": [2, 1, 0, 1]},
    {"auto_pad": "NOTSET", "pads": [1, 1, 1, 1]},
]


@pytest.mark.parametrize("attributes", VARIANTS, ids=str)
@pytest.mark.parametrize("group", [1, 2, 4])
def test_conv_attributes(attributes: dict[str, Any], group: int) -> None:
    agree("Conv", IMAGE, weights(8, 4 // group, 3, 2), weights(8), group=group, **attributes)


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER", "VALID"])
@pytest.mark.parametrize("strides", [[1, 1], [2, 3]])
@pytest.mark.parametrize("kernel", [(3, 2), (2, 5), (1, 1)])
def test_conv_pads_by_itself(auto_pad: str, strides: list[int], kernel: tuple[int, int]) -> None:
    agree("Conv", IMAGE, weights(3, 4, *kernel), auto_pad=auto_pad, strides=strides)


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("strides", [1, 2])
def test_dilated_conv_pads_by_itself(auto_pad: str, strides: int) -> None:
    """For which onnxruntime has no kernel: a span of 5 wants 4 (9 wide) or 3 (8 wide) zeros."""
    shared: dict[str, Any] = {"strides": [strides], "dilations": [2]}
    for width, pads in ((9, (2, 2)), (8, (2, 2) if strides == 1 else (1, 2))):
        x = numbers(2, 4, width)
        pads = pads if auto_pad == "SAME_UPPER" else pads[::-1]
        expected = reference(single("Conv", [x, W], attributes={"pads": pads, **shared}), [x])
        agree("Conv", x, W, auto_pad=auto_pad, expected=expected, **shared)


W = fixed(numbers(3, 4, 3))


def test_depthwise_conv() -> None:
    graph = agree("Conv", IMAGE, weights(4, 1, 3, 3), weights(4), group=4, pads=[1, 1, 1, 1])
    assert operations(graph) == ["GroupConvolution", "Add"]


@pytest.mark.parametrize("group", [1, 2])
def test_conv_with_computed_weights(group: int) -> None:
    """Whose shape the runtime wants to know."""
    w = numbers(6, 4 // group, 3, 3)
    agree("Conv", IMAGE, w, numbers(6), group=group, dynamic=False)


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_conv_of_other_floats(dtype: Any) -> None:
    w = fixed(numbers(3, 4, 3, 3, dtype=dtype))
    x = IMAGE.astype(dtype)
    expected = _in_float32(x, w.array).astype(dtype)
    agree("Conv", x, w, expected=expected, tolerance=1e-2)


def _in_float32(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    x, w = x.astype(np.float32), w.astype(np.float32)
    return reference(single("Conv", [x, fixed(w)]), [x])[0]


def test_conv_refuses_what_contradicts_itself() -> None:
    refused("Conv", IMAGE, weights(3, 5, 3, 3), match="4 channels")
    refused("Conv", IMAGE, weights(3, 4, 3, 3), pads=[1, 1], match="pads")
    refused("Conv", IMAGE, weights(3, 4, 3, 3), strides=[1], match="strides")
    refused("Conv", IMAGE, weights(3, 4, 3, 3), strides=[0, 1], match="strides")
    refused("Conv", IMAGE, weights(3, 4, 3, 3), auto_pad="SOME", match="auto_pad")
    refused("Conv", IMAGE, weights(3, 2, 3, 3), group=0, match="group")


# ---- ConvTranspose


@pytest.mark.parametrize("opset", [1, 11, 22])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv_transpose_of_every_rank(opset: int, rank: int) -> None:
    x = numbers(2, 4, *SIZES[rank])
    agree("ConvTranspose", x, weights(4, 3, *(3, 2, 3)[:rank]), opset=opset)
    agree("ConvTranspose", x, weights(4, 3, *(3, 2, 3)[:rank]), weights(3), opset=opset)


TRANSPOSED: list[dict[str, Any]] = [
    *VARIANTS[:5],
    {"strides": [2, 3], "output_padding": [1, 2]},
    {"strides": [2, 2], "pads": [1, 0, 0, 1], "output_padding": [0, 1]},
    {"auto_pad": "VALID", "strides": [2, 2]},
]


@pytest.mark.parametrize("attributes", TRANSPOSED, ids=str)
@pytest.mark.parametrize("group", [1, 2, 4])
def test_conv_transpose_attributes(attributes: dict[str, Any], group: int) -> None:
    w, bias = weights(4, 2, 3, 2), weights(2 * group)
    agree("ConvTranspose", IMAGE, w, bias, group=group, **attributes)


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("strides", [[1, 1], [2, 3]])
@pytest.mark.parametrize("kernel", [(3, 3), (4, 5), (1, 2)])
def test_conv_transpose_pads_by_itself(
    auto_pad: str, strides: list[int], kernel: tuple[int, int]
) -> None:
    for dilations in ([1, 1], [2, 1]):
        agree(
            "ConvTranspose",
            IMAGE,
            weights(4, 3, *kernel),
            auto_pad=auto_pad,
            strides=strides,
            dilations=dilations,
        )


@pytest.mark.parametrize("auto_pad", [None, "SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("output_shape", [[14, 17], [13, 15], [15, 18]])
def test_conv_transpose_to_a_given_size(auto_pad: str | None, output_shape: list[int]) -> None:
    for group in (1, 2):
        agree(
            "ConvTranspose",
            IMAGE,
            weights(4, 2, 3, 4),
            auto_pad=auto_pad,
            strides=[2, 2],
            output_shape=output_shape,
            group=group,
        )


def test_conv_transpose_to_a_given_size_with_output_padding() -> None:
    agree(
        "ConvTranspose",
        IMAGE,
        weights(4, 2, 3, 3),
        strides=[2, 2],
        output_shape=[14, 16],
        output_padding=[1, 1],
    )


@pytest.mark.parametrize("group", [1, 2])
def test_conv_transpose_with_computed_weights(group: int) -> None:
    w = numbers(4, 3, 3, 3)
    agree("ConvTranspose", IMAGE, w, group=group, strides=[2, 2], dynamic=False)


# ---- integers


@pytest.mark.parametrize("zero_points", [(None, None), (3, None), (3, 2)])
@pytest.mark.parametrize("weight_type", [np.uint8, np.int8])
def test_conv_integer(zero_points: tuple[Any, Any], weight_type: Any) -> None:
    x = numbers(1, 2, 5, 5, dtype=np.uint8, high=9)
    w = numbers(3, 2, 3, 3, dtype=weight_type, low=-5, high=5)
    kinds = (np.uint8, weight_type)
    zeros = [None if z is None else fixed(z, kind) for z, kind in zip(zero_points, kinds)]
    agree("ConvInteger", x, fixed(w), *zeros, opset=10, pads=[1, 1, 1, 1], strides=[2, 1])


def test_conv_integer_with_a_zero_point_per_output_channel() -> None:
    x = numbers(1, 2, 5, 5, dtype=np.uint8, high=9)
    w = numbers(3, 2, 3, 3, dtype=np.int8, low=-5, high=5)
    zeros = np.array([1, -2, 3], np.int8)
    wide = w.astype(np.float32) - zeros.reshape(-1, 1, 1, 1)
    expected = _in_float32(x.astype(np.float32) - 4, wide).astype(np.int32)
    agree("ConvInteger", x, fixed(w), fixed(4, np.uint8), fixed(zeros), expected=expected)
