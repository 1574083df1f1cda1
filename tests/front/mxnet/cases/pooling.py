"""Pooling over windows and over whole images."""

KINDS = ("max", "avg", "sum", "lp")


def record(r):
    for kind in KINDS:
        more = {"p_value": 2} if kind == "lp" else {}
        for convention in ("valid", "full"):
            for kernel, stride, pad in ((2, 2, 0), (3, 2, 1), (3, 3, 1), (3, 3, 0), (2, 3, 1)):
                r.case(
                    "Pooling",
                    (1, 2, 7, 8),
                    pool_type=kind,
                    pooling_convention=convention,
                    kernel=(kernel, kernel),
                    stride=(stride, stride),
                    pad=(pad, pad),
                    **more,
                )
        r.case("Pooling", (2, 3, 5, 6), pool_type=kind, global_pool=True, kernel=(1, 1), **more)
        r.case("Pooling", (2, 3, 9), pool_type=kind, kernel=(3,), stride=(2,), **more)
        r.case("Pooling", (1, 2, 5, 6, 4), pool_type=kind, kernel=(2, 3, 2), **more)
    for convention in ("valid", "full"):
        for kernel, stride, pad in ((3, 2, 1), (3, 3, 1), (2, 3, 1)):
            r.case(
                "Pooling",
                (1, 2, 7, 8),
                pool_type="avg",
                pooling_convention=convention,
                kernel=(kernel, kernel),
                stride=(stride, stride),
                pad=(pad, pad),
                count_include_pad=False,
            )
    r.case("Pooling", (1, 2, 7, 8), pool_type="max", kernel=(3, 3))
    r.case("Pooling", (1, 2, 7, 8), pool_type="avg", kernel=(7, 8), global_pool=True)
    r.case("Pooling_v1", (1, 2, 7, 8), pool_type="max", kernel=(3, 3), stride=(2, 2))
    r.case("Pooling_v1", (1, 2, 7, 8), pool_type="avg", kernel=(3, 3), stride=(2, 2), pad=(1, 1))
    for size in ((1, 1), (2, 2), (3, 5), 4):
        r.case("contrib.AdaptiveAvgPooling2D", (2, 3, 7, 8), output_size=size)
    r.case("contrib.AdaptiveAvgPooling2D", (2, 3, 7, 8))
    # Windows that lie wholly behind the data.
    for counted in (True, False):
        for kernel, stride, pad in ((1, 2, 0), (2, 4, 0), (2, 4, 1)):
            r.case(
                "Pooling",
                (1, 2, 6, 6),
                pool_type="avg",
                pooling_convention="full",
                kernel=(kernel, kernel),
                stride=(stride, stride),
                pad=(pad, pad),
                count_include_pad=counted,
            )
