"""What a model that takes one frame at a time keeps from call to call, as nodes.

Values of earlier calls, and the number of calls: ``extensions.front.kaldi.memory`` translates them.
"""

from __future__ import annotations

from typing import Any

from mo.front.model import SourceNode


class Calls:
    """The nodes of a model by name, and those that remember."""

    def __init__(self) -> None:
        self.nodes: dict[str, SourceNode] = {}
        # (tensor, whether zeros come first) -> how many calls ago it is read.
        self._wanted: dict[tuple[str, bool], dict[int, None]] = {}
        # What recurrences read of themselves, and how wide it is.
        self._recurring: dict[str, int] = {}
        self._counted = 0

    def add(self, type: str, name: str, inputs: list[str], attributes: dict[str, Any]) -> str:
        """A node, unless there is one of this name."""
        self.nodes.setdefault(name, SourceNode(type, name, inputs, [name], attributes))
        return name

    def past(self, tensor: str, calls: int, starts_zero: bool) -> str:
        """The value of some calls ago; before the first its value, or zeros."""
        self._wanted.setdefault((tensor, starts_zero), {})[calls] = None
        return _past(tensor, calls, starts_zero)

    def recur(self, tensor: str, width: int) -> None:
        """Let a tensor be computed from its own past."""
        self._recurring[tensor] = width

    def masked(self, tensor: str, calls: int) -> str:
        """The tensor with zeros instead of the values of the first calls."""
        if calls <= 0:
            return tensor
        name = f"{tensor}/from_{calls}"
        return self.add("Masked", name, [tensor, self.clock(calls)], {"calls": calls})

    def clock(self, limit: int) -> str:
        """The number of calls so far, which need not be known above ``limit``."""
        self._counted = max(self._counted, limit)
        return "calls"

    def phase(self, period: int) -> str:
        """The number of calls so far modulo a period."""
        return self.add("Phase", f"calls_modulo_{period}", [], {"period": period})

    def finish(self, batch: str) -> None:
        """Add what remembers; ``batch`` is a value with as many utterances."""
        if self._counted:
            self.add("Clock", "calls", [], {"limit": self._counted})
        for (tensor, starts_zero), calls in self._wanted.items():
            name = f"{tensor}/{'recall' if starts_zero else 'delay'}"
            outputs = [_past(tensor, count, starts_zero) for count in calls]
            attributes: dict[str, Any] = {"calls": list(calls), "starts_zero": starts_zero}
            node = SourceNode("Delay", name, [tensor], outputs, attributes)
            if starts_zero and tensor in self._recurring:
                node.type, node.inputs, node.feedback = "Recall", [batch], [tensor]
                attributes["width"] = self._recurring[tensor]
            self.nodes[name] = node


def _past(tensor: str, calls: int, starts_zero: bool) -> str:
    return f"{tensor}/{'recall' if starts_zero else 'delay'}_{calls}"
