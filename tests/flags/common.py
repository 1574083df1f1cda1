"""What each flag that all frameworks have does to the numbers."""

from __future__ import annotations

import logging

import numpy as np
import openvino as ov

from tests.flags.conversion import EXTRA, FRAMES, IMAGE, Conversions, close, flag, name_of, random
from tests.flags.networks import IMAGES, classified, ended, hidden

ALL = (*IMAGES, "kaldi")
PLAIN = ended(hidden(IMAGE), EXTRA)
MEAN, SCALE = np.float32([10, 20, 30]).reshape(3, 1, 1), np.float32([2, 4, 8]).reshape(3, 1, 1)


def plain(c: Conversions) -> np.ndarray:
    return classified(FRAMES[:1]) if c.framework == "kaldi" else PLAIN


def unchanged(c: Conversions, *flags: str, tolerance: float = 1e-5) -> ov.Model:
    """Assert that the flags leave the numbers as they are."""
    model = c.convert(*flags)
    result = c.run(model, Parameter=FRAMES[:1]) if c.framework == "kaldi" else c.run(model)
    close(result, plain(c), tolerance)
    return model


# ---- the model


@flag("framework", *ALL)
def is_named(c: Conversions) -> None:
    unchanged(c, "--framework", c.framework)


@flag("input_model", *ALL)
def is_read(c: Conversions) -> None:
    unchanged(c)


@flag("model_name", *ALL)
def names_the_files(c: Conversions) -> None:
    model = unchanged(c, "--model_name", "my.net")
    assert model.get_friendly_name() == "my.net"
    assert sorted(p.name for p in (c.folder / "ir").iterdir()) == ["my.net.bin", "my.net.xml"]


@flag("output_dir", *ALL)
def is_made(c: Conversions) -> None:
    c.convert("--output_dir", str(c.folder / "ir" / ".." / "ir"))
    assert {p.suffix for p in (c.folder / "ir").iterdir()} == {".bin", ".xml"}


# ---- where it starts and ends


@flag("input")
def inputs_come_in_the_order_asked(c: Conversions) -> None:
    shapes = f"extra{c.dims(1, 4, 8, 8)},image{c.dims(1, 3, 8, 8)}"
    model = unchanged(c, "--input", shapes)
    assert [name_of(port) for port in model.inputs] == ["extra", "image"]


@flag("input name{type}")
def an_input_of_bytes(c: Conversions) -> None:
    image = IMAGE.astype(np.uint8)
    model = c.convert("--input", "image{u8},extra")
    close(c.run(model, image=image, extra=EXTRA), ended(hidden(image), EXTRA))


@flag("input name->value")
def a_frozen_input(c: Conversions) -> None:
    values = " ".join(map(str, c.outer(EXTRA).ravel()))
    shape = c.dims(*EXTRA.shape)
    model = unchanged(c, "--input", f"image{c.dims(*IMAGE.shape)},extra{shape}->[{values}]")
    assert [name_of(port) for port in model.inputs] == ["image"]


@flag("input inner")
def an_inner_tensor(c: Conversions) -> None:
    relu = np.abs(random.normal(size=(1, 6, 8, 8))).astype(np.float32)
    shape = c.dims(*relu.shape)
    model = c.convert("--input", f"0:conv2{shape},extra{c.dims(*EXTRA.shape)}")
    names = [name_of(port) for port in model.inputs]
    close(c.run(model, **dict(zip(names, (relu, EXTRA)))), ended(relu, EXTRA))


@flag("output")
def an_inner_result(c: Conversions) -> None:
    model = c.convert("--output", "relu")
    assert [name_of(port) for port in model.inputs] == ["image"]
    close(c.run(model, image=IMAGE), hidden(IMAGE))


@flag("output", "kaldi")
def an_inner_result_of_kaldi(c: Conversions) -> None:
    model = c.convert("--output", "affinetransform_1")
    close(c.run(model, Parameter=FRAMES[:1]), classified(FRAMES[:1], with_softmax=False))


@flag("input_shape")
def other_sizes(c: Conversions) -> None:
    image, extra = (random.normal(size=(2, n, 5, 7)).astype(np.float32) for n in (3, 4))
    model = c.convert("--input_shape", f"{c.dims(2, 3, 5, 7)},{c.dims(2, 4, 5, 7)}")
    assert model.inputs[0].partial_shape == ov.PartialShape(list(c.outer(image).shape))
    close(c.run(model, image=image, extra=extra), ended(hidden(image), extra))


@flag("input_shape open")
def open_sizes(c: Conversions) -> None:
    model = c.convert("--input_shape", f"{c.dims('?', 3, '?', '1..9')},{c.dims(-1, 4, '?', '?')}")
    for size in ((1, 8, 8), (3, 4, 9)):
        image, extra = (
            random.normal(size=(size[0], n, *size[1:])).astype(np.float32) for n in (3, 4)
        )
        close(c.run(model, image=image, extra=extra), ended(hidden(image), extra))


@flag("batch", *ALL)
def a_batch(c: Conversions) -> None:
    if c.framework == "kaldi":
        close(c.run(c.convert("--batch", "5"), Parameter=FRAMES), classified(FRAMES))
        return
    image, extra = np.tile(IMAGE, (3, 1, 1, 1)), np.tile(EXTRA, (3, 1, 1, 1))
    model = c.convert("--batch", "3")
    close(c.run(model, image=image, extra=extra), np.tile(PLAIN, (3, 1, 1, 1)))


@flag("freeze_placeholder_with_value")
def an_input_made_a_constant(c: Conversions) -> None:
    values = " ".join(map(str, c.outer(EXTRA).ravel()))
    model = unchanged(c, "--freeze_placeholder_with_value", f"extra->[{values}]")
    assert [name_of(port) for port in model.inputs] == ["image"]


@flag("static_shape", *ALL)
def shapes_are_folded(c: Conversions) -> None:
    unchanged(c, "--static_shape")


# ---- preprocessing


@flag("mean_values")
def means_are_subtracted(c: Conversions) -> None:
    model = c.convert("--mean_values", "image[10,20,30]")
    close(c.run(model), ended(hidden(IMAGE - MEAN), EXTRA))


@flag("scale_values")
def scales_divide(c: Conversions) -> None:
    model = c.convert("--scale_values", "image[2,4,8]", "--mean_values", "image[10,20,30]")
    close(c.run(model), ended(hidden((IMAGE - MEAN) / SCALE), EXTRA))


@flag("scale")
def one_scale_divides_every_input(c: Conversions) -> None:
    close(c.sums("--scale", "4"), ended(hidden(IMAGE / 4), EXTRA / 4))


@flag("reverse_input_channels")
def channels_are_reversed_before_the_means(c: Conversions) -> None:
    flags = "--reverse_input_channels", "--mean_values", "image[10,20,30]"
    close(c.sums(*flags), ended(hidden(IMAGE[:, ::-1] - MEAN), EXTRA))


@flag("layout")
def the_other_layout(c: Conversions) -> None:
    own, other = ("nhwc", "nchw") if c.channels_last else ("nchw", "nhwc")
    model = c.convert(
        "--layout", f"image({own}->{other}),extra({own}->{other}),sum({own}->{other})"
    )
    c.channels_last = not c.channels_last
    close(c.run(model), PLAIN)


@flag("source_layout")
@flag("target_layout")
def the_layouts_apart(c: Conversions) -> None:
    own, other = ("nhwc", "nchw") if c.channels_last else ("nchw", "nhwc")
    names = "image", "extra", "sum"
    flags = (
        ("--source_layout", ",".join(f"{name}({own})" for name in names)),
        ("--target_layout", ",".join(f"{name}({other})" for name in names)),
    )
    model = c.convert(*flags[0], *flags[1])
    c.channels_last = not c.channels_last
    close(c.run(model), PLAIN)


# ---- form of the result


def constants(model: ov.Model) -> set[str]:
    ops = [op for op in model.get_ops() if op.get_type_name() == "Constant"]
    return {op.get_element_type().get_type_name() for op in ops if len(op.shape) == 4}


@flag("compress_to_fp16")
def half_weights(c: Conversions) -> None:
    model = unchanged(c, "--compress_to_fp16", tolerance=1e-2)
    assert "f16" in constants(model)
    assert {port.get_element_type().get_type_name() for port in model.inputs} == {"f32"}


@flag("data_type")
def half_weights_by_the_old_name(c: Conversions) -> None:
    assert "f16" in constants(unchanged(c, "--data_type", "FP16", tolerance=1e-2))


@flag("data_type ir_version", *IMAGES)
def everything_half_in_version_10(c: Conversions) -> None:
    model = c.convert("--data_type", "half", "--ir_version", "10")
    c.channels_last = False
    assert c.xml.read_text().count('element_type="f16"') >= 4
    close(c.run(model), PLAIN, 1e-2)


@flag("ir_version")
def version_10(c: Conversions) -> None:
    c.channels_last = False
    unchanged(c, "--ir_version", "10")
    assert 'version="10">' in c.xml.read_text()[:100]


@flag("ir_version", "kaldi")
def version_10_of_kaldi(c: Conversions) -> None:
    unchanged(c, "--ir_version", "10")


@flag("opset", *ALL)
def an_old_operation_set(c: Conversions) -> None:
    unchanged(c, "--opset", "5")
    versions = set(c.xml.read_text().split('version="opset')[1:])
    assert {int(text.split('"')[0]) for text in versions} <= {1, 2, 3, 4, 5}


# ---- transformations


@flag("transform")
def an_input_becomes_a_state(c: Conversions) -> None:
    result = "sum_output" if c.framework == "mxnet" else "sum"
    shapes = f"{c.dims(*IMAGE.shape)},{c.dims(*EXTRA.shape)}"
    pair = f"MakeStateful[param_res_names={{'extra':'{result}'}}]"
    model = c.convert("--transform", pair, "--input_shape", shapes)
    assert [name_of(port) for port in model.inputs] == ["image"]
    assert len(model.get_sinks()) == 1


@flag("disable_fusing", *ALL)
def nothing_is_fused(c: Conversions) -> None:
    unchanged(c, "--disable_fusing")


@flag("finegrain_fusing", *ALL)
def what_is_named_is_not_fused(c: Conversions) -> None:
    unchanged(c, "--finegrain_fusing", "^conv,relu$")


@flag("disable_gfusing", *ALL)
def no_groups(c: Conversions) -> None:
    unchanged(c, "--disable_gfusing")


@flag("disable_resnet_optimization", *ALL)
def strides_stay(c: Conversions) -> None:
    unchanged(c, "--disable_resnet_optimization")


@flag("disable_weights_compression", *ALL)
def weights_stay_floats(c: Conversions) -> None:
    unchanged(c, "--disable_weights_compression")


# ---- messages


@flag("log_level", *ALL)
def steps_are_told(c: Conversions) -> None:
    unchanged(c, "--log_level", "INFO")
    logging.getLogger("mo").setLevel(logging.NOTSET)


@flag("silent", *ALL)
def no_warnings(c: Conversions) -> None:
    unchanged(c, "--silent")


@flag("progress", *ALL)
@flag("stream_output", *ALL)
def progress_is_shown(c: Conversions) -> None:
    unchanged(c, "--progress", "--stream_output")


_WITHOUT_EFFECT = (
    *("move_to_preprocess", "keep_shape_ops", "enable_concat_optimization"),
    *("generate_deprecated_IR_V7", "generate_deprecated_IR_V2", "generate_experimental_IR_V10"),
    *("legacy_ir_generation", "keep_quantize_ops_in_IR", "blobs_as_inputs"),
    *("use_new_frontend", "use_legacy_frontend"),
)
for _name in _WITHOUT_EFFECT:

    @flag(_name, *ALL)
    def has_no_effect(c: Conversions, name: str = _name) -> None:
        unchanged(c, f"--{name}")
