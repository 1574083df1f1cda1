"""Extensions at work on the graphs inside operations."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.classic.cases import X
from tests.classic.conftest import Workshop
from tests.classic.models import CUSTOM, custom, node

DOUBLED = """
    from extensions.ops.elementwise import Add
    from mo.front.common.replacement import FrontReplacementOp

    class Doubled(FrontReplacementOp):
        op = 'Doubled'
        enabled = True

        def replace_op(self, graph, node):
            add = Add(graph, {'name': node.id + '/add'}).create_node()
            add.in_port(0).connect(node.in_port(0).get_source())
            add.in_port(1).connect(node.in_port(0).get_source())
            return [add.id]
"""
SIGNS = """
    from mo.middle.replacement import MiddleReplacementPattern

    class NoSigns(MiddleReplacementPattern):
        enabled = True

        def find_and_replace_pattern(self, graph):
            for node in graph.get_op_nodes(op='Negative'):
                node.out_port(0).get_connection().set_source(node.in_port(0).get_source())
"""


def branches():
    """x is doubled and negated, or squared; both branches see x outside themselves."""

    def branch(name, *nodes):
        value = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        return helper.make_graph(list(nodes), name, [], [value])

    then = branch("t", custom("Doubled", "x", to="a"), node("Neg", "a", to="t"))
    other = branch("e", node("Mul", "x", "x", to="e"))
    graph = helper.make_graph(
        [
            node("ReduceSum", "x", to="s", keepdims=0),
            node("Greater", "s", "zero", to="c"),
            helper.make_node("If", ["c"], ["y"], then_branch=then, else_branch=other),
        ],
        "branches",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.float32(0), "zero")],
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(CUSTOM, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def test_a_front_replacement_in_a_branch(workshop: Workshop):
    workshop.write(front__onnx__doubled=DOUBLED)
    converted = workshop.convert(branches())
    np.testing.assert_array_equal(workshop.run(converted, X)[0], -2 * X)
    np.testing.assert_array_equal(workshop.run(converted, -X)[0], X * X)


def test_a_middle_replacement_in_a_branch(workshop: Workshop):
    workshop.write(front__onnx__doubled=DOUBLED, middle__signs=SIGNS)
    (y,) = workshop.outputs(branches(), X)
    np.testing.assert_array_equal(y, 2 * X)
