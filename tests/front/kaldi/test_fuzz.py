"""Damaged files: whatever happens to a model's bytes, it converts or is refused in words."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("openvino")

import mo
from mo.errors import ConversionError
from tests.front.kaldi import families, test_nnet1, test_nnet2, test_time
from tests.front.kaldi.test_true_models import DATA, MODELS
from tests.front.kaldi.writing import nnet1, nnet2
from tests.fuzzing import Mutants, wounded

AT_X = "ReplaceIndex(Offset(input, 0, 1), x, 0)"
# Numbers that sizes and offsets turn into.
NUMBERS = [b"-1", b"0", b"1", b"2147483647", b"-2147483648", b"1e30", b"nan", b"16777216"]


def seeds() -> list[bytes]:
    """Models of Kaldi's own, and one of each component."""
    found = [(DATA / name).read_bytes() for name in MODELS]
    for cases in families.CASES:
        for number, name in enumerate(cases):
            found.append(cases.network(name).data(binary=number % 3 > 0))
    for number, (layer, _) in enumerate(test_nnet1.CASES.values()):
        found.append(nnet1([layer], binary=number % 3 > 0))
    for number, (kind, fields, _) in enumerate(test_nnet2.CASES.values()):
        found.append(nnet2([(kind, fields)], binary=number % 3 > 0))
    for text in (
        "Round(input, 3)",
        "Failover(Offset(input, -2), input)",
        "Switch(input, input)",
        AT_X,
    ):
        found.append(test_time.reading(text, 3).data())
    return found


SEEDS = seeds()


def _token(content: bytearray, at: int, dice: random.Random) -> None:
    starts = [i for i, byte in enumerate(content) if byte == ord("<")]
    at = dice.choice(starts) if starts else 0
    content[at : at + dice.randrange(1, 20)] = b"<Dim> "


def _number(content: bytearray, at: int, dice: random.Random) -> None:
    """In text, or behind the byte of its size."""
    digits = [i for i, byte in enumerate(content) if byte in b"0123456789\4"]
    at = dice.choice(digits) if digits else 0
    if content[at : at + 1] == b"\4":
        content[at + 1 : at + 5] = dice.choice((b"\xff" * 4, b"\0\0\0\x7f", b"\0" * 4))
    else:
        content[at : at + 1] = dice.choice(NUMBERS)


def mutant(number: int) -> bytes:
    """A seed with one to eight wounds; the same for the same number."""
    return wounded(SEEDS[number % len(SEEDS)], random.Random(number), _token, _number)


def convert_file(path: Path, folder: Path, **flags: str) -> None:
    """A refusal is one line, or a list of what is not supported."""
    try:
        mo.convert_model(path, framework="kaldi", silent=True, **flags).save(folder / "net.xml")
    except ConversionError as error:
        lines = error.message.splitlines()
        if len(lines) > 1 and "not supported:" not in lines[0]:
            raise AssertionError(f"not one line: {error.message}") from error
        raise


class TestModels(Mutants):
    few = 400

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        path = folder / "mutant.mdl"
        path.write_bytes(mutant(number))
        flags = {"kaldi_chunk": "dynamic" if number % 4 == 0 else "30"} if number % 2 else {}
        return lambda: convert_file(path, folder, **flags)


CUT = ["nnet3_lstm.raw", "nnet2_splice_pnorm.raw", "nnet1_splice_shift_scale.nnet", "p_norm.raw"]
COMPONENT = re.compile(rb"<(\w+Component|\w+Transform|Splice|AddShift|Rescale|Tanh)> ")


def component_at(content: bytes, place: int) -> str:
    """The component that a place is inside of, as errors name it, or ''."""
    for found in COMPONENT.finditer(content):
        end = content.find(b"</" + found.group(1), found.end())
        if end < 0:
            end = content.find(b"<!EndOfComponent>", found.end())
        if found.end() < place <= end:
            return f"<{found.group(1).decode()}>"
    return ""


@pytest.mark.parametrize("name", CUT)
def test_cut_off_anywhere(name: str, tmp_path: Path) -> None:
    """The byte is told, and the component."""
    content = (DATA / name).read_bytes()
    path = tmp_path / "cut.mdl"
    for length in range(1, content.rindex(b"</Nnet"), 17):
        path.write_bytes(content[:length])
        with pytest.raises(ConversionError) as caught:
            mo.convert_model(path, framework="kaldi", silent=True)
        assert "byte " in caught.value.message
        assert component_at(content, length) in caught.value.message
