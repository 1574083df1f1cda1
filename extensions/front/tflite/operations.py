"""Operators that are operations of TensorFlow by another name, with the same inputs."""

from __future__ import annotations

from extensions.front.tflite.common import like

# ---- arithmetic, mathematics, comparison, logic

like(
    {
        "ABS": "Abs",
        "ADD": "AddV2",
        "ADD_N": "AddN",
        "ATAN2": "Atan2",
        "BITWISE_XOR": "BitwiseXor",
        "BROADCAST_ARGS": "BroadcastArgs",
        "CEIL": "Ceil",
        "COMPLEX_ABS": "ComplexAbs",
        "COS": "Cos",
        "DIV": "Div",
        "ELU": "Elu",
        "EQUAL": "Equal",
        "EXP": "Exp",
        "FLOOR": "Floor",
        "FLOOR_DIV": "FloorDiv",
        "FLOOR_MOD": "FloorMod",
        "GREATER": "Greater",
        "GREATER_EQUAL": "GreaterEqual",
        "IMAG": "Imag",
        "LEAKY_RELU": "LeakyRelu",
        "LESS": "Less",
        "LESS_EQUAL": "LessEqual",
        "LOG": "Log",
        "LOGICAL_AND": "LogicalAnd",
        "LOGICAL_NOT": "LogicalNot",
        "LOGICAL_OR": "LogicalOr",
        "LOGISTIC": "Sigmoid",
        "LOG_SOFTMAX": "LogSoftmax",
        "LOCAL_RESPONSE_NORMALIZATION": "LRN",
        "MAXIMUM": "Maximum",
        "MINIMUM": "Minimum",
        "MUL": "Mul",
        "NEG": "Neg",
        "NOT_EQUAL": "NotEqual",
        "POW": "Pow",
        "REAL": "Real",
        "RELU": "Relu",
        "RELU6": "Relu6",
        "RIGHT_SHIFT": "RightShift",
        "ROUND": "Round",
        "RSQRT": "Rsqrt",
        "SELECT": "Select",
        "SELECT_V2": "SelectV2",
        "SIGN": "Sign",
        "SIN": "Sin",
        "SQRT": "Sqrt",
        "SQUARE": "Square",
        "SQUARED_DIFFERENCE": "SquaredDifference",
        "SUB": "Sub",
        "TANH": "Tanh",
        "ZEROS_LIKE": "ZerosLike",
    }
)

# ---- reductions, products, sums

like(
    {
        "BATCH_MATMUL": "BatchMatMulV2",
        "CUMSUM": "Cumsum",
        "MEAN": "Mean",
        "REDUCE_ALL": "All",
        "REDUCE_ANY": "Any",
        "REDUCE_MAX": "Max",
        "REDUCE_MIN": "Min",
        "REDUCE_PROD": "Prod",
        "RFFT2D": "RFFT2D",
        "SEGMENT_SUM": "SegmentSum",
        "SUM": "Sum",
        "UNSORTED_SEGMENT_MAX": "UnsortedSegmentMax",
        "UNSORTED_SEGMENT_MIN": "UnsortedSegmentMin",
        "UNSORTED_SEGMENT_SUM": "UnsortedSegmentSum",
    }
)

# ---- shapes, movement, selection

like(
    {
        "ARG_MAX": "ArgMax",
        "ARG_MIN": "ArgMin",
        "BATCH_TO_SPACE_ND": "BatchToSpaceND",
        "BROADCAST_TO": "BroadcastTo",
        "BUCKETIZE": "Bucketize",
        "DEPTH_TO_SPACE": "DepthToSpace",
        "EXPAND_DIMS": "ExpandDims",
        "FAKE_QUANT": "FakeQuantWithMinMaxArgs",
        "FILL": "Fill",
        "GATHER_ND": "GatherNd",
        "MATRIX_DIAG": "MatrixDiag",
        "MATRIX_SET_DIAG": "MatrixSetDiag",
        "ONE_HOT": "OneHot",
        "PACK": "Pack",
        "PAD": "Pad",
        "PADV2": "PadV2",
        "RANGE": "Range",
        "RANK": "Rank",
        "RESIZE_BILINEAR": "ResizeBilinear",
        "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighbor",
        "REVERSE_SEQUENCE": "ReverseSequence",
        "REVERSE_V2": "ReverseV2",
        "SCATTER_ND": "ScatterNd",
        "SHAPE": "Shape",
        "SLICE": "Slice",
        "SPACE_TO_BATCH_ND": "SpaceToBatchND",
        "SPACE_TO_DEPTH": "SpaceToDepth",
        "SPARSE_TO_DENSE": "SparseToDense",
        "SPLIT": "Split",
        "SPLIT_V": "SplitV",
        "SQUEEZE": "Squeeze",
        "TILE": "Tile",
        "TOPK_V2": "TopKV2",
        "TRANSPOSE": "Transpose",
        "UNIQUE": "Unique",
        "UNPACK": "Unpack",
        "WHERE": "Where",
    }
)

# ---- random numbers, control flow

like(
    {
        "IF": "If",
        "MULTINOMIAL": "Multinomial",
        "RANDOM_UNIFORM": "RandomUniform",
        "VariableState": "VariableState",
        "WHILE": "While",
        # What a loop asks for whether to go on; nothing in files has this type.
        "PartitionedCall": "PartitionedCall",
    }
)
