"""Replacements of what the IR will hold, as users write them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.classic.cases import AFTER_TRANSLATION, Case, sigmoid
from tests.classic.conftest import Workshop
from tests.classic.models import chain, node

W = np.arange(12, dtype=np.float32).reshape(3, 4)

BACK = [
    Case(
        "a type of the IR",
        """
class NoReluLeft(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='ReLU'):
            low = create_op_with_const_inputs(graph, Maximum, {1: np.float32(1)}, {'name': 'low'})
            node.in_port(0).get_connection().set_destination(low.in_port(0))
            node.out_port(0).get_connection().set_source(low.out_port(0))
""",
        chain(node("Relu", "x")),
        lambda x: np.maximum(x, 1),
    ),
    Case(
        "outputs converted",
        """
class WholeNumbers(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Result'):
            cast = Cast(graph, {'dst_type': np.int32, 'name': 'whole'}).create_node()
            node.in_port(0).get_connection().insert_node(cast)
""",
        chain(node("Neg", "x")),
        lambda x: (-x).astype(np.int32),
    ),
    Case(
        "a pattern of types",
        """
class ExpOfNegative(BackReplacementPattern):
    enabled = True
    force_clean_up = True

    @staticmethod
    def pattern():
        return dict(nodes=[('neg', dict(type='Negative')), ('data', dict(kind='data')),
                           ('exp', dict(type='Exp'))],
                    edges=[('neg', 'data'), ('data', 'exp')])

    @staticmethod
    def replace_pattern(graph, match):
        match['exp'].in_port(0).get_connection().set_source(match['neg'].in_port(0).get_source())
""",
        chain(node("Neg", "x", to="a"), node("Exp", "a")),
        np.exp,
    ),
    Case(
        "constants as they will be written",
        """
class Rounded(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Const'):
            if node.value.dtype == np.float32:
                node.value = np.round(node.value)
""",
        chain(node("Mul", "x", "w"), weights={"w": np.float32([1.4, 2.6, 3.2])}),
        lambda x: x * [1, 3, 3],
    ),
    Case(
        "after everything",
        """
SEEN = []

class Names(BackReplacementPattern):
    enabled = True

    def run_after(self):
        return [BackFinish]

    def run_before(self):
        return []

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Negative'):
            node.name = 'renamed'
""",
        chain(node("Neg", "x")),
        lambda x: -x,
    ),
    Case(
        "names of a pass of the classic",
        """
class Early(BackReplacementPattern):
    enabled = True

    def run_before(self):
        return [ReshapeMutation]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Reshape'):
            node.in_port(1).data.set_value(int64_array([3, -1]))
""",
        chain(node("Reshape", "x", "s"), weights={"s": np.int64([-1])}),
        lambda x: x.reshape(3, -1),
    ),
    Case(
        "readers of one source",
        """
class OneReader(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        (neg,) = graph.get_op_nodes(type='Negative')
        readers = neg.out_port(0).get_destinations()
        assert sorted(port.node.type for port in readers) == ['Exp', 'Sigmoid']
        for port in readers:
            if port.node.type == 'Exp':
                port.disconnect()
                neg.in_port(0).get_source().connect(port)
""",
        chain(
            node("Neg", "x", to="a"),
            node("Exp", "a"),
            node("Sigmoid", "a", to="z"),
            outputs=("y", "z"),
        ),
        lambda x: [np.exp(x), sigmoid(-x)],
    ),
    Case(
        "in_node and out_node",
        """
class ThroughData(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Add'):
            data = node.in_node(1)
            assert data.kind == 'data' and data.in_node(0).type == 'Const'
            assert node.out_node(0).out_node(0).op == 'Result'
            assert list(node.out_node(0).shape) == [-1, 3]
            data['value'] = data.value + 1
""",
        chain(node("Add", "x", "b"), weights={"b": np.float32([1, 2, 3])}),
        lambda x: x + [2, 3, 4],
    ),
    Case(
        "inputs of the model",
        """
class Shifted(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Parameter'):
            shift = create_op_with_const_inputs(graph, Add, {1: np.float32(10)}, {'name': 'shift'})
            node.out_port(0).get_connection().insert_node(shift)
""",
        chain(node("Neg", "x")),
        lambda x: -(x + 10),
    ),
    Case(
        "reduced dimensions",
        """
class KeepDims(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='ReduceSum'):
            squeeze = create_op_node_with_second_input(graph, Unsqueeze, int64_array([0]),
                                                       {'name': 'first'})
            node.out_port(0).get_connection().insert_node(squeeze)
""",
        chain(node("ReduceSum", "x", "axes", keepdims=0), weights={"axes": np.int64([1])}),
        lambda x: x.sum(1)[None],
    ),
    Case(
        "products joined",
        """
class OneProduct(BackReplacementPattern):
    enabled = True
    force_clean_up = True

    def pattern(self):
        return dict(
            nodes=[('one', dict(kind='op', type='MatMul')), ('between', dict(kind='data')),
                   ('relu', dict(kind='op', type='ReLU'))],
            edges=[('one', 'between', {'out': 0}), ('between', 'relu', {'in': 0})])

    def replace_pattern(self, graph, match):
        match['relu'].out_port(0).get_connection().set_source(match['one'].out_port(0))
""",
        chain(node("MatMul", "x", "w", to="a"), node("Relu", "a"), weights={"w": W}),
        lambda x: x @ W,
    ),
    Case(
        "an attribute of the IR",
        """
class LastAxis(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Concat'):
            assert node.axis == 1 and node.version == 'opset1'
            node['axis'] = 0
""",
        chain(node("Neg", "x", to="a"), node("Concat", "x", "a", axis=1)),
        lambda x: np.concatenate([x, -x], 0),
    ),
    Case(
        "the layout of a constant",
        """
class Untransposed(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='MatMul'):
            weights = node.in_port(1).get_source().node
            weights.value = weights.value.transpose().copy()
            node['transpose_b'] = True
""",
        chain(node("MatMul", "x", "w"), weights={"w": W}),
        lambda x: x @ W,
    ),
    Case(
        "after one pass of the classic, before another",
        """
from extensions.back.MatMulNormalizer import MatMulConstTransposesExtraction
from extensions.back.op_versioning import OpVersioning

class Between(BackReplacementPattern):
    enabled = True

    def run_after(self):
        return [MatMulConstTransposesExtraction]

    def run_before(self):
        return [OpVersioning]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Exp'):
            relu = ReLU(graph, {'name': node.name + '/relu'}).create_node()
            node.out_port(0).get_connection().insert_node(relu)
            relu.in_port(0).get_connection().set_source(node.in_port(0).get_source())
""",
        chain(node("Exp", "x")),
        lambda x: np.maximum(x, 0),
    ),
    Case(
        "a result of several",
        """
class OtherHalf(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='VariadicSplit'):
            first, second = (node.out_port(i) for i in (0, 1))
            assert list(first.data.get_shape()) == [-1, 1]
            for port in first.get_destinations():
                port.disconnect()
                second.connect(port)
""",
        chain(
            node("Split", "x", "parts", to="a b", axis=1),
            node("Neg", "a", to="y"),
            node("Exp", "b", to="z"),
            outputs=("y", "z"),
            weights={"parts": np.int64([1, 2])},
        ),
        lambda x: [-x[:, 1:], np.exp(x[:, 1:])],
    ),
    Case(
        "depth first",
        """
class FirstReader(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        (parameter,) = graph.get_op_nodes(type='Parameter')
        order = graph.dfs(parameter.id, set())
        assert order[-1] == parameter.id
        exp = next(Node(graph, i) for i in order if Node(graph, i).soft_get('type') == 'Exp')
        exp.out_port(0).get_connection().set_source(parameter.out_port(0))
""",
        chain(node("Exp", "x", to="a"), node("Neg", "a")),
        lambda x: -x,
    ),
    Case(
        "names of tensors",
        """
class Named(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        (neg,) = graph.get_op_nodes(type='Negative')
        assert neg.out_port(0).get_tensor_names() == ['a']
        exp = Exp(graph, {'name': 'new'}).create_node()
        exp.in_port(0).connect(neg.in_port(0).get_source())
        neg.out_port(0).get_connection().set_source(exp.out_port(0))
        assert exp.out_port(0).get_tensor_names() == ['a']
""",
        chain(node("Neg", "x", to="a"), node("Relu", "a")),
        np.exp,
    ),
    Case(
        "element types",
        """
class Halved(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Negative'):
            assert node.in_port(0).get_data_type() is np.float32
            half = Cast(graph, {'dst_type': np.float16, 'name': 'half'}).create_node()
            back = Cast(graph, {'dst_type': np.float32, 'name': 'whole'}).create_node()
            node.in_port(0).get_connection().insert_node(half)
            node.out_port(0).get_connection().insert_node(back)
""",
        chain(node("Neg", "x")),
        lambda x: -x,
    ),
    Case(
        "constants of the graph",
        """
class Weights(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for data in graph.get_data_nodes(has_value=True):
            if data.value.dtype == np.float32 and data.value.shape == (3, 4):
                data.value = np.zeros((3, 4), np.float32)
""",
        chain(node("MatMul", "x", "w"), weights={"w": W}),
        lambda x: x @ (0 * W),
    ),
    Case(
        "a connection with one end put elsewhere",
        """
class Elsewhere(BackReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        (exp,) = graph.get_op_nodes(type='Exp')
        add = create_op_with_const_inputs(graph, Add, {1: np.float32(1)}, {'name': 'one'})
        exp.in_port(0).get_connection().set_destination(add.in_port(0))
        exp.in_port(0).connect(add.out_port(0))
""",
        chain(node("Exp", "x")),
        lambda x: np.exp(x + 1),
    ),
]


@pytest.mark.parametrize("case", BACK, ids=str)
def test_back(case: Case, workshop: Workshop):
    case.check(workshop, "back__replacement", AFTER_TRANSLATION)
