"""Conversion of element types."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import FLOATS, expect, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import broadcast
from mo.graph.tensor import Tensor


class Convert(Op):
    """Another element type; floats are cut off towards zero, booleans are ``!= 0``."""

    destination_type: ElementType
    partial_values = True

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, self.destination_type)

    def fold(self, x: np.ndarray) -> np.ndarray:
        if x.dtype.kind == "O":
            if not self.destination_type.is_integer:
                raise ValueError("unknown integers have no float form")
            return x
        return converted(x, self.destination_type)


class Widen(Op):
    """A Convert that is never computed here: constants stay as small as they are."""

    type = "Convert"
    destination_type: ElementType

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, self.destination_type)


class ConvertLike(Op):
    """The element type of the second input."""

    def infer(self, data: Output, like: Output) -> TensorType:
        return TensorType(data.shape, like.dtype)


def converted(x: np.ndarray, kind: ElementType) -> np.ndarray:
    """The values in another element type."""
    if kind is ElementType.boolean:
        return x != 0
    return x.astype(kind.numpy)


class FakeConvert(Op):
    """Rounds to an 8-bit float and back, after scaling and shifting."""

    opset = "opset13"
    destination_type: ElementType = ElementType.f8e4m3

    def infer(self, data: Output, scale: Output, shift: Output | None = None) -> TensorType:
        kind = expect(tied(data, scale, shift), FLOATS, "a float")
        if shift is not None:
            broadcast(scale.shape, shift.shape)
        return TensorType(broadcast(data.shape, scale.shape), kind)


class ConvertPromoteTypes(Op):
    """Both inputs in the element type that holds the values of both."""

    opset = "opset14"
    promote_unsafe: bool = False
    pytorch_scalar_promotion: bool = False
    u64_integer_promotion_target: ElementType = ElementType.f32

    def infer(self, a: Output, b: Output) -> tuple[TensorType, ...]:
        kind = self._promoted(a, b)
        return TensorType(a.shape, kind), TensorType(b.shape, kind)

    def _promoted(self, a: Output, b: Output) -> ElementType:
        one, two = a.dtype, b.dtype
        if one is two:
            return one
        if self.pytorch_scalar_promotion and a.rank is not None and b.rank is not None:
            ranks = (_category(one), a.rank > 0), (_category(two), b.rank > 0)
            if ranks[0][1] != ranks[1][1]:
                tensor, scalar = (one, two) if ranks[0][1] else (two, one)
                if _category(tensor) >= _category(scalar):
                    return tensor
        return _wider(one, two, self.u64_integer_promotion_target)


def _category(kind: ElementType) -> int:
    """Booleans below integers below floats."""
    return 0 if kind is ElementType.boolean else 2 if kind.is_float else 1


def _wider(a: ElementType, b: ElementType, beyond: ElementType) -> ElementType:
    if _category(a) != _category(b):
        return a if _category(a) > _category(b) else b
    if _category(a) == 2:
        if {a, b} == {ElementType.f16, ElementType.bf16}:
            return ElementType.f32
        return a if a.bits >= b.bits else b
    if a.is_signed == b.is_signed:
        return a if a.bits >= b.bits else b
    signed, unsigned = (a, b) if a.is_signed else (b, a)
    if signed.bits > unsigned.bits:
        return signed
    return beyond if unsigned.bits == 64 else ElementType[f"i{unsigned.bits * 2}"]


def signed(tensor: Tensor) -> Tensor:
    """Unsigned bytes less 128."""
    shape = tensor.shape
    return Tensor.lazy(ElementType.i8, shape, lambda: (tensor.array ^ np.uint8(128)).view(np.int8))
