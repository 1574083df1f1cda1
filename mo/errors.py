"""Errors a user can act on, and the exit codes that go with them.

Anything that is not a :class:`ConversionError` is a defect of this tool (exit code 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sized


class ConversionError(Exception):
    """What went wrong, in ``hint`` what the user can do about it, in ``code`` a file to do it."""

    exit_code = 4

    def __init__(self, message: str, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code

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


class Finished(ConversionError):
    """What was asked for is done, and it is not a model: there is nothing to convert or write."""

    exit_code = 0


class OutputError(ConversionError):
    """The result could not be written."""

    exit_code = 6


def closest(name: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """The candidates most like ``name``, best first."""
    return difflib.get_close_matches(name, list(dict.fromkeys(candidates)), n=count, cutoff=0.4)


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """A question for a misspelled name, with a blank behind it; empty if nothing is like it."""
    similar = closest(name, candidates)
    return f"Did you mean {listing(similar)}? " if similar else ""


def counted(things: Sized | int, word: str) -> str:
    """``1 input``, ``2 inputs``: things or their number, and the word for one of them."""
    number = things if isinstance(things, int) else len(things)
    return f"{number} {word}{'' if number == 1 else 's'}"


def listing(names: Iterable[str], limit: int = 10) -> str:
    """Names joined for a message, the tail counted instead of printed."""
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(f"'{name}'" for name in names[:limit]) + more
