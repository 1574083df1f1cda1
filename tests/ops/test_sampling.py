"""Resizing, sampling, adaptive and regional pooling: our types against the runtime's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from hypothesis import given
from hypothesis import strategies as st

from extensions.ops import pooling as p
from extensions.ops import regions as c
from extensions.ops import sampling as s
from tests.ops.runtime import Case, RawGraph, agree, read, runtime_types
from tests.ops.strategies import (
    Draw,
    axes_of,
    damaged,
    data,
    f32,
    floats,
    given_array,
    i32,
    i64,
    sizes,
)

INDEX = st.sampled_from([i32, i64])
FACTORS = st.sampled_from([0.5, 1.0, 2.0, 1.5, 0.7, 2.3, 1 / 3, 3.0, 2.9999999])


@st.composite
def interpolate(draw: Draw) -> Case:
    shape = draw(sizes(2, 4))
    axes = axes_of(draw, len(shape), 1, negative=False)
    given_axes = draw(st.integers(0, 3)) > 0
    if not given_axes:
        axes = list(range(len(shape)))
    mode = draw(st.sampled_from(["sizes", "scales"]))
    targets = [draw(st.integers(1, 9)) for _ in axes]
    factors = [draw(FACTORS) for _ in axes]
    # Where one of the two is not used, its values do not count.
    inputs = [data(draw, shape), given_array(draw, targets, i64), given_array(draw, factors, f32)]
    if given_axes:
        inputs.append(given_array(draw, axes, draw(INDEX)))
    attributes: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 3:
        attributes["pads_begin"] = tuple(draw(st.integers(0, 2)) for _ in shape)
        attributes["pads_end"] = tuple(draw(st.integers(0, 2)) for _ in shape)
    op = s.Interpolate(mode="nearest", shape_calculation_mode=mode, **attributes)
    return Case(op, inputs)


@st.composite
def grid_sample(draw: Draw) -> Case:
    shape, grid = draw(sizes(4, 4)), [*draw(sizes(3, 3)), 2]
    grid[0] = shape[0]
    op = s.GridSample(align_corners=False, mode="bilinear", padding_mode="zeros")
    return Case(op, [data(draw, damaged(draw, shape)), data(draw, damaged(draw, grid))])


@st.composite
def patches(draw: Draw) -> Case:
    shape = draw(sizes(4, 4, 7, 12))
    sizes_, strides, rates = (tuple(draw(st.integers(1, 3)) for _ in range(2)) for _ in range(3))
    op = s.ExtractImagePatches(
        sizes=sizes_,
        strides=strides,
        rates=rates,
        auto_pad=draw(st.sampled_from(["valid", "same_upper", "same_lower"])),
    )
    return Case(op, [data(draw, damaged(draw, shape))])


@st.composite
def adaptive(draw: Draw) -> Case:
    shape = draw(sizes(3, 5))
    target = damaged(draw, [draw(st.integers(1, 5)) for _ in shape[2:]])
    kind = draw(st.sampled_from([p.AdaptiveAvgPool, p.AdaptiveMaxPool]))
    inputs = [data(draw, shape), given_array(draw, target, draw(INDEX), loosen=False)]
    return Case(kind(), inputs, 2 if kind is p.AdaptiveMaxPool else 1)


@st.composite
def regions(draw: Draw) -> Case:
    shape, count, dtype = draw(sizes(4, 4)), draw(st.integers(1, 5)), draw(floats)
    which = draw(st.integers(0, 2))
    if which == 0:
        align = c.ROIAlign(
            pooled_h=2,
            pooled_w=3,
            sampling_ratio=2,
            spatial_scale=0.5,
            aligned_mode=draw(st.sampled_from(["asymmetric", "half_pixel"])),
        )
        rois = data(draw, damaged(draw, [count, 4]), dtype)
        images = data(draw, damaged(draw, [count]), i32)
        return Case(align, [data(draw, damaged(draw, shape), dtype), rois, images])
    rois = data(draw, damaged(draw, [count, 5]), dtype)
    if which == 1:
        plain = c.ROIPooling(pooled_h=2, pooled_w=3, spatial_scale=0.5)
        return Case(plain, [data(draw, damaged(draw, shape), dtype), rois])
    mode, bins = draw(st.sampled_from([("average", 1), ("bilinear", 2)]))
    op = c.PSROIPooling(
        output_dim=draw(st.integers(1, 3)),
        group_size=draw(st.integers(1, 2)),
        spatial_scale=0.5,
        mode=mode,
        spatial_bins_x=bins,
        spatial_bins_y=bins,
    )
    shape[1] = op.output_dim * (op.group_size**2 if mode == "average" else bins * bins)
    return Case(op, [data(draw, damaged(draw, shape), dtype), rois])


CASES = [interpolate(), grid_sample(), patches(), adaptive(), regions()]


@pytest.mark.parametrize("cases", CASES, ids=str)
@given(st.data())
def test_types(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    agree(drawn.draw(cases))


def test_scaled_sizes() -> None:
    """Of scales that are quotients of sizes, single precision and all."""
    random = np.random.default_rng(0)
    graph = RawGraph()
    op = s.Interpolate(mode="nearest", shape_calculation_mode="scales")
    sizes_ = random.integers(1, 5000, 300).tolist()
    for size, target in zip(sizes_, random.integers(1, 6000, 300).tolist()):
        image = graph.input(f"in{size}", (1, size), f32)
        factor = np.array([target / size], np.float32) * np.float32(1 - target % 3 * 1e-7)
        graph.output(graph.add(op, image, [1], factor, [1]))
    ours = [node.outputs[0].shape for node in graph.nodes_of(s.Interpolate)]
    assert ours == [kind.shape for kind in runtime_types(read(graph))]
