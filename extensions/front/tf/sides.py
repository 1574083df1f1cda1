"""Nodes without inputs that only their place behind one side of a Switch puts into a branch."""

from __future__ import annotations

from collections.abc import Mapping

from extensions.front.tf.parts import Part
from mo.front.model import SourceNode
from mo.front.protobuf import Message

# A side is handed on by no more nodes than this.
_LONGEST = 60


def side_before(message: Message, by_name: Mapping[str, Message]) -> tuple[str, str] | None:
    """The side of a Switch that a node comes after, and what decides it; loops apart."""
    for text in message.get("input", []):
        maker = by_name.get(text.lstrip("^"), {})
        for _ in range(_LONGEST):
            if maker.get("op") != "Identity" or not maker.get("input"):
                break
            text = maker["input"][0]
            maker = by_name.get(text.split(":")[0], {})
        if maker.get("op") != "Switch" or len(maker.get("input", [])) < 2:
            continue
        decider = by_name.get(maker["input"][1].split(":")[0], {})
        if decider.get("op") != "LoopCond":
            return text, maker["input"][1]
    return None


def put_behind(name: str, predicate: str, side: int, part: Part) -> None:
    """Let a constant, or the node that was read last, be there on one side of a decision only."""
    value = f"{name}/value"
    if name in part.constants:
        part.constants[value] = part.constants.pop(name)
    elif part.nodes and part.nodes[-1].outputs == [name]:
        part.nodes[-1].outputs = [value]
    else:
        return
    outputs = ["", name] if side else [name, ""]
    part.nodes.append(SourceNode("Switch", name, [value, predicate], outputs, {}))
