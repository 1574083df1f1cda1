"""Patterns of operations, written as the expression they match.

``match(Add, any_value("x"), const("c"))`` matches an Add of anything and a constant, in either
order because Add is commutative. The same name twice means the same value twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Union

from mo.graph.node import Node, Output
from mo.graph.op import Op

Captures = dict[str, Output]


@dataclass(frozen=True)
class AnyValue:
    """Any value for which ``where`` holds."""

    name: str
    where: Callable[[Output], bool] | None = None


@dataclass(frozen=True)
class OpPattern:
    """A value made by one of ``kinds``, its inputs matching in turn."""

    kinds: tuple[type[Op], ...]
    inputs: tuple[Pattern, ...]
    name: str = ""
    where: Callable[[Any], bool] | None = None
    # An interior value may also be read from outside the match.
    shared: bool = False

    @property
    def depth(self) -> int:
        inner = [p.depth for p in self.inputs if isinstance(p, OpPattern)]
        return 1 + max(inner, default=0)


Pattern = Union[AnyValue, OpPattern]


def any_value(name: str, where: Callable[[Output], bool] | None = None) -> AnyValue:
    """Any value, captured as ``name``."""
    return AnyValue(name, where)


def const(
    name: str,
    size: int | None = None,
    value: float | None = None,
    where: Callable[[Output], bool] | None = None,
) -> AnyValue:
    """A constant, of ``size`` elements or equal to one number ``value`` if asked for."""

    def holds(output: Output) -> bool:
        constant = output.constant
        if constant is None or (size is not None and constant.size != size):
            return False
        if value is not None and (constant.size != 1 or not _is_close(constant.item(), value)):
            return False
        return where is None or where(output)

    return AnyValue(name, holds)


def number(value: float) -> AnyValue:
    """A constant of one element that equals ``value`` to f32 accuracy; not captured."""
    return const("", value=value)


def exactly(value: float) -> AnyValue:
    """A constant whose elements are all this number and no other; not captured."""

    def holds(output: Output) -> bool:
        constant = output.constant
        if constant is None or constant.is_lazy or not 0 < constant.size <= _COMPARED_ELEMENTS:
            return False
        return bool((constant.array == value).all())

    return AnyValue("", holds)


# Larger constants are not searched for numbers that do nothing.
_COMPARED_ELEMENTS = 1 << 16


def _is_close(found: Any, wanted: float) -> bool:
    return isinstance(found, (int, float)) and abs(found - wanted) <= 1e-6 * max(1, abs(wanted))


def match(
    kind: type[Op] | tuple[type[Op], ...],
    *inputs: Pattern,
    name: str = "",
    where: Callable[[Any], bool] | None = None,
    shared: bool = False,
) -> OpPattern:
    """An operation; ``where`` is asked about it, ``name`` captures its value."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return OpPattern(kinds, inputs, name, where, shared)


class Matcher:
    """One attempt to match a pattern at a node."""

    def __init__(self, pattern: OpPattern) -> None:
        self.pattern = pattern
        self.captures: Captures = {}
        self.interior: list[Node] = []

    def matches(self, node: Node) -> bool:
        root = node.outputs[0]
        return self._solve([(self.pattern, root, True)]) and self._is_closed(node)

    def _solve(self, todo: list[tuple[Pattern, Output | None, bool]]) -> bool:
        if not todo:
            return True
        pattern, value, is_root = todo[0]
        if value is None:
            return False
        if isinstance(pattern, AnyValue):
            if pattern.where is not None and not pattern.where(value):
                return False
            return self._bound(pattern.name, value, todo[1:])
        node = value.node
        op = node.op
        if not isinstance(op, pattern.kinds) or len(node.inputs) < len(pattern.inputs):
            return False
        if pattern.where is not None and not pattern.where(op):
            return False
        if not is_root and not pattern.shared:
            self.interior.append(node)
        for inputs in _orders(op, node.inputs):
            rest = [(p, v, False) for p, v in zip(pattern.inputs, inputs)] + todo[1:]
            if self._bound(pattern.name, value, rest):
                return True
        if not is_root and not pattern.shared:
            self.interior.pop()
        return False

    def _bound(
        self, name: str, value: Output, rest: list[tuple[Pattern, Output | None, bool]]
    ) -> bool:
        if not name:
            return self._solve(rest)
        known = self.captures.get(name)
        if known is not None:
            return known is value and self._solve(rest)
        self.captures[name] = value
        if self._solve(rest):
            return True
        del self.captures[name]
        return False

    def _is_closed(self, root: Node) -> bool:
        """Nothing outside the match reads what the rewrite takes away."""
        inside = {root, *self.interior}
        return all(user in inside for node in self.interior for user in node.consumers())


def _orders(op: Op, inputs: list[Output | None]) -> Iterable[list[Output | None]]:
    yield inputs
    if op.commutative and len(inputs) >= 2:
        yield [inputs[1], inputs[0], *inputs[2:]]
