"""Numbers of documented networks of TensorFlow after a conversion, against TensorFlow.

    python -m benchmarks.tf_topologies [NAME...]

Each network is built small from its published architecture, with random weights. Printed are the
largest differences (relative to the largest number of each output) with the shapes of the first
input, and with open shapes for inputs of two or three sizes, which one IR computes; Transposes and
operations beside those of OpenVINO's own converter. Needs tensorflow, tf_keras and openvino.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import openvino as ov

from benchmarks.tf_topologies import language, old, vision
from benchmarks.tf_topologies.exporting import Builder, Exported
from benchmarks.tf_topologies.measuring import TOLERANCE, compiled, counts, difference

NETWORKS: dict[str, Builder] = {**language.NETWORKS, **vision.NETWORKS, **old.NETWORKS}


def peer_counts(exported: Exported) -> tuple[Any, Any]:
    try:
        return counts(ov.convert_model(exported.flags["input_model"]))
    except Exception:
        return "-", "-"


def row(name: str) -> tuple[str, bool]:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        exported = NETWORKS[name](folder)
        first = exported.feeds[0]
        shapes = (f"{name}{list(array.shape)}" for name, array in first.items())
        fixed, _ = compiled(exported, folder, input=",".join(shapes).replace(" ", ""))
        error = difference(fixed, first, exported.expected[0])
        opened, model = compiled(exported, folder)
        errors = [difference(opened, *pair) for pair in zip(exported.feeds, exported.expected)]
        mine, peer = counts(model), peer_counts(exported)
    figures = f"{error:9.1e} {max(errors):9.1e} {mine[0]:>6} {peer[0]:>4} {mine[1]:>6} {peer[1]:>5}"
    return figures, max(error, *errors) <= TOLERANCE


def main(names: list[str]) -> int:
    failures = 0
    print(f"{'network':18} {'static':>9} {'open':>9} {'Transposes':>11} {'operations':>12}")
    for name in names or NETWORKS:
        try:
            figures, holds = row(name)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            figures = f"{type(error).__name__} in {last.name}: {str(error)[:400]}"
            holds = False
        failures += not holds
        print(f"{name:18} {figures}{'' if holds else '  <'}", flush=True)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
