"""The MXNet translation table, and what several families of translations share."""

from __future__ import annotations

from collections.abc import Callable

from extensions.front.building import rank_of, typed
from extensions.ops.arithmetic import NotEqual
from mo.errors import UnsupportedError
from mo.front.registry import Translations
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension

TRANSLATIONS = Translations()
converts = TRANSLATIONS.converts
maps = TRANSLATIONS.maps


def refused(what: str) -> UnsupportedError:
    """The error for a parameter that has no form in the IR."""
    return UnsupportedError(f"{what} is not supported", hint="Cut the node off with --output.")


def shape_of(value: Output) -> tuple[Dimension, ...]:
    """The partial shape, its rank being known."""
    rank_of(value)
    assert value.shape is not None
    return value.shape


def truth(g: Graph, value: Output) -> Output:
    """Where a number is not 0."""
    if value.dtype is ElementType.boolean:
        return value
    return g.add(NotEqual(), value, 0.0)


def alike(g: Graph, *values: Output) -> list[Output]:
    """Values in the one element type that numpy would compute them in; floats are f32."""
    kinds = {value.dtype for value in values}
    if len(kinds) > 1:
        floats = [kind for kind in kinds if kind.is_float]
        kind = floats[0] if floats else max(kinds, key=lambda kind: (kind.bits, kind.is_signed))
        return [typed(g, value, kind) for value in values]
    return list(values)


def as_floats(g: Graph, function: Callable[..., Output], *values: Output) -> Output:
    """What a function of real numbers makes of whole ones: its result without the fraction."""
    kind = values[0].dtype
    if kind.is_float:
        return function(g, *values)
    result = function(g, *(typed(g, value, ElementType.f32) for value in values))
    return typed(g, result, kind)


def indices(g: Graph, value: Output) -> Output:
    """Whole numbers, which MXNet keeps as floats, in an index type."""
    if value.dtype in (ElementType.i32, ElementType.i64):
        return value
    return typed(g, value, ElementType.i64)
