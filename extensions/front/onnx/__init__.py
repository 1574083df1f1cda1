"""The ONNX front end: reader, and translations by family."""

from __future__ import annotations

from extensions.front.onnx import (
    activation,
    convolution,
    elementwise,
    movement,
    normalization,
    quantization,
    reduction,
    sampling,
    selection,
    shaping,
)
from extensions.front.onnx.common import TRANSLATIONS
from extensions.front.onnx.reader import read

__all__ = [
    "TRANSLATIONS",
    "activation",
    "convolution",
    "elementwise",
    "movement",
    "normalization",
    "quantization",
    "read",
    "reduction",
    "sampling",
    "selection",
    "shaping",
]
