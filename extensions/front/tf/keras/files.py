"""Files of Keras: .h5 of every release and .keras archives, their architecture and their weights.

No code that a file holds is run; HDF5 is read by h5py (extra ``keras``), the weights are views of
the file. Links that lead out of a file are not followed.
"""

from __future__ import annotations

import importlib.util
import json
import zipfile
import zlib
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from extensions.front.tf.keras.listing import listing
from mo.errors import ModelFileError, UnsupportedError, UsageError
from mo.front.files import open_model
from mo.graph.element_type import ElementType
from mo.graph.tensor import Buffer, Tensor

# What h5py, zipfile and a wrong architecture end in.
DAMAGE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError),
    *(RuntimeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error),
)
HDF5, ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_CONFIG_LIMIT = 1 << 28
_WEIGHTS = "model.weights.h5"


class KerasFile(NamedTuple):
    """What is in a file: the architecture, the groups of weights, the release that wrote it."""

    config: dict[str, Any]
    weights: Group
    release: int
    # Weights lie by the names of layers (.h5), or by kinds of layers in the order of the model.
    by_name: bool


class Group:
    """A group of an HDF5 file."""

    def __init__(self, contents: dict[str, Any], source: Buffer, start: int, path: str) -> None:
        self.contents = contents
        self.source = source
        # Where the HDF5 file begins in its archive.
        self.start = start
        self.path = path

    def weight_names(self) -> list[str] | None:
        """What the group says of the weights in it."""
        names: list[str] | None = self.contents["groups"][self.path]
        return names

    def get(self, path: str) -> Group | Tensor | None:
        """A group or a dataset inside; None if there is none, or only a link to elsewhere."""
        whole = f"{self.path}/{path}" if self.path else path
        if whole in self.contents["groups"]:
            return Group(self.contents, self.source, self.start, whole)
        described = self.contents["datasets"].get(whole)
        return None if described is None else self._tensor(described, path)

    def _tensor(self, described: dict[str, Any], path: str) -> Tensor:
        """A view of the file."""
        dtype, shape = np.dtype(described["type"]), tuple(described["shape"])
        if described["problem"]:
            raise UnsupportedError(
                f"weights '{path}' lie {described['problem']}", hint="Save the model again."
            )
        if dtype.kind not in "fiub" or dtype.byteorder == ">":
            raise UnsupportedError(f"weights '{path}' are of the type {dtype}")
        kind = ElementType.of(dtype)
        if described["offset"] is None:
            return Tensor.of(np.empty(shape, kind.numpy), kind)
        place, size = self.start + described["offset"], kind.bytes_for(prod(shape))
        try:
            return self.source.tensor(kind, shape, place, size)
        except ValueError as error:
            raise ModelFileError(f"weights '{path}': {error}") from error


def is_keras(path: Path) -> bool:
    """Whether a file is HDF5 or an archive, by its first bytes."""
    with open(path, "rb") as file:
        return file.read(8).startswith((HDF5, ZIP))


def open_keras(path: Path) -> KerasFile:
    """The contents of a file; UsageError if h5py is missing."""
    if not _has_h5py():
        raise UsageError(
            f"'{path.name}' is a Keras model; to read it, h5py is needed",
            hint="Install the extra, pip install 'mo-ir[keras]', or export a SavedModel: "
            "model.export('folder'), then --saved_model_dir folder.",
        )
    try:
        return _archive(path) if _starts(path, ZIP) else _single(path)
    except (ModelFileError, UsageError, UnsupportedError):
        raise
    except DAMAGE as error:
        raise damaged(path, error) from error


def _has_h5py() -> bool:
    try:
        return importlib.util.find_spec("h5py") is not None
    except (ImportError, ValueError):
        return False


def damaged(path: Path, error: Exception) -> ModelFileError:
    """The error of a file whose parts do not fit together, or that h5py cannot read."""
    reason = str(error).splitlines()[0][:200] if str(error) else ""
    return ModelFileError(
        f"Cannot read '{path.name}' as a Keras model: {type(error).__name__} {reason}",
        hint="The file is damaged or of another kind; copy or save it again.",
    )


def _starts(path: Path, magic: bytes) -> bool:
    with open(path, "rb") as file:
        return file.read(len(magic)) == magic


def _single(path: Path) -> KerasFile:
    source = open_model(path)
    contents = listing(path, 0, source.size)
    attributes = contents["attributes"]
    if "model_config" not in attributes:
        raise UsageError(
            f"'{path.name}' holds weights without a model",
            hint="Save the whole model with model.save, not with save_weights.",
        )
    weights = Group(contents, source, 0, "").get("model_weights")
    if not isinstance(weights, Group):
        raise ModelFileError(f"'{path.name}' holds a model without weights")
    config = _json(attributes["model_config"])
    return KerasFile(config, weights, _release(attributes.get("keras_version")), True)


def _archive(path: Path) -> KerasFile:
    source = open_model(path)
    archive = zipfile.ZipFile(path)
    infos = {info.filename: info for info in archive.infolist()}
    config = _member(archive, infos, "config.json")
    metadata = _json(_member(archive, infos, "metadata.json"))
    if _WEIGHTS not in infos:
        raise ModelFileError(f"'{path.name}' holds no '{_WEIGHTS}'")
    info = infos[_WEIGHTS]
    if info.compress_type != zipfile.ZIP_STORED:
        raise UnsupportedError(f"the weights in '{path.name}' are compressed")
    head = bytes(source.view[info.header_offset : info.header_offset + 30])
    lengths = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    start = info.header_offset + 30 + lengths
    weights = Group(listing(path, start, info.file_size), source, start, "")
    return KerasFile(_json(config), weights, _release(metadata.get("keras_version")), False)


def _member(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    info = infos.get(name)
    if info is None:
        raise ModelFileError(f"the archive holds no '{name}'; it is no Keras model")
    if info.file_size > _CONFIG_LIMIT:
        raise ModelFileError(f"'{name}' claims {info.file_size} bytes")
    with archive.open(info) as file:
        return file.read(_CONFIG_LIMIT)


def _json(text: Any) -> dict[str, Any]:
    """JSON that must be an object."""
    if isinstance(text, bytes):
        text = text.decode()
    found = json.loads(str(text))
    if not isinstance(found, dict):
        raise ModelFileError("the architecture is no JSON object")
    return found


def _release(version: Any) -> int:
    """The first number of a version; files of Keras 1 do not say it."""
    text = version.decode() if isinstance(version, bytes) else str(version or "1")
    first = text.split(".")[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) < 3 else 1
