"""Work on pictures, and the matching of two images."""

import numpy as np


def record(r):
    picture = r.random.randint(0, 256, (5, 6, 3)).astype(np.uint8)
    r.case("image.to_tensor", picture)
    r.case("image.to_tensor", picture[None], name="batch")
    r.case("image.normalize", (3, 4, 5), mean=(0.1, 0.2, 0.3), std=(0.5, 0.6, 0.7))
    r.case("image.normalize", (2, 3, 4, 5), mean=0.1, std=0.5)
    # MXNet leaves the middle of an odd size undefined.
    r.case("image.flip_left_right", (4, 6, 3))
    r.case("image.flip_top_bottom", (4, 6, 3))
    r.case("image.crop", (6, 7, 3), x=1, y=2, width=4, height=3)
    for options in (
        {},
        {"max_displacement": 2, "pad_size": 2},
        {"kernel_size": 3, "max_displacement": 2, "stride2": 2, "pad_size": 3},
        {"kernel_size": 1, "max_displacement": 3, "stride1": 2, "pad_size": 3, "stride2": 2},
        {"max_displacement": 1, "pad_size": 1, "is_multiply": False},
    ):
        r.case("Correlation", (2, 3, 8, 9), (2, 3, 8, 9), **options)
