"""The multigraph class of networkx, without the rest of networkx until somebody asks for it.

``import networkx`` runs 290 modules of algorithms, generators and file formats, which is a
quarter of the memory and of the start-up time of a conversion that needs one class. So its
classes are imported into a package that has not run yet. The first ``import networkx``, by
anyone, runs it in the very module object that the classes refer to: everything is there once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_NAME = "networkx"
# Where the package itself takes the names from that its classes and their methods look up in it.
_FIRST = ("networkx.exception", "networkx.utils")


class _Package(ModuleType):
    """networkx before its ``__init__`` has run."""

    def __getattr__(self, name: str) -> Any:
        for module in map(sys.modules.get, _FIRST):
            if module is not None and name in vars(module):
                return vars(module)[name]
        if sys.modules.get(_NAME) is self:  # the classes are being defined
            raise AttributeError(f"module '{_NAME}' has no attribute '{name}' yet")
        import_module(_NAME)
        return getattr(self, name)


class _Rest(MetaPathFinder, Loader):
    """Finds and runs what is left of the package when it is imported."""

    def __init__(self, package: ModuleType, spec: ModuleSpec) -> None:
        self.package = package
        self.spec = spec
        self.loader = spec.loader

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != _NAME:
            return None
        sys.meta_path.remove(self)
        self.spec.loader = self
        return self.spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.package

    def exec_module(self, module: ModuleType) -> None:
        self.spec.loader = self.loader
        module.__class__ = ModuleType
        assert self.loader is not None
        self.loader.exec_module(module)


def _entered() -> ModuleType:
    """networkx with its classes, and with the rest where that is there or cannot be put off."""
    spec = None if _NAME in sys.modules else find_spec(_NAME)
    if spec is None:
        return import_module(_NAME)
    package = module_from_spec(spec)
    package.__class__ = _Package
    sys.modules[_NAME] = package
    try:
        for name in (*_FIRST, "networkx.classes"):
            import_module(name)
    except (ImportError, AttributeError):  # a version that is put together otherwise
        for name in [name for name in sys.modules if name.split(".")[0] == _NAME]:
            del sys.modules[name]
        return import_module(_NAME)
    del sys.modules[_NAME]
    sys.meta_path.insert(0, _Rest(package, spec))
    return package


# Algorithms are there, too: whoever names one has the rest imported.
networkx: Any = _entered()
MultiDiGraph = networkx.classes.MultiDiGraph
