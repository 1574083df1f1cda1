"""Damaged files: whatever happens to a model's bytes, it converts or is refused in words."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from mo.errors import ConversionError
from tests.fuzzing import Mutants, long_number, wounded
from tests.models.networks import branches, conv_relu, image_model, unknown_operations
from tests.models.seeds import NODES
from tests.models.whole import convert_file


def node_model(op: str, *shapes: tuple[int, ...], **attributes: object) -> bytes:
    """One node on the first shape, the others being constants."""
    random_numbers = np.random.default_rng(0)
    names = [f"in{i}" for i in range(len(shapes))]
    node = helper.make_node(op, names, ["y"], "node", **attributes)
    weights = [
        numpy_helper.from_array(random_numbers.standard_normal(shape).astype(np.float32), name)
        for name, shape in zip(names[1:], shapes[1:])
    ]
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("in0", TensorProto.FLOAT, shapes[0])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    return model.SerializeToString()


def shape_model() -> bytes:
    """Shape arithmetic into Reshape, Expand, Tile, Slice, Range and ConstantOfShape."""
    ints = {
        "zero": [0],
        "minus": [-1],
        "sizes": [2, 3, 4],
        "twice": [1, 2, 1],
        "one": [1],
        "two": [2],
    }
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"], axis=0),
        helper.make_node("Concat", ["n", "minus"], ["flat"], axis=0),
        helper.make_node("Reshape", ["x", "flat"], ["r"]),
        helper.make_node("Expand", ["x", "sizes"], ["e"]),
        helper.make_node("Tile", ["e", "twice"], ["t"]),
        helper.make_node("Slice", ["t", "one", "two", "one"], ["sl"]),
        helper.make_node("ConstantOfShape", ["sizes"], ["c"]),
        helper.make_node("Add", ["x", "c"], ["a"]),
        helper.make_node("Pad", ["a", "pads"], ["p"], mode="constant"),
        helper.make_node("TopK", ["p", "two"], ["v", "i"], axis=-1),
    ]
    weights = [numpy_helper.from_array(np.array(v, np.int64), k) for k, v in ints.items()]
    weights.append(numpy_helper.from_array(np.array([0, 1, 1, 0, 1, 1], np.int64), "pads"))
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", 3, 4))],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("r", "sl", "v")],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    return model.SerializeToString()


SEEDS: list[Callable[[], bytes]] = [
    conv_relu,
    branches,
    unknown_operations,
    shape_model,
    lambda: conv_relu(cycle=True),
    lambda: image_model((1, 8, 8, 3)),
    lambda: node_model("Conv", (1, 4, 8, 8), (6, 2, 3, 3), (6,), group=2, pads=[1, 1, 1, 1]),
    lambda: node_model("Conv", (1, 4, 8, 8), (6, 4, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2]),
    lambda: node_model(
        "ConvTranspose", (1, 4, 8, 8), (4, 2, 3, 3), output_padding=[1, 1], strides=[2, 2]
    ),
    lambda: node_model("MaxPool", (1, 4, 8, 8), kernel_shape=[3, 3], ceil_mode=1, strides=[2, 2]),
    lambda: node_model("AveragePool", (1, 4, 9), kernel_shape=[2], count_include_pad=1),
    lambda: node_model("BatchNormalization", (1, 4, 8), (4,), (4,), (4,), (4,)),
    lambda: node_model("Gemm", (2, 3), (4, 3), (4,), transB=1, alpha=0.5),
    lambda: node_model("MatMul", (2, 3, 4), (4, 5)),
    lambda: node_model("Concat", (2, 3), (2, 3), axis=1),
    lambda: node_model("Split", (2, 4), axis=1),
    lambda: node_model("Transpose", (2, 3, 4), perm=[2, 0, 1]),
    lambda: node_model("Softmax", (2, 3, 4), axis=-1),
    lambda: node_model("LRN", (1, 4, 8, 8), size=3),
    lambda: node_model("DepthToSpace", (1, 8, 2, 2), blocksize=2),
    lambda: node_model("ReduceMean", (2, 3, 4), axes=[1], keepdims=0),
    lambda: node_model("Einsum", (2, 3), (3, 4), equation="ij,jk->ik"),
]


def _seed(index: int) -> bytes:
    return SEEDS[index]() if index < len(SEEDS) else NODES[index - len(SEEDS)]


def mutant(number: int) -> bytes:
    """A seed with one to eight wounds; the same for the same number."""
    seed = _seed(number % (len(SEEDS) + len(NODES)))
    return wounded(seed, random.Random(number), long_number)


@pytest.mark.parametrize("index", range(len(NODES)))
def test_each_seed_is_sound(index, tmp_path):
    path = tmp_path / "seed.onnx"
    path.write_bytes(NODES[index])
    convert_file(path, tmp_path)


class TestModels(Mutants):
    few = 500

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        path = folder / "mutant.onnx"
        path.write_bytes(mutant(number))
        return lambda: convert_file(path, folder)


def test_cut_off_at_every_byte(tmp_path):
    content = branches()
    path = tmp_path / "cut.onnx"
    for length in range(len(content)):
        path.write_bytes(content[:length])
        try:
            convert_file(path, tmp_path)
        except ConversionError:
            continue
