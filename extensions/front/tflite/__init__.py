"""The TF-Lite front end: a reader of FlatBuffers, and translations by family."""

from __future__ import annotations

from extensions.front.tflite import (
    detection,
    layers,
    operations,
    recurrent,
    select,
    shaping,
    untranslated,
    windows,
)
from extensions.front.tflite.common import TRANSLATIONS
from extensions.front.tflite.reader import read_file
from mo.cli.config import Config
from mo.errors import UsageError
from mo.front.model import Model


def read(config: Config) -> Model:
    """The model that --input_model names."""
    if config.input_model is None:
        raise UsageError(
            "A TF-Lite model is given with --input_model", hint="--input_model net.tflite"
        )
    return read_file(config.input_model)


__all__ = [
    "TRANSLATIONS",
    "detection",
    "layers",
    "operations",
    "read",
    "recurrent",
    "select",
    "shaping",
    "untranslated",
    "windows",
]
