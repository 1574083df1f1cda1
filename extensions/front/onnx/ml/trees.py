"""Forests of decision trees as tables, and the way of each row through all trees at once.

Every level is a few Gathers from tables of nodes; a row that has reached a leaf stays there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from extensions.front.building import invalid
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather, GatherElements
from extensions.ops.reduction import ReduceLogicalOr
from extensions.ops.shaping import Unsqueeze
from extensions.ops.unary import IsNaN
from mo.errors import UnsupportedError
from mo.graph.graph import Graph
from mo.graph.node import Output

LEAF = "LEAF"
MEMBER = "BRANCH_MEMBER"
# The operation, and whether threshold and feature change places: to the CPU runtime (2026.4)
# NaN is greater than any number, but not less.
_COMPARISONS = {
    "BRANCH_LEQ": (a.LessEqual, False),
    "BRANCH_LT": (a.Less, False),
    "BRANCH_GTE": (a.LessEqual, True),
    "BRANCH_GT": (a.Less, True),
    "BRANCH_EQ": (a.Equal, False),
    "BRANCH_NEQ": (a.NotEqual, False),
}
MODES = (*_COMPARISONS, MEMBER)
# Levels are written out one after the other.
_DEPTH_LIMIT = 400


@dataclass
class Forest:
    """Nodes of all trees in one table; leaves are their own children."""

    feature: np.ndarray
    threshold: np.ndarray
    # Names of ``MODES`` or LEAF.
    mode: np.ndarray
    true: np.ndarray
    false: np.ndarray
    # Whether a missing value (NaN) goes the way of ``true``.
    missing: np.ndarray
    roots: np.ndarray
    # Of MEMBER nodes, the values that go the way of ``true``; padded with NaN.
    members: np.ndarray | None = None

    def __post_init__(self) -> None:
        count = self.mode.size
        tables = self.feature, self.threshold, self.true, self.false, self.missing
        if any(table.shape != (count,) for table in tables):
            raise invalid("its tables of nodes differ in length")
        unknown = set(self.mode.tolist()) - {*MODES, LEAF}
        if unknown:
            raise invalid(f"its nodes have the mode '{min(unknown)}'")
        for places in (self.true, self.false, self.roots):
            if places.size and not 0 <= places.min() <= places.max() < count:
                raise invalid("its nodes have children that are not there")
        if not self.roots.size:
            raise invalid("it has no trees")

    @cached_property
    def is_leaf(self) -> np.ndarray:
        return self.mode == LEAF

    @cached_property
    def _walked(self) -> tuple[int, np.ndarray, np.ndarray]:
        """The number of levels; trees and nodes of all leaves, as they are reached."""
        nodes, trees = self.roots, np.arange(self.roots.size)
        found, levels, seen = [], 0, 0
        while True:
            ended = self.is_leaf[nodes]
            found.append((trees[ended], nodes[ended]))
            nodes, trees = nodes[~ended], trees[~ended]
            if not nodes.size:
                break
            levels, seen = levels + 1, seen + nodes.size
            if seen > 2 * self.mode.size:
                raise invalid("its nodes form no trees")
            nodes = np.concatenate([self.true[nodes], self.false[nodes]])
            trees = np.concatenate([trees, trees])
        return levels, *map(np.concatenate, zip(*found))  # type: ignore[return-value]

    @property
    def depth(self) -> int:
        return self._walked[0]

    @property
    def leaves(self) -> tuple[np.ndarray, np.ndarray]:
        """Trees and nodes of all leaves."""
        return self._walked[1:]

    # ---- in the graph

    def reached(self, g: Graph, x: Output) -> Output:
        """The leaf [N, T] that each row of ``x`` [N, F] reaches in each tree."""
        if self.depth > _DEPTH_LIMIT:
            raise UnsupportedError(
                f"trees of {self.depth} levels are not supported",
                hint=f"Train trees of at most {_DEPTH_LIMIT} levels.",
            )
        first = g.constant(self.feature[self.roots].astype(np.int32))
        column = g.add(Gather(), x, first, g.constant(np.int64(1)))
        at = self._step(g, g.constant(self.roots[None].astype(np.int32)), column)
        for _ in range(self.depth - 1):
            feature = self._pick(g, self.feature.astype(np.int32), at)
            at = self._step(g, at, g.add(GatherElements(axis=1), x, feature))
        return at

    def _step(self, g: Graph, at: Output, column: Output) -> Output:
        true, false = (
            self._pick(g, table.astype(np.int32), at) for table in (self.true, self.false)
        )
        return g.add(a.Select(), self._is_true(g, at, column), true, false)

    def _is_true(self, g: Graph, at: Output, column: Output) -> Output:
        modes = sorted(set(self.mode[~self.is_leaf].tolist())) or ["BRANCH_LEQ"]
        answers = []
        for mode in modes:
            answer = self._compared(g, mode, at, column)
            if len(modes) > 1:
                answer = g.add(a.LogicalAnd(), answer, self._pick(g, self.mode == mode, at))
            answers.append(answer)
        if self.missing[~self.is_leaf].any():
            follows = self._pick(g, self.missing, at)
            answers.append(g.add(a.LogicalAnd(), g.add(IsNaN(), column), follows))
        return reduce(lambda one, other: g.add(a.LogicalOr(), one, other), answers)

    def _compared(self, g: Graph, mode: str, at: Output, column: Output) -> Output:
        kind = column.dtype.numpy
        if mode == MEMBER and self.members is not None:
            members = self._pick(g, self.members.astype(kind), at)
            hits = g.add(a.Equal(), g.add(Unsqueeze(), column, [2]), members)
            return g.add(ReduceLogicalOr(), hits, [2])
        operation, is_swapped = _COMPARISONS[mode]
        pair = column, self._pick(g, self.threshold.astype(kind), at)
        return g.add(operation(), *(reversed(pair) if is_swapped else pair))

    @staticmethod
    def _pick(g: Graph, table: np.ndarray, at: Output) -> Output:
        return g.add(Gather(), g.constant(table), at, g.constant(np.int64(0)))
