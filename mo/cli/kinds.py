"""The kinds of values that flags take: how each is read, checked, written and shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mo.cli import grammar, layouts, natural, shapes, transforms
from mo.cli.text import Text, bad_value
from mo.cli.values import as_integer, as_number
from mo.errors import ConversionError, ModelFileError, UsageError


@dataclass(frozen=True)
class Kind:
    """How the value of a flag is read. Functions get the flag as users write it, and the value."""

    metavar: str
    read: Callable[[str, str], Any]
    # Python values of the API as text that ``read`` takes.
    write: natural.Writer = natural.plain
    # Looks at the file system once the value is known to be used.
    check: Callable[[str, Any], None] | None = None
    # Whether no text means the same as no flag.
    may_be_empty: bool = False
    # Whether the value is the path of a file or folder.
    is_path: bool = False
    # Of argparse.
    action: str = "store"
    # The value of a flag that is given without one, where that is allowed.
    bare: str | None = None


def _truth(flag: str, value: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if value.lower() not in words:
        raise bad_value(flag, value, "is neither True nor False", "True")
    return words[value.lower()]


def choice(meanings: Mapping[str, Any], *shown: str) -> Kind:
    """One of some words (lower case here, any case there); those that are shown stand for all."""

    def read(flag: str, value: str) -> Any:
        if value.lower() not in meanings:
            raise bad_value(flag, value, f"is none of {', '.join(shown)}", shown[0])
        return meanings[value.lower()]

    return Kind("|".join(shown), read)


def integer(least: int, example: int, greatest: int = 2**63 - 1) -> Kind:
    """A whole number from ``least`` to ``greatest``."""
    end = "up" if greatest == 2**63 - 1 else f"to {greatest}"

    def read(flag: str, value: str) -> int:
        number = as_integer(value.strip())
        if number is None or not least <= number <= greatest:
            raise bad_value(flag, value, f"is no whole number from {least} {end}", str(example))
        return number

    return Kind("N", read)


def _scale(flag: str, value: str) -> float:
    number = as_number(value.strip())
    if not number:
        problem = "is no number" if number is None else "is no scale: inputs are divided by it"
        raise bad_value(flag, value, problem, "255")
    return number


def _file_name(flag: str, value: str) -> str:
    if not value.strip() or value in (".", "..") or re.search(r"[/\\\0]", value):
        raise UsageError(
            f"{flag}: '{value}' is no file name",
            hint=f"Give the folder with --output_dir and the bare name with {flag}.",
        )
    return value


def _patterns(flag: str, value: str) -> tuple[str, ...]:
    # A comma in [...], in {...} or behind a backslash belongs to the pattern.
    parts = re.findall(r"(?:\\.|\[(?:\\.|[^]\\])*\]|\{[^}]*\}|[^,])+", value, re.DOTALL)
    patterns = tuple(part for part in map(str.strip, parts) if part)
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            problem = f"is no regular expression: {error}"
            raise bad_value(flag, pattern, problem, '"conv1,block[0-9]+/add"') from None
    return patterns


def _tags(flag: str, value: str) -> tuple[str, ...]:
    if re.search(r"\s", value) or not all(value.split(",")):
        raise bad_value(flag, value, "is no list of tags", "serve,gpu (commas, no blanks)")
    return tuple(value.split(","))


def _offsets(flag: str, value: str) -> tuple[int, ...]:
    text = Text.of(flag, value, "(16,16)")
    group = text.group()
    if group is None or len(group) < len(text) or text.outline[0] == "{":
        raise text.error("is no pair of offsets: they stand in brackets")
    elements = group.inside().elements("an offset")
    if len(elements) != 2:
        raise text.error(f"holds {len(elements)} offsets instead of 2")
    offsets = []
    for element in elements:
        offset = as_integer(element.outline)
        if offset is None or offset < 0:
            raise element.error("is no offset; write a whole number from 0 up")
        offsets.append(offset)
    return tuple(offsets)


def _path(flag: str, value: str) -> Path:
    if not value.strip() or "\0" in value:
        raise UsageError(f"{flag}: the path is missing", hint=f"For example: {flag} folder/name")
    return Path(os.path.abspath(os.path.expanduser(value)))


def _paths(flag: str, value: str) -> tuple[Path, ...]:
    parts = re.findall(r'(?:"[^"]*"|[^,"])+', value)
    return tuple(_path(flag, part.strip().replace('"', "")) for part in parts)


def _configuration(flag: str, value: str) -> Path:
    """A file of the user's, or one that comes with this tool, by a path from one of its folders."""
    path = _path(flag, value)
    if os.path.lexists(path) or os.path.isabs(value):
        return path
    root = Path(__file__).parents[2]
    folders = (root, root / "extensions", *sorted((root / "extensions" / "front").glob("*/")))
    found = (folder / value for folder in folders)
    return next((path for path in found if path.suffix == ".json" and path.is_file()), path)


def _counts(flag: str, value: str) -> Path | str:
    return _path(flag, value) if value.strip() else ""


def _existing(
    what: str, exists: Callable[[Path], bool], error: type[ConversionError] = UsageError
) -> Callable[[str, Any], None]:
    def check(flag: str, value: Any) -> None:
        for path in value if isinstance(value, tuple) else (value,):
            if not os.path.lexists(path) and not exists(path):
                problem = "does not exist"
            elif not exists(path):
                problem = f"is no {what}"
            elif os.path.lexists(path) and not os.access(path, os.R_OK):
                problem = "cannot be read: permission denied"
            else:
                continue
            raise error(f"{flag}: '{path}' {problem}", hint=f"{flag} takes an existing {what}.")

    return check


def _path_kind(
    metavar: str,
    what: str,
    exists: Callable[[Path], bool],
    error: type[ConversionError] = UsageError,
) -> Kind:
    check = _existing(what, exists, error)
    return Kind(metavar, _path, natural.path, check, is_path=True)


def _is_file_or_folder(path: Path) -> bool:
    return os.path.isfile(path) or os.path.isdir(path)


def _is_checkpoint(path: Path) -> bool:
    return _is_file_or_folder(path) or os.path.isfile(f"{path}.index")


def _is_extension(path: Path) -> bool:
    if os.path.isdir(path):
        return True
    from importlib.metadata import entry_points  # as heavy as the rest, and rarely needed

    return path.name in entry_points(group="mo.extensions").names


def _is_counts(value: Path | str) -> bool:
    return value == "" or os.path.isfile(value)


def _chunk(flag: str, value: str) -> int | str:
    text = value.strip().lower()
    number = as_integer(text)
    if text == "dynamic":
        return text
    if number is None or not 1 <= number < 2**31:
        raise bad_value(flag, value, "is neither a number of frames nor dynamic", "150")
    return number


HELP = Kind("", _truth, action="help")
VERSION = Kind("", _truth, action="version")
SWITCH = Kind("", _truth, action="store_const", bare="True")
TRUTH = Kind("True|False", _truth, bare="True")
NAME = Kind("NAME", lambda flag, text: text)
FILE_NAME = Kind("NAME", _file_name)
SCALE = Kind("NUMBER", _scale)
PATTERNS = Kind("REGEX,...", _patterns, natural.listed(natural.plain), may_be_empty=True)
TAGS = Kind("TAG,...", _tags, natural.listed(natural.plain))
OFFSETS = Kind("(X,Y)", _offsets, natural.shapes)

MODEL = _path_kind("FILE", "model file or folder", _is_file_or_folder, ModelFileError)
MODEL_FILE = _path_kind("FILE", "file", os.path.isfile, ModelFileError)
MODEL_FOLDER = _path_kind("FOLDER", "folder", os.path.isdir, ModelFileError)
CHECKPOINT = _path_kind("FILE", "checkpoint", _is_checkpoint, ModelFileError)
FILE = _path_kind("FILE", "file", os.path.isfile)
FOLDER = _path_kind("FOLDER", "folder", os.path.isdir)
DEFINITION = _path_kind("FILE|FOLDER", "file or folder", _is_file_or_folder)
ANY_PATH = Kind("PATH", _path, natural.path, is_path=True)
CONFIGURATION = Kind("FILE", _configuration, natural.path, FILE.check, is_path=True)
COUNTS = Kind("FILE", _counts, natural.path, _existing("file", _is_counts))
CHUNK = Kind("FRAMES|dynamic", _chunk)
EXTENSIONS = Kind(
    "FOLDER,...",
    _paths,
    natural.listed(natural.path_item),
    _existing("folder, or the name of an installed extension", _is_extension),
    may_be_empty=True,
    is_path=True,
)

INPUTS = Kind("NAME[SHAPE]{TYPE}->VALUE,...", grammar.inputs, natural.inputs, may_be_empty=True)
OUTPUTS = Kind("NAME,...", grammar.outputs, natural.listed(natural.plain), may_be_empty=True)
SHAPES = Kind("[SHAPE],...", shapes.input_shapes, natural.shapes, may_be_empty=True)
FROZEN = Kind("NAME->VALUE,...", grammar.frozen_values, natural.frozen_values, may_be_empty=True)
MEANS = Kind("[NUMBERS],...", grammar.mean_values, natural.channel_values, may_be_empty=True)
SCALES = Kind("[NUMBERS],...", grammar.scale_values, natural.channel_values, may_be_empty=True)
LAYOUTS = Kind("LAYOUT,...", layouts.layouts, natural.layouts, may_be_empty=True)
SOURCE_LAYOUTS = Kind("LAYOUT,...", layouts.source_layouts, natural.layouts, may_be_empty=True)
TARGET_LAYOUTS = Kind("LAYOUT,...", layouts.target_layouts, natural.layouts, may_be_empty=True)
TRANSFORMS = Kind(
    "NAME[KEY=VALUE],...",
    transforms.transforms,
    natural.listed(natural.plain),
    may_be_empty=True,
)
