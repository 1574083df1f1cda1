"""Runs an ordered list of passes, walks into bodies, and logs time and changes of each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mo.graph.graph import Graph
from mo.graph.node import Node
from mo.graph.show import show
from mo.middle.rewriter import Rule, apply

log = logging.getLogger("mo.passes")


@dataclass(frozen=True)
class Pass:
    """A named change of a graph; ``run`` returns how many changes it made."""

    name: str
    run: Callable[[Graph], int]
    # Whether it also concerns the graphs inside operations.
    in_bodies: bool = True
    # A pass that was switched off is logged as such.
    enabled: bool = True


def rewrites(
    name: str,
    *rules: Rule,
    enabled: bool = True,
    keep: Callable[[Node], bool] | None = None,
) -> Pass:
    """A pass that applies rewrite rules until none matches, sparing nodes that ``keep`` names."""
    return Pass(name, lambda graph: apply(graph, *rules, keep=keep), enabled=enabled)


def run_passes(graph: Graph, passes: Sequence[Pass]) -> int:
    """Run the passes in order on the graph and every body inside it."""
    total = 0
    for step in passes:
        if not step.enabled:
            log.info("%-32s off", step.name)
            continue
        start = time.perf_counter()
        changes = sum(map(step.run, with_bodies(graph) if step.in_bodies else [graph]))
        elapsed = (time.perf_counter() - start) * 1000
        log.info("%-32s %5d changes %9.1f ms", step.name, changes, elapsed)
        if changes and log.isEnabledFor(logging.DEBUG):
            log.debug("after %s:\n%s", step.name, show(graph, types=True))
        total += changes
    return total


def with_bodies(graph: Graph) -> Iterator[Graph]:
    """The graph and, innermost last, the bodies of its operations."""
    yield graph
    for kind in list(graph.op_kinds()):
        if kind.has_bodies:
            for node in graph.nodes_of(kind):
                for body in node.op.bodies():
                    yield from with_bodies(body.graph)
