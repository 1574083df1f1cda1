"""Prints the table of flags; with --write puts it into table.csv."""

from __future__ import annotations

import sys

from tests.flags import table

if __name__ == "__main__":
    text = table.text()
    if "--write" in sys.argv:
        table.FILE.write_text(text)
    print(text, end="")
