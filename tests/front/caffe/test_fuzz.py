"""Damaged files: whatever happens to a net or its weights, it converts or is refused in words."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from mo.back.output import write_ir
from mo.cli.config import Config
from mo.pipeline.convert import convert
from tests.fuzzing import PARTS, part_of_many, survivors
from tests.models.caffe import Net, caffemodel
from tests.models.caffe_networks.network import Network, image
from tests.models.caffe_networks.plain import lenet
from tests.models.caffe_networks.single_stage import ssd_head

FEW = 500


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


SEEDS = [layers(), pictures(), sequence(), head(), lenet()]
_WORDS = (
    *(b"-1", b"0", b"4294967295", b"99999999999999999999", b"1e300", b"nan", b"true", b"{", b"}"),
    *(b'"', b"'", b"[", b"dim", b"MAX", b"layer {", b'bottom: "data"', b'top: "x"', b"\xff", b"#"),
)


def wounded(content: bytearray, dice: random.Random, is_text: bool) -> bytes:
    """Some bytes changed, lost, repeated or put in."""
    for _ in range(dice.choice((1, 1, 2, 4))):
        at = dice.randrange(max(1, len(content)))
        match dice.randrange(7 if is_text else 5):
            case 0:
                content[at] ^= 1 << dice.randrange(8)
            case 1:
                del content[at : at + dice.randrange(1, 40)]
            case 2:
                content[at:at] = dice.randbytes(dice.randrange(1, 12))
            case 3:
                other, size = dice.randrange(len(content) or 1), dice.randrange(1, 64)
                content[at : at + size] = content[other : other + size]
            case 4:
                content[at : at + 1] = b"\xff" * dice.randrange(1, 10) + b"\x7f"
            case _:
                # A word or a number becomes another one.
                end = at
                while end < len(content) and chr(content[end]).isalnum():
                    end += 1
                content[at:end] = dice.choice(_WORDS)
        if not content:
            break
    return bytes(content)


def mutant(number: int) -> tuple[bytes, bytes]:
    """A net and its weights, one of them wounded; the same for the same number."""
    dice = random.Random(number)
    net = SEEDS[number % len(SEEDS)]
    text, weights = net.text.encode(), caffemodel(net.weights)
    if dice.random() < 0.7:
        return wounded(bytearray(text), dice, is_text=True), weights
    # Wounds among the numbers of the weights would change nothing.
    return text, wounded(bytearray(weights[:400]), dice, is_text=False) + weights[400:]


def convert_file(path: Path, folder: Path) -> None:
    config = Config(framework="caffe", input_model=path)
    write_ir(convert(config), folder, "ir", config.ir_version, {})


def survives(numbers: range, folder: Path) -> int:
    path = folder / "mutant.caffemodel"

    def prepare(number: int) -> Callable[[], object]:
        text, weights = mutant(number)
        path.with_suffix(".prototxt").write_bytes(text)
        path.write_bytes(weights)
        return lambda: convert_file(path, folder)

    return survivors(numbers, prepare)


@pytest.mark.parametrize("seed", SEEDS, ids=["layers", "pictures", "sequence", "head", "lenet"])
def test_each_seed_is_sound(seed: Net, tmp_path: Path) -> None:
    convert_file(seed.save(tmp_path), tmp_path)


@pytest.mark.usefixtures("limited_memory")
def test_a_few_mutants(tmp_path: Path) -> None:
    assert 0 < survives(range(FEW), tmp_path) < FEW


@pytest.mark.heavy
@pytest.mark.usefixtures("limited_memory")
@pytest.mark.parametrize("part", PARTS)
def test_many_mutants(tmp_path: Path, part: int) -> None:
    survives(part_of_many(part, FEW), tmp_path)
