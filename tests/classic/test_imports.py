"""What extensions in public repositories import is there, or refused with advice.

``usage.csv`` lists every name that at least one of them, or the classic's guides, import.
"""

from __future__ import annotations

import csv
import importlib
from pathlib import Path

import numpy as np
import pytest

import extensions.classic.modules
import extensions.classic.operations
from mo.classic.errors import Error
from mo.classic.modules import complete

with (Path(__file__).parent / "usage.csv").open(newline="") as file:
    USED = [tuple(line) for line in csv.reader(file)][1:]


@pytest.mark.parametrize(("module", "name"), USED, ids=lambda part: part)
def test_a_name_that_is_used(module: str, name: str):
    refused = extensions.classic.modules.REFUSED.get(module, {})
    complete(extensions.classic.modules.all_modules())
    if name in refused:
        with pytest.raises(ImportError, match="has no counterpart here: "):
            getattr(importlib.import_module(module), name)
        return
    found = importlib.import_module(module)
    if name == "*":
        assert found.__all__
    elif name == "import_extensions":
        importlib.import_module(f"{module}.{name}")
    elif name:
        assert getattr(found, name) is not None


def test_all_names_of_the_tables_can_be_imported():
    for module, names in extensions.classic.modules.all_modules().items():
        for name, (home, own) in names.items():
            if home:
                assert getattr(importlib.import_module(home), own) is not None, (module, name)


def test_an_operation_has_the_attributes_of_the_table():
    softmax = importlib.import_module("mo.ops.softmax").Softmax
    found = softmax(None, {"axis": 2})
    assert found.attrs["op"] == "SoftMax"
    assert found.attrs["type"] == "SoftMax"
    assert found.attrs["version"] == found.get_opset() == "opset1"
    assert found.attrs["axis"] == 2
    assert (found.attrs["in_ports_count"], found.attrs["out_ports_count"]) == (1, 1)
    assert found.backend_attrs() == ["axis"]


def test_operations_are_found_by_name():
    op = importlib.import_module("mo.ops.op").Op
    assert op.get_op_class_by_name("Add").__name__ == "Add"
    with pytest.raises(Error, match="there is no operation 'Nonsense'"):
        op.get_op_class_by_name("Nonsense")


def test_errors_fill_in_their_fields():
    assert str(Error("{} of {}", 1, "two")) == "1 of two"
    assert str(Error("{} stays")) == "{} stays"


def test_shapes_helpers():
    broadcasting = importlib.import_module("mo.utils.broadcasting")
    assert list(broadcasting.bi_directional_shape_broadcasting([3, 1], [2, 1, 4])) == [2, 3, 4]
    assert broadcasting.uni_directional_shape_broadcasting([2, 3], [4, 3]) is None
    layout = importlib.import_module("mo.front.common.layout")
    assert layout.get_features_dim("NHWC", 4) == 3
    assert list(layout.shape_for_layout("NCHW", batch=1, features=3, height=4, width=5)) == [
        1,
        3,
        4,
        5,
    ]
    infer = importlib.import_module("mo.front.common.partial_infer.utils")
    pads, output = infer.tf_window_op_pad_infer([5, 6], [3, 3], [2, 2], "same_upper")
    assert np.array_equal(output, [3, 3])
    assert np.array_equal(pads, [[1, 1], [0, 1]])
    types = importlib.import_module("mo.middle.passes.convert_data_type")
    assert types.data_type_str_to_np("FP16") is np.float16
    assert types.np_data_type_to_destination_type(np.int64) == "i64"
