"""Numbers of documented networks after a conversion, against onnxruntime.

    python -m benchmarks.topologies [--write] [NAME...]

Each network is built small from its published architecture, with random weights, and exported by
torch with open sizes. Printed are the largest differences to onnxruntime with static shapes, and
with open shapes for inputs of two sizes, and the number of operations beside that of OpenVINO's
own converter; --write keeps the rows in benchmarks/topologies.csv. Needs torch, torchvision,
onnxscript, onnxruntime and openvino.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
import warnings
from pathlib import Path

from benchmarks.recording import replace
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
HEADER = ("network", "static", "open", "operations", "operations of ovc")


def main(arguments: list[str]) -> int:
    warnings.simplefilter("ignore")
    names = [name for name in arguments if name != "--write"]
    good = True
    print(f"{'network':28} {'static':>9} {'open':>9} {'operations':>11} {'of the peer':>12}")
    for name in names or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            figures = _checked(name, Path(folder))
        if figures is not None:
            print(f"{name:28} {figures.static:9.1e} {figures.dynamic:9.1e} ", end="")
            print(f"{figures.operations:11} {figures.of_peer or 'cannot read':>12}", flush=True)
        if "--write" in arguments:
            replace(RECORD, HEADER, [_row(name, figures)])
        good &= figures is not None and max(figures.static, figures.dynamic) <= TOLERANCE
    return 0 if good else 1


def _checked(name: str, folder: Path) -> Figures | None:
    try:
        return check(NETWORKS[name](folder))
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        print(f"{name:28} {type(error).__name__} in {last.name}: {str(error)[:600]}")
        return None


def _row(name: str, figures: Figures | None) -> tuple[object, ...]:
    if figures is None:
        return name, "fails", "", "", ""
    differences = f"{figures.static:.1e}", f"{figures.dynamic:.1e}"
    return name, *differences, figures.operations, figures.of_peer or ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
