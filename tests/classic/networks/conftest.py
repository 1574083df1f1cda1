"""Known networks: converted with their documented flags, and run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mo
from mo.api import ConvertedModel

ov = pytest.importorskip("openvino")


class Zoo:
    """Conversions of one model, and what the runtime computes with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.core = ov.Core()

    def convert(self, model: bytes, suffix: str = "pb", **flags: Any) -> ConvertedModel:
        path = self.folder / f"model.{suffix}"
        path.write_bytes(model)
        return mo.convert_model(path, **flags)

    def run(self, converted: ConvertedModel, *inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Outputs by the names of their layers."""
        xml, _ = converted.save(self.folder / "converted.xml")
        compiled = self.core.compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        values = [node.inputs[0] for node in converted.graph.results()]
        names = [f"{v.node.name}:{v.index}" if v.index else v.node.name for v in values]
        return dict(zip(names, compiled(list(inputs)).values()))


@pytest.fixture
def zoo(tmp_path: Path) -> Zoo:
    return Zoo(tmp_path)
