"""Small helpers that extensions import: ``mo.utils.utils``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from mo.classic.node import Node


def refer_to_faq_msg(question_num: int) -> str:
    """The classic sent its users to a numbered list; there is none here."""
    return ""


def match_shapes(pattern: Any, shape: Any) -> bool:
    """Whether a shape is as the pattern, in which 0 and -1 stand for any size."""
    return len(pattern) == len(shape) and all(
        wanted in (0, -1) or wanted == size for wanted, size in zip(pattern, shape)
    )


def symm_match_shapes(shape1: Any, shape2: Any) -> bool:
    return len(shape1) == len(shape2) and all(
        a in (0, -1) or b in (0, -1) or a == b for a, b in zip(shape1, shape2)
    )


def array_to_str(node: Node, attr: str) -> str | None:
    """An attribute as the IR writes lists."""
    value = node.soft_get(attr, None)
    return None if value is None else ",".join(map(str, np.asarray(value).reshape(-1)))


def shrink_str_value(value: Any, max_symbols: int = 100) -> str:
    text = str(value)
    return text if len(text) <= max_symbols else f"{text[:max_symbols]}..."


def deprecated_api(class_name: Any = None, new_method_name: str = "") -> Callable[..., Any]:
    """Decorator: calls warn that there is another way."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def warned(*args: Any, **kwargs: Any) -> Any:
            instead = f"; use {new_method_name}" if new_method_name else ""
            warnings.warn(
                f"{function.__name__} is deprecated{instead}", DeprecationWarning, stacklevel=2
            )
            return function(*args, **kwargs)

        return warned

    return decorate


def files_by_pattern(
    dir: str, pattern: str, files_only: bool = True, add_prefix: bool = False
) -> list[str]:
    found = sorted(path for path in Path(dir).glob(pattern) if path.is_file() or not files_only)
    return [str(path) if add_prefix else str(path.relative_to(dir)) for path in found]


def get_mo_root_dir() -> str:
    return str(Path(__file__).parents[1])


def group_by_with_binary_predicate(
    xs: Sequence[Any], predicate: Callable[[Any, Any], bool]
) -> list[list[Any]]:
    """Runs of neighbours that the predicate joins."""
    groups: list[list[Any]] = []
    for item in xs:
        if groups and predicate(groups[-1][-1], item):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def unique_by(xs: Iterable[Any], predicate: Callable[[Any, Any], bool]) -> list[Any]:
    """The first of each group of items that the predicate calls equal."""
    found: list[Any] = []
    for item in xs:
        if not any(predicate(known, item) for known in found):
            found.append(item)
    return found


class NamedAttrsClass:
    """Attributes given by name."""

    def __init__(self, class_attrs: dict[str, Any]) -> None:
        self.__dict__.update(class_attrs)
