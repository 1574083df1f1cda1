"""Kaldi models converted and run in the OpenVINO runtime, frame by frame and as a whole."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov

import mo
from tests.ops import runtime

_directory = tempfile.TemporaryDirectory(prefix="mo-kaldi-")
_serial = itertools.count()


def convert(data: bytes, **flags: Any) -> Any:
    """The converted model (mo.api.ConvertedModel) of a file with this content."""
    path = Path(_directory.name) / f"m{next(_serial)}.mdl"
    path.write_bytes(data)
    try:
        return mo.convert_model(path, framework="kaldi", silent=True, **flags)
    finally:
        path.unlink()


def compiled(data: bytes, **flags: Any) -> ov.CompiledModel:
    return runtime.compiled(runtime.read(convert(data, **flags).graph))


def read(data: bytes, **flags: Any) -> tuple[ov.CompiledModel, int, int]:
    """A model that takes one frame at a time, and what its IR says: warm-up and delay."""
    model = runtime.read(convert(data, **flags).graph)
    warm_up, delay = (int(model.get_rt_info(["kaldi", key]).value) for key in ("warm_up", "delay"))
    return runtime.compiled(model), warm_up, delay


def streamed(data: bytes, inputs: Mapping[str, np.ndarray], **flags: Any) -> np.ndarray:
    """An utterance frame by frame, begun and ended as the IR says: a row for each frame."""
    model, warm_up, delay = read(data, **flags)
    return by_frame(model, extended(inputs, warm_up, delay))[warm_up + delay :]


def by_frame(model: ov.CompiledModel, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """One call for each frame: [calls, columns].

    Inputs of one dimension are the same in every call. The state is reset, all is run again, and
    must be the same.
    """
    request = model.create_infer_request()
    runs = []
    for _ in range(2):
        request.reset_state()
        rows = []
        for call in range(length(inputs)):
            feeds = {
                name: (data if data.ndim == 1 else data[call])[None].astype("f4")
                for name, data in inputs.items()
            }
            rows.append(request.infer(feeds)[0].reshape(-1).copy())
        runs.append(np.stack(rows))
    np.testing.assert_array_equal(*runs)
    return runs[0]


def length(inputs: Mapping[str, np.ndarray]) -> int:
    """The frames of an utterance."""
    return max(len(data) for data in inputs.values() if data.ndim == 2)


def extended(inputs: Mapping[str, np.ndarray], before: int, after: int) -> dict[str, np.ndarray]:
    """The first and the last frame repeated; inputs of one dimension are the same at all times."""
    return {
        name: x
        if x.ndim == 1
        else np.concatenate([x[:1].repeat(before, 0), x, x[-1:].repeat(after, 0)])
        for name, x in inputs.items()
    }


def whole(model: ov.CompiledModel, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """One call for the utterance: [rows, columns]."""
    feeds = {name: np.atleast_2d(data)[None].astype(np.float32) for name, data in inputs.items()}
    return model(feeds)[0][0]


def assert_close(found: np.ndarray, expected: np.ndarray, tolerance: float = 1e-4) -> None:
    """Equal up to a share of the largest number expected."""
    assert found.shape == expected.shape
    limit = tolerance * max(1e-3, np.abs(expected).max())
    np.testing.assert_allclose(found, expected, rtol=0, atol=limit)
