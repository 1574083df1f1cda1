"""Which files make up a model: the parameters, the symbol beside them, .nd files to merge."""

from __future__ import annotations

import re
from pathlib import Path

from extensions.front.mxnet.weights import merged, read_weights, save
from mo.cli.config import Config
from mo.cli.deduce import deduce_name
from mo.errors import ModelFileError, UsageError
from mo.graph.tensor import Tensor

_EPOCH = re.compile(r"(?P<prefix>.+)-(?P<epoch>\d+)")
_MERGE_FLAGS = ("nd_prefix_name", "pretrained_model_name", "input_symbol")


def symbol_of(config: Config) -> Path:
    """--input_symbol, or PREFIX-symbol.json beside PREFIX-0000.params."""
    given = config.sources.get("input_symbol")
    if given is not None:
        return given
    path = config.input_model
    assert path is not None  # else there was no telling that this is MXNet
    epoch = _EPOCH.fullmatch(path.stem)
    prefixes = [epoch["prefix"]] if epoch else []
    tried = [path.with_name(f"{prefix}-symbol.json") for prefix in (*prefixes, path.stem)]
    for candidate in tried:
        if candidate.is_file():
            return candidate
    raise ModelFileError(
        f"There is no symbol for '{path.name}': no '{tried[0].name}' in its folder",
        hint="Give the topology with --input_symbol FILE.json.",
    )


def weights_of(config: Config) -> dict[str, Tensor]:
    """The parameters by name; none if only a symbol is given."""
    prefix, pretrained = (_path(config, name) for name in _MERGE_FLAGS[:2])
    if prefix is None and pretrained is None:
        return {} if config.input_model is None else read_weights(config.input_model)
    if prefix is None or pretrained is None or "input_symbol" not in config.sources:
        flags = ", ".join(f"--{name}" for name in _MERGE_FLAGS)
        raise UsageError(f"{flags} belong together", hint="Give all three of them, or none.")
    if pretrained.suffix != ".params":
        pretrained = pretrained.with_name(pretrained.name + ".params")
    # The prefix is a name beside the pretrained parameters.
    weights = merged(read_weights(pretrained), pretrained.with_name(prefix.name))
    if config.options.get("save_params_from_nd"):
        epoch = _EPOCH.fullmatch(pretrained.stem)
        number = epoch["epoch"] if epoch else "0000"
        config.output_dir.mkdir(parents=True, exist_ok=True)
        save(config.output_dir / f"{deduce_name(config)}-{number}.params", weights)
    return weights


def _path(config: Config, name: str) -> Path | None:
    value = config.sources.get(name, config.options.get(name))
    return None if value is None else Path(value)
