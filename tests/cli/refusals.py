"""Errors of the command line, and settings of its property tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from mo.errors import UsageError

# The same examples in every run, so that a failure is everyone's failure.
REPEATABLE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def refusal(read: Callable[..., Any], *arguments: Any, **keywords: Any) -> str:
    """The text of the UsageError that a call ends with."""
    with pytest.raises(UsageError) as caught:
        read(*arguments, **keywords)
    return str(caught.value)


def marked(error: str) -> str:
    """What the marker of an error stands under."""
    lines = error.splitlines()
    row = next(i for i, line in enumerate(lines) if line.strip() and set(line) <= set(" ^"))
    return "".join(c for c, mark in zip(lines[row - 1].ljust(999), lines[row]) if mark == "^")
