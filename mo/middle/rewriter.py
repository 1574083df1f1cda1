"""Applies rewrite rules until nothing matches, revisiting only what a rewrite touched."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Optional

from mo.errors import ConversionError
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Op
from mo.graph.shape import Shape, compatible
from mo.middle.pattern import Matcher, OpPattern

# Says which nodes must stay as they are.
Keep = Optional[Callable[[Node], bool]]


class Rule:
    """A pattern and the function that builds its replacement, or declines with None.

    The function gets the graph and the captured values by name; a parameter ``node`` gets the
    matched root, one with a default may be missing from the pattern. It returns the value (or a
    tuple, one per output) that takes the root's place.
    """

    def __init__(self, pattern: OpPattern, function: Callable[..., Any]) -> None:
        self.pattern = pattern
        self.function = function
        self.name = function.__name__
        code = function.__code__
        self.parameters = code.co_varnames[1 : code.co_argcount]
        # What the inputs of the root must be: a quick look that settles most cases.
        self.children = [set(p.kinds) for p in pattern.inputs if isinstance(p, OpPattern)]

    def match(self, node: Node, keep: Keep = None) -> dict[str, Any] | None:
        """The arguments for the function, or None if the pattern does not match here."""
        for kinds in self.children:
            for value in node.inputs:
                if value is not None and type(value.node.op) in kinds:
                    break
            else:
                return None
        matcher = Matcher(self.pattern)
        if not matcher.matches(node):
            return None
        if keep is not None and any(map(keep, [node, *matcher.interior])):
            return None
        found = {**matcher.captures, "node": node}
        return {name: found[name] for name in self.parameters if name in found}


# A graph is not rewritten more often than this, and so often for each node that it had.
_LEAST, _PER_NODE = 1000, 100


def rewrite(pattern: OpPattern) -> Callable[[Callable[..., Any]], Rule]:
    """Decorator that makes a rule of a function."""
    return lambda function: Rule(pattern, function)


def apply(graph: Graph, *rules: Rule, keep: Keep = None) -> int:
    """Apply the rules everywhere; returns how many times one fired."""
    by_op, depth = _index(rules)
    queue = deque(graph.nodes_of(*by_op))
    queued = set(queue)
    changes = 0
    limit = _LEAST + _PER_NODE * len(graph)
    while queue:
        node = queue.popleft()
        queued.discard(node)
        if node.id not in graph:
            continue
        for rule in by_op.get(type(node.op), ()):
            touched = _fire(graph, rule, node, keep)
            if touched is None:
                continue
            changes += 1
            if changes > limit:
                raise ConversionError(
                    f"The rewrite '{rule.function.__name__}' comes to no end at '{node.name}'",
                    hint="It has to decline what it has made itself.",
                )
            for again in _reached(touched, depth):
                if type(again.op) in by_op and again not in queued and again.id in graph:
                    queue.append(again)
                    queued.add(again)
            break
    return changes


@lru_cache(maxsize=128)
def _index(rules: tuple[Rule, ...]) -> tuple[Mapping[type[Op], list[Rule]], int]:
    """Rules by the operations at their roots, and how deep the deepest pattern is."""
    by_op: dict[type[Op], list[Rule]] = {}
    for rule in rules:
        for kind in rule.pattern.kinds:
            by_op.setdefault(kind, []).append(rule)
    return by_op, max((rule.pattern.depth for rule in rules), default=0)


def _fire(graph: Graph, rule: Rule, node: Node, keep: Keep) -> list[Node] | None:
    """Apply one rule at one node; the nodes worth another look, or None if it declined."""
    arguments = rule.match(node, keep)
    if arguments is None:
        return None
    made: list[Node] = []
    graph.journal = made
    graph.scope = node.name
    try:
        results = rule.function(graph, **arguments)
    finally:
        graph.journal = None
        graph.scope = ""
    if isinstance(results, Output):
        results = (results,)
    if results is None:
        _discard_all(graph, made)
        return None
    for old, new in zip(node.outputs, results):
        _check(rule, old, new)
        if node.is_named and new.node in made and not new.is_constant:
            graph.rename(new.node, node.name)
        graph.replace(old, new)
    graph.discard(node)
    _discard_all(graph, made)
    return [*(n for n in made if n.id in graph), *(value.node for value in results)]


def _discard_all(graph: Graph, made: Sequence[Node]) -> None:
    """Take back what a rule made and did not use."""
    for node in reversed(made):
        graph.discard(node)


def _check(rule: Rule, old: Output, new: Output) -> None:
    """A rewrite may learn more of a type, never change it."""
    if old.dtype is not new.dtype or not _fits(old.shape, new.shape):
        raise AssertionError(f"rewrite {rule.name} turns {old.type} into {new.type}")


def _fits(old: Shape, new: Shape) -> bool:
    if old is None or new is None:
        return True
    return len(old) == len(new) and all(map(compatible, old, new))


def _reached(start: Sequence[Node], depth: int) -> Iterable[Node]:
    """The nodes themselves and those up to ``depth`` uses behind them."""
    seen = dict.fromkeys(start)
    level: Iterable[Node] = start
    for _ in range(depth):
        level = [user for node in level for user in node.consumers() if user not in seen]
        seen.update(dict.fromkeys(level))
    return seen
