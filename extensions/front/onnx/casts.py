"""Element types: Cast and CastLike.

Rules of each target type: ONNX, definition of Cast. A plain Convert of the runtime rounds to the
nearest even value, cuts integers to their low bits, and makes what lies beyond an 8-bit float NaN
or infinite; the rest is done here.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import typed
from extensions.front.onnx.common import converts, needed, refuse
from extensions.front.onnx.tensors import element_type
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import (
    Add,
    Equal,
    FloorMod,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    LogicalAnd,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.conversion import Convert, ConvertLike
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_T = ElementType

_TYPE_NAMES = {
    "FLOAT": 1,
    "UINT8": 2,
    "INT8": 3,
    "UINT16": 4,
    "INT16": 5,
    "INT32": 6,
    "INT64": 7,
    "BOOL": 9,
    "FLOAT16": 10,
    "DOUBLE": 11,
    "UINT32": 12,
    "UINT64": 13,
}
# The largest value of each type whose casts end there.
_LARGEST = {_T.f8e4m3: 448.0, _T.f8e5m2: 57344.0}
_LARGEST_POWER = 2.0**127


@converts("Cast")
def cast(g: Graph, node: SourceNode, x: Output) -> Output:
    wanted = needed(node, "to")
    # Operation sets before 6 spell the type out.
    return _cast(g, node, x, element_type(_TYPE_NAMES.get(wanted, wanted)))


@converts("CastLike")
def cast_like(g: Graph, node: SourceNode, x: Output, like: Output) -> Output:
    if like.dtype is ElementType.dynamic:
        return g.add(ConvertLike(), x, like)
    return _cast(g, node, x, like.dtype)


def _cast(g: Graph, node: SourceNode, x: Output, kind: ElementType) -> Output:
    if x.dtype is kind:
        return x
    if kind is _T.string or x.dtype is _T.string:
        raise refuse(node, "a cast from or to strings")
    return cast_to(g, x, kind, bool(node.get("saturate", 1)), node.get("round_mode", "up"))


def cast_to(
    g: Graph, x: Output, kind: ElementType, saturate: bool = True, round_mode: str = "up"
) -> Output:
    """x in another element type; ``saturate`` and ``round_mode`` as in Cast."""
    if kind is _T.boolean and x.dtype.bits < 8:
        # The CPU runtime compares no packed values with zero.
        x = typed(g, x, _T.f32)
    if kind.is_integer and kind.bits < 8 <= x.dtype.bits and x.dtype.is_integer:
        x = _low_bits(g, typed(g, x, _T.i32), kind)
    if kind in _LARGEST and saturate:
        x = _limited(g, _real(g, x), _LARGEST[kind])
    elif kind is _T.f4e2m1:
        x = _real(g, x)
        x = _where(g, g.add(Equal(), x, x), x, 0.0)
    elif kind is _T.f8e8m0:
        x = _power_of_two(g, typed(g, x, _T.f32), saturate, round_mode)
    return typed(g, x, kind)


def _real(g: Graph, x: Output) -> Output:
    """As floats of a width that comparisons work on."""
    return x if x.dtype in (_T.f32, _T.f16, _T.bf16) else typed(g, x, _T.f32)


def _low_bits(g: Graph, x: Output, kind: ElementType) -> Output:
    """What is left of x in few bits, which the CPU runtime holds in a byte each."""
    least, greatest = (g.constant(np.asarray(limit), x.dtype) for limit in kind.limits)
    count = g.add(Add(), g.add(Subtract(), greatest, least), g.constant(np.asarray(1), x.dtype))
    return g.add(Add(), g.add(FloorMod(), g.add(Subtract(), x, least), count), least)


def _limited(g: Graph, x: Output, largest: float) -> Output:
    """x within [-largest, largest], NaN where it is NaN (the runtime's Clamp makes it a limit)."""
    limited = g.add(Clamp(min=-largest, max=largest), x)
    return g.add(Select(), g.add(Equal(), x, x), limited, x)


def _power_of_two(g: Graph, x: Output, saturate: bool, round_mode: str) -> Output:
    """x rounded to a power of two: up, down, or to the nearest and up between two.

    Convert gives one of the two powers beside x (the even one in the middle between them).
    """
    beside = g.add(Convert(destination_type=_T.f32), g.add(Convert(destination_type=_T.f8e8m0), x))
    if round_mode == "up":
        y = g.add(Select(), g.add(Less(), beside, x), g.add(Multiply(), beside, 2.0), beside)
    else:
        y = g.add(Select(), g.add(Greater(), beside, x), g.add(Multiply(), beside, 0.5), beside)
    if round_mode == "nearest":
        upper = g.add(GreaterEqual(), x, g.add(Multiply(), y, 1.5))
        y = g.add(Select(), upper, g.add(Multiply(), y, 2.0), y)
    if saturate:
        return y
    inside = g.add(LogicalAnd(), g.add(Greater(), x, 0.0), g.add(LessEqual(), x, _LARGEST_POWER))
    return _where(g, inside, y, float(np.nan))


def _where(g: Graph, condition: Output, x: Output, number: float) -> Output:
    """x where the condition holds, else a number of its type."""
    return g.add(Select(), condition, x, g.constant(np.asarray(number), x.dtype))
