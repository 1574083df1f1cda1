"""Faults of extensions in words: which file, class and phase, and the user's lines of the trace."""

from __future__ import annotations

import traceback
from pathlib import Path

from mo.errors import ConversionError

_OURS = Path(__file__).parents[1]


class ExtensionError(ConversionError):
    """An extension failed; the message names it and the lines of its own that led there."""


def user_error(error: BaseException, what: str) -> ExtensionError:
    """The error of user code in ``what`` (a class and its phase, or a function of a node)."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not Path(frame.filename).is_relative_to(_OURS)
        and "importlib" not in frame.filename
        and not Path(frame.filename).is_relative_to(_OURS.parent / "extensions")
    ]
    lines = [
        f"    {Path(frame.filename).name}, line {frame.lineno}, in {frame.name}: {frame.line}"
        for frame in frames[-5:]
    ]
    message = getattr(error, "message", None) or str(error)
    kind = "" if isinstance(error, ConversionError) else f"{type(error).__name__}: "
    text = f"The extension failed in {what}: {kind}{message}"
    hint = getattr(error, "hint", "") or "Mend the extension, or leave it out of --extensions."
    return ExtensionError("\n".join([text, *lines]), hint)
