"""What each flag of one framework does to the numbers."""

from __future__ import annotations

import numpy as np

from tests.flags.common import unchanged
from tests.flags.conversion import FRAMES, Conversions, close, flag
from tests.flags.networks import C1, V1, classified

# ---- TensorFlow


@flag("disable_nhwc_to_nchw", "tf")
def inputs_of_version_10_stay_as_they_are(c: Conversions) -> None:
    unchanged(c, "--disable_nhwc_to_nchw", "--ir_version", "10")


@flag("tensorflow_custom_layer_libraries", "tf")
def libraries_are_not_needed(c: Conversions) -> None:
    unchanged(c, "--tensorflow_custom_layer_libraries", "lib.so")


@flag("tensorboard_logdir", "tf")
def nothing_is_logged(c: Conversions) -> None:
    unchanged(c, "--tensorboard_logdir", str(c.folder))


# ---- Caffe


@flag("input_proto", "caffe")
def a_topology_elsewhere(c: Conversions) -> None:
    moved = c.folder / "elsewhere.txt"
    (c.folder / "net.prototxt").rename(moved)
    unchanged(c, "--input_proto", str(moved))


@flag("enable_flattening_nested_params", "caffe")
def attributes_are_flat_anyway(c: Conversions) -> None:
    unchanged(c, "--enable_flattening_nested_params")


# ---- MXNet


@flag("input_symbol", "mxnet")
def a_symbol_elsewhere(c: Conversions) -> None:
    moved = c.folder / "elsewhere.json"
    (c.folder / "net-symbol.json").rename(moved)
    unchanged(c, "--input_symbol", str(moved))


@flag("legacy_mxnet_model", "mxnet")
def old_symbols_are_known_anyway(c: Conversions) -> None:
    unchanged(c, "--legacy_mxnet_model")


@flag("enable_ssd_gluoncv", "mxnet")
def heads_are_known_anyway(c: Conversions) -> None:
    unchanged(c, "--enable_ssd_gluoncv")


# ---- Kaldi


@flag("counts", "kaldi")
def priors_are_subtracted(c: Conversions) -> None:
    numbers = np.array([3.0, 1, 4, 2])
    (c.folder / "counts").write_text(f"[ {' '.join(map(str, numbers))} ]\n")
    result = c.sums("--counts", str(c.folder / "counts"), Parameter=FRAMES[:1])
    weighted = classified(FRAMES[:1]) / numbers
    close(result, (weighted / weighted.sum()).astype(np.float32))


@flag("remove_output_softmax", "kaldi")
def scores_come_out(c: Conversions) -> None:
    result = c.sums("--remove_output_softmax", Parameter=FRAMES[:1])
    close(result, classified(FRAMES[:1], with_softmax=False))


@flag("kaldi_chunk", "kaldi")
def a_whole_utterance(c: Conversions) -> None:
    model = c.convert("--kaldi_chunk", "dynamic")
    for frames in (FRAMES, FRAMES[:2]):
        close(c.run(model, Parameter=frames[None])[0], classified(frames))


@flag("input_shape", "kaldi")
def several_streams(c: Conversions) -> None:
    model = c.convert("--input_shape", "[5,3]")
    close(c.run(model, Parameter=FRAMES), classified(FRAMES))


@flag("input", "kaldi")
def hidden_units_as_input(c: Conversions) -> None:
    scores = FRAMES[:1] @ V1.T + C1
    model = c.convert("--input", "sigmoid[1,6]")
    (port,) = model.inputs
    close(c.run(model, **{port.node.friendly_name: scores}), classified(FRAMES[:1]))


@flag("mean_values", "kaldi")
@flag("scale_values", "kaldi")
def features_are_normalised(c: Conversions) -> None:
    means, scales = np.float32([1, 2, 3]), np.float32([2, 4, 8])
    model = c.convert("--mean_values", "[1,2,3]", "--scale_values", "[2,4,8]")
    close(c.run(model, Parameter=FRAMES[:1]), classified((FRAMES[:1] - means) / scales))


@flag("compress_to_fp16", "kaldi")
@flag("data_type", "kaldi")
def half_weights_of_kaldi(c: Conversions) -> None:
    unchanged(c, "--compress_to_fp16", tolerance=1e-2)
    unchanged(c, "--data_type", "FP16", tolerance=1e-2)
