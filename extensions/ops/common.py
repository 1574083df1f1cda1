"""What the operation families share: axes from inputs, clamped sizes, type checks."""

from __future__ import annotations

from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.shape import (
    INFINITY,
    Dim,
    Dimension,
    Shape,
    bounds,
    interval,
    merge,
    normalize_axes,
    text,
)


def size(dim: Dimension, least: int = 0) -> Dimension:
    """A computed dimension as a size: never below ``least``."""
    if isinstance(dim, Dim):
        low, high = bounds(dim)
        return dim if low >= least else interval(least, max(high, least))
    if dim < least:
        raise ValueError(f"a dimension would become {dim}")
    return dim


def tied(*inputs: Output | None) -> ElementType:
    """The one element type of all these inputs; ValueError if they differ."""
    found = ElementType.dynamic
    for value in inputs:
        if value is None or value.dtype is ElementType.dynamic or value.dtype is found:
            continue
        if found is not ElementType.dynamic:
            raise ValueError(f"element types {found.name} and {value.dtype.name} differ")
        found = value.dtype
    return found


NUMBERS = frozenset(t for t in ElementType if t not in (ElementType.boolean, ElementType.string))
FLOATS = frozenset(t for t in ElementType if t.is_float or t is ElementType.dynamic)
INTEGERS = frozenset(t for t in ElementType if t.is_integer or t is ElementType.dynamic)
BOOLEANS = frozenset((ElementType.boolean, ElementType.dynamic))


def expect(kind: ElementType, accepted: frozenset[ElementType], what: str) -> ElementType:
    """The element type itself; ValueError if the operation does not work on it."""
    if kind not in accepted:
        raise ValueError(f"element type {kind.name}, where {what} is needed")
    return kind


def constant_ints(value: Output | None) -> tuple[int, ...] | None:
    """The elements of a constant integer input, flattened; None if they are not known."""
    if value is None or value.constant is None:
        return None
    return tuple(map(int, value.constant.array.reshape(-1).tolist()))


def constant_axes(value: Output | None, rank: int | None) -> tuple[int, ...] | None:
    """Constant axes as non-negative numbers; None if they or the rank are not known."""
    axes = constant_ints(value)
    return None if axes is None or rank is None else normalize_axes(axes, rank)


def length(value: Output) -> int | None:
    """The number of elements of a vector input, if it is known (a scalar counts as one)."""
    if value.shape is None:
        return None
    if not value.shape:
        return 1
    return value.shape[0] if isinstance(value.shape[0], int) else None


def as_dims(value: Output | None) -> tuple[Dimension, ...] | None:
    """The elements of a vector input as dimensions, as far as they are known."""
    if value is None:
        return None
    if value.dtype is ElementType.boolean:
        raise ValueError("sizes are given as booleans")
    array = value.partial_value()
    if array is not None:
        return tuple(array.reshape(-1).tolist())
    known = length(value)
    return None if known is None else tuple(Dim(-INFINITY) for _ in range(known))


def merge_shapes(a: Shape, b: Shape) -> tuple[Dimension, ...] | None:
    """The shape that is both, both of known rank; None if there is no such shape."""
    if a is None or b is None or len(a) != len(b):
        return None
    merged = [merge(x, y) for x, y in zip(a, b)]
    return None if None in merged else tuple(merged)  # type: ignore[arg-type]


def ranked(value: Output, rank: int, what: str) -> tuple[Dimension, ...]:
    """The shape of an input that has ``rank`` axes; ValueError if it has not."""
    if value.shape is None:
        return tuple(Dim() for _ in range(rank))
    if len(value.shape) != rank:
        raise ValueError(f"{what} {text(value.shape)} should have {rank} axes")
    return value.shape


def joined(what: str, *dims: Dimension) -> Dimension:
    """The one size that all these dimensions are; ValueError if they differ."""
    found = dims[0]
    for dim in dims[1:]:
        both = merge(found, dim)
        if both is None:
            raise ValueError(f"{what} {found} and {dim} differ")
        found = both
    return found


def divided(dim: Dimension, by: Dimension) -> Dimension:
    """``dim`` in equal parts; ValueError if it is no multiple of ``by``."""
    if isinstance(dim, int) and isinstance(by, int):
        if by == 0 or dim % by:
            raise ValueError(f"{dim} is not a multiple of {by}")
        return dim // by
    if isinstance(by, int) and by == 1:
        return dim
    (low, high), (least, most) = bounds(dim), bounds(by)
    least = max(least, 1)
    high = high // least if high < INFINITY else INFINITY
    low = -(-low // most) if most < INFINITY else min(low, 1)
    return interval(low, high) if low <= high else Dim()


def unknown(rank: int | None) -> tuple[Dim, ...] | None:
    """A shape of which only the rank is known, or not even that."""
    return None if rank is None else tuple(Dim() for _ in range(rank))
