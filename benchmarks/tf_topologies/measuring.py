"""What becomes of a network: its numbers beside TensorFlow's, and its size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov

import mo
from benchmarks.tf_topologies.exporting import Exported, Feed

TOLERANCE = 1e-4


def difference(compiled: Any, feed: Feed, expected: Sequence[np.ndarray]) -> float:
    named = {compiled.input(name): feed[name] for name in feed}
    found = compiled(named)
    results = [np.asarray(found[port]) for port in compiled.outputs]
    assert len(results) == len(expected)
    gaps = [0.0]
    for result, wanted in zip(results, expected):
        assert result.shape == wanted.shape, f"{result.shape}, not {wanted.shape}"
        gaps.append(float(np.abs(result - wanted).max() / max(np.abs(wanted).max(), 1e-6)))
    return max(gaps)


def compiled(exported: Exported, folder: Path, **flags: Any) -> tuple[Any, Any]:
    xml, _ = mo.convert_model(**exported.flags, **flags).save(folder / "net.xml")
    core = ov.Core()
    model = core.read_model(xml)
    return core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}), model


def counts(model: Any) -> tuple[int, int]:
    kinds = [op.get_type_name() for op in model.get_ops()]
    kinds = [kind for kind in kinds if kind not in ("Parameter", "Result", "Constant")]
    return kinds.count("Transpose"), len(kinds)
