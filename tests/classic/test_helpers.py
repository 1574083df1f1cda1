"""Helpers of extractors by themselves."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from extensions.classic.caffe import get_list_from_container, get_spatial_attr
from extensions.classic.messages import CaffeMessage, TfAttribute, tf_shape
from extensions.classic.mxnet import AttrDictionary, StrTo, get_mxnet_layer_attrs
from extensions.classic.tensorflow import get_tf_node_port, tf_data_format_spatial, tf_tensor_shape
from mo.classic.errors import Error

ATTRS = AttrDictionary(
    {
        "n": "3L",
        "r": "0.5",
        "yes": "True",
        "one": "1",
        "pair": "(1, 2L)",
        "list": "4,5",
        "no": "None",
    }
)


def test_texts_of_mxnet_are_values():
    assert (ATTRS.int("n"), ATTRS.float("r")) == (3, 0.5)
    assert (ATTRS.bool("yes"), ATTRS.bool("one"), ATTRS.str("r")) == (True, True, "0.5")
    assert ATTRS.tuple("pair", int) == (1, 2)
    assert ATTRS.tuple("pair") == ("1", "2")
    assert ATTRS.tuple("one", int) == (1,)
    assert ATTRS.list("list", int) == [4, 5]
    assert (ATTRS.int("no", 7), ATTRS.int("missing", 8)) == (7, 8)


@pytest.mark.parametrize("section", ["attr", "attrs", "param"])
def test_attributes_of_mxnet_in_each_section(section: str):
    assert get_mxnet_layer_attrs({"op": "x", section: {"n": "3"}}).int("n") == 3


def test_what_is_neither_true_nor_false():
    with pytest.raises(Error, match="neither true nor false"):
        StrTo.bool("perhaps")


def test_spatial_attributes_of_caffe():
    both = CaffeMessage({"kernel_size": [3], "kernel_h": None})
    apart = CaffeMessage({"kernel_size": [], "kernel_h": 2, "kernel_w": 5})
    assert get_spatial_attr([1, 1], "kernel_size", "kernel", both) == (3, 3)
    assert get_spatial_attr([1, 1], "kernel_size", "kernel", apart) == (5, 2)
    assert get_list_from_container(both, "kernel_size", int) == [3]
    assert get_list_from_container(both, "missing", int) == []


def test_shapes_and_layouts_of_tensorflow():
    np.testing.assert_array_equal(tf_tensor_shape(tf_shape((2, 3))), [2, 3])
    assert tf_data_format_spatial(TfAttribute("NCDHW")) == [2, 3, 4]
    assert get_tf_node_port("conv:1") == ("conv", 1)
    with pytest.raises(Error, match="'WHAT' is not known"):
        tf_data_format_spatial(TfAttribute("WHAT"))


@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [
        ("mo.front.extractor", "extract_node_attrs", "Op.update_node_stat"),
        ("mo.front.mxnet.extractors.utils", "load_params", "node.symbol_dict"),
    ],
)
def test_readers_of_files_say_what_to_use_instead(module: str, name: str, instead: str):
    with pytest.raises(ImportError, match=instead):
        getattr(import_module(module), name)
