"""The Caffe translation table, and what several families of translations share."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from extensions.front.building import rank_of
from extensions.ops.movement import Concat
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.slicing import StridedSlice
from mo.errors import ModelFileError, UnsupportedError
from mo.front.model import SourceNode
from mo.front.registry import Translations
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, compatible, text

TRANSLATIONS = Translations()
converts = TRANSLATIONS.converts
maps = TRANSLATIONS.maps

_OTHER_NET = (
    "The .caffemodel belongs to another net, or the .prototxt or --input_shape changed the sizes."
)


def parameters(node: SourceNode, section: str) -> dict[str, Any]:
    """A message of parameters of the layer, complete with Caffe's defaults."""
    values: dict[str, Any] = node.attributes[section]
    return values


def needed(values: dict[str, Any], name: str) -> Any:
    """A parameter that the layer cannot do without."""
    if values[name] is None or values[name] == []:
        raise invalid(f"its '{name}' is missing")
    return values[name]


def word(values: dict[str, Any], name: str, words: Sequence[str]) -> str:
    """The meaning of an enum, by the names of its numbers."""
    number = values[name]
    if not 0 <= number < len(words):
        raise invalid(f"its '{name}' is {number}")
    return words[number]


def invalid(what: str) -> ModelFileError:
    """The error for a layer that Caffe would not take."""
    return ModelFileError(
        what, hint="Correct the layer in the .prototxt, or the shapes given with --input_shape."
    )


def unsupported(what: str) -> UnsupportedError:
    """The error for a setting that has no form in the IR."""
    return UnsupportedError(f"{what} is not supported", hint="Cut the layer off with --output.")


def shape_of(value: Output) -> tuple[Dimension, ...]:
    """The partial shape, its rank being known."""
    rank_of(value)
    assert value.shape is not None
    return value.shape


def axis_of(value: Output, axis: int) -> int:
    """A possibly negative axis of a value as a non-negative one."""
    rank = rank_of(value)
    if not -rank <= axis < rank:
        raise invalid(f"axis {axis} is out of range for its input {value.type}")
    return axis % rank


def blob(g: Graph, value: Output | None, what: str, shape: Sequence[Dimension]) -> Output:
    """Trained numbers in the shape that the layer needs; ModelFileError if they do not fit.

    Old files put sizes of 1 in front of shapes; a size that is not known follows from the rest.
    """
    if value is None:
        raise ModelFileError(f"the .caffemodel has no {what} for it", hint=_OTHER_NET)
    given = value.shape or ()
    if not _fits(given, shape):
        raise ModelFileError(
            f"its {what} have the shape {text(given)} in the .caffemodel, "
            f"the layer needs {text(tuple(shape))}",
            hint=_OTHER_NET,
        )
    sizes = [dim for dim in given if isinstance(dim, int)]
    known = prod(dim for dim in shape if isinstance(dim, int))
    open_size = prod(sizes) // known if known and len(sizes) == len(given) else -1
    wanted = [dim if isinstance(dim, int) else open_size for dim in shape]
    if list(given) == wanted:
        return value
    return g.add(Reshape(), value, wanted if wanted else np.empty(0, np.int64))


def _fits(given: Sequence[Dimension], wanted: Sequence[Dimension]) -> bool:
    """Whether shapes agree but for sizes of 1 in front."""
    longer = max(len(given), len(wanted))
    padded = [(1,) * (longer - len(shape)) + tuple(shape) for shape in (given, wanted)]
    return all(compatible(a, b) for a, b in zip(*padded))


def channelwise(g: Graph, vector: Output, rank: int, axis: int = 1) -> Output:
    """A value whose axes stand from ``axis`` on, laid out to meet a value of ``rank``."""
    behind = rank - axis - rank_of(vector)
    if behind < 0:
        raise invalid(f"{vector.type} does not fit {rank} axes from axis {axis} on")
    if behind == 0:
        return vector
    return reshaped(g, vector, vector, *range(rank_of(vector)), *([1],) * behind)


def reshaped(g: Graph, value: Output, source: Output, *plan: int | list[int]) -> Output:
    """``value`` in a shape put together from axes of ``source`` (ints) and sizes (lists)."""
    sizes = shape_of(source)
    wanted = [part if isinstance(part, list) else [sizes[part]] for part in plan]
    flat = [dim for part in wanted for dim in part]
    if sum(not isinstance(dim, int) for dim in flat) + flat.count(-1) < 2:
        plain = [dim if isinstance(dim, int) else -1 for dim in flat]
        return g.add(Reshape(), value, plain if plain else np.empty(0, np.int64))
    return g.add(Reshape(), value, size_vector(g, source, *plan))


def size_vector(g: Graph, source: Output, *plan: int | list[int]) -> Output:
    """A vector of sizes: axes of ``source`` (ints) and given ones (lists)."""
    sizes = g.add(ShapeOf(), source)
    parts = [
        g.constant(np.asarray(part, np.int64))
        if isinstance(part, list)
        else g.add(StridedSlice(begin_mask=(0,), end_mask=(0,)), sizes, [part], [part + 1], [1])
        for part in plan
    ]
    return g.add(Concat(axis=0), *parts) if len(parts) > 1 else parts[0]
