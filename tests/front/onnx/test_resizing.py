"""Upsample and Resize."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx.reference import ReferenceEvaluator

from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_model, refused
from tests.models.nodes import Sized, fixed, numbers, single

IMAGE = numbers(1, 2, 5, 6)
PLACES = [
    "half_pixel",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "half_pixel_symmetric",
]
ROUNDINGS = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]
# Scales of a rank, of which some are whole, some make an image smaller.
SCALES: dict[tuple[int, ...], list[list[float]]] = {
    (1, 2, 6): [[1, 1, 2], [1, 1, 0.6]],
    (5, 6): [[2, 2], [0.6, 2.3]],
    (1, 2, 5, 6): [[1, 1, 2, 2], [1, 1, 1.6, 2.3], [1, 1, 0.65, 0.55]],
    (1, 2, 3, 4, 5): [[1, 1, 2, 2, 2], [1, 1, 0.7, 1.5, 0.6]],
}


def scales(*values: float) -> Any:
    return fixed(np.array(values, np.float32))


def sizes(*values: int) -> Any:
    return fixed(np.array(values, np.int64))


def scaled(x: np.ndarray, factors: list[float]) -> list[int]:
    return [max(1, int(dim * factor)) for dim, factor in zip(x.shape, factors)]


def resize(x: np.ndarray, given: Any, **attributes: Any) -> None:
    """By scales, which are floats, or to sizes, which are integers."""
    integers = given.array.dtype.kind == "i"
    inputs = (None, None, given) if integers else (None, given)
    agree("Resize", x, *inputs, **{"opset": 19, **attributes})


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_nearest(place: str, rounding: str) -> None:
    how: dict[str, Any] = {"coordinate_transformation_mode": place, "nearest_mode": rounding}
    for factors in SCALES[IMAGE.shape]:
        resize(IMAGE, scales(*factors), **how)
    for target in ([1, 2, 10, 12], [1, 2, 7, 9], [1, 2, 4, 4], [1, 2, 1, 1]):
        resize(IMAGE, sizes(*target), **how)


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shape", SCALES)
def test_interpolated(mode: str, place: str, shape: tuple[int, ...]) -> None:
    if mode == "cubic" and len(shape) not in (2, 4):
        return
    x = numbers(*shape)
    how: dict[str, Any] = {"mode": mode, "coordinate_transformation_mode": place}
    for factors in SCALES[shape]:
        resize(x, scales(*factors), **how)
        resize(x, sizes(*scaled(x, factors)), **how)


@pytest.mark.parametrize("coefficient", [None, -0.5])
def test_the_coefficient_of_the_cubic_curve(coefficient: float | None) -> None:
    resize(IMAGE, scales(1, 1, 1.6, 0.5), mode="cubic", cubic_coeff_a=coefficient)


@pytest.mark.parametrize("opset", [11, 13, 18, 19])
@pytest.mark.parametrize("mode", [None, "nearest", "linear", "cubic"])
def test_operation_sets(opset: int, mode: str | None) -> None:
    """In the eleventh neither the region nor the scales can be left out."""
    nothing = scales() if opset == 11 else None
    given: dict[str, Any] = {"opset": opset, "mode": mode}
    agree("Resize", IMAGE, nothing, scales(1, 1, 2, 1.5), **given)
    agree("Resize", IMAGE, nothing, nothing, sizes(1, 2, 8, 9), **given)


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_of_operation_set_11_for_networks_of_tensorflow(mode: str) -> None:
    how: dict[str, Any] = {"coordinate_transformation_mode": "tf_half_pixel_for_nn", "mode": mode}
    nothing = scales()
    agree("Resize", IMAGE, nothing, scales(1, 1, 2, 1.5), opset=11, **how)


# ---- before operation set 11


@pytest.mark.parametrize(("op", "opset"), [("Upsample", 7), ("Upsample", 9), ("Resize", 10)])
@pytest.mark.parametrize("mode", [None, "nearest", "linear"])
def test_legacy(op: str, opset: int, mode: str | None) -> None:
    shrinking = [[1, 1, 0.6, 0.5]] if op == "Resize" else []
    for factors in ([1, 1, 2, 2], [1, 1, 1.6, 2.3], *shrinking):
        if opset == 7:
            agree(op, IMAGE, opset=opset, mode=mode, scales=[float(f) for f in factors])
        else:
            agree(op, IMAGE, scales(*factors), opset=opset, mode=mode)


def test_upsample_of_operation_set_1_has_a_scale_for_each_direction() -> None:
    expected = IMAGE.repeat(2, 2).repeat(3, 3)
    given: dict[str, Any] = {"height_scale": 2.0, "width_scale": 3.0, "mode": "nearest"}
    agree("Upsample", IMAGE, opset=1, expected=expected, **given)


# ---- what is computed at run time


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_computed_scales_and_sizes(mode: str) -> None:
    factors, target = np.array([1, 1, 2, 1.5], np.float32), np.array([1, 2, 7, 9])
    agree("Resize", IMAGE, None, Sized(factors), mode=mode)
    agree("Resize", IMAGE, None, None, Sized(target), mode=mode)
    if mode != "cubic":
        agree("Upsample", IMAGE, Sized(factors), opset=9, mode=mode)


# ---- some axes, and one proportion


@pytest.mark.parametrize("axes", [[2, 3], [3], [-1, -2], [3, 2]])
@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_some_axes(axes: list[int], mode: str) -> None:
    resize(IMAGE, scales(*[1.5, 2][: len(axes)]), opset=18, axes=axes, mode=mode)
    resize(IMAGE, sizes(*[7, 9][: len(axes)]), opset=18, axes=axes, mode=mode)


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("factors", [[2, 2, 2, 1], [1, 2, 2, 2], [2, 2, 1], [2, 1, 1.5, 2, 2]])
def test_more_axes_than_one_interpolation_takes(mode: str, factors: list[float]) -> None:
    x = numbers(*(2, 3, 2, 3, 2)[: len(factors)])
    model = single("Resize", [x, None, scales(*factors)], opset=18, attributes={"mode": mode})
    expected = ReferenceEvaluator(model).run(None, {"in0": x})
    agree_model(model, [x], expected=expected)


@pytest.mark.parametrize("policy", ["not_larger", "not_smaller", "stretch"])
@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("target", [[10, 18], [7, 8], [3, 4], [13, 13]])
def test_one_proportion(policy: str, mode: str, target: list[int]) -> None:
    given: dict[str, Any] = {"opset": 18, "axes": [2, 3], "mode": mode}
    for asked in (sizes(*target), Sized(np.array(target))):
        agree("Resize", IMAGE, None, None, asked, keep_aspect_ratio_policy=policy, **given)


# ---- smoothing, and pixels left out


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize(
    "place", ["half_pixel", *(pytest.param(place, marks=pytest.mark.heavy) for place in PLACES[1:])]
)
def test_smoothing(mode: str, place: str) -> None:
    """Of coordinates as nearly all models have them; others are under ``heavy``."""
    x = numbers(1, 2, 9, 11)
    for given, outside in itertools.product(
        [scales(1, 1, 0.5, 0.5), scales(1, 1, 0.6, 0.45), sizes(1, 2, 4, 18), sizes(1, 2, 3, 7)],
        (0, 1),
    ):
        resize(
            x,
            given,
            mode=mode,
            antialias=1,
            exclude_outside=outside,
            coordinate_transformation_mode=place,
        )


def test_smoothing_changes_nothing_that_does_not_shrink() -> None:
    given: dict[str, Any] = {"mode": "linear", "antialias": 1}
    graph = agree("Resize", IMAGE, None, scales(1, 1, 2, 1.5), **given)
    assert operations(graph) == ["Interpolate"]


def test_leaving_out_what_lies_outside() -> None:
    for place in PLACES:
        given: dict[str, Any] = {"coordinate_transformation_mode": place}
        resize(IMAGE, scales(1, 1, 2, 0.6), mode="cubic", exclude_outside=1, **given)


def test_smoothing_of_the_first_axes() -> None:
    resize(numbers(7, 8), scales(0.5, 0.5), mode="linear", antialias=1)


@pytest.mark.parametrize("mode", ["linear", "cubic"])
def test_smoothing_to_computed_sizes(mode: str) -> None:
    given: dict[str, Any] = {"mode": mode, "antialias": 1, "opset": 19}
    x = numbers(1, 2, 9, 11)
    agree("Resize", x, None, Sized(np.array([1, 1, 0.6, 0.45], np.float32)), **given)
    agree("Resize", x, None, None, Sized(np.array([1, 2, 4, 18])), **given)
    left_out: dict[str, Any] = {"mode": "cubic", "exclude_outside": 1, "opset": 19}
    agree("Resize", x, None, None, Sized(np.array([1, 2, 4, 18])), **left_out)


# ---- regions


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("region", [(0.2, 0.1, 0.9, 0.6), (-0.2, 0.1, 0.5, 1.3), (0.9, 1, 0.1, 0)])
def test_regions(mode: str, region: tuple[float, ...]) -> None:
    start, end = region[:2], region[2:]
    roi = np.array([0, 0, *start, 1, 1, *end], np.float32)
    how = {"coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 7.0}
    for given in (fixed(roi), Sized(roi)):
        agree("Resize", IMAGE, given, None, sizes(1, 2, 4, 3), mode=mode, opset=13, **how)
        agree("Resize", IMAGE, given, scales(1, 1, 1.6, 0.5), mode=mode, opset=13, **how)


def test_regions_of_some_axes() -> None:
    roi, how = np.float32([0.1, 0.2, 0.8, 0.9]), "tf_crop_and_resize"
    given: dict[str, Any] = {"opset": 18, "mode": "linear", "coordinate_transformation_mode": how}
    for axes in ([2, 3], [3, 2]):
        target = Sized(np.array([4, 1]))
        agree("Resize", IMAGE, fixed(roi), None, target, axes=axes, **given)
        agree("Resize", IMAGE, Sized(roi), None, sizes(4, 3), axes=axes, **given)


# ---- other types, and nothing to do


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32])
def test_nearest_of_integers(dtype: Any) -> None:
    resize(numbers(1, 2, 5, 6, dtype=dtype, high=99), scales(1, 1, 1.6, 2))


def test_the_same_size_is_nothing() -> None:
    assert operations(agree("Resize", IMAGE, None, scales(1, 1, 1, 1))) == []
    assert operations(agree("Resize", IMAGE, None, None, sizes(*IMAGE.shape))) == []


# ---- refusals


def test_what_has_no_form_is_refused() -> None:
    given = (None, scales(1, 1, 2, 2))
    place, region = "coordinate_transformation_mode", fixed(np.float32([0, 0, 1, 1]))
    refused("Resize", IMAGE, *given, **{place: "tf_crop_and_resize"}, match="no region")
    crop = {place: "tf_crop_and_resize", "match": "not one of 4 axes"}
    refused("Resize", IMAGE, region, given[1], **crop)
    refused("Resize", IMAGE, *given, **{place: "best"}, match="transformation 'best'")
    refused("Resize", IMAGE, *given, mode="best", match="mode 'best'")
    refused("Resize", IMAGE, *given, nearest_mode="best", match="nearest_mode 'best'")
    refused("Resize", IMAGE, None, None, sizes(1, 2, 7, 9), **{POLICY: "best"}, match="'best'")


POLICY = "keep_aspect_ratio_policy"


def test_what_contradicts_itself_is_refused() -> None:
    refused("Resize", IMAGE, match="neither scales nor sizes")
    refused("Resize", IMAGE, None, scales(2, 2), match="2 scales or sizes for 4 axes")
    refused("Resize", IMAGE, None, scales(1, 1, 2, -2), match="above 0")
    refused("Resize", IMAGE, None, None, sizes(7, 9), match="2 scales or sizes for 4 axes")
    refused("Resize", IMAGE, None, scales(2), axes=[4], match="out of range")
    refused("Resize", IMAGE, None, None, sizes(1, 2, -7, 9), match="become -7")
