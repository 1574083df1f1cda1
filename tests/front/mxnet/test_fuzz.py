"""Damaged symbols and parameters: whatever happens to their bytes, they convert or are refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

import mo
from tests.front.mxnet.running import Case, cases
from tests.front.mxnet.verdicts import families
from tests.fuzzing import Mutants, wounded
from tests.models.mxnet import container, save, sparse, version0, version1, version2


@cache
def seeds() -> list[Case]:
    """Some cases of each family."""
    return [case for family in families() for case in list(cases(family))[::6]]


def parameters(case: Case, number: int) -> bytes:
    """Containers of all versions, dense and sparse."""
    write = (version0, version1, version2)[number % 3]
    arrays = [write(array) for array in case.weights.values() if array.ndim]
    names = [f"arg:{name}" for name, array in case.weights.items() if array.ndim]
    rows = sparse(1, (4, 2), np.float32([[1, 2], [3, 4]]), np.int64([3, 1]))
    cells = sparse(2, (2, 3), np.float32([5, 6]), np.int64([0, 1, 2]), np.int64([2, 0]))
    return container([*arrays, rows, cells], [*names, "rows", "cells"])


def _word(content: bytearray, at: int, dice: random.Random) -> None:
    content[at:at] = dice.choice((b"9" * 30, b"-", b"[", b'"', b"0", b"None", b"1e9", b"{"))


def _letter(content: bytearray, at: int, dice: random.Random) -> None:
    content[at] = dice.randrange(32, 127)


def _extreme(content: bytearray, at: int, dice: random.Random) -> None:
    content[at : at + 8] = dice.choice((b"\xff" * 8, b"\0" * 8, b"\x7f" * 8))


class TestModels(Mutants):
    few = 200

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        dice = random.Random(number)
        case = seeds()[number % len(seeds())]
        path = save(folder, case.symbol)
        path.write_bytes(parameters(case, number))
        target = path if number % 3 == 0 else folder / "net-symbol.json"
        target.write_bytes(wounded(target.read_bytes(), dice, _word, _letter, _extreme))
        shapes = ",".join(str(list(array.shape)) for array in case.inputs.values())
        return lambda: mo.convert_model(path, input_shape=shapes, silent=True).save(
            folder / "net.xml"
        )
