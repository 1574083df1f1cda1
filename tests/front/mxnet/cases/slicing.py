"""Cutting pieces out of tensors."""

import mxnet as mx


def record(r):
    r.case("slice", (4, 5, 6), begin=(1, 0), end=(3, 4))
    r.case("slice", (4, 5, 6), begin=(None, -3), end=(2, None))
    r.case("slice", (4, 5, 6), begin=(0, None, 5), end=(4, None, 0), step=(2, None, -2))
    r.case("slice", (4, 5), begin=(None, None), end=(None, None), step=(-1, -1))
    r.case("slice_axis", (4, 5, 6), axis=1, begin=1, end=4)
    r.case("slice_axis", (4, 5, 6), axis=-1, begin=-4, end=None)
    r.case("slice_axis", (4, 5, 6), axis=0, begin=0, end=-1)
    r.case("slice_like", (4, 5, 6), (2, 3, 4))
    r.case("slice_like", (4, 5, 6), (2, 3, 4), axes=(0, 2))
    r.case("slice_like", (4, 5, 6), (2, 3), axes=(1,))
    r.case("slice_like", (4, 5, 6), (2, 3, 4), axes=(-1,))
    for index in range(3):
        split = mx.sym.SliceChannel(mx.sym.var("in0"), num_outputs=3)
        r.symbol(f"SliceChannel[{index}]", split[index] + 1, (2, 6, 4))
    r.case("SliceChannel", (2, 6, 4), num_outputs=2)
    r.case("SliceChannel", (2, 6, 4), num_outputs=4, axis=2, squeeze_axis=True)
    r.case("SliceChannel", (2, 6, 4), num_outputs=3, axis=-2)
    r.case("SliceChannel", (2, 1, 4), num_outputs=1, squeeze_axis=True)
    r.symbol("split_v2", mx.sym.split_v2(mx.sym.var("in0"), (1, 4), axis=0), (6, 4))
    r.case("_internal._split_v2", (6, 4), indices=(0, 2, 5), axis=0)
    r.case("_internal._split_v2", (6, 4), indices=(), sections=2, axis=1)
    r.case("_internal._split_v2", (6, 4), indices=(), sections=4, axis=1, squeeze_axis=True)
    r.case("Crop", (1, 2, 6, 7), h_w=(3, 4), offset=(1, 2), num_args=1)
    r.case("Crop", (1, 2, 6, 7), h_w=(3, 4), center_crop=True, num_args=1)
    r.case("Crop", (1, 2, 6, 7), (1, 1, 3, 4), num_args=2)
    r.case("Crop", (1, 2, 6, 7), (1, 1, 3, 4), offset=(2, 1), num_args=2)
    r.case("Crop", (1, 2, 6, 7), (1, 1, 3, 4), center_crop=True, num_args=2)
    x = mx.sym.var("in0").as_np_ndarray()
    r.symbol("np[1:3,::2]", x[1:3, ::2], (4, 5), numpy=True)
    pieces = mx.sym.np.split(x, 3, axis=1)
    r.symbol("np.split", mx.sym.np.concatenate([pieces[2], pieces[0]], axis=0), (2, 6), numpy=True)
