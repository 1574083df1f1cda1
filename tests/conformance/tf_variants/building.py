"""How variants of operations are written down.

``op("Relu6", features=X)`` is the operation of ``tf.raw_ops`` with these arguments: arrays are
inputs of the model, everything else (and ``Fixed(array)``) is in the graph. ``Each(a, b)`` stands
for two variants, and is what the name of a variant tells.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from mo.front.model import Model
from tests.front.tf import running
from tests.front.tf.running import concrete_of, model_of, model_of_graph

Array = np.ndarray
Shapes = list[list[int | None]]
VARIANTS: list[Variant] = []
_names: set[tuple[str, str]] = set()


class Variant(NamedTuple):
    """An operation on some inputs, and what it computes of them."""

    operation: str
    name: str
    arrays: list[Array]
    # The model with inputs of these shapes; None: unknown sizes.
    model: Callable[[Shapes], Model]
    expected: Callable[[], list[Array]]
    tolerance: float
    # Axes of inputs that are always known, as the channels of images are.
    closed: tuple[int, ...] = ()

    @property
    def shapes(self) -> Shapes:
        return [list(array.shape) for array in self.arrays]

    @property
    def open_shapes(self) -> Shapes:
        return [
            [size if axis in self.closed else None for axis, size in enumerate(array.shape)]
            for array in self.arrays
        ]

    @property
    def batch_open_shapes(self) -> Shapes:
        """The first axis of the first input that has one is open."""
        shapes = self.shapes
        next(shape for shape in shapes if shape)[0] = None
        return shapes


class Each:
    """Several values of an argument, each of which makes variants."""

    def __init__(self, *values: Any) -> None:
        self.values = values


class Fixed:
    """An array that is a constant of the graph."""

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)


def op(
    operation: str,
    note: str = "",
    take: Sequence[int] | None = None,
    formula: Callable[..., Any] | None = None,
    tolerance: float = 1e-4,
    closed: tuple[int, ...] = (),
    **arguments: Any,
) -> None:
    """Variants of an operation; ``take``: the outputs that are looked at."""
    several = {key: value.values for key, value in arguments.items() if isinstance(value, Each)}
    for chosen in itertools.product(*several.values()):
        given = {**arguments, **dict(zip(several, chosen))}
        told = [f"{key}={_text(v)}" for key, v in given.items() if key in several or not _is_fed(v)]
        function, arrays = _call(operation, given, take)
        name = " ".join(filter(None, [note, *told]))
        more = {"formula": formula, "tolerance": tolerance, "closed": closed}
        composed(operation, name, function, *arrays, **more)


def ops(operations: str, **arguments: Any) -> None:
    """The same variants of several operations."""
    for operation in operations.split():
        op(operation, **arguments)


def composed(
    operation: str,
    note: str,
    function: Callable[..., Any],
    *arrays: Any,
    formula: Callable[..., Any] | None = None,
    tolerance: float = 1e-4,
    closed: tuple[int, ...] = (),
) -> None:
    """An operation among others; ``formula``: the same for where TensorFlow has no kernel."""
    given = [np.asarray(array) for array in arrays]

    def model(shapes: Shapes) -> Model:
        kinds = [array.dtype for array in given]
        return model_of(concrete_of(function, list(map(tf.TensorSpec, shapes, kinds))))

    @cache
    def expected() -> list[Array]:
        # As a function: some operations exist only in graphs.
        compute = formula or tf.function(function, autograph=False)
        return _arrays(compute(*map(tf.constant, given)))

    _add(Variant(operation, note, given, model, expected, tolerance, closed))


def in_session(operation: str, note: str, function: Callable[..., Any], *arrays: Any) -> None:
    """An operation as TensorFlow 1 wrote it: in a graph without functions, run in a session."""
    in_graph(operation, note, function, None, *arrays)


def in_graph(
    operation: str,
    note: str,
    function: Callable[..., Any],
    formula: Callable[..., Any] | None,
    *arrays: Any,
) -> None:
    """As ``in_session``; with a formula instead of the session where that would need more."""
    given = [np.asarray(array) for array in arrays]

    def model(shapes: Shapes) -> Model:
        return running.of_shapes(function, given, shapes)[0]

    @cache
    def expected() -> list[Array]:
        if formula is not None:
            return _arrays(formula(*given))
        shapes = [list(array.shape) for array in given]
        return _arrays(running.of_shapes(function, given, shapes)[1]())

    _add(Variant(operation, note, given, model, expected, 1e-4))


def by_hand(
    operation: str,
    note: str,
    formula: Callable[..., Any],
    *arrays: Any,
    outputs: int = 1,
    **attributes: Any,
) -> None:
    """A node that this TensorFlow has no kernel or no definition for, beside a formula."""
    given = [array for array in arrays if not isinstance(array, Fixed)]

    def model(shapes: Shapes) -> Model:
        graph = tf.compat.v1.GraphDef()
        names = [f"x{i}" for i in range(len(arrays))]
        left = iter(shapes)
        for name, array in zip(names, arrays):
            is_fixed = isinstance(array, Fixed)
            entry = graph.node.add(name=name, op="Const" if is_fixed else "Placeholder")
            value = array.array if is_fixed else array
            entry.attr["dtype"].type = tf.as_dtype(value.dtype).as_datatype_enum
            if is_fixed:
                entry.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
            else:
                entry.attr["shape"].shape.CopyFrom(tf.TensorShape(next(left)).as_proto())
        entry = graph.node.add(name="y", op=operation, input=names)
        for key, value in attributes.items():
            _set_attribute(entry.attr[key], value)
        inputs = [entry.name for entry in graph.node if entry.op == "Placeholder"]
        return model_of_graph(graph, inputs, [f"y:{i}" if i else "y" for i in range(outputs)])

    @cache
    def expected() -> list[Array]:
        return _arrays(formula(*given))

    _add(Variant(operation, note, given, model, expected, 1e-4))


def fed(operation: str, note: str, function: Callable[[], Any], formula: Any, *arrays: Any) -> None:
    """A graph of TensorFlow 1 that gets its data from this operation, with one input of each."""
    given = [np.asarray(array) for array in arrays]

    def model(shapes: Shapes) -> Model:
        with tf.Graph().as_default() as graph:
            results = tf.nest.flatten(function())
        found = running.read_message(graph.as_graph_def())
        found.outputs = running.names_of(results)
        return found

    _add(Variant(operation, note, given, model, cache(lambda: _arrays(formula(*given))), 1e-4))


def _add(variant: Variant) -> None:
    """With what tells it from the other variants of the operation."""
    operation, name = variant.operation, variant.name
    types = " ".join(map(_text, variant.arrays))
    candidates = itertools.chain(
        [name, f"{name} {types}".strip()], (f"{name} ({count})" for count in itertools.count(2))
    )
    name = next(text for text in candidates if (operation, text) not in _names)
    _names.add((operation, name))
    VARIANTS.append(variant._replace(name=name))


def _set_attribute(attribute: Any, value: Any) -> None:
    if isinstance(value, tf.DType):
        attribute.type = value.as_datatype_enum
    elif isinstance(value, bool):
        attribute.b = value
    elif isinstance(value, int):
        attribute.i = value
    elif isinstance(value, float):
        attribute.f = value
    elif isinstance(value, bytes):
        attribute.s = value
    elif isinstance(value, list):
        attribute.list.i.extend(value)
    else:
        attribute.tensor.CopyFrom(tf.make_tensor_proto(value))


def _arrays(results: Any) -> list[Array]:
    return [_as_ours(np.asarray(value)) for value in tf.nest.flatten(results)]


def _as_ours(array: Array) -> Array:
    """Complex numbers are pairs, texts are decoded."""
    if array.dtype.kind == "c":
        return np.stack([array.real, array.imag], -1)
    if array.dtype == object:
        return np.array([text.decode() for text in array.flat], object).reshape(array.shape)
    return array


def _call(
    operation: str, given: dict[str, Any], take: Sequence[int] | None
) -> tuple[Callable[..., Any], list[Array]]:
    """The operation as a function of the arrays among its arguments, and those."""
    flat = tf.nest.flatten(given)
    packed = tf.nest.pack_sequence_as(given, list(range(len(flat))))
    places = [i for i, value in enumerate(flat) if isinstance(value, np.ndarray)]

    def function(*tensors: Any) -> Any:
        fed = dict(zip(places, tensors))
        values = [fed.get(i, v.array if isinstance(v, Fixed) else v) for i, v in enumerate(flat)]
        call = tf.nest.map_structure(lambda i: values[i], packed)
        results = tf.nest.flatten(getattr(tf.raw_ops, operation)(**call))
        return results if take is None else [results[i] for i in take]

    return function, [flat[i] for i in places]


def _is_fed(value: Any) -> bool:
    return any(isinstance(part, np.ndarray) for part in tf.nest.flatten(value))


def _text(value: Any) -> str:
    if isinstance(value, Fixed):
        return _text(value.array.tolist() if value.array.size <= 8 else value.array)
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, tf.DType):
        return value.name
    return str(value).replace("'", "")
