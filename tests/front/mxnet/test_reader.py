"""Files of every age: containers of parameters, symbols, and how they come together."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mo
from extensions.front.mxnet.ndarray import read_arrays
from extensions.front.mxnet.weights import read_weights
from mo.errors import ConversionError, ModelFileError, UsageError
from mo.graph.tensor import Buffer
from tests.models.mxnet import (
    FLAGS,
    V2,
    V3,
    container,
    save,
    shape64,
    sparse,
    symbol,
    variable,
    version0,
    version1,
    version2,
    version3,
)


def read(data: bytes) -> dict[str, np.ndarray]:
    return {k: v.array for k, v in read_arrays(Buffer(Path("x.params"), data)).items()}


@pytest.mark.parametrize("version", [version0, version1, version2, version3])
@pytest.mark.parametrize("kind", sorted(FLAGS))
def test_arrays_of_every_version_and_type(version: Any, kind: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(kind)
    found = read(container([version(array), version(array[0])], ["arg:a", "aux:b"]))
    np.testing.assert_array_equal(found["arg:a"], array)
    np.testing.assert_array_equal(found["aux:b"], array[0])
    assert found["arg:a"].dtype == array.dtype


def test_place_holders_scalars_and_empty_arrays() -> None:
    nothing = struct.pack("<Iii", V2, 0, 0)
    unknown = struct.pack("<Iii", V3, 0, -1)
    scalar = version3(np.float32(7).reshape(()))
    empty = version3(np.zeros((0, 3), np.float32))
    found = read(container([nothing, unknown, scalar, empty], ["a", "b", "c", "d"]))
    assert sorted(found) == ["c", "d"]
    assert found["c"] == 7
    assert found["d"].shape == (0, 3)


def test_sparse_arrays_become_dense() -> None:
    rows = sparse(1, (4, 2), np.float32([[1, 2], [3, 4]]), np.int64([3, 1]))
    cells = sparse(2, (2, 3), np.float32([5, 6]), np.int64([0, 1, 2]), np.int64([2, 0]))
    found = read(container([rows, cells], ["rows", "cells"]))
    np.testing.assert_array_equal(found["rows"], [[0, 0], [3, 4], [0, 0], [1, 2]])
    np.testing.assert_array_equal(found["cells"], [[0, 0, 5], [6, 0, 0]])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x12\x01", "ends within"),
        (struct.pack("<QQQ", 0x113, 0, 0), "does not start"),
        (struct.pack("<QQQ", 0x112, 0, 1 << 40), "claims 1099511627776 entries"),
        (container([version2(np.zeros(2, np.float32))], []), "1 arrays and 0 names"),
        (container([struct.pack("<Ii", V2, 0) + shape64((1 << 40,))], ["a"]), "ends within"),
        (container([struct.pack("<I", 1 << 20)], ["a"]), "claims 1048576 axes"),
        (container([sparse(1, (2, 2), np.float32([[1, 2]]), np.int64([7]))], ["a"]), "outside"),
        (
            container([sparse(1, (1 << 31, 2), np.float32([[1, 2]]), np.int64([7]))], ["a"]),
            "claims",
        ),
    ],
)
def test_damaged_containers_are_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ModelFileError, match=words):
        read(data)


def test_numpy_archives_are_views_too(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    np.savez(path, **{"arg:w": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.int8([1])})
    found = read_weights(path)
    np.testing.assert_array_equal(found["w"].array, [[0, 1, 2], [3, 4, 5]])
    assert found["w"].extent is not None
    np.savez_compressed(path, a=np.zeros(3))
    with pytest.raises(ModelFileError, match="compressed"):
        read_weights(path)


# ---- symbols


def convolution(section: str) -> dict[str, Any]:
    values = {"kernel": "(3L, 3L)", "num_filter": "2", "pad": "(1, 1)"}
    inputs = [[0, 0], [1, 0], [2, 0]]
    return {"op": "Convolution", "name": "conv", section: values, "inputs": inputs}


WEIGHTS = {
    "conv_weight": np.ones((2, 3, 3, 3), np.float32),
    "conv_bias": np.zeros(2, np.float32),
}


@pytest.mark.parametrize("section", ["param", "attr", "attrs"])
def test_parameters_of_every_age(section: str, tmp_path: Path) -> None:
    nodes = [variable(name) for name in ("data", *WEIGHTS)]
    path = save(tmp_path, symbol(*nodes, convolution(section)), **WEIGHTS)
    model = mo.convert_model(path, input_shape=[1, 3, 8, 8])
    assert model.inputs == {"data": "f32[1,3,8,8]"}
    assert model.outputs == {"conv_output": "f32[1,2,8,8]"}


def test_parameters_beside_attributes_of_the_user(tmp_path: Path) -> None:
    """Before 0.9 a node had its parameters in one place and those of the user in another."""
    node = {**convolution("param"), "attr": {"ctx_group": "dev1", "weight_lr_mult": "2"}}
    nodes = [variable(name) for name in ("data", *WEIGHTS)]
    path = save(tmp_path, symbol(*nodes, node, version=None), **WEIGHTS)
    assert mo.convert_model(path, input_shape=[1, 3, 8, 8]).outputs


def test_states_that_were_no_inputs_before_0_9(tmp_path: Path) -> None:
    norm = {"op": "BatchNorm", "name": "bn", "param": {"fix_gamma": "False"}}
    norm["inputs"] = [[0, 0], [1, 0], [2, 0]]
    message = symbol(
        variable("data"), variable("bn_gamma"), variable("bn_beta"), norm, version=None
    )
    ones = np.ones(3, np.float32)
    states = {"bn_moving_mean": ones, "bn_moving_var": ones}
    path = save(tmp_path, message, bn_gamma=ones, bn_beta=ones, **states)
    model = mo.convert_model(path, input_shape=[1, 3, 4, 4], legacy_mxnet_model=True)
    assert model.inputs == {"data": "f32[1,3,4,4]"}


def test_half_precision_and_bare_names(tmp_path: Path) -> None:
    nodes = [variable(name) for name in ("data", *WEIGHTS)]
    path = save(tmp_path, symbol(*nodes, convolution("attrs")))
    halves = [version2(array.astype(np.float16)) for array in WEIGHTS.values()]
    path.write_bytes(container(halves, list(WEIGHTS)))
    model = mo.convert_model(path, input_shape=[1, 3, 8, 8])
    assert model.outputs == {"conv_output": "f32[1,2,8,8]"}


def test_labels_are_dropped(tmp_path: Path) -> None:
    loss = {"op": "SoftmaxOutput", "name": "softmax", "inputs": [[0, 0], [1, 0]]}
    path = save(tmp_path, symbol(variable("data"), variable("softmax_label"), loss))
    model = mo.convert_model(path, input_shape=[2, 5])
    assert model.inputs == {"data": "f32[2,5]"}
    (result,) = model.graph.results()
    assert list(result.inputs[0].names) == ["softmax_output", "softmax:0"]


def test_missing_weights_are_named_or_become_inputs(tmp_path: Path) -> None:
    nodes = [variable(name) for name in ("data", *WEIGHTS)]
    path = save(tmp_path, symbol(*nodes, convolution("attrs")), conv_bias=WEIGHTS["conv_bias"])
    with pytest.raises(ModelFileError, match="lack 1 weight of the symbol: 'conv_weight'"):
        mo.convert_model(path, input_shape=[1, 3, 8, 8])
    model = mo.convert_model(path, input="data[1,3,8,8],conv_weight[2,3,3,3]")
    assert list(model.inputs) == ["data", "conv_weight"]


def test_a_state_with_a_shape_is_zero(tmp_path: Path) -> None:
    """The state of an RNN that the symbol gives a shape needs no value."""
    rnn = {
        "op": "RNN",
        "name": "rnn",
        "attrs": {"mode": "rnn_tanh", "state_size": "2", "num_layers": "1"},
        "inputs": [[0, 0], [1, 0], [2, 0]],
    }
    state = variable("state", attrs={"__shape__": "(1, 0, 2)", "__init__": '["zeros", {}]'})
    message = symbol(variable("data"), variable("w"), state, rnn)
    path = save(tmp_path, message, w=np.ones(2 * 3 + 4 + 4, np.float32))
    model = mo.convert_model(path, input_shape=[5, 4, 3])
    assert model.inputs == {"data": "f32[5,4,3]"}
    assert model.outputs == {"rnn_output": "f32[5,4,2]"}


def test_several_outputs_and_heads(tmp_path: Path) -> None:
    split = {"op": "SliceChannel", "name": "s", "attrs": {"num_outputs": "3"}, "inputs": [[0, 0]]}
    message = symbol(variable("data"), split)
    message["heads"] = [[1, 2, 0], [1, 0, 0]]
    model = mo.convert_model(save(tmp_path, message), input_shape=[1, 6])
    assert list(model.outputs) == ["s_output2", "s_output0"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("[]", "holds no graph"),
        ("{", "no sound JSON"),
        ("[" * 100000, "no sound JSON"),
        ('{"nodes": []}', "its graph is empty"),
        ('{"nodes": 3}', "'nodes' is no list"),
        ('{"nodes": [{"op": "null"}]}', "no name"),
        ('{"nodes": [{"op": "exp", "name": "a", "inputs": [[0, 0]]}]}', "reads output 0 of node 0"),
        ('{"nodes": [{"op": "exp", "name": "a", "inputs": [["x", 0]]}]}', "which output of which"),
    ],
)
def test_damaged_symbols_are_refused_in_words(message: str, words: str, tmp_path: Path) -> None:
    path = save(tmp_path, {})
    (tmp_path / "net-symbol.json").write_text(message)
    with pytest.raises(ConversionError, match=words):
        mo.convert_model(path)


def test_the_symbol_is_looked_for_by_its_prefix(tmp_path: Path) -> None:
    path = save(tmp_path, symbol(variable("data"), {"op": "exp", "name": "e", "inputs": [[0, 0]]}))
    other = path.rename(tmp_path / "weights.params")
    with pytest.raises(ModelFileError, match="no 'weights-symbol"):
        mo.convert_model(other)
    model = mo.convert_model(other, input_symbol=tmp_path / "net-symbol.json", input_shape=[1])
    assert list(model.outputs) == ["e_output"]


def test_parameters_merged_with_nd_files(tmp_path: Path) -> None:
    nodes = [variable(name) for name in ("data", *WEIGHTS)]
    path = save(tmp_path, symbol(*nodes, convolution("attrs")), **WEIGHTS)
    bias = np.float32([5, 6])
    (tmp_path / "new_args.nd").write_bytes(container([version2(bias)], ["conv_bias"]))
    (tmp_path / "new_auxs.nd").write_bytes(container([], []))
    model = mo.convert_model(
        input_symbol=tmp_path / "net-symbol.json",
        nd_prefix_name="new",
        pretrained_model_name=str(path),
        input_shape=[1, 3, 8, 8],
        save_params_from_nd=True,
        output_dir=tmp_path / "ir",
    )
    np.testing.assert_array_equal(
        read_weights(tmp_path / "ir" / "net-symbol-0000.params")["conv_bias"].array, bias
    )
    values = [node.outputs[0].value() for node in model.graph.all_nodes() if node.type == "Const"]
    assert any(value is not None and value.reshape(-1).tolist() == [5, 6] for value in values)


def test_a_shape_for_a_model_without_inputs(tmp_path: Path) -> None:
    nodes = [{"op": "_zeros", "name": "none", "attrs": {"shape": "(2,)"}, "inputs": []}]
    path = tmp_path / "n-symbol.json"
    path.write_text(json.dumps({"nodes": nodes, "heads": [[0, 0, 0]]}))
    with pytest.raises(UsageError, match="no inputs"):
        mo.convert_model(input_symbol=path, framework="mxnet", input_shape=[1, 3], silent=True)
