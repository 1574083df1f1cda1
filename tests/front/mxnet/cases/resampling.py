"""Images made larger or smaller, and sampled at the places of a grid."""

import mxnet as mx
import numpy as np


def record(r):
    for scale in (1, 2, 3):
        r.case("UpSampling", (1, 2, 3, 4), scale=scale, sample_type="nearest", num_args=1)
        upsampled = mx.sym.UpSampling(
            mx.sym.var("in0"),
            mx.sym.var("w"),
            scale=scale,
            sample_type="bilinear",
            num_filter=2,
            num_args=2,
        )
        side = 2 * scale - scale % 2
        weights = {"w": r.numbers(2, 1, side, side)}
        r.symbol(f"UpSampling(bilinear,{scale})", upsampled, (1, 2, 3, 4), weights=weights)
    for mode in ("concat", "sum"):
        r.case(
            "UpSampling",
            (1, 2, 4, 6),
            (1, 2, 2, 3),
            scale=2,
            sample_type="nearest",
            num_args=2,
            multi_input_mode=mode,
        )
    for size in ((9, 4), (3, 12), (1, 7), (7, 5)):
        for aligned in (True, False):
            r.case(
                "contrib.BilinearResize2D",
                (1, 2, 7, 5),
                height=size[0],
                width=size[1],
                align_corners=aligned,
            )
    for mode in ("to_even_down", "to_even_up", "to_odd_down", "to_odd_up"):
        for shape in ((1, 1, 6, 5), (1, 1, 7, 4)):
            r.case("contrib.BilinearResize2D", shape, mode=mode)
    for mode in ("size", "odd_scale"):
        for shape in ((1, 1, 6, 5), (1, 1, 7, 4)):
            for scale in ((1.5, 0.5), (0.7, 1.3), (2.0, 3.0)):
                r.case(
                    "contrib.BilinearResize2D",
                    shape,
                    mode=mode,
                    scale_height=scale[0],
                    scale_width=scale[1],
                )
    r.case("contrib.BilinearResize2D", (1, 2, 4, 4), (1, 2, 6, 7), mode="like")
    grid = r.numbers(2, 2, 4, 5, low=-1.3, high=1.3)
    r.case("BilinearSampler", (2, 3, 5, 6), grid)
    theta = np.array([[0.8, 0.2, 0.1, -0.3, 0.9, -0.1], [1, 0, 0, 0, 1, 0]], np.float32)
    r.case("GridGenerator", theta, transform_type="affine", target_shape=(4, 5))
    r.case("GridGenerator", (2, 2, 4, 5), transform_type="warp")
    r.case(
        "SpatialTransformer",
        (2, 3, 5, 6),
        theta,
        target_shape=(4, 5),
        transform_type="affine",
        sampler_type="bilinear",
    )
