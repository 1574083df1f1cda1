"""The tables of a TF-Lite file, as far as they are read.

Field numbers and enumerations: tensorflow/compiler/mlir/lite/schema/schema.fbs. Options have the
names that TensorFlow gives the same attributes.
"""

from __future__ import annotations

from extensions.front.tflite.flatbuffers import (
    Schema,
    numbers,
    one,
    place,
    span,
    switch,
    table,
    tables,
    text,
)
from mo.graph.element_type import ElementType

_T = ElementType

# ---- TensorType

ELEMENT_TYPES = {
    0: _T.f32,
    1: _T.f16,
    2: _T.i32,
    3: _T.u8,
    4: _T.i64,
    5: _T.string,
    6: _T.boolean,
    7: _T.i16,
    9: _T.i8,
    10: _T.f64,
    12: _T.u64,
    15: _T.u32,
    16: _T.u16,
    17: _T.i4,
    18: _T.bf16,
    19: _T.i2,
    20: _T.u4,
}
COMPLEX64, STRING = 8, 5
WITHOUT_IR_TYPE = {8: "complex64", 11: "complex128", 13: "resource", 14: "variant"}

# ---- BuiltinOperator, by number

_NAMES = """
    ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE
    EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D
    LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU
    RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH
    CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD
    UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN
    SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN
    EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM
    ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN
    TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE
    POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND
    LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD
    RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V
    UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG
    QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4
    NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL
    PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL
    COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL
    CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS
    RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE
    RELU_0_TO_1 UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2
    UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR RIGHT_SHIFT STABLEHLO_LOGISTIC
    STABLEHLO_ADD STABLEHLO_DIVIDE STABLEHLO_MULTIPLY STABLEHLO_MAXIMUM STABLEHLO_RESHAPE
    STABLEHLO_CLAMP STABLEHLO_CONCATENATE STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CONVOLUTION
    STABLEHLO_SLICE STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE STABLEHLO_ABS STABLEHLO_AND
    STABLEHLO_COSINE STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR STABLEHLO_LOG STABLEHLO_MINIMUM
    STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_RSQRT
    STABLEHLO_SELECT STABLEHLO_SUBTRACT STABLEHLO_TANH STABLEHLO_SCATTER STABLEHLO_COMPARE
    STABLEHLO_CONVERT STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE STABLEHLO_PAD
    STABLEHLO_IOTA STABLEHLO_DOT_GENERAL STABLEHLO_REDUCE_WINDOW STABLEHLO_SORT
    STABLEHLO_WHILE STABLEHLO_GATHER STABLEHLO_TRANSPOSE DILATE STABLEHLO_RNG_BIT_GENERATOR
    REDUCE_WINDOW STABLEHLO_COMPOSITE STABLEHLO_SHIFT_LEFT STABLEHLO_CBRT STABLEHLO_CASE
"""
OPERATORS = _NAMES.split()
CUSTOM = OPERATORS.index("CUSTOM")
# Operators up to this number have it in a field of one byte, too, in old files only there.
LAST_OF_ONE_BYTE = 127

# ---- the model

# Lists of limits that only tell what a quantisation was made of are not read.
QUANTIZATION: Schema = {
    "scale": numbers(2, "f32"),
    "zero_point": numbers(3, "i64"),
    "details_type": one(4, "u8"),
    "axis": one(6, "i32"),
}
_INDICES: Schema = {"values": numbers(0, "i32")}
_INDICES_16: Schema = {"values": numbers(0, "u16")}
_INDICES_8: Schema = {"values": numbers(0, "u8")}
# SparseIndexVector
SPARSE_INDICES = {1: _INDICES, 2: _INDICES_16, 3: _INDICES_8}
DIMENSION: Schema = {
    "format": one(0, "i8"),
    "dense_size": one(1, "i32"),
    "segments_type": one(2, "u8"),
    "segments": place(3),
    "indices_type": one(4, "u8"),
    "indices": place(5),
}
SPARSITY: Schema = {
    "traversal_order": numbers(0, "i32"),
    "block_map": numbers(1, "i32"),
    "dimensions": tables(2, DIMENSION),
}
TENSOR: Schema = {
    "shape": numbers(0, "i32"),
    "type": one(1, "i8"),
    "buffer": one(2, "u32"),
    "name": text(3),
    "quantization": table(4, QUANTIZATION),
    "is_variable": switch(5),
    "sparsity": table(6, SPARSITY),
    "shape_signature": numbers(7, "i32"),
    "external_buffer": one(10, "u32"),
}
OPERATOR_CODE: Schema = {
    "old_code": one(0, "i8"),
    "custom_code": text(1),
    "code": one(3, "i32"),
}
OPERATOR: Schema = {
    "code_index": one(0, "u32"),
    "inputs": numbers(1, "i32"),
    "outputs": numbers(2, "i32"),
    "options_type": one(3, "u8"),
    "options": place(4),
    "custom_options": span(5),
    "large_options_offset": one(9, "u64"),
    "large_options_size": one(10, "u64"),
    "more_options_type": one(11, "u8"),
    "more_options": place(12),
}
SUBGRAPH: Schema = {
    "tensors": tables(0, TENSOR),
    "inputs": numbers(1, "i32"),
    "outputs": numbers(2, "i32"),
    "operators": tables(3, OPERATOR),
    "name": text(4),
}
BUFFER: Schema = {"data": span(0), "offset": one(1, "u64"), "size": one(2, "u64")}
TENSOR_NAME: Schema = {"name": text(0), "tensor": one(1, "u32")}
SIGNATURE: Schema = {
    "inputs": tables(0, TENSOR_NAME),
    "outputs": tables(1, TENSOR_NAME),
    "key": text(2),
    "subgraph": one(4, "u32"),
}
MODEL: Schema = {
    "version": one(0, "u32"),
    "operator_codes": tables(1, OPERATOR_CODE),
    "subgraphs": tables(2, SUBGRAPH),
    "buffers": tables(4, BUFFER),
    "signatures": tables(7, SIGNATURE),
}

# ---- options of operators

_ACTIVATION = "fused_activation_function"
_FUSED: Schema = {_ACTIVATION: one(0, "i8")}
_AXIS: Schema = {"axis": one(0, "i32")}
_BLOCK: Schema = {"block_size": one(0, "i32")}
_SEEDS: Schema = {"seed": one(0, "i64"), "seed2": one(1, "i64")}
_RESIZED = {"align_corners": 0, "half_pixel_centers": 1}

# BuiltinOptions, by number; those that are not here say nothing.
OPTIONS: dict[int, Schema] = {
    1: {  # Conv2D
        "padding": one(0, "i8"),
        "stride_w": one(1, "i32"),
        "stride_h": one(2, "i32"),
        _ACTIVATION: one(3, "i8"),
        "dilation_w": one(4, "i32", 1),
        "dilation_h": one(5, "i32", 1),
    },
    2: {  # DepthwiseConv2D
        "padding": one(0, "i8"),
        "stride_w": one(1, "i32"),
        "stride_h": one(2, "i32"),
        _ACTIVATION: one(4, "i8"),
        "dilation_w": one(5, "i32", 1),
        "dilation_h": one(6, "i32", 1),
    },
    5: {  # Pool2D
        "padding": one(0, "i8"),
        "stride_w": one(1, "i32"),
        "stride_h": one(2, "i32"),
        "filter_w": one(3, "i32"),
        "filter_h": one(4, "i32"),
        _ACTIVATION: one(5, "i8"),
    },
    6: {"rank": one(0, "i32"), _ACTIVATION: one(1, "i8")},  # SVDF
    7: _FUSED,  # RNN
    8: {  # FullyConnected
        _ACTIVATION: one(0, "i8"),
        "weights_format": one(1, "i8"),
        "keep_num_dims": switch(2),
    },
    9: {"beta": one(0, "f32")},  # Softmax
    10: {"axis": one(0, "i32"), _ACTIVATION: one(1, "i8")},  # Concatenation
    11: _FUSED,  # Add
    12: _FUSED,  # L2Norm
    13: {  # LocalResponseNormalization
        "depth_radius": one(0, "i32"),
        "bias": one(1, "f32"),
        "alpha": one(2, "f32"),
        "beta": one(3, "f32"),
    },
    14: {  # LSTM
        _ACTIVATION: one(0, "i8"),
        "cell_clip": one(1, "f32"),
        "proj_clip": one(2, "f32"),
        "kernel_type": one(3, "i8"),
    },
    15: {name: switch(2 + number) for name, number in _RESIZED.items()},  # ResizeBilinear
    17: {"new_shape": numbers(0, "i32")},  # Reshape
    19: _BLOCK,  # SpaceToDepth
    20: {"combiner": one(0, "i8")},  # EmbeddingLookupSparse
    21: _FUSED,  # Mul
    23: {"axis": one(0, "i32"), "batch_dims": one(1, "i32")},  # Gather
    27: {"keep_dims": switch(0)},  # Reducer
    28: _FUSED,  # Sub
    29: _FUSED,  # Div
    30: {"squeeze_dims": numbers(0, "i32")},  # Squeeze
    31: {"time_major": switch(0), _ACTIVATION: one(1, "i8")},  # SequenceRNN
    32: {  # StridedSlice
        "begin_mask": one(0, "i32"),
        "end_mask": one(1, "i32"),
        "ellipsis_mask": one(2, "i32"),
        "new_axis_mask": one(3, "i32"),
        "shrink_axis_mask": one(4, "i32"),
        "offset": switch(5),
    },
    35: {"num_split": one(0, "i32")},  # Split
    49: {  # TransposeConv
        "padding": one(0, "i8"),
        "stride_w": one(1, "i32"),
        "stride_h": one(2, "i32"),
        _ACTIVATION: one(3, "i8"),
    },
    58: {  # FakeQuant
        "min": one(0, "f32"),
        "max": one(1, "f32"),
        "num_bits": one(2, "i32"),
        "narrow_range": switch(3),
    },
    59: {"axis": one(1, "i32")},  # Pack
    61: _AXIS,  # OneHot
    64: {"num": one(0, "i32"), "axis": one(1, "i32")},  # Unpack
    69: {  # BidirectionalSequenceLSTM
        _ACTIVATION: one(0, "i8"),
        "cell_clip": one(1, "f32"),
        "proj_clip": one(2, "f32"),
        "merge_outputs": switch(3),
        "time_major": switch(4, True),
    },
    70: {  # BidirectionalSequenceRNN
        "time_major": switch(0),
        _ACTIVATION: one(1, "i8"),
        "merge_outputs": switch(2),
    },
    71: {  # UnidirectionalSequenceLSTM
        _ACTIVATION: one(0, "i8"),
        "cell_clip": one(1, "f32"),
        "proj_clip": one(2, "f32"),
        "time_major": switch(3),
        "diagonal_recurrent_tensors": switch(5),
    },
    74: {name: switch(number) for name, number in _RESIZED.items()},  # ResizeNearestNeighbor
    75: {"alpha": one(0, "f32")},  # LeakyRelu
    77: {"mirror": one(0, "i8")},  # MirrorPad
    79: {"num_split": one(0, "i32")},  # SplitV
    87: {"seq_dim": one(0, "i32"), "batch_dim": one(1, "i32")},  # ReverseSequence
    92: {"then_branch": one(0, "i32"), "else_branch": one(1, "i32")},  # If
    93: {"cond": one(0, "i32"), "body": one(1, "i32")},  # While
    94: _BLOCK,  # DepthToSpace
    101: {"adj_x": switch(0), "adj_y": switch(1)},  # BatchMatMul
    102: {"exclusive": switch(0), "reverse": switch(1)},  # Cumsum
    103: {"init": one(0, "i32")},  # CallOnce
    106: {  # Conv3D
        "padding": one(0, "i8"),
        "stride_d": one(1, "i32"),
        "stride_w": one(2, "i32"),
        "stride_h": one(3, "i32"),
        _ACTIVATION: one(4, "i8"),
        "dilation_d": one(5, "i32", 1),
        "dilation_w": one(6, "i32", 1),
        "dilation_h": one(7, "i32", 1),
    },
    111: {"container": text(0), "shared_name": text(1)},  # VarHandle
    114: _SEEDS,  # Random
    115: {"boundaries": numbers(0, "f32")},  # Bucketize
    116: {"approximate": switch(0)},  # Gelu
}
# BuiltinOptions2
MORE_OPTIONS: dict[int, Schema] = {
    21: {"name": text(0), "decomposition": one(1, "i32")},  # StableHLOComposite
}
# Options that are the number of another subgraph, by operator; they become its Model.
BODIES = {
    "IF": ("then_branch", "else_branch"),
    "STABLEHLO_COMPOSITE": ("decomposition",),
    "WHILE": ("cond", "body"),
}
