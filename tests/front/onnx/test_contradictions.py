"""Files that are whole but contradict themselves: each converts, or is refused in words.

Where the mutation fuzz damages bytes, this one damages meaning: sizes, attributes, inputs.
"""

from __future__ import annotations

import contextlib
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from mo.errors import ConversionError
from tests.fuzzing import Mutants
from tests.models.nodes import fixed, numbers, single
from tests.models.seeds import IMAGE, NODES, ints
from tests.models.whole import convert_file

# Numbers at which sizes, axes and counts go wrong.
NUMBERS = (-(2**63), -(2**31), -7, -2, -1, 0, 1, 2, 3, 5, 17, 1000, 2**31, 2**40, 2**62, 2**63 - 1)
TEXTS = ("", "linear", "edge", "SAME_UPPER", "VALID", "...ij->i", "wrap", "\ud800", "x" * 999)


def contradiction(number: int) -> bytes:
    """A sound model with one to three things changed; the same for the same number."""
    dice = random.Random(number)
    model = onnx.ModelProto.FromString(NODES[number % len(NODES)])
    for _ in range(dice.choice((1, 1, 2, 3))):
        change = dice.choice(CHANGES)
        change(model, dice)
    return model.SerializeToString()


def _attribute(model: onnx.ModelProto, dice: random.Random) -> None:
    attributes = [a for node in model.graph.node for a in node.attribute]
    if not attributes:
        return
    attribute = dice.choice(attributes)
    attribute.i = dice.choice(NUMBERS)
    attribute.f = float(dice.choice((0, -1, 1e30, float("nan"), float("inf"), 0.5)))
    if attribute.ints:
        attribute.ints[dice.randrange(len(attribute.ints))] = dice.choice(NUMBERS)
    if attribute.ints and dice.random() < 0.3:
        attribute.ints.extend(dice.choices(NUMBERS, k=dice.randrange(5)))
    if attribute.s:
        attribute.s = dice.choice(TEXTS).encode("utf-8", "surrogatepass")
    if dice.random() < 0.1:
        attribute.type = dice.randrange(1, 8)


def _missing_attribute(model: onnx.ModelProto, dice: random.Random) -> None:
    node = dice.choice(model.graph.node)
    if node.attribute:
        del node.attribute[dice.randrange(len(node.attribute))]


def _input_size(model: onnx.ModelProto, dice: random.Random) -> None:
    if not model.graph.input:
        return
    kind = dice.choice(model.graph.input).type.tensor_type
    dims = kind.shape.dim
    choice = dice.randrange(5)
    if choice == 0:
        kind.ClearField("shape")
    elif choice == 1:
        dims.add().dim_value = dice.choice(NUMBERS)
    elif choice == 2 and dims:
        del dims[dice.randrange(len(dims))]
    elif dims:
        dim = dice.choice(dims)
        dim.Clear()
        if choice == 3:
            dim.dim_value = dice.choice(NUMBERS)


def _input_type(model: onnx.ModelProto, dice: random.Random) -> None:
    if model.graph.input:
        dice.choice(model.graph.input).type.tensor_type.elem_type = dice.randrange(1, 24)


def _constant(model: onnx.ModelProto, dice: random.Random) -> None:
    if not model.graph.initializer:
        return
    tensor = dice.choice(model.graph.initializer)
    if tensor.data_type != onnx.TensorProto.INT64:
        return
    array = numpy_helper.to_array(tensor).copy()
    if array.size and dice.random() < 0.7:
        array.reshape(-1)[dice.randrange(array.size)] = dice.choice(NUMBERS)
    else:
        array = np.array(dice.choices(NUMBERS, k=dice.randrange(6)), np.int64)
    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def _inputs(model: onnx.ModelProto, dice: random.Random) -> None:
    node = dice.choice(model.graph.node)
    names = list(node.input)
    if names:
        at = dice.randrange(len(names))
        names[at : at + dice.randrange(2)] = [dice.choice(names)] * dice.randrange(3)
        node.input[:] = names


def _operation(model: onnx.ModelProto, dice: random.Random) -> None:
    other = onnx.ModelProto.FromString(dice.choice(NODES))
    dice.choice(model.graph.node).op_type = dice.choice(other.graph.node).op_type


def _version(model: onnx.ModelProto, dice: random.Random) -> None:
    model.opset_import[0].version = dice.choice((1, 6, 7, 9, 10, 11, 13, 18, 21, 10**9, -1))


CHANGES = (
    _attribute,
    _attribute,
    _missing_attribute,
    _input_size,
    _input_type,
    _constant,
    _constant,
    _inputs,
    _operation,
    _version,
)


class TestContradictions(Mutants):
    few = 500

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        path = folder / "changed.onnx"
        path.write_bytes(contradiction(number))
        return lambda: convert_file(path, folder)


# ---- claims of size


HUGE = 2**40
CLAIMS: dict[str, onnx.ModelProto] = {
    "a filled tensor": single("ConstantOfShape", [ints(HUGE, HUGE)]),
    "a range": single("Range", [fixed(0), fixed(HUGE), fixed(1)]),
    "a repeated tensor": single("Tile", [fixed(numbers(2, 3)), ints(HUGE, 2)]),
    "an expanded tensor": single("Expand", [fixed(numbers(1, 3)), ints(HUGE, 3)]),
    "a padded tensor": single("Pad", [fixed(numbers(2, 3)), ints(0, HUGE, 0, 0)]),
    "a one-hot vector": single("OneHot", [ints(1), fixed(HUGE), fixed([0.0, 1.0])]),
    "a matrix of ones": single("EyeLike", [fixed(numbers(2, 3))]),
    "a window": single("MaxPool", [IMAGE], attributes={"kernel_shape": [HUGE, HUGE]}),
    "strides": single(
        "MaxPool", [IMAGE], attributes={"kernel_shape": [1, 1], "strides": [HUGE] * 2}
    ),
    "a grid": single("AffineGrid", [numbers(1, 2, 3), ints(1, 1, HUGE, HUGE)]),
    "a crop": single("CenterCropPad", [IMAGE, ints(1, 4, HUGE, 8)]),
    "columns": single("Col2Im", [numbers(1, 4, 9), ints(HUGE, HUGE), ints(2, 2)]),
    "a larger image": single("Resize", [IMAGE, None, fixed([1.0, 1.0, 1e9, 1e9])]),
    "a smoothed image": single(
        "Resize",
        [numbers(1, 1, 3, 3), None, fixed([1.0, 1.0, 1e7, 0.5])],
        attributes={"mode": "linear", "antialias": 1},
    ),
    "a curve with many feet": single(
        "Resize",
        [numbers(1, 1, 3, 9999), None, fixed([1.0, 1.0, 1.0, 0.001])],
        attributes={"mode": "cubic", "antialias": 1},
    ),
    "axes": single("Unsqueeze", [numbers(2), ints(*range(1000))]),
    "parts": single("Split", [numbers(2, 3), ints(1, HUGE)], outputs=2),
    "blocks": single("DepthToSpace", [IMAGE], attributes={"blocksize": HUGE}),
    "random numbers": single("RandomNormal", [], attributes={"shape": [HUGE, HUGE]}),
    "groups": single(
        "GroupNormalization",
        [IMAGE, fixed(numbers(4)), fixed(numbers(4))],
        attributes={"num_groups": HUGE},
    ),
}


@pytest.mark.parametrize("what", CLAIMS)
def test_claims_of_size_take_no_memory(what: str, tmp_path: Path) -> None:
    path = tmp_path / "claim.onnx"
    path.write_bytes(CLAIMS[what].SerializeToString())
    tracemalloc.start()
    try:
        with contextlib.suppress(ConversionError):
            convert_file(path, tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20
