"""Classes of operations as extensions create them, and what they compute.

A case is a class, its inputs, its attributes in the classic's words, and a formula. Arrays are
inputs of the model, whose first axis may be open; ``fixed(array)`` is a constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


@dataclass(frozen=True)
class Fixed:
    """An input that is a constant."""

    array: np.ndarray


class Case(NamedTuple):
    """``path`` is module and class; ``formula`` takes the arrays of all inputs."""

    path: str
    inputs: tuple[Any, ...]
    formula: Callable[..., Any]
    attributes: dict[str, Any]
    # Numbers of the outputs that count.
    outputs: tuple[int, ...] = (0,)
    # Whether the first axis of its inputs may be open.
    opens: bool = True

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def arrays(self) -> list[np.ndarray]:
        return [x.array if isinstance(x, Fixed) else x for x in self.inputs]

    def expected(self) -> list[np.ndarray]:
        found = self.formula(*self.arrays())
        return list(found) if isinstance(found, tuple) else [found]


class Cases(list[Case]):
    """The cases of a family."""

    def add(
        self,
        path: str,
        inputs: Any,
        formula: Callable[..., Any],
        outputs: tuple[int, ...] = (0,),
        opens: bool = True,
        **attributes: Any,
    ) -> None:
        given = inputs if isinstance(inputs, tuple) else (inputs,)
        self.append(Case(path, given, formula, attributes, outputs, opens))


def fixed(value: Any, kind: Any = None) -> Fixed:
    """A constant; whole numbers are int64, others float32."""
    array = np.asarray(value)
    if kind is None:
        kind = np.float32 if array.dtype == np.float64 else array.dtype
    return Fixed(array.astype(kind))


def numbers(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 1) -> np.ndarray:
    """Random numbers between two limits."""
    return np.random.default_rng(seed).uniform(low, high, shape).astype(np.float32)


def whole(*shape: int, low: int = 0, high: int = 10, kind: Any = np.int64) -> np.ndarray:
    return np.random.default_rng(2).integers(low, high, shape).astype(kind)
