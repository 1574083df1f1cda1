"""The JSON file of --transformations_config: what it may hold, read and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mo.errors import UsageError, listing

# Files larger than this are no lists of replacements.
_SIZE_LIMIT = 16 << 20
KINDS = ("scope", "points", "general")


@dataclass
class Description:
    """One object of the file; ``given`` is the object as it was written."""

    id: str
    match_kind: str
    instances: Any
    given: Mapping[str, Any]
    custom_attributes: dict[str, Any] = field(default_factory=dict)
    inputs: list[list[dict[str, Any]]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    op: str | None = None
    # Whether start and end points belong to the sub-graph.
    with_inputs: bool = True
    with_outputs: bool = True


def read_descriptions(path: Path) -> list[Description]:
    """The objects of a file; UsageError names what is wrong, and where."""
    return [_description(item, number, path.name) for number, item in enumerate(read_objects(path))]


def read_objects(path: Path) -> list[Any]:
    """What a file holds, not looked at yet; a single object is a list of one."""
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise UsageError(
                f"'{path.name}' is too large for a list of replacements",
                hint=f"Such files have less than {_SIZE_LIMIT >> 20} MB.",
            )
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"--transformations_config: cannot read '{path.name}': {error.strerror}",
            hint="Check the path.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"--transformations_config: '{path.name}' is not JSON: {error}",
            hint="Mend the file; it is a list of objects with 'id' and 'match_kind'.",
        ) from error
    return found if isinstance(found, list) else [found]


def _description(item: Any, number: int, file: str) -> Description:
    where = f"'{file}', object {number}"
    if not isinstance(item, dict) or not {"id", "match_kind"} <= item.keys():
        raise UsageError(
            f"{where} lacks 'id' or 'match_kind'", hint="Both are needed in each object."
        )
    kind, id = item["match_kind"], str(item["id"])
    where = f"{where} ('{id}')"
    if kind not in KINDS:
        raise UsageError(f"{where} has match_kind '{kind}'", hint=f"Known are {listing(KINDS)}.")
    given = {key: value for key, value in item.items() if value is not None}
    _check_instances(kind, given.get("instances"), where)
    _check_kinds(given, where)
    return Description(
        id,
        kind,
        given.get("instances"),
        item,
        custom_attributes=given.get("custom_attributes", {}),
        inputs=given.get("inputs", []),
        outputs=given.get("outputs", []),
        op=given.get("op"),
        with_inputs=given.get("include_inputs_to_sub_graph", True),
        with_outputs=given.get("include_outputs_to_sub_graph", True),
    )


def _check_instances(kind: str, instances: Any, where: str) -> None:
    if kind == "scope":
        if not _is_texts(instances):
            raise UsageError(
                f"{where}: 'instances' is no list of scopes", hint="Give prefixes of node names."
            )
        for scope in instances:
            _check_pattern(scope, where)
    if kind == "points" and not (
        isinstance(instances, dict)
        and _is_texts(instances.get("start_points"))
        and _is_texts(instances.get("end_points"))
    ):
        raise UsageError(
            f"{where}: 'instances' has no 'start_points' and 'end_points'",
            hint="Give both as lists of node names.",
        )


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(isinstance(v, str) for v in value)


def _check_pattern(pattern: str, where: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(
            f"{where}: '{pattern}' is no regular expression: {error}",
            hint="Names with signs like '(' or '+' take a backslash before these.",
        ) from error


def _is_end(value: Any) -> bool:
    """Whether it is {"node": pattern, "port": number}."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("node"), str)
        and isinstance(value.get("port"), int)
    )


def _is_ends(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_end, value))


def _check_kinds(given: Mapping[str, Any], where: str) -> None:
    """The optional entries, by what they are to be."""
    one = '{"node": "pattern", "port": 0}'
    entries: dict[str, tuple[Callable[[Any], bool], str]] = {
        "custom_attributes": (lambda v: isinstance(v, dict), "an object"),
        "inputs": (lambda v: isinstance(v, list) and all(map(_is_ends, v)), f"[[{one}, ...], ...]"),
        "outputs": (_is_ends, f"[{one}, ...]"),
        "op": (lambda v: isinstance(v, str), "the name of an operation"),
        "include_inputs_to_sub_graph": (lambda v: isinstance(v, bool), "true or false"),
        "include_outputs_to_sub_graph": (lambda v: isinstance(v, bool), "true or false"),
    }
    for key, (is_right, form) in entries.items():
        if key in given and not is_right(given[key]):
            raise UsageError(f"{where}: '{key}' is malformed", hint=f"It is to be {form}.")
    ends = [end for ends in given.get("inputs", ()) for end in ends]
    for end in (*ends, *given.get("outputs", ())):
        _check_pattern(end["node"], where)
