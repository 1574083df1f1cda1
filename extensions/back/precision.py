"""Weights in half precision."""

from __future__ import annotations

import logging
from math import prod

import numpy as np

from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.matrix import MatMul
from mo.errors import counted
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Constant, Op, Parameter, TensorType
from mo.graph.tensor import Tensor

log = logging.getLogger("mo.precision")

_LARGEST = float(np.finfo(np.float16).max)
_SMALLEST = float(np.finfo(np.float16).smallest_subnormal)
# A constant is kept whole if this share of its numbers would become zero.
_LOST_SHARE = 0.75
# Filters of convolutions of fewer weights stay whole.
_SMALL_FILTER = 64
# As many weights of a filter may be rounded to the other side.
_CANDIDATES = 256


class Decompress(Op):
    """A Convert that widens stored weights; runtimes keep the narrow ones in memory."""

    type = "Convert"
    destination_type: ElementType

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, self.destination_type)

    def rt_info(self) -> tuple[str, ...]:
        return ("decompression",)


def compress_weights(graph: Graph) -> int:
    """f32 and f64 constants are stored as f16 behind a Convert; inputs and outputs stay."""
    changes = 0
    lossy: list[str] = []
    for node in graph.nodes_of(Constant):
        value = node.outputs[0]
        if value.dtype not in (ElementType.f32, ElementType.f64) or not value.users:
            continue
        tensor = value.constant
        assert tensor is not None
        if _is_vector(tensor) or _has_small_filters(value):
            continue
        half = as_half(value)
        if half is None:
            lossy.append(_loss(node))
            continue
        stored = graph.constant(half, name=f"{node.name}_compressed")
        wide = graph.add(Decompress(destination_type=value.dtype), stored, name=node.name)
        graph.replace(value, wide)
        graph.discard(node)
        changes += 1
    _report(lossy, "stay in full precision")
    return changes


def _is_vector(tensor: Tensor) -> bool:
    """Biases, scales and single numbers: they take no room, and rounding them costs accuracy."""
    return sum(dim != 1 for dim in tensor.shape) <= 1


def as_half(value: Output) -> Tensor | None:
    """The constant in f16, computed when written; None if f16 cannot hold it."""
    tensor = value.constant
    assert tensor is not None
    large, small = _misfits(tensor)
    if large or (small and small >= _LOST_SHARE * tensor.size):
        return None
    filters = _filters(value)
    if filters is None:
        return tensor.converted(ElementType.f16)
    columns, axis = filters
    matrix = tensor.reshaped((tensor.size // columns, columns))

    def convert(part: np.ndarray) -> np.ndarray:
        whole = part.size % columns == 0
        if not whole:
            return part.astype(np.float16)
        return round_filters(part.reshape(-1, columns), axis).reshape(-1)

    return matrix.converted(ElementType.f16, convert).reshaped(tensor.shape)


def _report(lossy: list[str], what: str) -> None:
    """One warning for all constants whose numbers f16 cannot hold, with how many of how many."""
    if not lossy:
        return
    shown = ", ".join(lossy[:5])
    more = f" and {len(lossy) - 5} more" if len(lossy) > 5 else ""
    log.warning(
        "f16 cannot hold the numbers of %s, which %s: %s%s",
        counted(lossy, "constant"),
        what,
        shown,
        more,
    )


def _loss(node: Node) -> str:
    tensor = node.outputs[0].constant
    assert tensor is not None
    large, small = _misfits(tensor)
    found = ((large, f"beyond {_LARGEST:g}"), (small, f"below {_SMALLEST:.0e}"))
    shares = [f"{number} of {tensor.size} {which}" for number, which in found if number]
    return f"'{node.name}' ({', '.join(shares)})"


def _misfits(tensor: Tensor) -> tuple[int, int]:
    """How many numbers would become infinite, and how many zero."""
    large = small = 0
    for part in tensor.parts():
        sizes = np.abs(part)
        large += np.count_nonzero(np.isfinite(sizes) & (sizes > _LARGEST))
        small += np.count_nonzero((sizes > 0) & (sizes < _SMALLEST))
    return large, small


def _filters(value: Output) -> tuple[int, int] | None:
    """Weights as a matrix whose sums along an axis belong together: its columns and that axis."""
    node = value.only_user()
    shape = value.constant.shape if value.constant is not None else ()
    if node is None or not value.constant or 0 in shape or node.inputs[1:2] != [value]:
        return None
    op = node.op
    if isinstance(op, (Convolution, GroupConvolution)):
        kept = 1 if isinstance(op, Convolution) else 2
        return prod(shape[kept:]), 1
    if isinstance(op, MatMul) and len(shape) == 2:
        return shape[1], 1 if op.transpose_b else 0
    return None


def _has_small_filters(value: Output) -> bool:
    """Depthwise filters and those of first layers: few weights, each of which counts."""
    node, filters = value.only_user(), _filters(value)
    is_kernel = node is not None and isinstance(node.op, (Convolution, GroupConvolution))
    return is_kernel and filters is not None and filters[0] < _SMALL_FILTER


def round_filters(weights: np.ndarray, axis: int) -> np.ndarray:
    """A matrix in f16 whose sums along ``axis`` stay nearly what they were.

    Inputs of a layer have a mean, by which the errors of all weights of a filter add up. Where
    they do, some of the weights that lie nearly between two f16 numbers take the other of both.
    """
    half = weights.astype(np.float16)
    wide, narrow = (weights, half) if axis == 1 else (weights.T, half.T)
    with np.errstate(all="ignore"):
        missing = np.subtract(wide, narrow).sum(axis=1, dtype=np.float64)[:, None]
        stride = -(-wide.shape[1] // _CANDIDATES)
        chosen = narrow[:, ::stride]
        limit = np.where(missing > 0, np.float16(np.inf), np.float16(-np.inf))
        other = np.nextafter(chosen, limit)
        step = np.abs(np.subtract(other, chosen, dtype=np.float32))
        gain = (wide[:, ::stride] - chosen) * np.sign(missing) / step
        order = np.argsort(-gain, axis=1)
        steps = np.take_along_axis(step, order, axis=1)
        turned = np.cumsum(steps, axis=1) - steps / 2 < np.abs(missing)
        turned &= (np.take_along_axis(gain, order, axis=1) > 0) & np.isfinite(steps)
    turns = np.zeros_like(turned)
    np.put_along_axis(turns, order, turned, axis=1)
    np.copyto(chosen, other, where=turns)
    return half


def to_half(graph: Graph) -> int:
    """IR version 10: every f32 tensor becomes f16, inputs and outputs included."""
    changes = 0
    lossy: list[str] = []
    for node in graph.nodes_of(Constant):
        value = node.outputs[0]
        if value.dtype is ElementType.f32:
            tensor = value.constant
            assert tensor is not None
            half = as_half(value)
            if half is None:
                lossy.append(_loss(node))
                clipped = np.clip(tensor.array, -_LARGEST, _LARGEST)
                half = Tensor.of(clipped, ElementType.f16)
            graph.set_op(node, Constant(tensor=half))
            value.constant = half
            changes += 1
    for node in graph.nodes_of(Parameter):
        if node.outputs[0].dtype is ElementType.f32:
            graph.set_op(node, node.op.with_attributes(element_type=ElementType.f16))
            changes += 1
    for kind in graph.op_kinds():
        for node in graph.nodes_of(kind):
            changes += _narrow_attribute(graph, node)
    for node in graph.topological():
        graph.infer_again(node)
    _report(lossy, "were limited to its range")
    return changes


def _narrow_attribute(graph: Graph, node: Node) -> int:
    """Operations that name f32 as their result."""
    for name in ("destination_type", "output_type"):
        if node.op.attributes().get(name) is ElementType.f32:
            graph.set_op(node, node.op.with_attributes(**{name: ElementType.f16}))
            return 1
    return 0
