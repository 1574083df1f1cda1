"""Operations element by element, and those that pass values on."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from extensions.classic.fields import attribute, converts, element_type, operations
from extensions.ops.activation import Clamp, PReLU, ReLU, Swish
from extensions.ops.arithmetic import Add, Greater, Maximum, Minimum, Multiply, Power, Select
from extensions.ops.common import constant_ints
from extensions.ops.conversion import Convert
from extensions.ops.movement import Split
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Identity", "StopGradient", "copy", "FakeOutput", "Assert", "Dropout")
def identity(g: Graph, node: SourceNode, x: Output, *_: Output | None) -> Output:
    return x


@converts("IdentityN")
def identities(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    return values


@converts("Const")
def const(g: Graph, node: SourceNode) -> Output:
    value = np.asarray(node.attributes["value"])
    kind = node.attributes.get("data_type") or node.attributes.get("force_type")
    if value.dtype == np.float64 and kind is None:
        # Python's own numbers; the classic writes them in the type of the model.
        value = value.astype(np.float32)
    return g.constant(value, None if kind is None else element_type(kind), name=node.name)


@converts("Cast")
def cast(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = element_type(attribute_type(node, "dst_type", "destination_type"))
    return g.add(Convert(destination_type=kind), x)


def attribute_type(node: SourceNode, *names: str) -> Any:
    """An attribute that is a type, which must not be taken apart."""
    return next((node.attributes[n] for n in names if node.attributes.get(n) is not None), None)


@converts("AttributedClamp", "ReLU6")
def attributed_clamp(g: Graph, node: SourceNode, x: Output) -> Output:
    low = float(attribute(node, "min", default=0.0))
    high = float(attribute(node, "max", default=6.0))
    return g.add(Clamp(min=low, max=high), x)


@converts("Clamp")
def clamp(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Output:
    return g.add(Minimum(), g.add(Maximum(), x, low), high)


@converts("AttributedPower")
def attributed_power(g: Graph, node: SourceNode, x: Output) -> Output:
    """(x * scale + shift) ^ power."""
    scale = float(attribute(node, "scale", default=1.0))
    shift = float(attribute(node, "shift", default=0.0))
    power = float(attribute(node, "power", default=1.0))
    y = x if scale == 1 else g.add(Multiply(), x, scale)
    y = y if shift == 0 else g.add(Add(), y, shift)
    return y if power == 1 else g.add(Power(), y, power)


_OPERATIONS = {
    "sum": "Add",
    "add": "Add",
    "mul": "Multiply",
    "prod": "Multiply",
    "max": "Maximum",
    "min": "Minimum",
    "sub": "Subtract",
    "div": "Divide",
    "pow": "Power",
}


@converts("EltwiseN", "Eltwise")
def eltwise(g: Graph, node: SourceNode, *values: Output) -> Output:
    word = str(attribute(node, "operation", default="sum"))
    if word not in _OPERATIONS:
        raise UnsupportedError(f"operation '{word}' is not known", hint="sum, mul, max, min ...")
    op = operations()[_OPERATIONS[word]]
    return reduce(lambda total, value: g.add(op(), total, value), values)


@converts("Add")
def add(g: Graph, node: SourceNode, *values: Output) -> Output:
    """Of two values; the class Eltwise bears this name whatever it computes."""
    if attribute(node, "type") == "Eltwise":
        return eltwise(g, node, *values)
    return g.add(Add(), *values)


@converts("EltwiseNin1")
def eltwise_of_parts(g: Graph, node: SourceNode, x: Output) -> Output:
    """Between ``num_inputs`` equal parts of the second axis."""
    parts = attribute(node, "num_inputs")
    if parts is None:
        raise UnsupportedError("its attribute 'num_inputs' is missing")
    return eltwise(g, node, *g.add_multi(Split(num_splits=parts), x, g.constant(np.int64(1))))


@converts("LeakyReLU")
def leaky_relu(g: Graph, node: SourceNode, x: Output) -> Output:
    slope = float(attribute(node, "negative_slope", default=0.01))
    return g.add(ReLU(), x) if slope == 0 else g.add(PReLU(), x, slope)


@converts("ThresholdedRelu")
def thresholded_relu(g: Graph, node: SourceNode, x: Output) -> Output:
    alpha = float(attribute(node, "alpha", default=1.0))
    return g.add(Select(), g.add(Greater(), x, alpha), x, g.constant(0.0, x.dtype))


@converts("Swish")
def swish(g: Graph, node: SourceNode, x: Output, beta: Output | None = None) -> Output:
    return g.add(Swish(), x) if beta is None else g.add(Swish(), x, beta)


@converts("Activation")
def activation(g: Graph, node: SourceNode, x: Output) -> Output:
    """The old form: the function is an attribute."""
    word = str(attribute(node, "operation", "type", default="")).lower()
    known = {kind.lower(): op for kind, op in operations().items()}
    op = known.get("clamp" if word == "relu6" else word)
    if op is None:
        raise UnsupportedError(f"activation '{word}' is not known")
    if word == "relu6":
        return g.add(Clamp(min=0.0, max=6.0), x)
    given = attribute(node, "alpha")
    return g.add(op(**({"alpha": float(given)} if word == "elu" and given else {})), x)


@converts("ScaleShift")
def scale_shift(
    g: Graph, node: SourceNode, x: Output, scale: Output, shift: Output | None = None
) -> Output:
    """Per channel, which is the second axis."""
    y = g.add(Multiply(), x, _per_channel(g, x, scale))
    return y if shift is None else g.add(Add(), y, _per_channel(g, x, shift))


def _per_channel(g: Graph, x: Output, value: Output) -> Output:
    if x.rank is None:
        raise UnsupportedError("the rank of its input is not known")
    reshape = operations()["Reshape"]
    return value if value.rank != 1 else g.add(reshape(), value, [1, -1] + [1] * (x.rank - 2))


@converts("Round")
def rounded(g: Graph, node: SourceNode, x: Output) -> Output:
    mode = attribute(node, "mode", default="half_to_even")
    return g.add(operations()["Round"](mode=mode), x)


def integers(value: Output) -> tuple[int, ...]:
    """The elements of an input that must be constant."""
    found = constant_ints(value)
    if found is None:
        raise UnsupportedError(f"its input '{value}' must be constant")
    return found


@converts("GeLU", "Gelu")
def gelu(g: Graph, node: SourceNode, x: Output) -> Output:
    mode = str(attribute(node, "approximation_mode", default="erf")).upper()
    return g.add(operations()["Gelu"](approximation_mode=mode), x)


def as_type(g: Graph, x: Output, kind: ElementType) -> Output:
    return x if x.dtype is kind else g.add(Convert(destination_type=kind), x)
