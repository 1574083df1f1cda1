"""Pooling over windows and over whole images."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree, reference, refused
from tests.models.nodes import fixed, numbers, single

IMAGE = numbers(2, 3, 7, 8)
SIZES = {1: (9,), 2: (7, 8), 3: (5, 6, 4)}
SINCE = {"MaxPool": (1, 8, 10, 11, 12, 22), "AveragePool": (1, 7, 10, 11, 19, 22)}
EACH_SINCE = [(op, opset) for op, opsets in SINCE.items() for opset in opsets]


@pytest.mark.parametrize(("op", "opset"), [*EACH_SINCE, ("LpPool", 2), ("LpPool", 22)])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_every_rank(op: str, opset: int, rank: int) -> None:
    agree(op, numbers(2, 3, *SIZES[rank]), opset=opset, kernel_shape=[3, 2, 3][:rank])


@pytest.mark.parametrize(("op", "opset"), EACH_SINCE)
@pytest.mark.parametrize("pads", [None, [1, 0, 1, 1], [2, 1, 1, 0]])
@pytest.mark.parametrize("strides", [None, [2, 2], [3, 1]])
def test_strides_and_pads(op: str, opset: int, pads: Any, strides: Any) -> None:
    """Padding never counted before operation set 7 made it an option."""
    shared: dict[str, Any] = {"kernel_shape": [3, 2], "pads": pads, "strides": strides}
    expected = reference(single(op, [IMAGE], opset=max(opset, 7), attributes=shared), [IMAGE])
    agree(op, IMAGE, opset=opset, expected=expected, **shared)


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
@pytest.mark.parametrize("op", ["MaxPool", "AveragePool", "LpPool"])
@pytest.mark.parametrize("strides", [[1, 1], [2, 3], [3, 3]])
def test_automatic_pads(op: str, auto_pad: str, strides: list[int]) -> None:
    for kernel in ([3, 2], [2, 5]):
        agree(op, IMAGE, kernel_shape=kernel, strides=strides, auto_pad=auto_pad)


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER"])
def test_automatic_pads_that_count(auto_pad: str) -> None:
    agree(
        "AveragePool",
        IMAGE,
        kernel_shape=[3, 4],
        strides=[2, 2],
        auto_pad=auto_pad,
        count_include_pad=1,
    )


@pytest.mark.parametrize("opset", [7, 10, 11, 19, 22])
@pytest.mark.parametrize("pads", [None, [1, 1, 1, 1], [2, 1, 1, 0]])
def test_average_with_or_without_the_padding(opset: int, pads: Any) -> None:
    for include, strides in itertools.product((0, 1), (None, [2, 3])):
        agree(
            "AveragePool",
            IMAGE,
            opset=opset,
            kernel_shape=[3, 3],
            pads=pads,
            strides=strides,
            count_include_pad=include,
        )


# Sizes, kernels and pads for which rounding up adds a window, none, or one that would start in
# the padding behind the data.
CEIL: list[dict[str, Any]] = [
    {"size": 7, "kernel": 2, "stride": 2, "pads": (0, 0)},
    {"size": 8, "kernel": 3, "stride": 2, "pads": (0, 0)},
    {"size": 8, "kernel": 3, "stride": 3, "pads": (1, 1)},
    {"size": 7, "kernel": 3, "stride": 3, "pads": (0, 0)},
    {"size": 6, "kernel": 2, "stride": 3, "pads": (0, 1)},
    {"size": 5, "kernel": 1, "stride": 3, "pads": (0, 0)},
    {"size": 9, "kernel": 3, "stride": 4, "pads": (1, 2)},
    {"size": 6, "kernel": 3, "stride": 2, "pads": (0, 2)},
    {"size": 10, "kernel": 4, "stride": 4, "pads": (1, 1)},
]


def rounded_up(case: dict[str, Any], **more: Any) -> dict[str, Any]:
    begin, end = case["pads"]
    return {
        "kernel_shape": [case["kernel"], 2],
        "strides": [case["stride"], 1],
        "pads": [begin, 0, end, 0],
        "ceil_mode": 1,
        **more,
    }


@pytest.mark.parametrize("case", CEIL, ids=str)
@pytest.mark.parametrize("opset", [10, 12, 22])
def test_max_rounding_up(case: dict[str, Any], opset: int) -> None:
    x = numbers(1, 2, case["size"], 3)
    agree("MaxPool", x, opset=opset, **rounded_up(case))
    agree("MaxPool", x, opset=opset, outputs=2, **rounded_up(case))


@pytest.mark.parametrize("case", CEIL, ids=str)
@pytest.mark.parametrize("opset", [10, 11, 19, 22])
@pytest.mark.parametrize("include", [0, 1])
def test_average_rounding_up(case: dict[str, Any], opset: int, include: int) -> None:
    x = numbers(1, 2, case["size"], 3)
    agree("AveragePool", x, opset=opset, **rounded_up(case, count_include_pad=include))


@pytest.mark.parametrize("stride", [2, 3])
@pytest.mark.parametrize("pads", [[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 2, 1]], ids=str)
def test_what_lies_behind_the_padding_does_not_count(pads: list[int], stride: int) -> None:
    shared: dict[str, Any] = {"ceil_mode": 1, "count_include_pad": 1, "pads": pads}
    for sizes in ((7, 8), (9, 10)):
        x = numbers(1, 2, *sizes)
        agree("AveragePool", x, kernel_shape=[3, 3], strides=[stride, stride], **shared)
        dilated = {"dilations": [2, 2], "strides": [stride, stride]}
        agree("AveragePool", x, kernel_shape=[3, 3], **dilated, **shared)


@pytest.mark.parametrize("case", CEIL, ids=str)
def test_norm_rounding_up(case: dict[str, Any]) -> None:
    agree("LpPool", numbers(1, 2, case["size"], 3), opset=18, **rounded_up(case))


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
def test_automatic_pads_leave_nothing_to_round(op: str) -> None:
    for auto_pad, ceil_mode in itertools.product(("SAME_UPPER", "SAME_LOWER", "VALID"), (0, 1)):
        agree(
            op,
            IMAGE,
            kernel_shape=[3, 3],
            strides=[2, 2],
            auto_pad=auto_pad,
            ceil_mode=ceil_mode,
        )


# ---- maxima and where they are


@pytest.mark.parametrize("opset", [8, 10, 11, 12, 22])
@pytest.mark.parametrize("pads", [None, [1, 0, 1, 1]])
def test_indices_count_over_the_whole_tensor(opset: int, pads: Any) -> None:
    agree("MaxPool", IMAGE, opset=opset, outputs=2, kernel_shape=[3, 2], strides=[2, 2], pads=pads)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_indices_of_every_rank(rank: int) -> None:
    agree("MaxPool", numbers(2, 3, *SIZES[rank]), outputs=2, kernel_shape=[2] * rank)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("dilations", [[2, 1], [2, 3]])
def test_dilated_maxima(outputs: int, dilations: list[int]) -> None:
    for opset in (10, 12):
        agree(
            "MaxPool",
            IMAGE,
            opset=opset,
            outputs=outputs,
            kernel_shape=[3, 2],
            dilations=dilations,
            pads=[1, 1, 1, 1],
        )


def test_dilated_maxima_rounding_up() -> None:
    for pads in ([0, 0, 0, 0], [1, 1, 1, 1]):
        agree(
            "MaxPool",
            IMAGE,
            kernel_shape=[2, 2],
            strides=[3, 4],
            dilations=[2, 2],
            pads=pads,
            ceil_mode=1,
        )


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_maxima_of_bytes(dtype: Any) -> None:
    agree("MaxPool", numbers(1, 2, 6, 6, dtype=dtype, high=99), opset=12, kernel_shape=[2, 2])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_indices_by_columns(rank: int) -> None:
    x = numbers(2, 3, *SIZES[rank])
    agree("MaxPool", x, outputs=2, kernel_shape=[2] * rank, storage_order=1)
    agree("MaxPool", x, kernel_shape=[2] * rank, storage_order=1)


def test_unused_indices_cost_nothing() -> None:
    assert operations(agree("MaxPool", IMAGE, kernel_shape=[2, 2])) == ["MaxPool"]


def test_the_kernel_is_needed() -> None:
    refused("MaxPool", IMAGE, match="'kernel_shape' is missing")
    refused("MaxPool", IMAGE, kernel_shape=[2], match="spatial axes")
    refused("AveragePool", IMAGE, kernel_shape=[2, 2, 2], match="spatial axes")
    refused("MaxPool", IMAGE, kernel_shape=[0, 2], match="kernel_shape")


# ---- norms


@pytest.mark.parametrize("opset", [2, 11, 18, 22])
@pytest.mark.parametrize("p", [None, 1, 2, 3])
def test_norm_of_a_window(opset: int, p: int | None) -> None:
    for pads in (None, [1, 0, 1, 1]):
        agree("LpPool", IMAGE, opset=opset, kernel_shape=[3, 2], strides=[2, 1], p=p, pads=pads)


@pytest.mark.parametrize("pads", [None, [1, 0, 1, 1]])
@pytest.mark.parametrize("ceil_mode", [0, 1])
def test_dilated_sums(pads: Any, ceil_mode: int) -> None:
    shared: dict[str, Any] = {"kernel_shape": [3, 2], "dilations": [2, 1], "strides": [2, 2]}
    shared |= {"pads": pads, "ceil_mode": ceil_mode}
    agree("LpPool", IMAGE, **shared)
    for include in (0, 1):
        agree("AveragePool", IMAGE, count_include_pad=include, **shared)


# ---- the whole image


@pytest.mark.parametrize("opset", [1, 22])
@pytest.mark.parametrize("op", ["GlobalAveragePool", "GlobalMaxPool"])
def test_whole_image(op: str, opset: int) -> None:
    for rank in (1, 2, 3):
        agree(op, numbers(2, 3, *SIZES[rank]), opset=opset)


@pytest.mark.parametrize("opset", [2, 22])
@pytest.mark.parametrize("p", [None, 1, 2, 3])
def test_norm_of_the_whole_image(opset: int, p: int | None) -> None:
    norm = (np.abs(IMAGE) ** (p or 2)).sum((2, 3), keepdims=True) ** (1 / (p or 2))
    agree("GlobalLpPool", IMAGE, opset=opset, p=p, expected=norm.astype(np.float32))


# ---- regions


@pytest.mark.parametrize("scale", [None, 0.5])
def test_maximum_of_regions(scale: float | None) -> None:
    shared: dict[str, Any] = {"pooled_shape": [2, 3], "spatial_scale": scale, "opset": 1}
    rois = np.array([[0, 0, 0, 5, 5], [1, 2, 1, 7, 6], [0, 1, 1, 3, 3]], np.float32)
    agree("MaxRoiPool", IMAGE, fixed(rois), **shared)
    agree("MaxRoiPool", IMAGE, rois, dynamic=False, **shared)
