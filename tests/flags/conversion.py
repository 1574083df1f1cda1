"""A network converted on the command line and run in OpenVINO."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openvino as ov

from mo.main import main
from tests.flags import networks

_core = ov.Core()
random = np.random.default_rng(11)
IMAGE = random.uniform(0, 255, networks.IMAGE).astype(np.float32)
EXTRA = random.normal(size=networks.EXTRA).astype(np.float32)
FRAMES = random.normal(size=(5, 3)).astype(np.float32)


class Failed(Exception):
    """The conversion ended with another exit code than 0."""


class Conversions:
    """Converts one framework's network; images go in and come out with channels in front."""

    def __init__(self, framework: str, folder: Path) -> None:
        self.framework = framework
        self.folder = folder
        self.model = networks.MAKERS[framework](folder)
        self.channels_last = networks.has_channels_last(framework)

    def convert(self, *flags: str, model: bool = True) -> ov.Model:
        """The IR that the command line writes with these flags."""
        given = ["--input_model", str(self.model)] if model else []
        arguments = [*given, "--output_dir", str(self.folder / "ir"), *flags]
        if main(arguments):
            raise Failed(" ".join(arguments))
        (self.xml,) = (self.folder / "ir").glob("*.xml")
        return _core.read_model(self.xml)

    def run(self, model: ov.Model, **feeds: np.ndarray) -> np.ndarray:
        """The first output for inputs by name; without any, for IMAGE and EXTRA, or FRAMES."""
        compiled = _core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        if not feeds:
            known = {"image": IMAGE, "extra": EXTRA, "Parameter": FRAMES}
            feeds = {name: known[name] for name in map(name_of, compiled.inputs)}
        laid = {name: self.outer(array) for name, array in feeds.items()}
        return self.inner(compiled({port: laid[name_of(port)] for port in compiled.inputs})[0])

    def outer(self, array: np.ndarray) -> np.ndarray:
        """An image as the model takes it."""
        return np.moveaxis(array, 1, -1) if self.channels_last and array.ndim == 4 else array

    def inner(self, array: np.ndarray) -> np.ndarray:
        return np.moveaxis(array, -1, 1) if self.channels_last and array.ndim == 4 else array

    def dims(self, *shape: int | str) -> str:
        """A shape with channels in front as the model has it, in brackets."""
        if self.channels_last and len(shape) == 4:
            shape = (shape[0], *shape[2:], shape[1])
        return f"[{','.join(map(str, shape))}]"

    def sums(self, *flags: str, **feeds: np.ndarray) -> np.ndarray:
        return self.run(self.convert(*flags), **feeds)


def name_of(port: ov.Output) -> str:
    return port.get_node().get_friendly_name()


def close(result: np.ndarray, expected: np.ndarray, tolerance: float = 1e-5) -> None:
    assert result.shape == expected.shape
    assert np.abs(result - expected).max() <= tolerance * np.abs(expected).max()


class Cell(NamedTuple):
    """One flag with one framework, and the check of it."""

    flag: str
    framework: str
    check: Callable[[Conversions], None]

    def __str__(self) -> str:
        return f"{self.flag}-{self.framework}"


CELLS: list[Cell] = []
Check = Callable[[Conversions], None]


def flag(name: str, *frameworks: str) -> Callable[[Check], Check]:
    """Decorator: the check of a flag for these frameworks (all that take images if none)."""

    def add(check: Check) -> Check:
        CELLS.extend(Cell(name, one, check) for one in frameworks or networks.IMAGES)
        return check

    return add
