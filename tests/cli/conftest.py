"""What the tests of the command line share."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest


@pytest.fixture
def make(tmp_path):
    """Makes a file and returns its path."""

    def write(name: str, content: bytes = b"\xff\xff") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(autouse=True)
def logging_untouched(monkeypatch):
    """Another test may have set up the log of the program; caplog needs its records."""
    log = logging.getLogger("mo")
    level = log.level
    log.setLevel(logging.NOTSET)
    monkeypatch.setattr(log, "propagate", True)
    yield
    log.setLevel(level)
