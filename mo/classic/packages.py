"""Folders of --extensions as packages: they hide nothing, and nothing hides them."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from mo.classic.reporting import user_error


def is_taken(folder: Path) -> bool:
    """Whether another module has the name of the folder."""
    name = folder.name
    if name in _PACKAGES:
        return False
    found = importlib.util.find_spec(name)
    if found is None:
        return False
    places = [found.origin or "", *(found.submodule_search_locations or ())]
    return not any(place and Path(place).parent.samefile(folder.parent) for place in places)


# The names of the folders that have become packages.
_PACKAGES: set[str] = set()


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Let ``folder`` be a package, fresh even if another had its name.

    What lies beside it can be imported from its files, but hides nothing.
    """
    name = folder.name
    paths = [os.path.realpath(path) for path in getattr(sys.modules.get(name), "__path__", [])]
    if os.path.realpath(folder) not in paths:
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[module]
        _make_package(folder)
    sys.path.append(str(folder.parent))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder.parent))


def _make_package(folder: Path) -> None:
    """The folder as a package, whatever else of its name could be imported."""
    name, first = folder.name, folder / "__init__.py"
    _PACKAGES.add(name)
    if not first.is_file():
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [str(folder)]
        return
    spec = importlib.util.spec_from_file_location(
        name, first, submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(package)
    except Exception as error:
        del sys.modules[name]
        raise user_error(error, f"the import of '{first}'") from error
