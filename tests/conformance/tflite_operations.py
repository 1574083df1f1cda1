"""The operations of TensorFlow as TF-Lite has them, beside TF-Lite's interpreter, with a table.

    python -m tests.conformance.tflite_operations [PART OF A NAME ...] [--write]

The variants are those of tf_operations. Each is converted to TF-Lite with its sizes known and with
all of them open (where that is refused: with an open first axis), then by us, run in OpenVINO and
compared; the verdicts on record are in tflite_operations.csv. What TF-Lite's converter does not
take, or its interpreter does not run, is not in the table. Operations that stay TensorFlow's own
(Flex...) are compared with TensorFlow.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tests.conformance.tf_operations import refusal
from tests.conformance.tf_variants import VARIANTS
from tests.conformance.tf_variants.building import Shapes, Variant
from tests.conformance.verdicts import Rows, attempted, read_rows, survey
from tests.front.comparing import compare_results
from tests.front.tflite.running import Interpreted, converted, lite
from tests.ops import runtime

TABLE = Path(__file__).with_suffix(".csv")
# Variants with which TensorFlow 2.21 itself goes wrong: it ends, overflows, transforms one number
# wrongly, or writes a model that reads more than there is.
_DEFECTIVE = re.compile(
    r"MatrixDiagV[23] k=\[-1, 1\].* num_cols=-1|ReverseV2 axis=\[\]|"
    r"SparseToDense output_shape=\[6\] sparse_values=1.0|Softplus of great numbers|"
    r"^RFFT fft_length=\[1\]|FFT shifted"
)


class NoSuchModel(Exception):
    """TF-Lite does not have the operation, or not with these shapes."""


class Verdict(NamedTuple):
    operation: str
    variant: str
    operators: str
    static: str
    opened: str


def function_of(variant: Variant) -> Any:
    """The function that makes the graph of a variant; None where it is made otherwise."""
    found = variant.model.__closure__ or ()
    cells = dict(zip(variant.model.__code__.co_freevars, (cell.cell_contents for cell in found)))
    return cells.get("function") if "composed" in variant.model.__qualname__ else None


def content_of(variant: Variant, shapes: Shapes) -> bytes:
    """The variant as a TF-Lite file."""
    kinds = [array.dtype for array in variant.arrays]
    try:
        return lite(function_of(variant), list(map(tf.TensorSpec, shapes, kinds)))
    except Exception as error:
        raise NoSuchModel from error


def check(variant: Variant, shapes: Shapes) -> None:
    """Assert that the converted model computes what TF-Lite does."""
    content = content_of(variant, shapes)
    try:
        expected = expected_of(variant, content)
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        raise NoSuchModel from error
    graph = converted(content)
    results = runtime.run(graph, variant.arrays)
    compare_results(graph, results, expected, variant.tolerance, f"shapes {shapes}", to_scale=True)


def expected_of(variant: Variant, content: bytes) -> list[Any]:
    interpreted = Interpreted(content)
    if any(name.startswith("Flex") for name in interpreted.operators()):
        return variant.expected()
    return [_pairs(array) for array in interpreted.run(*variant.arrays)]


def _pairs(array: np.ndarray) -> np.ndarray:
    """Complex numbers as pairs of their parts."""
    return np.stack([array.real, array.imag], -1) if array.dtype.kind == "c" else array


def judge(variant: Variant) -> Verdict | None:
    """The verdict on a variant; None for what TF-Lite does not have."""
    if function_of(variant) is None or _DEFECTIVE.search(f"{variant.operation} {variant.name}"):
        return None
    try:
        operators = " ".join(Interpreted(content_of(variant, variant.shapes)).operators())
    except (NoSuchModel, RuntimeError, ValueError):
        return None
    static = _attempt(variant, variant.shapes)
    if static == _NONE:
        return None
    if not any(array.ndim for array in variant.arrays):
        return Verdict(variant.operation, variant.name, operators, static, "-")
    opened = _attempt(variant, variant.open_shapes)
    if opened != "right" and static == "right":
        batch = _attempt(variant, variant.batch_open_shapes)
        opened = f"first axis only: {opened}" if batch == "right" else opened
    return Verdict(variant.operation, variant.name, operators, static, opened)


_NONE = "TF-Lite makes no such model"


def _attempt(variant: Variant, shapes: Shapes) -> str:
    return attempted(lambda: check(variant, shapes), refusal, {NoSuchModel: _NONE})


def read_table() -> Rows[Verdict]:
    """The verdicts on record."""
    return read_rows(TABLE, Verdict)


if __name__ == "__main__":
    sys.exit(survey(TABLE, Verdict, VARIANTS, judge, __doc__ or ""))
