"""Trained models to OpenVINO IR. ``mo.convert_model(...)`` is the whole of it in one call.

Importing this package loads nothing else; numpy and the graph come with the first conversion.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mo.version import __version__

if TYPE_CHECKING:
    from mo.api import ConvertedModel, convert_model
    from mo.errors import ConversionError

__all__ = ["ConversionError", "ConvertedModel", "__version__", "convert_model"]

_HOMES = {
    "ConvertedModel": "mo.api",
    "convert_model": "mo.api",
    "ConversionError": "mo.errors",
}


class _ClassicModules:
    """Finds, behind all files, the modules that extensions import (see mo.classic.modules)."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        if not name.startswith(("mo.", "extensions.")):
            return None
        from mo.classic.modules import FINDER

        return FINDER.find_spec(name)


sys.meta_path.append(_ClassicModules)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mo' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
