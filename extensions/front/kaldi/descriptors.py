"""Descriptors of nnet3: expressions that say what a node reads.

Grammar and meaning: kaldi-asr.org/doc/dnn3_code_data_types.html, "Descriptors in config files".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from extensions.front.kaldi.network import FARTHEST, Network
from extensions.front.kaldi.scanner import narrowed
from mo.errors import ModelFileError, UnsupportedError, closest, listing

_WORD = re.compile(r"\s*([^\s(),]+|[(),])")
_DEEPEST = 100


class Parser:
    """One descriptor, read word by word while its nodes are built."""

    def __init__(self, network: Network, text: str) -> None:
        self.network = network
        self.text = text
        self.words = _WORD.findall(text)[::-1]

    def whole(self) -> str:
        value = self.descriptor(0)
        if self.words:
            raise self.wrong("its end", self.words[-1])
        return value

    def descriptor(self, depth: int) -> str:
        if depth > _DEEPEST:
            raise ModelFileError(f"descriptors are nested deeper than {_DEEPEST} levels")
        word = self.next("a name")
        if not self.words or self.words[-1] != "(":
            check_name(self.network, word)
            return word
        function = _FUNCTIONS.get(word)
        if function is None:
            raise self.wrong(f"one of {', '.join(_FUNCTIONS)}", word)
        self.words.pop()
        value = function(self, depth + 1)
        self.take(")")
        return value

    def next(self, wanted: str) -> str:
        if not self.words or self.words[-1] in "(),":
            raise self.wrong(wanted, self.words[-1] if self.words else "its end")
        return self.words.pop()

    def take(self, mark: str) -> None:
        if not self.words or self.words.pop() != mark:
            raise self.wrong(f"'{mark}'", "something else")

    def more(self) -> bool:
        """Whether a further argument follows."""
        found = bool(self.words) and self.words[-1] == ","
        if found:
            self.words.pop()
        return found

    def several(self, depth: int) -> list[str]:
        values = [self.descriptor(depth)]
        while self.more():
            values.append(self.descriptor(depth))
        return values

    def integer(self) -> int:
        word = self.next("a whole number")
        if not re.fullmatch(r"[+-]?\d{1,9}", word):
            raise self.wrong("a whole number", word)
        return int(word)

    def number(self) -> float:
        word = self.next("a number")
        try:
            return narrowed(float(word))
        except ValueError:
            raise self.wrong("a number", word) from None

    def wrong(self, wanted: str, found: str) -> ModelFileError:
        return ModelFileError(f"expected {wanted}, found '{found}' in '{self.text[:200]}'")

    def equal_widths(self, values: list[str]) -> int:
        widths = {self.network.widths[value] for value in values}
        if len(widths) > 1:
            raise ModelFileError(f"'{self.text[:200]}' combines widths {sorted(widths)}")
        return widths.pop()


def build(network: Network, text: str) -> str:
    """The value that a descriptor stands for."""
    return Parser(network, text).whole()


def check_name(network: Network, name: str) -> None:
    if name not in network.widths:
        similar = closest(name, network.widths)
        hint = f" (there are {listing(similar)})" if similar else ""
        raise ModelFileError(f"there is no node '{name}'{hint}")


# ---- one function each; the opening bracket is read, the closing one is not


def _append(p: Parser, depth: int) -> str:
    return p.network.append(p.several(depth))


def _same(kind: str) -> Callable[[Parser, int], str]:
    """Functions of values of one width."""

    def combine(p: Parser, depth: int) -> str:
        values = p.several(depth)
        width = p.equal_widths(values)
        if len(values) == 1:
            return values[0]
        return p.network.shared(kind, f"{kind}({','.join(values)})", values, width)

    return combine


def _failover(p: Parser, depth: int) -> str:
    values = p.several(depth)
    if len(values) != 2:
        raise ModelFileError(f"Failover takes two descriptors in '{p.text[:200]}'")
    width = p.equal_widths(values)
    return p.network.shared("Failover", f"Failover({','.join(values)})", values, width)


def _if_defined(p: Parser, depth: int) -> str:
    return p.network.if_defined(p.descriptor(depth))


def _offset(p: Parser, depth: int) -> str:
    value = p.descriptor(depth)
    p.take(",")
    frames = p.integer()
    moved = p.network.offset(value, frames)
    return _at_x(p, moved, p.integer(), is_absolute=False) if p.more() else moved


def _scale(p: Parser, depth: int) -> str:
    factor = p.number()
    p.take(",")
    value = p.descriptor(depth)
    width = p.network.widths[value]
    return p.network.shared(
        "Scale", f"Scale({np.float32(factor)},{value})", [value], width, factor=factor
    )


def _const(p: Parser, depth: int) -> str:
    number = p.number()
    p.take(",")
    width = p.integer()
    return p.network.shared(
        "Const", f"Const({np.float32(number)},{width})", [], width, number=number
    )


def _round(p: Parser, depth: int) -> str:
    value = p.descriptor(depth)
    p.take(",")
    period = p.integer()
    if not 1 <= period <= FARTHEST:
        raise ModelFileError(f"Round to multiples of {period} in '{p.text[:200]}'")
    if period == 1:
        return value
    width = p.network.widths[value]
    return p.network.shared("Round", f"Round({value},{period})", [value], width, period=period)


def _replace_index(p: Parser, depth: int) -> str:
    value = p.descriptor(depth)
    p.take(",")
    index = p.next("t or x")
    p.take(",")
    number = p.integer()
    if index == "x":
        return _at_x(p, value, number, is_absolute=True)
    if index != "t":
        raise p.wrong("t or x", index)
    if abs(number) > FARTHEST:
        raise UnsupportedError(f"'{value}' is wanted at frame {number}")
    width = p.network.widths[value]
    name = f"ReplaceIndex({value},t,{number})"
    return p.network.shared("ReplaceIndex", name, [value], width, frame=number)


def _at_x(p: Parser, value: str, x: int, *, is_absolute: bool) -> str:
    """The value so far along x, or at this x."""
    if x == 0 and not is_absolute:
        return value
    if abs(x) > FARTHEST:
        raise UnsupportedError(f"'{value}' is wanted at x = {x}")
    name = f"{'ReplaceIndex' if is_absolute else 'Offset'}({value},x,{x})"
    width = p.network.widths[value]
    return p.network.shared("AtX", name, [value], width, x=x, is_absolute=is_absolute)


_FUNCTIONS: dict[str, Callable[[Parser, int], Any]] = {
    "Append": _append,
    "Sum": _same("Sum"),
    "Switch": _same("Switch"),
    "Failover": _failover,
    "IfDefined": _if_defined,
    "Offset": _offset,
    "Scale": _scale,
    "Const": _const,
    "Round": _round,
    "ReplaceIndex": _replace_index,
}
