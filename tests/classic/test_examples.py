"""Extensions as users write them, unchanged, with their numbers in the runtime."""

from __future__ import annotations

import numpy as np
import openvino as ov
import pytest

from mo.errors import ConversionError
from tests.classic.conftest import Workshop
from tests.classic.models import chain, custom, node

X = np.array([[1, -2, 3], [4, 5, -6]], np.float32)

SCALED_RELU = """
    from mo.front.common.partial_infer.elemental import copy_shape_infer
    from mo.ops.op import Op

    class ScaledRelu(Op):
        op = 'ScaledRelu'

        def __init__(self, graph, attrs=None):
            super().__init__(graph, {
                'op': self.op, 'type': self.op, 'version': 'extension', 'gain': 1.0,
                'infer': copy_shape_infer, 'in_ports_count': 1, 'out_ports_count': 1,
            }, attrs)

        def backend_attrs(self):
            return ['gain', ('mode', lambda n: 'sat' if n.has_and_set('saturate') else None)]
"""

SCALED_RELU_EXTRACTOR = """
    from mo.front.extractor import FrontExtractorOp
    from mo.front.onnx.extractors.utils import onnx_attr
    from my_ext.ops.scaled_relu import ScaledRelu

    class ScaledReluExtractor(FrontExtractorOp):
        op = 'ScaledRelu'
        enabled = True

        @classmethod
        def extract(cls, node):
            ScaledRelu.update_node_stat(node, {'gain': onnx_attr(node, 'gain', 'f', 1.0)})
            return cls.enabled
"""


class ScaledRelu(ov.Op):  # type: ignore[misc]
    """The user's own implementation for the runtime."""

    def __init__(self, inputs=None):
        super().__init__(self)
        self.attributes = {"gain": 0.0}
        if inputs is not None:
            self.set_arguments(inputs)
            self.constructor_validate_and_infer_types()

    def validate_and_infer_types(self):
        self.set_output_type(0, self.get_input_element_type(0), self.get_input_partial_shape(0))

    def clone_with_new_inputs(self, inputs):
        copy = ScaledRelu(inputs)
        copy.attributes = dict(self.attributes)
        return copy

    def visit_attributes(self, visitor):
        visitor.on_attributes(self.attributes)
        return True

    def has_evaluate(self):
        return True

    def evaluate(self, outputs, inputs):
        outputs[0].shape = inputs[0].shape
        outputs[0].data[:] = np.maximum(inputs[0].data, 0) * self.attributes["gain"]
        return True


def test_an_operation_of_ones_own_reaches_the_runtime(workshop: Workshop):
    workshop.write(ops__scaled_relu=SCALED_RELU, front__onnx__scaled=SCALED_RELU_EXTRACTOR)
    workshop.core.add_extension(ScaledRelu)
    model = chain(custom("ScaledRelu", "x", to="a", gain=2.5), node("Neg", "a"))
    (y,) = workshop.outputs(model, X)
    np.testing.assert_array_equal(y, -2.5 * np.maximum(X, 0))


def test_its_open_sizes_stay_open(workshop: Workshop):
    workshop.write(ops__scaled_relu=SCALED_RELU, front__onnx__scaled=SCALED_RELU_EXTRACTOR)
    converted = workshop.convert(chain(custom("ScaledRelu", "x")))
    assert converted.outputs == {"y": "f32[?,3]"}
    assert "saturate" not in str(converted)


def test_replacing_one_operation(workshop: Workshop):
    workshop.write(
        front__onnx__halve="""
        from extensions.ops.elementwise import Mul
        from mo.front.common.replacement import FrontReplacementOp
        from mo.front.tf.graph_utils import create_op_with_const_inputs
        from mo.graph.graph import rename_nodes
        import numpy as np

        class HalveToMul(FrontReplacementOp):
            op = 'Halve'
            enabled = True

            def replace_op(self, graph, node):
                name = node.soft_get('name', node.id)
                half = np.array(0.5, dtype=np.float32)
                mul = create_op_with_const_inputs(graph, Mul, {1: half}, {'name': name + '/half'})
                node.in_port(0).get_connection().set_destination(mul.in_port(0))
                rename_nodes([(node, name + '/TBR'), (mul, name)])
                return [mul.id]
        """
    )
    converted = workshop.convert(chain(custom("Halve", "x", name="halve")))
    assert [n.name for n in converted.graph.all_nodes() if n.type == "Multiply"] == ["halve"]
    assert converted.outputs == {"y": "f32[?,3]"}
    (y,) = workshop.run(converted, X)
    np.testing.assert_array_equal(y, X / 2)


def test_a_pattern_before_translation(workshop: Workshop):
    workshop.write(
        front__neg="""
        from mo.front.common.replacement import FrontReplacementSubgraph

        class DropDoubleNegation(FrontReplacementSubgraph):
            enabled = True

            def pattern(self):
                return dict(nodes=[('a', dict(op='Neg')), ('b', dict(op='Neg'))],
                            edges=[('a', 'b', {'in': 0})])

            def replace_sub_graph(self, graph, match):
                source = match['a'].in_port(0).get_source()
                match['b'].out_port(0).get_connection().set_source(source)
                self.replaced = True
        """
    )
    model = chain(node("Neg", "x", to="a"), node("Neg", "a", to="b"), node("Sqrt", "b"))
    converted = workshop.convert(model, disable_fusing=True)
    assert "Negative" not in str(converted)


def test_a_sub_graph_by_points(workshop: Workshop):
    workshop.write(
        ops__scaled_relu=SCALED_RELU,
        front__blk="""
        from mo.front.tf.replacement import FrontReplacementFromConfigFileSubGraph
        from my_ext.ops.scaled_relu import ScaledRelu

        class BlkReplacer(FrontReplacementFromConfigFileSubGraph):
            replacement_id = 'Blk'

            def generate_sub_graph(self, graph, match):
                gain = float(match.custom_replacement_desc.custom_attributes['k'])
                return {'new': ScaledRelu(graph, {'name': 'blk', 'gain': gain}).create_node()}

            def input_edges_match(self, graph, match, new):
                node, port = match.single_input_node(0)
                return {(node.id, port): (new['new'].id, 0)}

            def output_edges_match(self, graph, match, new):
                node, port = match.output_node(0)
                return {(node.id, port): (new['new'].id, 0)}
        """,
    )
    config = workshop.folder / "blk.json"
    config.write_text(
        '[{"id": "Blk", "match_kind": "points", "custom_attributes": {"k": 3},'
        ' "instances": {"start_points": ["first"], "end_points": ["last"]}}]'
    )
    workshop.core.add_extension(ScaledRelu)
    model = chain(
        custom("Unknown", "x", to="a", name="first"),
        custom("Other", "a", to="b", name="last"),
        node("Neg", "b"),
    )
    (y,) = workshop.outputs(model, X, transformations_config=config)
    np.testing.assert_array_equal(y, -3 * np.maximum(X, 0))


def test_middle_and_back(workshop: Workshop):
    workshop.write(
        middle__unit="""
        from mo.middle.replacement import MiddleReplacementPattern

        class UnitScaleRemover(MiddleReplacementPattern):
            enabled = True
            force_clean_up = True

            def find_and_replace_pattern(self, graph):
                for n in graph.get_op_nodes(op='Mul'):
                    v = n.in_port(1).data.get_value()
                    if v is not None and v.size == 1 and (v == 3).all():
                        n.out_port(0).get_connection().set_source(n.in_port(0).get_source())
        """,
        back__tag="""
        from mo.back.replacement import BackReplacementPattern

        SEEN = []

        class TagSoftmax(BackReplacementPattern):
            enabled = True

            @staticmethod
            def pattern():
                nodes = [('sm', dict(kind='op', type='SoftMax')), ('d', dict(kind='data'))]
                return dict(nodes=nodes, edges=[('sm', 'd')])

            @staticmethod
            def replace_pattern(graph, match):
                match['sm']['tagged'] = True
                SEEN.append((match['sm'].tagged, list(match['d'].shape)))
        """,
    )
    model = chain(
        node("Mul", "x", "three", to="a"),
        node("Softmax", "a", axis=-1),
        weights={"three": np.float32([3])},
    )
    (y,) = workshop.outputs(model, X)
    powers = np.exp(X - X.max(1, keepdims=True))
    np.testing.assert_allclose(y, powers / powers.sum(1, keepdims=True), rtol=1e-6)
    import my_ext.back.tag

    assert my_ext.back.tag.SEEN == [(True, [-1, 3])]


def test_the_short_way(workshop: Workshop):
    workshop.write(
        rules="""
        from extensions.ops.arithmetic import Add, Multiply
        from extensions.ops.unary import Negative
        from mo.extending import any_value, converts, match, number, rewrite

        @converts("Halve", framework="onnx", domain="com.example")
        def halve(g, node, x):
            return g.add(Multiply(), x, float(node.get("by", 0.5)))

        @rewrite(match(Add, any_value("x"), number(7)))
        def seven_is_a_sign(g, x):
            return g.add(Negative(), x)
        """
    )
    model = chain(
        custom("Halve", "x", to="a", by=0.25),
        node("Add", "a", "seven"),
        weights={"seven": np.float32([7])},
    )
    (y,) = workshop.outputs(model, X)
    np.testing.assert_array_equal(y, -X / 4)


def test_a_fault_is_told_with_the_users_lines_only(workshop: Workshop):
    workshop.write(
        front__onnx__bad="""
        from mo.front.common.replacement import FrontReplacementOp

        class Bad(FrontReplacementOp):
            op = 'Halve'

            def replace_op(self, graph, node):
                return node.in_port(7)
        """
    )
    with pytest.raises(ConversionError) as caught:
        workshop.convert(chain(custom("Halve", "x", name="halve")))
    lines = caught.value.message.splitlines()
    assert lines[0].startswith("The extension failed in my_ext.front.onnx.bad.Bad (front phase)")
    assert "input port 7 of 'halve' does not exist" in lines[0]
    assert lines[1:] == ["    bad.py, line 8, in replace_op: return node.in_port(7)"]
