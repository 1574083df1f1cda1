"""Replacements while shapes are known, as users write them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.classic.cases import AFTER_TRANSLATION, Case, sigmoid, softmax
from tests.classic.conftest import Workshop
from tests.classic.models import chain, node

IMAGE = np.random.default_rng(0).normal(size=(1, 4, 6, 6)).astype(np.float32)

MIDDLE = [
    Case(
        "a constant changed by a port",
        """
class Doubled(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Add'):
            value = node.in_port(1).data.get_value()
            if value is not None:
                node.in_port(1).data.set_value(value * 2)
""",
        chain(node("Add", "x", "b"), weights={"b": np.float32([1, 2, 3])}),
        lambda x: x + [2, 4, 6],
    ),
    Case(
        "a new constant at whichever port has one",
        """
from mo.middle.passes.fusing.helpers import get_tensor_in_port, get_value_in_port

class Swapped(MiddleReplacementPattern):
    enabled = True

    def run_after(self):
        return [MiddleFinish]

    def run_before(self):
        return [PostMiddleStart]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Sub'):
            value, tensor = get_value_in_port(node), get_tensor_in_port(node)
            assert (value.idx, tensor.idx) == (0, 1)
            new = Const(graph, {'value': value.data.get_value() * 2}).create_node()
            value.get_connection().set_source(new.out_port(0))
""",
        chain(node("Sub", "b", "x"), weights={"b": np.float32([1, 2, 3])}),
        lambda x: np.float32([2, 4, 6]) - x,
    ),
    Case(
        "a constant changed through its data node",
        """
class Doubled(MiddleReplacementPattern):
    enabled = True

    def pattern(self):
        return dict(nodes=[('const', dict(kind='op', op='Const')), ('data', dict(kind='data')),
                           ('add', dict(kind='op', type='Add'))],
                    edges=[('const', 'data'), ('data', 'add')])

    def replace_pattern(self, graph, match):
        match['data'].value = match['data'].value * 2
""",
        chain(node("Add", "x", "b"), weights={"b": np.float32([1, 2, 3])}),
        lambda x: x + [2, 4, 6],
    ),
    Case(
        "a node between a source and its readers",
        """
class Exponent(MiddleReplacementPattern):
    enabled = True

    def run_after(self):
        return [PreMiddleStart]

    def run_before(self):
        return [MiddleStart]

    def find_and_replace_pattern(self, graph: Graph):
        for node in graph.get_op_nodes(op='Negative'):
            exp = Exp(graph, {'name': node.name + '/exp'}).create_node()
            node.out_port(0).get_connection().insert_node(exp)
""",
        chain(node("Neg", "x", to="a"), node("Relu", "a")),
        lambda x: np.exp(-x),
    ),
    Case(
        "shapes decide",
        """
class FlattenWide(MiddleReplacementPattern):
    enabled = True
    force_clean_up = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='SoftMax'):
            shape = node.in_port(0).data.get_shape()
            assert list(shape) == [-1, 3], shape
            flat = create_op_node_with_second_input(graph, Reshape, int64_array([1, -1]),
                                                    {'name': node.id + '/flat'})
            node.in_port(0).get_connection().insert_node(flat)
""",
        chain(node("Softmax", "x", axis=-1)),
        lambda x: softmax(x.reshape(1, -1)),
    ),
    Case(
        "a pattern with data nodes and ports",
        """
class SwishFusion(MiddleReplacementPattern):
    enabled = True

    def pattern(self):
        return dict(
            nodes=[('input', dict(kind='data')), ('sigmoid', dict(kind='op', op='Sigmoid')),
                   ('gate', dict(kind='data')), ('mul', dict(kind='op', op='Mul'))],
            edges=[('input', 'sigmoid', {'in': 0}), ('sigmoid', 'gate', {'out': 0}),
                   ('gate', 'mul'), ('input', 'mul', {'in': 0})])

    def replace_pattern(self, graph, match):
        name = match['mul'].soft_get('name', match['mul'].id)
        swish = Swish(graph, {'name': name + '/swish'}).create_node()
        swish.in_port(0).connect(match['sigmoid'].in_port(0).get_source())
        match['mul'].out_port(0).get_connection().set_source(swish.out_port(0))
        rename_nodes([(match['mul'], name + '/TBR'), (swish, name)])
""",
        chain(node("Sigmoid", "x", to="s"), node("Mul", "x", "s")),
        lambda x: x * sigmoid(x),
    ),
    Case(
        "an attribute of an operation",
        """
class OtherAxis(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='SoftMax'):
            assert node.axis == 1
            node.axis = 0
""",
        chain(node("Softmax", "x", axis=-1)),
        lambda x: softmax(x.T).T,
    ),
    Case(
        "an operation taken out",
        """
class NoRelu(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='ReLU'):
            source = node.in_port(0).get_source()
            node.in_port(0).disconnect()
            node.out_port(0).get_connection().set_source(source)
            graph.remove_node(node.id)
""",
        chain(node("Neg", "x", to="a"), node("Relu", "a", to="b"), node("Exp", "b")),
        lambda x: np.exp(-x),
    ),
    Case(
        "operations created with data",
        """
class Squared(MiddleReplacementPattern):
    enabled = True

    def pattern(self):
        return dict(nodes=[('neg', dict(kind='op', op='Negative')), ('out', dict(kind='data'))],
                    edges=[('neg', 'out')])

    def replace_pattern(self, graph, match):
        data = match['neg'].in_node(0)
        square = Mul(graph, {'name': 'square'}).create_node_with_data([data, data])
        assert list(square.shape) == [-1, 3]
        match['neg'].out_port(0).get_connection().set_source(square.in_node(0).out_port(0))
""",
        chain(node("Neg", "x", to="a"), node("Exp", "a")),
        lambda x: np.exp(x * x),
    ),
    Case(
        "sizes computed in the graph",
        """
class RowMeans(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Negative'):
            source = node.in_port(0).get_source()
            shape = Shape(graph, {'name': 'shape'}).create_node()
            shape.in_port(0).connect(source)
            columns = create_op_with_const_inputs(
                graph, Gather, {1: int64_array([1]), 2: int64_array(0)}, {'name': 'columns'}, shape)
            number = Cast(graph, {'dst_type': np.float32}).create_node()
            number.in_port(0).connect(columns.out_port(0))
            total = create_op_with_const_inputs(
                graph, ReduceSum, {1: int64_array([1])}, {'keep_dims': True})
            total.in_port(0).connect(source)
            mean = Div(graph, {'name': 'mean'}).create_node()
            mean.in_port(0).connect(total.out_port(0))
            mean.in_port(1).connect(number.out_port(0))
            node.out_port(0).get_connection().set_source(mean.out_port(0))
""",
        chain(node("Neg", "x", to="a"), node("Exp", "a")),
        lambda x: np.exp(x.mean(1, keepdims=True)),
    ),
    Case(
        "parts of a tensor",
        """
class HalvesSwapped(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Negative'):
            split = create_op_with_const_inputs(
                graph, VariadicSplit, {1: int64_array(1), 2: int64_array([1, 2])},
                {'out_ports_count': 2, 'name': 'split'})
            concat = Concat(graph, {'axis': 1, 'in_ports_count': 2}).create_node()
            node.in_port(0).get_connection().set_destination(split.in_port(0))
            concat.in_port(0).connect(split.out_port(1))
            concat.in_port(1).connect(split.out_port(0))
            node.out_port(0).get_connection().set_source(concat.out_port(0))
""",
        chain(node("Neg", "x", to="a"), node("Exp", "a")),
        lambda x: np.exp(np.roll(x, -1, 1)),
    ),
    Case(
        "after the fusions",
        """
class SeesFused(MiddleReplacementPattern):
    enabled = True

    def run_after(self):
        return [Fusing]

    def find_and_replace_pattern(self, graph):
        assert graph.get_op_nodes(type='Swish') and not graph.get_op_nodes(type='Sigmoid')
        for node in graph.get_op_nodes(type='Swish'):
            relu = ReLU(graph, {'name': 'relu'}).create_node()
            node.in_port(0).get_connection().insert_node(relu)
""",
        chain(node("Sigmoid", "x", to="s"), node("Mul", "x", "s")),
        lambda x: np.maximum(x, 0) * sigmoid(np.maximum(x, 0)),
    ),
    Case(
        "before the fusions",
        """
class SeesParts(MiddleReplacementPattern):
    enabled = True

    def run_before(self):
        return [Fusing]

    def find_and_replace_pattern(self, graph):
        (sigmoid,) = graph.get_op_nodes(type='Sigmoid')
        sigmoid.out_port(0).get_connection().set_source(sigmoid.in_port(0).get_source())
""",
        chain(node("Sigmoid", "x", to="s"), node("Mul", "x", "s")),
        lambda x: x * x,
    ),
    Case(
        "one after another by name",
        """
class A(MiddleReplacementPattern):
    enabled = True

    def run_after(self):
        return [B]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(name='made'):
            node.out_port(0).get_connection().insert_node(Exp(graph, {'name': 'exp'}).create_node())

class B(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Negative'):
            relu = ReLU(graph, {'name': 'made'}).create_node()
            node.out_port(0).get_connection().insert_node(relu)
""",
        chain(node("Neg", "x")),
        lambda x: np.exp(np.maximum(-x, 0)),
    ),
    Case(
        "weights of a convolution",
        """
class HalfWeights(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='Convolution'):
            weights = node.in_port(1).get_source().node
            assert weights.soft_get('type') == 'Const'
            weights.value = weights.value / 2
            assert list(node.stride) == [1, 1, 1, 1] and node.group == 1
""",
        chain(
            node("Conv", "x", "w", kernel_shape=[1, 1]),
            shape=("n", 4, "h", "w"),
            weights={"w": np.ones((2, 4, 1, 1), np.float32)},
        ),
        lambda x: np.repeat(x.sum(1, keepdims=True) / 2, 2, 1),
        IMAGE,
    ),
    Case(
        "pooling put in",
        """
class Pooled(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Negative'):
            pool = Pooling(graph, {
                'name': 'pool', 'window': int64_array([1, 1, 2, 2]), 'output_spatial_shape': None,
                'stride': int64_array([1, 1, 2, 2]), 'pool_method': 'max',
                'pad': int64_array([[0, 0], [0, 0], [0, 0], [0, 0]]), 'exclude_pad': 'false',
                'pad_spatial_shape': int64_array([[0, 0], [0, 0]]), 'rounding_type': 'floor',
            }).create_node()
            node.in_port(0).get_connection().insert_node(pool)
""",
        chain(node("Neg", "x"), shape=("n", 4, 6, 6)),
        lambda x: -x.reshape(1, 4, 3, 2, 3, 2).max((3, 5)),
        IMAGE,
    ),
    Case(
        "transposed and back",
        """
class ChannelsLast(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(type='SoftMax'):
            before = create_op_with_const_inputs(
                graph, Transpose, {1: int64_array([0, 2, 3, 1])}, {'name': 'before'})
            after = create_op_with_const_inputs(
                graph, Transpose, {1: int64_array([0, 3, 1, 2])}, {'name': 'after'})
            node.in_port(0).get_connection().insert_node(before)
            node.out_port(0).get_connection().insert_node(after)
""",
        chain(node("Softmax", "x", axis=1), shape=("n", 4, 6, 6)),
        lambda x: softmax(x.transpose(0, 1, 3, 2)).transpose(0, 1, 3, 2),
        IMAGE,
    ),
    Case(
        "a slice",
        """
class FirstTwo(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Negative'):
            attrs = {'begin_mask': int64_array([0, 1]), 'end_mask': int64_array([0, 1]),
                     'new_axis_mask': int64_array([0, 0]), 'shrink_axis_mask': int64_array([0, 0]),
                     'ellipsis_mask': int64_array([0, 0]), 'name': 'slice'}
            cut = create_op_with_const_inputs(
                graph, StridedSlice,
                {1: int64_array([0, 0]), 2: int64_array([0, 2]), 3: int64_array([1, 1])}, attrs)
            node.in_port(0).get_connection().insert_node(cut)
""",
        chain(node("Neg", "x")),
        lambda x: -x[:, :2],
    ),
    Case(
        "nodes in order",
        """
class EveryOther(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        nodes = [n for n in graph.pseudo_topological_sort() if n.has_valid('type')]
        assert [n.type for n in nodes][:3] == ['Parameter', 'Exp', 'Negative'], nodes
        exp = nodes[1]
        exp.out_port(0).get_connection().set_source(exp.in_port(0).get_source())
""",
        chain(node("Exp", "x", to="a"), node("Neg", "a")),
        lambda x: -x,
    ),
    Case(
        "control of the conversion by attributes of nodes",
        """
class Marked(MiddleReplacementPattern):
    enabled = True

    def run_before(self):
        return [Reads]

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Negative'):
            node['our_mark'] = 5

class Reads(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(our_mark=5):
            shift = create_op_with_const_inputs(graph, Add, {1: np.float32(node.our_mark)})
            node.out_port(0).get_connection().insert_node(shift)
""",
        chain(node("Neg", "x")),
        lambda x: 5 - x,
    ),
    Case(
        "brackets of data nodes",
        """
class Bracketed(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Negative'):
            node.bracket_with_different_nodes_with_data(
                node.in_node(0), node.out_node(0), Exp, Softmax, {'name': 'before'},
                {'name': 'after', 'axis': 1})
""",
        chain(node("Neg", "x")),
        lambda x: softmax(-np.exp(x)),
    ),
    Case(
        "an operation made another",
        """
class SumsBecomeProducts(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for node in graph.get_op_nodes(op='Add'):
            Mul.update_node_stat(node, {'name': node.name})
""",
        chain(node("Add", "x", "b"), weights={"b": np.float32([1, 2, 3])}),
        lambda x: x * [1, 2, 3],
    ),
]


@pytest.mark.parametrize("case", MIDDLE, ids=str)
def test_middle(case: Case, workshop: Workshop):
    case.check(workshop, "middle__replacement", AFTER_TRANSLATION)
