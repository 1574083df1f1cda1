"""Convolutions, matrices and poolings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    Array,
    Variant,
    by_opencv,
    numbers,
    positive,
    v,
)
from tests.front.caffe.formulas import windows as f


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
            return by_opencv(same._replace(inputs=arrays[:1], blobs=arrays[1:]))

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


def _more_convolutions() -> Iterator[Variant]:
    section, image, kernel = "convolution_param", (2, 4, 7, 8), (6, 4, 3, 3)
    text = "num_output: 6 kernel_size: 3 engine: CUDNN axis: 1 force_nd_im2col: true"
    yield v("Convolution", section, text, [image], [kernel, (6,)])
    for signal, spatial in (((2, 4, 9), (3,)), ((2, 4, 5, 6, 7), (3, 3, 3))):
        blobs, note = [(6, 4, *spatial), (6,)], f"of {len(spatial)} axes"
        for text, formula in (
            ("num_output: 6 kernel_size: 3", f.convolution(0, 1)),
            ("num_output: 6 kernel_size: 3 pad: 1 stride: 2", f.convolution(1, 2)),
        ):
            yield v("Convolution", section, text, [signal], blobs, formula, note=note)
    plain = v("Convolution", section, "num_output: 6 kernel_size: 3 bias_term: false", [image])
    text = "num_output: 6 kernel_size: 3 bias_term: false"

    def with_weights(x: Array, weights: Array) -> Array:
        return by_opencv(plain._replace(inputs=(x,), blobs=(weights,)))

    note = "weights from a second bottom"
    given, sizes = [image, kernel], (0, 2, 3)
    yield v("Convolution", section, text, given, (), with_weights, opened=sizes, note=note)
    signs = np.sign(numbers(*kernel)) * positive(6, 1, 1, 1)
    yield v("ConvolutionBinary", section, text, [np.sign(numbers(*image))], [signs], with_weights)
    yield v("ConvolutionBinary", section, text, [image], [kernel], None, note="not binary yet")
    for pad, stride, dilation in ((0, 1, 1), (1, 2, 1), (2, 1, 2)):
        text = f"kernel_h: 3 kernel_w: 2 pad: {pad} stride: {stride} dilation: {dilation}"
        formula = f.columns((3, 2), pad, stride, dilation)
        yield v("Im2col", section, text, [image], (), formula, opened=(0, 2, 3))


def _fillers() -> Iterator[Variant]:
    """Layers without blobs."""
    image = (2, 4, 7, 8)

    def filled(kind: str, section: str, text: str, *blobs: Array) -> Variant:
        same = v(kind, section, re.sub(r"\w+_filler \{[^}]*\}", "", text), [image], blobs)
        formula = lambda x: by_opencv(same._replace(inputs=(x,)))  # noqa: E731
        return v(kind, section, text, [image], (), formula, opened=(0, 2, 3))

    text = "num_output: 6 kernel_size: 3 weight_filler { value: 0.1 }"
    weights = np.full((6, 4, 3, 3), 0.1, np.float32)
    yield filled("Convolution", "convolution_param", text, weights, np.zeros(6, np.float32))
    text += " bias_filler { type: 'constant' value: 2 }"
    yield filled("Convolution", "convolution_param", text, weights, np.full(6, 2, np.float32))
    for size, stride, pad in ((4, 2, 1), (3, 2, 1), (8, 4, 2), (5, 3, 1)):
        text = f"num_output: 4 kernel_size: {size} stride: {stride} pad: {pad} group: 4 "
        text += "bias_term: false weight_filler { type: 'bilinear' }"
        weights = np.tile(f.bilinear_window(size), (4, 1, 1, 1))
        yield filled("Deconvolution", "convolution_param", text, weights)
    text = "num_output: 6 kernel_size: 3 weight_filler { type: 'xavier' }"
    yield v("Convolution", "convolution_param", text, [image])
    text = "num_output: 5 weight_filler { value: 0.5 }"
    blobs = np.full((5, 4 * 7 * 8), 0.5, np.float32), np.zeros(5, np.float32)
    same = v("InnerProduct", "inner_product_param", "num_output: 5", [image], blobs)
    yield v(
        *("InnerProduct", "inner_product_param", text, [image], ()),
        lambda x: by_opencv(same._replace(inputs=(x,))),
        opened=(0,),
    )
    yield v(
        *("Embed", "embed_param", "input_dim: 4 num_output: 5 weight_filler { value: 2 }"),
        [np.float32([[1, 0, 3]])],
        formula=lambda x: np.full((*x.shape, 5), 2, np.float32),
    )


def _matrices() -> Iterator[Variant]:
    section = "inner_product_param"
    yield v("InnerProduct", section, "num_output: 5", [(2, 3, 4)], [(5, 12), (5,)])
    yield v(
        *("inner_product", section, "num_output: 5", [(2, 12)], [(5, 12), (5,)]),
        lambda x, w, b: x @ w.T + b,
    )
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
        text = f"pool: {method} kernel_h: 3 kernel_w: 2 pad_h: 1 pad_w: 0 engine: CAFFE"
        yield v("Pooling", section, text)
        for levels in (1, 2, 3):
            formula = f.spp(levels, method) if levels > 1 else f.pooling(8, 8, 0, method)
            text = f"pyramid_height: {levels} pool: {method}"
            yield v("SPP", "spp_param", text, [(2, 3, 8, 8)], (), formula, opened=(0,))
        if method == "AVE":
            continue
        text = "pool: MAX kernel_size: 2 stride: 2"
        yield v("Pooling", section, text, [(1, 2, 6, 8)], (), _max_and_place, 2, note="with mask")
    yield v("Pooling", section, "pool: STOCHASTIC kernel_size: 2 stride: 2")
    text = "pool: MAX global_pooling: true"
    yield v("Pooling", section, text, formula=_max_and_place_of_all, tops=2, note="with mask")
    gaps = "pool: MAX kernel_size: 1 stride: 3"
    yield v("Pooling", section, gaps, [(1, 1, 6, 6)], note="beyond the image")
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


def _max_and_place_of_all(x: Array) -> tuple[Array, Array]:
    flat = x.reshape(*x.shape[:2], -1)
    places = flat.argmax(2).astype(np.float32)
    return flat.max(2)[..., None, None], places[..., None, None]


def variants() -> Iterator[Variant]:
    yield from _convolutions()
    yield from _more_convolutions()
    yield from _fillers()
    yield from _matrices()
    yield from _poolings()
