"""Damaged files: whatever happens to one, it converts or is refused in words."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from extensions.front.tf import table
from extensions.front.tf.checksum import masked_crc32c
from mo.back.output import write_ir
from mo.cli.config import Config
from mo.errors import ConversionError
from mo.front.files import open_model
from mo.pipeline.convert import convert
from tests.fuzzing import Mutants, wounded

MODELS = Path(__file__).parent / "models"


def _huge(content: bytearray, at: int, dice: random.Random) -> None:
    """A number becomes a huge one."""
    content[at : at + 1] = b"\xff" * dice.randrange(1, 10) + b"\x7f"


def _cut_off(content: bytearray, at: int, dice: random.Random) -> None:
    if dice.random() < 0.3:
        del content[at:]


def damaged(content: bytes, dice: random.Random) -> bytes:
    return wounded(content, dice, _huge, _cut_off)


def with_checksums(path: Path, dice: random.Random) -> bytes:
    """Bytes of one block changed, and its checksum with them."""
    content = bytearray(path.read_bytes())
    start, size = dice.choice(blocks(path))
    for _ in range(dice.choice((1, 2, 4))):
        content[start + dice.randrange(size)] = dice.choice((0, 1, 0x7F, 0xFF, dice.randrange(256)))
    end = start + size + 1
    content[end : end + 4] = masked_crc32c(bytes(content[start:end])).to_bytes(4, "little")
    return bytes(content)


def blocks(path: Path) -> list[tuple[int, int]]:
    """Where the blocks of a table lie."""
    found: list[tuple[int, int]] = []
    reads = table._block

    def noted(file: object, offset: int, size: int) -> memoryview:
        found.append((offset, size))
        return reads(file, offset, size)  # type: ignore[arg-type]

    table._block = noted  # type: ignore[assignment]
    try:
        list(table.entries(open_model(path)))
    finally:
        table._block = reads
    return found


def convert_file(config: Config, folder: Path) -> None:
    write_ir(convert(config), folder, "ir", config.ir_version, {})


class Damaged(Mutants):
    few = 60

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        config = self.write(number, folder)
        return lambda: convert_file(config, folder)

    def write(self, number: int, folder: Path) -> Config:
        """Write a mutant; what converts it."""
        raise NotImplementedError


class TestGraphs(Damaged):
    """A GraphDef, binary or as text."""

    def write(self, number: int, folder: Path) -> Config:
        name = ("operations.pb", "loops.pb", "frozen.pb", "frozen.pbtxt")[number % 4]
        path = folder / name
        path.write_bytes(damaged((MODELS / name).read_bytes(), random.Random(number)))
        return Config(framework="tf", input_model=path)


class TestSavedModels(Damaged):
    def write(self, number: int, folder: Path) -> Config:
        name = ("saved_model", "old_saved_model")[number % 2]
        if not (folder / name).exists():
            shutil.copytree(MODELS / name, folder / name)
        content = (MODELS / name / "saved_model.pb").read_bytes()
        (folder / name / "saved_model.pb").write_bytes(damaged(content, random.Random(number)))
        return Config(framework="tf", sources={"saved_model_dir": folder / name})


class TestCheckpoints(Damaged):
    """An index or an old checkpoint; every second time its checksums are made to fit again."""

    def write(self, number: int, folder: Path) -> Config:
        version, dice = number % 2 + 1, random.Random(number)
        name = f"checkpoint_v{version}"
        if not (folder / f"{name}.meta").exists():
            for path in MODELS.glob(f"{name}*"):
                shutil.copy(path, folder)
        path = MODELS / (name + (".index" if version == 2 else ""))
        content = path.read_bytes()
        wounds = damaged(content, dice) if number % 4 < 2 else with_checksums(path, dice)
        (folder / path.name).write_bytes(wounds)
        return Config(framework="tf", sources={"input_meta_graph": folder / f"{name}.meta"})


@pytest.mark.parametrize("name", ["frozen.pb", "operations.pb", "frozen.pbtxt"])
def test_a_graph_may_be_cut_off_anywhere(name: str, tmp_path: Path) -> None:
    """Where whole fields are left they are a smaller graph, which may well convert."""
    content, path = (MODELS / name).read_bytes(), tmp_path / name
    for size in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:size])
        with contextlib.suppress(ConversionError):
            convert_file(Config(framework="tf", input_model=path), tmp_path)
