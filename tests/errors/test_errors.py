"""What users are told when something is wrong: every message as it is printed.

The situations are those of the facts sheet (cli.md, section 8), in the files ``*.txt``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.errors.models import make
from tests.errors.transcripts import FOLDER, Transcript, read, run

TRANSCRIPTS = [one for path in sorted(FOLDER.glob("*.txt")) for one in read(path)]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make(folder)
    return folder


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=str)
def test_a_message(transcript: Transcript, models: Path) -> None:
    assert run(transcript.command, models).strip() == transcript.printed


def test_refusals_say_what_to_do() -> None:
    for transcript in TRANSCRIPTS:
        lines = transcript.printed.splitlines()
        assert lines, transcript
        assert len(lines) > 2 or "exit" not in lines[-1], transcript
        assert "Traceback" not in transcript.printed
        assert "Internal error" not in transcript.printed
