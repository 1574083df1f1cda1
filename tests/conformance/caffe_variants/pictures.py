"""Images of another size, matched, or sampled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    Variant,
    v,
)
from tests.front.caffe.formulas import pictures as f


def _resizings() -> Iterator[Variant]:
    for text, size in (
        ("height: 10 width: 13", (10, 13)),
        ("height: 3 width: 5", (3, 5)),
        ("zoom_factor: 2", (13, 15)),
        ("shrink_factor: 2", (4, 4)),
        ("zoom_factor: 4 shrink_factor: 2", (13, 13)),
    ):
        yield v("Interp", "interp_param", text, formula=f.interp(*size))
    yield v("Interp", "interp_param", "height: 10 width: 13", note="(OpenCV)")
    yield v(
        *("Interp", "interp_param", "height: 6 width: 6 pad_beg: -1 pad_end: -2"),
        formula=lambda x: f.interp(6, 6)(x[:, :, 1:-2, 1:-2]),
    )
    yield v("Interp", "interp_param", "height: 6 width: 6 pad_beg: 1 pad_end: 1")
    yield v(
        *("Interp", "", "", [(2, 4, 7, 8), (1, 1, 9, 10)]),
        formula=lambda x, _: f.interp(9, 10)(x),
        note="to a second bottom",
    )


def _resamplings() -> Iterator[Variant]:
    for text, size, method, smooth in (
        ("height: 14 width: 16", (14, 16), "LINEAR", True),
        ("height: 21 width: 12", (21, 12), "LINEAR", True),
        ("type: NEAREST height: 14 width: 16", (14, 16), "NEAREST", True),
        ("type: NEAREST height: 4 width: 5", (4, 5), "NEAREST", True),
        ("factor: 2", (14, 16), "LINEAR", True),
        ("factor: 0.5", (3, 4), "LINEAR", True),
        ("factor: 0.5 antialias: false", (3, 4), "LINEAR", False),
        ("height: 4 width: 5", (4, 5), "LINEAR", True),
        ("height: 4 width: 5 antialias: false", (4, 5), "LINEAR", False),
        ("type: CUBIC height: 14 width: 19", (14, 19), "CUBIC", True),
        ("type: CUBIC height: 4 width: 5", (4, 5), "CUBIC", True),
        ("type: CUBIC height: 4 width: 5 antialias: false", (4, 5), "CUBIC", False),
        ("type: CUBIC factor: 0.5", (3, 4), "CUBIC", True),
        ("type: CUBIC factor: 3", (21, 24), "CUBIC", True),
    ):
        yield v("Resample", "resample_param", text, formula=f.resample(*size, method, smooth))
    for text in (
        "type: AREA height: 4 width: 5",
        "height: 14 width: 5",
    ):
        yield v("Resample", "resample_param", text, opened=())
    for text, method in (("", "LINEAR"), ("type: NEAREST", "NEAREST"), ("type: CUBIC", "CUBIC")):
        for size in ((9, 11), (3, 5)):
            yield v(
                *("Resample", "resample_param", text, [(2, 4, 7, 8), (1, 1, *size)], ()),
                f.resample(*size, method),
                note=f"to a second bottom of {size[0]}x{size[1]}",
            )


def _matchings() -> Iterator[Variant]:
    pair = [(2, 3, 9, 10)] * 2
    for kernel, most, stride, step, pad in (
        *((1, 2, 1, 1, 2), (1, 4, 1, 2, 4), (3, 3, 1, 2, 4), (3, 2, 2, 1, 3)),
        *((1, 4, 1, 3, 4), (1, 3, 3, 2, 4), (3, 3, 2, 2, 1), (1, 1, 1, 1, 0)),
    ):
        text = f"kernel_size: {kernel} max_displacement: {most} stride_1: {stride} "
        text += f"stride_2: {step} pad: {pad}"
        one = [(1, *shape[1:]) for shape in pair]
        yield v("Correlation", "correlation_param", text, one, note="(OpenCV)")
        formula = f.correlation(kernel, most, stride, step, pad)
        yield v("Correlation", "correlation_param", text, pair, (), formula)
        formula = f.correlation(kernel, most, stride, step, pad, products=False)
        text += " correlation_type: SUBTRACT"
        yield v("Correlation", "correlation_param", text, pair, (), formula)

    for text in ("single_direction: 1", "do_abs: true"):
        text = f"kernel_size: 1 max_displacement: 1 {text}"
        yield v("Correlation", "correlation_param", text, pair)


def _samplings() -> Iterator[Variant]:
    section, image = "st_param", (2, 3, 6, 8)
    near = np.float32([[0.9, 0.1, 0.05, -0.1, 0.8, -0.1], [0.4, 0, 0.3, 0, 0.5, -0.2]])
    beyond = near * np.float32(1.7)
    for theta, size in ((near, (6, 8)), (beyond, (6, 8)), (near, (4, 11)), (beyond, (9, 3))):
        text = f"output_H: {size[0]} output_W: {size[1]}"
        note = "beyond the edges" if theta is beyond else ""
        formula = f.spatial_transformer(*size)
        yield v("SpatialTransformer", section, text, [image, theta], (), formula, note=note)
    theta, formula = near.reshape(2, 6, 1, 1), f.spatial_transformer(6, 8)
    yield v("SpatialTransformer", inputs=[image, theta], formula=formula, opened=(0, 1))
    given = {"theta_1_1": 0.5, "theta_1_2": 0, "theta_2_1": 0, "theta_2_2": 0.7}
    text = "to_compute_dU: false output_H: 5 output_W: 7 "
    text += " ".join(f"{name}: {number}" for name, number in given.items())
    shift = np.float32([[0.2, -0.3], [-0.6, 0.1]])
    formula = f.spatial_transformer(5, 7, **given)
    yield v("SpatialTransformer", section, text, [image, shift], (), formula)
    given = {"theta_1_3": 0.1, "theta_2_3": -0.2}
    text = "output_H: 5 output_W: 7 theta_1_3: 0.1 theta_2_3: -0.2"
    linear = np.float32([[0.8, 0.1, -0.1, 0.9], [1.2, 0, 0, 0.4]])
    formula = f.spatial_transformer(5, 7, **given)
    yield v("SpatialTransformer", section, text, [image, linear], (), formula)
    for text in ("transform_type: 'tps'", "sampler_type: 'nearest'", "de_transform: true"):
        yield v("SpatialTransformer", section, text, [image, near])


def variants() -> Iterator[Variant]:
    yield from _resizings()
    yield from _resamplings()
    yield from _matchings()
    yield from _samplings()
