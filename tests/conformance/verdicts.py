"""Verdicts of the tables, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mo.errors import ConversionError


def attempted(
    action: Callable[[], Any],
    refusal: Callable[[ConversionError], str],
    known: Mapping[type[Exception], str] | None = None,
) -> str:
    """What becomes of a check: right, refused in words, wrong, or not run.

    ``known``: verdicts on exceptions that tell why there is nothing to check.
    """
    try:
        action()
    except ConversionError as error:
        return refusal(error)
    except AssertionError as error:
        return f"wrong: {' '.join(str(error).split())[:100]}"
    except Exception as error:
        for kind, words in (known or {}).items():
            if isinstance(error, kind):
                return words
        return f"not run: {' '.join(str(error).split())[-160:]}"
    return "right"
