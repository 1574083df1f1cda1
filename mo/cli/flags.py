"""The table of every flag. What a flag means is in its help; how it is read is its kind."""

from __future__ import annotations

from collections.abc import Mapping

from mo.cli import kinds
from mo.cli.flag import FRAMEWORKS, Flag, Status
from mo.cli.framework_flags import FRAMEWORK_FLAGS

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

# Of OpenVINO 2026.4.
NEWEST_OPSET = 17

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
        field="layouts",
    ),
    Flag(
        "source_layout",
        kinds.SOURCE_LAYOUTS,
        "Layouts that inputs and outputs have.",
        field="layouts",
    ),
    Flag(
        "target_layout",
        kinds.TARGET_LAYOUTS,
        "Layouts that inputs and outputs shall have.",
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
        kinds.integer(1, example=8, greatest=NEWEST_OPSET),
        "Newest operation set that the result may use.",
    ),
    # ---- transformations
    Flag(
        "transform",
        kinds.TRANSFORMS,
        "Transformations to run at the end. Example: LowLatency2[use_const_initializer=false]",
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
        kinds.CONFIGURATION,
        "JSON file that configures transformations of known topologies; those that come with "
        "this tool are found by their bare names. Example: yolo_v3.json",
    ),
    Flag(
        "extensions",
        kinds.EXTENSIONS,
        "Folders with Python files that add operations and transformations, or names of "
        "installed extensions; their code is run.",
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
        status=Status.WARNED,
    ),
    Flag(
        "keep_shape_ops",
        kinds.SWITCH,
        "shapes are computed at run time unless --static_shape is given.",
        status=Status.WARNED,
    ),
    Flag(
        "enable_concat_optimization",
        kinds.SWITCH,
        "runtimes optimise concatenations themselves.",
        status=Status.WARNED,
    ),
    Flag(
        "generate_deprecated_IR_V7",
        kinds.SWITCH,
        "only versions 10 and 11 are written.",
        status=Status.WARNED,
    ),
    Flag(
        "generate_deprecated_IR_V2",
        kinds.SWITCH,
        "only versions 10 and 11 are written.",
        status=Status.WARNED,
    ),
    Flag(
        "generate_experimental_IR_V10",
        kinds.SWITCH,
        "version 10 is written with --ir_version 10.",
        status=Status.WARNED,
    ),
    Flag("legacy_ir_generation", kinds.SWITCH, "there is one way to write.", status=Status.WARNED),
    Flag(
        "keep_quantize_ops_in_IR",
        kinds.SWITCH,
        "quantize operations are always kept.",
        status=Status.WARNED,
    ),
    Flag("blobs_as_inputs", kinds.SWITCH, "weights are always constants.", status=Status.WARNED),
    Flag("use_new_frontend", kinds.SWITCH, "there is one reader.", status=Status.IGNORED),
    Flag("use_legacy_frontend", kinds.SWITCH, "there is one reader.", status=Status.IGNORED),
]


FLAGS: Mapping[str, Flag] = {flag.name: flag for flag in (*_COMMON, *FRAMEWORK_FLAGS)}


def known_to(framework: str | None) -> list[Flag]:
    """The flags of the launcher of one framework, or (None) of that for all of them."""
    flags = [flag for flag in FLAGS.values() if flag.concerns(framework)]
    return flags if framework is None else [flag for flag in flags if flag.name != "framework"]
