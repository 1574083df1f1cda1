"""Convolutions: plain, in groups, transposed, deformable."""


def record(r):
    r.case("Convolution", (2, 3, 9), kernel=(3,), num_filter=4)
    r.case("Convolution", (2, 3, 7, 8), kernel=(3, 2), num_filter=4)
    r.case("Convolution", (2, 2, 5, 6, 4), kernel=(3, 2, 2), num_filter=3, pad=(1, 0, 1))
    r.case("Convolution", (2, 4, 7, 8), kernel=(3, 3), num_filter=6, num_group=2, pad=(1, 1))
    r.case("Convolution", (2, 4, 7, 8), kernel=(3, 3), num_filter=4, num_group=4, no_bias=True)
    r.case("Convolution", (2, 3, 9, 9), kernel=(3, 3), num_filter=2, stride=(2, 3), dilate=(2, 1))
    r.case("Convolution", (2, 3, 7, 7), kernel=(1, 1), num_filter=2, stride=(2, 2), layout="NCHW")
    for bias in (True, False):
        r.case("Deconvolution", (2, 3, 5, 6), kernel=(3, 3), num_filter=4, no_bias=bias)
    r.case("Deconvolution", (2, 3, 5), kernel=(4,), stride=(2,), pad=(1,), num_filter=2)
    r.case(
        "Deconvolution",
        (2, 3, 5, 6),
        kernel=(3, 3),
        stride=(2, 2),
        pad=(1, 1),
        adj=(1, 1),
        num_filter=4,
    )
    r.case(
        "Deconvolution",
        (2, 4, 5, 6),
        kernel=(4, 4),
        stride=(2, 2),
        pad=(1, 1),
        num_group=2,
        num_filter=4,
    )
    for target in ((11, 13), (8, 10), (7, 12)):
        r.case(
            "Deconvolution",
            (1, 2, 5, 6),
            kernel=(3, 3),
            stride=(2, 2),
            target_shape=target,
            num_filter=2,
        )
    r.case("Deconvolution", (1, 2, 4, 4), kernel=(3, 3), dilate=(2, 2), num_filter=2)
    offsets = r.numbers(2, 2 * 9, 5, 6, low=-1.5, high=1.5)
    r.case("contrib.DeformableConvolution", (2, 3, 7, 8), offsets, kernel=(3, 3), num_filter=4)
    r.case(
        "contrib.DeformableConvolution",
        (2, 4, 5, 6),
        r.numbers(2, 36, 5, 6),
        kernel=(3, 3),
        pad=(1, 1),
        num_filter=4,
        num_deformable_group=2,
        num_group=2,
        no_bias=True,
    )
    r.case(
        "contrib.ModulatedDeformableConvolution",
        (2, 3, 7, 8),
        offsets,
        r.numbers(2, 9, 5, 6, low=0, high=1),
        kernel=(3, 3),
        num_filter=4,
    )
