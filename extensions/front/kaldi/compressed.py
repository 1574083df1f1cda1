"""Kaldi's compressed matrices: bytes or words that stand for numbers in a range.

Layout: kaldi-asr.org/doc/classkaldi_1_1CompressedMatrix.html. The header (lowest number, span,
rows, columns) is read by the caller.
"""

from __future__ import annotations

import numpy as np


def words(data: memoryview, rows: int, columns: int, low: float, span: float) -> np.ndarray:
    """CM2: one 16-bit word a number, row by row."""
    stored = np.frombuffer(data, "<u2").reshape(rows, columns)
    return (np.float32(low) + stored * np.float32(span / 65535)).astype(np.float32)


def bytes_(data: memoryview, rows: int, columns: int, low: float, span: float) -> np.ndarray:
    """CM3: one byte a number, row by row."""
    stored = np.frombuffer(data, np.uint8).reshape(rows, columns)
    return (np.float32(low) + stored * np.float32(span / 255)).astype(np.float32)


def per_column(data: memoryview, rows: int, columns: int, low: float, span: float) -> np.ndarray:
    """CM: each column has its percentiles 0, 25, 75 and 100 as words, before all bytes.

    Bytes up to 64 lie evenly in the first quarter, up to 192 in the middle, then in the last;
    they are stored column by column.
    """
    head = np.frombuffer(data[: 8 * columns], "<u2").reshape(columns, 4)
    p0, p25, p75, p100 = (low + head * np.float64(span / 65535)).T[:, :, None]
    stored = np.frombuffer(data[8 * columns :], np.uint8).reshape(columns, rows)
    level = stored.astype(np.float64)
    first = p0 + (p25 - p0) * level / 64
    middle = p25 + (p75 - p25) * (level - 64) / 128
    last = p75 + (p100 - p75) * (level - 192) / 63
    values = np.where(stored <= 64, first, np.where(stored <= 192, middle, last))
    return values.T.astype(np.float32)
