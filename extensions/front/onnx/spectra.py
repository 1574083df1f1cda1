"""Fourier transforms and what belongs to them.

Complex numbers are pairs in a last axis of size 2, real ones lie in a last axis of size 1.
"""

from __future__ import annotations

from math import log

import numpy as np

from extensions.front.building import rank_of, scalar, size_of, typed
from extensions.front.onnx.axes import axis_in_front
from extensions.front.onnx.common import converts, refuse
from extensions.front.onnx.tensors import element_type
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    GreaterEqual,
    Less,
    LessEqual,
    LogicalAnd,
    Maximum,
    Multiply,
    Power,
    Select,
    Subtract,
)
from extensions.ops.common import constant_ints
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad, Transpose
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.spectral import DFT, IDFT, IRDFT, RDFT
from extensions.ops.unary import Floor, Log
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("DFT")
def dft_17(g: Graph, node: SourceNode, x: Output, length: Output | None = None) -> Output:
    axis = normalize_axis(node.get("axis", 1), rank_of(x))
    return _transformed(g, node, x, axis, length, _is_real(x))


@converts("DFT", since=20)
def dft_20(
    g: Graph,
    node: SourceNode,
    x: Output,
    length: Output | None = None,
    axis: Output | None = None,
) -> Output:
    """The axis counts the one of the pairs, too."""
    known = np.asarray(-2) if axis is None else axis.value()
    if known is not None:
        place = normalize_axis(int(known.item()), rank_of(x))
        return _transformed(g, node, x, place, length, _is_real(x))
    assert axis is not None
    front, back = axis_in_front(g, x, axis)
    return g.add(Transpose(), _transformed(g, node, front, 0, length, _is_real(x)), back)


def _transformed(
    g: Graph,
    node: SourceNode,
    x: Output,
    axis: int,
    length: Output | None,
    is_real: bool,
) -> Output:
    """With its own padding and cutting: the CPU runtime's RDFT reads behind data too short."""
    inverse, half = bool(node.get("inverse")), bool(node.get("onesided"))
    size = None if length is None else typed(g, g.add(Reshape(), length, [1]), ElementType.i64)
    if half and inverse:
        bins = size and g.add(Add(), g.add(Divide(), size, np.int64(2)), np.int64(1))
        spectrum = _sized(g, _complex(g, x, is_real), axis, bins)
        sizes = [] if size is None else [size]
        return g.add(Unsqueeze(), g.add(IRDFT(), spectrum, [axis], *sizes), [-1])
    if half:
        return g.add(RDFT(), _sized(g, _real(g, node, x, is_real), axis, size), [axis])
    signal = _sized(g, _complex(g, x, is_real), axis, size)
    return g.add(IDFT() if inverse else DFT(), signal, [axis])


def _sized(g: Graph, x: Output, axis: int, size: Output | None) -> Output:
    """An axis cut or filled up with zeros at its end."""
    if size is None:
        return x
    rank = rank_of(x)
    more = g.add(Subtract(), size, g.add(Unsqueeze(), size_of(g, x, axis), [0]))
    known = constant_ints(more)
    if known == (0,):
        return x
    nothing = g.constant(np.zeros(rank, np.int64))
    op = Pad(pad_mode="constant", negative=known is None or known[0] < 0)
    return g.add(op, x, nothing, _at(g, more, axis, rank), g.constant(np.asarray(0.0), x.dtype))


def _at(g: Graph, value: Output, place: int, count: int) -> Output:
    """A vector of zeros but for one number [1]."""
    parts = [[0] * place, value, [0] * (count - 1 - place)]
    kept = [part for part in parts if isinstance(part, Output) or part]
    return g.add(Concat(axis=0), *kept) if len(kept) > 1 else value


def _is_real(x: Output) -> bool:
    return x.shape is not None and x.shape[-1] == 1


def _complex(g: Graph, x: Output, is_real: bool) -> Output:
    if not is_real:
        return x
    zeros = g.add(Broadcast(), g.constant(np.asarray(0.0), x.dtype), g.add(ShapeOf(), x))
    return g.add(Concat(axis=rank_of(x) - 1), x, zeros)


def _real(g: Graph, node: SourceNode, x: Output, is_real: bool) -> Output:
    if not is_real:
        raise refuse(node, "one half of the spectrum of complex numbers")
    return g.add(Squeeze(), x, [-1])


@converts("STFT")
def stft(
    g: Graph,
    node: SourceNode,
    signal: Output,
    step: Output,
    window: Output | None = None,
    length: Output | None = None,
) -> Output:
    """Spectra [batch, frame, frequency, 2] of overlapping parts of the signals."""
    if length is None:
        length = size_of(g, signal, 1) if window is None else size_of(g, window, 0)
    length, step = (typed(g, scalar(g, value), ElementType.i64) for value in (length, step))
    last = g.add(Subtract(), size_of(g, signal, 1), length)
    begins = _counted(g, g.add(Add(), last, np.int64(1)), step)
    places = g.add(Add(), g.add(Unsqueeze(), begins, [1]), _counted(g, length))
    frames = g.add(Gather(), signal, places, g.constant(np.int64(1)))
    if window is not None:
        frames = g.add(Multiply(), frames, g.add(Unsqueeze(), window, [1]))
    if node.get("onesided", 1):
        return g.add(RDFT(), _real(g, node, frames, _is_real(frames)), [2])
    return g.add(DFT(), _complex(g, frames, _is_real(frames)), [2])


def _counted(g: Graph, stop: Output, step: Output | None = None) -> Output:
    """0, step, 2 * step and so on below ``stop``."""
    by = g.constant(np.int64(1)) if step is None else step
    return g.add(Range(output_type=ElementType.i64), g.constant(np.int64(0)), stop, by)


@converts("MelWeightMatrix")
def mel_weight_matrix(
    g: Graph,
    node: SourceNode,
    bands: Output,
    length: Output,
    rate: Output,
    low: Output,
    high: Output,
) -> Output:
    """Triangles over the bins of a spectrum, their corners equally far apart on the mel scale."""
    real = ElementType.f64
    bands, length = (typed(g, scalar(g, value), ElementType.i64) for value in (bands, length))
    low, high = (_mel(g, typed(g, scalar(g, value), real)) for value in (low, high))
    corners = g.add(Add(), bands, np.int64(2))
    step = g.add(Divide(), g.add(Subtract(), high, low), typed(g, corners, real))
    mels = g.add(Add(), g.add(Multiply(), typed(g, _counted(g, corners), real), step), low)
    hertz = g.add(Subtract(), g.add(Power(), g.constant(10.0), g.add(Divide(), mels, 2595.0)), 1.0)
    bins = g.add(Multiply(), typed(g, g.add(Add(), length, np.int64(1)), real), 700.0)
    places = g.add(Divide(), g.add(Multiply(), hertz, bins), typed(g, scalar(g, rate), real))
    places = g.add(Floor(), places)
    first = _counted(g, bands)
    left, middle, right = (
        g.add(Gather(), places, g.add(Add(), first, np.int64(i)), g.constant(np.int64(0)))
        for i in range(3)
    )
    count = g.add(Add(), g.add(Divide(), length, np.int64(2)), np.int64(1))
    rows = g.add(Unsqueeze(), typed(g, _counted(g, count), real), [1])
    rising = _slope(g, rows, left, middle)
    falling = g.add(Subtract(), g.constant(1.0), _slope(g, rows, middle, right))
    one, zero = g.constant(1.0), g.constant(0.0)
    result = g.add(Select(), _between(g, left, rows, middle), rising, zero)
    result = g.add(Select(), g.add(Equal(), rows, middle), one, result)
    after = g.add(LogicalAnd(), g.add(Less(), middle, rows), g.add(Less(), rows, right))
    result = g.add(Select(), after, falling, result)
    return typed(g, result, element_type(node.get("output_datatype", 1)))


def _mel(g: Graph, hertz: Output) -> Output:
    """2595 * log10(1 + f / 700)"""
    scaled = g.add(Add(), g.add(Divide(), hertz, 700.0), 1.0)
    return g.add(Multiply(), g.add(Log(), scaled), 2595.0 / log(10))


def _slope(g: Graph, rows: Output, low: Output, high: Output) -> Output:
    """From 0 to 1 between two places."""
    width = g.add(Maximum(), g.add(Subtract(), high, low), 1.0)
    return g.add(Divide(), g.add(Subtract(), rows, low), width)


def _between(g: Graph, low: Output, rows: Output, high: Output) -> Output:
    return g.add(LogicalAnd(), g.add(GreaterEqual(), rows, low), g.add(LessEqual(), rows, high))
