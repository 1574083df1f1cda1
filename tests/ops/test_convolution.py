"""Convolutions and poolings: our shapes against the runtime's."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("openvino")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    DeformableConvolution,
    GroupConvolution,
    GroupConvolutionBackpropData,
)
from extensions.ops.pooling import AvgPool, MaxPool, MaxPoolWithIndices
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim, same_shape
from tests.ops.runtime import Case, agree
from tests.ops.strategies import Draw, damaged, data, floats, given_array

PADS = st.sampled_from(["explicit", "valid", "same_upper", "same_lower"])


def several(draw: Draw, count: int, low: int, high: int) -> tuple[int, ...]:
    return tuple(draw(st.integers(low, high)) for _ in range(count))


def window_attributes(draw: Draw, rank: int) -> dict[str, Any]:
    return {
        "strides": several(draw, rank, 1, 3),
        "dilations": several(draw, rank, 1, 2),
        "pads_begin": several(draw, rank, 0, 2),
        "pads_end": several(draw, rank, 0, 2),
        "auto_pad": draw(PADS),
    }


@st.composite
def convolution(draw: Draw, transposed: bool = False, grouped: bool = False) -> Case:
    rank = draw(st.integers(1, 3))
    kernel = several(draw, rank, 1, 4)
    ins, outs, groups = several(draw, 3, 1, 3)
    attributes = window_attributes(draw, rank)
    sizes = (draw(st.integers(1, 3)), ins * (groups if grouped else 1), *several(draw, rank, 3, 9))
    channels = (ins, outs) if transposed else (outs, ins)
    weights = (*([groups] if grouped else []), *channels, *kernel)
    dtype = draw(floats)
    inputs = [data(draw, damaged(draw, sizes), dtype), data(draw, damaged(draw, weights), dtype)]
    if transposed:
        # Where the padding exceeds the output, the runtime takes the negative size for unknown.
        attributes["pads_begin"] = several(draw, rank, 0, 1)
        attributes["pads_end"] = several(draw, rank, 0, 1)
    if transposed and draw(st.booleans()):
        # With an unknown length of this input the runtime errs about the rank of the output.
        inputs.append(given_array(draw, several(draw, rank, 3, 12), loosen=False))
    if transposed and draw(st.booleans()):
        attributes["output_padding"] = several(draw, rank, 0, 1)
    kinds = {
        (False, False): Convolution,
        (False, True): GroupConvolution,
        (True, False): ConvolutionBackpropData,
        (True, True): GroupConvolutionBackpropData,
    }
    return Case(kinds[transposed, grouped](**attributes), inputs)


@st.composite
def deformable(draw: Draw) -> Case:
    kernel = several(draw, 2, 1, 3)
    outs, ins, group, places = several(draw, 4, 1, 2)
    attributes = window_attributes(draw, 2)
    sizes = (2, ins * group * places, 7, 8)
    out = []
    for i in range(2):
        if str(attributes["auto_pad"]).startswith("same"):
            out.append(-(-sizes[2 + i] // attributes["strides"][i]))
            continue
        pads = attributes["pads_begin"][i] + attributes["pads_end"][i]
        pads = 0 if attributes["auto_pad"] == "valid" else pads
        extent = attributes["dilations"][i] * (kernel[i] - 1) + 1
        out.append((sizes[2 + i] + pads - extent) // attributes["strides"][i] + 1)
    area = kernel[0] * kernel[1] * places
    inputs = [
        # The runtime crashes where it should refuse, so all these fit together.
        data(draw, sizes),
        data(draw, (2, 2 * area, *out), rank=False),
        data(draw, (outs * group, ins * places, *kernel)),
    ]
    masked = draw(st.booleans())
    if masked:
        inputs.append(data(draw, (2, area, *out), rank=False))
    op = DeformableConvolution(
        **attributes,
        group=group,
        deformable_group=places,
        has_mask=masked,
        bilinear_interpolation_pad=draw(st.booleans()),
    )
    return Case(op, inputs)


@st.composite
def pool(draw: Draw, kind: type) -> Case:
    rank = draw(st.integers(1, 3))
    attributes = window_attributes(draw, rank) | {
        "kernel": several(draw, rank, 2, 4),
        "rounding_type": draw(st.sampled_from(["floor", "ceil", "ceil_torch"])),
        "pads_begin": several(draw, rank, 0, 1),
        "pads_end": several(draw, rank, 0, 1),
    }
    if kind is MaxPoolWithIndices:
        attributes["index_element_type"] = draw(st.sampled_from([ElementType.i32, ElementType.i64]))
        attributes["axis"] = draw(st.integers(-rank - 2, rank + 1))
    else:
        del attributes["dilations"]
    if kind is AvgPool:
        attributes["exclude_pad"] = draw(st.booleans())
    sizes = damaged(draw, (2, 3, *several(draw, rank, 2, 9)))
    return Case(kind(**attributes), [data(draw, sizes, draw(floats))], 2)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
@given(st.data())
def test_convolution(transposed: bool, grouped: bool, drawn: st.DataObject) -> None:
    agree(drawn.draw(convolution(transposed, grouped)))


@given(deformable())
def test_deformable_convolution(case: Case) -> None:
    agree(case)


@pytest.mark.parametrize("kind", [MaxPool, MaxPoolWithIndices, AvgPool])
@given(st.data())
def test_pool(kind: type, drawn: st.DataObject) -> None:
    agree(drawn.draw(pool(kind)))


def test_sizes_that_are_computed_alike_are_one_unknown() -> None:
    """A window of 3 within padding of 1 leaves sizes alone, and halves them alike twice."""
    g = Graph()
    weights = g.constant(np.zeros((3, 3, 3, 3), np.float32))

    def convolved(x: Output, stride: int) -> Output:
        pads = {"pads_begin": (1, 1), "pads_end": (1, 1), "dilations": (1, 1)}
        return g.add(Convolution(strides=(stride, stride), **pads), x, weights)

    x = g.input("x", (1, 3, Dim(1), Dim(1)))
    assert same_shape(convolved(x, 1).shape, x.shape)
    assert same_shape(convolved(convolved(x, 1), 2).shape, convolved(x, 2).shape)
    assert not same_shape(convolved(x, 2).shape, x.shape)
