"""Files as releases of MXNet from 0.10 to 1.9 wrote them (see record_versions.py)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino")

import openvino as ov

import mo
from tests.front.mxnet.running import compare

STORED = Path(__file__).parent / "versions"
VERSIONS = sorted(path.stem for path in STORED.glob("*.npz"))
NETWORKS = ("network", "places", "upwards", "cells")
_PRECISE = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": "1"}


@cache
def stored(version: str) -> dict[str, np.ndarray]:
    with np.load(STORED / f"{version}.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_release(version: str, network: str, tmp_path: Path) -> None:
    check(version, network, tmp_path, batch="?")


def test_the_flag_for_old_models(tmp_path: Path) -> None:
    check("0.10.0", "network", tmp_path, batch="2", legacy_mxnet_model=True)


def check(version: str, network: str, folder: Path, batch: str, **flags: bool) -> None:
    parts = {
        key.split(":")[1]: array
        for key, array in stored(version).items()
        if key.startswith(f"{network}:")
    }
    (folder / "m-symbol.json").write_bytes(parts["symbol"].tobytes())
    (folder / "m-0001.params").write_bytes(parts["params"].tobytes())
    shape = ",".join([batch, *(str(size) for size in parts["in"].shape[1:])])
    model = mo.convert_model(
        folder / "m-0001.params", input_shape=f"[{shape}]", silent=True, **flags
    )
    path, _ = model.save(folder / "m.xml")
    core = ov.Core()
    core.set_property({"ENABLE_MMAP": False})
    compiled = core.compile_model(path, "CPU", _PRECISE)
    results = compiled([parts["in"]])
    for place, output in enumerate(compiled.outputs):
        compare(results[output], parts[f"out{place}"], f"{version} {network} {place}")
    assert f"out{len(compiled.outputs)}" not in parts


def test_the_oldest_files_have_other_keys() -> None:
    """Parameters under ``attr``, and arrays of the second generation."""
    old, new = (stored(version)["network:symbol"].tobytes() for version in ("0.10.0", "1.9.1"))
    assert b'"attr":' in old
    assert b'"attrs":' in new
