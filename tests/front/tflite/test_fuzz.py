"""Damaged files: whatever happens to one, it converts or is refused in words."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

from mo.back.output import write_ir
from mo.cli.config import Config
from mo.pipeline.convert import convert
from tests.fuzzing import Mutants, wounded

MODELS = Path(__file__).parent / "models"
NAMES = ("int8", "loop", "sparse", "halves")


def _offset(content: bytearray, at: int, dice: random.Random) -> None:
    """A number of four bytes becomes another one: near, huge, or negative."""
    at -= at % 4
    near = dice.randrange(0, 64)
    value = dice.choice((near, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, len(content) - near))
    content[at : at + 4] = struct.pack("<I", value & 0xFFFFFFFF)


def _shifted(content: bytearray, at: int, dice: random.Random) -> None:
    """A reference leads a few bytes further."""
    at -= at % 4
    value = int.from_bytes(content[at : at + 4], "little") + dice.choice((-8, -4, 4, 8))
    content[at : at + 4] = struct.pack("<I", value & 0xFFFFFFFF)


def _in_the_tables(content: bytearray, at: int, dice: random.Random) -> None:
    """Tables lie at both ends of small files."""
    reach = min(len(content), 3000)
    place = dice.randrange(reach)
    _offset(content, place if dice.random() < 0.5 else len(content) - 1 - place, dice)


class TestModels(Mutants):
    few = 100

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        content = (MODELS / f"{NAMES[number % len(NAMES)]}.tflite").read_bytes()
        dice = random.Random(number)
        path = folder / "damaged.tflite"
        path.unlink(missing_ok=True)
        path.write_bytes(wounded(content, dice, _offset, _shifted, _in_the_tables))
        config = Config(framework="tflite", input_model=path)
        return lambda: write_ir(convert(config), folder, "ir", config.ir_version, {})
