"""Parameters of layers that forks of Caffe have added."""

from __future__ import annotations

from extensions.front.caffe.schema.data import ANYTHING, FILLER
from mo.front.protobuf import (
    Schema,
    boolean,
    enum,
    float32,
    float64,
    int32,
    many,
    message,
    one,
    text,
    uint32,
)

CORRELATION_TYPE = enum(MULTIPLY=0, SUBTRACT=1)
CODE_TYPE = enum(CORNER=1, CENTER_SIZE=2, CORNER_SIZE=3)
RESAMPLE_TYPE = enum(NEAREST=1, LINEAR=2, CUBIC=3, AREA=4)

NMS: Schema = {
    1: one("nms_threshold", float32, 0.3),
    2: one("top_k", int32),
    3: one("eta", float32, 1.0),
}

ACCUM: Schema = {
    1: one("top_height", uint32, 0),
    2: one("top_width", uint32, 0),
    3: one("size_divisible_by", uint32),
    4: one("have_reference", boolean, False),
}

# What FlowNet draws by chance to augment pictures, by the numbers of the fields.
_DRAWN = {
    **dict(enumerate(("mirror", "translate", "rotate", "zoom", "squeeze"), 10)),
    **dict(enumerate(("translate_x", "translate_y"), 15)),
    **dict(enumerate(("lmult_pow", "lmult_mult", "lmult_add"), 20)),
    **dict(enumerate(("sat_pow", "sat_mult", "sat_add"), 23)),
    **dict(enumerate(("col_pow", "col_mult", "col_add"), 26)),
    **dict(enumerate(("ladd_pow", "ladd_mult", "ladd_add", "col_rotate"), 29)),
    **dict(enumerate(("gamma", "brightness", "contrast", "color"), 35)),
    **dict(enumerate(("fog_amount", "fog_size", "motion_blur_angle", "motion_blur_size"), 100)),
    **dict(enumerate(("shadow_angle", "shadow_distance", "shadow_strength", "noise"), 104)),
}
CHANCES = tuple(_DRAWN.values())

AUGMENTATION: Schema = {
    33: one("crop_width", uint32),
    34: one("crop_height", uint32),
    2: one("write_augmented", text, ""),
    3: one("max_multiplier", float32, 255.0),
    4: one("augment_during_test", boolean, False),
    5: one("recompute_mean", uint32, 0),
    6: one("write_mean", text, ""),
    7: one("mean_per_pixel", boolean, True),
    18: many("mean", float32),
    8: one("mode", text, "add"),
    80: one("bottomwidth", uint32, 0),
    81: one("bottomheight", uint32, 0),
    82: one("num", uint32, 0),
    83: many("chromatic_eigvec", float32),
    **{number: one(name, message(ANYTHING)) for number, name in _DRAWN.items()},
}

COEFF_SCHEDULE: Schema = {
    1: one("half_life", float32, 1.0),
    2: one("initial_coeff", float32, 1.0),
    3: one("final_coeff", float32, 1.0),
}

CORRELATION: Schema = {
    2: one("pad", uint32, 0),
    3: one("kernel_size", uint32),
    4: one("max_displacement", uint32),
    5: one("stride_1", uint32, 1),
    6: one("stride_2", uint32, 1),
    8: one("single_direction", int32, 0),
    7: one("do_abs", boolean, False),
    15: one("correlation_type", CORRELATION_TYPE, 0),
}

CTC_DECODER: Schema = {
    1: one("blank_index", int32, -1),
    2: one("ctc_merge_repeated", boolean, True),
}

DETECTION_OUTPUT: Schema = {
    1: one("num_classes", uint32),
    2: one("share_location", boolean, True),
    3: one("background_label_id", int32, 0),
    4: one("nms_param", message(NMS)),
    5: one("save_output_param", message(ANYTHING)),
    6: one("code_type", CODE_TYPE, 1),
    8: one("variance_encoded_in_target", boolean, False),
    7: one("keep_top_k", int32, -1),
    9: one("confidence_threshold", float32),
    10: one("visualize", boolean, False),
    11: one("visualize_threshold", float32),
    12: one("save_file", text),
    13: one("input_width", int32, -1),
    14: one("input_height", int32, -1),
    15: one("normalized", boolean, True),
    16: one("objectness_score", float32, 0.01),
}

GRN: Schema = {
    1: one("bias", float32, 1.0),
}

INTERP: Schema = {
    1: one("height", int32, 0),
    2: one("width", int32, 0),
    3: one("zoom_factor", int32, 1),
    4: one("shrink_factor", int32, 1),
    5: one("pad_beg", int32, 0),
    6: one("pad_end", int32, 0),
}

NORMALIZE: Schema = {
    1: one("across_spatial", boolean, True),
    2: one("scale_filler", message(FILLER)),
    3: one("channel_shared", boolean, True),
    4: one("eps", float32, 1e-10),
}

PERMUTE: Schema = {
    1: many("order", uint32),
}

POWER_FILE: Schema = {
    1: one("shift_file", text),
}

PRIOR_BOX: Schema = {
    1: many("min_size", float32),
    2: many("max_size", float32),
    3: many("aspect_ratio", float32),
    4: one("flip", boolean, True),
    5: one("clip", boolean, False),
    6: many("variance", float32),
    7: one("img_size", uint32),
    8: one("img_h", uint32),
    9: one("img_w", uint32),
    10: one("step", float32),
    11: one("step_h", float32),
    12: one("step_w", float32),
    13: one("offset", float32, 0.5),
    14: many("width", float32),
    15: many("height", float32),
    16: many("fixed_size", float32),
    17: many("fixed_ratio", float32),
    18: many("density", float32),
}

PROPOSAL: Schema = {
    1: one("feat_stride", uint32, 16),
    2: one("base_size", uint32, 16),
    3: one("min_size", uint32, 16),
    4: many("ratio", float32),
    5: many("scale", float32),
    6: one("pre_nms_topn", uint32, 6000),
    7: one("post_nms_topn", uint32, 300),
    8: one("nms_thresh", float32, 0.7),
}

PSROIPOOLING: Schema = {
    1: one("spatial_scale", float32),
    2: one("output_dim", int32),
    3: one("group_size", int32),
}

REGION: Schema = {
    1: one("coords", int32, 4),
    2: one("classes", int32, 20),
    3: one("num", int32, 1),
    4: one("do_softmax", boolean, True),
    5: many("anchors", float32),
    6: many("mask", int32),
}

RELU6: Schema = {
    1: one("n", float32, 6.0),
}

REORG: Schema = {
    1: one("stride", int32, 1),
}

RESAMPLE: Schema = {
    4: one("antialias", boolean, True),
    1: one("width", uint32),
    2: one("height", uint32),
    3: one("type", RESAMPLE_TYPE, 2),
    5: one("factor", float32, 1.0),
}

REVERSE: Schema = {
    1: one("axis", int32, 0),
}

ROIPOOLING: Schema = {
    1: one("pooled_h", uint32, 0),
    2: one("pooled_w", uint32, 0),
    3: one("spatial_scale", float32, 1.0),
}

SHUFFLE_CHANNEL: Schema = {
    1: one("group", uint32),
}

# Its fields are never read from a binary file: their numbers are not known.
SIMPLER_NMS: Schema = {
    -1: one("max_num_proposals", int32, 500),
    -2: one("cls_threshold", float32, 0.5),
    -3: one("iou_threshold", float32, 0.7),
    -4: one("min_bbox_size", int32, 16),
    -5: one("feat_stride", int32, 16),
    -6: one("pre_nms_topn", int32, 6000),
    -7: one("post_nms_topn", int32, 300),
    -8: many("scale", float32),
}

SPATIAL_TRANSFORMER: Schema = {
    1: one("transform_type", text, "affine"),
    2: one("sampler_type", text, "bilinear"),
    3: one("output_H", int32),
    4: one("output_W", int32),
    5: one("to_compute_dU", boolean, True),
    6: one("theta_1_1", float64),
    7: one("theta_1_2", float64),
    8: one("theta_1_3", float64),
    9: one("theta_2_1", float64),
    10: one("theta_2_2", float64),
    11: one("theta_2_3", float64),
    12: one("de_transform", boolean, False),
}

UPSAMPLE: Schema = {
    1: one("scale", uint32, 2),
    2: one("scale_h", uint32),
    3: one("scale_w", uint32),
    4: one("pad_out_h", boolean, False),
    5: one("pad_out_w", boolean, False),
    6: one("upsample_h", uint32),
    7: one("upsample_w", uint32),
}

# Fields of several forks that have a layer BN, none of which is ever read from a binary file.
BN: Schema = {
    -1: one("bn_mode", enum(LEARN=0, INFERENCE=1), 0),
    -2: one("scale_filler", message(FILLER)),
    -3: one("shift_filler", message(FILLER)),
    -4: one("slope_filler", message(FILLER)),
    -5: one("bias_filler", message(FILLER)),
    -6: one("momentum", float32, 0.9),
    -7: one("eps", float32, 1e-5),
    -8: one("frozen", boolean, False),
}
