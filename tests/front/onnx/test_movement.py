"""Joining, splitting, slicing, padding, moving blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_unknown_rank, refused
from tests.models.nodes import Sized, fixed, numbers

X = numbers(4, 5, 6)
FAR = 2**63 - 1
NEAR = -(2**63)


def ints(*values: int) -> Any:
    return fixed(np.array(values, np.int64))


def fed(*values: int) -> Sized:
    return Sized(np.array(values, np.int64))


# ---- joining


@pytest.mark.parametrize("opset", [4, 11, 13])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_concat(opset: int, axis: int) -> None:
    if axis >= 0 or opset >= 11:
        shapes = [list(X.shape), list(X.shape)]
        shapes[1][axis] = 2
        agree("Concat", *[numbers(*shape) for shape in shapes], axis=axis, opset=opset)
        agree("Concat", X, fixed(numbers(*shapes[1])), X, axis=axis, opset=opset)


def test_concat_of_operation_set_1_is_along_axis_1() -> None:
    y = numbers(4, 2, 6)
    agree("Concat", X, y, opset=1, expected=np.concatenate([X, y], 1))


def test_concat_of_one() -> None:
    assert operations(agree("Concat", X, axis=1)) == []


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.bool_])
def test_concat_of_other_types(dtype: Any) -> None:
    agree("Concat", numbers(2, 3, dtype=dtype), numbers(1, 3, dtype=dtype), axis=0)


def test_concat_that_does_not_fit() -> None:
    refused("Concat", X, numbers(4, 4, 6), axis=0, match="axis 1")
    refused("Concat", X, numbers(4, 5), axis=0, match="rank")
    refused("Concat", X, X, axis=3, match="out of range")
    refused("Concat", X, X, match="'axis' is missing")


# ---- splitting


@pytest.mark.parametrize("opset", [2, 11])
@pytest.mark.parametrize(("axis", "split"), [(None, [1, 3]), (0, [2, 2]), (2, [1, 2, 3])])
def test_split_by_attribute(opset: int, axis: int | None, split: list[int]) -> None:
    agree("Split", X, opset=opset, axis=axis, split=split, outputs=len(split))


@pytest.mark.parametrize("opset", [13, 18])
@pytest.mark.parametrize(
    ("axis", "split"), [(None, [1, 3]), (-1, [2, 4]), (2, [1, 2, 3]), (2, [6, 0])]
)
def test_split_by_input(opset: int, axis: int | None, split: list[int]) -> None:
    agree("Split", X, ints(*split), opset=opset, axis=axis, outputs=len(split))
    agree("Split", X, fed(*split), opset=opset, axis=axis, outputs=len(split))


@pytest.mark.parametrize("opset", [2, 11, 13])
def test_split_into_equal_parts(opset: int) -> None:
    for axis, parts in ((None, 2), (2, 3), (1, 5), (1, 1)):
        agree("Split", X, opset=opset, axis=axis, outputs=parts)


@pytest.mark.parametrize(("axis", "parts"), [(0, 2), (1, 2), (1, 3), (1, 5), (1, 1)])
def test_split_into_a_number_of_parts_of_which_the_last_may_be_smaller(
    axis: int, parts: int
) -> None:
    # How the rest is shared out follows from the size.
    dynamic = [i for i in range(3) if i != axis]
    agree("Split", X, opset=18, axis=axis, num_outputs=parts, outputs=parts, dynamic=dynamic)


def test_split_of_an_unknown_size_into_equal_parts() -> None:
    agree("Split", X, opset=18, axis=2, num_outputs=3, outputs=3)


def test_split_whose_parts_are_not_all_used() -> None:
    agree("Split", X, ints(1, 3), outputs=["", "b"], expected=X[1:])
    agree("Split", X, ints(1, 3), outputs=["a", ""], expected=X[:1])


def test_split_of_operation_set_1_may_have_its_lengths_as_input() -> None:
    parts = [X[:1], X[1:]]
    agree("Split", X, ints(1, 3), opset=1, outputs=2, axis=0, expected=parts)
    agree("Split", X, opset=1, split=[1, 3], outputs=2, axis=0, expected=parts)


def test_split_that_does_not_fit() -> None:
    refused("Split", X, ints(1, 1), outputs=2, match="add up")
    refused("Split", X, ints(1, 3), outputs=3, match="3 outputs")
    refused("Split", X, axis=2, num_outputs=5, outputs=5, match="5 parts")
    refused("Split", X, axis=1, outputs=2, opset=13, match="multiple of 2")


# ---- slicing

SLICES: list[tuple[list[int], list[int], list[int] | None, list[int] | None]] = [
    ([1], [3], None, None),
    ([0, 1], [4, 3], None, None),
    ([1, 0], [3, 2], [2, 0], None),
    ([-3], [-1], [1], None),
    ([-100], [100], [1], None),
    ([0], [FAR], [2], None),
    ([1], [2**31 - 1], [2], None),
    ([NEAR], [FAR], [1], None),
    ([3], [1], [1], None),
    ([7], [9], [1], None),
    ([1], [1], [0], None),
    ([0], [5], [1], [2]),
    ([1], [FAR], [2], [4]),
    ([-1], [NEAR], [2], [-1]),
    ([-1], [-7], [2], [-1]),
    ([FAR], [NEAR], [2], [-2]),
    ([4], [1], [1], [-1]),
    ([100], [0], [1], [-3]),
    ([2], [-100], [1], [-1]),
    ([-2], [0], [-1], [-2]),
    ([0], [4], [1], [-1]),
    ([0, -1], [4, NEAR], [0, -1], [1, -1]),
]


@pytest.mark.parametrize(("starts", "ends", "axes", "steps"), SLICES)
@pytest.mark.parametrize("opset", [10, 11, 13])
def test_slice_with_known_limits(
    starts: list[int], ends: list[int], axes: Any, steps: Any, opset: int
) -> None:
    given = [None if v is None else ints(*v) for v in (starts, ends, axes, steps)]
    agree("Slice", X, *given, opset=opset)


@pytest.mark.parametrize(("starts", "ends", "axes", "steps"), SLICES)
def test_slice_with_computed_limits(
    starts: list[int], ends: list[int], axes: Any, steps: Any
) -> None:
    """What is computed stays within 32 bits at run time; what is known is made to."""
    axes, steps = (None if v is None else ints(*v) for v in (axes, steps))
    within = [[max(-(2**31) + 1, min(v, 2**31 - 1)) for v in values] for values in (starts, ends)]
    agree("Slice", X, fed(*within[0]), fed(*within[1]), axes, steps)
    agree("Slice", X, fed(*within[0]), ints(*ends), axes, steps)
    agree("Slice", X, ints(*starts), fed(*within[1]), axes, steps)


@pytest.mark.parametrize(
    ("starts", "ends", "axes"), [s[:3] for s in SLICES if s[3] is None and FAR not in s[1]]
)
@pytest.mark.parametrize("opset", [1, 9])
def test_slice_with_attributes(starts: list[int], ends: list[int], axes: Any, opset: int) -> None:
    agree("Slice", X, opset=opset, starts=starts, ends=ends, axes=axes)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_slice_limits_of_both_integer_types(dtype: Any) -> None:
    limits = [np.array([1], dtype), np.array([2**31 - 1], dtype)]
    agree("Slice", X, *map(fixed, limits), fixed(np.array([2], dtype)))
    agree("Slice", X, *map(Sized, limits), fixed(np.array([2], dtype)))


def test_slice_of_other_types() -> None:
    for dtype in (np.int64, np.bool_, np.uint8):
        agree("Slice", numbers(4, 5, dtype=dtype), ints(1), ints(3), ints(1))


def test_slice_with_everything_computed() -> None:
    agree("Slice", X, fed(1, 0), fed(3, 9), fed(2, 0), fed(1, 2))
    agree("Slice", X, fed(1, 0), fed(3, 9))


def test_slice_of_the_whole_is_nothing() -> None:
    assert operations(agree("Slice", X, ints(0), ints(FAR), ints(1))) == []


def test_slice_that_makes_no_sense() -> None:
    refused("Slice", X, ints(0), ints(1), ints(3), match="out of range")
    refused("Slice", X, ints(0), ints(1), ints(0), ints(0), match="step")
    refused("Slice", X, ints(0, 1), ints(1), ints(0, 1), match="differ in number")
    refused("Slice", X, ints(0, 1), ints(1, 2), ints(0, 0), match="twice")


# ---- padding

MODES = ["constant", "reflect", "edge"]


@pytest.mark.parametrize("opset", [2, 10])
@pytest.mark.parametrize("mode", [None, *MODES])
def test_pad_with_attributes(opset: int, mode: str | None) -> None:
    agree("Pad", X, opset=opset, mode=mode, pads=[1, 0, 2, 0, 3, 1])
    agree("Pad", X, opset=opset, mode=mode, pads=[0, 0, 0, 0, 0, 0])
    if mode in (None, "constant"):
        agree("Pad", X, opset=opset, mode=mode, pads=[1, 0, 2, 0, 3, 1], value=1.5)


def test_pad_of_operation_set_1_calls_its_pads_paddings() -> None:
    expected = np.pad(X, [(1, 0), (0, 2), (0, 0)], constant_values=2)
    agree("Pad", X, opset=1, paddings=[1, 0, 0, 0, 2, 0], value=2.0, expected=expected)


@pytest.mark.parametrize("opset", [11, 13, 18, 19, 21])
@pytest.mark.parametrize("mode", [None, *MODES])
def test_pad_with_inputs(opset: int, mode: str | None) -> None:
    agree("Pad", X, ints(1, 0, 2, 0, 3, 1), opset=opset, mode=mode)
    agree("Pad", X, fed(1, 0, 2, 0, 3, 1), opset=opset, mode=mode)
    if mode in (None, "constant"):
        agree("Pad", X, ints(1, 0, 2, 0, 3, 1), fixed(1.5), opset=opset, mode=mode)
        agree("Pad", X, fed(1, 0, 2, 0, 3, 1), fixed([1.5]), opset=opset, mode=mode)


@pytest.mark.parametrize("opset", [18, 21])
@pytest.mark.parametrize("axes", [(1,), (2, 0), (-1, 0)])
def test_pad_of_some_axes(opset: int, axes: tuple[int, ...]) -> None:
    pads = range(1, 2 * len(axes) + 1)
    agree("Pad", X, ints(*pads), None, ints(*axes), opset=opset)
    agree("Pad", X, fed(*pads), fixed(0.5), ints(*axes), opset=opset)


@pytest.mark.parametrize(
    "pads", [(-1, 0, 0, 0, -2, 0), (1, -1, 0, -1, 2, 0), (-1, -1, -1, 2, 2, 2)]
)
def test_pads_below_zero_cut_off(pads: tuple[int, ...]) -> None:
    agree("Pad", X, ints(*pads))
    agree("Pad", X, ints(*pads), fixed(2.5))
    agree("Pad", X, opset=2, pads=pads)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8, np.float64])
def test_pad_of_other_types(dtype: Any) -> None:
    agree("Pad", numbers(2, 3, dtype=dtype), ints(1, 0, 0, 2), fixed(3, dtype))
    agree("Pad", numbers(2, 3, dtype=dtype), ints(1, 0, 0, 2))


def test_pad_of_booleans() -> None:
    x = numbers(2, 3, dtype=bool)
    agree("Pad", x, ints(1, 0, 0, 2), expected=np.pad(x, [(1, 0), (0, 2)]))


def test_pad_of_axes_chosen_at_run_time() -> None:
    agree("Pad", X, ints(1, 2, 3, 4), None, fed(-1, 0), opset=21)
    agree("Pad", X, fed(1, 2, 3, 4), fixed(0.5), fed(1, 2), opset=21)


@pytest.mark.parametrize("pads", [(1, 0, 2, 0, 3, 1), (4, 0, 0, 0, 0, 6), (0, -1, 0, 0, 2, -1)])
def test_pad_around_the_end(pads: tuple[int, ...]) -> None:
    agree("Pad", X, ints(*pads), opset=19, mode="wrap")
    agree("Pad", X, fed(*pads), opset=19, mode="wrap")


def test_pad_around_the_end_more_than_once() -> None:
    """As numpy does it; onnxruntime reads behind its data."""
    expected = np.pad(X, [(9, 0), (0, 11), (0, 0)], mode="wrap")
    agree("Pad", X, ints(9, 0, 0, 0, 11, 0), opset=19, mode="wrap", expected=expected)


def test_pad_that_makes_no_sense() -> None:
    refused("Pad", X, ints(1, 0), match="pads")
    refused("Pad", X, opset=2, match="'pads' is missing")
    refused("Pad", X, ints(1, 0, 0, 0, 0, 0), mode="mirror", match="mode 'mirror'")
    refused("Pad", X, ints(-9, 0, 0, 0, 0, 0), match="dimension")
    refused("Pad", X, ints(1, 0, 0), None, ints(1, 2), match="pads")


# ---- blocks


@pytest.mark.parametrize("opset", [1, 11, 13])
@pytest.mark.parametrize("mode", [None, "DCR", "CRD"])
def test_depth_to_space(opset: int, mode: str | None) -> None:
    if opset >= 11 or mode is None:
        agree("DepthToSpace", numbers(2, 8, 2, 3), opset=opset, blocksize=2, mode=mode)


@pytest.mark.parametrize("opset", [1, 13])
def test_space_to_depth(opset: int) -> None:
    agree("SpaceToDepth", numbers(2, 3, 4, 6), opset=opset, blocksize=2)


def test_space_to_depth_with_the_channels_first() -> None:
    """The mode is there since operation set 28, which onnxruntime does not know."""
    x = numbers(2, 3, 4, 6)
    blocks = x.reshape(2, 3, 2, 2, 3, 2).transpose(0, 1, 3, 5, 2, 4)
    agree("SpaceToDepth", x, blocksize=2, mode="CRD", expected=blocks.reshape(2, 12, 2, 3))


def test_blocks_that_do_not_fit() -> None:
    refused("DepthToSpace", numbers(2, 8, 2, 3), match="'blocksize' is missing")
    refused("DepthToSpace", numbers(2, 7, 2, 3), blocksize=2, match="multiple of 4")
    refused("SpaceToDepth", numbers(2, 3, 5, 6), blocksize=2, match="multiple of 2")
    refused("SpaceToDepth", numbers(2, 3, 5, 6), blocksize=0, match="blocksize 0")
    refused("DepthToSpace", numbers(2, 8, 2, 3), blocksize=2, mode="X", match="mode 'X'")


# ---- sequences


@pytest.mark.parametrize(("batch", "time"), [(None, None), (1, 0), (0, 1)])
def test_reverse_sequence(batch: int | None, time: int | None) -> None:
    x = numbers(4, 4, 2)
    for lengths in (np.array([1, 2, 3, 4]), fixed(np.array([4, 3, 2, 1]))):
        agree("ReverseSequence", x, lengths, opset=10, batch_axis=batch, time_axis=time)


def test_slices_of_an_unknown_rank() -> None:
    agree_unknown_rank("Concat", X, X, axis=0)


@pytest.mark.parametrize("axes", [[1, 2], [-1, 0], [2]])
def test_slices_of_axes_that_are_computed(axes: list[int]) -> None:
    """The CPU runtime would crash."""
    starts, ends, steps = ([4, -5][: len(axes)], [1, 3][: len(axes)], [-2, 1][: len(axes)])
    along = Sized(np.array(axes))
    agree("Slice", X, fixed(starts), fixed(ends), along, fixed(steps))
    agree("Slice", X, *(Sized(np.array(value)) for value in (starts, ends)), along)


def test_the_greatest_integers_are_no_limit_backwards_either() -> None:
    """As in onnxruntime; numpy takes nothing then."""
    for end in (FAR, 2**31 - 1):
        agree("Slice", X, fixed([3]), fixed([end]), fixed([1]), fixed([-2]))
        agree("Slice", X, Sized(np.array([3])), fixed([end]), fixed([1]), fixed([-2]))


@pytest.mark.parametrize("size", [6, 5, 7])
def test_parts_of_an_axis_of_unknown_size(size: int) -> None:
    agree("Split", numbers(size, 2), opset=18, outputs=3, num_outputs=3)


def test_padding_with_a_computed_number() -> None:
    """The CPU runtime would put zeros where sizes are known."""
    value = np.array(2.5, np.float32)
    agree("Pad", X, fixed([1, 0, 2, 0, 1, -1]), value)
    agree("Pad", X, Sized(np.array([1, 0, 2, 0, 1, 1])), value)
    agree("Pad", X.astype(np.int32), fixed([0, 0, 0, 1, 1, 1]), np.array(7, np.int32))
