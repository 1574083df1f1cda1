"""--progress: a bar on stderr, redrawn on a terminal or a line per step with --stream_output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mo.cli.config import Config

# (step just begun, its number, number of steps)
Advance = Callable[[str, int, int], None]

WIDTH = 20


@contextmanager
def progress_bar(config: Config) -> Iterator[Advance]:
    """A function to call before each step; it shows nothing unless --progress asks for it."""
    if not config.progress or config.silent:
        yield lambda step, number, total: None
        return
    streaming = config.stream_output or not sys.stderr.isatty()

    def advance(step: str, number: int, total: int) -> None:
        done = WIDTH * number // total
        bar = "." * done + " " * (WIDTH - done)
        text = f"Progress: [{bar}] {100 * number / total:6.2f}% {step:<28}"
        print(text, file=sys.stderr, end="\n" if streaming else "\r", flush=True)

    try:
        yield advance
        advance("done", 1, 1)
    finally:
        if not streaming:
            print(file=sys.stderr)
