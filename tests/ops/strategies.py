"""Random inputs that are valid for some run, and what a graph may know of them beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from mo.graph.element_type import ElementType
from mo.graph.op import TensorType
from mo.graph.shape import Dim, Dimension, Shape

Draw = Callable[[st.SearchStrategy[Any]], Any]

f32, f16, f64 = ElementType.f32, ElementType.f16, ElementType.f64
i32, i64, u8, boolean = ElementType.i32, ElementType.i64, ElementType.u8, ElementType.boolean
i8 = ElementType.i8


class Fed(NamedTuple):
    """A model input: what is known of it, and an array that it may hold."""

    type: TensorType
    array: np.ndarray

    def __repr__(self) -> str:
        values = ""
        if self.type.dtype.is_integer and self.array.size < 12:
            values = f"={self.array.tolist()}"
        return f"{self.type}<{list(self.array.shape)}{values}>"


def loose_dim(draw: Draw, size: int, least: int = 0) -> Dimension:
    """The size itself or an interval around it, from ``least`` on."""
    kind = draw(st.integers(0, 6))
    if kind < 3:
        return size
    if kind == 3:
        return Dim(least)
    low = draw(st.integers(min(least, size), size))
    if kind == 4:
        return Dim(low)
    high = size + draw(st.integers(0, 5))
    return low if low == high else Dim(low if kind == 5 else min(least, low), high)


def loose(draw: Draw, sizes: Sequence[int], unknown_rank: bool = True, least: int = 0) -> Shape:
    """A partial shape that allows ``sizes``; in half of the cases just those."""
    if draw(st.booleans()):
        return tuple(sizes)
    if unknown_rank and draw(st.integers(0, 5)) == 0:
        return None
    return tuple(loose_dim(draw, size, least) for size in sizes)


def filled(sizes: Sequence[int], dtype: ElementType = f32) -> np.ndarray:
    """Some numbers, always the same for a shape."""
    random = np.random.default_rng(sum(sizes))
    if dtype.is_float:
        return random.uniform(-1, 1, sizes).astype(dtype.numpy)
    if dtype is ElementType.boolean:
        return random.integers(0, 2, sizes).astype(bool)
    return random.integers(0, 4, sizes).astype(dtype.numpy)


def data(
    draw: Draw,
    sizes: Sequence[int],
    dtype: ElementType = f32,
    rank: bool = True,
    least: int = 0,
) -> Fed:
    """A model input of a shape near ``sizes`` (``rank``: its rank may be unknown too)."""
    return Fed(TensorType(loose(draw, sizes, rank, least), dtype), filled(sizes, dtype))


def indices(draw: Draw, sizes: Sequence[int], limit: int, dtype: ElementType = i64) -> Fed:
    """As ``data``, with numbers from 0 to below ``limit``."""
    fed = data(draw, sizes, dtype)
    return fed._replace(array=fed.array % limit)


def given_array(draw: Draw, array: Any, dtype: ElementType = i64, loosen: bool = True) -> Any:
    """Values as a constant or, more rarely, as a model input (of unknown shape if ``loosen``)."""
    array = np.asarray(array, dtype.numpy)
    if draw(st.integers(0, 9)) < 7:
        return array
    shape = loose(draw, array.shape) if loosen else array.shape
    return Fed(TensorType(shape, dtype), array)


def sizes(low_rank: int = 0, high_rank: int = 4, least: int = 1, most: int = 6) -> Any:
    """Static shapes."""
    return st.lists(st.integers(least, most), min_size=low_rank, max_size=high_rank)


def damaged(draw: Draw, shape: Sequence[int], rank: bool = True) -> list[int]:
    """The same shape nine times of ten, else with one size or the ``rank`` changed."""
    shape = list(shape)
    if shape and draw(st.integers(0, 9)) == 9:
        index = draw(st.integers(0, len(shape) - 1))
        if not rank or draw(st.booleans()):
            shape[index] += draw(st.integers(1, 2))
        else:
            del shape[index]
    return shape


def axis_of(draw: Draw, rank: int) -> int:
    """An axis, counted from either end."""
    return int(draw(st.integers(-rank, rank - 1)))


def axes_of(draw: Draw, rank: int, least: int = 0, negative: bool = True) -> list[int]:
    """Different axes in some order, each counted from either end."""
    axes = draw(st.lists(st.integers(0, rank - 1), unique=True, min_size=least, max_size=rank))
    return [a - rank if negative and draw(st.booleans()) else a for a in axes]


dtypes = st.sampled_from([f32, f16, f64, i32, i64, u8, boolean])
numbers = st.sampled_from([f32, f16, f64, i32, i64, u8, i8])
floats = st.sampled_from([f32, f16, f64])
