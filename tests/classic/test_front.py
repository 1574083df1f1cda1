"""Replacements before translation, written as users write them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.classic.cases import Case, sigmoid, softmax
from tests.classic.conftest import Workshop
from tests.classic.models import chain, custom, node

W = np.arange(12, dtype=np.float32).reshape(3, 4)

HEAD = """
import numpy as np
from extensions.front.pass_separator import FrontFinish, FrontStart
from extensions.ops.activation_ops import Exp, Mish, ReLU, Sigmoid, Tanh
from extensions.ops.Cast import Cast
from extensions.ops.elementwise import Add, Div, Maximum, Mul, Pow, Sub
from extensions.ops.gather import Gather
from extensions.ops.identity import Identity
from extensions.ops.MatMul import MatMul
from extensions.ops.ReduceOps import ReduceMean, ReduceSum
from extensions.ops.split import Split
from extensions.ops.transpose import Transpose
from mo.front.common.partial_infer.utils import int64_array
from mo.front.common.replacement import (FrontReplacementOp, FrontReplacementPattern,
                                         FrontReplacementSubgraph)
from mo.front.tf.graph_utils import (create_op_node_with_second_input,
                                     create_op_with_const_inputs)
from mo.graph.graph import Graph, Node, rename_node, rename_nodes
from mo.ops.concat import Concat
from mo.ops.const import Const
from mo.ops.reshape import Reshape
from mo.ops.softmax import Softmax
from mo.ops.squeeze import Squeeze
from mo.ops.unsqueeze import Unsqueeze
from mo.utils.error import Error
"""


CASES = [
    Case(
        "a node by constants as inputs",
        """
class Affine(FrontReplacementOp):
    op = 'Affine'
    enabled = True

    def replace_op(self, graph: Graph, node: Node):
        scale = Const(graph, dict(value=np.array(2.0, np.float32))).create_node()
        shift = Const(graph, dict(value=np.array([1.0, 2.0, 3.0], np.float32))).create_node()
        mul = Mul(graph, dict(name=node.name + '/mul')).create_node([node.in_node(0), scale])
        add = Add(graph, dict(name=node.name + '/add')).create_node([mul, shift])
        return [add.id]
""",
        chain(custom("Affine", "x", name="affine")),
        lambda x: 2 * x + [1, 2, 3],
    ),
    Case(
        "attributes of the framework's node",
        """
from mo.front.onnx.extractors.utils import onnx_attr

class PowerOf(FrontReplacementOp):
    op = 'PowerOf'
    enabled = True

    def replace_op(self, graph, node):
        exponent = np.float32(onnx_attr(node, 'exponent', 'i', default=1))
        square = create_op_with_const_inputs(graph, Pow, {1: exponent}, {'name': node.name})
        square.in_port(0).connect(node.in_port(0).get_source())
        return [square.id]
""",
        chain(custom("PowerOf", "x", exponent=3)),
        lambda x: x**3,
    ),
    Case(
        "two results of one node",
        """
class SumAndMean(FrontReplacementOp):
    op = 'SumAndMean'
    enabled = True

    def replace_op(self, graph, node):
        axes = Const(graph, {'value': int64_array([1])}).create_node()
        total = ReduceSum(graph, {'keep_dims': True}).create_node([node.in_node(0), axes])
        mean = ReduceMean(graph, {'keep_dims': True}).create_node([node.in_node(0), axes])
        return [total.id, (mean.id, 0)]
""",
        chain(custom("SumAndMean", "x", to="y z"), outputs=("y", "z")),
        lambda x: [x.sum(1, keepdims=True), x.mean(1, keepdims=True)],
    ),
    Case(
        "an output that is not the first",
        """
class SecondHalf(FrontReplacementOp):
    op = 'SecondHalf'
    enabled = True

    def replace_op(self, graph, node):
        split = create_op_with_const_inputs(graph, Split, {1: int64_array(1)},
                                            {'num_splits': 3, 'out_ports_count': 3})
        node.in_port(0).get_connection().set_destination(split.in_port(0))
        return [(split.id, 2)]
""",
        chain(custom("SecondHalf", "x")),
        lambda x: x[:, 2:],
    ),
    Case(
        "rewired by hand",
        """
class Twice(FrontReplacementOp):
    op = 'Twice'
    enabled = True

    def replace_op(self, graph, node):
        source = node.in_port(0).get_source()
        add = Add(graph, {'name': node.soft_get('name', node.id) + '/twice'}).create_node()
        add.in_port(0).connect(source)
        add.in_port(1).connect(source)
        node.out_port(0).get_connection().set_source(add.out_port(0))
        return []
""",
        chain(custom("Twice", "x", to="a"), node("Exp", "a")),
        lambda x: np.exp(2 * x),
    ),
    Case(
        "replace_sub_graph of one operation",
        """
class SigmoidTimes(FrontReplacementOp):
    op = 'Swishy'
    enabled = True

    def replace_sub_graph(self, graph: Graph, match: dict):
        node = match['op']
        source = node.in_port(0).get_source()
        sigmoid = Sigmoid(graph, {'name': node.name + '/sigmoid'}).create_node()
        sigmoid.in_port(0).connect(source)
        mul = Mul(graph, {'name': node.name + '/mul'}).create_node()
        mul.in_port(0).connect(source)
        mul.in_port(1).connect(sigmoid.out_port(0))
        node.out_port(0).get_connection().set_source(mul.out_port(0))
        rename_nodes([(node, node.name + '/TBR'), (mul, node.name)])
""",
        chain(custom("Swishy", "x")),
        lambda x: x * sigmoid(x),
    ),
    Case(
        "a pattern of unknown operations",
        """
class FoldUnfold(FrontReplacementSubgraph):
    enabled = True

    def pattern(self):
        return dict(nodes=[('fold', dict(op='Fold')), ('unfold', dict(op='Unfold'))],
                    edges=[('fold', 'unfold')])

    def replace_sub_graph(self, graph: Graph, match: dict):
        source = match['fold'].in_port(0).get_connection().get_source()
        match['unfold'].out_port(0).get_connection().set_source(source)
""",
        chain(custom("Fold", "x", to="a"), custom("Unfold", "a", to="b"), node("Neg", "b")),
        lambda x: -x,
    ),
    Case(
        "a sub-graph generated and joined by maps",
        """
class MishFusion(FrontReplacementSubgraph):
    enabled = True

    def pattern(self):
        return dict(nodes=[('softplus', dict(op='SoftPlus')), ('tanh', dict(op='Tanh')),
                           ('mul', dict(op='Mul'))],
                    edges=[('softplus', 'tanh', {'in': 0}), ('tanh', 'mul')])

    def generate_sub_graph(self, graph, match):
        return {'mish': Mish(graph, {'name': match['mul'].name + '/mish'}).create_node()}

    def input_edges_match(self, graph, match, new_sub_graph):
        return {(match['softplus'].id, 0): (new_sub_graph['mish'].id, 0)}

    def output_edges_match(self, graph, match, new_sub_graph):
        return {match['mul'].id: new_sub_graph['mish'].id}
""",
        chain(node("Softplus", "x", to="a"), node("Tanh", "a", to="b"), node("Mul", "x", "b")),
        lambda x: x * np.tanh(np.log1p(np.exp(x))),
    ),
    Case(
        "replace_pattern",
        """
class NoDropout(FrontReplacementPattern):
    enabled = True

    @staticmethod
    def pattern():
        return dict(nodes=[('drop', dict(op='OurDropout'))], edges=[])

    @staticmethod
    def replace_pattern(graph, match):
        graph.erase_node(match['drop'])
""",
        chain(custom("OurDropout", "x", to="a"), node("Neg", "a")),
        lambda x: -x,
    ),
    Case(
        "a whole graph at once",
        """
class AllSigns(FrontReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph: Graph):
        for node in graph.get_op_nodes(op='Opposite'):
            minus = create_op_with_const_inputs(graph, Mul, {1: np.float32(-1)},
                                                {'name': node.id + '/minus'})
            node.in_port(0).get_connection().set_destination(minus.in_port(0))
            node.out_port(0).get_connection().set_source(minus.out_port(0))
""",
        chain(custom("Opposite", "x", to="a"), custom("Opposite", "a", to="b"), node("Exp", "b")),
        np.exp,
    ),
    Case(
        "run before another of the user's",
        """
class Second(FrontReplacementPattern):
    enabled = True

    def run_after(self):
        return [First]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Halfway'):
            exp = Exp(graph, {'name': node.id + '/exp'}).create_node()
            node.in_port(0).get_connection().set_destination(exp.in_port(0))
            node.out_port(0).get_connection().set_source(exp.out_port(0))

class First(FrontReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Unknown'):
            node['op'] = 'Halfway'
""",
        chain(custom("Unknown", "x")),
        np.exp,
    ),
    Case(
        "only if a condition of the graph holds",
        """
class Never(FrontReplacementOp):
    op = 'Which'
    enabled = True
    graph_condition = [lambda graph: graph.graph['fw'] == 'tf']

    def replace_op(self, graph, node):
        raise Error('not for ONNX')

class ForOnnx(FrontReplacementPattern):
    enabled = True
    graph_condition = [lambda graph: graph.graph['fw'] == 'onnx',
                       lambda graph: graph.graph['cmd_params'].silent is None]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Which'):
            graph.erase_node(node)
""",
        chain(custom("Which", "x", to="a"), node("Neg", "a")),
        lambda x: -x,
    ),
    Case(
        "weights made ready",
        """
class DenseT(FrontReplacementOp):
    op = 'DenseT'
    enabled = True

    def replace_op(self, graph, node):
        weights = node.in_node(1)
        transposed = Const(graph, {'value': weights.value.transpose()}).create_node()
        matmul = MatMul(graph, {'name': node.name, 'transpose_b': True}).create_node(
            [node.in_node(0), transposed])
        return [matmul.id]
""",
        chain(custom("DenseT", "x", "w"), weights={"w": W}),
        lambda x: x @ W,
    ),
    Case(
        "an input put before a node",
        """
class SoftmaxBefore(FrontReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Neg'):
            node.insert_op_on_input_port(0, Softmax, {'axis': 1, 'name': 'before'})
""",
        chain(node("Neg", "x")),
        lambda x: -softmax(x),
    ),
    Case(
        "a node put behind another",
        """
class ReluBehind(FrontReplacementPattern):
    enabled = True

    def run_before(self):
        return [FrontFinish]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Neg'):
            node.insert_node_after(ReLU(graph, {'name': node.name + '/relu'}).create_node(), 0)
""",
        chain(node("Neg", "x", to="a"), node("Exp", "a")),
        lambda x: np.exp(np.maximum(-x, 0)),
    ),
    Case(
        "many inputs joined",
        """
class JoinAll(FrontReplacementOp):
    op = 'JoinAll'
    enabled = True

    def replace_op(self, graph, node):
        concat = Concat(graph, {'axis': 1, 'in_ports_count': len(node.in_ports())}).create_node()
        for idx, port in node.in_ports().items():
            port.get_connection().set_destination(concat.in_port(idx))
        return [concat.id]
""",
        chain(node("Neg", "x", to="a"), node("Exp", "x", to="b"), custom("JoinAll", "x", "a", "b")),
        lambda x: np.concatenate([x, -x, np.exp(x)], 1),
    ),
    Case(
        "shapes changed on the way",
        """
class ColumnSums(FrontReplacementOp):
    op = 'ColumnSums'
    enabled = True

    def replace_op(self, graph, node):
        source = node.in_port(0).get_source()
        unsqueeze = create_op_node_with_second_input(graph, Unsqueeze, int64_array([0]),
                                                     {'name': 'unsqueeze'}, source.node)
        total = create_op_node_with_second_input(graph, ReduceSum, int64_array([1]),
                                                 {'name': 'total', 'keep_dims': True}, unsqueeze)
        flat = create_op_node_with_second_input(graph, Reshape, int64_array([-1]),
                                                {'name': 'flat'}, total)
        return [flat.id]
""",
        chain(custom("ColumnSums", "x")),
        lambda x: x.sum(0),
    ),
    Case(
        "another output of the model",
        """
from mo.graph.graph import add_opoutput

class KeepInside(FrontReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        inside = Node(graph, graph.get_node_id_by_name('inside'))
        add_opoutput(graph, inside.id, 0, cut=False)
""",
        chain(node("Neg", "x", to="a", name="inside"), node("Exp", "a")),
        lambda x: [np.exp(-x), -x],
    ),
    Case(
        "the model cut off",
        """
from mo.graph.graph import add_opoutput

class CutTail(FrontReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for result in graph.get_op_nodes(op='Result'):
            result.in_port(0).disconnect()
            graph.remove_node(result.id)
        add_opoutput(graph, 'inside', 0)
""",
        chain(node("Neg", "x", to="a", name="inside"), custom("NobodyKnows", "a")),
        lambda x: -x,
    ),
    Case(
        "edges by ids",
        """
class ByIds(FrontReplacementOp):
    op = 'Third'
    enabled = True

    def replace_op(self, graph, node):
        gather = Gather(graph, {'name': node.id + '/gather'}).create_node()
        for port, value in enumerate([int64_array([2]), int64_array(1)], 1):
            constant = Const(graph, {'value': value}).create_node()
            graph.create_edge(constant, gather, 0, port)
        source, edge = node.get_sorted_inputs()[0]
        graph.create_edge(Node(graph, source), gather, edge['out'], 0)
        return [gather.id]
""",
        chain(custom("Third", "x")),
        lambda x: x[:, 2:],
    ),
    Case(
        "copies of a node",
        """
class Thrice(FrontReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Repeated'):
            source = node.in_port(0).get_source()
            first = create_op_with_const_inputs(graph, Add, {1: np.float32(1)}, {'name': 'one'})
            first.in_port(0).connect(source)
            second = first.copy_node({'name': 'two'})
            second.in_port(0).connect(first.out_port(0))
            second.in_port(1).connect(first.in_port(1).get_source())
            node.out_port(0).get_connection().set_source(second.out_port(0))
""",
        chain(custom("Repeated", "x")),
        lambda x: x + 2,
    ),
    Case(
        "a patterns's values by function",
        """
class OnlyLargePowers(FrontReplacementPattern):
    enabled = True

    def pattern(self):
        return dict(nodes=[('c', dict(op='Const', value=lambda v: v is not None and v.max() > 5)),
                           ('pow', dict(op='Pow'))],
                    edges=[('c', 'pow', {'in': 1})])

    def replace_pattern(self, graph, match):
        match['c']['value'] = np.array([2], np.float32)
""",
        chain(
            node("Pow", "x", "two", to="a"),
            node("Pow", "a", "nine"),
            weights={"two": np.float32([2]), "nine": np.float32([9])},
        ),
        lambda x: x**4,
    ),
    Case(
        "a framework's attribute changed",
        """
class OtherAxis(FrontReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(framework_op='Concat'):
            node['axis'] = 0
""",
        chain(node("Concat", "x", "x", axis=1)),
        lambda x: np.concatenate([x, x], 0),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_replacement(case: Case, workshop: Workshop):
    case.check(workshop, "front__onnx__replacement", HEAD)
