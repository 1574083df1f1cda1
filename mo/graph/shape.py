"""Partial shapes: a dimension is an int or a :class:`Dim`, an unknown rank is ``None``.

A ``Dim`` is an interval of possible sizes. The *object* stands for one unknown number:
two uses of the same object are equal at run time, two equal intervals need not be. That is
what lets ``Reshape(x, [Shape(x)[0], -1])`` keep the batch dimension of ``x``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Union

INFINITY = 2**63 - 1


class Dim:
    """An unknown integer between ``min`` and ``max`` (``INFINITY``: no upper bound)."""

    __slots__ = ("derived", "max", "min", "symbol")

    def __init__(self, min: int = 0, max: int = INFINITY, symbol: str = "") -> None:
        self.min = min
        self.max = max
        self.symbol = symbol
        # What was computed of it: the same sum or product with a number is one unknown again.
        self.derived: dict[tuple[object, ...], Dimension] = {}

    @property
    def is_unbounded(self) -> bool:
        return self.min <= 0 and self.max >= INFINITY

    def __repr__(self) -> str:
        """As the IR writes it: ``?``, ``2..``, ``..10`` or ``1..10``."""
        if self.is_unbounded:
            return "?"
        low = str(self.min) if self.min > 0 else ""
        high = str(self.max) if self.max < INFINITY else ""
        return f"{low}..{high}"

    def __add__(self, other: Dimension) -> Dimension:
        if isinstance(other, int):
            return self if other == 0 else self.once(("+", other), lambda: self._plus(other))
        return self._plus(other)

    def once(self, how: tuple[object, ...], compute: Callable[[], Dimension]) -> Dimension:
        """What is computed of it, the same unknown each time for one ``how``."""
        found = self.derived.get(how)
        if found is None:
            found = self.derived[how] = compute()
        return found

    def _plus(self, other: Dimension) -> Dimension:
        low, high = bounds(other)
        low = -INFINITY if -INFINITY in (self.min, low) else _clamp(self.min + low)
        high = INFINITY if INFINITY in (self.max, high) else _clamp(self.max + high)
        return interval(low, high)

    __radd__ = __add__

    def __neg__(self) -> Dimension:
        return interval(-self.max, -self.min)

    def __sub__(self, other: Dimension) -> Dimension:
        if other is self:
            return 0
        return self + (-other)

    def __rsub__(self, other: int) -> Dimension:
        return -self + other

    def __mul__(self, other: Dimension) -> Dimension:
        if isinstance(other, int):
            return self if other == 1 else self.once(("*", other), lambda: self._times(other))
        return self._times(other)

    def _times(self, other: Dimension) -> Dimension:
        low, high = bounds(other)
        corners = [_product(a, b) for a in (self.min, self.max) for b in (low, high)]
        return interval(min(corners), max(corners))

    __rmul__ = __mul__

    def __floordiv__(self, other: Dimension) -> Dimension:
        if isinstance(other, int) and other == 1:
            return self
        if other is self and self.min > 0:
            return 1
        low, high = bounds(other)
        if low <= 0:  # may divide by zero: nothing is known
            return Dim(-INFINITY)
        corners = [_quotient(a, b) for a in (self.min, self.max) for b in (low, high)]
        return interval(min(corners), max(corners))

    def __rfloordiv__(self, other: int) -> Dimension:
        if self.min <= 0:
            return Dim(-INFINITY)
        corners = [_quotient(other, self.min), _quotient(other, self.max)]
        return interval(min(corners), max(corners))


Dimension = Union[int, Dim]
Shape = Union[tuple[Dimension, ...], None]


def interval(low: int, high: int) -> Dimension:
    """The dimension between two bounds: an int if they are equal."""
    return low if low == high else Dim(low, high)


def bounds(dim: Dimension) -> tuple[int, int]:
    return (dim.min, dim.max) if isinstance(dim, Dim) else (dim, dim)


def _clamp(value: int) -> int:
    return -INFINITY if value < -INFINITY else INFINITY if value > INFINITY else value


def _product(a: int, b: int) -> int:
    return _clamp(a * b)


def _quotient(a: int, b: int) -> int:
    return a if abs(a) == INFINITY and b != INFINITY else a // b


def same(a: Dimension, b: Dimension) -> bool:
    """Whether two dimensions are certainly the same number."""
    return a is b or (isinstance(a, int) and isinstance(b, int) and a == b)


def same_shape(a: Shape, b: Shape) -> bool:
    """Whether two shapes are certainly equal at run time."""
    if a is None or b is None or len(a) != len(b):
        return False
    return all(same(x, y) for x, y in zip(a, b))


def compatible(a: Dimension, b: Dimension) -> bool:
    """Whether two dimensions can be the same number."""
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    return max(low_a, low_b) <= min(high_a, high_b)


def merge(a: Dimension, b: Dimension) -> Dimension | None:
    """The dimension that is both ``a`` and ``b``; ``None`` if there is no such number."""
    if a is b:
        return a
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    low, high = max(low_a, low_b), min(high_a, high_b)
    if low > high:
        return None
    if (low, high) == (low_a, high_a):
        return a
    if (low, high) == (low_b, high_b):
        return b
    return interval(low, high)


def agreed(old: Shape, new: Shape) -> tuple[Shape, bool]:
    """What two shapes of one tensor tell together, and whether that is more than ``old`` told.

    Dimensions of ``old`` stay the same unknowns, so that what was inferred from them holds.
    """
    if new is None or old is None or len(old) != len(new):
        return (old, False) if new is None else (new, True)
    if old is new:
        return old, False
    dims: list[Dimension] = []
    is_tighter = False
    for known, other in zip(old, new):
        both = known if known is other else merge(known, other)
        dims.append(other if both is None else both)
        is_tighter = is_tighter or dims[-1] is not known
    return tuple(dims), is_tighter and not same_shape(old, tuple(dims))


def broadcast_dim(a: Dimension, b: Dimension) -> Dimension | None:
    """The numpy broadcast of two dimensions; ``None`` if they do not fit."""
    if a is b:
        return a
    if isinstance(a, int) and a == 1:
        return b
    if isinstance(b, int) and b == 1:
        return a
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    a_may_be_1, b_may_be_1 = low_a <= 1 <= high_a, low_b <= 1 <= high_b
    if a_may_be_1 and b_may_be_1:
        return interval(min(low_a, low_b), max(high_a, high_b))
    if a_may_be_1:
        return b
    if b_may_be_1:
        return a
    return merge(a, b)


def broadcast(a: Shape, b: Shape) -> Shape:
    """The numpy broadcast of two shapes; ValueError if they do not fit."""
    if a is None or b is None:
        return None
    rank = max(len(a), len(b))
    padded_a = (1,) * (rank - len(a)) + a
    padded_b = (1,) * (rank - len(b)) + b
    result: list[Dimension] = []
    for x, y in zip(padded_a, padded_b):
        dim = broadcast_dim(x, y)
        if dim is None:
            raise ValueError(f"shapes {text(a)} and {text(b)} do not broadcast")
        result.append(dim)
    return tuple(result)


def is_static(shape: Shape) -> bool:
    return shape is not None and all(isinstance(dim, int) for dim in shape)


def static(shape: Shape) -> tuple[int, ...] | None:
    """The shape if every dimension is known, else ``None``."""
    return shape if is_static(shape) else None  # type: ignore[return-value]


def count(shape: Iterable[Dimension]) -> Dimension:
    """The number of elements of a shape."""
    total: Dimension = 1
    for dim in shape:
        total = total * dim
    return total


def text(shape: Shape) -> str:
    """``[1,3,?,1..10]``; ``[...]`` for an unknown rank."""
    if shape is None:
        return "[...]"
    return "[" + ",".join(map(str, shape)) + "]"


def normalize_axis(axis: int, rank: int) -> int:
    """A possibly negative axis as a non-negative one; ValueError if it is out of range."""
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis} is out of range for rank {rank}")
    return axis + rank if axis < 0 else axis


def normalize_axes(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    return tuple(normalize_axis(int(axis), rank) for axis in axes)
