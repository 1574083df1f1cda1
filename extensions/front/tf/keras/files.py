"""Files of Keras: .h5 of every release and .keras archives, their architecture and their weights.

No code that a file holds is run; HDF5 is read by h5py (extra ``keras``), the weights are views of
the file. Links that lead out of a file are not followed.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

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

    def __init__(self, group: Any, source: Buffer, start: int) -> None:
        self.group = group
        self.source = source
        # Where the HDF5 file begins in its archive.
        self.start = start

    def names(self) -> list[str]:
        return list(self.group)

    def attribute(self, name: str) -> Any:
        return self.group.attrs.get(name)

    def get(self, path: str) -> Group | Tensor | None:
        """A group or a dataset inside; None if there is none, or only a link to elsewhere."""
        import h5py

        at = self.group
        for part in path.split("/"):
            link = at.get(part, getlink=True) if isinstance(at, h5py.Group) else None
            if not isinstance(link, h5py.HardLink):
                return None
            at = at[part]
        if isinstance(at, h5py.Group):
            return Group(at, self.source, self.start)
        return self._tensor(at, path) if isinstance(at, h5py.Dataset) else None

    def groups(self) -> Iterator[tuple[str, Group]]:
        for name in self.names():
            found = self.get(name)
            if isinstance(found, Group):
                yield name, found

    def _tensor(self, dataset: Any, path: str) -> Tensor:
        if dataset.external or dataset.is_virtual:
            raise ModelFileError(f"weights '{path}' lie in another file, which is not read")
        if dataset.dtype.kind not in "fiub" or dataset.dtype.byteorder == ">":
            raise UnsupportedError(f"weights '{path}' are of the type {dataset.dtype}")
        kind, offset = ElementType.of(dataset.dtype), dataset.id.get_offset()
        if offset is None:
            if dataset.size > self.source.size * 1024:
                raise ModelFileError(f"weights '{path}' claim the shape {list(dataset.shape)}")
            return Tensor.lazy(kind, tuple(dataset.shape), lambda: self._loaded(dataset, path))
        size = kind.bytes_for(dataset.size)
        try:
            return self.source.tensor(kind, dataset.shape, self.start + offset, size)
        except ValueError as error:
            raise ModelFileError(f"weights '{path}': {error}") from error

    def _loaded(self, dataset: Any, path: str) -> np.ndarray:
        """Weights that are stored in pieces."""
        try:
            return np.asarray(dataset[()])
        except DAMAGE as error:
            raise ModelFileError(f"weights '{path}' cannot be read: {error}") from error


def is_keras(path: Path) -> bool:
    """Whether a file is HDF5 or an archive, by its first bytes."""
    with open(path, "rb") as file:
        return file.read(8).startswith((HDF5, ZIP))


def open_keras(path: Path) -> KerasFile:
    """The contents of a file; UsageError if h5py is missing."""
    try:
        import h5py  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"'{path.name}' is a Keras model; to read it, h5py is needed",
            hint="Install the extra, pip install 'mo-ir[keras]', or export a SavedModel: "
            "model.export('folder'), then --saved_model_dir folder.",
        ) from error
    try:
        return _archive(path) if _starts(path, ZIP) else _single(path)
    except (ModelFileError, UsageError, UnsupportedError):
        raise
    except DAMAGE as error:
        raise damaged(path, error) from error


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
    import h5py

    source = open_model(path)
    root = Group(h5py.File(path, "r"), source, 0)
    config = root.attribute("model_config")
    if config is None:
        raise UsageError(
            f"'{path.name}' holds weights without a model",
            hint="Save the whole model with model.save, not with save_weights.",
        )
    weights = root.get("model_weights")
    if not isinstance(weights, Group):
        raise ModelFileError(f"'{path.name}' holds a model without weights")
    return KerasFile(_json(config), weights, _release(root.attribute("keras_version")), True)


def _archive(path: Path) -> KerasFile:
    import h5py

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
    weights = Group(h5py.File(archive.open(info), "r"), source, start)
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
