"""Operations that move elements: our types against the runtime's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from hypothesis import given
from hypothesis import strategies as st

from extensions.ops import blocks as b
from extensions.ops import gathering as g
from extensions.ops import movement as m
from extensions.ops import slicing as sl
from mo.graph.element_type import ElementType
from mo.graph.op import TensorType
from tests.ops.runtime import Case, agree
from tests.ops.strategies import (
    Draw,
    Fed,
    axes_of,
    axis_of,
    damaged,
    data,
    dtypes,
    f32,
    filled,
    given_array,
    i32,
    i64,
    loose,
    sizes,
)
from tests.ops.strategies import indices as index_data

INDEX = st.sampled_from([i32, i64])
FAR = st.sampled_from([2**31 - 1, -(2**31), 2**63 - 1, -(2**63)])


@st.composite
def transpose(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    order = draw(st.permutations(range(len(shape))))
    if draw(st.integers(0, 9)) == 9:
        order = draw(st.sampled_from([[], [0, 0], [1]]))
    return Case(
        m.Transpose(), [data(draw, shape, draw(dtypes)), given_array(draw, order, draw(INDEX))]
    )


@st.composite
def concat(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axis = axis_of(draw, len(shape))
    dtype = draw(dtypes)
    inputs = []
    for _ in range(draw(st.integers(1, 4))):
        part = list(shape)
        part[axis] = draw(st.integers(0, 5))
        inputs.append(data(draw, damaged(draw, part), dtype))
    return Case(m.Concat(axis=axis), inputs)


@st.composite
def split(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axis, parts = axis_of(draw, len(shape)), draw(st.integers(1, 3))
    if draw(st.integers(0, 9)) < 9:
        shape[axis] *= parts
    inputs = [data(draw, shape, draw(dtypes)), given_array(draw, axis, draw(INDEX))]
    return Case(m.Split(num_splits=parts), inputs, parts)


@st.composite
def variadic_split(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axis = axis_of(draw, len(shape))
    lengths = draw(sizes(1, 4, 0, 4))
    shape[axis] = sum(lengths)
    if draw(st.booleans()):
        lengths[draw(st.integers(0, len(lengths) - 1))] = -1
    if draw(st.integers(0, 9)) == 9:
        shape[axis] += 1
    inputs = [data(draw, shape), given_array(draw, axis, draw(INDEX))]
    inputs.append(given_array(draw, lengths, draw(INDEX), loosen=False))
    return Case(m.VariadicSplit(parts=len(lengths)), inputs, len(lengths))


def bound(draw: Draw, size: int) -> int:
    if draw(st.integers(0, 6)) == 6:
        return int(draw(FAR))
    return int(draw(st.integers(-size - 2, size + 2)))


def ends_array(draw: Draw, values: list[int], kind: ElementType) -> Any:
    limits = np.iinfo(kind.numpy)
    return given_array(draw, np.clip(values, limits.min, limits.max), kind, False)


@st.composite
def strided_slice(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    count = draw(st.integers(1, len(shape) + 1))
    begins, ends, steps = [], [], []
    for i in range(count):
        size = shape[min(i, len(shape) - 1)]
        begins.append(bound(draw, size))
        ends.append(bound(draw, size))
        steps.append(draw(st.sampled_from([1, 1, 1, 2, 3, -1, -2])))
    masks = {}
    for name in ("begin_mask", "end_mask", "new_axis_mask", "shrink_axis_mask"):
        odds = 2 if name in ("begin_mask", "end_mask") else 5
        masks[name] = tuple(int(draw(st.integers(1, odds)) == 1) for _ in range(count))
    # The runtime puts new axes first if the ends are not known, also behind an ellipsis.
    known = draw(st.booleans())
    ellipsis = [0] * count
    if known and draw(st.integers(0, 3)) == 3:
        ellipsis[draw(st.integers(0, count - 1))] = 1
    for i in range(count):
        if masks["shrink_axis_mask"][i]:
            # The runtime clips the place of a single element that does not exist.
            size = shape[min(i, len(shape) - 1)]
            begins[i], steps[i] = draw(st.integers(0, size - 1)), 1
    op = sl.StridedSlice(**masks, ellipsis_mask=tuple(ellipsis))
    kind = draw(INDEX)
    vectors = [begins, ends, steps][: draw(st.integers(2, 3))]
    if known:
        limits = np.iinfo(kind.numpy)
        clipped = [np.clip(v, limits.min, limits.max).astype(kind.numpy) for v in vectors]
        return Case(op, [data(draw, shape), *clipped])
    return Case(op, [data(draw, shape), *(ends_array(draw, values, kind) for values in vectors)])


@st.composite
def slice_(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axes = axes_of(draw, len(shape))
    if draw(st.integers(0, 3)) == 3:
        axes = list(range(len(axes)))
    starts = [bound(draw, shape[axis]) for axis in axes]
    stops = [bound(draw, shape[axis]) for axis in axes]
    steps = [draw(st.sampled_from([1, 1, 1, 2, 3, -1, -2])) for _ in axes]
    kind = draw(INDEX)
    inputs = [data(draw, shape)]
    inputs += [ends_array(draw, values, kind) for values in (starts, stops, steps)]
    if axes != list(range(len(axes))) or draw(st.booleans()):
        inputs.append(given_array(draw, axes, draw(INDEX), False))
    return Case(sl.Slice(), inputs)


@st.composite
def pad(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    mode = draw(st.sampled_from(["constant", "edge", "reflect", "symmetric"]))
    least = draw(st.sampled_from([0, -2]))
    begin = [draw(st.integers(max(least, 1 - s), 3)) for s in shape]
    # Where more is cut off than there is, the runtime takes the negative size for unknown.
    end = [draw(st.integers(max(least, 1 - s - min(b, 0)), 3)) for s, b in zip(shape, begin)]
    pads = [begin, end]
    if mode in ("reflect", "symmetric") and draw(st.integers(0, 9)) < 9:
        pads = [[min(p, s - 1) for p, s in zip(counts, shape)] for counts in pads]
    inputs = [data(draw, shape, rank=False), *(given_array(draw, p, draw(INDEX)) for p in pads)]
    if draw(st.integers(0, 9)) == 9:
        # A wrong length of an input is not found out before the runtime crashes on it.
        inputs[1:] = [np.array(damaged(draw, p), np.int64) for p in pads]
    if mode == "constant" and draw(st.booleans()):
        inputs.append(given_array(draw, 1, f32))
    return Case(m.Pad(pad_mode=mode, negative=least < 0), inputs)


@st.composite
def gather(draw: Draw) -> Case:
    shape, indices = draw(sizes(1, 4)), draw(sizes(0, 3))
    axis = axis_of(draw, len(shape))
    batch = draw(st.integers(0, min(axis % len(shape), len(indices))))
    indices[:batch] = damaged(draw, shape[:batch], rank=False)
    if batch and draw(st.booleans()):
        batch -= len(indices)
    op = g.Gather(batch_dims=batch, negative_indices=draw(st.booleans()))
    places = index_data(draw, indices, shape[axis], draw(INDEX))
    return Case(op, [data(draw, shape), places, given_array(draw, axis, draw(INDEX))])


@st.composite
def gather_nd(draw: Draw) -> Case:
    shape, indices = draw(sizes(1, 4)), draw(sizes(1, 3))
    batch = draw(st.integers(0, min(len(shape), len(indices)) - 1))
    indices[:batch] = damaged(draw, shape[:batch], rank=False)
    indices[-1] = draw(st.integers(1, len(shape) - batch))
    indices = damaged(draw, indices)
    places = index_data(draw, indices, min(shape), draw(INDEX))
    return Case(g.GatherND(batch_dims=batch), [data(draw, shape), places])


@st.composite
def gather_elements(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axis = axis_of(draw, len(shape))
    indices = list(shape)
    indices[axis] = draw(st.integers(1, 6))
    places = index_data(draw, damaged(draw, indices), shape[axis], draw(INDEX))
    return Case(g.GatherElements(axis=axis), [data(draw, shape), places])


@st.composite
def scatter_elements(draw: Draw) -> Case:
    shape = draw(sizes(1, 3))
    axis = axis_of(draw, len(shape))
    indices = [draw(st.integers(1, s)) for s in shape]
    op = g.ScatterElementsUpdate(
        reduction=draw(st.sampled_from(["none", "sum", "mean", "prod", "min", "max"])),
        use_init_val=draw(st.booleans()),
    )
    # Of equal indices the last one counts, or any: here there are none.
    order = np.argsort(filled(shape), axis)[tuple(slice(size) for size in indices)]
    places = Fed(TensorType(loose(draw, indices), i64), order)
    inputs = [data(draw, shape), places, data(draw, damaged(draw, indices))]
    return Case(op, [*inputs, given_array(draw, axis, draw(INDEX))])


@st.composite
def scatter_nd(draw: Draw) -> Case:
    shape = draw(sizes(1, 3))
    depth = draw(st.integers(1, len(shape)))
    outer = draw(sizes(0, 2))
    updates = damaged(draw, [*outer, *shape[depth:]])
    op = g.ScatterNDUpdate(reduction=draw(st.sampled_from(["none", "sum", "prod", "min", "max"])))
    places = index_data(draw, [*outer, depth], min(shape))
    return Case(op, [data(draw, shape), places, data(draw, updates)])


@st.composite
def scatter(draw: Draw) -> Case:
    shape, indices = draw(sizes(1, 3)), draw(sizes(0, 2))
    axis = axis_of(draw, len(shape))
    after = axis % len(shape)
    updates = damaged(draw, [*shape[:after], *indices, *shape[after + 1 :]])
    inputs = [data(draw, shape), index_data(draw, indices, shape[axis]), data(draw, updates)]
    return Case(g.ScatterUpdate(), [*inputs, given_array(draw, axis, draw(INDEX))])


@st.composite
def blocks(draw: Draw) -> Case:
    rank, block = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kind = draw(st.sampled_from([b.DepthToSpace, b.SpaceToDepth]))
    shape = draw(sizes(rank + 2, rank + 2))
    if kind is b.DepthToSpace:
        shape[1] *= block**rank
    else:
        shape[2:] = [size * block for size in shape[2:]]
    mode = draw(st.sampled_from(["blocks_first", "depth_first"]))
    return Case(kind(block_size=block, mode=mode), [data(draw, damaged(draw, shape))])


@st.composite
def batches(draw: Draw) -> Case:
    shape = draw(sizes(2, 4, 2))
    block = [1, *(draw(st.integers(1, 3)) for _ in shape[1:])]
    begin = [0, *(draw(st.integers(0, 1)) for _ in shape[1:])]
    end = [0, *(draw(st.integers(0, 1)) for _ in shape[1:])]
    kind = draw(st.sampled_from([b.SpaceToBatch, b.BatchToSpace]))
    if kind is b.SpaceToBatch:
        for i in range(1, len(shape)):
            shape[i] = max(shape[i] * block[i] - begin[i] - end[i], 1)
    else:
        shape[0] *= int(np.prod(block))
    dtype = draw(INDEX)
    inputs = [given_array(draw, values, dtype, False) for values in (block, begin, end)]
    # The runtime crashes now and then when it runs these with inputs for the block sizes.
    shape = damaged(draw, shape, rank=False)
    return Case(kind(), [data(draw, shape), *inputs], trusted=True)


@st.composite
def others(draw: Draw) -> Case:
    shape = draw(sizes(2, 4))
    which = draw(st.integers(0, 2))
    if which == 0:
        axis, group = axis_of(draw, len(shape)), draw(st.integers(1, 3))
        shape[axis] *= group
        return Case(m.ShuffleChannels(axis=axis, group=group), [data(draw, damaged(draw, shape))])
    if which == 1:
        one, two = axis_of(draw, len(shape)), axis_of(draw, len(shape))
        lengths = data(draw, damaged(draw, [shape[one]]), draw(INDEX))
        # Of unknown rank the runtime compares negative axes with 0.
        op = m.ReverseSequence(batch_axis=one, seq_axis=two)
        return Case(op, [data(draw, shape, rank=False), lengths])
    axes = axes_of(draw, len(shape), 1)
    shift = damaged(draw, [1] * len(axes))
    return Case(
        m.Roll(), [data(draw, shape), *(given_array(draw, v, draw(INDEX)) for v in (shift, axes))]
    )


CASES = [transpose(), concat(), split(), variadic_split(), strided_slice(), slice_(), pad()]
CASES += [gather(), gather_nd(), gather_elements(), scatter_elements(), scatter_nd(), scatter()]
CASES += [blocks(), batches(), others()]


@pytest.mark.parametrize("cases", CASES, ids=str)
@given(st.data())
def test_types(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    agree(drawn.draw(cases))
