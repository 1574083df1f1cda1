"""The rows of the table of flags that belong to one framework."""

from __future__ import annotations

from functools import partial

from mo.cli import kinds
from mo.cli.flag import Flag, Status

_tf, _caffe, _mxnet, _kaldi = (
    partial(Flag, group=framework) for framework in ("tf", "caffe", "mxnet", "kaldi")
)

FRAMEWORK_FLAGS = [
    _tf("input_model_is_text", kinds.SWITCH, "Read --input_model as text."),
    _tf("input_checkpoint", kinds.CHECKPOINT, "Checkpoint with the weights of --input_model."),
    _tf("input_meta_graph", kinds.MODEL_FILE, "Meta graph beside its checkpoint."),
    _tf("saved_model_dir", kinds.MODEL_FOLDER, "Folder of a SavedModel."),
    _tf("saved_model_tags", kinds.TAGS, "Tags of the graph to take from a SavedModel."),
    _tf(
        "saved_model_signature",
        kinds.NAME,
        "Signature of a SavedModel that has several; serving_default if absent.",
    ),
    _tf("disable_nhwc_to_nchw", kinds.SWITCH, "Take the model as laid out NCHW already."),
    _tf(
        "tensorflow_custom_layer_libraries",
        kinds.ANY_PATH,
        "models are read without TensorFlow and its libraries.",
        status=Status.WARNED,
    ),
    _tf(
        "tensorboard_logdir",
        kinds.ANY_PATH,
        "nothing is written for TensorBoard.",
        status=Status.WARNED,
    ),
    _tf(
        "tensorflow_use_custom_operations_config",
        kinds.CONFIGURATION,
        "Old name of --transformations_config.",
        field="transformations_config",
    ),
    _tf(
        "tensorflow_custom_operations_config_update",
        kinds.FILE,
        "JSON file of --transformations_config to complete with the inputs and outputs of "
        "sub-graphs; no model is written.",
        field="config_update",
    ),
    _tf(
        "tensorflow_object_detection_api_pipeline_config",
        kinds.FILE,
        "Pipeline file of a model of the Object Detection API, for the transformations that "
        "--transformations_config names.",
    ),
    _caffe(
        "input_proto",
        kinds.MODEL_FILE,
        "Topology; the .prototxt beside --input_model if absent.",
        ("-d",),
    ),
    _caffe(
        "caffe_parser_path",
        kinds.DEFINITION,
        "Messages of a fork of Caffe: its caffe.proto, or the folder of its caffe_pb2.py, of "
        "which no code is run.",
    ),
    _caffe(
        "k",
        kinds.FILE,
        "XML file that lists custom layers, which an extension of the runtime is to know.",
    ),
    _caffe("mean_file", kinds.FILE, "Mean image to subtract.", ("-mf",)),
    _caffe(
        "mean_file_offsets",
        kinds.OFFSETS,
        'Where the part of the mean image to use starts. Example: "(16,16)"',
        ("-mo",),
    ),
    _caffe(
        "disable_omitting_optional",
        kinds.SWITCH,
        "Give custom layers also the parameters that are not set, if they have defaults.",
    ),
    _caffe(
        "enable_flattening_nested_params",
        kinds.SWITCH,
        "attributes of custom layers are always flat.",
        status=Status.IGNORED,
    ),
    _mxnet(
        "input_symbol",
        kinds.MODEL_FILE,
        "Topology; PREFIX-symbol.json beside the parameters if absent.",
    ),
    _mxnet(
        "nd_prefix_name",
        kinds.ANY_PATH,
        "PREFIX of PREFIX_args.nd and PREFIX_auxs.nd.",
    ),
    _mxnet(
        "pretrained_model_name",
        kinds.ANY_PATH,
        "Parameters that .nd files are merged over.",
    ),
    _mxnet(
        "save_params_from_nd",
        kinds.SWITCH,
        "Write the merged parameters beside the IR, too.",
    ),
    _mxnet(
        "legacy_mxnet_model",
        kinds.SWITCH,
        "topologies of old versions are upgraded by themselves.",
        status=Status.IGNORED,
    ),
    _mxnet(
        "enable_ssd_gluoncv",
        kinds.SWITCH,
        "detection heads of GluonCV are converted by themselves.",
        status=Status.IGNORED,
    ),
    _kaldi("counts", kinds.COUNTS, "File of class counts; empty for those within the model."),
    _kaldi("remove_output_softmax", kinds.SWITCH, "Drop the SoftMax at the end."),
    _kaldi("remove_memory", kinds.SWITCH, "Make the memory between frames inputs and outputs."),
    _kaldi(
        "kaldi_chunk",
        kinds.CHUNK,
        "Take whole utterances of so many frames (dynamic: of any number), [1, frames, columns], "
        "instead of one frame at a time. Nothing is remembered then.",
    ),
]
