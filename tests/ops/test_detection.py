"""Sorting, selection and detection: our types against the runtime's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from hypothesis import given
from hypothesis import strategies as st

from extensions.ops import detection as d
from extensions.ops import selection as s
from extensions.ops import suppression
from tests.ops.runtime import Case, agree
from tests.ops.strategies import (
    Draw,
    axis_of,
    damaged,
    data,
    f32,
    floats,
    given_array,
    i32,
    i64,
    numbers,
    sizes,
)

INDEX = st.sampled_from([i32, i64])


@st.composite
def topk(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axis = axis_of(draw, len(shape))
    # The runtime does not compare k with the size, and crashes when it runs.
    k = draw(st.integers(1, shape[axis]))
    op = s.TopK(
        axis=axis,
        mode=draw(st.sampled_from(["max", "min"])),
        index_element_type=draw(INDEX),
        stable=draw(st.booleans()),
    )
    return Case(op, [data(draw, shape), given_array(draw, k, draw(INDEX))], 2)


@st.composite
def nms(draw: Draw) -> Case:
    batch, boxes, classes = (draw(st.integers(1, 4)) for _ in range(3))
    dtype = f32
    inputs = [
        data(draw, damaged(draw, [batch, boxes, 4]), dtype),
        data(draw, damaged(draw, [batch, classes, boxes]), dtype),
    ]
    rest = [(draw(st.integers(0, 5)), draw(INDEX)), (0.5, f32), (0.1, f32), (0.0, f32)]
    for value, kind in rest[: draw(st.integers(0, 4))]:
        shaped = value if draw(st.booleans()) else [value]
        inputs.append(given_array(draw, shaped, kind, loosen=False))
    op = suppression.NonMaxSuppression(output_type=draw(INDEX), box_encoding="center")
    return Case(op, inputs, 3)


@st.composite
def priors(draw: Draw) -> Case:
    layer, image = [draw(st.integers(1, 5)) for _ in range(2)], [32, 64]
    kind = draw(INDEX)
    inputs = [given_array(draw, v, kind, loosen=False) for v in (layer, image)]
    if draw(st.integers(0, 3)) == 3:
        count = draw(st.integers(1, 3))
        op = d.PriorBoxClustered(
            width=(8.0,) * count, height=(9.0,) * count, variance=(0.1, 0.1, 0.2, 0.2)
        )
        return Case(op, inputs)
    floats_ = st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.0, 1 / 3]), max_size=3, unique=True)
    scale = draw(st.booleans())
    attributes = {
        "min_size": tuple(
            draw(st.lists(st.sampled_from([8.0, 16.0, 20.0]), min_size=1, max_size=3))
        ),
        "aspect_ratio": tuple(draw(floats_)),
        "flip": draw(st.booleans()),
        "variance": (0.1, 0.1, 0.2, 0.2),
        "scale_all_sizes": scale,
        "min_max_aspect_ratios_order": draw(st.booleans()),
    }
    if draw(st.booleans()) and scale:
        attributes["max_size"] = tuple(size + 4 for size in attributes["min_size"])
    if draw(st.integers(0, 4)) == 4 and scale:
        count = draw(st.integers(1, 3))
        attributes["fixed_size"] = (8.0, 16.0, 32.0)[:count]
        attributes["density"] = (1.0, 2.0, 3.0)[:count]
        attributes["fixed_ratio"] = tuple(draw(floats_))
    return Case(d.PriorBox(**attributes), inputs)


@st.composite
def detection_output(draw: Draw) -> Case:
    images, boxes, classes = (draw(st.integers(1, 3)) for _ in range(3))
    shared, normalized, inside = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    op = d.DetectionOutput(
        num_classes=classes,
        top_k=draw(st.sampled_from([-1, 5])),
        keep_top_k=(draw(st.sampled_from([-1, 7])),),
        share_location=shared,
        normalized=normalized,
        nms_threshold=0.5,
        variance_encoded_in_target=inside,
    )
    locations = 1 if shared else classes
    width = 4 if normalized else 5
    shapes = [
        [images, boxes * locations * 4],
        [images, boxes * classes],
        [draw(st.sampled_from([1, images])), 1 if inside else 2, boxes * width],
    ]
    if draw(st.integers(0, 3)) == 3:
        shapes += [[images, boxes * 2], [images, boxes * locations * 4]]
    dtype = draw(floats)
    # Of an interval and a number that do not meet, the runtime takes the number of images.
    shapes = [[shape[0], *damaged(draw, shape[1:], rank=False)] for shape in shapes]
    return Case(op, [data(draw, shape, dtype) for shape in shapes])


@st.composite
def yolo(draw: Draw) -> Case:
    stride, mask, num = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    n, c, h, w = draw(sizes(4, 4))
    if draw(st.booleans()):
        return Case(
            d.ReorgYolo(stride=stride),
            [data(draw, damaged(draw, [n, c * stride**2, h * stride, w * stride]))],
        )
    softmax = draw(st.booleans())
    classes = draw(st.integers(1, 3))
    op = d.RegionYolo(
        anchors=(1.0, 2.0) * num,
        axis=1,
        end_axis=draw(st.sampled_from([1, 2, 3, -1])),
        coords=4,
        classes=classes,
        num=num,
        do_softmax=softmax,
        mask=tuple(range(mask)),
    )
    channels = (classes + 5) * (num if softmax else mask)
    return Case(op, [data(draw, [n, channels, h, w])])


@st.composite
def proposal(draw: Draw) -> Case:
    n, a, h, w = draw(sizes(4, 4))
    n = 1 if draw(st.booleans()) else n
    op = d.Proposal(
        base_size=16,
        pre_nms_topn=20,
        post_nms_topn=draw(st.integers(1, 5)),
        nms_thresh=0.7,
        feat_stride=16,
        min_size=16,
        ratio=(0.5,) * a,
        scale=(8.0,),
    )
    dtype = draw(floats)
    # The runtime does not compare the sizes of the two feature maps.
    shapes = [[*damaged(draw, [n, channels * a]), h, w] for channels in (2, 4)]
    shapes.append(damaged(draw, [draw(st.sampled_from([3, 4]))]))
    return Case(op, [data(draw, shape, dtype) for shape in shapes], 2)


@st.composite
def buckets(draw: Draw) -> Case:
    if draw(st.booleans()):
        bucketize = s.Bucketize(output_type=draw(INDEX), with_right_bound=draw(st.booleans()))
        buckets = data(draw, draw(sizes(1, 2)), draw(numbers))
        buckets = buckets._replace(array=np.sort(buckets.array))
        return Case(bucketize, [data(draw, draw(sizes()), draw(numbers)), buckets])
    shape = draw(sizes(1, 3))
    op = s.Unique(index_element_type=draw(INDEX), count_element_type=draw(INDEX))
    # The runtime takes it that there is an element.
    inputs: list[Any] = [data(draw, shape, draw(numbers), least=1)]
    if draw(st.booleans()):
        axis = np.asarray(axis_of(draw, len(shape)))
        inputs.append(axis if draw(st.booleans()) else axis.reshape(1))
    return Case(op, inputs, 4)


CASES = [topk(), nms(), priors(), detection_output(), yolo(), proposal(), buckets()]


@pytest.mark.parametrize("cases", CASES, ids=str)
@given(st.data())
def test_types(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    agree(drawn.draw(cases))
