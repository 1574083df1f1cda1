"""How often a loop runs, beside the sizes of what it takes slices of."""

from __future__ import annotations

from extensions.ops.arithmetic import Maximum, Minimum
from extensions.ops.conversion import Convert
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Reshape
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import Dimension, same


def is_number(value: Output | None, size: Dimension) -> bool:
    """Whether a scalar is surely this size."""
    return is_at_most(value, size) and _reaches(value, size, Maximum, Minimum)


def is_at_most(value: Output | None, size: Dimension) -> bool:
    """Whether a scalar is surely not above this size."""
    return _reaches(value, size, Minimum, Maximum)


def _reaches(
    value: Output | None, size: Dimension, one: type[Op], both: type[Op], depth: int = 16
) -> bool:
    """Whether a scalar is surely not below (or not above) a size, which is never below 0.

    ``one``: the operation that reaches what one of its operands reaches; ``both``: what both do.
    """
    if value is None or not depth:
        return False
    known = value.partial_value()
    if known is not None and known.size and all(same(item, size) for item in known.flat):
        return True
    number = value.value()
    if both is Maximum and number is not None:
        return bool((number <= (size if isinstance(size, int) else 0)).all())
    if isinstance(value.node.op, (Convert, ReduceMax, Reshape)):
        return _reaches(value.node.inputs[0], size, one, both, depth - 1)
    if not isinstance(value.node.op, (one, both)):
        return False
    reached = [_reaches(item, size, one, both, depth - 1) for item in value.node.inputs]
    return any(reached) if isinstance(value.node.op, one) else all(reached)
