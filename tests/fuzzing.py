"""Damaged models: what happens to the bytes, how many there are, and what may become of each."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from mo.errors import ConversionError

# More on demand: FUZZ_MUTANTS=100000 make heavy
MANY = int(os.environ.get("FUZZ_MUTANTS", "10000"))
# The many are converted in so many tests.
PARTS = range(10)
# No mutant of these small files may compute longer than this, here and in what it starts.
SECONDS = 10

# What happens to the bytes at a place.
Wound = Callable[[bytearray, int, random.Random], None]


def _flipped(content: bytearray, at: int, dice: random.Random) -> None:
    content[at] ^= 1 << dice.randrange(8)


def _changed(content: bytearray, at: int, dice: random.Random) -> None:
    content[at] = dice.randrange(256)


def _lost(content: bytearray, at: int, dice: random.Random) -> None:
    del content[at : at + dice.randrange(1, 40)]


def _put_in(content: bytearray, at: int, dice: random.Random) -> None:
    content[at:at] = dice.randbytes(dice.randrange(1, 12))


def _repeated(content: bytearray, at: int, dice: random.Random) -> None:
    other = dice.randrange(len(content) or 1)
    size = dice.randrange(1, 24)
    content[at : at + size] = content[other : other + size]


def long_number(content: bytearray, at: int, dice: random.Random) -> None:
    """A number of protobuf's messages that goes on and on."""
    content[at : at + 1] = b"\xff" * dice.randrange(1, 10) + b"\x7f"


def wounded(content: bytes, dice: random.Random, first: Wound, *more: Wound) -> bytes:
    """One to eight wounds, those of a format (``first``, ``more``) among them."""
    wounds = (_flipped, _changed, _lost, _put_in, first, _repeated, *more)
    damaged = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        at = dice.randrange(max(1, len(damaged)))
        wounds[dice.randrange(len(wounds))](damaged, at, dice)
        if not damaged:
            return b""
    return bytes(damaged)


def computed() -> float:
    """The seconds of computing of this process and of those that it has waited for."""
    return sum(os.times()[:4])


def survivors(numbers: range, prepare: Callable[[int], Callable[[], object]]) -> int:
    """How many mutants convert; any other end than a refusal in words fails the test.

    ``prepare`` writes the mutant of a number and returns its conversion, which is timed.
    """
    accepted = 0
    for number in numbers:
        convert = prepare(number)
        start = computed()
        try:
            convert()
            accepted += 1
        except ConversionError:
            pass
        except Exception as error:
            raise AssertionError(f"mutant {number} ends in {type(error).__name__}") from error
        assert computed() - start < SECONDS, f"mutant {number} takes too long"
    return accepted


class Mutants:
    """Whatever happens to a file, it converts or is refused in words.

    A kind of file is a class that inherits these tests and says how its mutants come to be; the
    first ``few`` are converted by default, many more with the heavy tests.
    """

    few: ClassVar[int]

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        """Write the mutant of a number, always the same; the conversion of it."""
        raise NotImplementedError

    @pytest.mark.usefixtures("limited_memory")
    def test_a_few_mutants(self, tmp_path: Path) -> None:
        assert 0 < survivors(range(self.few), partial(self.prepare, folder=tmp_path)) < self.few

    @pytest.mark.heavy
    @pytest.mark.usefixtures("limited_memory")
    @pytest.mark.parametrize("part", PARTS)
    def test_many_mutants(self, tmp_path: Path, part: int) -> None:
        size = MANY // len(PARTS)
        start = self.few + part * size
        survivors(range(start, start + size), partial(self.prepare, folder=tmp_path))
