"""Quantised weights stored as bytes.

FakeQuantize of constant weights has at most 256 values, evenly spaced. They are stored as signed
bytes, with a Convert, a Subtract where zero is not in the middle, and a Multiply that give the
same numbers, in the form from which runtimes take their integer kernels.
"""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import FakeQuantize, Multiply, Subtract
from extensions.ops.conversion import Widen
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import const, match
from mo.middle.rewriter import rewrite

_limits = [const(name) for name in ("in_low", "in_high", "out_low", "out_high")]


@rewrite(match(FakeQuantize, const("weights"), *_limits, where=lambda op: 2 <= op.levels <= 256))
def bytes_of_weights(
    g: Graph,
    node: Node,
    weights: Output,
    in_low: Output,
    in_high: Output,
    out_low: Output,
    out_high: Output,
) -> Output | None:
    """round((w - in_low) / step) levels above out_low, counted from the middle level."""
    kind, levels = weights.dtype, node.op.attributes()["levels"]
    w, low, high, first, last = (_floats(v) for v in (weights, in_low, in_high, out_low, out_high))
    if not (high > low).all() or not (last > first).all():
        return None
    middle = levels // 2
    step = (last - first) / (levels - 1)
    level = np.rint((np.clip(w, low, high) - low) / (high - low) * (levels - 1))
    zero = -first / step - middle
    zero = np.where(np.abs(zero - np.rint(zero)) < 1e-4, np.rint(zero), zero)
    values = g.add(Widen(destination_type=kind), g.constant((level - middle).astype(np.int8)))
    if zero.any():
        values = g.add(Subtract(), values, g.constant(zero.astype(kind.numpy)))
    return g.add(Multiply(), values, g.constant(step.astype(kind.numpy)))


def _floats(value: Output) -> np.ndarray:
    assert value.constant is not None
    return np.asarray(value.constant.array, np.float64)


RULES = (bytes_of_weights,)
