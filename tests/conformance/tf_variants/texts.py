"""Tables and texts, which are cut off."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import by_hand, composed, in_graph
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
    "RaggedTensorToTensor": lambda n: tf.RaggedTensor.from_row_splits(n, [0, 1, 2]).to_tensor(),
    "RaggedTensorToSparse": lambda n: (
        tf.RaggedTensor.from_row_splits(n, [0, 1, 2]).to_sparse().indices
    ),
}.items():
    composed(name, "", build, KEYS)
by_hand("TFCustomSubgraphCall", "no operation of TensorFlow", lambda x: x, X)
