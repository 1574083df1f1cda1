"""Where a model starts and ends: names, ports, shapes, types, frozen values."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

import mo
from mo.errors import ConversionError
from tests.models.networks import branches


@pytest.fixture
def model(tmp_path):
    """image [n,4] -> scale -> split (a, b); sum = a + b; y = relu(sum); z = sum * extra."""
    path = tmp_path / "net.onnx"
    path.write_bytes(branches())
    return path


def lines(model, **flags) -> list[str]:
    """The operations left, without types."""
    return str(mo.convert_model(model, **flags)).splitlines()


def refusal(model, **flags) -> str:
    with pytest.raises(ConversionError) as caught:
        mo.convert_model(model, **flags)
    return str(caught.value)


def inputs(model, **flags) -> dict[str, str]:
    return mo.convert_model(model, **flags).inputs


# ---- shapes


def test_inputs_and_outputs_stay_in_order(model):
    converted = mo.convert_model(model)
    assert converted.inputs == {"image": "f32[?,4]", "extra": "f32[2]"}
    assert converted.outputs == {"y": "f32[?,2]", "z": "f32[?,2]"}


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"input_shape": "[5,4],[2]"}, "f32[5,4]"),
        ({"input_shape": "[1..8,4],[2]"}, "f32[1..8,4]"),
        ({"input_shape": "[?,4],[2]"}, "f32[?,4]"),
        ({"input": "image[5,4],extra"}, "f32[5,4]"),
        ({"input": "image:0[5,4],extra"}, "f32[5,4]"),
        ({"batch": 3}, "f32[3,4]"),
    ],
)
def test_shapes_are_set(model, flags, expected):
    if "batch" in flags:
        flags = {**flags, "input": "image"}
        flags["output"] = "y"
    assert inputs(model, **flags)["image"] == expected


def test_a_batch_that_is_none_is_refused(model):
    assert "'extra' [2]" in refusal(model, batch=3)


def test_one_shape_for_two_inputs_lists_them(model):
    message = refusal(model, input_shape="[5,4]")
    assert "'image' [?,4], 'extra' [2]" in message


def test_a_wrong_rank_is_told_before_any_operation_fails(model):
    assert "has rank 2" in refusal(model, input="image[5,4,1],extra")


def test_static_shape_needs_known_sizes(model):
    assert "'image' [?,4] is open" in refusal(model, static_shape=True)
    mo.convert_model(model, static_shape=True, input="image[1,4],extra")


def test_inputs_come_in_the_order_asked_for(model):
    assert list(inputs(model, input="extra,image")) == ["extra", "image"]


def test_a_type_is_converted_to_the_models_own(model):
    converted = mo.convert_model(model, input="image{u8},extra", output="y")
    assert converted.inputs == {"image": "u8[?,4]"}
    assert "Convert(image) destination_type=f32" in str(converted)


@pytest.mark.parametrize("flag", ["input", "freeze_placeholder_with_value"])
def test_one_shape_goes_to_the_one_input_that_is_not_frozen(model, flag):
    value = "image,extra->[2 3]" if flag == "input" else "extra:0->[2 3]"
    assert inputs(model, input_shape=[5, 4], **{flag: value}) == {"image": "f32[5,4]"}


# ---- outputs


@pytest.mark.parametrize("name", ["sum", "sum_node", "sum_node:0", "0:relu_node"])
def test_an_output_by_tensor_node_or_port(model, name):
    converted = mo.convert_model(model, output=name)
    assert list(converted.outputs) == ["sum"]
    assert "ReLU" not in str(converted)


def test_a_port_of_a_node_with_several(model):
    assert list(mo.convert_model(model, output="split_node:1").outputs) == ["b"]
    assert "has no output port 2" in refusal(model, output="split_node:2")


def test_a_port_that_nothing_reads(model):
    part = mo.convert_model(model, input="1:sum_node[?,2],image", output="y,split_node:1")
    assert list(part.outputs) == ["y", "b"]


def test_outputs_come_in_the_order_asked_for(model):
    assert list(mo.convert_model(model, output="z,y").outputs) == ["z", "y"]


def test_an_input_that_no_output_needs_is_gone(model):
    assert inputs(model, output="y") == {"image": "f32[?,4]"}


def test_what_no_output_needs_is_gone(model):
    assert not any("Multiply(sum" in line for line in lines(model, output="y"))


# ---- inner inputs


def test_a_tensor_becomes_an_input(model):
    converted = mo.convert_model(model, input="sum[3,2]", output="y")
    assert str(converted).splitlines() == [
        "sum: Parameter f32[3,2]",
        "relu_node: ReLU(sum) -> f32[3,2]",
    ]


def test_without_a_shape_it_is_inferred(model):
    assert inputs(model, input="sum", output="y") == {"sum": "f32[?,2]"}


def test_with_a_shape_the_type_is_inferred(tmp_path):
    nodes = [
        helper.make_node("Shape", ["x"], ["sizes"], "shape_node"),
        helper.make_node("Reshape", ["x", "sizes"], ["y"]),
        helper.make_node("Missing", ["x"], ["other"], "missing_node"),
        helper.make_node("Add", ["other", "x"], ["z"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 2])
    ends = [helper.make_empty_tensor_value_info(name) for name in "yz"]
    path = tmp_path / "net.onnx"
    onnx.save(helper.make_model(helper.make_graph(nodes, "net", [x], ends)), path)
    assert inputs(path, input="x,sizes[2]", output="y")["sizes"] == "i64[2]"
    assert inputs(path, input="x,other[4,2]", output="z")["other"] == "f32[4,2]"


def test_an_output_port_becomes_an_input(model):
    converted = mo.convert_model(model, input="split_node:0[3,2],split_node:1[3,2]", output="y")
    assert converted.inputs == {"a": "f32[3,2]", "b": "f32[3,2]"}


def test_an_input_port_becomes_an_input_and_keeps_the_tensors_name(model):
    converted = mo.convert_model(model, input="1:sum_node[3,2],image[3,4]", output="y")
    assert converted.inputs == {
        "sum_node/placeholder_port_1": "f32[3,2]",
        "image": "f32[3,4]",
    }
    (parameter, _) = converted.graph.parameters()
    assert list(parameter.outputs[0].names) == ["sum_node/placeholder_port_1", "b"]


def test_a_node_with_several_inputs_needs_a_port(model):
    assert "0:sum_node, 1:sum_node" in refusal(model, input="sum_node[3,2]", output="y")


def test_what_is_left_out_is_named(model):
    assert "leaves out 'extra'" in refusal(model, input="image")


# ---- names


def renamed(tmp_path, **names: str):
    """The model with other names of nodes and tensors."""
    proto = onnx.ModelProto.FromString(branches())
    for node in proto.graph.node:
        node.name = names.get(node.name, node.name)
        for tensors in (node.input, node.output):
            for i, tensor in enumerate(tensors):
                tensors[i] = names.get(tensor, tensor)
    path = tmp_path / "renamed.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


def test_a_node_that_is_really_called_so_wins(tmp_path):
    path = renamed(tmp_path, scale_node="in", sum_node="in:0", sum="total", scaled="half")
    assert list(inputs(path, input='0:"in:0"[3,2],1:"in:0"[3,2]', output="y")) == [
        "in:0/placeholder_port_0",
        "in:0/placeholder_port_1",
    ]
    assert list(mo.convert_model(path, output="in:0").outputs) == ["total"]
    assert list(mo.convert_model(path, output="in").outputs) == ["half"]


def test_numbers_with_ports_are_read_as_the_model_has_them(tmp_path):
    input_of_node_2 = inputs(renamed(tmp_path, split_node="2"), input="0:2[2,4],extra")
    assert list(input_of_node_2.values()) == ["f32[2,4]", "f32[2]"]
    output_of_node_0 = mo.convert_model(renamed(tmp_path, split_node="0"), output="0:1").outputs
    assert list(output_of_node_0) == ["b"]


def test_numbers_that_fit_both_ways_are_refused(tmp_path):
    path = renamed(tmp_path, split_node="0", sum_node="1")
    error = refusal(path, input="0:1[2,2],extra")
    assert "'0:1' can be read in two ways, as an input of '1' and as an output of '0'" in error
    assert 'Quote the name, as in 0:"1".' in error


@pytest.mark.parametrize("name", ["a(b)", "a.*", "a[x]", "a b", "a:b", "a/b:c"])
def test_names_are_no_patterns(tmp_path, name):
    path = renamed(tmp_path, sum=name)
    quoted = f'"{name}"' if "[" in name else name
    assert inputs(path, input=f"{quoted}[3,2]", output="y") == {name: "f32[3,2]"}
    assert list(mo.convert_model(path, output=name).outputs) == [name]


@pytest.mark.parametrize("name", ["a(1)", "a[2]", "a,b", "a->b"])
def test_names_that_read_like_something_else_are_quoted(tmp_path, name):
    path = renamed(tmp_path, sum=name)
    assert inputs(path, input=f'"{name}"[3,2]', output="y") == {name: "f32[3,2]"}
    assert list(mo.convert_model(path, output=f'"{name}"').outputs) == [name]


# ---- frozen values


def test_an_input_becomes_a_constant(model):
    converted = mo.convert_model(model, freeze_placeholder_with_value="extra->[2 3]")
    assert list(converted.inputs) == ["image"]
    assert "Multiply(sum_node, [2.0, 3.0])" in str(converted)


def test_freezing_with_input_leaves_the_others_alone(model):
    assert list(inputs(model, input="extra->[2 3]")) == ["image"]


def test_a_value_that_does_not_fit_is_refused(model):
    assert "cannot be frozen" in refusal(model, freeze_placeholder_with_value="extra->[1 2 3]")


def test_what_is_frozen_need_not_be_listed(model):
    flags = {"input": "image[5,4]", "freeze_placeholder_with_value": "extra->[1,2]"}
    assert inputs(model, **flags) == {"image": "f32[5,4]"}


def test_only_inputs_can_be_frozen(model):
    assert "not an input" in refusal(model, freeze_placeholder_with_value="sum->1")


def test_the_numbers_are_those_of_the_whole(model, tmp_path):
    ov = pytest.importorskip("openvino")
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    whole = tmp_path / "whole.xml"
    part = tmp_path / "part.xml"
    mo.convert_model(model).save(whole)
    mo.convert_model(model, input="sum[2,2]", output="y").save(part)
    core = ov.Core()
    extra = np.ones(2, np.float32)
    first = core.compile_model(whole, "CPU")([x, extra])[0]
    summed = x[:, :2] * 2 + x[:, 2:] * 2
    second = core.compile_model(part, "CPU")([summed])[0]
    np.testing.assert_allclose(first, second)
