"""The verdicts on all recorded cases.

    python -m tests.front.mxnet.verdicts            print verdicts that changed
    python -m tests.front.mxnet.verdicts --write    write them to verdicts.csv
    python -m tests.front.mxnet.verdicts TEXT...    only cases with these texts in their names

Each case is judged with static shapes, with an open batch, and with all dimensions open:
``pass``, ``refused`` and why, or ``not run``: the runtime has no kernel for it.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from mo.errors import ConversionError
from tests.front.mxnet.running import RECORDED, Case, cases, check
from tests.ops.runtime import Rejected

TABLE = Path(__file__).with_name("verdicts.csv")
OPEN = ("none", "batch", "all")
Row = dict[str, str]


def families() -> list[str]:
    return sorted(path.stem for path in RECORDED.glob("*.npz"))


def verdict(case: Case, open_axes: str) -> str:
    try:
        check(case, open_axes)
    except ConversionError as error:
        return "refused: " + error.message.replace("\n", " ")
    except Rejected:
        return "not run"
    except AssertionError as error:
        return "WRONG: " + " ".join(str(error).split())[:200]
    except Exception as error:
        return f"FAILED: {type(error).__name__}: {' '.join(str(error).split())[-200:]}"
    return "pass"


def judged(texts: list[str], before: dict[tuple[str, str], Row]) -> Iterator[Row]:
    """A row for each case; those without any of the texts keep the row that they have."""
    for family in families():
        for case in cases(family):
            row = {"family": family, "case": case.name}
            kept = before.get((family, case.name))
            if kept and texts and not any(text in f"{family} {case.name}" for text in texts):
                yield kept
            else:
                yield {**row, **{open_axes: verdict(case, open_axes) for open_axes in OPEN}}


def known() -> dict[tuple[str, str], Row]:
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="") as file:
        return {(row["family"], row["case"]): row for row in csv.DictReader(file)}


def main(arguments: list[str]) -> None:
    before = known()
    texts = [argument for argument in arguments if not argument.startswith("--")]
    rows = []
    for row in judged(texts, before):
        rows.append(row)
        changed = before.get((row["family"], row["case"])) != row
        wanted = any(text in f"{row['family']} {row['case']}" for text in texts)
        if wanted or changed:
            print(*row.values(), sep=" | ")
    if "--write" in arguments:
        with TABLE.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["family", "case", *OPEN], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
