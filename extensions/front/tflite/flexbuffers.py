"""Options of custom operators: values without a schema, each with its kind and width.

The root lies at the end: its value, its packed kind, its width. A vector has its length in front
and a byte with the kind of each element behind; a map is the vector of its values, with the place
of its sorted keys in front. Format: flatbuffers.dev, "FlexBuffers".
"""

from __future__ import annotations

from typing import Any

from extensions.front.tflite.flatbuffers import File, Span, damaged

_INT, _UINT, _FLOAT, _KEY, _STRING = 1, 2, 3, 4, 5
# Numbers that lie elsewhere, and what they are.
_INDIRECT = {6: _INT, 7: _UINT, 8: _FLOAT}
_MAP, _VECTOR, _BLOB, _BOOL, _BOOLS = 9, 10, 25, 26, 36
# Vectors whose elements have one kind, and that kind; those of a fixed length come after them.
_TYPED = {11: _INT, 12: _UINT, 13: _FLOAT, 14: _KEY, 15: _STRING, _BOOLS: _BOOL}
_FIXED = range(16, 25)
_LAYOUTS = {_INT: "bhiq", _UINT: "BHIQ", _BOOL: "BHIQ", _FLOAT: " efd"}

_DEPTH_LIMIT = 16


def read(file: File, start: int, end: int) -> Any:
    """Numbers, lists, dicts by text; texts and bytes are spans, as they stay in the file."""
    if end - start < 3:
        raise damaged("options of a custom operator are cut off")
    width, packed = int(file.number("<B", end - 1)), int(file.number("<B", end - 2))
    return _Reader(file, start, end).value(end - 2 - width, width, packed, 0)


class _Reader:
    def __init__(self, file: File, start: int, end: int) -> None:
        self.file = file
        self.start = start
        self.end = end

    def number(self, kind: int, at: int, width: int) -> Any:
        if width not in (1, 2, 4, 8) or not self.start <= at <= self.end - width:
            raise damaged("an option of a custom operator lies outside")
        layout = _LAYOUTS[kind][width.bit_length() - 1]
        if layout == " ":
            raise damaged("an option of a custom operator is a float of one byte")
        return self.file.number("<" + layout, at)

    def followed(self, at: int, width: int) -> int:
        """Where an offset backwards leads."""
        return at - int(self.number(_UINT, at, width))

    def value(self, at: int, width: int, packed: int, depth: int) -> Any:
        """What stands at a place; ``packed``: its kind, and the width of what it refers to."""
        kind, wide = packed >> 2, 1 << (packed & 3)
        if depth > _DEPTH_LIMIT:
            raise damaged("options of a custom operator are nested too deeply")
        if kind == 0:
            return None
        if kind in _LAYOUTS:
            number = self.number(kind, at, width)
            return bool(number) if kind == _BOOL else number
        target = self.followed(at, width)
        if kind in _INDIRECT:
            return self.number(_INDIRECT[kind], target, wide)
        if kind == _KEY:
            return self._key(target)
        if kind in (_STRING, _BLOB):
            return self._span(target, wide)
        if kind in _FIXED:
            length, element = divmod(kind - _FIXED.start, 3)
            return self._elements(target, wide, length + 2, _INT + element, depth)
        length = int(self.number(_UINT, target - wide, wide))
        if kind in _TYPED:
            return self._elements(target, wide, length, _TYPED[kind], depth)
        if kind not in (_MAP, _VECTOR):
            raise damaged(f"an option of a custom operator is of the unknown kind {kind}")
        values = self._elements(target, wide, length, None, depth)
        return dict(zip(self._keys(target, wide, depth), values)) if kind == _MAP else values

    def _elements(
        self, at: int, width: int, length: int, kind: int | None, depth: int
    ) -> list[Any]:
        """Elements of one kind, or of the kinds that stand behind them."""
        if at + length * width > self.end:
            raise damaged(f"options of a custom operator claim {length} values")
        kinds = at + length * width
        return [
            self.value(
                at + i * width,
                width,
                int(self.number(_UINT, kinds + i, 1)) if kind is None else kind << 2,
                depth + 1,
            )
            for i in range(length)
        ]

    def _keys(self, at: int, width: int, depth: int) -> list[Any]:
        keys = self.followed(at - 3 * width, width)
        key_width = int(self.number(_UINT, at - 2 * width, width))
        length = int(self.number(_UINT, keys - key_width, key_width))
        return self._elements(keys, key_width, length, _KEY, depth)

    def _key(self, at: int) -> str:
        """A text that ends with a zero."""
        end = at
        while self.number(_UINT, end, 1):
            end += 1
        return bytes(self.file.view[at:end]).decode("utf-8", "backslashreplace")

    def _span(self, at: int, width: int) -> Span:
        length = int(self.number(_UINT, at - width, width))
        if at + length > self.end:
            raise damaged("a text among the options of a custom operator is cut off")
        return at, at + length
