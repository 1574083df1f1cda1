"""The framework and the name of a model, as far as flags do not say them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from mo.cli.build import warn_of_unused
from mo.cli.config import Config
from mo.cli.flag import FRAMEWORKS
from mo.cli.sniff import head, looks_like
from mo.errors import ModelFileError, UsageError

__all__ = ["deduce_framework", "deduce_name", "looks_like"]

# Flags that tell the framework, and those of which each framework needs one.
_TELLING = {
    "saved_model_dir": "tf",
    "input_meta_graph": "tf",
    "input_symbol": "mxnet",
    "pretrained_model_name": "mxnet",
    "input_proto": "caffe",
}
_CARRIERS = {
    "tf": ("input_model", "saved_model_dir", "input_meta_graph"),
    "tflite": ("input_model",),
    "onnx": ("input_model",),
    "caffe": ("input_model", "input_proto"),
    "mxnet": ("input_model", "input_symbol", "pretrained_model_name"),
    "kaldi": ("input_model",),
}
_EXTENSIONS = {
    ".onnx": "onnx",
    ".pb": "tf",
    ".pbtxt": "tf",
    ".h5": "tf",
    ".hdf5": "tf",
    ".keras": "tf",
    ".tflite": "tflite",
    ".caffemodel": "caffe",
    ".params": "mxnet",
    ".nnet": "kaldi",
    ".mdl": "kaldi",
}


class _NearMiss(NamedTuple):
    """What people take for a model that can be converted."""

    name: str  # a regular expression
    what: str
    # {file} is the file, {stem} its path without the last extension.
    advice: str
    # Said even if the framework is given.
    framework: str = ""


_NEAR_MISSES = (
    _NearMiss(
        r"\.(pt|pth|torch|torchscript)$|^pytorch_model\.bin$",
        "a PyTorch model",
        "Export it to ONNX first, with torch.onnx.export(model, example, 'model.onnx').",
    ),
    _NearMiss(
        r"\.(safetensors|gguf|ggml)$",
        "a file of weights without a model",
        "Export the model to ONNX with the framework that it comes from.",
    ),
    _NearMiss(
        r"\.(pdmodel|pdiparams|pdparams)$",
        "a PaddlePaddle model",
        "Export it to ONNX first, with paddle2onnx.",
    ),
    _NearMiss(
        r"\.(mlmodel|mlpackage)$", "a Core ML model", "Convert the model that it was made of."
    ),
    _NearMiss(
        r"\.(engine|plan|trt|uff)$", "a TensorRT model", "Convert the model that it was made of."
    ),
    _NearMiss(r"\.(xml|bin)$", "part of an OpenVINO IR", "Convert the model that it was made of."),
    _NearMiss(
        r"\.(pkl|pickle|joblib)$",
        "a pickled Python object",
        "Export it to ONNX first, for example with skl2onnx or torch.onnx.export.",
    ),
    _NearMiss(r"\.(cfg|weights)$", "a Darknet model", "Make a TensorFlow or ONNX model of it."),
    _NearMiss(
        r"\.(zip|tar|tgz|gz|bz2|xz|7z)$", "an archive", "Unpack it and give the model inside."
    ),
    _NearMiss(
        r"\.(data|onnx_data)$",
        "the external data of an ONNX model",
        "Give the .onnx file beside it.",
        "onnx",
    ),
    _NearMiss(
        r"\.prototxt$",
        "the topology of a Caffe model without its weights",
        "Give both: --input_model {stem}.caffemodel --input_proto {file}",
        "caffe",
    ),
    _NearMiss(
        r"\.json$",
        "the topology of an MXNet model without its weights",
        "Give both: --input_model PREFIX-0000.params --input_symbol {file}",
        "mxnet",
    ),
    _NearMiss(r"\.meta$", "a TensorFlow meta graph", "Give it as --input_meta_graph {file}", "tf"),
    _NearMiss(
        r"\.(ckpt|index|data-\d+-of-\d+)$",
        "a TensorFlow checkpoint",
        "Give it with its meta graph, --input_meta_graph {stem}.meta, or with its graph, "
        "--input_model graph.pb --input_checkpoint {stem}",
        "tf",
    ),
)
# Beginnings of such files, their places, and names that tell the same.
_CONTENTS = (
    (b"GGUF", 0, "model.gguf"),
    (b"\x1f\x8b", 0, "model.gz"),
    (b"\x80", 0, "model.pkl"),
)
# Their text tells the framework, but they are no whole models.
_TOPOLOGIES = {".prototxt": "caffe", ".json": "mxnet"}


def deduce_framework(config: Config) -> str:
    """tf, tflite, onnx, caffe, mxnet or kaldi: by flags, by the file's extension, by its content.

    Raises UsageError if there is no telling, ModelFileError if there is no sound file.
    """
    framework = _told(config)
    _require_model(config, framework)
    if config.input_model is not None:
        _require_content(config.input_model)
        _refuse_near_miss(config.input_model, framework)
        framework = framework or _of_file(config.input_model)
        framework = _dialect(config.input_model, framework)
    assert framework is not None  # a model without --input_model came with a telling flag
    if config.framework is None:
        warn_of_unused(config, framework)
    return framework


# What files of one framework may be, too, when they are given as another's.
_DIALECTS = {"tflite": "tf"}


def _dialect(path: Path, framework: str) -> str:
    """The dialect of the framework in which a file is written."""
    found = looks_like(path)
    return found if found is not None and _DIALECTS.get(found) == framework else framework


def deduce_name(config: Config) -> str:
    """The name of the result: as given, else that of the model's file without its extension."""
    if config.model_name:
        return config.model_name
    _require_model(config, _told(config))
    path = config.input_model
    if "saved_model_dir" in config.sources or (path is not None and os.path.isdir(path)):
        return "saved_model"
    for name in ("input_meta_graph", "input_symbol", "input_proto", "pretrained_model_name"):
        path = path or config.sources.get(name)
    assert path is not None  # there is a model
    stem = path.name.rpartition(".")[0] or path.name
    return "model" if stem.startswith(".") else stem


def _told(config: Config) -> str | None:
    """The framework that flags tell."""
    sources = (_TELLING[name] for name in _TELLING if name in config.sources)
    return config.framework or next(sources, None)


def _require_model(config: Config, framework: str | None) -> None:
    carriers = _CARRIERS.get(framework or "", ("input_model", *_TELLING))
    if config.input_model is None and not any(name in config.sources for name in carriers):
        flags = " or ".join(f"--{name}" for name in carriers)
        kind = f"{FRAMEWORKS[framework]} model" if framework else "model"
        raise UsageError(f"No {kind} is given", hint=f"Give it with {flags}.")


def _require_content(path: Path) -> None:
    """Refuse what is no model in any framework."""
    if os.path.isdir(path):
        return
    if not os.path.isfile(path):
        there = "is no file" if os.path.lexists(path) else "does not exist"
        raise ModelFileError(f"--input_model: '{path}' {there}", hint="Check the path.")
    try:
        start = head(path).lstrip()
    except OSError as error:
        raise ModelFileError(
            f"--input_model: '{path}' cannot be read: {error.strerror}",
            hint="Check its permissions.",
        ) from error
    if not start:
        raise ModelFileError(f"'{path}' is empty", hint="Copy or download it again.")
    if start.startswith(b"version https://git-lfs"):
        raise ModelFileError(
            f"'{path}' is a Git LFS pointer, not the model", hint="Fetch it with: git lfs pull"
        )
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise ModelFileError(
            f"'{path}' is a web page, not a model",
            hint="The download failed; take the address of the file itself.",
        )


def _of_file(path: Path) -> str:
    extensions = [path.suffix.lower(), *(".mdl" for s in path.suffixes if s.lower() == ".mdl")]
    by_name = next((_EXTENSIONS[name] for name in extensions if name in _EXTENSIONS), None)
    # Many frameworks write protobuf, and that is all these names say.
    if by_name and path.suffix.lower() not in (".pb", ".pbtxt"):
        return by_name
    framework = looks_like(path) or by_name
    if framework is not None:
        return framework
    if os.path.isdir(path):
        raise UsageError(
            f"'{path}' is a folder without saved_model.pb, so it is no SavedModel",
            hint="Give the file of a model, or the folder of a SavedModel.",
        )
    raise UsageError(
        f"'{path}' is of an unknown framework: neither '{path.suffix}' nor the content tells it",
        hint=f"Choose one of --framework {'|'.join(FRAMEWORKS)}",
    )


def _refuse_near_miss(path: Path, framework: str | None) -> None:
    suffix = path.suffix.lower()
    found = looks_like(path)
    if suffix in _EXTENSIONS or (found is not None and found != _TOPOLOGIES.get(suffix)):
        return
    names = [path.name.lower()]
    if os.path.isfile(path):
        start = head(path, 16)
        names += [name for magic, place, name in _CONTENTS if start[place:].startswith(magic)]
    for miss in _NEAR_MISSES:
        if framework in (None, miss.framework) and any(re.search(miss.name, n) for n in names):
            raise UsageError(
                f"'{path}' is {miss.what}",
                hint=miss.advice.format(file=path, stem=path.with_suffix("")),
            )
