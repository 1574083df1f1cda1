"""The Caffe front end: reader, and translations by family."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from extensions.front.caffe import (
    activation,
    convolution,
    detection,
    elementwise,
    matching,
    normalization,
    optical_flow,
    pooling,
    proposals,
    quantization,
    recurrent,
    regions,
    resizing,
    sampling,
    selection,
    shaping,
    shifts,
    unpooling,
)
from extensions.front.caffe.common import TRANSLATIONS
from extensions.front.caffe.custom import mark_custom, read_mapping
from extensions.front.caffe.forks import net_schema
from extensions.front.caffe.mean import attach_mean
from extensions.front.caffe.reader import read_caffe
from extensions.front.caffe.schema.net import NET
from mo.cli.config import Config
from mo.errors import UsageError
from mo.front.model import Model
from mo.pipeline.passes import Pass


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
    fork = config.sources.get("caffe_parser_path")
    model = read_caffe(topology, weights, known, net_schema(fork) if fork else NET)
    if "k" in config.sources:
        whole = bool(config.options.get("disable_omitting_optional"))
        mark_custom(model.nodes, read_mapping(config.sources["k"]), whole)
    return model


def passes(config: Config) -> list[Pass]:
    """What only a Caffe model needs once it is translated."""
    if "mean_file" not in config.sources:
        return []
    return [Pass("mean_file", partial(attach_mean, config=config), in_bodies=False)]


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
    "matching",
    "normalization",
    "optical_flow",
    "passes",
    "pooling",
    "proposals",
    "quantization",
    "read",
    "recurrent",
    "regions",
    "resizing",
    "sampling",
    "selection",
    "shaping",
    "shifts",
    "unpooling",
]
