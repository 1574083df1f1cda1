"""The MXNet front end: reader, and translations by family."""

from __future__ import annotations

from extensions.front.mxnet import (
    activation,
    binary,
    control_flow,
    convolution,
    creation,
    detection,
    elementwise,
    fused,
    gathering,
    images,
    matrix,
    movement,
    normalization,
    ordering,
    pooling,
    proposals,
    quantization,
    quantized,
    recurrent,
    reduction,
    regions,
    resampling,
    sequences,
    shaping,
    slicing,
    spectral,
    suppression,
    transformer,
)
from extensions.front.mxnet.common import TRANSLATIONS
from extensions.front.mxnet.files import symbol_of, weights_of
from extensions.front.mxnet.reader import read_model
from extensions.front.mxnet.symbol import read_symbol
from mo.cli.config import Config
from mo.front.model import Model


def read(config: Config) -> Model:
    """The model of a symbol and its parameters."""
    symbol = read_symbol(symbol_of(config))
    wanted = {request.port.name for request in (*config.inputs, *config.freeze)}
    return read_model(symbol, weights_of(config), wanted, "model")


__all__ = [
    "TRANSLATIONS",
    "activation",
    "binary",
    "control_flow",
    "convolution",
    "creation",
    "detection",
    "elementwise",
    "fused",
    "gathering",
    "images",
    "matrix",
    "movement",
    "normalization",
    "ordering",
    "pooling",
    "proposals",
    "quantization",
    "quantized",
    "read",
    "recurrent",
    "reduction",
    "regions",
    "resampling",
    "sequences",
    "shaping",
    "slicing",
    "spectral",
    "suppression",
    "transformer",
]
