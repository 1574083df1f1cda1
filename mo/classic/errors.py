"""Errors that extensions raise and that are raised to them."""

from __future__ import annotations

from typing import Any

from mo.errors import ConversionError


class BasicError(ConversionError):
    """Text with positional fields, as in ``Error('{} is no axis', axis)``."""

    def __init__(self, message: object = "", *args: Any, hint: str = "") -> None:
        text = str(message)
        super().__init__(text.format(*args) if args else text, hint)


class Error(BasicError):
    """What the user of the extension can mend."""


class FrameworkError(BasicError):
    """What the framework that made the model complains of."""


class InternalError(BasicError):
    """A fault of the extension itself."""


def classify_error_type(error: object) -> str:
    """Whose fault an exception is: a missing package's, or an unknown one."""
    text = str(error)
    if isinstance(error, ImportError) or "module" in text:
        return text
    return "undefined"
