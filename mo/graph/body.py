"""Graphs inside operations: what goes in and out of a loop body or a branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mo.graph.graph import Graph


@dataclass(frozen=True, eq=False)
class PortMap:
    """Joins a port of the operation to a Parameter or Result of the body, by their numbers.

    ``external`` is None where only the loop itself is served (iteration number, condition).
    """

    external: int | None
    internal: int
    # What else the IR says of it: axis, start, end, stride, part_size, purpose.
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Body:
    """A graph and how it is joined to the operation around it."""

    graph: Graph
    inputs: tuple[PortMap, ...]
    outputs: tuple[PortMap, ...]
    # (number of a Result, number of the Parameter that gets its value in the next iteration)
    back_edges: tuple[tuple[int, int], ...] = ()
    # "then_" or "else_" before the names of the IR's elements.
    prefix: str = ""
