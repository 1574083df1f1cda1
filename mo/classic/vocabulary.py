"""The classic's words for operations of the IR: names, attributes, and changes of these.

The core names no operations: :mod:`extensions.classic` fills this in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mo.graph.op import Constant, Op, Parameter, Result

# What the classic calls an operation whose type in the IR is the key.
NAMES: dict[str, str] = {}
# Attributes beside those of the IR, and the operation after one of them was changed.
DESCRIPTIONS: dict[type[Op], Callable[[Any], dict[str, Any]]] = {}
CHANGES: dict[type[Op], Callable[[Any, str, Any], Op | None]] = {}


def name_of(op: Op) -> str:
    """The classic's name of an operation."""
    return NAMES.get(op.type, op.type)


def described(op: Op) -> dict[str, Any]:
    """The attributes that a node of this operation shows, values as numpy arrays."""
    if isinstance(op, Constant):
        attributes: dict[str, Any] = {"data_type": op.tensor.dtype.numpy.type}
    elif isinstance(op, Parameter):
        attributes = {"data_type": op.element_type.numpy.type}
    elif isinstance(op, Result):
        attributes = {}
    else:
        attributes = {name: _plain(value) for name, value in op.attributes().items()}
        describe = next((DESCRIPTIONS[k] for k in type(op).__mro__ if k in DESCRIPTIONS), None)
        if describe is not None:
            attributes |= describe(op)
    return attributes | {
        "kind": "op",
        "op": name_of(op),
        "type": op.type,
        "version": op.version(),
    }


def changed(op: Op, key: str, value: Any) -> Op | None:
    """The operation with one attribute changed; None if the attribute is none of its own."""
    change = next((CHANGES[k] for k in type(op).__mro__ if k in CHANGES), None)
    found = change(op, key, value) if change is not None else None
    if found is not None:
        return found
    if key not in op.attributes():
        return None
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return op.with_attributes(**{key: tuple(value) if isinstance(value, list) else value})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and all(isinstance(item, (int, float)) for item in value):
        return np.array(value)
    return value
