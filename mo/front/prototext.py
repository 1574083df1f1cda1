"""The protobuf text format, read through the same field tables as the wire format.

Format: protobuf.dev, "Text Format Language Specification". The result is the dictionary that
:func:`mo.front.protobuf.parse` makes of the same message, except that spans come as lists of
numbers; each message knows where in the text it began.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from mo.errors import ModelFileError, closest
from mo.front.protobuf import DEPTH_LIMIT, Field, Kind, Message, Schema, data, text
from mo.front.protobuf import float32 as _float32
from mo.front.protobuf import float64 as _float64

# A longer text is no model that anybody wrote.
SIZE_LIMIT = 1 << 28


class TextError(ModelFileError):
    """What is wrong with a text, and in which line."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(f"line {line}: {message}", hint)
        self.line = line


class TextMessage(Message):
    """A message and the line in which it begins."""

    line: int = 0


class Unknown(NamedTuple):
    """The value of a field that no table knows: numbers, words, texts, messages as they came."""

    values: list[Any]
    # Whether it is written in brackets.
    is_list: bool = False


class _Bracketed(list[Any]):
    """Values that were written in brackets."""


class _Token(NamedTuple):
    kind: str  # word, number, text, mark; empty at the end
    text: str
    start: int
    line: int


_BLANK = re.compile(r"(?:[\s\ufeff]+|#[^\n]*)*")
_TOKEN = re.compile(
    r"(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<number>[-+]?(?:0[xX][\da-fA-F]+|\.?\d[\w.]*(?:(?<=[eE])[-+]\d+)?[fF]?|inf\w*|nan))"
    r"|(?P<text>[\"'])"
    r"|(?P<mark>[-{}<>:\[\],;/])"
)
_CLOSING = {"{": "}", "<": ">"}


def decoded(content: bytes | memoryview) -> str:
    """The bytes of a file as text; ModelFileError if they are none or too many."""
    if len(content) > SIZE_LIMIT:
        raise ModelFileError(f"{len(content) >> 20} MB are too much for a text")
    raw = bytes(content)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in raw:
            raise ModelFileError("it is no text file") from None
        return raw.decode("latin-1")


def parse_text(content: str, schema: Schema, open_ended: tuple[Schema, ...] = ()) -> TextMessage:
    """The fields of the message that a text describes. TextError if it is malformed.

    Fields that are not in the table are refused, but kept as ``Unknown`` in messages of the
    tables ``open_ended``.
    """
    parser = _Parser(content, open_ended)
    return parser.message(schema, "", 0)


class _Parser:
    def __init__(self, content: str, open_ended: tuple[Schema, ...]) -> None:
        self.content = content
        self.open_ended = {id(schema) for schema in open_ended}
        # Fields of each table by name.
        self.named: dict[int, Mapping[str, Field]] = {}
        self.line = 1
        self.token = self._scan(0)

    # ---- tokens

    def _scan(self, start: int) -> _Token:
        blank = _BLANK.match(self.content, start)
        assert blank is not None
        self.line += self.content.count("\n", start, blank.end())
        start = blank.end()
        if start == len(self.content):
            return _Token("", "the end of the file", start, self.line)
        found = _TOKEN.match(self.content, start)
        if found is None:
            raise TextError(self.line, f"{self.content[start]!r} has no meaning here")
        kind = found.lastgroup or ""
        text = self._quoted(start) if kind == "text" else found.group()
        return _Token(kind, text, start, self.line)

    def _quoted(self, start: int) -> str:
        """The text that begins here, with its quotes: weights in it are millions of signs.

        A regular expression would keep a place to come back to for each of them.
        """
        content, quote, last = self.content, self.content[start], start
        while (end := content.find(quote, last + 1)) > 0:
            before = content[last:end]
            if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
                break
            last = end
        if end < 0 or content.find("\n", start, end) >= 0:
            raise TextError(self.line, "a text has no closing quote")
        return content[start : end + 1]

    def _next(self) -> _Token:
        token = self.token
        self.token = self._scan(token.start + len(token.text) if token.kind else token.start)
        return token

    def _takes(self, mark: str) -> bool:
        if self.token.kind != "mark" or self.token.text != mark:
            return False
        self._next()
        return True

    def _error(self, message: str, token: _Token | None = None, hint: str = "") -> TextError:
        return TextError((token or self.token).line, message, hint)

    # ---- messages

    def message(self, schema: Schema | None, closing: str, depth: int) -> TextMessage:
        """Fields up to the closing mark; of any name if there is no table."""
        if depth > DEPTH_LIMIT:
            raise self._error(f"messages are nested deeper than {DEPTH_LIMIT} levels")
        result = TextMessage()
        result.line = self.token.line
        while True:
            token = self._next()
            if token.kind == "word":
                self._field(result, schema, token, depth)
            elif token.kind == "mark" and token.text == "[":
                self._extension(result, schema, token, depth)
            elif not token.kind and closing:
                raise self._error(f"a '{closing}' is missing for what began in line {result.line}")
            elif token.text == closing or not token.kind:
                return result
            elif token.text in ("}", ">"):
                raise self._error(f"there is nothing open for this '{token.text}'", token)
            else:
                found = token.text if len(token.text) < 40 else token.text[:37] + "..."
                raise self._error(f"{found!r} stands where a field should begin", token)

    def _field(self, result: Message, schema: Schema | None, name: _Token, depth: int) -> None:
        field = None if schema is None else self._fields(schema).get(name.text)
        if field is None:
            if schema is not None and id(schema) not in self.open_ended:
                raise self._unknown(schema, name)
            seen = result.setdefault(name.text, Unknown([]))
            values = self._values(None, name, depth)
            seen.values.extend(values)
            if isinstance(values, _Bracketed):
                result[name.text] = seen._replace(is_list=True)
        elif field.repeated:
            result.setdefault(field.name, []).extend(self._values(field, name, depth))
        else:
            values = self._values(field, name, depth)
            if field.name in result or len(values) != 1:
                raise self._error(f"'{field.name}' is given more than once", name)
            result[field.name] = values[0]
        if not self._takes(";"):
            self._takes(",")

    def _extension(
        self, result: Message, schema: Schema | None, opening: _Token, depth: int
    ) -> None:
        """A field of another file's making, ``[some.name]``: read and left out."""
        while not self._takes("]"):
            if not self._next().kind:
                raise self._error("a ']' is missing", opening)
        self._values(None, opening, depth)

    def _fields(self, schema: Schema) -> Mapping[str, Field]:
        found = self.named.get(id(schema))
        if found is None:
            found = self.named[id(schema)] = {field.name: field for field in schema.values()}
        return found

    def _unknown(self, schema: Schema, name: _Token) -> TextError:
        similar = closest(name.text, self._fields(schema), 1)
        hint = f"Did you mean '{similar[0]}'?" if similar else ""
        return self._error(f"there is no field '{name.text}' here", name, hint)

    # ---- values

    def _values(self, field: Field | None, name: _Token, depth: int) -> list[Any]:
        """What follows the name of a field: one value, or a list in brackets."""
        colon = self._takes(":")
        if not self._takes("["):
            return [self._value(field, name, depth, colon)]
        values = _Bracketed()
        while not self._takes("]"):
            if values and not self._takes(","):
                raise self._error("a ',' or ']' is missing")
            values.append(self._value(field, name, depth, colon))
        return values

    def _value(self, field: Field | None, name: _Token, depth: int, colon: bool) -> Any:
        opening = self.token
        if opening.kind == "mark" and opening.text in _CLOSING:
            self._next()
            if field is not None and field.kind.schema is None:
                raise self._error(f"'{name.text}' is no message", opening)
            schema = None if field is None or field.kind.schema is None else field.kind.schema()
            return self.message(schema, _CLOSING[opening.text], depth + 1)
        if colon and not opening.kind:
            raise self._error(f"the value of '{name.text}' is missing", name)
        if not colon:
            raise self._error(f"there is no ':' or '{{' behind '{name.text}'", name)
        if field is None:
            return self._anything()
        if field.kind.schema is not None:
            raise self._error(f"'{name.text}' is a message: it takes '{{'", opening)
        return self._scalar(field.kind.element or field.kind, name)

    def _scalar(self, kind: Kind, name: _Token) -> Any:
        if kind is text or kind is data:
            if self.token.kind != "text":
                raise self._error(f"'{name.text}' takes a text in quotes, not {self._shown()}")
            content = self._joined()
            return content.decode("utf-8", "backslashreplace") if kind is text else content
        token = self._next()
        if token.kind == "mark" and token.text == "-" and self.token.kind == "word":
            word = self._next()  # "-inf", with or without a blank
            token = token._replace(kind="number", text="-" + word.text)
        value = _real(token) if kind in (_float32, _float64) else _whole(token, kind)
        if value is None:
            raise self._error(*self._misfit(kind, name, token))
        return value

    def _misfit(self, kind: Kind, name: _Token, token: _Token) -> tuple[str, _Token, str]:
        if kind.words is not None:
            known = ", ".join(kind.words)
            return f"'{name.text}' cannot be {token.text}", token, f"It is one of {known}."
        what = "a number" if kind in (_float32, _float64) else "a whole number"
        low, high = kind.limits
        if what == "a whole number" and _integer(token) is not None:
            return f"'{name.text}' is {token.text}, not from {low} to {high}", token, ""
        return f"'{name.text}' takes {what}, not {token.text}", token, ""

    def _joined(self) -> bytes:
        """Texts that follow each other are one."""
        parts = []
        while self.token.kind == "text":
            parts.append(_unquoted(self._next().text))
        return b"".join(parts)

    def _anything(self) -> Any:
        """A value of whatever kind it looks like."""
        if self.token.kind == "text":
            return self._joined().decode("utf-8", "backslashreplace")
        if self.token.kind == "mark":
            raise self._error(f"{self._shown()} is no value")
        token = self._next()
        number = _integer(token)
        value = _real(token) if number is None else number
        return token.text if value is None else value

    def _shown(self) -> str:
        return f"'{self.token.text}'" if self.token.kind else self.token.text


def _integer(token: _Token) -> int | None:
    """A decimal, hexadecimal or octal number."""
    if token.kind != "number":
        return None
    digits = token.text.lstrip("+-")
    if len(digits) > 40:
        return None
    try:
        octal = len(digits) > 1 and digits.isdigit() and digits[0] == "0"
        value = int(digits, 8 if octal else 0)
    except ValueError:
        return None
    return -value if token.text[0] == "-" else value


def _whole(token: _Token, kind: Kind) -> int | None:
    if kind.words is not None and token.kind == "word":
        word = token.text.lower() if kind.words.keys() == {"false", "true"} else token.text
        return kind.words.get({"t": "true", "f": "false"}.get(word, word))
    value = _integer(token)
    if kind.words is not None and value not in kind.words.values():
        return None
    return value if value is not None and kind.limits[0] <= value <= kind.limits[1] else None


def _real(token: _Token) -> float | None:
    if token.kind not in ("number", "word"):
        return None
    number = _integer(token)
    if number is not None:
        return float(number)
    word = token.text.lower()
    if word.lstrip("+-")[:1].isalpha() and word.lstrip("+-") not in ("inf", "infinity", "nan"):
        return None
    try:
        return float(word.removesuffix("f") if word[-2:-1].isdigit() or word[-2:] == ".f" else word)
    except ValueError:
        return None


_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11}
_ESCAPE = re.compile(
    rb"\\(?:([0-7]{1,3})|[xX]([\da-fA-F]{1,2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))", re.DOTALL
)


def _unquoted(token: str) -> bytes:
    """The bytes of a quoted text, escapes resolved."""
    content = token[1:-1].encode("utf-8", "backslashreplace")
    if b"\\" not in content:
        return content

    result, end = bytearray(), 0
    for found in _ESCAPE.finditer(content):
        result += content[end : found.start()]
        result += _escaped(found)
        end = found.end()
    return bytes(result + content[end:])


def _escaped(found: re.Match[bytes]) -> bytes:
    octal, hexadecimal, short, long, sign = found.groups()
    if sign is not None:
        return bytes([_ESCAPES.get(sign.decode("latin-1"), sign[0])])
    if octal or hexadecimal:
        return bytes([int(octal or hexadecimal, 8 if octal else 16) & 0xFF])
    point = int(short or long, 16)
    return chr(point).encode("utf-8", "replace") if point < 0x110000 else b"?"
