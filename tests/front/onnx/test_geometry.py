"""Grids, crops, the inverses of pooling and of cutting into blocks, deformed convolutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, reference, refused
from tests.models.nodes import Sized, fixed, numbers, single

X = numbers(2, 3, 7, 8)


def ints(*values: int) -> Any:
    return fixed(np.array(values, np.int64))


# ---- grids


@pytest.mark.parametrize("align", [None, 0, 1])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 3, 2, 4, 5)])
def test_affine_grid(align: int | None, size: tuple[int, ...]) -> None:
    dims = len(size) - 2
    theta = numbers(2, dims, dims + 1)
    agree("AffineGrid", theta, ints(*size), opset=20, align_corners=align, dynamic=(0,))


def test_affine_grid_of_a_size_of_run_time() -> None:
    for size in ((2, 3, 4, 5), (2, 3, 2, 4, 5)):
        dims = len(size) - 2
        for align in (0, 1):
            theta = numbers(2, dims, dims + 1)
            agree("AffineGrid", theta, Sized(np.array(size)), opset=20, align_corners=align)


# ---- crops


@pytest.mark.parametrize("target", [(2, 3, 7, 8), (1, 4, 9, 5), (2, 3, 10, 3), (2, 2, 4, 11)])
def test_center_crop_pad(target: tuple[int, ...]) -> None:
    agree("CenterCropPad", X, ints(*target), opset=18)


@pytest.mark.parametrize("axes", [[2, 3], [-1, -2], [3, 1]])
def test_center_crop_pad_of_some_axes(axes: list[int]) -> None:
    agree("CenterCropPad", X, ints(5, 9), opset=18, axes=axes)


def test_center_crop_pad_to_sizes_of_run_time() -> None:
    agree("CenterCropPad", X, Sized(np.array([2, 2, 10, 5])), opset=18)
    agree("CenterCropPad", X, Sized(np.array([4, 11])), opset=18, axes=[-1, 2])


def test_center_crop_pad_that_does_not_fit() -> None:
    refused("CenterCropPad", X, ints(5, 9), opset=18, match="2 sizes for 4 axes")


# ---- blocks


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"strides": [2, 1]},
        {"dilations": [2, 1]},
        {"pads": [1, 0, 1, 2]},
        {"strides": [2, 3], "pads": [1, 1, 0, 1], "dilations": [1, 2]},
    ],
    ids=str,
)
def test_col2im(attributes: dict[str, Any]) -> None:
    image, block = (7, 9), (3, 2)
    strides, dilations = (attributes.get(name, [1, 1]) for name in ("strides", "dilations"))
    pads = attributes.get("pads", [0] * 4)
    windows = [
        (image[i] + pads[i] + pads[i + 2] - dilations[i] * (block[i] - 1) - 1) // strides[i] + 1
        for i in range(2)
    ]
    x = numbers(2, 3 * 6, windows[0] * windows[1])
    agree("Col2Im", x, ints(*image), ints(*block), opset=18, dynamic=(0, 2), **attributes)
    agree("Col2Im", x, Sized(np.array(image)), Sized(np.array(block)), opset=18, **attributes)


@pytest.mark.parametrize("rank", [1, 3])
def test_col2im_of_other_ranks(rank: int) -> None:
    """By numpy: onnxruntime adds up wrongly where volumes are dilated."""
    image, block = (5, 6, 7)[:rank], (2, 3, 2)[:rank]
    strides, dilations = [2, 1, 1][:rank], [1, 2, 1][:rank]
    begins, ends = [1, 0, 1][:rank], [0, 1, 1][:rank]
    sizes = [sum(row) for row in zip(image, begins, ends)]
    counts = [
        (size - dilation * (k - 1) - 1) // stride + 1
        for size, dilation, k, stride in zip(sizes, dilations, block, strides)
    ]
    x = numbers(2, 3 * int(np.prod(block)), int(np.prod(counts)))
    expected = np.zeros((2, 3, *sizes), np.float32)
    for place in np.ndindex(*block, *counts):
        offset, start = place[:rank], place[rank:]
        target = [i * d + j * s for i, d, j, s in zip(offset, dilations, start, strides)]
        expected[(..., *target)] += x.reshape(2, 3, *block, *counts)[(..., *place)]
    inner = (slice(begin, size - end) for begin, size, end in zip(begins, sizes, ends))
    given: dict[str, Any] = {"strides": strides, "dilations": dilations, "pads": begins + ends}
    given |= {"opset": 18, "expected": expected[(..., *inner)]}
    agree("Col2Im", x, ints(*image), ints(*block), dynamic=(0, 2), **given)
    agree("Col2Im", x, Sized(np.array(image)), Sized(np.array(block)), **given)


def test_col2im_that_does_not_fit() -> None:
    refused("Col2Im", numbers(1, 7, 9), ints(5, 5), ints(3, 3), opset=18, match="blocks of 9")
    refused("Col2Im", numbers(1, 9, 9), ints(2, 2), ints(3, 3), opset=18, match="do not fit")


# ---- pooling undone


@pytest.mark.parametrize("opset", [9, 11, 22])
def test_max_unpool(opset: int) -> None:
    shared: dict[str, Any] = {"kernel_shape": [2, 3], "strides": [2, 2]}
    x = numbers(1, 2, 8, 9)
    values, places = reference(single("MaxPool", [x], outputs=2, attributes=shared), [x])
    agree("MaxUnpool", values, places, opset=opset, **shared)


def test_pads_make_the_result_of_max_unpool_smaller() -> None:
    values, places = numbers(1, 1, 2, 2), np.array([[[[0, 2], [4, 5]]]])
    agree("MaxUnpool", values, places, kernel_shape=[2, 3], strides=[2, 2], pads=[1, 0, 0, 1])


def test_max_unpool_to_a_given_shape() -> None:
    """As in the standard's own tests: onnxruntime counts the places in the result instead."""
    values = np.array([[[[1, 2], [3, 4]]]], np.float32)
    places = np.array([[[[5, 7], [13, 15]]]])
    expected = np.zeros((1, 1, 5, 5), np.float32)
    expected[0, 0, 1::2, 1::2] = values[0, 0]
    given: dict[str, Any] = {"kernel_shape": [2, 2], "strides": [2, 2], "expected": expected}
    agree("MaxUnpool", values, places, ints(1, 1, 5, 5), **given)
    agree("MaxUnpool", values, places, Sized(np.array([1, 1, 5, 5])), **given)


# ---- deformed convolutions


@pytest.mark.parametrize("opset", [19, 22])
@pytest.mark.parametrize("group", [1, 2])
@pytest.mark.parametrize("offset_group", [1, 2])
def test_deform_conv(opset: int, group: int, offset_group: int) -> None:
    x, w = numbers(1, 4, 6, 7), fixed(numbers(2, 4 // group, 3, 2))
    shared: dict[str, Any] = {"opset": opset, "group": group, "offset_group": offset_group}
    for pads, (height, width) in ((None, (4, 6)), ([1, 1, 1, 0], (6, 7))):
        offset = numbers(1, offset_group * 12, height, width)
        mask = numbers(1, offset_group * 6, height, width)
        given = {"pads": pads, **shared}
        agree("DeformConv", x, w, offset, **given)
        agree("DeformConv", x, w, offset, fixed(numbers(2)), **given)
        agree("DeformConv", x, w, offset, None, mask, **given)


def test_deform_conv_with_strides_and_dilations() -> None:
    x, w = numbers(1, 2, 9, 9), fixed(numbers(3, 2, 2, 2))
    offset = numbers(1, 8, 4, 7)
    agree("DeformConv", x, w, offset, strides=[2, 1], dilations=[1, 2], kernel_shape=[2, 2])
