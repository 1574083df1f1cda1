"""Recorded models, converted and run beside their records.

A case is what ``record.py`` wrote: a symbol, its weights, inputs, and what MXNet computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import extensions.pipeline
from extensions.front.mxnet import TRANSLATIONS
from extensions.front.mxnet.reader import read_model
from extensions.front.mxnet.symbol import symbol_of
from extensions.front.mxnet.weights import as_single
from mo.cli.config import Config
from mo.front.model import Model
from mo.front.translate import translate
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.shape import Dim
from mo.graph.tensor import Tensor
from mo.pipeline.passes import run_passes
from tests.ops import runtime

RECORDED = Path(__file__).parent / "recorded"
_TOLERANCE = 1e-4
# Half precision, where MXNet computed in it.
_COARSE = 2e-3


@dataclass(frozen=True)
class Case:
    """One recorded model."""

    name: str
    symbol: dict[str, Any]
    inputs: dict[str, np.ndarray]
    weights: dict[str, np.ndarray]
    outputs: list[np.ndarray]
    # Of 127, how far results may be off where sums are rounded that depend on their order.
    steps: int = 0

    def model(self) -> Model:
        weights = {name: as_single(Tensor.of(array)) for name, array in self.weights.items()}
        return read_model(symbol_of(self.symbol), weights, (), "model")

    def arrays(self, model: Model) -> list[np.ndarray]:
        """What is fed, in the order of the model's inputs; all floats are f32."""
        return [_single(self.inputs[item.name]) for item in model.inputs]


def cases(family: str) -> Iterator[Case]:
    with np.load(RECORDED / f"{family}.npz") as stored:
        listed, data = json.loads(bytes(stored["cases"])), stored["data"]

    def array(place: list[Any]) -> np.ndarray:
        begin, kind, shape = place
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        return data[begin : begin + size].view(kind).reshape(shape)

    def arrays(places: Mapping[str, list[Any]]) -> dict[str, np.ndarray]:
        return {name: array(place) for name, place in places.items()}

    for item in listed:
        outputs = [array(place) for place in item["outputs"]]
        inputs, weights = arrays(item["inputs"]), arrays(item["weights"])
        steps = item.get("steps", 0)
        yield Case(item["name"], item["symbol"], inputs, weights, outputs, steps)


def converted(case: Case, open_axes: str = "none") -> tuple[Graph, list[np.ndarray]]:
    """The graph for the shapes of the record, of which ``none``, the ``batch`` or ``all`` are open,
    and what to feed it."""
    model = case.model()
    arrays = case.arrays(model)
    batches: dict[int, Dim] = {}
    for item, array in zip(model.inputs, arrays):
        item.shape, item.dtype = array.shape, ElementType.of(array.dtype)
        if open_axes == "all":
            item.shape = tuple(Dim() for _ in array.shape)
        elif open_axes == "batch" and array.ndim:
            # Equal batches are one number.
            batch = batches.setdefault(array.shape[0], Dim())
            item.shape = (batch, *array.shape[1:])
    graph = translate(model, TRANSLATIONS)
    run_passes(graph, extensions.pipeline.passes(Config()))
    return graph, arrays


def check(case: Case, *ways: str) -> None:
    """Assert that the model computes what MXNet did, with each choice of open axes."""
    made = [converted(case, open_axes) for open_axes in ways]
    models = [runtime.written(graph) for graph, _ in made]
    for open_axes, results in zip(ways, runtime.run_together(models, made[0][1])):
        assert len(results) == len(case.outputs)
        for index, (result, wanted) in enumerate(zip(results, case.outputs)):
            where = f"output {index} of {case.name}, open: {open_axes}"
            compare(result, wanted, where, case.steps)


def compare(result: np.ndarray, wanted: np.ndarray, where: str, steps: int = 0) -> None:
    """``steps``: of 127, how far results may be off."""
    tolerance = _COARSE if wanted.dtype == np.float16 else _TOLERANCE
    if steps and wanted.size > 1:
        tolerance = max(tolerance, steps / 127)
    wanted = _single(wanted)
    assert result.shape == wanted.shape, f"{where}: {result.shape}, not {wanted.shape}"
    assert result.dtype == wanted.dtype, f"{where}: {result.dtype}, not {wanted.dtype}"
    finite = wanted[np.isfinite(wanted)] if wanted.dtype.kind == "f" else wanted
    scale = max(1e-3, float(np.abs(finite.astype(np.float64)).max(initial=0)))
    np.testing.assert_allclose(
        result.astype(np.float64),
        wanted.astype(np.float64),
        rtol=tolerance,
        atol=tolerance * scale,
        err_msg=where,
    )


def _single(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32) if array.dtype.kind == "f" else array
