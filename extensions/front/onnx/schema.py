"""The messages of an ONNX file, as far as they are read (field numbers: onnx.proto)."""

from __future__ import annotations

from mo.front.protobuf import (
    Schema,
    data,
    float32,
    integer,
    many,
    message,
    one,
    recursive,
    span,
    text,
)

KEY_VALUE: Schema = {1: one("key", text), 2: one("value", text)}

# Number lists stay spans: they may hold millions of weights.
TENSOR: Schema = {
    1: many("dims", integer),
    2: one("data_type", integer),
    3: one("segment", span),
    4: many("float_data", span),
    5: many("int32_data", span),
    6: many("string_data", data),
    7: many("int64_data", span),
    8: one("name", text),
    9: one("raw_data", span),
    10: many("double_data", span),
    11: many("uint64_data", span),
    13: many("external_data", message(KEY_VALUE)),
    14: one("data_location", integer),
}

SPARSE_TENSOR: Schema = {
    1: one("values", message(TENSOR)),
    2: one("indices", message(TENSOR)),
    3: many("dims", integer),
}

DIMENSION: Schema = {1: one("value", integer), 2: one("param", text)}
SHAPE: Schema = {1: many("dim", message(DIMENSION))}
TENSOR_TYPE: Schema = {1: one("elem_type", integer), 2: one("shape", message(SHAPE))}
# Of a sequence or an optional.
ELEMENT_OF: Schema = {1: one("elem_type", recursive(lambda: TYPE))}
TYPE: Schema = {
    1: one("tensor_type", message(TENSOR_TYPE)),
    4: one("sequence_type", message(ELEMENT_OF)),
    5: one("map_type", span),
    8: one("sparse_tensor_type", span),
    9: one("optional_type", message(ELEMENT_OF)),
}
VALUE_INFO: Schema = {1: one("name", text), 2: one("type", message(TYPE))}

ATTRIBUTE: Schema = {
    1: one("name", text),
    2: one("f", float32),
    3: one("i", integer),
    4: one("s", data),
    5: one("t", message(TENSOR)),
    6: one("g", recursive(lambda: GRAPH)),
    7: many("floats", float32),
    8: many("ints", integer),
    9: many("strings", data),
    10: many("tensors", message(TENSOR)),
    11: many("graphs", recursive(lambda: GRAPH)),
    20: one("type", integer),
    21: one("ref_attr_name", text),
    22: one("sparse_tensor", message(SPARSE_TENSOR)),
}

NODE: Schema = {
    1: many("input", text),
    2: many("output", text),
    3: one("name", text),
    4: one("op_type", text),
    5: many("attribute", message(ATTRIBUTE)),
    7: one("domain", text),
    8: one("overload", text),
}

GRAPH: Schema = {
    1: many("node", message(NODE)),
    2: one("name", text),
    5: many("initializer", message(TENSOR)),
    11: many("input", message(VALUE_INFO)),
    12: many("output", message(VALUE_INFO)),
    15: many("sparse_initializer", message(SPARSE_TENSOR)),
}

OPSET: Schema = {1: one("domain", text), 2: one("version", integer)}

FUNCTION: Schema = {
    1: one("name", text),
    4: many("input", text),
    5: many("output", text),
    6: many("attribute", text),
    7: many("node", message(NODE)),
    9: many("opset_import", message(OPSET)),
    10: one("domain", text),
    11: many("attribute_proto", message(ATTRIBUTE)),
    13: one("overload", text),
}

MODEL: Schema = {
    1: one("ir_version", integer),
    2: one("producer_name", text),
    7: one("graph", message(GRAPH)),
    8: many("opset_import", message(OPSET)),
    25: many("functions", message(FUNCTION)),
}
