"""What is made of the outputs of loops: sometimes less than all iterations give, or more.

dynamic_rnn of TensorFlow ends its loop with the longest sequence, and writes into an array that has
a row of zeros for each step: a loop through all steps that gives zeros there needs neither. Of the
cell states that a BlockLSTM gives mostly the last one is used.
"""

from __future__ import annotations

import numpy as np

from extensions.ops.common import constant_ints
from extensions.ops.gathering import Gather, GatherND
from extensions.ops.movement import Concat
from extensions.ops.shaping import Broadcast, ShapeOf, Squeeze
from extensions.ops.slicing import StridedSlice
from mo.graph.node import Node, Output
from mo.graph.shape import Dimension, same


def padded(output: Output, size: Dimension) -> Output | None:
    """The whole of ``size`` rows, if nothing but shapes is computed from the rows of the loop."""
    found = None
    for user, _ in output.users:
        if isinstance(user.op, Concat) and found is None and _fills(user, output, size):
            found = user.outputs[0]
        elif not _is_of_shapes(user):
            return None
    return found


def last_rows(output: Output) -> list[Output] | None:
    """The values that are the last row of an output each, if nothing else is made of it.

    Other rows may stand in front, as that of the first state.
    """
    found: list[Output] = []
    rows_known = output.shape[0] if output.shape else None
    has_rows = isinstance(rows_known, int) and rows_known > 0
    for user, port in output.users:
        if isinstance(user.op, Concat):
            is_behind = user.op.axis == 0 and port == len(user.inputs) - 1
            rows = last_rows(user.outputs[0]) if has_rows and is_behind else None
        else:
            rows = [user.outputs[0]] if _takes_last_row(user, output) else None
        if rows is None:
            return None
        found += rows
    return found


def _takes_last_row(node: Node, output: Output) -> bool:
    op, places = node.op, node.inputs[1] if len(node.inputs) > 1 else None
    last = (output.shape[0] - 1,) if output.shape and isinstance(output.shape[0], int) else None
    if isinstance(op, StridedSlice):
        return op.shrink_axis_mask == (1,) and constant_ints(places) in ((-1,), last)
    if isinstance(op, Gather) and constant_ints(node.inputs[2]) == (0,):
        is_scalar = places is not None and places.shape == ()
        return is_scalar and last is not None and constant_ints(places) == last
    return isinstance(op, GatherND) and not op.batch_dims and _are_last(places, output)


def _are_last(places: Output | None, output: Output) -> bool:
    """Whether places [batch, 2] are those of the last row, one for each column."""
    known = None if places is None else places.value()
    if known is None or known.ndim != 2 or known.shape[1] != 2 or not output.shape:
        return False
    rows, batch = output.shape[:2]
    if not isinstance(rows, int) or batch != len(known):
        return False
    return bool((known[:, 0] == rows - 1).all() and (known[:, 1] == np.arange(batch)).all())


def is_zero(value: Output | None) -> bool:
    if value is None:
        return False
    if isinstance(value.node.op, Broadcast):
        return is_zero(value.node.inputs[0])
    known = value.value()
    return known is not None and not known.any()


def _fills(node: Node, output: Output, size: Dimension) -> bool:
    """Whether rows of zeros follow, from behind the last one of the output up to the size."""
    if len(node.inputs) != 2 or node.op.axis != 0 or node.inputs[0] is not output:  # type: ignore[attr-defined]
        return False
    rest = node.inputs[1]
    op = None if rest is None else rest.node.op
    if rest is None or not isinstance(op, StridedSlice) or op.new_axis_mask or op.shrink_axis_mask:
        return False
    zeros, begin, _, step = rest.node.inputs
    if zeros is None or not zeros.shape or not same(zeros.shape[0], size) or not is_zero(zeros):
        return False
    first = None if begin is None else begin.partial_value()
    if first is None or not output.shape or not same(first.item(0), output.shape[0]):
        return False
    return (op.begin_mask, op.end_mask) == ((0,), (1,)) and constant_ints(step) == (1,)


def _is_of_shapes(node: Node) -> bool:
    """Whether only the shape of what a node gives matters."""
    if isinstance(node.op, ShapeOf):
        return True
    users = [user for output in node.outputs for user, _ in output.users]
    return isinstance(node.op, (Gather, Squeeze)) and all(map(_is_of_shapes, users))
