"""How variants of operations are written down.

``op("Relu6", features=X)`` is the operation of ``tf.raw_ops`` with these arguments: arrays are
inputs of the model, everything else (and ``Fixed(array)``) is in the graph. ``Each(a, b)`` stands
for two variants, and is what the name of a variant tells.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from mo.front.model import Model
from tests.front.tf import running
from tests.front.tf.running import concrete_of, model_of, model_of_graph

Array = np.ndarray
Shapes = list[list[int | None]]
VARIANTS: list[Variant] = []


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

    def expected() -> list[Array]:
        # As a function: some operations exist only in graphs.
        compute = formula or tf.function(function, autograph=False)
        return _arrays(compute(*map(tf.constant, given)))

    VARIANTS.append(Variant(operation, note, given, model, expected, tolerance, closed))


def in_session(
    operation: str, note: str, function: Callable[..., Any], *arrays: Any, tolerance: float = 1e-4
) -> None:
    """An operation as TensorFlow 1 wrote it: in a graph without functions, run in a session."""
    given = [np.asarray(array) for array in arrays]

    def model(shapes: Shapes) -> Model:
        return running.of_shapes(function, given, shapes)[0]

    def expected() -> list[Array]:
        shapes = [list(array.shape) for array in given]
        return running.of_shapes(function, given, shapes)[1]()

    VARIANTS.append(Variant(operation, note, given, model, expected, tolerance))


def by_hand(
    operation: str,
    note: str,
    formula: Callable[..., Any],
    *arrays: Any,
    outputs: int = 1,
    **attributes: Any,
) -> None:
    """A node that this TensorFlow has no kernel or no definition for, beside a formula."""
    given = [np.asarray(array) for array in arrays]

    def model(shapes: Shapes) -> Model:
        graph = tf.compat.v1.GraphDef()
        names = [f"x{i}" for i in range(len(given))]
        for name, array, shape in zip(names, given, shapes):
            kind = tf.as_dtype(array.dtype).as_datatype_enum
            entry = graph.node.add(name=name, op="Placeholder")
            entry.attr["dtype"].type = kind
            entry.attr["shape"].shape.CopyFrom(tf.TensorShape(shape).as_proto())
        entry = graph.node.add(name="y", op=operation, input=names)
        for key, value in attributes.items():
            _set_attribute(entry.attr[key], value)
        return model_of_graph(graph, names, [f"y:{i}" if i else "y" for i in range(outputs)])

    def expected() -> list[Array]:
        return _arrays(formula(*given))

    VARIANTS.append(Variant(operation, note, given, model, expected, 1e-4))


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
    else:
        attribute.tensor.CopyFrom(tf.make_tensor_proto(value))


def _arrays(results: Any) -> list[Array]:
    """Complex numbers as the pairs that our outputs are."""
    arrays = [np.asarray(value) for value in tf.nest.flatten(results)]
    return [np.stack([a.real, a.imag], -1) if a.dtype.kind == "c" else a for a in arrays]


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
