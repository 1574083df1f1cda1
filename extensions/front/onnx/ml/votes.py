"""What the leaves of a forest give to targets or classes, added up or otherwise combined."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from extensions.front.building import invalid
from extensions.front.onnx.ml.trees import Forest
from extensions.ops.arithmetic import Select
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceLogicalOr, ReduceMax, ReduceMean, ReduceMin, ReduceSum
from mo.errors import UnsupportedError
from mo.graph.graph import Graph
from mo.graph.node import Output

# Rows of a table of votes times the number of targets.
TABLE_LIMIT = 1 << 26
_AGGREGATES = {"AVERAGE": ReduceMean, "SUM": ReduceSum, "MIN": ReduceMin, "MAX": ReduceMax}


@dataclass
class Votes:
    """What the leaves of a forest give to the targets."""

    forest: Forest
    node: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    targets: int

    def __post_init__(self) -> None:
        if not self.node.shape == self.target.shape == self.weight.shape:
            raise invalid("its tables of votes differ in length")
        if self.target.size and not 0 <= self.target.min() <= self.target.max() < self.targets:
            raise invalid(f"its votes are for targets outside the {self.targets} there are")
        if not self.forest.is_leaf[self.node].all():
            raise invalid("its votes are those of nodes that are no leaves")

    def scores(self, g: Graph, leaf: Output, aggregate: str) -> Output:
        """The votes [N, C] of the leaves reached; targets without any have 0."""
        if aggregate not in _AGGREGATES:
            raise invalid(f"its aggregate_function is '{aggregate}'")
        if aggregate in ("SUM", "AVERAGE") and self._tree_targets is not None:
            return self._one_target_each(g, leaf, aggregate)
        start = {"MIN": np.inf, "MAX": -np.inf}.get(aggregate, 0.0)
        table = self._table(start, np.float32)
        combine = {"MIN": np.minimum, "MAX": np.maximum}.get(aggregate, np.add)
        combine.at(table, (self.node, self.target), self.weight)
        given = self._looked_up(g, table, leaf)
        scores = g.add(_AGGREGATES[aggregate](), given, [1])
        if not start:
            return scores
        return self.only_scored(g, leaf, scores, 0.0)

    def only_scored(self, g: Graph, leaf: Output, scores: Output, other: float) -> Output:
        """``other`` in the place of targets that no leaf reached votes for."""
        if self.all_scored:
            return scores
        table = self._table(False, np.bool_)
        table[self.node, self.target] = True
        voted = g.add(ReduceLogicalOr(), self._looked_up(g, table, leaf), [1])
        return g.add(Select(), voted, scores, g.constant(np.float32(other)))

    def _one_target_each(self, g: Graph, leaf: Output, aggregate: str) -> Output:
        """Each tree votes for one target only, as boosted trees do."""
        weights = np.zeros(self.forest.mode.size, np.float32)
        np.add.at(weights, self.node, self.weight)
        targets = np.eye(self.targets, dtype=np.float32)[self._tree_targets]
        if aggregate == "AVERAGE":
            targets /= self.forest.roots.size
        given = g.add(Gather(), g.constant(weights), leaf, g.constant(np.int64(0)))
        return g.add(MatMul(), given, g.constant(targets))

    def _table(self, value: Any, dtype: Any) -> np.ndarray:
        rows = self.forest.mode.size
        if rows * self.targets > TABLE_LIMIT:
            raise UnsupportedError(
                f"a forest of {rows} nodes that vote for {self.targets} targets is not supported",
                hint="Train fewer or smaller trees.",
            )
        return np.full((rows, self.targets), value, dtype)

    def _looked_up(self, g: Graph, table: np.ndarray, leaf: Output) -> Output:
        return g.add(Gather(), g.constant(table), leaf, g.constant(np.int64(0)))

    @cached_property
    def _ballots(self) -> np.ndarray | None:
        """How many leaves of each tree vote for each target: [T, C]; None if trees share leaves."""
        trees, nodes = self.forest.leaves
        distinct = np.unique(np.stack([nodes, trees]), axis=1)
        if np.unique(distinct[0]).size < distinct.shape[1]:
            return None
        tree_of = np.full(self.forest.mode.size, -1)
        tree_of[distinct[0]] = distinct[1]
        votes = np.unique(self.node * self.targets + self.target)
        tree, target = tree_of[votes // self.targets], votes % self.targets
        ballots = np.zeros((self.forest.roots.size, self.targets), np.int64)
        np.add.at(ballots, (tree[tree >= 0], target[tree >= 0]), 1)
        return ballots

    @property
    def _tree_targets(self) -> np.ndarray | None:
        """The target of each tree, if each tree has just one."""
        if self._ballots is None or ((self._ballots > 0).sum(1) > 1).any():
            return None
        return self._ballots.argmax(1)

    @property
    def all_scored(self) -> bool:
        """Whether for each target there is a tree whose leaves all vote for it."""
        if self._ballots is None:
            return False
        leaves = np.bincount(self.forest.leaves[0], minlength=self.forest.roots.size)
        return bool((self._ballots == leaves[:, None]).any(0).all())
