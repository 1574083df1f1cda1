"""Pooling whose number of windows is rounded up, in a form that is exact for every size.

A last window may reach beyond the padding, but none starts behind the data (onnx.ai/onnx,
MaxPool and AveragePool, ``ceil_mode``; Caffe's pooling layer is the same). So along an axis with
padding b and e, a window of span k and a stride s there are

    min(ceil((size + b + e - k) / s), floor((size + b - 1) / s)) + 1

windows, and that is the number of an axis with e' = min(e + s - 1, k - 1) behind it, rounded
down. Plain "ceil" of the IR may have a window more, and divides means differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extensions.ops.movement import Pad
from extensions.ops.pooling import AvgPool
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension


def ends_rounded_up(
    sizes: Sequence[Dimension],
    spans: Sequence[int],
    strides: Sequence[int],
    begins: Sequence[int],
    ends: Sequence[int],
) -> tuple[int, ...]:
    """The padding behind each axis that makes rounding down give what rounding up should.

    Where the size is known it is no longer than the last window reaches.
    """

    def reaches() -> Iterator[int]:
        for size, span, stride, begin, end in zip(sizes, spans, strides, begins, ends):
            behind = min(end + stride - 1, span - 1)
            if isinstance(size, int):
                unused = (size + begin + behind - span) % stride
                behind = max(0, behind - unused)
            yield behind

    return tuple(reaches())


def average_with_padding(g: Graph, x: Output, op: AvgPool, ends: Sequence[int]) -> Output:
    """Means over windows within the image and its padding; what lies behind both never counts.

    ``op`` reaches ``pads_end`` behind the image, of which ``ends`` are its padding.
    """
    behind = tuple(max(0, reach - end) for reach, end in zip(op.pads_end, ends))
    if not any(behind):
        return g.add(op.with_attributes(exclude_pad=False), x)
    none = (0,) * len(behind)
    if any(op.pads_begin) or any(ends):
        # Only what lies behind is to be left out, so the padding becomes image.
        x = g.add(Pad(pad_mode="constant"), x, [0, 0, *op.pads_begin], [0, 0, *ends], 0.0)
    return g.add(op.with_attributes(pads_begin=none, pads_end=behind, exclude_pad=True), x)
