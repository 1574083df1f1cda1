"""The networks of tf.keras.applications in IR version 10, whose images have channels second.

    python benchmarks/keras_ir_v10.py [--write] [--form whole ...] [NAME ...]

The frozen networks, whole and without their heads (the features are images too), are converted
with --ir_version 10 and run with images [N, C, H, W]. Printed (and kept in keras_ir_v10.csv with
--write, beside what other runs found): shapes of input and output, the largest difference to
TensorFlow (relative to the largest number of the output) with the batch fixed and open, and the
Transposes. Needs tensorflow, tf_keras and openvino.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.keras_networks import TOLERANCE, error, frozen, networks, size
from benchmarks.recording import keep

FORMS: dict[str, dict[str, Any]] = {"whole": {}, "features": {"include_top": False}}
TABLE = Path(__file__).with_suffix(".csv")
HEADER = ("network", "form", "input", "output", "fixed", "open", "transposes")
# Seconds for a line of the table.
_PATIENCE = 3600


def channels_second(array: np.ndarray) -> np.ndarray:
    """Images [N, H, W, C] as [N, C, H, W]; other arrays as they are."""
    return array.transpose(0, 3, 1, 2) if array.ndim == 4 else array


def measured(name: str, form: str) -> list[str]:
    """The cells of one line behind its names.

    That the runtime takes such images and gives such features shows how they are laid out.
    """
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        saved = frozen(name, folder, **FORMS[form])
        image, expected = map(channels_second, (saved.image, saved.expected))
        saved = saved._replace(image=image, expected=expected)
        opened, _ = error(saved, folder, ir_version=10)
        # The shape that is asked for is in the order of the framework.
        batch, channels, *spatial = image.shape
        fixed, model = error(saved, folder, ir_version=10, input_shape=[batch, *spatial, channels])
        shapes = ["x".join(map(str, array.shape)) for array in (image, expected)]
        return [*shapes, f"{fixed:.1e}", f"{opened:.1e}", str(size(model).transposes)]


def attempt(name: str, form: str) -> list[str]:
    try:
        return measured(name, form)
    except Exception as problem:
        return [f"{type(problem).__name__}: {str(problem)[:200]}"]


def holds(cells: list[str]) -> bool:
    return len(cells) > 1 and max(map(float, cells[2:4])) <= TOLERANCE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--write", action="store_true", help=f"keep the lines in {TABLE.name}")
    arguments = parser.parse_args()
    print(f"{'network':18} {'form':9}", *HEADER[2:])
    context = multiprocessing.get_context("spawn")
    failures = 0
    for name in arguments.names or networks():
        for form in arguments.form or FORMS:
            # A process of its own: TensorFlow keeps what it once allocated.
            with context.Pool(1) as pool:
                cells = pool.apply_async(attempt, (name, form)).get(_PATIENCE)
            failures += not holds(cells)
            print(f"{name:18} {form:9}", *cells, "" if holds(cells) else " <", flush=True)
            if arguments.write:
                keep(TABLE, HEADER, (name, form), cells)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
