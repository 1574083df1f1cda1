"""Parameters of the layers of BVLC Caffe (field numbers: caffe.proto)."""

from __future__ import annotations

from extensions.front.caffe.schema.data import BLOB_SHAPE, FILLER
from mo.front.protobuf import (
    Schema,
    boolean,
    enum,
    float32,
    int32,
    many,
    message,
    one,
    text,
    uint32,
)

ENGINE = enum(DEFAULT=0, CAFFE=1, CUDNN=2)
ELTWISE_OP = enum(PROD=0, SUM=1, MAX=2)
NORM_REGION = enum(ACROSS_CHANNELS=0, WITHIN_CHANNEL=1)
POOL_METHOD = enum(MAX=0, AVE=1, STOCHASTIC=2)
REDUCTION_OP = enum(SUM=1, ASUM=2, SUMSQ=3, MEAN=4)
ROUND_MODE = enum(CEIL=0, FLOOR=1)

ARG_MAX: Schema = {
    1: one("out_max_val", boolean, False),
    2: one("top_k", uint32, 1),
    3: one("axis", int32),
}

BATCH_NORM: Schema = {
    1: one("use_global_stats", boolean),
    2: one("moving_average_fraction", float32, 0.999),
    3: one("eps", float32, 1e-05),
}

BIAS: Schema = {
    1: one("axis", int32, 1),
    2: one("num_axes", int32, 1),
    3: one("filler", message(FILLER)),
}

CLIP: Schema = {
    1: one("min", float32),
    2: one("max", float32),
}

CONCAT: Schema = {
    2: one("axis", int32, 1),
    1: one("concat_dim", uint32, 1),
}

CONVOLUTION: Schema = {
    1: one("num_output", uint32),
    2: one("bias_term", boolean, True),
    3: many("pad", uint32),
    4: many("kernel_size", uint32),
    6: many("stride", uint32),
    18: many("dilation", uint32),
    9: one("pad_h", uint32, 0),
    10: one("pad_w", uint32, 0),
    11: one("kernel_h", uint32),
    12: one("kernel_w", uint32),
    13: one("stride_h", uint32),
    14: one("stride_w", uint32),
    5: one("group", uint32, 1),
    7: one("weight_filler", message(FILLER)),
    8: one("bias_filler", message(FILLER)),
    15: one("engine", ENGINE, 0),
    16: one("axis", int32, 1),
    17: one("force_nd_im2col", boolean, False),
}

CROP: Schema = {
    1: one("axis", int32, 2),
    2: many("offset", uint32),
    3: many("dimsize", uint32),
}

DROPOUT: Schema = {
    1: one("dropout_ratio", float32, 0.5),
}

ELTWISE: Schema = {
    1: one("operation", ELTWISE_OP, 1),
    2: many("coeff", float32),
    3: one("stable_prod_grad", boolean, True),
}

ELU: Schema = {
    1: one("alpha", float32, 1.0),
}

EMBED: Schema = {
    1: one("num_output", uint32),
    2: one("input_dim", uint32),
    3: one("bias_term", boolean, True),
    4: one("weight_filler", message(FILLER)),
    5: one("bias_filler", message(FILLER)),
}

EXP: Schema = {
    1: one("base", float32, -1.0),
    2: one("scale", float32, 1.0),
    3: one("shift", float32, 0.0),
}

FLATTEN: Schema = {
    1: one("axis", int32, 1),
    2: one("end_axis", int32, -1),
}

INNER_PRODUCT: Schema = {
    1: one("num_output", uint32),
    2: one("bias_term", boolean, True),
    3: one("weight_filler", message(FILLER)),
    4: one("bias_filler", message(FILLER)),
    5: one("axis", int32, 1),
    6: one("transpose", boolean, False),
}

LOG: Schema = {
    1: one("base", float32, -1.0),
    2: one("scale", float32, 1.0),
    3: one("shift", float32, 0.0),
}

LRN: Schema = {
    1: one("local_size", uint32, 5),
    2: one("alpha", float32, 1.0),
    3: one("beta", float32, 0.75),
    4: one("norm_region", NORM_REGION, 0),
    5: one("k", float32, 1.0),
    6: one("engine", ENGINE, 0),
}

MVN: Schema = {
    1: one("normalize_variance", boolean, True),
    2: one("across_channels", boolean, False),
    3: one("eps", float32, 1e-09),
}

POOLING: Schema = {
    1: one("pool", POOL_METHOD, 0),
    4: one("pad", uint32, 0),
    9: one("pad_h", uint32, 0),
    10: one("pad_w", uint32, 0),
    2: one("kernel_size", uint32),
    5: one("kernel_h", uint32),
    6: one("kernel_w", uint32),
    3: one("stride", uint32, 1),
    7: one("stride_h", uint32),
    8: one("stride_w", uint32),
    11: one("engine", ENGINE, 0),
    12: one("global_pooling", boolean, False),
    13: one("ceil_mode", boolean, True),
    # The same number, with the opposite meaning, in BVLC Caffe: texts tell them apart.
    -13: one("round_mode", ROUND_MODE, 0),
}

POWER: Schema = {
    1: one("power", float32, 1.0),
    2: one("scale", float32, 1.0),
    3: one("shift", float32, 0.0),
}

PRELU: Schema = {
    1: one("filler", message(FILLER)),
    2: one("channel_shared", boolean, False),
}

PYTHON: Schema = {
    1: one("module", text),
    2: one("layer", text),
    3: one("param_str", text, ""),
    4: one("share_in_parallel", boolean, False),
}

RECURRENT: Schema = {
    1: one("num_output", uint32, 0),
    2: one("weight_filler", message(FILLER)),
    3: one("bias_filler", message(FILLER)),
    4: one("debug_info", boolean, False),
    5: one("expose_hidden", boolean, False),
}

REDUCTION: Schema = {
    1: one("operation", REDUCTION_OP, 1),
    2: one("axis", int32, 0),
    3: one("coeff", float32, 1.0),
}

RELU: Schema = {
    1: one("negative_slope", float32, 0.0),
    2: one("engine", ENGINE, 0),
}

RESHAPE: Schema = {
    1: one("shape", message(BLOB_SHAPE)),
    2: one("axis", int32, 0),
    3: one("num_axes", int32, -1),
}

SCALE: Schema = {
    1: one("axis", int32, 1),
    2: one("num_axes", int32, 1),
    3: one("filler", message(FILLER)),
    4: one("bias_term", boolean, False),
    5: one("bias_filler", message(FILLER)),
}

SIGMOID: Schema = {
    1: one("engine", ENGINE, 0),
}

SLICE: Schema = {
    3: one("axis", int32, 1),
    2: many("slice_point", uint32),
    1: one("slice_dim", uint32, 1),
}

SOFTMAX: Schema = {
    1: one("engine", ENGINE, 0),
    2: one("axis", int32, 1),
}

SPP: Schema = {
    1: one("pyramid_height", uint32),
    2: one("pool", POOL_METHOD, 0),
    6: one("engine", ENGINE, 0),
}

SWISH: Schema = {
    1: one("beta", float32, 1.0),
}

TANH: Schema = {
    1: one("engine", ENGINE, 0),
}

THRESHOLD: Schema = {
    1: one("threshold", float32, 0.0),
}

TILE: Schema = {
    1: one("axis", int32, 1),
    2: one("tiles", int32),
}
