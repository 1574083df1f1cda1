"""The attributes of a node: a dictionary that works out some values when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def equal(found: Any, wanted: Any) -> bool:
    """Whether two values are the same; arrays, if all their elements are."""
    result = found == wanted
    return bool(result.all()) if hasattr(result, "all") else bool(result)


class Later:
    """A value that is made at its first use: weights, descriptions of the framework."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class Attributes(dict[str, Any]):
    """``told`` hears of each change, and may refuse it."""

    def __init__(
        self,
        values: Mapping[str, Any],
        told: Callable[[str, Any], None] | None = None,
    ) -> None:
        super().__init__(values)
        self.told = told

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, Later):
            value = value.make()
            super().__setitem__(key, value)
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        if self.told is not None:
            self.told(key, value)
        super().__setitem__(key, value)

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self:
            return default
        return self[key]

    def items(self) -> Any:
        return [(key, self[key]) for key in self]

    def values(self) -> Any:
        return [self[key] for key in self]

    def update(self, *others: Any, **more: Any) -> None:
        for key, value in _pairs(*others, **more):
            self[key] = value

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]


def _pairs(*others: Any, **more: Any) -> Iterator[tuple[str, Any]]:
    yield from dict(*others, **more).items()
