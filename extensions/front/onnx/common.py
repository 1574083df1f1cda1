"""The ONNX translation table, and what several families of translations share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.ops.common import constant_ints
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.shaping import Reshape, ShapeOf, Squeeze, Unsqueeze
from mo.errors import ModelFileError, UnsupportedError
from mo.front.model import SourceNode
from mo.front.registry import Translations
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

TRANSLATIONS = Translations()
converts = TRANSLATIONS.converts
maps = TRANSLATIONS.maps


def channelwise(g: Graph, vector: Output, rank: int | None) -> Output:
    """A vector [C] laid along axis 1 of a tensor of ``rank``: [1, C, 1, ...]."""
    if _known(rank) <= 1:
        return vector
    return g.add(Reshape(), vector, [1, -1] + [1] * (_known(rank) - 2))


def rank_of(value: Output) -> int:
    """The rank; UnsupportedError where a translation cannot do without it."""
    return _known(value.rank)


def _known(rank: int | None) -> int:
    if rank is None:
        raise UnsupportedError(
            "the rank of its input is not known", hint="Give the shape with --input_shape."
        )
    return rank


def attribute_or_input(node: SourceNode, name: str, value: Output | None) -> tuple[int, ...] | None:
    """Integers that are an attribute in old operation sets and an input in new ones."""
    if value is not None:
        return constant_ints(value)
    listed = node.get(name)
    return None if listed is None else tuple(listed)


def needed_constant(value: Output, what: str) -> np.ndarray:
    """The value of an input that must be constant."""
    array = value.value()
    if array is None:
        raise UnsupportedError(
            f"its {what} must be constant",
            hint=f"'{value}' computes it; make the model's input shapes static "
            "with --input_shape, or cut with --input.",
        )
    return array


def needed(node: SourceNode, name: str) -> Any:
    """An attribute that the operation cannot do without."""
    value = node.get(name)
    if value is None:
        raise invalid(f"its attribute '{name}' is missing")
    return value


def invalid(what: str) -> ModelFileError:
    """The error for a node that no definition of its operation allows."""
    return ModelFileError(what, hint="The model is not valid; export it again.")


def refuse(node: SourceNode, what: str) -> UnsupportedError:
    """The error for an attribute value that has no form in the IR."""
    return UnsupportedError(f"{what} is not supported", hint="Cut the node off with --output.")


def typed(g: Graph, value: Output, kind: ElementType) -> Output:
    """A value in an element type, which it may have already."""
    return value if value.dtype is kind else g.add(Convert(destination_type=kind), value)


def scalar(g: Graph, value: Output) -> Output:
    """A one-element tensor as a scalar."""
    if value.shape == ():
        return value
    return g.add(Reshape(), value, np.empty(0, np.int64))


def size_of(g: Graph, value: Output, axis: int) -> Output:
    """The size of one axis as a scalar."""
    return g.add(Gather(), g.add(ShapeOf(), value), g.constant(np.int64(axis)), _FIRST)


_FIRST = np.int64(0)


def all_axes(g: Graph, value: Output) -> Output:
    """The axes of a tensor, also of one with unknown rank."""
    if value.rank is not None:
        return g.constant(np.arange(value.rank, dtype=np.int64))
    rank = g.add(Squeeze(), g.add(ShapeOf(), g.add(ShapeOf(), value)), 0)
    kind = rank.dtype
    return g.add(Range(output_type=kind), g.constant(np.int64(0)), rank, g.constant(np.int64(1)))


def lift(g: Graph, value: Output, axes: Sequence[int]) -> Output:
    """Axes of size 1 inserted, none if there are none to insert."""
    return g.add(Unsqueeze(), value, list(axes)) if axes else value
