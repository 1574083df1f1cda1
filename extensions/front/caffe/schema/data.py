"""Parameters of layers that feed or judge a net, and of fillers (field numbers: caffe.proto)."""

from __future__ import annotations

from mo.front.protobuf import (
    Schema,
    boolean,
    enum,
    float32,
    int32,
    integer,
    many,
    message,
    one,
    text,
    uint32,
)

# Fields of any name: for what no layer of ours looks at.
ANYTHING: Schema = {}

BLOB_SHAPE: Schema = {1: many("dim", integer)}

VARIANCE_NORM = enum(FAN_IN=0, FAN_OUT=1, AVERAGE=2)
DB = enum(LEVELDB=0, LMDB=1)
NORM = enum(L1=1, L2=2)
NORMALIZATION_MODE = enum(FULL=0, VALID=1, BATCH_SIZE=2, PRE_FIXED=3, NONE=4)

FILLER: Schema = {
    1: one("type", text, "constant"),
    2: one("value", float32, 0.0),
    3: one("min", float32, 0.0),
    4: one("max", float32, 1.0),
    5: one("mean", float32, 0.0),
    6: one("std", float32, 1.0),
    7: one("sparse", int32, -1),
    8: one("variance_norm", VARIANCE_NORM, 0),
    9: one("file", text),
    10: many("diag_val", float32),
}

ACCURACY: Schema = {
    1: one("top_k", uint32, 1),
    2: one("axis", int32, 1),
    3: one("ignore_label", int32),
}

CONTRASTIVE_LOSS: Schema = {
    1: one("margin", float32, 1.0),
    2: one("legacy_version", boolean, False),
}

DATA: Schema = {
    1: one("source", text),
    4: one("batch_size", uint32),
    7: one("rand_skip", uint32, 0),
    8: one("backend", DB, 0),
    2: one("scale", float32, 1.0),
    3: one("mean_file", text),
    5: one("crop_size", uint32, 0),
    6: one("mirror", boolean, False),
    9: one("force_encoded_color", boolean, False),
    10: one("prefetch", uint32, 4),
}

DUMMY_DATA: Schema = {
    1: many("data_filler", message(FILLER)),
    6: many("shape", message(BLOB_SHAPE)),
    2: many("num", uint32),
    3: many("channels", uint32),
    4: many("height", uint32),
    5: many("width", uint32),
}

HDF5_DATA: Schema = {
    1: one("source", text),
    2: one("batch_size", uint32),
    3: one("shuffle", boolean, False),
}

HDF5_OUTPUT: Schema = {
    1: one("file_name", text),
}

HINGE_LOSS: Schema = {
    1: one("norm", NORM, 1),
}

IMAGE_DATA: Schema = {
    1: one("source", text),
    4: one("batch_size", uint32, 1),
    7: one("rand_skip", uint32, 0),
    8: one("shuffle", boolean, False),
    9: one("new_height", uint32, 0),
    10: one("new_width", uint32, 0),
    11: one("is_color", boolean, True),
    2: one("scale", float32, 1.0),
    3: one("mean_file", text),
    5: one("crop_size", uint32, 0),
    6: one("mirror", boolean, False),
    12: one("root_folder", text, ""),
}

INFOGAIN_LOSS: Schema = {
    1: one("source", text),
}

INPUT: Schema = {
    1: many("shape", message(BLOB_SHAPE)),
}

LOSS: Schema = {
    1: one("ignore_label", int32),
    3: one("normalization", NORMALIZATION_MODE, 1),
    2: one("normalize", boolean),
    4: one("pre_fixed_normalizer", float32, 1.0),
    5: one("weight_by_label_freqs", boolean, False),
    6: many("class_weighting", float32),
}

MEMORY_DATA: Schema = {
    1: one("batch_size", uint32),
    2: one("channels", uint32),
    3: one("height", uint32),
    4: one("width", uint32),
}

PARAMETER: Schema = {
    1: one("shape", message(BLOB_SHAPE)),
}

TRANSFORMATION: Schema = {
    1: one("scale", float32, 1.0),
    2: one("mirror", boolean, False),
    3: one("crop_size", uint32, 0),
    4: one("mean_file", text),
    5: many("mean_value", float32),
    6: one("force_color", boolean, False),
    7: one("force_gray", boolean, False),
}

WINDOW_DATA: Schema = {
    1: one("source", text),
    2: one("scale", float32, 1.0),
    3: one("mean_file", text),
    4: one("batch_size", uint32),
    5: one("crop_size", uint32, 0),
    6: one("mirror", boolean, False),
    7: one("fg_threshold", float32, 0.5),
    8: one("bg_threshold", float32, 0.5),
    9: one("fg_fraction", float32, 0.25),
    10: one("context_pad", uint32, 0),
    11: one("crop_mode", text, "warp"),
    12: one("cache_images", boolean, False),
    13: one("root_folder", text, ""),
}
