"""Pad, by attributes and by inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from extensions.front.onnx.common import converts, invalid, needed, rank_of, refuse, scalar, typed
from extensions.ops import movement as m
from extensions.ops.common import constant_ints
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.slicing import StridedSlice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, normalize_axes


@converts("Pad")
def pad_1(g: Graph, node: SourceNode, x: Output) -> Output:
    pads = node.get("paddings") or needed(node, "pads")
    return _padded(g, node, x, pads, g.constant(np.asarray(node.get("value", 0.0)), x.dtype))


@converts("Pad", since=11)
def pad_11(
    g: Graph,
    node: SourceNode,
    x: Output,
    pads: Output,
    value: Output | None = None,
    axes: Output | None = None,
) -> Output:
    fill = g.constant(np.asarray(0), x.dtype) if value is None else scalar(g, value)
    listed, along = constant_ints(pads), constant_ints(axes)
    if axes is not None and along is None:
        raise refuse(node, "padding of axes chosen at run time")
    if listed is not None:
        return _padded(g, node, x, listed if along is None else _spread(x, listed, along), fill)
    begins, ends = g.add_multi(m.Split(num_splits=2), pads, g.constant(np.int64(0)))
    if along is not None:
        begins, ends = (_scattered(g, x, half, along) for half in (begins, ends))
    op = m.Pad(pad_mode=_mode(node), negative=True)
    return g.add(op, x, begins, ends, *([fill] if op.pad_mode == "constant" else []))


def _spread(x: Output, pads: Sequence[int], axes: Sequence[int]) -> list[int]:
    """Pads of some axes as pads of all."""
    rank = rank_of(x)
    if len(pads) != 2 * len(axes):
        raise invalid(f"{len(pads)} pads for {len(axes)} axes")
    full = [0] * (2 * rank)
    for i, axis in enumerate(normalize_axes(axes, rank)):
        full[axis], full[rank + axis] = pads[i], pads[len(axes) + i]
    return full


def _scattered(g: Graph, x: Output, pads: Output, axes: Sequence[int]) -> Output:
    """Computed pads of some axes as pads of all."""
    rank = rank_of(x)
    zeros = g.constant(np.zeros(rank, np.int64))
    places = g.constant(np.array(normalize_axes(axes, rank), np.int64))
    wide = typed(g, pads, ElementType.i64)
    return g.add(ScatterElementsUpdate(), zeros, places, wide, g.constant(np.int64(0)))


_MODES = ("constant", "reflect", "edge")


def _mode(node: SourceNode) -> str:
    mode = str(node.get("mode", "constant"))
    if mode not in _MODES:
        raise refuse(node, f"the mode '{mode}'")
    return mode


def _padded(g: Graph, node: SourceNode, x: Output, pads: Sequence[int], fill: Output) -> Output:
    half = len(pads) // 2
    if len(pads) % 2 or (x.rank is not None and half != x.rank):
        raise invalid(f"{len(pads)} pads for a tensor of rank {x.rank}")
    if not any(pads):
        return x
    begins, ends = list(pads[:half]), list(pads[half:])
    if node.get("mode") == "wrap":
        return _wrapped(g, x, begins, ends)
    op = m.Pad(pad_mode=_mode(node), negative=min(pads) < 0)
    return g.add(op, x, begins, ends, *([fill] if op.pad_mode == "constant" else []))


def _wrapped(g: Graph, x: Output, begins: Sequence[int], ends: Sequence[int]) -> Output:
    """What lies at the other end of each axis: slices, since the IR has no such mode."""
    shape = x.shape or ()
    for axis, (begin, end) in enumerate(zip(begins, ends)):
        if begin or end:
            _check_wrap(shape[axis], begin, end)
            parts = [_slice(g, x, axis, -begin, None), x, _slice(g, x, axis, 0, end)]
            kept = [part for part, width in zip(parts, (begin, 1, end)) if width]
            x = g.add(m.Concat(axis=axis), *kept)
    return x


def _check_wrap(dim: Dimension, begin: int, end: int) -> None:
    if not isinstance(dim, int):
        raise UnsupportedError(
            "the mode 'wrap' needs a known size", hint="Give the shape with --input_shape."
        )
    if not (0 <= begin <= dim and 0 <= end <= dim):
        raise UnsupportedError(f"the mode 'wrap' cannot take {begin} and {end} from {dim} elements")


def _slice(g: Graph, x: Output, axis: int, start: int, stop: int | None) -> Output:
    before = (0,) * axis
    masks = (*(1 for _ in before), 0), (*(1 for _ in before), int(stop is None))
    op = StridedSlice(begin_mask=masks[0], end_mask=masks[1])
    return g.add(op, x, [*before, start], [*before, stop or 0], [1] * (axis + 1))


def centred(g: Graph, x: Output, sizes: Mapping[int, int]) -> Output:
    """Axes cut or padded with zeros on both sides to a size, what is odd at the end."""
    rank = rank_of(x)
    begins, ends = [0] * rank, [0] * rank
    for axis, wanted in sizes.items():
        dim = (x.shape or ())[axis]
        if not isinstance(dim, int):
            raise UnsupportedError(
                "the size to cut or pad is not known", hint="Give the shape with --input_shape."
            )
        missing = wanted - dim
        # Rounded towards zero, so that cutting and padding are symmetric.
        begins[axis] = missing // 2 if missing > 0 else -(-missing // 2)
        ends[axis] = missing - begins[axis]
    if not any((*begins, *ends)):
        return x
    op = m.Pad(pad_mode="constant", negative=min((*begins, *ends)) < 0)
    return g.add(op, x, begins, ends, g.constant(np.asarray(0), x.dtype))
