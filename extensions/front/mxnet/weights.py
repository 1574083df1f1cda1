"""The parameters of a model by the names of its variables, whatever files hold them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from extensions.front.mxnet.ndarray import read_arrays, write_arrays
from mo.errors import ConversionError, ModelFileError, OutputError
from mo.front.files import open_model
from mo.graph.element_type import ElementType
from mo.graph.tensor import MappedFile, Tensor

_ZIP = b"PK"
_DAMAGED = "The file is damaged or holds no MXNet parameters; save or fetch it again."
_KINDS = ("arg", "aux")
_STATES = ("moving_mean", "moving_var", "running_mean", "running_var", "moving_avg")
# The tool computes in single precision, whatever precision a model was stored in.
_OTHER_FLOATS = (ElementType.f16, ElementType.bf16, ElementType.f64)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Name to array of a .params, .nd or .npz file; the kinds before the names are dropped."""
    source = open_model(path)
    try:
        is_zip = bytes(source.view[:2]) == _ZIP
        arrays = _zipped(path, source) if is_zip else read_arrays(source)
    except ConversionError as error:
        raise ModelFileError(
            f"Cannot read '{path}' as MXNet parameters: {error.message}", error.hint or _DAMAGED
        ) from error
    return {_bare(name): as_single(tensor) for name, tensor in arrays.items()}


def _bare(name: str) -> str:
    kind, colon, rest = name.partition(":")
    return rest if colon and kind in _KINDS else name


def as_single(tensor: Tensor) -> Tensor:
    return tensor.converted(ElementType.f32) if tensor.dtype in _OTHER_FLOATS else tensor


def merged(args: Mapping[str, Tensor], prefix: Path) -> dict[str, Tensor]:
    """Parameters updated by ``<prefix>_args.nd`` and ``<prefix>_auxs.nd``."""
    found = dict(args)
    for kind in ("args", "auxs"):
        found.update(read_weights(prefix.with_name(f"{prefix.name}_{kind}.nd")))
    return found


def save(path: Path, weights: Mapping[str, Tensor]) -> None:
    """A .params file of parameters; what a BatchNorm counted goes as auxiliary state."""
    named = {
        ("aux:" if name.endswith(_STATES) else "arg:") + name: tensor
        for name, tensor in weights.items()
        if tensor.shape
    }
    try:
        with open(path, "wb") as file:
            write_arrays(file, named)
    except OSError as error:
        raise OutputError(f"Cannot write '{path}': {error.strerror}") from error


def _zipped(path: Path, source: MappedFile) -> dict[str, Tensor]:
    """Arrays as numpy.savez stores them: views, as the archive is not compressed."""
    found = {}
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
            for entry in archive.infolist():
                if entry.compress_type != zipfile.ZIP_STORED:
                    raise ModelFileError(
                        "its arrays are compressed", hint="Save them with npx.savez or numpy.savez."
                    )
                found[entry.filename.removesuffix(".npy")] = _npy(entry, file, source)
    except (zipfile.BadZipFile, ValueError, OSError, KeyError, EOFError) as error:
        raise ModelFileError(f"its archive is damaged: {error}") from error
    return found


def _npy(entry: zipfile.ZipInfo, file: BinaryIO, source: MappedFile) -> Tensor:
    # Behind the fixed part of its header an entry has its name and further fields.
    file.seek(entry.header_offset + 26)
    lengths = np.frombuffer(file.read(4), "<u2")
    file.seek(entry.header_offset + 30 + int(lengths.sum()))
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0
    if version != (1, 0):
        read = np.lib.format.read_array_header_2_0
    shape, is_fortran, dtype = read(file)
    if is_fortran and len(shape) > 1:
        raise ModelFileError(f"'{entry.filename}' is stored column by column")
    kind = ElementType.of(dtype)
    return source.tensor(kind, shape, file.tell(), kind.bytes_for(prod(shape)))
