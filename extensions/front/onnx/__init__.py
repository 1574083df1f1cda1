"""The ONNX front end: reader, and translations by family."""

from __future__ import annotations

from extensions.front.onnx import (
    activation,
    attention,
    bits,
    caffe2,
    casts,
    contrib,
    control_flow,
    convolution,
    elementwise,
    experimental,
    gathering,
    geometry,
    levels,
    matrix,
    ml,
    mmdeploy,
    movement,
    ngrams,
    normalization,
    padding,
    pooling,
    quantization,
    randomness,
    recurrent,
    reduction,
    resizing,
    sampling,
    scanning,
    selection,
    sequences,
    shaping,
    spectra,
    strings,
    toolkit,
    training,
    untranslated,
)
from extensions.front.onnx.common import TRANSLATIONS
from extensions.front.onnx.reader import read_onnx
from mo.cli.config import Config
from mo.errors import UsageError
from mo.front.model import Model


def read(config: Config) -> Model:
    """The model named by --input_model."""
    if config.input_model is None:
        raise UsageError("An ONNX model is given with --input_model", hint="--input_model net.onnx")
    return read_onnx(config.input_model)


__all__ = ["TRANSLATIONS", "read"]
