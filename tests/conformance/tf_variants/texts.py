"""Tables and texts, which are cut off."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import by_hand, composed, in_graph, in_session
from tests.conformance.tf_variants.structure import after
from tests.models.nodes import numbers

R = tf.raw_ops
X = numbers(2, 3, 4)

# ---- tables and texts


def _looked_up(table: Any, find: str) -> Any:
    def function(keys: Any) -> Any:
        return getattr(R, find)(table_handle=table(), keys=keys, default_value=np.int64(-1))

    return function


_KINDS = {"key_dtype": tf.int64, "value_dtype": tf.int64}
KEYS = np.array([1, 2])
for name, find in (
    ("HashTable", "LookupTableFind"),
    ("HashTableV2", "LookupTableFindV2"),
    ("MutableHashTable", "LookupTableFind"),
    ("MutableHashTableV2", "LookupTableFindV2"),
):
    made = _looked_up(lambda name=name: getattr(R, name)(**_KINDS), find)
    in_graph(name, "looked up", made, lambda keys: keys, KEYS)
    in_graph(find, f"in a {name}", made, lambda keys: keys, KEYS)
SEVERAL = np.array([[3, -7, 12], [99, 5, 4]])


def _filled(keys: Any, values: Any, read: Any, table: str = "HashTableV2") -> Any:
    """What is read of a table of these contents."""

    def function(x: Any) -> Any:
        kinds = {"key_dtype": tf.as_dtype(keys.dtype), "value_dtype": tf.as_dtype(values.dtype)}
        handle = getattr(R, table)(**kinds)
        version = "V2" if table.endswith("V2") else ""
        put = getattr(R, f"LookupTableImport{version}")
        with tf.control_dependencies([put(table_handle=handle, keys=keys, values=values)]):
            return read(handle, x, version)

    return function


def _found(default: Any) -> Any:
    return lambda handle, x, version: getattr(R, f"LookupTableFind{version}")(
        table_handle=handle, keys=x, default_value=default
    )


def _size(handle: Any, x: Any, version: str) -> Any:
    return getattr(R, f"LookupTableSize{version}")(table_handle=handle) + x


for note, keys in {
    "close together": np.array([12, 3, -7, 4]),
    "far apart": np.array([5, 10**6, -7, 3, 99]),
}.items():
    for values in (np.arange(len(keys)) + 3, numbers(len(keys))):
        reading = _filled(keys, values, _found(values.dtype.type(-1)))
        in_session("LookupTableFindV2", f"{note}, to {values.dtype}", reading, SEVERAL)
whole = np.array([5, 3], np.int32)
for table in ("HashTable", "MutableHashTable", "MutableHashTableV2"):
    reading = _filled(whole, numbers(2), _found(np.float32(0.5)), table)
    find = f"LookupTableFind{table[9 if table[0] == 'H' else 16 :]}"
    in_session(find, f"in a filled {table}", reading, SEVERAL.astype(np.int32))
for table, size in (("HashTable", "LookupTableSize"), ("HashTableV2", "LookupTableSizeV2")):
    in_session(size, "of a filled table", _filled(KEYS, KEYS, _size, table), KEYS)
in_session(
    "LookupTableFindV2",
    "with a computed default",
    lambda x: _filled(KEYS, KEYS, _found(tf.reduce_sum(x)))(x),
    SEVERAL,
)
for version, ending in (("", ""), ("V2", "V2")):
    in_graph(
        f"LookupTableSize{ending}",
        "",
        lambda x, v=version: (
            getattr(R, f"LookupTableSize{v}")(table_handle=getattr(R, f"HashTable{v}")(**_KINDS))
            + x
        ),
        lambda x: x,
        KEYS,
    )
    for action in ("LookupTableImport", "LookupTableInsert"):
        in_graph(
            f"{action}{ending}",
            "before the model",
            after(
                lambda x, v=version, a=action: getattr(R, f"{a}{v}")(
                    table_handle=getattr(R, f"MutableHashTable{v}")(**_KINDS),
                    keys=KEYS,
                    values=KEYS,
                )
            ),
            lambda x: x + 1,
            X,
        )
for name, build in {
    "StringJoin": lambda n: R.StringJoin(inputs=[tf.as_string(n), tf.constant("x")]),
    "StringLower": lambda n: R.StringLower(input=tf.as_string(n)),
    "StringSplitV2": lambda n: R.StringSplitV2(input=tf.as_string(n), sep=" ")[1],
    "StringToHashBucketFast": lambda n: R.StringToHashBucketFast(
        input=tf.as_string(n), num_buckets=9
    ),
    "StaticRegexFullMatch": lambda n: R.StaticRegexFullMatch(input=tf.as_string(n), pattern="1.*"),
    "StaticRegexReplace": lambda n: R.StaticRegexReplace(
        input=tf.as_string(n), pattern="1", rewrite="2"
    ),
    "RaggedTensorToTensor": lambda n: tf.RaggedTensor.from_row_splits(
        tf.as_string(n), [0, 1, 2]
    ).to_tensor(),
    "RaggedTensorToSparse": lambda n: (
        tf.RaggedTensor.from_row_splits(n, [0, 1, 2]).to_sparse().indices
    ),
}.items():
    composed(name, "", build, KEYS)
by_hand("TFCustomSubgraphCall", "no operation of TensorFlow", lambda x: x, X)
