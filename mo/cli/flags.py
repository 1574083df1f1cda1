"""The table of every flag. What a flag means is in its help; how it is read is its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum, auto
from typing import Any

from mo.cli import kinds
from mo.cli.config import Config

# Frameworks by the word that names them on the command line.
FRAMEWORKS = {
    "tf": "TensorFlow",
    "onnx": "ONNX",
    "caffe": "Caffe",
    "mxnet": "MXNet",
    "kaldi": "Kaldi",
}


class Status(Enum):
    """What becomes of a flag that is given."""

    WORKS = auto()
    # Accepted so that old scripts run; the help says why nothing is lost.
    WARNED = auto()
    IGNORED = auto()
    # Read, then refused.
    NOT_YET = auto()


@dataclass(frozen=True)
class Flag:
    """One flag. Its default is that of the field of Config it sets."""

    name: str
    kind: kinds.Kind
    help: str
    aliases: tuple[str, ...] = ()
    # The framework it belongs to; empty for flags that all of them have.
    group: str = ""
    status: Status = Status.WORKS
    # The field of Config, if that is not called like the flag.
    field: str = ""

    @property
    def option(self) -> str:
        """The flag as users write it."""
        return f"--{self.name}" if len(self.name) > 1 else f"-{self.name}"

    @property
    def target(self) -> str:
        """The field of Config that takes the value; frameworks' own values share one."""
        name = self.field or self.name
        if name in _DEFAULTS:
            return name
        return "sources" if self.kind.is_path else "options"

    @property
    def default(self) -> Any:
        return _DEFAULTS.get(self.field or self.name)


_DEFAULTS = {field.name: field.default for field in fields(Config)}

_works, _warned, _ignored, _not_yet = Status.WORKS, Status.WARNED, Status.IGNORED, Status.NOT_YET

_FRAMEWORK = kinds.choice({**{name: name for name in FRAMEWORKS}, "tensorflow": "tf"}, *FRAMEWORKS)
_PRECISION = kinds.choice(
    dict.fromkeys(("fp32", "float", "float32", "f32"), "FP32")
    | dict.fromkeys(("fp16", "half", "float16", "f16"), "FP16"),
    "FP32",
    "FP16",
)
_LEVEL = kinds.choice(
    {name.lower(): name for name in ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG", "NOTSET")}
    | {"warn": "WARNING"},
    *("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"),
)

_COMMON = [
    Flag("help", kinds.HELP, "Show this text and stop.", ("-h",)),
    Flag("version", kinds.VERSION, "Show the version of this program and stop."),
    # ---- the model
    Flag("framework", _FRAMEWORK, "Framework of the model; found out from the files if absent."),
    Flag("input_model", kinds.MODEL, "The model to convert.", ("-m", "-w")),
    Flag(
        "model_name",
        kinds.FILE_NAME,
        "Name of the model and of the .xml and .bin files; that of the input file if absent.",
        ("-n",),
    ),
    Flag(
        "output_dir",
        kinds.ANY_PATH,
        "Folder for the result, made if need be; the current one if absent.",
        ("-o",),
    ),
    # ---- inputs and outputs
    Flag(
        "input",
        kinds.INPUTS,
        "Inputs of the result, in this order: names of nodes or tensors, inner ones too, with "
        "ports (0:conv, split:1), shapes, element types and values to freeze them to. "
        'Example: "0:conv[1,3,?,?]{f16},train->false". Quote names that hold brackets: "a[0]".',
        field="inputs",
    ),
    Flag(
        "output",
        kinds.OUTPUTS,
        "Outputs of the result, in this order: names of nodes or tensors, inner ones too. "
        "Example: prob,split:1",
        field="outputs",
    ),
    Flag(
        "input_shape",
        kinds.SHAPES,
        "Shapes of the inputs in order of --input or of the model. Sizes may be ?, 1..8, 2.. "
        'or ..8. Example: "[1,3,224,224],[?,10]"',
        field="input_shapes",
    ),
    Flag(
        "batch",
        kinds.integer(1, example=1),
        "Size of the first dimension of every input that has one.",
        ("-b",),
    ),
    Flag(
        "freeze_placeholder_with_value",
        kinds.FROZEN,
        'Make constants of inputs. Example: "train->false,size->[224 224]"',
        field="freeze",
    ),
    Flag("static_shape", kinds.SWITCH, "Fold what is computed from shapes into constants."),
    # ---- preprocessing
    Flag(
        "mean_values",
        kinds.MEANS,
        "Numbers to subtract from the channels of inputs, in the order of the model's channels. "
        'Example: "[123.7,116.3,103.5]" or "data[127.5],mask[0]"',
        ("-ms",),
    ),
    Flag(
        "scale_values",
        kinds.SCALES,
        "Numbers to divide the channels of inputs by, after the mean is subtracted.",
    ),
    Flag("scale", kinds.SCALE, "Number to divide all inputs by.", ("-s",)),
    Flag(
        "reverse_input_channels",
        kinds.SWITCH,
        "Take images as BGR where the model was trained with RGB, or the other way round. "
        "Comes before the mean values.",
    ),
    Flag(
        "layout",
        kinds.LAYOUTS,
        "Layouts of inputs and outputs, and those they shall have. "
        'Example: nhwc or "data(nhwc->nchw),prob[n,c]"',
        status=_not_yet,
        field="layouts",
    ),
    Flag(
        "source_layout",
        kinds.SOURCE_LAYOUTS,
        "Layouts that inputs and outputs have.",
        status=_not_yet,
        field="layouts",
    ),
    Flag(
        "target_layout",
        kinds.TARGET_LAYOUTS,
        "Layouts that inputs and outputs shall have.",
        status=_not_yet,
        field="layouts",
    ),
    # ---- form of the result
    Flag(
        "compress_to_fp16",
        kinds.TRUTH,
        "Store weights in half precision; inputs and outputs stay as they are.",
    ),
    Flag("data_type", _PRECISION, "FP16 does what --compress_to_fp16 does."),
    Flag("ir_version", kinds.choice({"10": 10, "11": 11}, "10", "11"), "Version of the IR."),
    Flag(
        "opset",
        kinds.integer(1, example=8),
        "Newest operation set that the result may use.",
    ),
    # ---- transformations
    Flag(
        "transform",
        kinds.TRANSFORMS,
        "Transformations to run at the end. Example: LowLatency2[use_const_initializer=false]",
        status=_not_yet,
        field="transforms",
    ),
    Flag("disable_fusing", kinds.SWITCH, "Fuse no operations."),
    Flag(
        "disable_gfusing", kinds.SWITCH, "Merge no parallel convolutions into group convolutions."
    ),
    Flag(
        "finegrain_fusing",
        kinds.PATTERNS,
        "Regular expressions: nodes in whose names one is found are never fused.",
    ),
    Flag(
        "disable_resnet_optimization",
        kinds.SWITCH,
        "Leave the strides of 1x1 convolutions where they are.",
    ),
    Flag(
        "disable_weights_compression",
        kinds.SWITCH,
        "Keep quantized weights as floats instead of small integers.",
    ),
    Flag(
        "transformations_config",
        kinds.FILE,
        "JSON file that configures transformations of known topologies.",
        status=_not_yet,
    ),
    Flag(
        "extensions",
        kinds.FOLDERS,
        "Folders with Python files that add operations and transformations.",
        status=_not_yet,
    ),
    # ---- messages
    Flag("log_level", _LEVEL, "Least important messages that are shown."),
    Flag("silent", kinds.SWITCH, "Show errors only."),
    Flag("progress", kinds.SWITCH, "Show how far the conversion is."),
    Flag("stream_output", kinds.SWITCH, "Show the progress line by line."),
    # ---- nothing is lost without these
    Flag(
        "move_to_preprocess",
        kinds.SWITCH,
        "mean values always become operations of the model.",
        status=_warned,
    ),
    Flag(
        "keep_shape_ops",
        kinds.SWITCH,
        "shapes are computed at run time unless --static_shape is given.",
        status=_warned,
    ),
    Flag(
        "enable_concat_optimization",
        kinds.SWITCH,
        "runtimes optimise concatenations themselves.",
        status=_warned,
    ),
    Flag(
        "generate_deprecated_IR_V7",
        kinds.SWITCH,
        "only versions 10 and 11 are written.",
        status=_warned,
    ),
    Flag(
        "generate_deprecated_IR_V2",
        kinds.SWITCH,
        "only versions 10 and 11 are written.",
        status=_warned,
    ),
    Flag(
        "generate_experimental_IR_V10",
        kinds.SWITCH,
        "version 10 is written with --ir_version 10.",
        status=_warned,
    ),
    Flag("legacy_ir_generation", kinds.SWITCH, "there is one way to write.", status=_warned),
    Flag(
        "keep_quantize_ops_in_IR",
        kinds.SWITCH,
        "quantize operations are always kept.",
        status=_warned,
    ),
    Flag("blobs_as_inputs", kinds.SWITCH, "weights are always constants.", status=_warned),
    Flag("use_new_frontend", kinds.SWITCH, "there is one reader.", status=_ignored),
    Flag("use_legacy_frontend", kinds.SWITCH, "there is one reader.", status=_ignored),
]


def _group(framework: str, *rows: tuple[Any, ...]) -> list[Flag]:
    """Rows of name, kind, help, then status, aliases and field where they are not usual."""
    flags = []
    for name, kind, text, *rest in rows:
        status, aliases, field = [*rest, *(_not_yet, (), "")[len(rest) :]]
        flags.append(Flag(name, kind, text, aliases, framework, status, field))
    return flags


_TENSORFLOW = _group(
    "tf",
    ("input_model_is_text", kinds.SWITCH, "Read --input_model as text."),
    ("input_checkpoint", kinds.CHECKPOINT, "Checkpoint with the weights of --input_model."),
    ("input_meta_graph", kinds.MODEL_FILE, "Meta graph beside its checkpoint."),
    ("saved_model_dir", kinds.MODEL_FOLDER, "Folder of a SavedModel."),
    ("saved_model_tags", kinds.TAGS, "Tags of the graph to take from a SavedModel."),
    ("disable_nhwc_to_nchw", kinds.SWITCH, "Take the model as laid out NCHW already."),
    (
        "tensorflow_custom_layer_libraries",
        kinds.FOLDERS,
        "models are read without TensorFlow and its libraries.",
        _warned,
    ),
    ("tensorboard_logdir", kinds.FOLDERS, "nothing is written for TensorBoard.", _warned),
    (
        "tensorflow_use_custom_operations_config",
        kinds.FILE,
        "Old name of --transformations_config.",
        _not_yet,
        (),
        "transformations_config",
    ),
    (
        "tensorflow_custom_operations_config_update",
        kinds.FILE,
        "JSON file to complete with the inputs and outputs of sub-graphs.",
    ),
    (
        "tensorflow_object_detection_api_pipeline_config",
        kinds.FILE,
        "Pipeline file of a model of the Object Detection API.",
    ),
)

_CAFFE = _group(
    "caffe",
    (
        "input_proto",
        kinds.MODEL_FILE,
        "Topology; the .prototxt beside --input_model if absent.",
        _not_yet,
        ("-d",),
    ),
    ("caffe_parser_path", kinds.FOLDER, "Folder with a generated caffe_pb2."),
    ("k", kinds.FILE, "XML file that lists custom layers."),
    ("mean_file", kinds.FILE, "Mean image to subtract.", _not_yet, ("-mf",)),
    (
        "mean_file_offsets",
        kinds.OFFSETS,
        "Where the part of the mean image to use starts. Example: (16,16)",
        _not_yet,
        ("-mo",),
    ),
    (
        "disable_omitting_optional",
        kinds.SWITCH,
        "custom layers keep all their attributes.",
        _ignored,
    ),
    (
        "enable_flattening_nested_params",
        kinds.SWITCH,
        "attributes of custom layers are always flat.",
        _ignored,
    ),
)

_MXNET = _group(
    "mxnet",
    (
        "input_symbol",
        kinds.MODEL_FILE,
        "Topology; PREFIX-symbol.json beside the parameters if absent.",
    ),
    ("nd_prefix_name", kinds.ANY_PATH, "PREFIX of PREFIX_args.nd and PREFIX_auxs.nd to merge."),
    ("pretrained_model_name", kinds.ANY_PATH, "Parameters that .nd files are merged over."),
    ("save_params_from_nd", kinds.SWITCH, "merged parameters are not written.", _ignored),
    ("legacy_mxnet_model", kinds.SWITCH, "Read a topology written before MXNet 1.0."),
    ("enable_ssd_gluoncv", kinds.SWITCH, "Convert the detection heads of GluonCV."),
)

_KALDI = _group(
    "kaldi",
    ("counts", kinds.COUNTS, "File of class counts; empty for the priors within the model."),
    ("remove_output_softmax", kinds.SWITCH, "Drop the SoftMax at the end."),
    ("remove_memory", kinds.SWITCH, "Make inputs and outputs of the memory between frames."),
)

FLAGS: Mapping[str, Flag] = {
    flag.name: flag for flag in (*_COMMON, *_TENSORFLOW, *_CAFFE, *_MXNET, *_KALDI)
}


def known_to(framework: str | None) -> list[Flag]:
    """The flags of the launcher of one framework, or (None) of that for all of them."""
    if framework is None:
        return list(FLAGS.values())
    return [
        flag
        for flag in FLAGS.values()
        if flag.group in ("", framework) and flag.name != "framework"
    ]
