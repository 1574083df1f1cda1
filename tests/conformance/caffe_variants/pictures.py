"""Images of another size, matched, or sampled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    Array,
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
        ("height: 14 width: 5", (14, 5), "LINEAR", True),
        ("height: 14 width: 5 antialias: false", (14, 5), "LINEAR", False),
        ("height: 2 width: 8", (2, 8), "LINEAR", True),
        ("type: NEAREST height: 14 width: 8", (14, 8), "NEAREST", True),
        ("type: CUBIC height: 3 width: 12", (3, 12), "CUBIC", True),
        ("type: CUBIC factor: 0.5", (3, 4), "CUBIC", True),
        ("type: CUBIC factor: 3", (21, 24), "CUBIC", True),
    ):
        yield v("Resample", "resample_param", text, formula=f.resample(*size, method, smooth))
    yield v("Resample", "resample_param", "type: AREA height: 4 width: 5", opened=())
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


def _accumulations() -> Iterator[Variant]:
    pair = [(2, 3, 5, 8), (2, 2, 7, 6)]
    for text, size in (
        ("", (7, 8)),
        ("top_height: 9 top_width: 11", (9, 11)),
        ("top_height: 9 top_width: 8", (7, 8)),
        ("size_divisible_by: 5", (10, 10)),
        ("size_divisible_by: 4", (7, 8)),
    ):
        yield v("Accum", "accum_param", text, pair, (), f.accumulated(*size))
        # OpenCV takes one image at a time, and rounds no sizes.
        if "divisible" not in text:
            yield v("Accum", "accum_param", text, [(1, *x[1:]) for x in pair], note="(OpenCV)")
    three = [*pair, (2, 1, 9, 4)]
    formula = f.accumulated(9, 4, reference=True)
    yield v("Accum", "accum_param", "have_reference: true", three, (), formula)
    yield v("Accum", "accum_param", "", [(2, 3, 5, 8)], (), f.accumulated(5, 8), note="of one")
    yield v("Accum", "accum_param", "size_divisible_by: 0", pair)
    yield v("Accum", "accum_param", "have_reference: true", [(2, 3, 5, 8)], note="of nothing else")


def _augmentations() -> Iterator[Variant]:
    """Pictures of 8 x 9 pixels; blobs are a count, a mean image and a mean for each channel."""
    kind, section, image = "DataAugmentation", "augmentation_param", [(2, 3, 8, 9)]

    def plain(x: Array, *_: Array) -> Array:
        return x

    for text, formula in (
        ("", plain),
        ("augment_during_test: true mirror { prob: 1 }", plain),
        ("augment_during_test: false crop_width: 9 crop_height: 8 noise { }", f.cropped(8, 9)),
        ("crop_width: 5 crop_height: 4", f.cropped(4, 5)),
        ("crop_width: 6 crop_height: 5", f.cropped(5, 6)),
        ("crop_width: 8 crop_height: 8", f.cropped(8, 8)),
        ("crop_height: 4", plain),
        ("mean: 1 mean: 2 mean: 3", plain),
    ):
        yield v(kind, section, text, image, (), formula)
    yield v(kind, section, "crop_width: 4 crop_height: 4", [(1, 2, 5, 9)], (), f.cropped(4, 4))
    text = "mean: 1 mean: 2 mean: 3 mean_per_pixel: false"
    of_colours = np.reshape([1, 2, 3], (3, 1, 1))
    yield v(kind, section, text, image, (), lambda x: x - of_colours)
    yield from _means(kind, section, image)
    for text in (
        "crop_width: 4 crop_height: 4 augment_during_test: true mirror { prob: 1 }",
        "crop_width: 10 crop_height: 4",
    ):
        yield v(kind, section, text, image, opened=())
    coefficients = [*image, (2, 42, 1, 1)]
    yield v(kind, section, "", coefficients, note="with coefficients of another layer")
    both = v(
        kind, section, "crop_width: 5 crop_height: 4", image, (), tops=2, note="and what was done"
    )
    yield both._replace(formula=lambda x: (f.cropped(4, 5)(x), np.zeros((2, 42, 1, 1), np.float32)))


def _means(kind: str, section: str, image: list[tuple[int, ...]]) -> Iterator[Variant]:
    """Means of a net whose training has ended, and of one whose has not."""
    ended, begun = np.full((1, 1, 1, 1), 1000, np.float32), np.full((1, 1, 1, 1), 9, np.float32)
    text = "recompute_mean: 1000 mean_per_pixel: false"
    blobs = [ended, (1, 3, 4, 5), (1, 3, 1, 1)]
    yield v(kind, section, text, image, blobs, lambda x, *means: x - means[2])
    yield v(kind, section, text, image, [begun, *blobs[1:]], note="after 9 pictures")
    yield v(kind, section, text, image, note="without blobs")
    text = "recompute_mean: 1000"
    whole = [ended, (1, 3, 8, 9), (1, 3, 1, 1)]
    yield v(kind, section, text, image, whole, lambda x, *means: x - means[1], opened=(0,))
    yield v(kind, section, text, image, whole[:1], note="without a mean image")

    def of_channels(x: Array, *means: Array) -> Array:
        return x - means[1].mean((2, 3), keepdims=True)

    note = "of pictures of another size"
    yield v(kind, section, text, image, blobs, of_channels, opened=(0, 3), note=note)
    text += " crop_width: 5 crop_height: 4"
    formula = f.cropped(4, 5)
    yield v(kind, section, text, image, blobs, lambda x, *means: formula(x) - means[1])


def variants() -> Iterator[Variant]:
    yield from _resizings()
    yield from _resamplings()
    yield from _matchings()
    yield from _samplings()
    yield from _accumulations()
    yield from _augmentations()
