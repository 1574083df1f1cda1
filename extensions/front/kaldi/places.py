"""Values at x other than 0: the third index of nnet3, beside utterance and time.

Inputs and outputs are at x = 0. Only a DistributeComponent tells values at different x apart: at x
it gives block x mod n of the n blocks of its input at x div n (Kaldi, DistributeComponent). What is
read at another x is therefore a copy of the nodes between a DistributeComponent and its reader.
"""

from __future__ import annotations

from extensions.front.kaldi.network import Network
from mo.errors import UnsupportedError
from mo.front.model import SourceNode

# More copies than this are damage.
_MOST = 100_000


def resolve(network: Network) -> None:
    """Nodes of the types AtX and Distribute become nodes at x = 0."""
    copies = _Copies(network)
    found = [node for node in network.nodes.values() if node.type == "AtX"]
    values = [copies.at(node.outputs[0], 0) for node in found]
    copies.fill()
    for node, value in zip(found, values):
        node.type, node.inputs = "Identity", [value]
    for node in network.nodes.values():
        if node.type == "Distribute":
            node.type = "Columns"
            node.attributes["start"] = 0


class _Copies:
    def __init__(self, network: Network) -> None:
        self.network = network
        # Copies that still read nothing: the original, x.
        self.unfilled: dict[str, tuple[SourceNode, int]] = {}
        self.count = 0

    def at(self, name: str, x: int) -> str:
        """The value at x, where its readers are at 0."""
        node = self.network.nodes.get(name)
        while node is not None and (node.type == "AtX" or self._blocks(node) == 1):
            if node.type == "AtX":
                x = node.attributes["x"] + (0 if node.attributes["is_absolute"] else x)
            name = node.inputs[0]
            node = self.network.nodes.get(name)
        if x == 0:
            return name
        if node is None or x < 0:
            raise UnsupportedError(f"'{name}' is wanted at x = {x}; inputs have only x = 0")
        if node.type == "Distribute":
            x, block = divmod(x, self._blocks(node))
            width = self.network.widths[name]
            return self.network.columns(self.at(node.inputs[0], x), block * width, width)
        copy = f"{name}/x_{x}"
        if not self.network.is_defined(copy):
            self.count += 1
            if self.count > _MOST:
                raise UnsupportedError(f"more than {_MOST} nodes are wanted at other x")
            width = self.network.widths[name]
            self.network.node(node.type, copy, [], width, **node.attributes)
            self.unfilled[copy] = node, x
        return copy

    def _blocks(self, node: SourceNode) -> int:
        """How many values a node makes of one; 0 if it is no DistributeComponent."""
        if node.type != "Distribute":
            return 0
        return self.network.widths[node.inputs[0]] // self.network.widths[node.outputs[0]]

    def fill(self) -> None:
        """Let all copies read what their originals read, at their x."""
        while self.unfilled:
            copy, (node, x) = self.unfilled.popitem()
            self.network.nodes[copy].inputs = [self.at(name, x) for name in node.inputs]
