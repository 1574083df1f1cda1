"""Quantised weights stored as bytes.

FakeQuantize of constant weights has at most 256 values, evenly spaced. They are stored as signed
bytes, with a Convert, a Subtract where zero is not in the middle, and a Multiply that give the
same numbers, in the form from which runtimes take their integer kernels.
"""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import FakeQuantize, Multiply, Subtract
from extensions.ops.conversion import Widen
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Op
from mo.middle.pattern import const, match
from mo.middle.rewriter import rewrite

_limits = [const("")] * 4
_quantised = match(
    FakeQuantize, const("weights"), *_limits, name="whole", where=lambda op: 2 <= op.levels <= 256
)


@rewrite(match((Transpose, Reshape), _quantised, const("how")))
def moved_weights(g: Graph, node: Node, whole: Output, weights: Output, how: Output) -> Output:
    """Kernels are laid out as the convolution takes them before they are quantised."""
    limits = [_moved(g, node.op, limit, weights, how) for limit in _limits_of(whole.node)]
    return g.add(whole.node.op, g.add(node.op, weights, how), *limits)


def _moved(g: Graph, op: Op, limit: Output, weights: Output, how: Output) -> Output:
    """A limit of each element, laid out like the elements; of size 1 where it does not change."""
    assert limit.constant is not None
    spread = np.broadcast_to(limit.constant.array, weights.shape)  # type: ignore[arg-type]
    found = op.fold(spread, how.value())  # type: ignore[misc]
    for axis in range(found.ndim):
        first = np.take(found, [0], axis)
        if (found == first).all():
            found = first
    return g.constant(np.ascontiguousarray(found))


@rewrite(_quantised)
def bytes_of_weights(g: Graph, node: Node, weights: Output) -> Output | None:
    """round((w - in_low) / step) levels above out_low, counted from the middle level."""
    found = _levels(node, weights)
    if found is None:
        return None
    level, first, step = found
    kind, middle = weights.dtype, _count(node) // 2
    zero = -first / step - middle
    zero = np.where(np.abs(zero - np.rint(zero)) < 1e-4, np.rint(zero), zero)
    values = g.add(Widen(destination_type=kind), g.constant((level - middle).astype(np.int8)))
    if zero.any():
        values = g.add(Subtract(), values, g.constant(zero.astype(kind.numpy)))
    return g.add(Multiply(), values, g.constant(step.astype(kind.numpy)))


@rewrite(_quantised)
def floats_of_weights(g: Graph, node: Node, weights: Output) -> Output | None:
    """The numbers that weights quantised by channel stand for.

    Where they are not packed, the CPU runtime rounds them itself, and other levels than 256
    wrongly along some axes.
    """
    by_channel = _floats(_limits_of(node)[0]).size > 1
    found = _levels(node, weights) if by_channel and _count(node) != 256 else None
    if found is None:
        return None
    level, first, step = found
    return g.constant((level * step + first).astype(weights.dtype.numpy))


def _limits_of(node: Node) -> list[Output]:
    """The four limits of a FakeQuantize: of its input, of its output."""
    return node.inputs[1:]  # type: ignore[return-value]


def _count(node: Node) -> int:
    """The number of levels of a FakeQuantize."""
    return int(node.op.attributes()["levels"])


def _levels(node: Node, weights: Output) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Number of the level of each weight, the number of the first level, and the step."""
    levels = _count(node)
    w, low, high, first, last = (_floats(value) for value in (weights, *_limits_of(node)))
    if not (high > low).all() or not (last > first).all():
        return None
    level = np.rint((np.clip(w, low, high) - low) / (high - low) * (levels - 1))
    return level, first, (last - first) / (levels - 1)


def _floats(value: Output) -> np.ndarray:
    assert value.constant is not None
    return np.asarray(value.constant.array, np.float64)


MOVES = (moved_weights,)
RULES = (bytes_of_weights,)
FLOATS = (floats_of_weights,)
