"""String tensors packed from, and unpacked to, offsets and characters."""

from __future__ import annotations

from extensions.ops.common import INTEGERS, expect, joined, ranked, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, text


class StringTensorPack(Op):
    """Strings made of the characters between ``begins`` and ``ends``."""

    opset = "opset15"

    def infer(self, begins: Output, ends: Output, symbols: Output) -> TensorType:
        expect(tied(begins, ends), INTEGERS, "an integer")
        expect(symbols.dtype, frozenset((ElementType.u8, ElementType.dynamic)), "u8")
        ranked(symbols, 1, "the characters")
        if begins.shape is None or ends.shape is None:
            shape = ends.shape if begins.shape is None else begins.shape
            return TensorType(shape, ElementType.string)
        if len(begins.shape) != len(ends.shape):
            raise ValueError(f"begins {text(begins.shape)} and ends {text(ends.shape)} differ")
        dims = [joined("sizes", a, b) for a, b in zip(begins.shape, ends.shape)]
        return TensorType(tuple(dims), ElementType.string)


class StringTensorUnpack(Op):
    """Begins, ends, and the characters of all strings one behind the other."""

    opset = "opset15"

    def infer(self, data: Output) -> tuple[TensorType, ...]:
        expect(data.dtype, frozenset((ElementType.string, ElementType.dynamic)), "a string")
        places = TensorType(data.shape, ElementType.i32)
        return places, places, TensorType((Dim(),), ElementType.u8)
