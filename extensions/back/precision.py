"""Weights in half precision."""

from __future__ import annotations

import logging

import numpy as np

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
    kept: list[str] = []
    for node in graph.nodes_of(Constant):
        value = node.outputs[0]
        if value.dtype not in (ElementType.f32, ElementType.f64) or not value.users:
            continue
        tensor = value.constant
        assert tensor is not None
        if _is_vector(tensor):
            continue
        half = as_half(tensor)
        if half is None:
            kept.append(node.name)
            continue
        stored = graph.constant(half, name=f"{node.name}_compressed")
        wide = graph.add(Decompress(destination_type=value.dtype), stored, name=node.name)
        graph.replace(value, wide)
        graph.discard(node)
        changes += 1
    _report(kept)
    return changes


def _is_vector(tensor: Tensor) -> bool:
    """Biases, scales and single numbers: they take no room, and rounding them costs accuracy."""
    return sum(dim != 1 for dim in tensor.shape) <= 1


def _report(kept: list[str]) -> None:
    if kept:
        log.warning(
            "%d constants stay in full precision, as f16 cannot hold their values: %s",
            len(kept),
            ", ".join(kept[:5]) + (" ..." if len(kept) > 5 else ""),
        )


def as_half(tensor: Tensor) -> Tensor | None:
    """The constant in f16, computed when written; None if f16 cannot hold it."""
    lost = 0
    for part in tensor.parts():
        sizes = np.abs(part)
        finite = sizes[np.isfinite(sizes)]
        if finite.size and finite.max() > _LARGEST:
            return None
        lost += np.count_nonzero((sizes > 0) & (sizes < _SMALLEST))
    if lost and lost >= _LOST_SHARE * tensor.size:
        return None
    return tensor.converted(ElementType.f16)


def to_half(graph: Graph) -> int:
    """IR version 10: every f32 tensor becomes f16, inputs and outputs included."""
    changes = 0
    kept: list[str] = []
    for node in graph.nodes_of(Constant):
        value = node.outputs[0]
        if value.dtype is ElementType.f32:
            tensor = value.constant
            assert tensor is not None
            half = as_half(tensor)
            if half is None:
                kept.append(node.name)
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
    if kept:
        log.warning(
            "%d constants have values beyond the range of f16 and were limited to it: %s",
            len(kept),
            ", ".join(kept[:5]),
        )
    return changes


def _narrow_attribute(graph: Graph, node: Node) -> int:
    """Operations that name f32 as their result."""
    for name in ("destination_type", "output_type"):
        if node.op.attributes().get(name) is ElementType.f32:
            graph.set_op(node, node.op.with_attributes(**{name: ElementType.f16}))
            return 1
    return 0
