"""Quantised computation in the forms that runtimes recognise.

Integers that were quantised come as Convert(FakeQuantize), the output limits of which are the
integers themselves; dequantisation is Multiply(Subtract(Convert)). Brought together, also past
operations that only move elements, they are one FakeQuantize with other output limits. It is
exact up to the rounding of values half-way between two integers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from extensions.middle.linear import channel_factor
from extensions.ops.activation import (
    Clamp,
    Elu,
    Gelu,
    HSigmoid,
    HSwish,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    SoftPlus,
    Swish,
    Tanh,
)
from extensions.ops.arithmetic import Add, FakeQuantize, Multiply, Subtract
from extensions.ops.conversion import Convert
from extensions.ops.movement import Concat, Transpose
from extensions.ops.pooling import MaxPool
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.unary import Round
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import same_shape
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

# What gives elements of its data, whatever these are: of the first input, of Concat all.
MOVES = (Concat, MaxPool, Reshape, Squeeze, Transpose, Unsqueeze)

x = any_value("x")


def _data(node: Node) -> list[Output]:
    inputs = node.inputs if isinstance(node.op, Concat) else node.inputs[:1]
    return [value for value in inputs if value is not None]


def origins(value: Output) -> Iterator[Output]:
    """Where the elements of a value come from."""
    seen, stack = {value}, [value]
    while stack:
        value = stack.pop()
        if not isinstance(value.node.op, MOVES):
            yield value
            continue
        fresh = [source for source in _data(value.node) if source not in seen]
        seen.update(fresh)
        stack += fresh


def _with_changed(g: Graph, value: Output, change: Callable[[Output], Output]) -> Output:
    """The same moves of changed origins."""
    made: dict[Output, Output] = {}
    stack = [value]
    while stack:
        value = stack[-1]
        if not isinstance(value.node.op, MOVES):
            made[value] = change(value)
        data = _data(value.node)
        missing = [] if value in made else [source for source in data if source not in made]
        if missing:
            stack += missing
            continue
        if value not in made:
            rest = value.node.inputs[len(data) :]
            made[value] = g.add(value.node.op, *(made[source] for source in data), *rest)
        stack.pop()
    return made[value]


# ---- dequantisation of what was quantised


def _integer_limits(value: Output) -> tuple[float, float] | None:
    """The least and greatest integer of a FakeQuantize that gives nothing else."""
    node = value.node
    if not isinstance(node.op, FakeQuantize) or node.op.levels < 2:
        return None
    low, high = (None if v is None else v.value() for v in node.inputs[3:5])
    if low is None or high is None:
        return None
    steps = (high.astype(np.float64) - low) / (node.op.levels - 1)
    whole = (low == np.round(low)).all() and (steps == np.round(steps)).all()
    return (float(np.min(low)), float(np.max(high))) if whole else None


def _gives_integers(value: Output) -> bool:
    return _integer_limits(value) is not None


def was_quantized(value: Output) -> bool:
    """Whether integers come straight from a FakeQuantize that stays within their type."""
    source = value.node.inputs[0] if isinstance(value.node.op, Convert) else None
    limits = None if source is None else _integer_limits(source)
    if limits is None or not value.dtype.is_integer:
        return False
    least, greatest = value.dtype.limits
    return least <= limits[0] and limits[1] <= greatest


@rewrite(match(Convert, match((Convert, *MOVES), name="integers", shared=True)))
def integers_as_floats(g: Graph, node: Node, integers: Output) -> Output | None:
    """Floats that are integers anyway are themselves again, moved like those."""
    sources = list(origins(integers))
    if not all(map(was_quantized, sources)):
        return None
    floats = {o: value for o in sources for value in o.node.inputs[:1] if value is not None}
    if any(value.dtype is not node.outputs[0].dtype for value in floats.values()):
        return None
    return _with_changed(g, integers, floats.__getitem__)


def _is_affine(node: Node, x: Output, c: Output) -> bool:
    """Whether a constant is taken from x, or a positive one scales it, and no more."""
    value = c.value()
    if value is None or not same_shape(node.outputs[0].shape, x.shape):
        return False
    return isinstance(node.op, Subtract) or bool(((value > 0) & (value < _HUGE)).all())


# The CPU runtime loses output limits beyond this scale (a mask of the lowest f32, quantised).
_HUGE = 1e30


@rewrite(
    match((Multiply, Subtract), match((FakeQuantize, *MOVES), name="q", shared=True), const("c"))
)
def into_output_limits(g: Graph, node: Node, q: Output, c: Output) -> Output | None:
    """A zero point and a scale, of all elements or of each place of the first two axes."""
    sources = list(origins(q))
    if not all(map(_gives_integers, sources)) or not _is_affine(node, q, c):
        return None
    if c.shape and math.prod(c.shape) == 1:
        c = g.add(Reshape(), c, np.empty(0, np.int64))
    elif c.shape and (sources != [q] or not _lies_in_front(c, q)):
        return None

    def with_limits(origin: Output) -> Output:
        *inputs, low, high = origin.node.inputs
        return g.add(origin.node.op, *inputs, g.add(node.op, low, c), g.add(node.op, high, c))

    return _with_changed(g, q, with_limits)


def _lies_in_front(c: Output, x: Output) -> bool:
    """Whether a constant has one value for each place of the first or the second axis of x."""
    rank = x.rank
    return rank is not None and any(channel_factor(c, rank, axis) is not None for axis in (0, 1))


# ---- rounding in front of other arithmetic

# What mixes values with others or bends them, so that no kernel of integers reads them.
_MIXING = (Add, Multiply, Subtract)
_BENDING = (Elu, Gelu, HSigmoid, HSwish, Mish, Sigmoid, SoftPlus, Swish, Tanh)
# What a kernel of integers may lie behind.
_LIMITING = (Clamp, PReLU, ReLU)


def _ends_in_arithmetic(value: Output) -> bool:
    """Whether all that reads a value mixes or bends it, or quantises it again."""
    seen, stack = {value}, [value]
    while stack:
        value = stack.pop()
        for user, _ in value.users:
            if isinstance(user.op, _LIMITING):
                fresh = [v for v in user.outputs if v not in seen]
                seen.update(fresh)
                stack += fresh
            elif isinstance(user.op, _MIXING):
                if any(v is not None and v.is_constant for v in user.inputs):
                    return False
            elif not isinstance(user.op, (*_BENDING, FakeQuantize)):
                return False
    return True


def _number(value: Output | None) -> float | None:
    constant = None if value is None else value.constant
    return constant.item() if constant is not None and constant.size == 1 else None


@rewrite(match(FakeQuantize, x))
def spelled_out(g: Graph, node: Node, x: Output) -> Output | None:
    """FakeQuantize -> x / step, rounded, limited, times step.

    The CPU runtime forgets the rounding of a FakeQuantize between a product and an addition or
    activation, when it makes one kernel of them.
    """
    low, high, out_low, out_high = map(_number, node.inputs[1:5])
    if low is None or high is None or (low, high) != (out_low, out_high) or low >= high:
        return None
    levels = node.op.attributes()["levels"]
    step = (high - low) / max(1, levels - 1)
    if not 1 / _HUGE < step < _HUGE or levels < 2 or not _ends_in_arithmetic(node.outputs[0]):
        return None
    first = round(low / step)
    if abs(low / step - first) > _ALIGNED:
        return None
    steps = g.add(Round(), g.add(Multiply(), x, 1 / step))
    limited = g.add(Clamp(min=float(first), max=float(first + levels - 1)), steps)
    return g.add(Multiply(), limited, step)


# How far zero may be from one of the steps: the limits are rounded to f32.
_ALIGNED = 1e-3

RULES = (
    integers_as_floats,
    into_output_limits,
)

ROUNDING = (spelled_out,)
