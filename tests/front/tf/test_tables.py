"""Tables in SavedModels, where functions of their own fill them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest
import tensorflow as tf

import mo

KEYS, VALUES = np.array([5, 7, 10**6]), np.float32([1.5, 2.5, 3.5])


class Lookup(tf.Module):
    """Twice what a table says of numbers."""

    def __init__(self, keys: Any) -> None:
        start = tf.lookup.KeyValueTensorInitializer(keys, tf.constant(VALUES))
        self.table = tf.lookup.StaticHashTable(start, -1.0)

    def signature(self, kind: Any) -> Any:
        call = tf.function(lambda x: self.table.lookup(x) * 2, autograph=False)
        return call.get_concrete_function(tf.TensorSpec([None, 2], kind, name="x"))


def saved(keys: Any, folder: Path) -> Path:
    module = Lookup(keys)
    tf.saved_model.save(module, str(folder), module.signature(module.table.key_dtype))
    return folder


def test_a_table_of_numbers_is_filled(tmp_path: Path) -> None:
    model = mo.convert_model(saved_model_dir=saved(tf.constant(KEYS), tmp_path / "m"))
    xml, _ = model.save(tmp_path / "net.xml")
    given = np.array([[7, 6], [10**6, -1]])
    (found,) = openvino.Core().compile_model(xml, "CPU")([given]).values()
    np.testing.assert_array_equal(found, [[5, -2], [7, -2]])


def test_a_table_of_texts_is_to_be_cut_off(tmp_path: Path) -> None:
    folder = saved(tf.constant(["a", "b", "c"]), tmp_path)
    with pytest.raises(mo.ConversionError, match="no operations for tables of texts"):
        mo.convert_model(saved_model_dir=folder)
