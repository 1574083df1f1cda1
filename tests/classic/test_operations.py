"""Every class of operations that extensions import: proved by its numbers, or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from extensions.classic.operations import rows
from mo.errors import ConversionError
from tests.classic.conftest import Workshop
from tests.classic.models import CUSTOM, chain, custom
from tests.classic.operation_cases import (
    Case,
    Fixed,
    detection,
    elementwise,
    picking,
    refused,
    resizing,
    sequences,
    shaping,
    statistics,
    windows,
)

FAMILIES = {
    module.__name__.rpartition(".")[2]: module.CASES
    for module in (
        *(detection, elementwise, picking, resizing, sequences),
        *(shaping, statistics, windows),
    )
}
TYPES = {np.bool_: TensorProto.BOOL, np.int32: TensorProto.INT32, np.int64: TensorProto.INT64}

# An extension that puts the operation of a case in the place of node 'Case' number so and so.
BEFORE_TRANSLATION = """
    import importlib
    from mo.front.common.replacement import FrontReplacementOp
    from mo.ops.const import Const
    from tests.classic.operation_cases import Fixed
    from tests.classic.test_operations import FAMILIES

    class Replace(FrontReplacementOp):
        op = 'Case'
        enabled = True

        def replace_op(self, graph, node):
            case = FAMILIES[node.family][node.number]
            module, _, name = case.path.rpartition('.')
            cls = getattr(importlib.import_module(module), name)
            ports = iter(node.in_ports().values())
            inputs = []
            for item in case.inputs:
                if isinstance(item, Fixed):
                    inputs.append(Const(graph, {'value': item.array}).create_node())
                else:
                    source = next(ports).get_source()
                    inputs.append((source.node, source.idx))
            new = cls(graph, {'name': node.name, **case.attributes}).create_node(inputs)
            if case.outputs == (0,):
                return [new.id]
            for index, port in enumerate(case.outputs):
                new.add_output_port(port, skip_if_exist=True)
                node.out_port(index).get_connection().set_source(new.out_port(port))
            return []
"""

# The same after it: what the outputs were is let go.
AFTER_TRANSLATION = """
    import importlib
    from mo.middle.replacement import MiddleReplacementPattern
    from mo.ops.const import Const
    from tests.classic.operation_cases import Fixed
    from tests.classic.test_operations import FAMILIES, tensor_name

    class Replace(MiddleReplacementPattern):
        enabled = True

        def find_and_replace_pattern(self, graph):
            parameters = {node.name: node for node in graph.get_op_nodes(op='Parameter')}
            for result in graph.get_op_nodes(op='Result'):
                _, family, number = result.in_port(0).get_tensor_names()[0].split('.')[:3]
                case = FAMILIES[family][int(number)]
                module, _, name = case.path.rpartition('.')
                cls = getattr(importlib.import_module(module), name)
                node = cls(graph, case.attributes).create_node()
                for index, item in enumerate(case.inputs):
                    node.add_input_port(index, skip_if_exist=True)
                    if isinstance(item, Fixed):
                        source = Const(graph, {'value': item.array}).create_node()
                    else:
                        source = parameters[tensor_name(family, int(number), index)]
                    node.in_port(index).connect(source.out_port(0))
                node.add_output_port(0, skip_if_exist=True)
                result.in_port(0).get_connection().set_source(node.out_port(0))
"""


def tensor_name(family: str, number: int, index: int) -> str:
    return f"{family}.{number}.{index}"


def model_of(family: str, chosen: Sequence[int], is_open: bool, kind: str) -> onnx.ModelProto:
    """Cases side by side: each of its own inputs, each with its own outputs."""
    nodes, inputs, outputs = [], [], []
    for number in chosen:
        case = FAMILIES[family][number]
        names = []
        for index, item in enumerate(case.inputs):
            if isinstance(item, Fixed):
                continue
            names.append(tensor_name(family, number, index))
            sizes: list[int | str] = list(item.shape)
            if is_open and case.opens and sizes:
                sizes[0] = f"n{number}_{sizes[0]}"
            element = TYPES.get(item.dtype.type, TensorProto.FLOAT)
            inputs.append(helper.make_tensor_value_info(names[-1], element, sizes))
        made = [f"out.{family}.{number}.{index}" for index in case.outputs]
        outputs += made
        attributes = {"family": family, "number": number} if kind == "Case" else {}
        domain = CUSTOM if kind == "Case" else ""
        name = f"{case.name} {number}"
        nodes.append(helper.make_node(kind, names, made, name, domain=domain, **attributes))
    graph = helper.make_graph(
        nodes,
        "cases",
        inputs,
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(CUSTOM, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def check(workshop: Workshop, family: str, chosen: Sequence[int], is_open: bool, kind: str) -> None:
    """Convert the cases together, run them, and compare each with its formula."""
    cases = [FAMILIES[family][number] for number in chosen]
    feeds = [x for case in cases for x in case.inputs if not isinstance(x, Fixed)]
    found = iter(workshop.outputs(model_of(family, chosen, is_open, kind), *feeds))
    wrong = []
    for case in cases:
        for expected, result in zip(case.expected(), [next(found) for _ in case.outputs]):
            try:
                np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)
            except AssertionError as error:
                wrong.append(f"{case.name} {case.attributes}: {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("is_open", [False, True], ids=["static", "open"])
@pytest.mark.parametrize("family", FAMILIES)
def test_operations_made_before_translation(workshop: Workshop, family: str, is_open: bool):
    workshop.write(front__onnx__replace=BEFORE_TRANSLATION)
    check(workshop, family, range(len(FAMILIES[family])), is_open, "Case")


def of_numbers(case: Case) -> bool:
    """Whether a case can stand behind an Abs of its first input, and be its own result."""
    moving = [x for x in case.inputs if not isinstance(x, Fixed)]
    return case.outputs == (0,) and len(moving) == 1 and moving[0].dtype == np.float32


@pytest.mark.parametrize("family", FAMILIES)
def test_operations_made_after_translation(workshop: Workshop, family: str):
    workshop.write(middle__replace=AFTER_TRANSLATION)
    chosen = [number for number, case in enumerate(FAMILIES[family]) if of_numbers(case)]
    check(workshop, family, chosen, True, "Abs")


REFUSE = """
    import importlib
    from mo.front.common.replacement import FrontReplacementOp

    class Replace(FrontReplacementOp):
        op = 'Case'
        enabled = True

        def replace_op(self, graph, node):
            module, _, name = node.path.rpartition('.')
            new = getattr(importlib.import_module(module), name)(graph).create_node()
            new.add_input_port(0, skip_if_exist=True)
            node.in_port(0).get_connection().set_destination(new.in_port(0))
            new.add_output_port(0, skip_if_exist=True)
            return [new.id]
"""


@pytest.mark.parametrize("path", refused.REFUSED)
def test_operations_without_a_form_say_what_to_use(workshop: Workshop, path: str):
    workshop.write(front__onnx__replace=REFUSE)
    with pytest.raises(ConversionError) as caught:
        workshop.convert(chain(custom("Case", "x", path=path)))
    name = rows()[path].op or path.rpartition(".")[2]
    assert name in caught.value.message
    assert refused.REFUSED[path] in f"{caught.value.message} {caught.value.hint}"


def test_a_variable_keeps_its_value(workshop: Workshop):
    """A sum over all inferences, starting with zeros; Result, because Assign has an output."""
    workshop.write(
        front__onnx__total="""
        import numpy as np
        from extensions.ops.elementwise import Add
        from mo.front.common.replacement import FrontReplacementOp
        from mo.ops.assign import Assign
        from mo.ops.const import Const
        from mo.ops.read_value import ReadValue
        from mo.ops.result import Result

        class Replace(FrontReplacementOp):
            op = 'Total'
            enabled = True

            def replace_op(self, graph, node):
                zeros = Const(graph, {'value': np.zeros([2, 3], np.float32)}).create_node()
                before = ReadValue(graph, {'variable_id': 'total'}).create_node([zeros])
                total = Add(graph, {'name': node.name}).create_node([before, node.in_node(0)])
                kept = Assign(graph, {'variable_id': 'total'}).create_node([total])
                Result(graph, {'name': 'end'}).create_node([kept])
                return [total.id]
        """
    )
    xml, _ = workshop.convert(chain(custom("Total", "x"), shape=[2, 3])).save(workshop.folder / "m")
    request = workshop.core.compile_model(xml, "CPU").create_infer_request()
    x = np.ones((2, 3), np.float32)
    for step in (1, 2, 3):
        np.testing.assert_array_equal(request.infer([x])[0], step * x)


def test_inputs_and_outputs_can_be_made(workshop: Workshop):
    workshop.write(
        front__onnx__more="""
        import numpy as np
        from extensions.ops.elementwise import Mul
        from extensions.ops.parameter import Parameter
        from mo.front.common.replacement import FrontReplacementOp
        from mo.ops.result import Result

        class Replace(FrontReplacementOp):
            op = 'Scaled'
            enabled = True

            def replace_op(self, graph, node):
                scale = Parameter(graph, {'name': 'scale', 'shape': np.array([-1, 3]),
                                          'data_type': np.float32}).create_node()
                result = Mul(graph, {'name': node.name}).create_node([node.in_node(0), scale])
                Result(graph, {'name': 'also'}).create_node([scale])
                return [result.id]
        """
    )
    converted = workshop.convert(chain(custom("Scaled", "x")))
    assert converted.inputs == {"x": "f32[?,3]", "scale": "f32[?,3]"}
    x, scale = np.ones((2, 3), np.float32), np.float32([[1, 2, 3], [4, 5, 6]])
    for found in workshop.run(converted, x, scale):
        np.testing.assert_array_equal(found, scale)


def test_every_class_is_proved_or_refused():
    proved = {case.path for family in FAMILIES.values() for case in family}
    told = Counter([*proved, *refused.REFUSED, *refused.TOLD_APART])
    assert set(told) == set(rows())
    assert max(told.values()) == 1
