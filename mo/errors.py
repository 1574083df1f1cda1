"""Errors a user can act on, and the exit codes that go with them.

Anything that is not a :class:`ConversionError` is a defect of this tool (exit code 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ConversionError(Exception):
    """What went wrong, and in ``hint`` what the user can do about it."""

    exit_code = 4

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(ConversionError):
    """The command line or an API argument cannot be understood."""

    exit_code = 2


class ModelFileError(ConversionError):
    """A model file is missing, damaged or not what it claims to be."""

    exit_code = 3


class UnsupportedError(ConversionError):
    """The model is sound, but something in it has no form in the IR."""

    exit_code = 4


class InferenceError(ConversionError):
    """Shapes, element types or values of the model contradict each other."""

    exit_code = 5


class OutputError(ConversionError):
    """The result could not be written."""

    exit_code = 6


def closest(name: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """The candidates most like ``name``, best first."""
    return difflib.get_close_matches(name, list(candidates), n=count, cutoff=0.4)


def listing(names: Iterable[str], limit: int = 10) -> str:
    """Names joined for a message, the tail counted instead of printed."""
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(f"'{name}'" for name in names[:limit]) + more
