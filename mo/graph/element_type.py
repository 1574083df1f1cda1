"""Element types of the IR and their numpy counterparts.

Names and bit widths: OpenVINO IR, attribute ``element_type`` and port ``precision``.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class ElementType(Enum):
    """One element type: the member's name is what ``element_type`` holds in the IR."""

    f32 = ("FP32", 32, "float32")
    f16 = ("FP16", 16, "float16")
    bf16 = ("BF16", 16, "ml_dtypes.bfloat16")
    f64 = ("FP64", 64, "float64")
    i8 = ("I8", 8, "int8")
    i16 = ("I16", 16, "int16")
    i32 = ("I32", 32, "int32")
    i64 = ("I64", 64, "int64")
    u8 = ("U8", 8, "uint8")
    u16 = ("U16", 16, "uint16")
    u32 = ("U32", 32, "uint32")
    u64 = ("U64", 64, "uint64")
    boolean = ("BOOL", 8, "bool")
    i4 = ("I4", 4, "ml_dtypes.int4")
    u4 = ("U4", 4, "ml_dtypes.uint4")
    u2 = ("U2", 2, "ml_dtypes.uint2")
    u1 = ("BIN", 1, "uint8")
    f8e4m3 = ("F8E4M3", 8, "ml_dtypes.float8_e4m3fn")
    f8e5m2 = ("F8E5M2", 8, "ml_dtypes.float8_e5m2")
    f8e8m0 = ("F8E8M0", 8, "ml_dtypes.float8_e8m0fnu")
    f4e2m1 = ("F4E2M1", 4, "ml_dtypes.float4_e2m1fn")
    # Not in the IR; see CARRIERS.
    i2 = ("", 2, "ml_dtypes.int2")
    f8e4m3fnuz = ("", 8, "ml_dtypes.float8_e4m3fnuz")
    f8e5m2fnuz = ("", 8, "ml_dtypes.float8_e5m2fnuz")
    string = ("STRING", 0, "object")
    dynamic = ("UNSPECIFIED", 0, "object")

    def __init__(self, precision: str, bits: int, numpy_name: str) -> None:
        self.precision = precision
        self.bits = bits
        self._numpy_name = numpy_name

    @cached_property
    def numpy(self) -> np.dtype:
        """The numpy dtype of one logical element (sub-byte types are held one to a byte)."""
        import numpy as np

        module, _, name = self._numpy_name.rpartition(".")
        if module:
            import ml_dtypes

            return np.dtype(getattr(ml_dtypes, name))
        return np.dtype(name)

    @cached_property
    def is_float(self) -> bool:
        return self.name[0] in "fb" and self is not ElementType.boolean

    @cached_property
    def is_integer(self) -> bool:
        return self.name[0] in "iu"

    @cached_property
    def is_signed(self) -> bool:
        return self.name[0] == "i" or self.is_float

    @cached_property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest number of an integer type."""
        if self.is_signed:
            return -(1 << self.bits - 1), (1 << self.bits - 1) - 1
        return 0, (1 << self.bits) - 1

    def bytes_for(self, count: int) -> int:
        """Bytes that ``count`` elements take in a .bin file."""
        return (count * self.bits + 7) // 8

    @staticmethod
    def of(dtype: np.dtype) -> ElementType:
        """The element type of a numpy dtype; KeyError if the IR has none."""
        return _by_numpy_name[dtype.name]

    def __repr__(self) -> str:
        return self.name

    # The members are singletons: hashing by identity keeps dictionary look-ups quick.
    __hash__ = object.__hash__


_by_numpy_name = {t._numpy_name.rpartition(".")[2]: t for t in ElementType if t.bits > 1}

# Types that models have and the IR does not, and what holds all their numbers.
CARRIERS = {
    ElementType.i2: ElementType.i8,
    ElementType.f8e4m3fnuz: ElementType.f16,
    ElementType.f8e5m2fnuz: ElementType.f16,
}
