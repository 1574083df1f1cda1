"""Replacements of known networks, at work where --transformations_config names their ids.

They are users of the extension API like any other. The configurations that name them stand in
``extensions/front/FRAMEWORK/*.json``, and are found by their bare names.
"""

from __future__ import annotations

from collections.abc import Sequence

from extensions.classic.networks.detectron import CrossroadRegions, DetectronRegions
from extensions.classic.networks.efficientdet import AutomlDetections
from extensions.classic.networks.retinanet import FilteredDetections
from extensions.classic.networks.yolo import RegionsAtEntryPoints, RegionsOnOutputs
from mo.classic.replacement import ReplacementPattern

_BY_FRAMEWORK: dict[str, tuple[type[ReplacementPattern], ...]] = {
    "tf": (RegionsOnOutputs, RegionsAtEntryPoints, FilteredDetections, AutomlDetections),
    "onnx": (DetectronRegions, CrossroadRegions),
    "mxnet": (RegionsAtEntryPoints,),
}


def replacements(framework: str) -> Sequence[type[ReplacementPattern]]:
    """Those for models of a framework."""
    return _BY_FRAMEWORK.get(framework, ())
