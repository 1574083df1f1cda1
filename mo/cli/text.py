"""A flag's value as a grammar sees it: parts that remember where they stand in the text.

A name may hold any character: ``"..."`` or a backslash takes the meaning from it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from mo.errors import UsageError

BRACKETS = {"[": "]", "(": ")", "{": "}"}
# Deeper nesting is a mistake or an attack; functions that follow brackets may recurse.
DEPTH_LIMIT = 32

_BLANKS = " \t\r\n"
# What grammar rules see in the place of a quoted character.
_HIDDEN = "\0"
_SPECIAL = re.compile(r'[][(){},"\\]|->|\A\s|\s\Z')
# How much of a long value an error shows on each side of the bad part.
_CONTEXT = 32


class Text:
    """A stretch of a flag's value. ``outline`` is its text with quoted characters hidden."""

    __slots__ = ("_start", "_stop", "_whole", "level", "outline")

    def __init__(self, whole: _Value, start: int, stop: int) -> None:
        self._whole = whole
        self._start = start
        self._stop = stop
        self.outline = whole.outline[start:stop]
        # How many brackets are open around this part.
        self.level = whole.levels[start] if start < stop else 0

    @staticmethod
    def of(flag: str, source: str, example: str, quotes: str = '"') -> Text:
        """Read quotes and backslashes; UsageError if quotes or brackets do not match."""
        whole = _Value(flag, source, example)
        whole.read(quotes)
        whole.measure()
        return Text(whole, 0, len(whole.outline)).strip()

    def __str__(self) -> str:
        return "".join(self._whole.characters[self._start : self._stop])

    def __len__(self) -> int:
        return self._stop - self._start

    def part(self, start: int, stop: int | None = None) -> Text:
        """The characters from ``start`` up to ``stop``, without blanks around them."""
        stop = self._stop if stop is None else self._start + stop
        return Text(self._whole, self._start + start, stop).strip()

    def strip(self) -> Text:
        start = self._stop - len(self.outline.lstrip(_BLANKS))
        stop = start + len(self.outline.strip(_BLANKS))
        return Text(self._whole, start, stop) if stop - start < len(self) else self

    def is_quoted(self) -> bool:
        return _HIDDEN in self.outline

    def split(self, separator: str) -> list[Text]:
        """The parts between separators that no bracket holds; one empty part for no text."""
        parts, start = [], 0
        for position in self._outside(separator):
            parts.append(self.part(start, position))
            start = position + len(separator)
        return [*parts, self.part(start)]

    def elements(self, what: str) -> list[Text]:
        """The items of a list: separated by commas (one may follow the last), else by blanks."""
        if not self:
            return []
        parts = self.split(",")
        if len(parts) == 1:
            return self._words()
        if not parts[-1]:
            parts.pop()
        for part in parts:
            if not part:
                raise part.missing(what)
            if len(part._words()) > 1:
                raise part.error("lacks a comma")
        return parts

    def group(self) -> Text | None:
        """The bracket at the very start with all it holds; ``None`` if there is no bracket."""
        if self.outline[:1] not in BRACKETS:
            return None
        return self.part(0, self._whole.partner[self._start] + 1 - self._start)

    def inside(self) -> Text:
        """What the brackets around this text hold."""
        return self.part(1, len(self) - 1)

    def brackets(self) -> list[int]:
        """Where brackets open that no other bracket holds."""
        levels = self._whole.levels[self._start : self._stop]
        return [
            i
            for i, character in enumerate(self.outline)
            if character in BRACKETS and levels[i] == self.level
        ]

    def error(self, problem: str) -> UsageError:
        """The error ``'this text' problem``, with a marker under it and a correct example."""
        return self._whole.error(f"'{_shortened(self._written())}' {problem}", *self._place())

    def missing(self, what: str) -> UsageError:
        """The error that something should stand here."""
        return self._whole.error(f"{what} is missing", *self._place())

    def _place(self) -> tuple[int, int]:
        places = self._whole.places
        return places[self._start], places[self._stop] if self else places[self._start]

    def _written(self) -> str:
        start, stop = self._place()
        return self._whole.source[start:stop]

    def _words(self) -> list[Text]:
        cuts = [-1, *(p for blank in _BLANKS for p in self._outside(blank)), len(self)]
        cuts.sort()
        return [self.part(start + 1, stop) for start, stop in pairwise(cuts) if stop > start + 1]

    def _outside(self, token: str) -> list[int]:
        found, levels = [], self._whole.levels
        position = self.outline.find(token)
        while position >= 0:
            if levels[self._start + position] == self.level:
                found.append(position)
            position = self.outline.find(token, position + len(token))
        return found


class _Value:
    """The whole value: what its parts share."""

    def __init__(self, flag: str, source: str, example: str) -> None:
        self.flag = flag
        self.source = source
        self.example = example
        self.outline = ""
        # Parallel to the outline: the real characters, their places in the source, how many
        # brackets are open around them.
        self.characters: list[str] = []
        self.places: list[int] = []
        self.levels: list[int] = []
        # Where the bracket that opens at an index closes.
        self.partner: dict[int, int] = {}

    def read(self, quotes: str) -> None:
        outline: list[str] = []

        def add(character: str, place: int, outlined: str = _HIDDEN) -> None:
            self.characters.append(character)
            self.places.append(place)
            outline.append(outlined)

        source, quote, opened, place = self.source, "", 0, 0
        while place < len(source):
            character = source[place]
            if character == "\\" and place + 1 < len(source):
                add(source[place + 1], place)
                place += 1
            elif character == quote:
                quote = ""
                if place == opened + 1:
                    # An empty quotation is there, though it has no character.
                    add("", opened)
            elif quote:
                # The quotation mark stands where its first character does.
                add(character, opened if place == opened + 1 else place)
            elif character in quotes:
                quote, opened = character, place
            else:
                add(character, place, character)
            place += 1
        self.places.append(place)
        if quote:
            raise self.error("the quotation is never closed", opened, opened + 1)
        self.outline = "".join(outline)

    def measure(self) -> None:
        closing = set(BRACKETS.values())
        opened: list[int] = []
        for i, character in enumerate(self.outline):
            if character in closing:
                if not opened:
                    raise self._bracket_error(i, "closes nothing")
                start = opened.pop()
                if BRACKETS[self.outline[start]] != character:
                    raise self._bracket_error(i, f"does not close '{self.outline[start]}'")
                self.partner[start] = i
            self.levels.append(len(opened))
            if character in BRACKETS:
                opened.append(i)
                if len(opened) > DEPTH_LIMIT:
                    raise self._bracket_error(i, "is nested too deeply")
        if opened:
            raise self._bracket_error(opened[-1], "is never closed")

    def _bracket_error(self, index: int, problem: str) -> UsageError:
        place = self.places[index]
        return self.error(f"'{self.outline[index]}' {problem}", place, place + 1)

    def error(self, problem: str, start: int, stop: int) -> UsageError:
        stop = min(stop, start + 2 * _CONTEXT)
        first, last = max(0, start - _CONTEXT), max(stop, start + 1) + _CONTEXT
        before = ("..." if first else "") + _printable(self.source[first:start])
        marked = _printable(self.source[start:stop])
        after = _printable(self.source[stop:last]) + ("..." if last < len(self.source) else "")
        marker = " " * _columns(before) + "^" * max(1, _columns(marked))
        return UsageError(
            f"{self.flag}: {problem}\n  {before}{marked}{after}\n  {marker}",
            hint=f'For example: {self.flag} "{self.example}"',
        )


def escaped(name: str) -> str:
    """A name written so that it is read as this name."""
    return _SPECIAL.sub(lambda match: "\\" + match.group(), name)


def bad_value(flag: str, value: Any, problem: str, example: str) -> UsageError:
    """The error that a value without inner structure is wrong."""
    return UsageError(
        f"{flag}: '{_shortened(str(value))}' {problem}", hint=f"For example: {flag} {example}"
    )


def _shortened(text: str) -> str:
    text = _printable(text)
    return text if len(text) <= 60 else f"{text[:40]}...{text[-16:]}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def _columns(text: str) -> int:
    """How wide a terminal shows the text: Chinese and Japanese characters take two columns."""
    import unicodedata

    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
