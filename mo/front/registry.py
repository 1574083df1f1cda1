"""Which function or operation translates which framework operation."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import partial
from inspect import signature
from typing import Any

from mo.front.values import ComplexTensor, Value, is_tensor
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op

# (graph, node, *inputs) -> a value, or a tuple of them; an omitted input is None.
Translation = Callable[..., Any]


class Translations:
    """The translations of one framework, by domain, type and operation set version."""

    def __init__(self) -> None:
        # (domain, type) -> versions and functions, both in ascending order of version.
        self._rows: dict[tuple[str, str], tuple[list[int], list[Translation]]] = {}
        self._of_sequences: set[Translation] = set()
        self._of_complex: set[Translation] = set()
        # By type: what adds complex inputs to a translation; and by translation: what came of it.
        self._refinements: dict[str, Translation] = {}
        self._of_former: dict[tuple[str, Translation], Translation] = {}
        # Why types have no translation, by domain and type.
        self._reasons: dict[tuple[str, str], str] = {}

    def converts(
        self,
        *types: str,
        since: int = 1,
        domain: str = "",
        sequences: bool = False,
        complex: bool = False,
    ) -> Callable[[Translation], Translation]:
        """Decorator: the function translates these types from operation set ``since`` on.

        ``sequences``: an input may be any value (mo.front.values), not only a tensor;
        ``complex``: an input may be a tensor of complex numbers.
        """

        def register(function: Translation) -> Translation:
            for kind in types:
                self._put(domain, kind, since, function)
            if sequences:
                self._of_sequences.add(function)
            if complex:
                self._of_complex.add(function)
            return function

        return register

    def refines(self, *types: str) -> Callable[[Translation], Translation]:
        """Decorator: the function (first argument: the translation so far) adds complex inputs."""

        def register(function: Translation) -> Translation:
            self._refinements.update(dict.fromkeys(types, function))
            return function

        return register

    def _refined(self, kind: str, former: Translation) -> Translation:
        if kind not in self._refinements:
            return former
        found = self._of_former.get((kind, former))
        if found is None:
            found = partial(self._refinements[kind], former)
            found.__signature__ = signature(former)  # type: ignore[attr-defined]
            self._of_former[kind, former] = found
            self._of_complex.add(found)
        return found

    def maps(self, table: Mapping[str, type[Op]], since: int = 1, domain: str = "") -> None:
        """Types that are one operation without attributes, inputs unchanged."""
        for kind, op in table.items():
            self._put(domain, kind, since, _direct(op))

    def _put(self, domain: str, kind: str, since: int, function: Translation) -> None:
        versions, functions = self._rows.setdefault((domain, kind), ([], []))
        if since in versions:
            other = functions[versions.index(since)]
            raise ValueError(
                f"{kind} since {since} is translated by {_origin(other)} and {_origin(function)}"
            )
        at = bisect_right(versions, since)
        versions.insert(at, since)
        functions.insert(at, function)

    def explains(self, table: Mapping[str, str], domain: str = "") -> None:
        """Why types have no translation, and what to do about it."""
        self._reasons.update({(domain, kind): reason for kind, reason in table.items()})

    def reason(self, domain: str, kind: str) -> str:
        """Why a type has no translation; '' if that is not known."""
        return self._reasons.get((domain, kind), "")

    def find(self, domain: str, kind: str, opset: int) -> Translation | None:
        """The translation in force at an operation set version."""
        versions, functions = self._rows.get((domain, kind), ([], []))
        at = bisect_right(versions, opset)
        return self._refined(kind, functions[at - 1]) if at else None

    def accepts(self, function: Translation, value: Value) -> bool:
        """Whether an input of the function may be this value."""
        if value is None or is_tensor(value) or function in self._of_sequences:
            return True
        return isinstance(value, ComplexTensor) and function in self._of_complex

    def types(self, domain: str = "") -> list[str]:
        return sorted(kind for where, kind in self._rows if where == domain)


def _direct(op: type[Op]) -> Translation:
    def translate(g: Graph, node: Any, *inputs: Output | None) -> Output:
        return g.add(op(), *inputs)

    translate.__name__ = op.__name__
    return translate


def _origin(function: Translation) -> str:
    return f"{function.__module__}.{function.__name__}"
