"""Kaldi models as bytes, binary or text, from components given as types and fields."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

# (name without brackets, or "" for what stands without one; value)
Field = tuple[str, Any]


class Double(float):
    """A number that is written with eight bytes."""


class Writer:
    """What Kaldi writes for each kind of value.

    int, float, Double, bool, list of int, list of pairs, float32 or float64 array, None (nothing),
    str (a token), bytes (as they are), and tuples of values one after another.
    """

    def __init__(self, binary: bool = True) -> None:
        self.binary = binary
        self.data = b"\0B" if binary else b""

    def token(self, text: str) -> Writer:
        self.data += text.encode() + b" "
        return self

    def field(self, name: str, value: Any) -> Writer:
        if name:
            self.token(f"<{name}>")
        return self.value(value)

    def value(self, value: Any) -> Writer:
        if isinstance(value, tuple):
            for item in value:
                self.value(item)
        elif isinstance(value, bytes):
            self.data += value
        elif isinstance(value, str):
            self.token(value)
        elif value is not None:
            self.data += self._binary(value) if self.binary else self._text(value)
        return self

    def _binary(self, value: Any) -> bytes:
        if isinstance(value, bool):
            return b"T" if value else b"F"
        if isinstance(value, int):
            return b"\4" + struct.pack("<i", value)
        if isinstance(value, Double):
            return b"\x08" + struct.pack("<d", value)
        if isinstance(value, float):
            return b"\4" + struct.pack("<f", value)
        if isinstance(value, list):
            return b"\4" + struct.pack("<i", len(value)) + np.array(value, "<i4").tobytes()
        kind = b"D" if value.dtype == np.float64 else b"F"
        head = kind + (b"M " if value.ndim == 2 else b"V ")
        sizes = b"".join(b"\4" + struct.pack("<i", size) for size in value.shape)
        return head + sizes + np.ascontiguousarray(value).tobytes()

    def _text(self, value: Any) -> bytes:
        if isinstance(value, bool):
            return b"T " if value else b"F "
        if isinstance(value, (int, float)):
            return f"{value!r} ".encode()
        if isinstance(value, list):
            items = [",".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value]
            return f"[ {' '.join(items)} ]\n".encode()
        rows = [" ".join(repr(float(number)) for number in row) for row in np.atleast_2d(value)]
        if value.ndim == 1:
            return f" [ {rows[0]} ]\n".encode()
        return (" [" + "".join(f"\n  {row}" for row in rows) + " ]\n").encode()


def component(kind: str, fields: Sequence[Field], writer: Writer) -> None:
    """nnet2 and nnet3: ``<Type> fields </Type>``."""
    writer.token(f"<{kind}>")
    for name, value in fields:
        writer.field(name, value)
    writer.token(f"</{kind}>")


def nnet1(
    components: Sequence[tuple[str, int, int, Sequence[Field]]], binary: bool = True
) -> bytes:
    """Components as (type, columns out, columns in, fields)."""
    writer = Writer(binary)
    write_nnet1(writer, components)
    return writer.data


def write_nnet1(
    writer: Writer, components: Sequence[tuple[str, int, int, Sequence[Field]]]
) -> None:
    writer.token("<Nnet>")
    for kind, out, into, fields in components:
        writer.token(f"<{kind}>").value((out, into))
        for name, value in fields:
            writer.field(name, value)
        writer.token("<!EndOfComponent>")
    writer.token("</Nnet>")


def nnet2(components: Sequence[tuple[str, Sequence[Field]]], binary: bool = True) -> bytes:
    writer = Writer(binary).token("<Nnet>").field("NumComponents", len(components))
    writer.token("<Components>")
    for kind, fields in components:
        component(kind, fields, writer)
    return writer.token("</Components>").token("</Nnet>").data


def nnet3(
    lines: Sequence[str],
    components: Sequence[tuple[str, str, Sequence[Field]]],
    binary: bool = True,
    priors: np.ndarray | None = None,
) -> bytes:
    """Lines of the wiring; components as (name, type, fields); with priors an acoustic model."""
    writer = Writer(binary)
    if priors is not None:
        write_transition_model(writer)
    writer.token("<Nnet3>")
    writer.data += "\n".join(["", *lines, "", ""]).encode()
    writer.field("NumComponents", len(components))
    for name, kind, fields in components:
        writer.token("<ComponentName>").token(name)
        component(kind, fields, writer)
    writer.token("</Nnet3>")
    if priors is not None:
        writer.field("LeftContext", 0).field("RightContext", 0).field("Priors", priors)
    return writer.data


def write_transition_model(writer: Writer) -> None:
    """Two phones of one state each."""
    writer.token("<TransitionModel>")
    if writer.binary:
        writer.token("<Topology>").value(([1, 2], [-1, 0, 0], 1, 2))
        writer.value((0, 2, 0, 0.75, 1, 0.25, -1, 0)).token("</Topology>")
        writer.token("<Triples>").value((2, 1, 0, 0, 2, 0, 1)).token("</Triples>")
    else:
        writer.data += b"\n<Topology> <TopologyEntry> <ForPhones> 1 2 </ForPhones> </Topology>\n"
    writer.field("LogProbs", np.zeros(5, np.float32)).token("</LogProbs>")
    writer.token("</TransitionModel>")
