"""What Kaldi computes, from its published definitions: one value at one time, as it is asked for.

An nnet3 network is a set of nodes; a value at a time either can be computed or cannot (None). The
input is known from frame 0 to T-1, with the first and the last frame repeated as often as
nnet3-compute would. Nothing here knows how the converter lays out time.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Vector = np.ndarray
# (input at a time, time) -> value, where the input is None if it cannot be computed.
At = Callable[[int], "Vector | None"]
Function = Callable[[At, int], "Vector | None"]


def framewise(function: Callable[[Vector], Vector]) -> Function:
    """A function of the frame of the same time."""

    def at(x: At, t: int) -> Vector | None:
        frame = x(t)
        return None if frame is None else function(frame.astype(np.float64))

    return at


# Nothing that these networks need lies further outside the utterance.
_FAR = 24


class Evaluator:
    """The nodes of an nnet3 network on one utterance."""

    def __init__(
        self,
        lines: list[str],
        functions: Mapping[str, Function],
        widths: Mapping[str, int],
        inputs: Mapping[str, np.ndarray],
        before: int = 0,
        after: int = 0,
    ) -> None:
        """``inputs``: [T, columns], or [columns] for what is only known at time 0."""
        self.nodes = dict(map(_parse_line, lines))
        self.functions = functions
        self.widths = widths
        self.inputs = inputs
        length = max(len(data) for data in inputs.values() if data.ndim == 2)
        self.sensible = range(-before - _FAR, length + after + _FAR)
        self.before, self.after = before, after
        self.known: dict[tuple[str, int], Vector | None] = {}

    def rows(self, name: str, times: range) -> np.ndarray:
        """A node at several times, in order, so that recurrences stay shallow."""
        values = [self.node(name, t) for t in times]
        assert all(value is not None for value in values), f"{name} cannot be computed"
        return np.stack([value for value in values if value is not None])

    def node(self, name: str, t: int) -> Vector | None:
        if t not in self.sensible:
            return None
        if (name, t) not in self.known:
            self.known[name, t] = self._node(name, t)
        return self.known[name, t]

    def _node(self, name: str, t: int) -> Vector | None:
        kind, values = self.nodes[name]
        if kind == "input-node":
            return self._input(name, t)
        if kind == "dim-range-node":
            whole = self.node(values["input-node"], t)
            start, width = int(values["dim-offset"]), int(values["dim"])
            return None if whole is None else whole[start : start + width]
        text = values["input"]
        if kind == "output-node":
            return self.descriptor(text, t)
        return self.functions[values["component"]](lambda s: self.descriptor(text, s), t)

    def _input(self, name: str, t: int) -> Vector | None:
        data = self.inputs[name]
        if data.ndim == 1:
            return data if t == 0 else None
        if not -self.before <= t < len(data) + self.after:
            return None
        return data[min(max(t, 0), len(data) - 1)]

    def descriptor(self, text: str, t: int) -> Vector | None:
        found = re.fullmatch(r"\s*([^\s(),]+)\s*(?:\((.*)\))?\s*", text, re.DOTALL)
        assert found, text
        name, inside = found.groups()
        if inside is None:
            return self.node(name, t)
        return getattr(self, f"_{name}")(_arguments(inside), t)  # type: ignore[no-any-return]

    # ---- the functions of descriptors

    def _all(self, parts: list[str], t: int) -> list[Vector] | None:
        values = [self.descriptor(part, t) for part in parts]
        known = [value for value in values if value is not None]
        return known if len(known) == len(values) else None

    def _Append(self, parts: list[str], t: int) -> Vector | None:
        values = self._all(parts, t)
        return None if values is None else np.concatenate(values)

    def _Sum(self, parts: list[str], t: int) -> Vector | None:
        values = self._all(parts, t)
        return None if values is None else np.sum(values, axis=0)

    def _Offset(self, parts: list[str], t: int) -> Vector | None:
        return self.descriptor(parts[0], t + int(parts[1]))

    def _Switch(self, parts: list[str], t: int) -> Vector | None:
        return self.descriptor(parts[t % len(parts)], t)

    def _Round(self, parts: list[str], t: int) -> Vector | None:
        period = int(parts[1])
        return self.descriptor(parts[0], t - t % period)

    def _ReplaceIndex(self, parts: list[str], t: int) -> Vector | None:
        return self.descriptor(parts[0], int(parts[2]) if parts[1] == "t" else t)

    def _IfDefined(self, parts: list[str], t: int) -> Vector | None:
        value = self.descriptor(parts[0], t)
        return np.zeros(self._width(parts[0])) if value is None else value

    def _Failover(self, parts: list[str], t: int) -> Vector | None:
        value = self.descriptor(parts[0], t)
        return self.descriptor(parts[1], t) if value is None else value

    def _Scale(self, parts: list[str], t: int) -> Vector | None:
        value = self.descriptor(parts[1], t)
        return None if value is None else float(parts[0]) * value

    def _Const(self, parts: list[str], t: int) -> Vector | None:
        return np.full(int(parts[1]), float(parts[0]))

    def _width(self, text: str) -> int:
        """The columns of a descriptor."""
        found = re.fullmatch(r"\s*([^\s(),]+)\s*(?:\((.*)\))?\s*", text, re.DOTALL)
        assert found, text
        name, inside = found.groups()
        if inside is not None:
            parts = _arguments(inside)
            if name == "Append":
                return sum(map(self._width, parts))
            return self._width(parts[1 if name == "Scale" else 0])
        _, values = self.nodes[name]
        return int(values["dim"]) if "dim" in values else self.widths[values["component"]]


def _arguments(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in [*parts, text[start:]]]


def _parse_line(line: str) -> tuple[str, tuple[str, dict[str, Any]]]:
    kind, _, rest = line.partition(" ")
    values = dict(re.findall(r"([a-z-]+)=(.*?)(?=\s+[a-z-]+=|$)", rest))
    return values["name"], (kind, values)


def evaluate(
    lines: list[str],
    functions: Mapping[str, Function],
    widths: Mapping[str, int],
    inputs: Mapping[str, np.ndarray],
    output: str = "output",
    pads: bool = True,
) -> np.ndarray:
    """The output at every frame of the utterance, padded by the context that Kaldi finds.

    That is the least with which a frame can be computed, wherever it stands in the cycles in which
    Round and Switch count frames.
    """
    length = max(len(data) for data in inputs.values() if data.ndim == 2)
    # A recurrence over an utterance is that deep.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 200 * length))

    def at(before: int, after: int) -> Evaluator:
        return Evaluator(lines, functions, widths, inputs, before, after)

    if not pads:
        return at(0, 0).rows(output, range(1))
    before = max(
        _least(lambda pad, t=t: at(pad - t, _FAR).node(output, t) is not None)  # type: ignore[misc]
        for t in range(_cycle(lines))
    )
    after = _least(lambda pad: at(before, pad).node(output, length - 1) is not None)
    return at(before, after).rows(output, range(length))


def _least(is_enough: Callable[[int], bool]) -> int:
    return next(pad for pad in range(100) if is_enough(pad))


def _cycle(lines: list[str]) -> int:
    """After how many frames all that counts frames is where it was."""
    rounds = re.findall(r"Round\((?:[^()]|\([^()]*\))*,\s*(\d+)\)", "".join(lines))
    switches = re.findall(r"Switch\(((?:[^()]|\([^()]*\))*)\)", "".join(lines))
    return math.lcm(*map(int, rounds), *(len(_arguments(inside)) for inside in switches))
