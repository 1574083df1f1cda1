"""What an HDF5 file holds, told by h5py in a process of its own.

A damaged file can send the HDF5 library into endless loops and worse: the process may compute for
a few seconds only, and what it says is plain JSON. Where processes cannot fork (Windows), the
library is asked in this one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mo.errors import ModelFileError

_SECONDS = 2
# Large files have more to tell.
_BYTES_PER_SECOND = 1 << 24
_DEPTH_LIMIT = 64
_ENTRIES_LIMIT = 1 << 18


def listing(path: Path, start: int, size: int) -> dict[str, Any]:
    """The contents of the HDF5 file in a range of bytes of a file.

    ``attributes`` of the root; ``groups``: by path the names of the weights in it, if it says
    them; ``datasets``: by path type, shape, and the place in the file, or why there is none.
    """
    content = _in_child(lambda: _listed(path, start, size), _SECONDS + size // _BYTES_PER_SECOND)
    found = json.loads(content)
    if "error" in found:
        raise ModelFileError(str(found["error"]))
    return dict(found)


def _in_child(work: Callable[[], dict[str, Any]], seconds: int) -> bytes:
    if not hasattr(os, "fork"):
        return json.dumps(work()).encode()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(work, writing, seconds)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    if not content:
        raise ModelFileError("the HDF5 library does not come to an end with it")
    return content


def _answer(work: Callable[[], dict[str, Any]], writing: int, seconds: int) -> None:
    """The life of the child: it computes, answers and ends."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = work()
    except Exception as error:
        reason = str(error).splitlines()[0][:200] if str(error) else ""
        found = {"error": f"{type(error).__name__} {reason}"}
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(found).encode())
    os._exit(0)


class _Part:
    """A range of a file as a file."""

    def __init__(self, path: Path, start: int, size: int) -> None:
        self.file = open(path, "rb")  # noqa: SIM115
        self.start, self.size, self.at = start, size, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, count: int = -1) -> bytes:
        left = max(0, self.size - self.at)
        self.file.seek(self.start + self.at)
        content = self.file.read(left if count < 0 else min(count, left))
        self.at += len(content)
        return content

    def readinto(self, buffer: Any) -> int:
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


def _listed(path: Path, start: int, size: int) -> dict[str, Any]:
    import h5py

    source = path if start == 0 else _Part(path, start, size)
    file = h5py.File(source, "r")
    names = ("model_config", "keras_version")
    found: dict[str, Any] = {
        "attributes": {name: _text(file.attrs[name]) for name in names if name in file.attrs},
        "groups": {"": None},
        "datasets": {},
    }
    _walk(file, "", found, 0)
    return found


def _walk(group: Any, prefix: str, found: dict[str, Any], depth: int) -> None:
    """Only what lies in the file itself: links to elsewhere are left out."""
    import h5py

    if depth > _DEPTH_LIMIT or len(found["groups"]) + len(found["datasets"]) > _ENTRIES_LIMIT:
        raise ValueError("it is nested too deeply or holds too much")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        item, path = group[name], prefix + name
        if isinstance(item, h5py.Dataset):
            found["datasets"][path] = _described(item)
        elif isinstance(item, h5py.Group):
            found["groups"][path] = _weight_names(item)
            _walk(item, f"{path}/", found, depth + 1)


def _weight_names(group: Any) -> list[str] | None:
    """Long lists are cut into several attributes with numbers."""
    parts = [name for name in group.attrs if name.startswith("weight_names")]
    if not parts:
        return None
    parts.sort(key=lambda name: (len(name), name))
    return [_text(entry) for name in parts for entry in group.attrs[name]]


def _described(dataset: Any) -> dict[str, Any]:
    where = "in another file" if dataset.external or dataset.is_virtual else ""
    offset = None if where else dataset.id.get_offset()
    return {
        "type": dataset.dtype.str,
        "shape": [int(size) for size in dataset.shape],
        "offset": offset,
        "problem": where or ("" if offset is not None or not dataset.size else "in pieces"),
    }


def _text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
