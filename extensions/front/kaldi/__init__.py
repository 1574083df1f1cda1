"""The Kaldi front end: reader, the two ways to lay out time, and translations by family."""

from __future__ import annotations

import logging

import numpy as np

from extensions.front.kaldi import (
    activation,
    affine,
    combination,
    convolution,
    ending,
    memory,
    nested,
    recurrent,
    statistics,
    whole,
)
from extensions.front.kaldi.chunk import arrange_chunk
from extensions.front.kaldi.common import TRANSLATIONS
from extensions.front.kaldi.frames import arrange_frames
from extensions.front.kaldi.reader import KaldiModel, read_kaldi
from extensions.front.kaldi.span import constant_inputs
from mo.cli.config import Config
from mo.errors import UsageError
from mo.front.model import Model
from mo.graph.shape import Dim, Dimension

log = logging.getLogger("mo.kaldi")


def read(config: Config) -> Model:
    """The model named by --input_model, its time still to be laid out."""
    if config.input_model is None:
        raise UsageError(
            "A Kaldi model is given with --input_model", hint="--input_model final.mdl"
        )
    source = read_kaldi(config.input_model)
    rows = config.options.get("kaldi_chunk")
    model = source.model
    if rows is not None:
        _take_whole_utterances(model, Dim(1) if rows == "dynamic" else int(rows))
    priors = _priors(config, source)

    def arrange(model: Model) -> Model:
        if config.options.get("remove_output_softmax"):
            model = ending.without_softmax(model)
        if priors is not None:
            model = ending.with_priors(model, priors)
        if rows is not None:
            return arrange_chunk(model, source.widths)
        from_zeros = config.ir_version < 11 or bool(config.options.get("remove_memory"))
        return arrange_frames(model, source.widths, all_begin_with_zeros=from_zeros)

    model.arrange = arrange
    model.arranged_for_extensions = True
    return model


def _take_whole_utterances(model: Model, rows: Dimension) -> None:
    """Inputs become [N, rows, columns]; what does not change over time has one row."""
    constant = constant_inputs(model)
    for item in model.inputs:
        assert item.shape is not None
        batch, width = item.shape
        item.shape = (batch, 1 if item.name in constant else rows, width)


def _priors(config: Config, source: KaldiModel) -> np.ndarray | None:
    counts = config.options.get("counts")
    stored = source.priors
    if counts is None:
        if stored is not None and stored.size:
            log.warning('The model holds priors; --counts "" puts them into the network.')
        return None
    if counts:
        return ending.log_priors(ending.read_counts(counts))
    if stored is None or not stored.size:
        raise UsageError(
            '--counts "": the model holds no priors', hint="Name a file of counts with --counts."
        )
    return ending.log_priors(stored.array)


__all__ = [
    "TRANSLATIONS",
    "activation",
    "affine",
    "combination",
    "convolution",
    "memory",
    "nested",
    "read",
    "recurrent",
    "statistics",
    "whole",
]
