"""Opening model files: existing, readable, mapped; and files that a model refers to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mo.errors import ModelFileError
from mo.graph.tensor import MappedFile


def open_model(path: Path) -> MappedFile:
    """A model file named by the user; ModelFileError if it cannot be read or is empty."""
    try:
        if path.is_dir():
            raise ModelFileError(
                f"'{path}' is a directory, not a model file",
                hint="Give the model file itself with --input_model.",
            )
        mapped = MappedFile(path)
    except OSError as error:
        raise ModelFileError(
            f"Cannot read '{path}': {error.strerror}", hint="Check the path and its permissions."
        ) from error
    if mapped.size == 0:
        raise ModelFileError(
            f"'{path}' is empty", hint="The download or export may have failed; fetch it again."
        )
    return mapped


def open_beside(model: Path, location: str) -> MappedFile:
    """A data file that a model names, which must lie inside the model's directory.

    Refused are absolute paths, ``..``, links of any kind and anything but a regular file;
    the checks are made on the opened descriptor, so that nothing can be swapped in between.
    """
    complaint = _unsafe(location)
    directory = model.resolve().parent
    path = directory / location
    if not complaint:
        walked = directory
        for part in Path(location).parts:
            walked = walked / part
            if walked.is_symlink():
                complaint = "is or passes through a symbolic link"
    if complaint:
        raise ModelFileError(
            f"External data '{_shown(location)}' of '{model.name}' {complaint}; it is not read",
            hint="External data must be plain files in the model's directory.",
        )
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelFileError(
            f"Cannot read external data '{_shown(location)}' of '{model.name}': {reason}",
            hint="Copy the data file into the model's directory.",
        ) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        os.close(descriptor)
        kind = "has several hard links" if stat.S_ISREG(status.st_mode) else "is no regular file"
        raise ModelFileError(
            f"External data '{_shown(location)}' of '{model.name}' {kind}; it is not read",
            hint="External data must be plain files in the model's directory; copy the file.",
        )
    return MappedFile(path, descriptor)


def _unsafe(location: str) -> str:
    if not location or "\0" in location:
        return "has no usable file name"
    forms = (location, location.replace("\\", "/"))
    if any(form.startswith("/") for form in forms) or location[1:2] == ":":
        return "is an absolute path"
    if any(".." in form.split("/") for form in forms):
        return "leaves the model's directory"
    return ""


def _shown(location: str) -> str:
    return location if len(location) <= 80 else location[:77] + "..."
