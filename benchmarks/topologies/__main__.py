"""Numbers of documented networks after a conversion, against onnxruntime.

    python -m benchmarks.topologies [NAME...]

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

from benchmarks.topologies import detectors, images, recommendation, speech, yolo
from benchmarks.topologies.checking import Builder, check

NETWORKS: dict[str, Builder] = {
    **detectors.NETWORKS,
    **yolo.NETWORKS,
    **images.NETWORKS,
    **speech.NETWORKS,
    **recommendation.NETWORKS,
}
# The last layers are scaled up, and rounding errors with them.
TOLERANCE = 2e-3


def main(names: list[str]) -> int:
    warnings.simplefilter("ignore")
    failures = 0
    print(f"{'network':28} {'static':>9} {'open':>9} {'operations':>11} {'of the peer':>12}")
    for name in names or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = check(NETWORKS[name](Path(folder)))
            except Exception as error:
                failures += 1
                last = traceback.extract_tb(error.__traceback__)[-1]
                print(f"{name:28} {type(error).__name__} in {last.name}: {str(error)[:600]}")
                continue
        failures += max(found.static, found.dynamic) > TOLERANCE
        print(f"{name:28} {found.static:9.1e} {found.dynamic:9.1e} ", end="")
        print(f"{found.operations:11} {found.of_peer or 'cannot read':>12}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
