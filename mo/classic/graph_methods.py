"""The methods of the classic's graph, each a function of the view (its first argument)."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getmembers, isfunction
from types import ModuleType
from typing import Any

from mo.classic import graph_changes, graph_checks, graph_queries


def _methods(family: ModuleType) -> dict[str, Callable[..., Any]]:
    return {
        name: function
        for name, function in getmembers(family, isfunction)
        if function.__module__ == family.__name__ and not name.startswith("_")
    }


METHODS = {**_methods(graph_queries), **_methods(graph_changes), **_methods(graph_checks)}
