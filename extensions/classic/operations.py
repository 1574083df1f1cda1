"""The classes of operations that extensions import, made from ``operations.csv`` when asked for."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mo.classic import vocabulary
from mo.classic.errors import Error
from mo.classic.op import Op

# Classes whose module has a base for extensions of its own.
_BASES = {
    "extensions.ops.elementwise": "Elementwise",
    "extensions.ops.ReduceOps": "ReduceOp",
    "extensions.ops.activation_ops": "Activation",
    "mo.ops.eltwise_n": "EltwiseN",
}
# Packages in which an operation was at one time or another.
_PACKAGES = ("mo.ops", "extensions.ops")


class Row(NamedTuple):
    """A line of ``operations.csv``: a class, and what its nodes have from the start."""

    module: str
    name: str
    op: str
    type: str
    version: str
    inputs: str
    outputs: str
    attributes: str
    defaults: str


@cache
def rows() -> Mapping[str, Row]:
    """The lines by 'module.class'."""
    with (Path(__file__).parent / "operations.csv").open(newline="") as file:
        found = [Row(*line) for line in csv.reader(file)][1:]
    return {f"{row.module}.{row.name}": row for row in found}


@cache
def by_name() -> Mapping[str, Row]:
    """The lines by the operation's name; of several, that of the class that is called so."""
    found: dict[str, Row] = {}
    for row in rows().values():
        if row.op and (row.op not in found or row.name == row.op):
            found[row.op] = row
    return found


def modules() -> dict[str, dict[str, tuple[str, str]]]:
    """For each module of the classic its classes, and where they are found here."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for key, row in rows().items():
        stem = row.module.rpartition(".")[2]
        for package in _PACKAGES:
            found.setdefault(f"{package}.{stem}", {})[row.name] = (__name__, key)
    return found


@cache
def class_of(key: str) -> type[Op]:
    row = rows()[key]
    base_name = _BASES.get(row.module)
    base: type[Op] = Op
    if base_name is not None and base_name != row.name:
        base = class_of(f"{row.module}.{base_name}")
    preset = {
        "op": row.op or None,
        "type": row.type or None,
        "version": row.version or None,
        "in_ports_count": int(row.inputs) if row.inputs else None,
        "out_ports_count": int(row.outputs) if row.outputs else None,
    }
    made: Any = type(row.name, (base,), {"op": row.op or None, "__module__": row.module})
    made.preset = {name: value for name, value in preset.items() if value is not None}
    made.preset |= _defaults(row)
    made.records = tuple(row.attributes.split())
    made.__init__ = _constructor(made)
    made.backend_attrs = lambda self: list(made.records)
    if row.op and by_name()[row.op] is row:
        Op.registered_ops.setdefault(row.op, made)
    found: type[Op] = made
    return found


def _defaults(row: Row) -> dict[str, Any]:
    """What attributes are before the user says so: JSON, or a word, or the name of a type."""
    found: dict[str, Any] = {}
    for item in row.defaults.split():
        name, _, text = item.partition("=")
        if name.endswith("_type") and text != "null":
            found[name] = np.dtype(text).type
            continue
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        found[name] = np.array(value) if isinstance(value, list) else value
    return found


def _constructor(made: type[Op]) -> Any:
    def initialise(self: Op, graph: Any = None, *attributes: Mapping[str, Any] | None) -> None:
        if made.op is None and type(self) is made:
            raise Error("{} is the base of other operations: use one of these", made.__name__)
        own: dict[str, Any] = dict(made.preset)
        if type(self).op and type(self).op != made.op:
            own |= {"op": type(self).op}
        for given in attributes:
            own |= given or {}
        Op.__init__(self, graph, own)

    return initialise


def __getattr__(name: str) -> Any:
    if name in rows():
        return class_of(name)
    raise AttributeError(name)


class _Registered(dict[str, "type[Op]"]):
    """Operations by name: those of extensions, and of the table when they are asked for."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in by_name()

    def __missing__(self, name: str) -> type[Op]:
        row = by_name().get(name)
        if row is None:
            raise Error("there is no operation '{}'", name)
        return class_of(f"{row.module}.{row.name}")


Op.registered_ops = _Registered(Op.registered_ops)
# What an operation of the IR is called: by the class that is not just a form of it.
vocabulary.NAMES.update(
    {
        row.type: row.op
        for row in reversed(list(rows().values()))
        if row.type
        and row.op
        and not row.name.startswith("Attributed")
        and row.op != "FullyConnected"
    }
)
