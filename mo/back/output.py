"""Writing the pair of files so that a reader sees the old pair or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mo.back.binary import BinaryWriter
from mo.back.emitter import emit
from mo.errors import OutputError
from mo.graph.graph import Graph


def check_output(directory: Path, name: str) -> None:
    """Find out before the work whether its result can be written."""
    if not name or name in (".", "..") or "/" in name or "\0" in name or os.sep in name:
        raise OutputError(
            f"--model_name '{name}' is no file name",
            hint="Give the folder with --output_dir and the bare name with --model_name.",
        )
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"Cannot create the output directory '{directory}': {error.strerror}",
            hint="Choose another folder with --output_dir.",
        ) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OutputError(
            f"Cannot write into the output directory '{directory}': Permission denied",
            hint="Choose another folder with --output_dir.",
        )


def write_ir(
    graph: Graph, directory: Path, name: str, version: int, metadata: Mapping[str, Any]
) -> tuple[Path, Path]:
    """Write ``name.xml`` and ``name.bin``; both appear complete, or neither changes."""
    check_output(directory, name)
    xml_path, bin_path = directory / f"{name}.xml", directory / f"{name}.bin"
    temporary: list[Path] = []
    try:
        with _temporary(directory, name, temporary) as bin_file:
            lines = list(emit(graph, BinaryWriter(bin_file), version, metadata))
        with _temporary(directory, name, temporary) as xml_file:
            xml_file.write("\n".join(lines).encode("utf-8"))
            xml_file.write(b"\n")
        with _alone(directory), _uninterrupted():
            new_bin, new_xml = temporary
            _exchange(new_bin, new_xml, bin_path, xml_path)
            temporary.clear()
        _sweep(directory, name)
    except OSError as error:
        raise OutputError(
            f"Cannot write '{xml_path}': {error.strerror or error}",
            hint="Free some space, or choose another folder with --output_dir.",
        ) from error
    finally:
        for path in temporary:
            path.unlink(missing_ok=True)
    return xml_path, bin_path


def _exchange(new_bin: Path, new_xml: Path, bin_path: Path, xml_path: Path) -> None:
    """Put the new pair in the place of the old one.

    No moment has the parts of two pairs, even if it is the last one of a killed run: the old .xml
    goes before the new .bin comes.
    """
    if xml_path.is_dir() and not xml_path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(xml_path))
    aside = new_xml.with_suffix(".old.tmp")
    try:
        os.replace(xml_path, aside)
    except FileNotFoundError:
        os.replace(new_bin, bin_path)
    else:
        try:
            os.replace(new_bin, bin_path)
        except OSError:
            os.replace(aside, xml_path)
            raise
    os.replace(new_xml, xml_path)
    aside.unlink(missing_ok=True)


@contextmanager
def _temporary(directory: Path, name: str, made: list[Path]) -> Iterator[Any]:
    prefix = f"{_prefix(name)}{os.getpid()}."
    descriptor, path = tempfile.mkstemp(prefix=prefix, suffix=".tmp", dir=directory)
    made.append(Path(path))
    # mkstemp is private; a result is as readable as any other file the user makes.
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(path, 0o666 & ~mask)
    with os.fdopen(descriptor, "w+b") as file:
        yield file


def _prefix(name: str) -> str:
    return f".{name[:80]}."


def _sweep(directory: Path, name: str) -> None:
    """Remove what runs under the same name left behind when they were killed."""
    pattern = re.compile(re.escape(_prefix(name)) + r"(\d+)\.\w+(\.old)?\.tmp")
    for entry in os.scandir(directory):
        found = pattern.fullmatch(entry.name)
        if found and not _is_running(int(found[1])):
            Path(entry.path).unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Of several runs that write the same pair, one exchanges both files before the next."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold signals back: between the two renames only SIGKILL can stop the program.

    Handlers are exchanged instead of masking, because other threads (of a linear algebra
    library, say) would still take a masked signal and end the process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda n, _: arrived.append(n)) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in arrived:
            signal.raise_signal(number)
