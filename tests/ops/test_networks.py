"""Recurrent networks, detection heads of Detectron, bags, spectra, and the rest of the opsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from hypothesis import given
from hypothesis import strategies as st

from extensions.ops import (
    color,
    detectron,
    matrix,
    recurrent,
    spectral,
    strings,
    suppression,
    transcription,
)
from extensions.ops import embedding as e
from extensions.ops import movement as m
from extensions.ops.blocks import Col2Im
from extensions.ops.conversion import ConvertPromoteTypes, FakeConvert
from extensions.ops.convolution import BinaryConvolution
from extensions.ops.detection import GenerateProposals
from extensions.ops.generating import Multinomial
from extensions.ops.regions import DeformablePSROIPooling, ROIAlignRotated
from extensions.ops.selection import SearchSorted
from extensions.ops.slicing import SliceScatter
from extensions.ops.unary import ErfInv
from mo.graph.element_type import ElementType
from mo.graph.op import Op
from tests.ops.runtime import Case, agree
from tests.ops.strategies import (
    Draw,
    Fed,
    axes_of,
    boolean,
    damaged,
    data,
    f32,
    floats,
    given_array,
    i32,
    i64,
    numbers,
    sizes,
    u8,
)

INDEX = st.sampled_from([i32, i64])
SMALL = st.integers(1, 4)


def fed(draw: Draw, shapes: Sequence[Sequence[int]], dtype: ElementType = f32) -> list[Fed]:
    """Inputs of these shapes, now and then with one of them damaged."""
    return [data(draw, damaged(draw, shape), dtype) for shape in shapes]


def recurrent_inputs(draw: Draw, shapes: list[list[int]], dtype: ElementType) -> list[Fed]:
    """The runtime does not compare the features of X with W, so these are not damaged."""
    inputs = fed(draw, shapes, dtype)
    for index in (0, len(shapes) - 3):
        inputs[index] = data(draw, shapes[index], dtype)
    return inputs


@st.composite
def recurrences(draw: Draw) -> Case:
    batch, length, features, hidden = (draw(SMALL) for _ in range(4))
    kinds = [recurrent.RNNCell, recurrent.GRUCell, recurrent.LSTMCell]
    kinds += [recurrent.RNNSequence, recurrent.GRUSequence, recurrent.LSTMSequence]
    kind = draw(st.sampled_from(kinds))
    attributes: dict[str, Any] = {"hidden_size": hidden}
    biases = kind.gates
    if kind.gates == 3 and draw(st.booleans()):
        attributes["linear_before_reset"] = True
        biases = 4
    gates = kind.gates * hidden
    states = [[batch, hidden]] * (2 if kind.gates == 4 else 1)
    weights = [[gates, features], [gates, hidden], [biases * hidden]]
    dtype = draw(floats)
    if kind in kinds[:3]:
        inputs = recurrent_inputs(draw, [[batch, features], *states, *weights], dtype)
        return Case(kind(**attributes), inputs, len(states))
    attributes["direction"] = draw(st.sampled_from(["forward", "reverse", "bidirectional"]))
    count = 2 if attributes["direction"] == "bidirectional" else 1
    states = [[batch, count, hidden] for _ in states]
    shapes = [[batch, length, features], *states, *([count, *shape] for shape in weights)]
    inputs = recurrent_inputs(draw, shapes, dtype)
    inputs[len(states) + 1 : len(states) + 1] = fed(draw, [[batch]], i32)
    return Case(kind(**attributes), inputs, 1 + len(states))


@st.composite
def transcriptions(draw: Draw) -> Case:
    batch, steps, classes = (draw(SMALL) for _ in range(3))
    which = draw(st.integers(0, 3))
    if which == 0:
        shapes = [[steps, batch, classes], [steps, batch]]
        return Case(transcription.CTCGreedyDecoder(), fed(draw, shapes))
    if which == 1:
        inputs = [*fed(draw, [[batch, steps, classes]]), *fed(draw, [[batch]], i32)]
        if draw(st.booleans()):
            inputs.append(given_array(draw, 0, i32))
        return Case(transcription.CTCGreedyDecoderSeqLen(classes_index_type=i64), inputs, 2)
    if which == 2:
        inputs = fed(draw, [[batch, steps, classes]])
        inputs += fed(draw, [[batch], [batch, steps], [batch]], draw(INDEX))
        return Case(transcription.CTCLoss(), inputs)
    shapes = [[steps, batch, classes]] * 2 + [[batch], []]
    return Case(transcription.GatherTree(), fed(draw, shapes))


@st.composite
def detectrons(draw: Draw) -> Case:
    count, classes, height, width, channels = (draw(SMALL) for _ in range(5))
    dtype = draw(floats)
    which = draw(st.integers(0, 4))
    op: Op
    if which == 0:
        op = detectron.ExperimentalDetectronDetectionOutput(
            score_threshold=0.1,
            nms_threshold=0.5,
            max_delta_log_wh=4.0,
            num_classes=classes,
            post_nms_count=7,
            max_detections_per_image=5,
            deltas_weights=(10.0, 10.0, 5.0, 5.0),
        )
        shapes = [[count, 4], [count, classes * 4], [count, classes], [1, 3]]
        return Case(op, fed(draw, shapes, dtype), 3)
    if which == 1:
        op = detectron.ExperimentalDetectronGenerateProposalsSingleImage(
            min_size=0.0, nms_threshold=0.7, post_nms_count=4, pre_nms_count=9
        )
        # The runtime does not compare the numbers of anchors.
        cells = [height, width]
        inputs = fed(draw, [[3], [count * height * width, 4]], dtype)
        shapes = [[channels, *damaged(draw, cells)] for channels in (count * 4, count)]
        return Case(op, [*inputs, *(data(draw, shape, dtype) for shape in shapes)], 2)
    if which == 2:
        op = detectron.ExperimentalDetectronPriorGridGenerator(
            flatten=draw(st.booleans()), h=draw(st.sampled_from([0, 5])), stride_x=4.0
        )
        shapes = [[count, 4], [1, channels, height, width], [1, 3, 32, 32]]
        return Case(op, fed(draw, shapes, dtype))
    if which == 3:
        op = detectron.ExperimentalDetectronROIFeatureExtractor(
            output_size=3, sampling_ratio=2, pyramid_scales=(4, 8)
        )
        shapes = [[count, 4], [1, channels, height, width], [1, channels, width, height]]
        return Case(op, fed(draw, shapes, dtype), 2)
    op = detectron.ExperimentalDetectronTopKROIs(max_rois=count)
    return Case(op, fed(draw, [[count, 4], [count]], dtype))


@st.composite
def suppressions(draw: Draw) -> Case:
    images, classes, boxes = draw(SMALL), draw(st.integers(2, 4)), draw(SMALL)
    shapes = [[images, boxes, 4], [images, classes, boxes]]
    limits = {
        "nms_top_k": draw(st.sampled_from([-1, 2, 9])),
        "keep_top_k": draw(st.sampled_from([-1, 3, 50])),
        "background_class": draw(st.sampled_from([-1, 0])),
        "output_type": draw(INDEX),
    }
    which = draw(st.integers(0, 4))
    if which == 0:
        return Case(suppression.MatrixNms(**limits), fed(draw, shapes), 3)
    # Scores of unknown rank beside known boxes are an error of the runtime's.
    if which == 1:
        inputs = [data(draw, damaged(draw, shape), rank=False) for shape in shapes]
        return Case(suppression.MulticlassNms(**limits), inputs, 3)
    if which == 2:
        shapes = [[classes, boxes, 4], [classes, boxes]]
        inputs = [data(draw, damaged(draw, shape), rank=False) for shape in shapes]
        inputs += fed(draw, [[images]], i32)
        return Case(suppression.MulticlassNms(has_rois=True, **limits), inputs, 3)
    if which == 3:
        inputs = fed(draw, [[images, boxes, 5], shapes[1]])
        for value, kind in ((draw(st.integers(0, 5)), i64), (0.5, f32), (0.1, f32)):
            inputs.append(given_array(draw, value, kind))
        return Case(suppression.NMSRotated(output_type=draw(INDEX)), inputs, 3)
    op = GenerateProposals(
        min_size=0.0, nms_threshold=0.7, post_nms_count=4, pre_nms_count=9, roi_num_type=draw(INDEX)
    )
    height, width, info = draw(SMALL), draw(SMALL), draw(st.sampled_from([3, 4]))
    cells = [height, width]
    # The runtime does not compare the sizes of the anchors with the others.
    inputs = [*fed(draw, [[images, info]]), data(draw, [*cells, boxes, 4])]
    return Case(op, inputs + fed(draw, [[images, boxes * 4, *cells], [images, boxes, *cells]]), 3)


@st.composite
def bags(draw: Draw) -> Case:
    table = draw(sizes(1, 3))
    count, rows = draw(SMALL), draw(SMALL)
    index = draw(INDEX)
    which = draw(st.integers(0, 4))
    inputs: list[Any] = fed(draw, [table])
    if which == 0:
        kind = draw(st.sampled_from([e.EmbeddingBagOffsetsSum, e.EmbeddingBagOffsets]))
        inputs += fed(draw, [[count], [rows]], index)
        if draw(st.booleans()):
            inputs.append(given_array(draw, 0, index))
            if draw(st.booleans()):
                inputs += fed(draw, [[count]])
        return Case(kind(), inputs)
    if which == 1:
        kind = draw(st.sampled_from([e.EmbeddingBagPackedSum, e.EmbeddingBagPacked]))
        inputs += fed(draw, [[rows, count]], index)
        if draw(st.booleans()):
            inputs += fed(draw, [[rows, count]])
        return Case(kind(), inputs)
    if which == 2:
        inputs += fed(draw, [[count], [count]], index)
        inputs.append(given_array(draw, rows, index))
        if draw(st.booleans()):
            inputs.append(given_array(draw, 0, index))
        return Case(e.EmbeddingSegmentsSum(), inputs)
    if which == 3:
        ids = sorted(draw(st.lists(st.integers(0, 3), min_size=table[0], max_size=table[0])))
        inputs.append(given_array(draw, ids, index))
        if draw(st.booleans()):
            inputs.append(given_array(draw, 4, index))
        return Case(e.SegmentMax(fill_mode="lowest"), inputs)
    places = [[draw(st.integers(0, rows - 1)), i] for i in range(count)]
    # The runtime refuses values of unknown rank.
    inputs = [data(draw, [count], rank=False), given_array(draw, [rows, 9], index)]
    inputs += [given_array(draw, places, index), given_array(draw, 0, f32)]
    return Case(e.SparseFillEmptyRows(), inputs, 3)


@st.composite
def spectra(draw: Draw) -> Case:
    shape = draw(sizes(2, 4))
    index = draw(INDEX)
    kind = draw(st.sampled_from([spectral.DFT, spectral.IDFT, spectral.RDFT, spectral.IRDFT]))
    axes = axes_of(draw, len(shape), 1)
    lengths = [draw(st.sampled_from([-1, 4, 5])) for _ in axes]
    pair = [] if kind is spectral.RDFT else [2]
    inputs = [data(draw, [*shape, *pair]), given_array(draw, axes, index, False)]
    if draw(st.booleans()):
        # Of sizes that it does not know, the runtime takes it that they change nothing.
        inputs.append(np.array(lengths, draw(INDEX).numpy))
    return Case(kind(), inputs)


@st.composite
def frames(draw: Draw) -> Case:
    batch = [draw(SMALL)] if draw(st.booleans()) else []
    size, step, index = draw(st.integers(2, 6)), draw(SMALL), draw(INDEX)
    limits = [given_array(draw, size, index), given_array(draw, step, index)]
    window = data(draw, [size])
    if draw(st.booleans()):
        signal = data(draw, [*batch, draw(st.integers(8, 20))])
        op: Op = spectral.STFT(transpose_frames=draw(st.booleans()))
        return Case(op, [signal, window, *limits])
    signal = data(draw, [*batch, size // 2 + 1, draw(SMALL), 2])
    op = spectral.ISTFT(center=draw(st.booleans()), normalized=False)
    if draw(st.booleans()):
        limits.append(given_array(draw, 12, index))
    return Case(op, [signal, window, *limits])


@st.composite
def attention(draw: Draw) -> Case:
    outer = draw(sizes(1, 2, 1, 3))
    queries, keys, width, values = (draw(SMALL) for _ in range(4))
    shapes = [[*outer, queries, width], [*outer, keys, width], [*outer, keys, values]]
    inputs = [data(draw, damaged(draw, shape)) for shape in shapes]
    if draw(st.booleans()):
        mask = draw(st.sampled_from([[], [1], [queries, keys], [*outer, queries, keys]]))
        inputs.append(data(draw, mask, draw(st.sampled_from([f32, boolean]))))
        if draw(st.booleans()):
            inputs.append(data(draw, []))
    return Case(matrix.ScaledDotProductAttention(causal=draw(st.booleans())), inputs)


@st.composite
def products(draw: Draw) -> Case:
    if draw(st.booleans()):
        outer, n = draw(sizes(0, 2)), draw(SMALL)
        return Case(matrix.Inverse(), fed(draw, [[*outer, n, n]], draw(floats)))
    groups, rows, inner, columns = (draw(SMALL) for _ in range(4))
    if draw(st.booleans()):
        return Case(
            matrix.GroupedMatMul(), fed(draw, [[groups, rows, inner], [groups, columns, inner]])
        )
    inputs = fed(draw, [[rows, inner], [groups, columns, inner]])
    return Case(matrix.GroupedMatMul(), [*inputs, data(draw, [groups], i32)])


@st.composite
def images(draw: Draw) -> Case:
    n, h, w = (draw(SMALL) for _ in range(3))
    y, dtype = [n, 2 * h, 2 * w, 1], draw(st.sampled_from([f32, u8]))
    which = draw(st.integers(0, 3))
    if which == 0:
        kind = draw(st.sampled_from([color.RGBtoNV12, color.BGRtoNV12]))
        single = draw(st.booleans())
        image = [n, 2 * h, 2 * w, 3]
        return Case(kind(single_plane=single), fed(draw, [image], dtype), 1 if single else 2)
    if which == 1:
        kinds = [color.NV12toRGB, color.NV12toBGR, color.I420toRGB, color.I420toBGR]
        return Case(draw(st.sampled_from(kinds))(), fed(draw, [[n, 3 * h, 2 * w, 1]], dtype))
    if which == 2:
        kind = draw(st.sampled_from([color.NV12toRGB, color.NV12toBGR]))
        return Case(kind(), fed(draw, [y, [n, h, w, 2]], dtype))
    kind = draw(st.sampled_from([color.I420toRGB, color.I420toBGR]))
    return Case(kind(), fed(draw, [y, [n, h, w, 1], [n, h, w, 1]], dtype))


@st.composite
def windows(draw: Draw) -> Case:
    strides, pads = (draw(st.integers(1, 2)),) * 2, (draw(st.integers(0, 1)),) * 2
    kernel, channels = [draw(st.integers(1, 3)), draw(st.integers(1, 3))], draw(SMALL)
    which = draw(st.integers(0, 2))
    if which == 0:
        op = BinaryConvolution(
            strides=strides, dilations=(1, 1), pads_begin=pads, pads_end=pads, auto_pad="explicit"
        )
        return Case(op, fed(draw, [[2, channels, 6, 7], [3, channels, *kernel]]))
    if which == 1:
        size = [6, 7]
        count = [(s + 2 * p - k) // t + 1 for s, p, k, t in zip(size, pads, kernel, strides)]
        batch = [2] if draw(st.booleans()) else []
        shape = [*batch, channels * int(np.prod(kernel)), int(np.prod(count))]
        index = draw(INDEX)
        limits = [given_array(draw, value, index, False) for value in (size, kernel)]
        op2 = Col2Im(strides=strides, pads_begin=pads, pads_end=pads)
        return Case(op2, [data(draw, damaged(draw, shape)), *limits])
    dtype = draw(floats)
    if draw(st.booleans()):
        op3 = ROIAlignRotated(pooled_h=2, pooled_w=3, sampling_ratio=2, spatial_scale=1.0)
        inputs = fed(draw, [[2, channels, 6, 7], [4, 5]], dtype)
        return Case(op3, [*inputs, data(draw, [4], i32)])
    op4 = DeformablePSROIPooling(output_dim=2, spatial_scale=1.0, group_size=3)
    shapes = [[2, 18, 6, 7], [4, 5]]
    if draw(st.booleans()):
        shapes.append([4, 2, 3, 3])
    return Case(op4, fed(draw, shapes, dtype))


@st.composite
def others(draw: Draw) -> Case:
    shape = draw(sizes(1, 3))
    which = draw(st.integers(0, 7))
    if which == 0:
        values = [*damaged(draw, shape[:-1], rank=False), draw(SMALL)]
        dtype = draw(numbers)
        op: Op = SearchSorted(output_type=draw(INDEX), right_mode=draw(st.booleans()))
        return Case(op, [data(draw, shape, dtype), data(draw, values, dtype)])
    if which == 1:
        axes = axes_of(draw, len(shape), 1)
        return Case(m.Reverse(), [data(draw, shape), given_array(draw, axes, i64)])
    if which == 2:
        return Case(m.Identity(), [data(draw, shape, draw(numbers))])
    if which == 3:
        op = FakeConvert(destination_type=ElementType.f8e5m2)
        return Case(op, [data(draw, shape), data(draw, draw(st.sampled_from([[1], shape])))])
    if which == 4:
        return Case(ErfInv(), [data(draw, shape, draw(floats))])
    if which == 5:
        classes = draw(sizes(2, 2))
        op = Multinomial(
            convert_type=draw(INDEX), with_replacement=True, log_probs=draw(st.booleans())
        )
        return Case(op, [data(draw, damaged(draw, classes)), given_array(draw, draw(SMALL), i64)])
    if which == 6:
        if draw(st.booleans()):
            return Case(strings.StringTensorUnpack(), [data(draw, shape, ElementType.string)], 3)
        inputs = fed(draw, [shape, shape], draw(INDEX)) + fed(draw, [[9]], u8)
        return Case(strings.StringTensorPack(), inputs)
    axes = axes_of(draw, len(shape), 1)
    starts, stops, steps = [0] * len(axes), [1] * len(axes), [1] * len(axes)
    updates = list(shape)
    for axis in axes:
        updates[axis] = 1
    ends = [np.array(value, np.int64) for value in (starts, stops, steps, axes)]
    return Case(SliceScatter(), [data(draw, shape), data(draw, updates), *ends])


KINDS = [ElementType.f16, ElementType.bf16, f32, ElementType.f64, boolean]
KINDS += [ElementType[f"{sign}{bits}"] for sign in "iu" for bits in (8, 16, 32, 64)]


@st.composite
def promotions(draw: Draw) -> Case:
    one, two = draw(st.sampled_from(KINDS)), draw(st.sampled_from(KINDS))
    op = ConvertPromoteTypes(promote_unsafe=True, pytorch_scalar_promotion=draw(st.booleans()))
    shapes = [draw(sizes(0, 1)), draw(sizes(0, 1))]
    return Case(op, [data(draw, s, k, rank=False) for s, k in zip(shapes, (one, two))], 2)


CASES = [recurrences(), transcriptions(), detectrons(), suppressions(), bags(), spectra()]
CASES += [frames(), attention(), products(), images(), windows(), others(), promotions()]


@pytest.mark.parametrize("cases", CASES, ids=str)
@given(st.data())
def test_types(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    agree(drawn.draw(cases))
