"""Log output: level and text on stderr, module and time only when debugging."""

from __future__ import annotations

import logging
import sys


def set_up(level: str, silent: bool = False) -> None:
    """Send the records of this tool to stderr from ``level`` (a logging name) on."""
    number = logging.ERROR if silent else getattr(logging, level, logging.ERROR)
    debugging = number <= logging.DEBUG
    pattern = "[ %(levelname)s ]  %(message)s"
    if debugging:
        pattern = (
            "[ %(levelname)s ] [ %(relativeCreated)d ms ] [ %(module)s:%(lineno)d ]  %(message)s"
        )
    root = logging.getLogger("mo")
    root.handlers[:] = [logging.StreamHandler(sys.stderr)]
    root.handlers[0].setFormatter(logging.Formatter(pattern))
    root.setLevel(number)
    root.propagate = False
