"""The Caffe front end: reader, and translations by family."""

from __future__ import annotations

from pathlib import Path

from extensions.front.caffe import (
    activation,
    convolution,
    detection,
    elementwise,
    normalization,
    pooling,
    recurrent,
    resizing,
    selection,
    shaping,
)
from extensions.front.caffe.common import TRANSLATIONS
from extensions.front.caffe.reader import read_caffe, read_net
from mo.cli.config import Config
from mo.errors import UsageError
from mo.front.model import Model


def read(config: Config) -> Model:
    """The model named by --input_model and --input_proto."""
    weights, topology = config.input_model, config.sources.get("input_proto")
    if weights is None:
        raise UsageError(
            f"--input_proto gives a net without its weights: '{topology and topology.name}'",
            hint="Give the .caffemodel too, with --input_model.",
        )
    topology = topology or _beside(weights)
    known = [*TRANSLATIONS.types(), "Python"]
    return read_caffe(topology, weights, known, read_net(topology))


def _beside(weights: Path) -> Path:
    """The topology that lies beside the weights under the same name."""
    path = weights.with_suffix(".prototxt")
    if not path.is_file():
        raise UsageError(
            f"There is no '{path.name}' beside '{weights.name}'",
            hint="Name the topology with --input_proto net.prototxt.",
        )
    return path


__all__ = [
    "TRANSLATIONS",
    "activation",
    "convolution",
    "detection",
    "elementwise",
    "normalization",
    "pooling",
    "read",
    "recurrent",
    "resizing",
    "selection",
    "shaping",
]
