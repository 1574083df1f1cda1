"""Extensions from the folders of --extensions: imports, registration, checks.

This runs the code of the files. Nothing else is imported because it lies near them.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from mo.classic.extractor import EXTRACTORS
from mo.classic.op import Op
from mo.classic.packages import importable, is_taken
from mo.classic.replacement import BASES, ReplacementPattern
from mo.classic.reporting import user_error
from mo.classic.schedule import Anchor
from mo.errors import ConversionError, UsageError
from mo.extending import ENTRY_POINT, Conversion
from mo.middle.rewriter import Rule

# What is imported of a folder, in this order; FRAMEWORK stands for that of the model.
FOLDERS = ("ops", "analysis", "load/{}", "front", "front/{}", "middle", "back")


@dataclass
class Extensions:
    """Everything that extensions bring to one conversion."""

    # By the framework's operation in lower case.
    extractors: dict[str, type] = field(default_factory=dict)
    python_layers: dict[str, type] = field(default_factory=dict)
    custom_operations: dict[str, type] = field(default_factory=dict)
    operations: dict[str, type[Op]] = field(default_factory=dict)
    replacements: list[type[ReplacementPattern]] = field(default_factory=list)
    # The native style (mo.extending).
    conversions: list[Conversion] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())


def load(folders: Sequence[Path], framework: str) -> Extensions:
    """Import what the folders hold for a framework; UsageError or ExtensionError tells a fault."""
    found = Extensions()
    for folder in folders:
        if folder.is_dir():
            _load_folder(folder, framework, found)
        else:
            _load_installed(folder.name, found)
    _switch(found.replacements)
    _check_ids(found.replacements)
    return found


def _load_folder(folder: Path, framework: str, found: Extensions) -> None:
    name = folder.name
    if not name.isidentifier() or is_taken(folder):
        raise UsageError(
            f"--extensions: a folder cannot be called '{name}'",
            hint="Its name becomes that of a package: letters, digits and underscores, and no "
            "name of another package like 'mo'.",
        )
    with importable(folder):
        for part in FOLDERS:
            below = part.format(framework)
            modules = list(_modules(folder / below, [name, *below.split("/")]))
            _register(modules, found)
        _register_native(_modules(folder, [name]), found)


def _load_installed(name: str, found: Extensions) -> None:
    """What a package declares under the entry point of this name: a module of extensions."""
    for entry in entry_points(group=ENTRY_POINT, name=name):
        try:
            module = entry.load()
        except Exception as error:
            raise user_error(error, f"the import of '{entry.value}'") from error
        _register([module], found)
        _register_native([module], found)


def _modules(folder: Path, names: Sequence[str]) -> Iterator[ModuleType]:
    if not folder.is_dir():
        return
    for item in pkgutil.iter_modules([str(folder)]):
        if item.ispkg:
            continue
        try:
            yield importlib.import_module(".".join([*names, item.name]))
        except Exception as error:
            raise user_error(error, f"the import of '{folder / item.name}.py'") from error


def _register(modules: Iterable[ModuleType], found: Extensions) -> None:
    """Classes that a module defines (not those it imports) are its extensions."""
    for module in modules:
        for cls in list(vars(module).values()):
            if not isinstance(cls, type) or cls.__module__ != module.__name__:
                continue
            if issubclass(cls, Op):
                _keep(found.operations, cls)
                if cls.op:
                    Op.registered_ops[str(cls.op)] = cls
            elif issubclass(cls, EXTRACTORS):
                if getattr(cls, "enabled", True):
                    tables = (found.extractors, found.python_layers, found.custom_operations)
                    table = next(t for t, base in zip(tables, EXTRACTORS) if issubclass(cls, base))
                    _keep(table, cls)
            elif issubclass(cls, ReplacementPattern) and not _is_abstract(cls):
                found.replacements.append(cls)


def _is_abstract(cls: type[ReplacementPattern]) -> bool:
    """Whether it only serves others as a base: it does not say what it replaces."""
    if cls in cls.excluded_replacers or cls in BASES or issubclass(cls, Anchor):
        return True
    base = next(kind for kind in BASES if issubclass(cls, kind))
    told = ("op", "pattern", "find_and_replace_pattern", "replacement_id", "load", "analyze")
    return all(getattr(cls, name, None) == getattr(base, name, None) for name in told)


def _keep(table: dict[str, type], cls: Any) -> None:
    """The later of two classes for one operation counts, but not of one file."""
    if cls.op is None:
        return
    key = str(cls.op).lower()
    other = table.get(key)
    if other is not None and other.__module__ == cls.__module__ and other is not cls:
        raise UsageError(
            f"'{cls.__module__}' has two classes for '{cls.op}': {other.__name__} and "
            f"{cls.__name__}",
            hint="Remove one of them.",
        )
    table[key] = cls


def _register_native(modules: Iterable[ModuleType], found: Extensions) -> None:
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Conversion) and value not in found.conversions:
                found.conversions.append(value)
            elif isinstance(value, Rule) and value not in found.rules:
                found.rules.append(value)


def _switch(classes: Iterable[type[ReplacementPattern]]) -> None:
    """MO_ENABLED_TRANSFORMS and MO_DISABLED_TRANSFORMS: ids or full names, with commas between."""
    for variable, value in (("MO_ENABLED_TRANSFORMS", True), ("MO_DISABLED_TRANSFORMS", False)):
        names = {name.strip() for name in os.environ.get(variable, "").split(",")} - {""}
        for cls in classes:
            if {getattr(cls, "id", None), f"{cls.__module__}.{cls.__name__}"} & names:
                cls.enabled = value  # type: ignore[attr-defined]


def _check_ids(classes: Iterable[type[ReplacementPattern]]) -> None:
    seen: dict[str, type] = {}
    for cls in classes:
        id = getattr(cls, "id", None)
        if id is None:
            continue
        if id in seen:
            raise ConversionError(
                f"Extensions {seen[id].__name__} and {cls.__name__} have one id '{id}'",
                hint="Give each its own.",
            )
        seen[id] = cls
