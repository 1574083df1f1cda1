"""What the functions of keras.ops share: their arguments, in one type.

Types are joined as keras.io, "Mixed dtype promotion", has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer
from extensions.ops import arithmetic as two
from mo.graph.element_type import ElementType
from mo.graph.node import Output

F32, I32, BOOL = ElementType.f32, ElementType.i32, ElementType.boolean


def operand(layer: Layer, place: int, name: str) -> Any:
    value = layer.argument(place, name)
    if value is None:
        raise invalid(f"its argument '{name}' is missing")
    return value


def pair_of(layer: Layer) -> list[Any]:
    return [operand(layer, place, name) for place, name in enumerate(("x1", "x2"))]


def data_of(layer: Layer, name: str = "x") -> Output:
    """The first argument, which is a tensor."""
    value = operand(layer, 0, name)
    if not isinstance(value, Output):
        raise refuse(f"a {layer.node.type} of what is no tensor")
    return value


def in_common(layer: Layer, values: Sequence[Any], real: bool = False) -> list[Output]:
    """Values in one type: numbers of Python take that of the tensors, if it can hold them."""
    g = layer.g
    arrays = [g.constant(v) if isinstance(v, np.ndarray) else v for v in values]
    kinds = [v.dtype for v in arrays if isinstance(v, Output)]
    literals = [np.asarray(v) for v in arrays if not isinstance(v, Output)]
    if any(array.dtype.kind not in "biuf" for array in literals):
        raise refuse("a list of tensors as an operand")
    is_float = any(array.dtype.kind == "f" for array in literals) or real
    kind = _widest(kinds) if kinds else F32
    if is_float and not kind.is_float:
        kind = F32
    if kind is BOOL and any(array.dtype.kind in "iu" for array in literals):
        kind = I32
    return [
        typed(g, v, kind) if isinstance(v, Output) else g.constant(np.asarray(v), kind)
        for v in arrays
    ]


def _widest(kinds: Sequence[ElementType]) -> ElementType:
    floats = [kind for kind in kinds if kind.is_float]
    if floats:
        widest = max(floats, key=lambda kind: kind.bits)
        same = all(kind is widest for kind in floats if kind.bits == widest.bits)
        return widest if same else F32
    return ElementType.of(np.result_type(*(kind.numpy for kind in kinds)))


def function_of(layer: Layer) -> str:
    return layer.node.type.removeprefix("ops.")


def types_of(names: Sequence[str] | dict[str, Any]) -> list[str]:
    return [f"ops.{name}" for name in names]


def floats(layer: Layer, name: str = "x") -> Output:
    x = data_of(layer, name)
    return x if x.dtype.is_float else typed(layer.g, x, F32)


def truth(layer: Layer, value: Any) -> Output:
    g = layer.g
    if not isinstance(value, Output):
        return g.constant(np.asarray(value, bool))
    if value.dtype is BOOL:
        return value
    return g.add(two.NotEqual(), value, g.constant(0, value.dtype))
