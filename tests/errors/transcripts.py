"""Transcripts: a situation, a command, what it prints on stderr, and its exit code."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from mo.main import main

FOLDER = Path(__file__).parent


class Transcript(NamedTuple):
    """One command of a file ``*.txt`` beside this one."""

    group: str
    situation: str
    command: str
    printed: str

    def __str__(self) -> str:
        return f"{self.group}: {self.command}"


def read(path: Path) -> Iterator[Transcript]:
    """The transcripts of a file.

    ``# situation``, ``$ command`` and, up to the next of these, what the command prints; a
    situation may have several commands.
    """
    situation, command, printed = "", "", []
    for line in [*path.read_text().splitlines(), "# "]:
        if not line.startswith(("# ", "$ ")):
            printed.append(line)
            continue
        if command:
            yield Transcript(path.stem, situation, command, "\n".join(printed).strip())
        printed, command = [], line[2:] if line[0] == "$" else ""
        situation = line[2:] if line[0] == "#" else situation


def run(command: str, folder: Path) -> str:
    """What a command prints on stderr in a folder of models, and its exit code if it fails."""
    arguments = shlex.split(command)
    assert arguments[0].removesuffix(".py") == "mo"
    err = io.StringIO()
    before = set(folder.rglob("*"))
    log = logging.getLogger("mo")
    state = log.handlers[:], log.level, log.propagate
    with (
        _working_in(folder),
        contextlib.redirect_stderr(err),
        contextlib.redirect_stdout(io.StringIO()),
        mock.patch("sys.argv", [arguments[0]]),
    ):
        code = main(arguments[1:])
    log.handlers[:], log.level, log.propagate = state
    made = sorted(set(folder.rglob("*")) - before, reverse=True)
    assert code == 0 or not made, f"a refused model left {made}"
    for path in made:
        path.unlink() if path.is_file() else path.rmdir()
    printed = err.getvalue().replace(f"{folder}{os.sep}", "").replace(str(folder), ".")
    return printed + (f"exit {code}" if code else "")


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
