"""Each cell of the table of flags: the numbers are those that the flag promises."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("openvino")

from tests.flags import table
from tests.flags.conversion import CELLS, Cell, Conversions


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_flag(cell: Cell, tmp_path: Path) -> None:
    cell.check(Conversions(cell.framework, tmp_path))


def test_the_table_is_whole_and_up_to_date() -> None:
    """After a change: ``python -m tests.flags --write``."""
    assert table.FILE.read_text() == table.text()
    assert "MISSING" not in table.text()


@pytest.mark.parametrize("path", table.ELSEWHERE)
def test_what_is_proved_elsewhere_is_there(path: str) -> None:
    source = Path(path).read_text()
    assert [name for name in table.ELSEWHERE[path] if name not in source] == []


def test_inputs_of_unknown_rank_are_told(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    conversions = Conversions("mxnet", tmp_path)
    symbol = tmp_path / "net-symbol.json"
    symbol.write_text(symbol.read_text().replace("__shape__", "note"))
    conversions.convert()
    assert "How many dimensions 'image', 'extra' have is not known" in capfd.readouterr().err
