"""The variants of layers in the table: parameters, inputs, trained numbers, reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from tests.front.caffe import formulas as f

Array = np.ndarray
_random = np.random.default_rng(11)


class Variant(NamedTuple):
    """A layer on some inputs. Without a formula OpenCV is the reference."""

    layer: str
    name: str
    parameters: str
    inputs: tuple[Array, ...]
    blobs: tuple[Array, ...]
    formula: Callable[..., Any] | None
    tops: int
    # Axes that are left open in the second run; None for all.
    opened: Sequence[int] | None
    tolerance: float
    # What of the outputs is compared.
    part: Callable[[Array], Array]


def numbers(*shape: int) -> Array:
    return _random.standard_normal(shape).astype(np.float32)


def positive(*shape: int) -> Array:
    return _random.uniform(0.5, 2, shape).astype(np.float32)


def distinct(*shape: int) -> Array:
    """Numbers of which no two are close."""
    return _random.permutation(int(np.prod(shape))).reshape(shape).astype(np.float32)


def _arrays(values: Sequence[Any]) -> tuple[Array, ...]:
    return tuple(v if isinstance(v, np.ndarray) else numbers(*v) for v in values)


def v(
    layer: str,
    section: str = "",
    text: str = "",
    inputs: Sequence[Any] = ((2, 4, 7, 8),),
    blobs: Sequence[Any] = (),
    formula: Callable[..., Any] | None = None,
    tops: int = 1,
    opened: Sequence[int] | None = None,
    tolerance: float = 1e-4,
    note: str = "",
    part: Callable[[Array], Array] = np.asarray,
) -> Variant:
    parameters = f"{section} {{ {text} }}" if section and text else ""
    name = f"{text or 'defaults'}{' ' + note if note else ''}"
    arrays = _arrays(inputs), _arrays(blobs)
    return Variant(layer, name, parameters, *arrays, formula, tops, opened, tolerance, part)


def _by_opencv(variant: Variant) -> Array:
    from tests.conformance.caffe_layers import expected

    return expected(variant)[0]


def _convolutions() -> Iterator[Variant]:
    section, image = "convolution_param", (2, 4, 7, 8)
    for text, shape in (
        ("num_output: 6 kernel_size: 3", (6, 4, 3, 3)),
        ("num_output: 6 kernel_size: 3 pad: 1 stride: 2", (6, 4, 3, 3)),
        ("num_output: 6 kernel_size: 3 dilation: 2 pad: 2", (6, 4, 3, 3)),
        (
            "num_output: 6 kernel_h: 3 kernel_w: 1 pad_h: 1 pad_w: 0 stride_h: 1 stride_w: 2",
            (6, 4, 3, 1),
        ),
        ("num_output: 6 kernel_size: 3 kernel_size: 2 stride: 1 stride: 2", (6, 4, 3, 2)),
        ("num_output: 6 kernel_size: 3 group: 2", (6, 2, 3, 3)),
        ("num_output: 4 kernel_size: 3 group: 4 pad: 1", (4, 1, 3, 3)),
        ("num_output: 5 kernel_size: 1", (5, 4, 1, 1)),
    ):
        yield v("Convolution", section, text, [image], [shape, shape[:1]])
        yield v("Convolution", section, text + " bias_term: false", [image], [shape])
    depthwise = [(4, 1, 3, 3), (4,)]
    same = v("Convolution", section, "num_output: 4 kernel_size: 3 group: 4", [image], depthwise)
    for kind in ("DepthwiseConvolution", "ConvolutionDepthwise"):

        def grouped(*arrays: Array) -> Array:
            return _by_opencv(same._replace(inputs=arrays[:1], blobs=arrays[1:]))

        yield v(kind, section, "num_output: 4 kernel_size: 3", [image], depthwise, grouped)
    for text, shape in (
        ("num_output: 6 kernel_size: 3", (4, 6, 3, 3)),
        ("num_output: 6 kernel_size: 4 stride: 2 pad: 1", (4, 6, 4, 4)),
        ("num_output: 6 kernel_size: 4 stride: 2 pad: 1 group: 2", (4, 3, 4, 4)),
        ("num_output: 4 kernel_size: 4 stride: 2 pad: 1 group: 4", (4, 1, 4, 4)),
        ("num_output: 6 kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1", (4, 6, 3, 2)),
    ):
        yield v("Deconvolution", section, text + " bias_term: false", [image], [shape])
        yield v("Deconvolution", section, text, [image], [shape, (6 if "6" in text[:13] else 4,)])


def _matrices() -> Iterator[Variant]:
    section = "inner_product_param"
    yield v("InnerProduct", section, "num_output: 5", [(2, 3, 4)], [(5, 12), (5,)])
    yield v("InnerProduct", section, "num_output: 5 bias_term: false", [(2, 12)], [(5, 12)])
    yield v(
        *("InnerProduct", section, "num_output: 5 axis: 2", [(2, 3, 4)], [(5, 4), (5,)]),
        lambda x, w, b: x @ w.T + b,
    )
    yield v(
        *("InnerProduct", section, "num_output: 5 axis: -1", [(2, 3, 4)], [(5, 4), (5,)]),
        lambda x, w, b: x @ w.T + b,
    )
    yield v(
        *("InnerProduct", section, "num_output: 5 transpose: true", [(2, 12)], [(12, 5), (5,)]),
        lambda x, w, b: x @ w + b,
    )
    index = np.array([[1, 0, 3], [2, 2, 1]], np.float32)
    text = "input_dim: 4 num_output: 5"
    yield v(
        *("Embed", "embed_param", text, [index], [(4, 5), (5,)]),
        lambda x, w, b: w[x.astype(int)] + b,
    )
    yield v(
        *("Embed", "embed_param", text + " bias_term: false", [index], [(4, 5)]),
        lambda x, w: w[x.astype(int)],
    )


def _poolings() -> Iterator[Variant]:
    section = "pooling_param"
    for method in ("MAX", "AVE"):
        for kernel, stride, pad in (
            *((2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), (3, 3, 1), (2, 2, 1), (5, 3, 2)),
            *((4, 4, 1), (3, 3, 2), (2, 1, 0), (6, 5, 3)),
        ):
            text = f"pool: {method} kernel_size: {kernel} stride: {stride}"
            text += f" pad: {pad}" if pad else ""
            for shape in ((2, 3, 7, 8), (1, 2, 9, 6), (1, 1, 10, 11)):
                size = f"on {shape[2]}x{shape[3]}"
                formula = f.pooling(kernel, stride, pad, method)
                yield v("Pooling", section, text, [shape], (), formula, note=size)
                formula = f.pooling(kernel, stride, pad, method, up=False)
                down = text + " ceil_mode: false"
                yield v("Pooling", section, down, [shape], (), formula, note=size)
        text = f"pool: {method} kernel_size: 3 stride: 2"
        down = f.pooling(3, 2, 0, method, up=False)
        yield v("Pooling", section, text + " round_mode: FLOOR", formula=down)
        yield v("Pooling", section, text, note="(OpenCV)")
        yield v("Pooling", section, text + " pad: 1", note="(OpenCV)")
        yield v("Pooling", section, f"pool: {method} global_pooling: true")
        yield v(
            "Pooling", section, f"pool: {method} kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1"
        )
        for levels in (1, 2, 3):
            formula = f.spp(levels, method) if levels > 1 else f.pooling(8, 8, 0, method)
            text = f"pyramid_height: {levels} pool: {method}"
            yield v("SPP", "spp_param", text, [(2, 3, 8, 8)], (), formula, opened=(0,))
        if method == "AVE":
            continue
        text = "pool: MAX kernel_size: 2 stride: 2"
        yield v("Pooling", section, text, [(1, 2, 6, 8)], (), _max_and_place, 2, note="with mask")
    yield v(
        "SPP", "spp_param", "pyramid_height: 3", [(2, 3, 7, 7)], (), f.spp(3, "MAX"), opened=(0,)
    )


def _max_and_place(x: Array) -> tuple[Array, Array]:
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2).swapaxes(3, 4).reshape(n, c, h // 2, w // 2, 4)
    best = blocks.argmax(-1)
    rows = np.arange(h // 2)[:, None] * 2 + best // 2
    columns = np.arange(w // 2) * 2 + best % 2
    return blocks.max(-1), (rows * w + columns).astype(np.float32)


def _activations() -> Iterator[Variant]:
    yield v("ReLU")
    yield v("ReLU", "relu_param", "negative_slope: 0.1")
    yield v("ReLU6", formula=lambda x: np.clip(x, 0, 6))
    yield v("ReLU6", "relu6_param", "n: 1", formula=lambda x: np.clip(x, 0, 1))
    yield v("PReLU", blobs=[(4,)])
    yield v("PReLU", "prelu_param", "channel_shared: true", blobs=[(1,)])
    yield v(
        *("PReLU", "", "", [(2, 4)], [(4,)]),
        formula=lambda x, s: np.where(x > 0, x, x * s),
        note="2-D",
    )
    yield v("ELU")
    yield v(
        *("ELU", "elu_param", "alpha: 0.5"),
        formula=lambda x: np.where(x > 0, x, 0.5 * (np.exp(x) - 1)),
    )
    yield v("Sigmoid")
    yield v("TanH")
    yield v("AbsVal")
    yield v("BNLL")
    yield v("Threshold", formula=lambda x: (x > 0).astype(np.float32))
    yield v(
        *("Threshold", "threshold_param", "threshold: 0.5"),
        formula=lambda x: (x > 0.5).astype(np.float32),
    )
    yield v("Clip", "clip_param", "min: -0.5 max: 1", formula=lambda x: np.clip(x, -0.5, 1))
    yield v("Swish", formula=lambda x: x * f.sigmoid(x))
    yield v("Swish", "swish_param", "beta: 2", formula=lambda x: x * f.sigmoid(2 * x))
    yield v("Softmax")
    yield v("Softmax", "softmax_param", "axis: 2")
    yield v("Softmax", "softmax_param", "axis: -1")
    yield v("Dropout", "dropout_param", "dropout_ratio: 0.3", formula=lambda x: x)
    yield v("Split", formula=lambda x: (x, x), tops=2)
    yield v("Power", "power_param", "scale: 2 shift: 3")
    yield v("Power", "power_param", "power: 2 scale: 0.5 shift: -1")
    yield v("Power", "power_param", "power: 0.5", [positive(2, 3, 4)])
    yield v("Power", "power_param", "power: -1.5 shift: 2", [positive(2, 3, 4)])
    yield v("Exp")
    yield v("Exp", "exp_param", "base: 2 scale: 0.5 shift: -1")
    yield v("Log", inputs=[positive(2, 3, 4)], formula=np.log)
    yield v(
        *("Log", "log_param", "base: 2 scale: 3 shift: 1", [positive(2, 3, 4)]),
        formula=lambda x: np.log2(1 + 3 * x),
    )


# The runtime's LRN fails (and crashes) on an unknown number of channels.


def _normalizations() -> Iterator[Variant]:
    yield v("LRN", "lrn_param", "local_size: 5 alpha: 0.5", [(2, 12, 5, 6)])
    for size, alpha, beta, k in ((5, 1, 0.75, 1), (3, 0.5, 0.6, 1), (5, 1, 0.5, 2)):
        text = f"local_size: {size} alpha: {alpha} beta: {beta} k: {k}"
        yield v("LRN", "lrn_param", text, formula=f.lrn_across(size, alpha, beta, k))
    for size in (3, 5):
        text = f"norm_region: WITHIN_CHANNEL local_size: {size} alpha: 0.5 beta: 0.6"
        yield v("LRN", "lrn_param", text, formula=f.lrn_within(size, 0.5, 0.6))
    for factor in (1.0, 4.0, 0.0):
        blobs = [numbers(4), positive(4), np.array([factor], np.float32)]
        yield v("BatchNorm", blobs=blobs, formula=f.batch_norm(), note=f"factor {factor:g}")
    blobs = [numbers(4), positive(4), np.array([2], np.float32)]
    yield v("BatchNorm", "batch_norm_param", "eps: 0.1", [(2, 4)], blobs, f.batch_norm(0.1))
    yield v("BatchNorm", "batch_norm_param", "use_global_stats: true", blobs=blobs)
    text = "use_global_stats: false"

    def of_the_batch(x: Array, *_: Array) -> Array:
        spread = np.sqrt(x.var((0, 2, 3), keepdims=True) + 1e-5)
        return (x - x.mean((0, 2, 3), keepdims=True)) / spread

    yield v("BatchNorm", "batch_norm_param", text, blobs=blobs, formula=of_the_batch)
    four = [positive(4), numbers(4), numbers(4), positive(4)]
    yield v(
        *("BN", "bn_param", "eps: 0.001"),
        blobs=four,
        formula=lambda x, scale, shift, mean, variance: (
            f.along(1, 4, scale) * f.batch_norm(0.001)(x, mean, variance, [1.0])
            + f.along(1, 4, shift)
        ),
    )
    yield v(
        *("BN", "bn_param", "bn_mode: INFERENCE"),
        blobs=four[:2],
        formula=lambda x, scale, shift: x * f.along(1, 4, scale) + f.along(1, 4, shift),
    )
    yield v("Scale", blobs=[(4,)])
    yield v("Scale", "scale_param", "bias_term: true", blobs=[(4,), (4,)])
    for axis, count, shape in (
        (0, 1, (2,)),
        (1, 2, (4, 7)),
        (-1, 1, (8,)),
        (1, -1, (4, 7, 8)),
        (0, 0, ()),
    ):
        at = axis % 4
        text = f"axis: {axis} num_axes: {count} bias_term: true"
        yield v(
            *("Scale", "scale_param", text),
            blobs=[shape, shape],
            formula=lambda x, a, b, at=at: x * f.along(at, 4, a) + f.along(at, 4, b),
            opened=(2, 3) if axis == 0 else (0,),
        )
        text = f"axis: {axis} num_axes: {count}"
        yield v(
            *("Bias", "bias_param", text),
            blobs=[shape],
            formula=lambda x, b, at=at: x + f.along(at, 4, b),
            opened=(2, 3) if axis == 0 else (0,),
        )
    for shape in ((2, 4), (2,), (2, 4, 7, 8)):
        yield v(
            *("Scale", "scale_param", "axis: 0", [(2, 4, 7, 8), shape]),
            formula=lambda x, a: x * f.along(0, 4, a),
            note=f"by {len(shape)} axes",
        )
        yield v(
            *("Bias", "bias_param", "axis: 0", [(2, 4, 7, 8), shape]),
            formula=lambda x, a: x + f.along(0, 4, a),
            note=f"by {len(shape)} axes",
        )
    for across, variance in ((0, 1), (1, 1), (0, 0), (1, 0)):
        axes = (1, 2, 3) if across else (2, 3)
        text = f"across_channels: {'true' if across else 'false'} "
        text += f"normalize_variance: {'true' if variance else 'false'}"
        yield v("MVN", "mvn_param", text, formula=f.mvn(axes, bool(variance), 1e-9))
    yield v("MVN", "mvn_param", "eps: 0.3", formula=f.mvn((2, 3), True, 0.3))
    yield v("MVN", note="(OpenCV)")
    for spatial in (0, 1):
        for shared in (0, 1):
            text = f"across_spatial: {'true' if spatial else 'false'} "
            text += f"channel_shared: {'true' if shared else 'false'}"
            formula = f.normalize((1, 2, 3) if spatial else (1,))
            blobs = [(1,) if shared else (4,)]
            yield v("Normalize", "norm_param", text, blobs=blobs, formula=formula)
    formula = f.normalize((1,), 0.5)
    text = "across_spatial: false channel_shared: false eps: 0.5"
    yield v("Normalize", "norm_param", text, blobs=[(4,)], formula=formula)
    yield v("GRN", formula=lambda x: x / np.sqrt((x * x).sum(1, keepdims=True) + 1))
    yield v(
        *("GRN", "grn_param", "bias: 0.2"),
        formula=lambda x: x / np.sqrt((x * x).sum(1, keepdims=True) + 0.2),
    )


def _joins() -> Iterator[Variant]:
    two, three = [(2, 3, 4)] * 2, [(2, 3, 4)] * 3
    for operation in ("PROD", "SUM", "MAX"):
        yield v("Eltwise", "eltwise_param", f"operation: {operation}", two)
        yield v("Eltwise", "eltwise_param", f"operation: {operation}", three, note="of three")
    yield v("Eltwise", inputs=two)
    yield v("Eltwise", "eltwise_param", "coeff: 1 coeff: -1", two)
    yield v("Eltwise", "eltwise_param", "coeff: 0.5 coeff: -2 coeff: 3", three)
    yield v(
        *("Axpy", "", "", [(2, 3, 1, 1), (2, 3, 4, 5), (2, 3, 4, 5)]),
        formula=lambda a, x, y: a * x + y,
    )
    yield v("Concat", inputs=[(2, 3, 4), (2, 5, 4)])
    yield v("Concat", "concat_param", "axis: 2", [(2, 3, 4), (2, 3, 1)])
    yield v("Concat", "concat_param", "axis: -1", [(2, 3, 4), (2, 3, 1)])
    yield v(
        *("Concat", "concat_param", "concat_dim: 0", [(2, 3), (1, 3)]),
        formula=lambda a, b: np.concatenate([a, b], 0),
    )
    yield v("Slice", formula=lambda x: tuple(np.split(x, 2, 1)), tops=2, note="into 2")
    yield v("Slice", "slice_param", "axis: 2 slice_point: 1 slice_point: 4", tops=3)
    yield v(
        *("Slice", "slice_param", "axis: -1"),
        formula=lambda x: tuple(np.split(x, 4, 3)),
        tops=4,
    )
    yield v(
        *("Slice", "slice_param", "slice_dim: 0"),
        formula=lambda x: (x[:1], x[1:]),
        tops=2,
    )


def _moves() -> Iterator[Variant]:
    yield v("Flatten")
    yield v("Flatten", "flatten_param", "axis: 2")
    yield v("Flatten", "flatten_param", "axis: 1 end_axis: 2")
    yield v("Flatten", "flatten_param", "axis: 0 end_axis: 1", formula=lambda x: x.reshape(8, 7, 8))
    for text, shape in (
        ("shape { dim: 0 dim: -1 }", (2, 224)),
        ("shape { dim: 0 dim: 2 dim: -1 dim: 7 }", (2, 2, 16, 7)),
        ("shape { dim: -1 dim: 8 } axis: 1", (2, 28, 8)),
        ("shape { dim: 2 dim: -1 } axis: 1 num_axes: 1", (2, 2, 2, 7, 8)),
        ("shape { dim: 56 } axis: -2", (2, 4, 7, 8)),
        ("shape { dim: 56 } axis: 2", (2, 4, 56)),
        ("shape { dim: 1 } axis: 1 num_axes: 0", (2, 1, 4, 7, 8)),
    ):
        if "axis: -2" in text:
            text, shape = "shape { dim: 28 dim: 2 } axis: -3", (2, 4, 28, 2)
        formula = lambda x, shape=shape: x.reshape(shape)  # noqa: E731
        yield v("Reshape", "reshape_param", text, formula=formula)
    yield v("Permute", "permute_param", "order: 0 order: 2 order: 3 order: 1")
    yield v(
        *("Permute", "permute_param", "order: 1"),
        formula=lambda x: x.transpose(1, 0, 2, 3),
        note="the rest behind",
    )
    pair = [(2, 4, 7, 8), (1, 3, 5, 4)]
    yield v("Crop", "crop_param", "axis: 2 offset: 1", pair)
    yield v("Crop", "crop_param", "axis: 2 offset: 2 offset: 3", pair)
    yield v(
        *("Crop", "crop_param", "axis: 1 offset: 1 offset: 0 offset: 2", pair),
        formula=lambda x, y: x[:, 1:4, 0:5, 2:6],
    )
    yield v("Crop", inputs=pair, formula=lambda x, y: x[:, :, :5, :4])
    text = "axis: 2 offset: 1 dimsize: 3 dimsize: 4"
    yield v("Crop", "crop_param", text, formula=lambda x: x[:, :, 1:4, 1:5])
    yield v("Tile", "tile_param", "tiles: 3", formula=lambda x: np.tile(x, (1, 3, 1, 1)))
    yield v("Tile", "tile_param", "axis: -1 tiles: 2", formula=lambda x: np.tile(x, 2))
    yield v("ShuffleChannel", "shuffle_channel_param", "group: 2")
    yield v("Reverse", formula=lambda x: x[::-1])
    yield v("Reverse", "reverse_param", "axis: 2", formula=lambda x: x[:, :, ::-1])


def _selections() -> Iterator[Variant]:
    x = distinct(2, 4, 3, 5)
    for text, options in (
        ("", {}),
        ("top_k: 3", {"top_k": 3}),
        ("out_max_val: true", {"values": True}),
        ("out_max_val: true top_k: 2", {"values": True, "top_k": 2}),
        ("axis: 1", {"axis": 1}),
        ("axis: -1 top_k: 2", {"axis": 3, "top_k": 2}),
        ("axis: 2 out_max_val: true", {"axis": 2, "values": True}),
    ):
        yield v("ArgMax", "argmax_param", text, [x], (), f.arg_max(**options))
    yield v(
        "ArgMax", "", "", [distinct(3, 5)], (), lambda x: x.argmax(1).reshape(3, 1, 1), note="2-D"
    )
    sums: dict[str, Callable[..., Array]] = {
        "SUM": lambda x, axes: x.sum(axes),
        "ASUM": lambda x, axes: np.abs(x).sum(axes),
        "SUMSQ": lambda x, axes: (x * x).sum(axes),
        "MEAN": lambda x, axes: x.mean(axes),
    }
    for operation, reduce in sums.items():
        for axis in (0, 1, -1):
            text = f"operation: {operation} axis: {axis} coeff: 2"
            axes = tuple(range(axis % 4, 4))
            formula = lambda x, r=reduce, axes=axes: np.asarray(2 * r(x, axes))  # noqa: E731
            yield v("Reduction", "reduction_param", text, formula=formula)
    index = np.array([1, 1, 0], np.float32)
    yield v("BatchReindex", inputs=[(2, 3, 4), index], formula=lambda x, i: x[i.astype(int)])


def _detections() -> Iterator[Variant]:
    cells, image = (1, 2, 3, 4), (1, 3, 48, 64)
    two, flipped = (2,), (2, 1 / 2)
    for text, formula in (
        ("", f.priors([(10, 0)], ())),
        ("max_size: 20", f.priors([(10, 20)], ())),
        ("max_size: 20 aspect_ratio: 2", f.priors([(10, 20)], flipped)),
        (
            "max_size: 20 aspect_ratio: 2 flip: false clip: true",
            f.priors([(10, 20)], two, clip=True),
        ),
        ("aspect_ratio: 2 aspect_ratio: 3 flip: false", f.priors([(10, 0)], (2, 3))),
        ("min_size: 15 aspect_ratio: 2", f.priors([(10, 0), (15, 0)], flipped)),
        ("min_size: 15 max_size: 20 max_size: 30", f.priors([(10, 20), (15, 30)], ())),
        ("variance: 0.3", f.priors([(10, 0)], (), variance=(0.3,) * 4)),
        (
            "variance: 0.1 variance: 0.2 variance: 0.3 variance: 0.4",
            f.priors([(10, 0)], (), variance=(0.1, 0.2, 0.3, 0.4)),
        ),
        ("step: 8 offset: 0.25", f.priors([(10, 0)], (), step=8, offset=0.25)),
        ("img_size: 96", f.priors([(10, 0)], (), image=(96, 96))),
        ("img_h: 96 img_w: 48", f.priors([(10, 0)], (), image=(96, 48))),
    ):
        settings = f"min_size: 10 {text}".strip()
        yield v("PriorBox", "prior_box_param", settings, [cells, image], (), formula)
    text = "min_size: 10 max_size: 20 aspect_ratio: 2 flip: true clip: true variance: 0.1"
    yield v("PriorBox", "prior_box_param", text, [cells, image], note="(OpenCV)")
    text = "width: 10 width: 20 height: 5 height: 15 step: 16 clip: false variance: 0.1 "
    text += "variance: 0.1 variance: 0.2 variance: 0.2"
    formula = f.prior_clustered((10, 20), (5, 15), 16, (0.1, 0.1, 0.2, 0.2))
    yield v("PriorBoxClustered", "prior_box_param", text, [cells, image], (), formula)
    rois = np.array([[0, 2, 3, 30, 25], [1, 0, 0, 40, 45], [0, 10, 12, 13, 14]], np.float32)
    text = "pooled_h: 3 pooled_w: 3 spatial_scale: 0.25"
    maps = (2, 4, 12, 12)
    formula = f.roi_pooling(3, 0.25)
    yield v("ROIPooling", "roi_pooling_param", text, [maps, rois], (), formula)
    yield v("ROIPooling", "roi_pooling_param", text, [maps, rois], note="(OpenCV)")
    text = "output_dim: 2 group_size: 2 spatial_scale: 0.25"
    maps = (2, 8, 12, 12)
    formula = f.psroi_pooling(2, 2, 0.25)
    yield v("PSROIPooling", "psroi_pooling_param", text, [maps, rois], (), formula, opened=())
    yield v("ReorgYolo", "reorg_yolo_param", "stride: 2", [(2, 8, 4, 6)], (), f.reorg(2))
    for softmax in (True, False):
        text = f"classes: 3 num: 2 do_softmax: {'true' if softmax else 'false'}"
        text += "" if softmax else " mask: 0 mask: 1"
        formula = f.region(3, 2, softmax)
        yield v("RegionYolo", "region_yolo_param", text, [(2, 16, 3, 4)], (), formula)
    for text in _DETECTION_OUTPUTS:
        classes = 3
        shared = "share_location: false" not in text
        priors = _priors(12)
        locations = numbers(2, 48 if shared else 48 * classes) * np.float32(0.5)
        scores = np.exp(numbers(2, 12, classes))
        scores = (scores / scores.sum(2, keepdims=True)).reshape(2, -1)
        given = [locations, scores, priors]
        yield v("DetectionOutput", "detection_output_param", text, given, part=f.detections)
    encoded = text + " variance_encoded_in_target: true"
    plain = v("DetectionOutput", "detection_output_param", encoded, given)

    def without_variances(boxes: Array, scores: Array, priors: Array) -> Array:
        """OpenCV takes no row of variances, if they are not to be used."""
        return _by_opencv(plain._replace(inputs=(boxes, scores, priors[:, :1])))

    formula = without_variances
    section = "detection_output_param"
    yield v("DetectionOutput", section, encoded, given, (), formula, part=f.detections)


_COMMON = "num_classes: 3 keep_top_k: 5 nms_param { nms_threshold: 0.4 top_k: 8 } "
_COMMON += "confidence_threshold: 0.2 "
_DETECTION_OUTPUTS = (
    _COMMON + "code_type: CENTER_SIZE share_location: false background_label_id: 0",
    _COMMON + "code_type: CORNER share_location: true background_label_id: 0",
    _COMMON + "code_type: CENTER_SIZE share_location: true background_label_id: 2",
    _COMMON + "code_type: CENTER_SIZE share_location: true background_label_id: 0",
)


def _priors(count: int) -> Array:
    corners = _random.uniform(0, 0.6, (count, 4)).astype(np.float32)
    corners[:, 2:] += corners[:, :2] * 0 + 0.3
    corners[:, 2:] = np.maximum(corners[:, 2:], corners[:, :2] + 0.1)
    variances = np.tile(np.float32([0.1, 0.1, 0.2, 0.2]), count)
    return np.stack([corners.reshape(-1), variances])[None]


def _resizings() -> Iterator[Variant]:
    for text, size in (
        ("height: 10 width: 13", (10, 13)),
        ("height: 3 width: 5", (3, 5)),
        ("zoom_factor: 2", (13, 15)),
        ("shrink_factor: 2", (4, 4)),
        ("zoom_factor: 4 shrink_factor: 2", (13, 13)),
    ):
        yield v("Interp", "interp_param", text, formula=f.interp(*size))
    yield v(
        *("Interp", "interp_param", "height: 6 width: 6 pad_beg: -1 pad_end: -2"),
        formula=lambda x: f.interp(6, 6)(x[:, :, 1:-2, 1:-2]),
    )
    yield v(
        *("Interp", "", "", [(2, 4, 7, 8), (1, 1, 9, 10)]),
        formula=lambda x, _: f.interp(9, 10)(x),
        note="to a second bottom",
    )
    for text, size, method, smooth in (
        ("height: 14 width: 16", (14, 16), "LINEAR", True),
        ("height: 21 width: 12", (21, 12), "LINEAR", True),
        ("type: NEAREST height: 14 width: 16", (14, 16), "NEAREST", True),
        ("type: NEAREST height: 4 width: 5", (4, 5), "NEAREST", True),
        ("factor: 2", (14, 16), "LINEAR", True),
        ("height: 4 width: 5", (4, 5), "LINEAR", True),
        ("height: 4 width: 5 antialias: false", (4, 5), "LINEAR", False),
    ):
        formula = f.resample(*size, method, smooth)
        opened = (0, 1) if smooth else None
        yield v("Resample", "resample_param", text, formula=formula, opened=opened)
    text = "pad: {0} kernel_size: 1 max_displacement: {0} stride_2: {1}"
    for reach, step in ((2, 1), (4, 2)):
        pair = [(2, 3, 6, 7), (2, 3, 6, 7)]
        formula = f.correlation(reach, step)
        settings = text.format(reach, step)
        yield v(
            *("Correlation", "correlation_param", settings, pair, (), formula), opened=(0, 2, 3)
        )


def _sequences() -> Iterator[Variant]:
    going = np.array([[0, 0], [1, 1], [1, 0], [1, 1], [0, 1]], np.float32)
    x, hidden = (5, 2, 3), 4
    blobs = [(16, 3), (16,), (16, 4)]
    yield v("LSTM", "recurrent_param", f"num_output: {hidden}", [x, going], blobs, f.lstm)
    yield v(
        *("LSTM", "recurrent_param", f"num_output: {hidden}", [(5, 2, 3, 1, 1), going], blobs),
        f.lstm,
        opened=(0, 1),
        note="on images",
    )
    blobs = [(16, 3), (16,), (16, 6), (16, 4)]
    given = [x, going, (2, 6)]
    text = f"num_output: {hidden}"
    yield v("LSTM", "recurrent_param", text, given, blobs, f.lstm, note="with static input")
    blobs = [(4, 3), (4,), (4, 4), (4, 4), (4,)]
    yield v("RNN", "recurrent_param", text, [x, going], blobs, f.rnn)
    scores = np.exp(numbers(6, 2, 4))
    mask = np.ones((6, 2), np.float32)
    mask[0] = 0
    mask[4:, 1] = 0
    for merge in (True, False):
        text = f"ctc_merge_repeated: {'true' if merge else 'false'}"
        given = [scores, mask]
        yield v("CTCGreedyDecoder", "ctc_decoder_param", text, given, (), f.ctc(merge))


VARIANTS = [
    *_convolutions(),
    *_matrices(),
    *_poolings(),
    *_activations(),
    *_normalizations(),
    *_joins(),
    *_moves(),
    *_selections(),
    *_detections(),
    *_resizings(),
    *_sequences(),
]
