"""Sampling of images at computed places, and of regions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx.reference import ReferenceEvaluator

from tests.front.onnx.running import agree, agree_model, reference, refused
from tests.models.nodes import fixed, numbers, single

IMAGE = numbers(2, 3, 7, 8)
GRID = numbers(2, 4, 5, 2, low=-1.3, high=1.3)

# A grid tells that its places are pairs.
KNOWN_PAIRS = (0, 1, 2)


@pytest.mark.parametrize("padding", [None, "zeros", "border", "reflection"])
@pytest.mark.parametrize("align", [None, 0, 1])
def test_grid(padding: str | None, align: int | None) -> None:
    given: dict[str, Any] = {"padding_mode": padding, "align_corners": align}
    for mode in (None, "bilinear", "nearest", "bicubic"):
        agree("GridSample", IMAGE, GRID, opset=16, mode=mode, dynamic=KNOWN_PAIRS, **given)
    for mode in (None, "linear", "nearest", "cubic"):
        for opset in (20, 22):
            agree("GridSample", IMAGE, GRID, opset=opset, mode=mode, dynamic=KNOWN_PAIRS, **given)


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align", [0, 1])
@pytest.mark.parametrize("mode", ["linear", "nearest"])
def test_grid_of_volumes(padding: str, align: int, mode: str) -> None:
    volume, places = numbers(2, 3, 4, 5, 6), numbers(2, 2, 3, 4, 3, low=-1.4, high=1.4)
    given: dict[str, Any] = {"padding_mode": padding, "align_corners": align, "mode": mode}
    agree("GridSample", volume, places, opset=20, dynamic=(0, 1, 2, 3), **given)


@pytest.mark.parametrize(("padding", "align"), [("zeros", 0), ("border", 1), ("reflection", 0)])
def test_cubic_grid_of_volumes(padding: str, align: int) -> None:
    """Beyond a border the evaluator of onnx moves places, onnxruntime moves pixels to it."""
    limit = 1.0 if padding == "border" else 1.4
    volume, places = numbers(2, 1, 3, 4, 3), numbers(2, 1, 2, 3, 3, low=-limit, high=limit)
    how: dict[str, Any] = {"padding_mode": padding, "align_corners": align, "mode": "cubic"}
    model = single("GridSample", [volume, places], opset=20, attributes=how)
    expected = ReferenceEvaluator(model).run(None, {"in0": volume, "in1": places})
    agree_model(model, [volume, places], expected=expected, dynamic=(0, 1, 2, 3))


@pytest.mark.parametrize(("padding", "align"), [("border", 0), ("reflection", 1)])
def test_a_volume_of_equal_images_is_sampled_like_one(padding: str, align: int) -> None:
    how: dict[str, Any] = {"padding_mode": padding, "align_corners": align, "mode": "cubic"}
    model = single("GridSample", [IMAGE, GRID], opset=20, attributes=how)
    (expected,) = reference(model, [IMAGE, GRID])
    volume = np.repeat(IMAGE[:, :, None], 4, axis=2)
    depths = numbers(2, 1, 4, 5, 1, low=-1.3, high=1.3)
    places = np.concatenate([GRID[:, None], depths], axis=-1)
    agree(
        "GridSample", volume, places, opset=20, expected=expected[:, :, None], dynamic=False, **how
    )


def test_grid_that_has_no_form_is_refused() -> None:
    refused("GridSample", IMAGE, GRID, opset=20, mode="best", match="mode 'best'")
    refused("GridSample", IMAGE, GRID, opset=20, padding_mode="best", match="padding_mode 'best'")


REGIONS = np.array([[0, 0, 5, 5], [2, 1, 7.5, 6], [1, 1, 3, 3.2], [5, 5, 5.1, 5.2]], np.float32)
IMAGES = np.array([0, 1, 0, 1], np.int64)


@pytest.mark.parametrize("mode", [None, "avg"])
@pytest.mark.parametrize("ratio", [None, 1, 2])
@pytest.mark.parametrize("place", [None, "half_pixel", "output_half_pixel"])
def test_regions(mode: str | None, ratio: int | None, place: str | None) -> None:
    given: dict[str, Any] = {"mode": mode, "sampling_ratio": ratio, "spatial_scale": 0.5}
    for opset in (16, 22):
        agree(
            "RoiAlign",
            IMAGE,
            fixed(REGIONS),
            fixed(IMAGES),
            opset=opset,
            coordinate_transformation_mode=place,
            output_height=3,
            output_width=2,
            **given,
        )
    if place is None:
        agree("RoiAlign", IMAGE, fixed(REGIONS), fixed(IMAGES), opset=10, output_height=3, **given)


def test_computed_regions() -> None:
    agree("RoiAlign", IMAGE, REGIONS, IMAGES, output_height=2, output_width=2)


@pytest.mark.parametrize("place", ["half_pixel", "output_half_pixel"])
def test_maxima_of_regions(place: str) -> None:
    beyond = np.float32([[-9, -2, 30, 17], [14, 12, 18, 15]])
    regions = np.concatenate([REGIONS, beyond])
    images = np.array([0, 1, 0, 1, 1, 0])
    given: dict[str, Any] = {"output_height": 3, "output_width": 2, "spatial_scale": 0.5}
    given |= {"coordinate_transformation_mode": place, "mode": "max", "sampling_ratio": 2}
    agree("RoiAlign", IMAGE, regions, images, opset=16, dynamic=(0,), **given)


def test_regions_that_have_no_form_are_refused() -> None:
    given = (IMAGE, fixed(REGIONS), fixed(IMAGES))
    refused("RoiAlign", *given, mode="max", match="depends on the region")
    refused("RoiAlign", *given, mode="min", match="mode 'min'")
    refused("RoiAlign", *given, coordinate_transformation_mode="x", match="mode 'x'")
