"""What the conditions of a graph are: which are the same, which are known."""

from __future__ import annotations

from typing import NamedTuple

from mo.front.model import Model, SourceNode

_HANDED_ON = ("Enter", "Identity", "PlaceholderWithDefault", "Snapshot", "StopGradient")


def plain_type(node: SourceNode) -> str:
    """The type of a node, the same for those that hand on references to variables."""
    return node.type.removeprefix("Ref")


class Root(NamedTuple):
    """The tensor that a condition is, or is the opposite of."""

    tensor: str
    negated: bool


class Predicates:
    """The conditions of a model whose loops and branches are still in one graph."""

    def __init__(self, model: Model) -> None:
        self._producers = model.producers()
        self._constants = model.constants
        self._roots: dict[str, Root] = {}

    def root(self, name: str) -> Root:
        """Behind all that hands the condition on or turns it into its opposite."""
        path = []
        while name not in self._roots:
            node = self._producers.get(name)
            follows = node is not None and len(node.inputs) == 1 and name in node.outputs[:1]
            if node is None or not follows or plain_type(node) not in (*_HANDED_ON, "LogicalNot"):
                self._roots[name] = Root(name, False)
                break
            path.append((name, node.type == "LogicalNot"))
            name = node.inputs[0]
        root = self._roots[name]
        for tensor, negates in reversed(path):
            root = Root(root.tensor, root.negated ^ negates)
            self._roots[tensor] = root
        return root

    def known(self, root: str) -> bool | None:
        """The value of a condition that is a constant."""
        tensor = self._constants.get(root)
        return None if tensor is None else bool(tensor.array.any())
