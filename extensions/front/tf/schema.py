"""The messages of TensorFlow's files, as far as they are read.

Field numbers: tensorflow/core/framework/*.proto, core/protobuf/*.proto; names of messages follow
those files. ``map<K, V>`` is a repeated message of key and value.
"""

from __future__ import annotations

from mo.front.protobuf import (
    Schema,
    boolean,
    booleans_in_place,
    data,
    doubles_in_place,
    enum,
    fixed32,
    float32,
    floats_in_place,
    integer,
    integers_in_place,
    many,
    message,
    one,
    recursive,
    span,
    span_of,
    text,
)

_NAMES = [
    "FLOAT",
    "DOUBLE",
    "INT32",
    "UINT8",
    "INT16",
    "INT8",
    "STRING",
    "COMPLEX64",
    "INT64",
    "BOOL",
    "QINT8",
    "QUINT8",
    "QINT32",
    "BFLOAT16",
    "QINT16",
    "QUINT16",
    "UINT16",
    "COMPLEX128",
    "HALF",
    "RESOURCE",
    "VARIANT",
    "UINT32",
    "UINT64",
]
data_type = enum(
    **{f"DT_{name}": number for number, name in enumerate(_NAMES, 1)},
    **{f"DT_{name}_REF": number for number, name in enumerate(_NAMES, 101)},
)

DIM: Schema = {1: one("size", integer)}
SHAPE: Schema = {2: many("dim", message(DIM)), 3: one("unknown_rank", boolean)}

# Lists of numbers stay where they are: they may hold millions of weights.
TENSOR: Schema = {
    1: one("dtype", data_type),
    2: one("tensor_shape", message(SHAPE)),
    4: one("tensor_content", span_of(data)),
    5: many("float_val", floats_in_place),
    6: many("double_val", doubles_in_place),
    7: many("int_val", integers_in_place),
    8: many("string_val", data),
    9: many("scomplex_val", floats_in_place),
    10: many("int64_val", integers_in_place),
    11: many("bool_val", booleans_in_place),
    12: many("dcomplex_val", doubles_in_place),
    13: many("half_val", integers_in_place),
    16: many("uint32_val", integers_in_place),
    17: many("uint64_val", integers_in_place),
}

NAME_ATTR_LIST: Schema = {
    1: one("name", text),
    2: many("attr", recursive(lambda: ATTR_ENTRY)),
}
LIST_VALUE: Schema = {
    2: many("s", data),
    3: many("i", integer),
    4: many("f", float32),
    5: many("b", boolean),
    6: many("type", data_type),
    7: many("shape", message(SHAPE)),
    8: many("tensor", message(TENSOR)),
    9: many("func", message(NAME_ATTR_LIST)),
}
ATTR_VALUE: Schema = {
    1: one("list", message(LIST_VALUE)),
    2: one("s", data),
    3: one("i", integer),
    4: one("f", float32),
    5: one("b", boolean),
    6: one("type", data_type),
    7: one("shape", message(SHAPE)),
    8: one("tensor", message(TENSOR)),
    9: one("placeholder", text),
    10: one("func", message(NAME_ATTR_LIST)),
}
ATTR_ENTRY: Schema = {1: one("key", text), 2: one("value", message(ATTR_VALUE))}

NODE: Schema = {
    1: one("name", text),
    2: one("op", text),
    3: many("input", text),
    5: many("attr", message(ATTR_ENTRY)),
}

ARG: Schema = {
    1: one("name", text),
    3: one("type", data_type),
    4: one("type_attr", text),
    5: one("number_attr", text),
    6: one("type_list_attr", text),
}
OP: Schema = {
    1: one("name", text),
    2: many("input_arg", message(ARG)),
    3: many("output_arg", message(ARG)),
}
RET_ENTRY: Schema = {1: one("key", text), 2: one("value", text)}
FUNCTION: Schema = {
    1: one("signature", message(OP)),
    3: many("node_def", message(NODE)),
    4: many("ret", message(RET_ENTRY)),
}
LIBRARY: Schema = {1: many("function", message(FUNCTION))}
GRAPH: Schema = {1: many("node", message(NODE)), 2: one("library", message(LIBRARY))}

TENSOR_INFO: Schema = {
    1: one("name", text),
    2: one("dtype", data_type),
    3: one("tensor_shape", message(SHAPE)),
}
TENSOR_INFO_ENTRY: Schema = {1: one("key", text), 2: one("value", message(TENSOR_INFO))}
SIGNATURE: Schema = {
    1: many("inputs", message(TENSOR_INFO_ENTRY)),
    2: many("outputs", message(TENSOR_INFO_ENTRY)),
    3: one("method_name", text),
}
SIGNATURE_ENTRY: Schema = {1: one("key", text), 2: one("value", message(SIGNATURE))}

REFERENCE: Schema = {1: one("node_id", integer), 2: one("local_name", text)}
SAVED_VARIABLE: Schema = {
    1: one("dtype", data_type),
    2: one("shape", message(SHAPE)),
    6: one("name", text),
    8: many("components", span),
}
SAVED_CONSTANT: Schema = {1: one("operation", text)}
SAVED_OBJECT: Schema = {
    1: many("children", message(REFERENCE)),
    5: one("asset", span),
    7: one("variable", message(SAVED_VARIABLE)),
    9: one("constant", message(SAVED_CONSTANT)),
    10: one("resource", span),
}
CONCRETE_FUNCTION: Schema = {2: many("bound_inputs", integer)}
CONCRETE_FUNCTION_ENTRY: Schema = {1: one("key", text), 2: one("value", message(CONCRETE_FUNCTION))}
SAVED_OBJECT_GRAPH: Schema = {
    1: many("nodes", message(SAVED_OBJECT)),
    2: many("concrete_functions", message(CONCRETE_FUNCTION_ENTRY)),
}

OP_LIST: Schema = {1: many("op", message(OP))}
META_INFO: Schema = {2: one("stripped_op_list", message(OP_LIST)), 4: many("tags", text)}
SAVER: Schema = {3: one("restore_op_name", text)}
META_GRAPH: Schema = {
    1: one("meta_info_def", message(META_INFO)),
    2: one("graph_def", message(GRAPH)),
    3: one("saver_def", message(SAVER)),
    5: many("signature_def", message(SIGNATURE_ENTRY)),
    7: one("object_graph_def", message(SAVED_OBJECT_GRAPH)),
}
SAVED_MODEL: Schema = {
    1: one("saved_model_schema_version", integer),
    2: many("meta_graphs", message(META_GRAPH)),
}

# ---- checkpoints

BUNDLE_HEADER: Schema = {1: one("num_shards", integer), 2: one("endianness", integer)}
EXTENT: Schema = {1: one("start", integer), 2: one("length", integer)}
SLICE: Schema = {1: many("extent", message(EXTENT))}
BUNDLE_ENTRY: Schema = {
    1: one("dtype", data_type),
    2: one("shape", message(SHAPE)),
    3: one("shard_id", integer),
    4: one("offset", integer),
    5: one("size", integer),
    6: one("crc32c", fixed32),
    7: many("slices", message(SLICE)),
}
SLICE_META: Schema = {
    1: one("name", text),
    2: one("shape", message(SHAPE)),
    3: one("type", data_type),
    4: many("slice", message(SLICE)),
}
SLICES_META: Schema = {1: many("tensor", message(SLICE_META))}
SAVED_SLICE: Schema = {
    1: one("name", text),
    2: one("slice", message(SLICE)),
    3: one("data", message(TENSOR)),
}
SAVED_SLICES: Schema = {1: one("meta", message(SLICES_META)), 2: one("data", message(SAVED_SLICE))}

SERIALIZED_TENSOR: Schema = {
    1: one("name", text),
    2: one("full_name", text),
    3: one("checkpoint_key", text),
}
TRACKABLE: Schema = {2: many("attributes", message(SERIALIZED_TENSOR))}
TRACKABLE_GRAPH: Schema = {1: many("nodes", message(TRACKABLE))}

# Newer releases add fields: a text may hold any that these tables do not know.
OPEN_ENDED = tuple(table for table in globals().values() if isinstance(table, dict))
