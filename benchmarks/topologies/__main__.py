"""Numbers of documented networks after a conversion, against onnxruntime.

    python -m benchmarks.topologies [NAME...]
    python -m benchmarks.topologies --write    # all of them, recorded in benchmarks/topologies.csv

Each network is built small from its published architecture, with random weights, and exported by
torch with open sizes. Printed are the largest differences to onnxruntime with static shapes, and
with open shapes for inputs of two sizes, and the number of operations beside that of OpenVINO's
own converter. Needs torch, torchvision, onnxscript, onnxruntime and openvino.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
import warnings
from pathlib import Path

from benchmarks.recording import record
from benchmarks.topologies import detectors, images, recommendation, speech, yolo
from benchmarks.topologies.checking import Builder, Figures, check

NETWORKS: dict[str, Builder] = {
    **detectors.NETWORKS,
    **yolo.NETWORKS,
    **images.NETWORKS,
    **speech.NETWORKS,
    **recommendation.NETWORKS,
}
TOLERANCE = 1e-4
RECORD = Path(__file__).parents[1] / "topologies.csv"


def main(names: list[str]) -> int:
    warnings.simplefilter("ignore")
    found: dict[str, Figures | None] = {}
    print(f"{'network':28} {'static':>9} {'open':>9} {'operations':>11} {'of the peer':>12}")
    for name in NETWORKS if "--write" in names else names or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = figures = _checked(name, Path(folder))
        if figures is not None:
            print(f"{name:28} {figures.static:9.1e} {figures.dynamic:9.1e} ", end="")
            print(f"{figures.operations:11} {figures.of_peer or 'cannot read':>12}", flush=True)
    if "--write" in names:
        _write(found)
    good = [f is not None and max(f.static, f.dynamic) <= TOLERANCE for f in found.values()]
    return 0 if all(good) else 1


def _checked(name: str, folder: Path) -> Figures | None:
    try:
        return check(NETWORKS[name](folder))
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        print(f"{name:28} {type(error).__name__} in {last.name}: {str(error)[:600]}")
        return None


def _write(found: dict[str, Figures | None]) -> None:
    header = ("network", "static", "open", "operations", "operations of ovc")
    rows = (
        (name, f"{f.static:.1e}", f"{f.dynamic:.1e}", f.operations, f.of_peer or "")
        if f is not None
        else (name, "fails", "", "", "")
        for name, f in found.items()
    )
    record(RECORD, header, rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
