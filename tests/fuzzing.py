"""What the tests on damaged models share: how many there are, and what may become of each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from mo.errors import ConversionError

# More on demand: FUZZ_MUTANTS=100000 make heavy
MANY = int(os.environ.get("FUZZ_MUTANTS", "10000"))
# The many are converted in so many tests.
PARTS = range(10)
# No mutant of these small files may need longer than this.
SECONDS = 10


def part_of_many(part: int, few: int) -> range:
    """The numbers of one part of the many; the first ``few`` are always converted."""
    size = MANY // len(PARTS)
    return range(few + part * size, few + (part + 1) * size)


def survivors(numbers: range, prepare: Callable[[int], Callable[[], object]]) -> int:
    """How many mutants convert; any other end than a refusal in words fails the test.

    ``prepare`` writes the mutant of a number and returns its conversion, which is timed.
    """
    accepted = 0
    for number in numbers:
        convert = prepare(number)
        start = time.monotonic()
        try:
            convert()
            accepted += 1
        except ConversionError:
            pass
        except Exception as error:
            raise AssertionError(f"mutant {number} ends in {type(error).__name__}") from error
        assert time.monotonic() - start < SECONDS, f"mutant {number} takes too long"
    return accepted
