"""A folder for extensions, and conversions with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import onnx
import pytest

import mo
from mo.api import ConvertedModel

ov = pytest.importorskip("openvino")


class Workshop:
    """Writes the files of an extension, converts with them, and runs the result."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.extension = folder / "my_ext"
        self.core = ov.Core()

    def write(self, **files: str) -> Path:
        """Files by path, '__' for '/': ``front__onnx__halve``."""
        for name, source in files.items():
            path = self.extension / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(source))
        return self.extension

    def convert(self, model: onnx.ModelProto | Path, **flags: Any) -> ConvertedModel:
        """The converted model; the extension is used if there is one."""
        path = model
        if isinstance(model, onnx.ModelProto):
            path = self.folder / "model.onnx"
            onnx.save(model, path)
        if self.extension.exists():
            flags.setdefault("extensions", self.extension)
        return mo.convert_model(path, **flags)

    def run(self, converted: ConvertedModel, *inputs: np.ndarray) -> list[np.ndarray]:
        """Its outputs in the runtime."""
        xml, _ = converted.save(self.folder / "converted.xml")
        compiled = self.core.compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        return list(compiled(list(inputs)).values())

    def outputs(
        self, model: onnx.ModelProto, *inputs: np.ndarray, **flags: Any
    ) -> list[np.ndarray]:
        return self.run(self.convert(model, **flags), *inputs)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """Nothing of an extension outlives its test."""
    yield Workshop(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "my_ext"]:
        del sys.modules[name]
