"""Damaged files: whatever happens to a net or its weights, it converts or is refused in words."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mo.back.output import write_ir
from mo.cli.config import Config
from mo.pipeline.convert import convert
from tests.fuzzing import Mutants, long_number, wounded
from tests.models.caffe import Net, caffemodel
from tests.models.caffe_networks.network import Network, image
from tests.models.caffe_networks.plain import lenet
from tests.models.caffe_networks.single_stage import ssd_head


def layers() -> Net:
    """One of most layers, on a small image."""
    net = Network(image(8, channels=4), narrow=1)
    x = net.relu(net.norm(net.conv("data", 4, 3, 1, 1, group=2)))
    x = net.conv(x, 4, 2, 2, kind="Deconvolution")
    x = net.pool(net.lrn(net.pool(x, 3, 2, 1)), 3, 2, method="AVE")
    for kind, text in (
        ("PReLU", ""),
        ("Power", "power_param { power: 2 scale: 0.5 shift: 1 }"),
        ("Permute", "permute_param { order: 0 order: 2 order: 3 order: 1 }"),
        ("Reshape", "reshape_param { shape { dim: 0 dim: -1 dim: 2 dim: 4 } }"),
        ("Interp", "interp_param { zoom_factor: 2 }"),
        ("Crop", "crop_param { axis: 2 offset: 1 dimsize: 2 dimsize: 2 }"),
        ("Tile", "tile_param { axis: 1 tiles: 2 }"),
        ("MVN", "mvn_param { across_channels: true }"),
        ("Concat", "concat_param { axis: 1 }"),
        ("ArgMax", "argmax_param { top_k: 2 out_max_val: true }"),
        ("Flatten", "flatten_param { axis: 1 }"),
    ):
        blobs = [net.numbers(net.channels[x])] if kind == "PReLU" else []
        y = net.layer(kind, net.name(kind), x, text, blobs)
        net.channels[y] = net.channels[x]
        x = y
    net.fc(x, 3, 4)
    return net


def pictures() -> Net:
    """Layers that sample, match and resize images."""
    net = Network(image(8, channels=2), ("theta", (1, 4)), narrow=1)
    text = "st_param { output_H: 6 output_W: 7 theta_1_2: 0 theta_2_1: 0 }"
    net.layer("SpatialTransformer", "turned", ["data", "theta"], text)
    text = "resample_param { type: CUBIC height: 6 width: 7 antialias: true }"
    net.layer("Resample", "small", "data", text)
    text = "correlation_param { pad: 2 kernel_size: 3 max_displacement: 2 stride_2: 2 }"
    net.layer("Correlation", "matched", ["turned", "small"], text)
    text = "convolution_param { kernel_size: 2 stride: 2 dilation: 1 }"
    net.layer("Im2col", "columns", "data", text)
    text = "convolution_param { num_output: 2 kernel_size: 4 stride: 2 pad: 1 group: 2 "
    text += "bias_term: false weight_filler { type: 'bilinear' } }"
    net.layer("Deconvolution", "large", "data", text)
    return net


def sequence() -> Net:
    net = Network(("x", (3, 2, 4)), ("going", (3, 2)), narrow=1)
    blobs = [net.numbers(12, 4), net.numbers(12), net.numbers(12, 3)]
    net.layer("LSTM", "lstm", ["x", "going"], "recurrent_param { num_output: 3 }", blobs)
    net.layer("Slice", "slice", "lstm", "slice_param { axis: 2 slice_point: 1 }", tops=["a", "b"])
    net.layer("Reduction", "sum", "a", "reduction_param { operation: MEAN axis: 1 }")
    return net


def head() -> Net:
    net = Network(image(16), narrow=16)
    ssd_head(net, [(net.pool("data", 4, 4), 4, 8, (2,))], 3)
    return net


def forks() -> Net:
    """Layers of FlowNet's, Intel's and the spatial transformer's forks."""
    net = Network(("data", (1, 2, 6, 7)), ("other", (1, 4, 3, 4)), ("im_info", (1, 3)), narrow=1)
    blobs = [np.full(1, 1e4, np.float32), net.numbers(1, 2, 6, 7), net.numbers(1, 2, 1, 1)]
    text = "augmentation_param { crop_width: 5 crop_height: 4 recompute_mean: 9 mean: 1 }"
    net.layer("DataAugmentation", "middle", "data", text, blobs)
    net.layer("Accum", "joined", ["middle", "other"], "accum_param { size_divisible_by: 4 }")
    net.layer("Resample", "small", "joined", "resample_param { height: 3 width: 4 }")
    net.layer("PowerFile", "shifted", "small", "power_file_param { shift_file: 'shifts' }")
    net.files["shifts"] = " ".join(["1.5"] * 72)
    for top, channels in (("scores", 6), ("deltas", 12)):
        text = f"num_output: {channels} kernel_size: 1 bias_term: false"
        weights = [net.numbers(channels, 6, 1, 1)]
        net.layer("Convolution", top, "shifted", f"convolution_param {{ {text} }}", weights)
    text = "simpler_nms_param { scale: 1 min_bbox_size: 1 post_nms_topn: 5 }"
    net.layer("SimplerNMS", "rois", ["scores", "deltas", "im_info"], text)
    return net


SEEDS = [layers(), pictures(), sequence(), head(), forks(), lenet()]
_WORDS = (
    *(b"-1", b"0", b"4294967295", b"99999999999999999999", b"1e300", b"nan", b"true", b"{", b"}"),
    *(b'"', b"'", b"[", b"dim", b"MAX", b"layer {", b'bottom: "data"', b'top: "x"', b"\xff", b"#"),
)


def _word(content: bytearray, at: int, dice: random.Random) -> None:
    """A word or a number becomes another one."""
    end = at
    while end < len(content) and chr(content[end]).isalnum():
        end += 1
    content[at:end] = dice.choice(_WORDS)


def mutant(number: int) -> tuple[bytes, bytes]:
    """A net and its weights, one of them wounded; the same for the same number."""
    dice = random.Random(number)
    net = SEEDS[number % len(SEEDS)]
    text, weights = net.text.encode(), caffemodel(net.weights)
    if dice.random() < 0.7:
        return wounded(text, dice, _word, _word, long_number), weights
    # Wounds among the numbers of the weights would change nothing.
    return text, wounded(weights[:400], dice, long_number) + weights[400:]


def convert_file(path: Path, folder: Path) -> None:
    config = Config(framework="caffe", input_model=path)
    write_ir(convert(config), folder, "ir", config.ir_version, {})


@pytest.mark.parametrize(
    "seed", SEEDS, ids=["layers", "pictures", "sequence", "head", "forks", "lenet"]
)
def test_each_seed_is_sound(seed: Net, tmp_path: Path) -> None:
    convert_file(seed.save(tmp_path), tmp_path)


class TestNets(Mutants):
    few = 500

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        path = folder / "mutant.caffemodel"
        text, weights = mutant(number)
        path.with_suffix(".prototxt").write_bytes(text)
        path.write_bytes(weights)
        for name, content in SEEDS[number % len(SEEDS)].files.items():
            (folder / name).write_text(content)
        return lambda: convert_file(path, folder)
