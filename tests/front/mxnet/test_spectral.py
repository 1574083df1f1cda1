"""Fourier transforms, which MXNet has for GPUs only: numpy is the judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.mxnet.running import Case, check


def symbol(op: str) -> dict[str, Any]:
    nodes = [
        {"op": "null", "name": "in0", "inputs": []},
        {"op": op, "name": "node", "inputs": [[0, 0, 0]]},
    ]
    return {"nodes": nodes, "heads": [[1, 0, 0]], "attrs": {"mxnet_version": ["int", 10901]}}


def interleaved(waves: np.ndarray) -> np.ndarray:
    pairs = np.stack([waves.real, waves.imag], -1)
    return pairs.reshape(*waves.shape[:-1], -1).astype(np.float32)


@pytest.mark.parametrize("open_axes", ["none", "all"])
@pytest.mark.parametrize("shape", [(3, 8), (2, 3, 5)])
def test_transforms_and_back(shape: tuple[int, ...], open_axes: str) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    waves = interleaved(np.fft.fft(x))
    check(Case("fft", symbol("_contrib_fft"), {"in0": x}, {}, [waves]), open_axes)
    back = x * shape[-1]
    check(Case("ifft", symbol("_contrib_ifft"), {"in0": waves}, {}, [back]), open_axes)
