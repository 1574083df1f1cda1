"""Each class against the table of opsets: its type, its attributes, its version."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest

import extensions.ops
from mo.graph.element_type import ElementType
from mo.graph.op import REQUIRED, Op
from mo.graph.tensor import Tensor
from tests.ops.opsets import OPSETS

BASES = {"Unary", "Predicate", "Binary", "Comparison", "Logical", "Bitwise", "Shift", "Reduction"}
# Every runtime that reads the IR has these, so it does not matter that some operations have an
# older form: ShapeOf, Range and Broadcast of opset1, say.
COMMON = 7
# Other outputs than the older form.
OTHERWISE = {"MaxPoolWithIndices"}
# Read from the attributes: the oldest opset for an instance that needs no more.
SAMPLES: dict[str, Any] = {
    "int": 1,
    "float": 0.5,
    "bool": False,
    "str": "explicit",
    "tuple[int, ...]": (1, 1),
    "tuple[float, ...]": (0.5,),
    "ElementType": ElementType.f32,
    "Shape": (1,),
    "Tensor": Tensor.of([0.0]),
}


def classes() -> list[type[Op]]:
    """All operations of the package."""
    for module in pkgutil.iter_modules(extensions.ops.__path__):
        importlib.import_module(f"extensions.ops.{module.name}")
    found, stack = [], [Op]
    while stack:
        for kind in stack.pop().__subclasses__():
            stack.append(kind)
            is_one = not kind.__name__.startswith("_") and kind.__name__ not in BASES
            if is_one and kind.__module__.startswith("extensions.ops") and not kind.has_bodies:
                found.append(kind)
    return sorted(found, key=lambda kind: kind.__name__)


def instance(kind: type[Op], **attributes: Any) -> Op:
    """An operation with something for each attribute that has no default."""
    annotations: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        annotations |= base.__dict__.get("__annotations__", {})
    needed = {n: SAMPLES[annotations[n]] for n, d in kind._fields.items() if d is REQUIRED}
    return kind(**needed | attributes)


def number(version: str) -> int:
    return int(version.removeprefix("opset"))


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_class(kind: type[Op]) -> None:
    versions = OPSETS[kind.type]
    op = instance(kind)
    version = number(op.version())
    newest = max((v for v in versions if v <= version), default=None)
    assert newest is not None, f"{kind.type} is not in {op.version()}"
    assert set(op.ir_attributes()) <= versions[newest]
    if version > COMMON and kind.__name__ not in OTHERWISE:
        assert version == min(versions), f"{kind.type} is in opset{min(versions)}, too"


def test_every_operation_has_a_class() -> None:
    standard = {"Const", "Parameter", "Result", "If", "Loop", "TensorIterator"}
    missing = set(OPSETS) - {kind.type for kind in classes()} - standard
    assert missing == set()


NEEDS = [
    ("AvgPool", {"rounding_type": "ceil_torch"}, 14),
    ("AvgPool", {"rounding_type": "ceil"}, 1),
    ("MaxPool", {"rounding_type": "ceil_torch"}, 14),
    ("MaxPoolWithIndices", {}, 8),
    ("MaxPoolWithIndices", {"rounding_type": "ceil_torch"}, 14),
    ("Softmax", {"axis": -1}, 8),
    ("Gelu", {"approximation_mode": "TANH"}, 7),
    ("Gelu", {}, 2),
    ("Gather", {}, 1),
    ("Gather", {"batch_dims": 1}, 7),
    ("Gather", {"negative_indices": True}, 8),
    ("GatherND", {"batch_dims": 1}, 5),
    ("GatherND", {"batch_dims": 2}, 8),
    ("Pad", {}, 1),
    ("Pad", {"negative": True}, 12),
    ("ScatterElementsUpdate", {}, 3),
    ("ScatterElementsUpdate", {"reduction": "sum"}, 12),
    ("ScatterNDUpdate", {}, 4),
    ("ScatterNDUpdate", {"reduction": "sum"}, 15),
    ("ROIAlign", {}, 3),
    ("ROIAlign", {"aligned_mode": "half_pixel"}, 9),
    ("TopK", {}, 3),
    ("TopK", {"stable": True}, 11),
    ("PriorBox", {}, 1),
    ("PriorBox", {"min_max_aspect_ratios_order": False}, 8),
    ("DeformableConvolution", {}, 1),
    ("DeformableConvolution", {"has_mask": True}, 8),
    ("DeformableConvolution", {"bilinear_interpolation_pad": True}, 8),
    ("MulticlassNms", {}, 8),
    ("MulticlassNms", {"has_rois": True}, 9),
    ("ReadValue", {}, 3),
    ("ReadValue", {"variable_type": ElementType.f32, "variable_shape": (1, 3)}, 6),
]


@pytest.mark.parametrize(("name", "attributes", "version"), NEEDS)
def test_version_of_an_instance(name: str, attributes: dict[str, Any], version: int) -> None:
    """The oldest opset whose operation does what the attributes ask for."""
    kind = next(kind for kind in classes() if kind.__name__ == name)
    op = instance(kind, **attributes)
    assert number(op.version()) == version
    newest = max(v for v in OPSETS[op.type] if v <= version)
    assert set(op.ir_attributes()) <= OPSETS[op.type][newest]
