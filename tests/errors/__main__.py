"""``python -m tests.errors``: write into the transcripts what the commands print now."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.errors.models import make
from tests.errors.transcripts import FOLDER, read, run

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    make(folder)
    for path in sorted(FOLDER.glob("*.txt")):
        lines, situation = [], ""
        for transcript in read(path):
            if transcript.situation != situation:
                situation = transcript.situation
                lines.append(f"# {situation}\n")
            lines.append(f"$ {transcript.command}\n{run(transcript.command, folder).strip()}\n")
        path.write_text("\n".join(lines))
