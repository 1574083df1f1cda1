"""The TensorFlow translation table, and what several families of translations share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from extensions.front.building import invalid
from extensions.front.tf.tensors import element_type
from extensions.ops.common import constant_ints
from extensions.ops.movement import Transpose
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.registry import Translations
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis

TRANSLATIONS = Translations()
converts = TRANSLATIONS.converts
maps = TRANSLATIONS.maps


def type_attribute(node: SourceNode, name: str, default: ElementType | None = None) -> ElementType:
    """An attribute that is an element type."""
    number = node.get(name)
    if number is None:
        if default is None:
            raise invalid(f"its attribute '{name}' is missing")
        return default
    return element_type(number)


def needed(node: SourceNode, name: str) -> Any:
    """An attribute that the operation cannot do without."""
    value = node.get(name)
    if value is None:
        raise invalid(f"its attribute '{name}' is missing")
    return value


def refuse(what: str) -> UnsupportedError:
    """The error for something that has no form in the IR."""
    return UnsupportedError(f"{what} is not supported", hint="Cut the node off with --output.")


def needed_ints(value: Output, what: str) -> tuple[int, ...]:
    """The elements of an input that must be constant."""
    numbers = constant_ints(value)
    if numbers is None:
        known = value.value()
        if known is not None:
            return tuple(map(int, known.reshape(-1)))
        raise UnsupportedError(
            f"its {what} must be constant",
            hint=f"'{value}' computes it; make the model's input shapes static "
            "with --input_shape, or cut with --input.",
        )
    return numbers


def axis_of(value: Output, rank: int, what: str = "axis") -> int:
    """A constant axis, counted from the front."""
    numbers = needed_ints(value, what)
    if len(numbers) != 1:
        raise invalid(f"its {what} {list(numbers)} is not one number")
    return normalize_axis(numbers[0], rank)


class Layout(NamedTuple):
    """How a node lays images out: batch first; channels last or second; 1 to 3 spatial axes."""

    channels_last: bool
    spatial: int

    @property
    def rank(self) -> int:
        return self.spatial + 2

    @property
    def spatial_axes(self) -> list[int]:
        first = 1 if self.channels_last else 2
        return list(range(first, first + self.spatial))

    def inside(self, g: Graph, x: Output) -> Output:
        """The image as operations of the IR want it: [N, C, ...]."""
        if x.rank not in (None, self.rank):
            raise invalid(f"its input {x.type} is no image of rank {self.rank}")
        if not self.channels_last:
            return x
        return g.add(Transpose(), x, [0, self.rank - 1, *range(1, self.rank - 1)])

    def outside(self, g: Graph, y: Output) -> Output:
        """A result [N, C, ...] as the node gives it."""
        if not self.channels_last:
            return y
        return g.add(Transpose(), y, [0, *range(2, self.rank), 1])

    def spatial_of(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """The entries of a list with one number per axis that concern spatial axes."""
        if len(numbers) != self.rank:
            raise invalid(f"{list(numbers)} does not have {self.rank} numbers")
        return tuple(numbers[axis] for axis in self.spatial_axes)

    def check_ones(self, numbers: Sequence[int], what: str) -> None:
        """Batch and channels are not strided, dilated or pooled."""
        rest = [n for axis, n in enumerate(numbers) if axis not in self.spatial_axes]
        if any(n != 1 for n in rest):
            raise refuse(f"{what} {list(numbers)} over batch or channels")


IMAGES = Layout(channels_last=True, spatial=2)


def layout_of(node: SourceNode, spatial: int) -> Layout:
    """By the attribute data_format: "NHWC", "NCHW", "NDHWC", "NCDHW"."""
    name = node.get("data_format", "NHWC")
    if name in ("NHWC", "NDHWC", "NWC"):
        return Layout(True, spatial)
    if name in ("NCHW", "NCDHW", "NCW"):
        return Layout(False, spatial)
    raise refuse(f"the data format '{name}'")


def number(g: Graph, value: Any, kind: ElementType) -> Output:
    """A scalar constant."""
    return g.constant(np.asarray(value), kind)
