"""Faults of extensions: one message with the file, the class, the phase and what to do."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from mo.errors import ConversionError
from tests.classic.conftest import Workshop
from tests.classic.models import chain, custom, node

HALVE = chain(custom("Halve", "x", name="halve"))


def complaint(workshop: Workshop, model: onnx.ModelProto = HALVE, **files: str) -> str:
    workshop.write(**files)
    with pytest.raises(ConversionError) as caught:
        workshop.convert(model)
    return str(caught.value)


def test_a_file_that_cannot_be_imported(workshop: Workshop):
    text = complaint(workshop, ops__broken="import no_such_module\n")
    assert "broken.py': ModuleNotFoundError: No module named 'no_such_module'" in text
    assert "    broken.py, line 1, in <module>: import no_such_module" in text


def test_a_folder_that_is_no_package(workshop: Workshop):
    workshop.extension = workshop.folder / "no-package"
    text = complaint(workshop, ops__empty="")
    assert "--extensions: a folder cannot be called 'no-package'" in text


@pytest.mark.parametrize("name", ["mo", "numpy", "json", "xdrlib2_is_free"])
def test_a_folder_that_is_called_like_another_package(workshop: Workshop, name: str):
    workshop.extension = workshop.folder / name
    if name.endswith("free"):
        workshop.write(ops__empty="")
        workshop.convert(chain(node("Relu", "x")))
    else:
        text = complaint(workshop, ops__empty="")
        assert f"--extensions: a folder cannot be called '{name}'" in text


def test_what_lies_beside_a_folder_hides_nothing(workshop: Workshop):
    """Models lie there, and whatever came with them."""
    for name in ("my_ext", "fractions", "numpy"):
        (workshop.folder / f"{name}.py").write_text("raise SystemExit('hijacked')")
    (workshop.folder / "beside.py").write_text("AXIS = 1")
    workshop.write(ops__one="import fractions\nimport my_ext.ops.two", ops__two="import beside")
    workshop.convert(chain(node("Relu", "x")))


def test_two_classes_for_one_operation_in_a_file(workshop: Workshop):
    text = complaint(
        workshop,
        front__onnx__two="""
        from mo.front.extractor import FrontExtractorOp

        class One(FrontExtractorOp):
            op = 'Halve'

        class Other(FrontExtractorOp):
            op = 'halve'
        """,
    )
    assert "'my_ext.front.onnx.two' has two classes for 'halve': One and Other" in text


def test_one_id_twice(workshop: Workshop):
    text = complaint(
        workshop,
        middle__two="""
        from mo.middle.replacement import MiddleReplacementPattern

        class One(MiddleReplacementPattern):
            id = 'same'

            def find_and_replace_pattern(self, graph):
                pass

        class Other(One):
            def find_and_replace_pattern(self, graph):
                return None
        """,
    )
    assert "One and Other have one id 'same'" in text


EXTRACTOR = """
    from mo.front.extractor import FrontExtractorOp
    from mo.ops.op import Op

    class Halve(Op):
        op = 'Halve'

        def __init__(self, graph, attrs=None):
            super().__init__(graph, {{'op': self.op, 'type': 'Halve', {infer}
                                     'in_ports_count': 1, 'out_ports_count': 1}}, attrs)

        @staticmethod
        def infer(node):
            {body}

    class HalveExtractor(FrontExtractorOp):
        op = 'Halve'

        @staticmethod
        def extract(node):
            Halve.update_node_stat(node)
            return True
"""
INFER = "'infer': Halve.infer,"


def extractor(infer: str, body: str = "pass") -> str:
    return EXTRACTOR.format(infer=infer, body=body)


def test_an_operation_without_infer(workshop: Workshop):
    text = complaint(workshop, front__onnx__halve=extractor(""))
    assert "operation 'Halve' has no form in the IR, and no function 'infer' of its own" in text


def test_an_infer_that_sets_no_shape(workshop: Workshop):
    text = complaint(workshop, front__onnx__halve=extractor(INFER))
    assert "the 'infer' of Halve 'halve' sets no shape of output 0" in text


def test_an_infer_that_fails(workshop: Workshop):
    text = complaint(workshop, front__onnx__halve=extractor(INFER, "node.in_port(3)"))
    assert "'infer' of Halve 'halve': input port 3 of 'halve' does not exist; it has [0]" in text
    assert "halve.py, line 14, in infer: node.in_port(3)" in text


def test_an_infer_that_remembers_an_open_size(workshop: Workshop):
    body = "node['rows'] = node.in_port(0).data.get_shape()[0]; Halve.copy(node)"
    source = extractor(INFER, body).replace(
        "class HalveExtractor",
        "from mo.front.common.partial_infer.elemental import copy_shape_infer\n"
        "    Halve.copy = staticmethod(copy_shape_infer)\n\n    class HalveExtractor",
    )
    text = complaint(workshop, front__onnx__halve=source)
    assert "the 'infer' of Halve 'halve' keeps what depends on open sizes: rows" in text


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ("s", "[?,3]"),
        ("[s[0], s[1] * 2]", "[?,6]"),
        ("[s[0] * 2, 3]", "[?,3]"),
        ("[s[1], 5]", "[3,5]"),
        ("[1, 7, *s]", "[1,7,?,3]"),
        ("[-1, 2]", "[?,2]"),
    ],
)
def test_open_sizes_go_through_any_infer(workshop: Workshop, body: str, shape: str):
    code = f"s = node.in_port(0).data.get_shape(); node.out_port(0).data.set_shape({body})"
    workshop.write(front__onnx__halve=extractor(INFER, code))
    converted = workshop.convert(HALVE)
    assert converted.outputs == {"y": f"f32{shape}"}


def test_a_constant_result_of_infer_is_folded(workshop: Workshop):
    code = "import numpy as np; node.out_port(0).data.set_value(np.float32([1, 2]))"
    workshop.write(front__onnx__halve=extractor(INFER, code))
    assert "Halve" not in str(workshop.convert(HALVE))


def test_a_fault_after_translation(workshop: Workshop):
    text = complaint(
        workshop,
        chain(node("Neg", "x")),
        middle__bad="""
        from mo.middle.replacement import MiddleReplacementPattern
        from mo.utils.error import Error

        class Bad(MiddleReplacementPattern):
            replacement_id = 'the-bad'

            def find_and_replace_pattern(self, graph):
                found = graph.get_op_nodes(op='Nothing')
                raise Error('[REPLACEMENT_ID] found {} nodes', len(found))
        """,
    )
    assert "in my_ext.middle.bad.Bad (middle phase): the-bad found 0 nodes" in text


def test_a_graph_without_nodes(workshop: Workshop):
    text = complaint(
        workshop,
        chain(node("Neg", "x")),
        front__bad="""
        from mo.front.common.replacement import FrontReplacementPattern

        class Bad(FrontReplacementPattern):
            def find_and_replace_pattern(self, graph):
                graph.remove_nodes_from(list(graph.nodes()))
        """,
    )
    assert "Graph contains 0 node after executing my_ext.front.bad.Bad (front phase)" in text


def test_what_an_extension_leaves_is_named(workshop: Workshop):
    text = complaint(
        workshop,
        front__onnx__half="""
        from mo.front.common.replacement import FrontReplacementOp
        from mo.ops.op import Op

        class Half(FrontReplacementOp):
            op = 'Halve'

            def replace_op(self, graph, node):
                return [Op(graph, {'op': 'Mystery', 'name': 'm'}).create_node([node.in_node(0)]).id]
        """,
    )
    assert "Cannot convert Mystery 'm': operation 'Mystery' has no form in the IR" in text


def test_types_that_do_not_fit_in_the_end(workshop: Workshop):
    text = complaint(
        workshop,
        chain(node("MatMul", "x", "w"), weights={"w": np.ones((3, 4), np.float32)}),
        middle__bad="""
        from mo.middle.replacement import MiddleReplacementPattern

        class Bad(MiddleReplacementPattern):
            def find_and_replace_pattern(self, graph):
                for node in graph.get_op_nodes(type='MatMul'):
                    weights = node.in_port(1).get_source().node
                    weights.value = weights.value.transpose()
        """,
    )
    assert "in my_ext.middle.bad.Bad (middle phase), which leaves types that do not fit" in text
    assert "shapes [?,3] and [4,3] do not multiply" in text


def test_a_name_that_does_not_exist_in_a_short_translation(workshop: Workshop):
    text = complaint(
        workshop,
        halve="""
        from mo.extending import converts

        @converts("Halve", framework="onnx", domain="com.example")
        def halve(g, node, x):
            return g.add(Multiply(), x, 0.5)
        """,
    )
    assert "The extension failed in the translation 'halve': NameError: " in text
    assert "    halve.py, line 6, in halve: return g.add(Multiply(), x, 0.5)" in text
