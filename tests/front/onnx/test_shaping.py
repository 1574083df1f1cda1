"""Shapes: asking for them, changing them, repeating."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx import helper

from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_model, agree_unknown_rank, convert, refused
from tests.models.nodes import Sized, fixed, model_of, numbers, opened

X = numbers(2, 3, 4)


def ints(*values: int) -> Any:
    return fixed(np.array(values, np.int64))


def fed(*values: int) -> Sized:
    return Sized(np.array(values, np.int64))


# ---- asking


@pytest.mark.parametrize("opset", [1, 13, 15, 19, 21])
@pytest.mark.parametrize("op", ["Shape", "Size"])
def test_shape_and_size(op: str, opset: int) -> None:
    for shape in [(), (5,), (2, 3, 4), (2, 0, 4)]:
        agree(op, numbers(*shape), opset=opset)


@pytest.mark.parametrize("start", [None, 0, 1, -1, -2, 5, -9])
@pytest.mark.parametrize("end", [None, 0, 1, 3, -1, 9, -9])
def test_part_of_a_shape(start: int | None, end: int | None) -> None:
    agree("Shape", X, opset=15, start=start, end=end)


# ---- reshaping


@pytest.mark.parametrize("opset", [5, 13, 14, 21])
@pytest.mark.parametrize(
    "target", [(6, 4), (-1,), (0, -1), (0, 0, 2, 2), (-1, 0), (4, -1, 3), (2, 3, 4), (1, 24, 1)]
)
def test_reshape(opset: int, target: tuple[int, ...]) -> None:
    agree("Reshape", X, ints(*target), opset=opset)


def test_reshape_of_operation_set_1_has_the_shape_as_attribute() -> None:
    agree("Reshape", X, opset=1, shape=[0, -1], expected=X.reshape(2, 12))


def test_reshape_to_a_computed_shape() -> None:
    agree("Reshape", X, fed(4, 6))
    agree("Reshape", X, fed(0, -1))


def test_reshape_from_and_to_a_scalar() -> None:
    agree("Reshape", numbers(1, 1), ints())
    agree("Reshape", numbers(), ints(1, -1))


def test_reshape_without_elements() -> None:
    agree("Reshape", numbers(2, 0, 4), ints(0, 0, 8), opset=14)
    agree("Reshape", numbers(2, 0, 4), ints(3, 0), opset=14, allowzero=1)
    agree("Reshape", numbers(2, 3, 4), ints(4, 6), opset=14, allowzero=1)


def test_reshape_that_does_not_fit() -> None:
    refused("Reshape", X, ints(5, 5), match="differ in size")
    refused("Reshape", X, ints(5, -1), match="blocks of 5")
    refused("Reshape", X, ints(-1, -1), match="only one -1")
    refused("Reshape", X, ints(-2, 12), match="not a size")
    refused("Reshape", X, ints(6, 4, 1, 0), match="no dimension to copy")


@pytest.mark.parametrize("opset", [1, 9, 11, 13, 21])
def test_flatten(opset: int) -> None:
    for shape in [(5,), (2, 3), (2, 3, 4), (2, 3, 4, 5)]:
        lowest = -len(shape) if opset >= 11 else 0
        for axis in (None, *range(lowest, len(shape) + 1)):
            agree("Flatten", numbers(*shape), opset=opset, axis=axis)


def test_flatten_at_an_axis_that_is_not_there() -> None:
    refused("Flatten", X, axis=4, match="out of range")
    refused("Flatten", X, axis=-4, match="out of range")


def test_flatten_without_elements() -> None:
    agree("Flatten", numbers(0, 3, 4))


@pytest.mark.parametrize("opset", [1, 11])
def test_squeeze_with_attribute(opset: int) -> None:
    x = numbers(1, 3, 1, 4)
    for axes in ([0], [2], [0, 2], *([[-2]] if opset == 11 else [])):
        agree("Squeeze", x, opset=opset, axes=axes)


@pytest.mark.parametrize("opset", [13, 21])
def test_squeeze_with_input(opset: int) -> None:
    x = numbers(1, 3, 1, 4)
    for axes in ([0], [2], [-2, 0]):
        agree("Squeeze", x, ints(*axes), opset=opset)


@pytest.mark.parametrize("opset", [1, 11, 13])
def test_squeeze_of_all_ones(opset: int) -> None:
    agree("Squeeze", numbers(1, 3, 1, 4), opset=opset, dynamic=False)
    agree_unknown_rank("Squeeze", numbers(1, 3, 1, 4), opset=opset)


@pytest.mark.parametrize("axes", [(0,), (2,), (-2, 0)])
def test_squeeze_of_computed_axes(axes: tuple[int, ...]) -> None:
    agree("Squeeze", numbers(1, 3, 1, 4), fed(*axes))


def test_squeeze_of_all_computed_axes() -> None:
    agree("Squeeze", numbers(1, 1), fed(1, 0))


@pytest.mark.parametrize("opset", [1, 11])
def test_unsqueeze_with_attribute(opset: int) -> None:
    for axes in ([0], [1, 3], [0, 4], *([[-1], [-1, 0]] if opset == 11 else [])):
        agree("Unsqueeze", X, opset=opset, axes=axes)


@pytest.mark.parametrize("opset", [13, 21])
def test_unsqueeze_with_input(opset: int) -> None:
    for axes in ([0], [1, 3], [3, 1], [-1], [-1, 0]):
        agree("Unsqueeze", X, ints(*axes), opset=opset)
    agree("Unsqueeze", numbers(), ints(0))


@pytest.mark.parametrize("axes", [(0,), (3,), (-1,), (3, 1), (0, 1, 2), (5, -5, 0)])
def test_unsqueeze_of_computed_axes(axes: tuple[int, ...]) -> None:
    agree("Unsqueeze", X, fed(*axes))
    agree("Unsqueeze", numbers(), fed(0, 1))


@pytest.mark.parametrize("opset", [1, 13, 21])
def test_transpose(opset: int) -> None:
    for perm in (None, [0, 1, 2], [2, 0, 1], [1, 0, 2]):
        agree("Transpose", X, opset=opset, perm=perm)


def test_transpose_needs_an_order_of_all_axes() -> None:
    refused("Transpose", X, perm=[0, 1], match="no order")
    refused("Transpose", X, perm=[0, 1, 1], match="no order")


# ---- repeating


@pytest.mark.parametrize("opset", [8, 13])
@pytest.mark.parametrize("target", [(3, 4), (5, 3, 4), (1,), (3, 1), (1, 1, 4), (2, 1, 3, 4)])
def test_expand_broadcasts_both_ways(opset: int, target: tuple[int, ...]) -> None:
    agree("Expand", numbers(3, 1), ints(*target), opset=opset)
    agree("Expand", numbers(3, 1), fed(*target), opset=opset)


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.uint8])
def test_expand_of_other_types(dtype: Any) -> None:
    agree("Expand", numbers(3, 1, dtype=dtype), ints(2, 3, 4))


@pytest.mark.parametrize("opset", [6, 13])
@pytest.mark.parametrize("repeats", [(1, 1, 1), (2, 1, 3), (0, 1, 1)])
def test_tile(opset: int, repeats: tuple[int, ...]) -> None:
    agree("Tile", X, ints(*repeats), opset=opset)
    agree("Tile", X, fed(*repeats), opset=opset)


def test_tile_of_four_axes_as_computed() -> None:
    """The runtime's Tile gives wrong numbers here."""
    agree("Tile", numbers(2, 3, 4, 5), fed(7, 6, 4, 2))


def test_tile_of_sizes_one_is_a_broadcast() -> None:
    """What is computed of a batch: [batch, 1, 1]."""
    nodes = [
        helper.make_node("Shape", ["x"], ["batch"], start=0, end=1),
        helper.make_node("Concat", ["batch", "ones"], ["repeats"], axis=0),
        helper.make_node("Tile", ["token", "repeats"], ["y"]),
    ]
    kept = [("ones", np.array([1, 1])), ("token", numbers(1, 1, 4))]
    model = model_of(nodes, [("x", X)], ["y"], kept)
    agree_model(model, [X])
    assert operations(convert(opened(model)))[-1] == "Broadcast"


def test_tile_of_operation_set_1_repeats_one_axis() -> None:
    tiles, axis = fixed(3.0), fixed(1.0)
    agree("Tile", X, tiles, axis, opset=1, expected=np.tile(X, (1, 3, 1)))
    refused("Tile", X, np.array(2.0, np.float32), axis, opset=1, match="must be constant")


@pytest.mark.parametrize("opset", [9, 20, 21])
@pytest.mark.parametrize("value", [None, np.array([2], np.int64), np.array([True])])
def test_constant_of_shape(opset: int, value: np.ndarray | None) -> None:
    for target in ((2, 3), (), (0, 3)):
        agree("ConstantOfShape", ints(*target), opset=opset, value=value)
        if target:
            agree("ConstantOfShape", fed(*target), opset=opset, value=value)


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.int64, np.float64])
@pytest.mark.parametrize("limits", [(0, 5, 1), (2, 9, 3), (9, 2, -2), (5, 0, 1), (0, 0, 1)])
def test_range(dtype: Any, limits: tuple[int, ...]) -> None:
    agree("Range", *[fixed(value, dtype) for value in limits], opset=11)
    if limits != (5, 0, 1):  # of which the runtime makes five numbers
        agree("Range", *[np.array(value, dtype) for value in limits], opset=11)


def test_range_of_fractions() -> None:
    limits = [np.array(value, np.float32) for value in (0.5, 2.9, 0.6)]
    agree("Range", *limits)
    agree("Range", *map(fixed, limits))


def test_range_without_a_step_is_refused() -> None:
    refused("Range", fixed(0), fixed(5), fixed(0), match="step is 0")


@pytest.mark.parametrize("opset", [9, 11])
@pytest.mark.parametrize("axis", [None, 0, 1, -1, -2])
def test_one_hot(opset: int, axis: int | None) -> None:
    indices = np.array([[0, 2, 1], [3, 0, 9]], np.int64)
    values = fixed(np.array([0.5, 2.5], np.float32))
    agree("OneHot", indices, fixed(4), values, opset=opset, axis=axis)
    agree("OneHot", indices, fixed(np.array([4], np.int64)), values, opset=opset, axis=axis)


def test_one_hot_counts_indices_below_zero_from_the_end() -> None:
    values = fixed(np.array([0, 1], np.int64))
    indices = np.array([0, -1, -4, -5], np.int64)
    agree("OneHot", indices, fixed(4), values)
    agree("OneHot", fixed(indices), fixed(4), values)


@pytest.mark.parametrize("index_type", [np.int32, np.int64, np.float32])
@pytest.mark.parametrize("depth_type", [np.int32, np.int64, np.float32])
def test_one_hot_of_other_types(index_type: Any, depth_type: Any) -> None:
    indices, values = np.array([0, 2, 1], index_type), fixed(np.array([5, 7], np.int32))
    known = index_type is np.int64 or depth_type is np.int64 or index_type is depth_type
    expected = np.where(np.arange(3) == indices[:, None], 7, 5).astype(np.int32)
    agree("OneHot", indices, fixed(3, depth_type), values, expected=None if known else expected)


def test_one_hot_with_computed_depth_and_values() -> None:
    indices, depth = np.array([0, 2, 1], np.int64), np.array(3, np.int64)
    agree("OneHot", indices, depth, np.array([1.5, 2.5], np.float32))


@pytest.mark.parametrize("opset", [9, 22])
@pytest.mark.parametrize("k", [None, 1, -2])
def test_eye_like(opset: int, k: int | None) -> None:
    for dtype in (None, 1, 7):
        agree("EyeLike", numbers(3, 4), opset=opset, k=k, dtype=dtype)


@pytest.mark.parametrize("upper", [None, 0, 1])
@pytest.mark.parametrize("k", [None, 0, 1, -1, 5, -7])
def test_trilu(upper: int | None, k: int | None) -> None:
    for shape in ((3, 4), (4, 3), (2, 3, 3)):
        agree("Trilu", numbers(*shape), None if k is None else fixed(k), opset=14, upper=upper)
    if k is not None:
        agree("Trilu", numbers(3, 4), np.array(k), opset=14, upper=upper)


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.float64])
def test_trilu_of_other_types(dtype: Any) -> None:
    agree("Trilu", numbers(3, 3, dtype=dtype, low=1), opset=14)


@pytest.mark.parametrize("opset", [11, 14])
@pytest.mark.parametrize("exclusive", [None, 1])
@pytest.mark.parametrize("reverse", [None, 1])
def test_running_sum(opset: int, exclusive: int | None, reverse: int | None) -> None:
    for axis in (0, 2, -1):
        given: dict[str, Any] = {"opset": opset, "exclusive": exclusive, "reverse": reverse}
        agree("CumSum", X, fixed(axis), **given)
        agree("CumSum", X, fixed(np.array([axis], np.int32)), **given)
    agree("CumSum", np.array([1, 2, 3], np.int32), fixed(0), opset=opset, exclusive=exclusive)


def test_shape_computations_on_known_sizes_fold() -> None:
    assert operations(agree("Shape", X, dynamic=False)) == []


def test_no_axes_among_those_to_squeeze_are_all_axes() -> None:
    x = numbers(1, 3, 1)
    agree("Squeeze", x, fixed(np.empty(0, np.int64)), dynamic=False)
    agree("Squeeze", x, Sized(np.empty(0, np.int64)), dynamic=False)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32])
def test_ranges_whose_end_lies_behind_their_start(dtype: Any) -> None:
    """The CPU runtime would count towards the end all the same."""
    for limits in ((1, 0, 1), (0, -3, 1), (2, 5, -1), (5, 0, 2), (4, 0, -2)):
        start, stop, step = (np.array(value, dtype) for value in limits)
        agree("Range", start, stop, step)
        agree("Range", start, stop, fixed(step))
        agree("Range", fixed(start), stop, fixed(step))


def test_what_is_expanded_to_nothing() -> None:
    for x, target in ((numbers(3, 1), [1, 0]), (numbers(1), [0]), (numbers(0), [3, 1])):
        agree("Expand", x, fixed(target))


@pytest.mark.parametrize("axes", [(0,), (0, 3), (3,)])
def test_data_repeated_along_several_axes(axes: tuple[int, ...]) -> None:
    """With some sizes known the CPU runtime would put it in wrong places."""
    agree("Tile", numbers(3, 1, 3, 2), fixed([1, 3, 2, 1]), dynamic=axes)
    agree("Tile", numbers(1, 1, 2, 3, 2), fixed([3, 1, 2, 3, 2]), dynamic=axes)
