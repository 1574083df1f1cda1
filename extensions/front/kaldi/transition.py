"""The transition model before the network of an acoustic model: nothing in it is wanted."""

from __future__ import annotations

import re

from extensions.front.kaldi.scanner import Scanner
from mo.errors import ModelFileError

_END = re.compile(rb"</TransitionModel>\s?")


def skip_transition_model(scanner: Scanner) -> None:
    """Pass over a transition model, if there is one."""
    start = scanner.at
    if not scanner.skip("<TransitionModel>"):
        return
    if scanner.is_binary:
        _topology(scanner)
        _tuples(scanner)
        scanner.expect("<LogProbs>")
        scanner.array()
        scanner.expect("</LogProbs>")
        scanner.expect("</TransitionModel>")
        return
    found = _END.search(scanner.view, scanner.at)
    if found is None:
        raise ModelFileError(f"byte {start}: <TransitionModel> has no end")
    scanner.at = found.end()


def _topology(scanner: Scanner) -> None:
    """States of each phone class: pdf class (two in the extended form) and transitions."""
    scanner.expect("<Topology>")
    scanner.integers()
    scanner.integers()
    entries = _count(scanner, -1)
    is_extended = entries == -1
    for _ in range(_count(scanner) if is_extended else entries):
        for _ in range(_count(scanner)):
            for _ in range(2 if is_extended else 1):
                scanner.integer()
            for _ in range(_count(scanner)):
                scanner.integer()
                scanner.number()
    scanner.expect("</Topology>")


def _tuples(scanner: Scanner) -> None:
    kind = scanner.expect("<Triples>", "<Tuples>")
    for _ in range(_count(scanner) * (3 if kind == "<Triples>" else 4)):
        scanner.integer()
    scanner.expect(f"</{kind[1:]}")


def _count(scanner: Scanner, least: int = 0) -> int:
    """A number of things that take at least two bytes each."""
    at = scanner.at
    count = scanner.integer()
    if not least <= count <= (scanner.size - at) // 2:
        raise ModelFileError(f"byte {at}: a count of {count}")
    return count
