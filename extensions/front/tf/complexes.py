"""Complex numbers: their parts, and operations that treat each part by itself.

The IR has no complex element types: a complex tensor is a tensor of pairs (ComplexTensor).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import rank_of, typed
from extensions.front.tf.common import TRANSLATIONS, converts, number, refuse
from extensions.front.tf.elementwise import atan2
from extensions.front.tf.tensors import COMPLEX64, COMPLEX_PARTS
from extensions.ops.arithmetic import Add, Divide, Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.shaping import Broadcast, ShapeOf, Unsqueeze
from extensions.ops.unary import Cos, Exp, Negative, Sin, Sqrt
from mo.front.model import SourceNode
from mo.front.registry import Translation
from mo.front.values import ComplexTensor, Value
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor

# Real and imaginary part, of the shape of the complex tensor.
Parts = tuple[Output, Output]


def parts_of(g: Graph, value: Value) -> Parts:
    """The parts of a complex tensor; a real one has no imaginary part."""
    if not isinstance(value, ComplexTensor):
        return value, number(g, 0, value.dtype)
    made = [item.node for item in value.pairs.node.inputs if item is not None]
    if [node.type for node in (value.pairs.node, *made)] == ["Concat", "Unsqueeze", "Unsqueeze"]:
        real, imaginary = (node.inputs[0] for node in made)
        if real is not None and imaginary is not None:
            return real, imaginary
    last = g.constant(np.int64(-1))
    real, imaginary = (g.add(Gather(), value.pairs, g.constant(np.int64(i)), last) for i in (0, 1))
    return real, imaginary


def joined(g: Graph, real: Output, imaginary: Output) -> ComplexTensor:
    last = rank_of(real)
    pairs = [g.add(Unsqueeze(), part, [last]) for part in (real, imaginary)]
    return ComplexTensor(g.add(Concat(axis=last), *pairs))


@converts("Const")
def complex_constant(g: Graph, node: SourceNode) -> ComplexTensor:
    """Constants of other types are none of the nodes."""
    value = node.get("value")
    if not isinstance(value, Tensor):
        raise refuse(f"a constant {'without a value' if value is None else 'of this type'}")
    return ComplexTensor(g.constant(value))


@converts("Complex")
def complex_(g: Graph, node: SourceNode, real: Output, imaginary: Output) -> ComplexTensor:
    if real.shape != imaginary.shape:
        op = Broadcast(mode="bidirectional")
        real, imaginary = (
            g.add(op, part, g.add(ShapeOf(), other))
            for part, other in ((real, imaginary), (imaginary, real))
        )
    return joined(g, real, imaginary)


@converts("Real", "Imag", complex=True)
def part(g: Graph, node: SourceNode, x: Value) -> Output:
    return parts_of(g, x)[node.type == "Imag"]


@converts("ComplexAbs", complex=True)
def complex_abs(g: Graph, node: SourceNode, x: Value) -> Output:
    return g.add(Sqrt(), _squared_length(g, *parts_of(g, x)))


@converts("Angle", complex=True)
def angle(g: Graph, node: SourceNode, x: Value) -> Output:
    real, imaginary = parts_of(g, x)
    return atan2(g, node, imaginary, real)


@converts("Conj", complex=True)
def conj(g: Graph, node: SourceNode, x: Value) -> Value:
    if not isinstance(x, ComplexTensor):
        return x
    real, imaginary = parts_of(g, x)
    return joined(g, real, g.add(Negative(), imaginary))


def _squared_length(g: Graph, real: Output, imaginary: Output) -> Output:
    squares = [g.add(Multiply(), part, part) for part in (real, imaginary)]
    return g.add(Add(), *squares)


# ---- operations of other families


@TRANSLATIONS.refines(
    "Add",
    "AddN",
    "AddV2",
    "BroadcastTo",
    "Concat",
    "ConcatV2",
    "ExpandDims",
    "Gather",
    "GatherNd",
    "GatherV2",
    "Mean",
    "MirrorPad",
    "Neg",
    "Pack",
    "Pad",
    "PadV2",
    "Reshape",
    "ReverseV2",
    "Roll",
    "Select",
    "SelectV2",
    "Slice",
    "Split",
    "SplitV",
    "Squeeze",
    "StridedSlice",
    "Sub",
    "Sum",
    "Tile",
    "Transpose",
    "Unpack",
    "ZerosLike",
)
def by_parts(former: Translation, g: Graph, node: SourceNode, *inputs: Value) -> Any:
    """The same for the real and for the imaginary parts."""
    if not any(isinstance(value, ComplexTensor) for value in inputs):
        return former(g, node, *inputs)
    both = [
        former(g, node, *(parts_of(g, v)[i] if isinstance(v, ComplexTensor) else v for v in inputs))
        for i in (0, 1)
    ]
    if isinstance(both[0], tuple):
        return tuple(joined(g, *pair) for pair in zip(*both))
    return joined(g, *both)


@TRANSLATIONS.refines("Rank", "Shape", "ShapeN", "Size")
def of_shape(former: Translation, g: Graph, node: SourceNode, *inputs: Value) -> Any:
    return former(g, node, *(parts_of(g, x)[0] if x is not None else x for x in inputs))


@TRANSLATIONS.refines("BatchMatMul", "BatchMatMulV2", "MatMul", "Mul")
def product(former: Translation, g: Graph, node: SourceNode, x: Value, y: Value) -> Value:
    """(a + bi)(c + di) = ac - bd + (ad + bc)i; adjoints of matrices are conjugated, too."""
    if not isinstance(x, ComplexTensor):
        return former(g, node, x, y)
    factors = [_adjoint(g, node, *pair) for pair in ((x, "adj_x"), (y, "adj_y"))]
    (a, b), (c, d) = (parts_of(g, value) for value in factors)
    real = g.add(Subtract(), former(g, node, a, c), former(g, node, b, d))
    return joined(g, real, g.add(Add(), former(g, node, a, d), former(g, node, b, c)))


def _adjoint(g: Graph, node: SourceNode, x: Value, flag: str) -> Value:
    return conj(g, node, x) if node.get(flag, False) else x


@TRANSLATIONS.refines("ConjugateTranspose")
def conjugate_transpose(former: Translation, g: Graph, node: SourceNode, *inputs: Value) -> Any:
    return conj(g, node, by_parts(former, g, node, *inputs))


@TRANSLATIONS.refines("Square")
def square(former: Translation, g: Graph, node: SourceNode, x: Value) -> Value:
    if not isinstance(x, ComplexTensor):
        return former(g, node, x)
    a, b = parts_of(g, x)
    both = g.add(Multiply(), a, b)
    squares = [g.add(Multiply(), part, part) for part in (a, b)]
    return joined(g, g.add(Subtract(), *squares), g.add(Add(), both, both))


@TRANSLATIONS.refines("Div", "RealDiv")
def quotient(former: Translation, g: Graph, node: SourceNode, x: Value, y: Value) -> Value:
    """x / y = x conj(y) / |y|^2"""
    if not isinstance(x, ComplexTensor):
        return former(g, node, x, y)
    (a, b), (c, d) = parts_of(g, x), parts_of(g, y)
    length = _squared_length(g, c, d)
    real = g.add(Add(), g.add(Multiply(), a, c), g.add(Multiply(), b, d))
    imaginary = g.add(Subtract(), g.add(Multiply(), b, c), g.add(Multiply(), a, d))
    return joined(g, g.add(Divide(), real, length), g.add(Divide(), imaginary, length))


@TRANSLATIONS.refines("Exp")
def exponential(former: Translation, g: Graph, node: SourceNode, x: Value) -> Value:
    """exp(a + bi) = exp(a) (cos b + i sin b)"""
    if not isinstance(x, ComplexTensor):
        return former(g, node, x)
    a, b = parts_of(g, x)
    length = g.add(Exp(), a)
    return joined(g, *(g.add(Multiply(), length, g.add(op(), b)) for op in (Cos, Sin)))


@TRANSLATIONS.refines("Cast")
def cast(former: Translation, g: Graph, node: SourceNode, x: Value) -> Value:
    """To complex numbers without imaginary part, and from them without it."""
    kind = node.get("DstT", COMPLEX64)
    wanted = COMPLEX_PARTS.get(kind) if isinstance(kind, int) else None
    if wanted is None:
        return former(g, node, parts_of(g, x)[0])
    if isinstance(x, ComplexTensor):
        return ComplexTensor(typed(g, x.pairs, wanted))
    real = typed(g, x, wanted)
    zeros = g.add(Broadcast(), number(g, 0, wanted), g.add(ShapeOf(), real))
    return joined(g, real, zeros)
