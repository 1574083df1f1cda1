"""Small sound models of all families of operations, to be damaged by the fuzzer."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.models.nodes import fixed, model_of, numbers, single

IMAGE = numbers(1, 4, 8, 8)


def ints(*values: int) -> Any:
    return fixed(np.array(values, np.int64))


def _node(
    op: str,
    *inputs: Any,
    opset: int = 18,
    outputs: int = 1,
    domain: str = "",
    **attributes: Any,
) -> bytes:
    given: dict[str, Any] = {"opset": opset, "outputs": outputs, "domain": domain}
    return single(op, inputs, attributes=attributes, **given).SerializeToString()


def _with_branches() -> bytes:
    """If with a condition that is computed, and Loop, both of which read what lies outside."""
    branches = [
        helper.make_graph(
            [helper.make_node(op, ["x"], [op])], op, [], [helper.make_empty_tensor_value_info(op)]
        )
        for op in ("Abs", "Neg")
    ]
    kinds = [("i", TensorProto.INT64), ("c", TensorProto.BOOL), ("a", TensorProto.FLOAT)]
    shapes: list[list[int]] = [[], [], [2]]
    body = helper.make_graph(
        [
            helper.make_node("Add", ["a", "x"], ["b"]),
            helper.make_node("Identity", ["c"], ["d"]),
        ],
        "body",
        [helper.make_tensor_value_info(n, k, s) for (n, k), s in zip(kinds, shapes)],
        [helper.make_empty_tensor_value_info(name) for name in ("d", "b")],
    )
    nodes = [
        helper.make_node("Greater", ["s", "zero"], ["condition"]),
        helper.make_node(
            "If", ["condition"], ["y"], then_branch=branches[0], else_branch=branches[1]
        ),
        helper.make_node("Loop", ["count", "", "y"], ["z"], body=body),
    ]
    constants = [("zero", np.array(0, np.float32)), ("count", np.array(3))]
    inputs = [("x", numbers(2)), ("s", np.array(1, np.float32))]
    return model_of(nodes, inputs, ["z"], constants, 13).SerializeToString()


def _with_constants() -> bytes:
    """Constants of all forms, one of them sparse, another one an initializer of four bits."""
    values = onnx.numpy_helper.from_array(np.array([1.5, 2.5], np.float32))
    places = onnx.numpy_helper.from_array(np.array([1, 5]))
    sparse = helper.make_sparse_tensor(values, places, [2, 3])
    nodes = [
        helper.make_node("Constant", [], ["a"], value_float=1.5),
        helper.make_node("Constant", [], ["b"], value_ints=[2, 3]),
        helper.make_node("Constant", [], ["c"], sparse_value=sparse),
        helper.make_node("Constant", [], ["d"], value=values),
        helper.make_node("Reshape", ["x", "b"], ["e"]),
        helper.make_node("Sum", ["e", "a", "c"], ["y"]),
    ]
    model = model_of(nodes, [("x", numbers(6))], ["y"], opset=13)
    model.graph.initializer.append(helper.make_tensor("n", TensorProto.INT4, [3], [1, -2, 3]))
    model.graph.sparse_initializer.append(sparse)
    return model.SerializeToString()


def _quantised() -> bytes:
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        helper.make_node("DequantizeLinear", ["w", "s"], ["v"]),
        helper.make_node("MatMul", ["d", "v"], ["y"]),
    ]
    constants = [
        ("s", np.float32(0.1)),
        ("z", np.uint8(3)),
        ("w", numbers(4, 3, dtype=np.int8)),
    ]
    initializers = [(name, np.asarray(value)) for name, value in constants]
    return model_of(nodes, [("x", numbers(2, 4))], ["y"], initializers, 13).SerializeToString()


BOXES = (numbers(1, 6, 4), numbers(1, 2, 6))

BYTES = numbers(2, 3, dtype=np.uint8)
MICROSOFT, TOOLKIT = "com.microsoft", "org.openvinotoolkit"

NODES: tuple[bytes, ...] = (
    _with_branches(),
    _with_constants(),
    _quantised(),
    _node("Resize", IMAGE, None, fixed([1.0, 1.0, 2.0, 1.5]), mode="linear"),
    _node("Resize", IMAGE, None, None, ints(1, 4, 5, 3), mode="cubic", antialias=1),
    _node("Upsample", IMAGE, fixed([1.0, 1.0, 2.0, 2.0]), opset=9),
    _node("GridSample", IMAGE, numbers(1, 3, 3, 2)),
    _node("RoiAlign", IMAGE, fixed(numbers(2, 4)), ints(0, 0), output_height=2),
    _node("NonMaxSuppression", *BOXES, fixed(3), fixed(0.5), fixed(0.1)),
    _node("TopK", IMAGE, ints(2), outputs=2, axis=1),
    _node("ArgMax", IMAGE, axis=1, select_last_index=1),
    _node("Unique", numbers(3, 4), axis=1, outputs=4),
    _node("OneHot", ints(0, 2), fixed(4), fixed([0.0, 1.0]), axis=0),
    _node("GatherND", IMAGE, fixed(np.array([[0, 1], [0, -1]]))),
    _node("ScatterND", numbers(4, 3), fixed(np.array([[1], [2]])), numbers(2, 3)),
    _node("ScatterElements", numbers(4, 3), fixed(np.array([[1, 0, 2]])), numbers(1, 3), axis=0),
    _node("Compress", numbers(4, 3), fixed(np.array([True, False, True])), axis=0),
    _node("CumSum", IMAGE, fixed(2), reverse=1),
    _node("Trilu", numbers(4, 4), fixed(1), upper=0),
    _node("EyeLike", numbers(4, 4), k=1),
    _node("Range", fixed(0), fixed(9), fixed(2)),
    _node("ConstantOfShape", ints(2, 3), value=np.array([7])),
    _node("Tile", numbers(2, 3), ints(2, 2)),
    _node("Pad", IMAGE, ints(0, 0, 1, 1, 0, 0, -1, 2), fixed(1.5)),
    _node("Pad", IMAGE, ints(1, 1, 2, 2), None, ints(2, 3), mode="wrap", opset=19),
    _node("Slice", IMAGE, ints(-1), ints(-9), ints(2), ints(-2)),
    _node("CenterCropPad", IMAGE, ints(5, 9), axes=[2, 3]),
    _node("Col2Im", numbers(1, 8, 9), ints(4, 4), ints(2, 2)),
    _node("AffineGrid", numbers(1, 2, 3), ints(1, 1, 4, 5), opset=20),
    _node(
        "MaxUnpool",
        numbers(1, 1, 2, 2),
        fixed(np.zeros((1, 1, 2, 2), np.int64)),
        kernel_shape=[2, 2],
    ),
    _node("MaxPool", IMAGE, outputs=2, kernel_shape=[2, 2], dilations=[2, 1], pads=[1, 0, 1, 0]),
    _node("LpPool", IMAGE, kernel_shape=[3, 3], p=3, strides=[2, 2], ceil_mode=1),
    _node("DeformConv", IMAGE, fixed(numbers(2, 4, 3, 3)), fixed(numbers(1, 18, 6, 6)), opset=19),
    _node("LRN", IMAGE, size=4),
    _node("LayerNormalization", IMAGE, fixed(numbers(8)), fixed(numbers(8)), outputs=3),
    _node(
        "GroupNormalization", IMAGE, fixed(numbers(4)), fixed(numbers(4)), num_groups=2, opset=21
    ),
    _node("InstanceNormalization", IMAGE, fixed(numbers(4)), fixed(numbers(4))),
    _node(
        "LSTM", numbers(3, 1, 2), fixed(numbers(1, 12, 2)), fixed(numbers(1, 12, 3)), hidden_size=3
    ),
    _node("ReverseSequence", numbers(4, 2), ints(3, 4)),
    _node("SpaceToDepth", IMAGE, blocksize=2),
    _node("Hardmax", numbers(2, 3)),
    _node("Cast", numbers(2, 3), to=TensorProto.INT32),
    _node("Clip", numbers(2, 3), fixed(-1.0), fixed(1.0)),
    _node("RandomNormalLike", numbers(2, 3), scale=2.0),
    _node("DynamicQuantizeLinear", numbers(2, 3), outputs=3),
    _node("Reshape", numbers(2, 3, 4), ints(0, -1)),
    _node("Squeeze", numbers(1, 3, 1), ints(0)),
    _node("Unsqueeze", numbers(2, 3), ints(0, 3)),
    _node("Einsum", numbers(2, 3), numbers(3, 4), equation="...ij,jk"),
    _node("Attention", *[numbers(1, 3, 8)] * 3, q_num_heads=4, kv_num_heads=4, opset=23),
    _node("FusedConv", IMAGE, fixed(numbers(2, 4, 3, 3)), activation="Relu", domain=MICROSOFT),
    _node("QLinearAdd", *[BYTES, fixed(0.1), None] * 2, fixed(0.2), domain=MICROSOFT),
    _node("PriorBox", IMAGE, IMAGE, min_size=[2.0], step=4.0, offset=0.5, domain=TOOLKIT),
    _node("Crop", IMAGE, border=[1, 0, 1, 0], opset=1),
)
