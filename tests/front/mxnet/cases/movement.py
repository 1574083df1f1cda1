"""Joining, repeating, turning and padding."""

import mxnet as mx

PAD = (0, 0, 0, 0, 1, 2, 2, 1)


def record(r):
    r.case("Concat", (2, 3, 4), (2, 1, 4))
    r.case("Concat", (2, 3, 4), (2, 3, 2), dim=2)
    r.case("Concat", (2, 3), (4, 3), (1, 3), dim=0)
    r.case("Concat", (2, 3, 4), (2, 3, 2), dim=-1)
    r.case("stack", (2, 3), (2, 3))
    r.case("stack", (2, 3), (2, 3), (2, 3), axis=-1)
    r.case("tile", (2, 3), reps=(2,))
    r.case("tile", (2, 3), reps=(2, 1, 3))
    r.case("tile", (2, 3, 2), reps=(2, 3))
    r.case("repeat", (2, 3), repeats=2)
    r.case("repeat", (2, 3, 4), repeats=3, axis=1)
    r.case("repeat", (2, 3, 4), repeats=2, axis=-1)
    r.case("repeat", (2, 3, 4), repeats=2, axis=0)
    r.case("reverse", (2, 3, 4), axis=1)
    r.case("reverse", (2, 3, 4), axis=(0, 2))
    for mode in ("constant", "edge", "reflect"):
        r.case("Pad", (1, 2, 4, 5), mode=mode, pad_width=PAD, constant_value=1.5)
    r.case("Pad", (1, 2, 3, 4, 5), mode="edge", pad_width=(0, 0, 0, 0, 1, 1, 2, 0, 0, 1))
    r.case("depth_to_space", (1, 8, 2, 3), block_size=2)
    r.case("space_to_depth", (1, 2, 4, 6), block_size=2)
    r.case("cumsum", (2, 3, 4))
    r.case("cumsum", (2, 3, 4), axis=1)
    r.case("np.roll", (2, 3), numpy=True, shift=2)
    r.case("np.roll", (2, 3, 4), numpy=True, shift=(1, -2), axis=(0, 2))
    r.case("np.roll", (2, 3, 4), numpy=True, shift=1, axis=(0, 2))
    r.case("np.cumsum", (2, 3), numpy=True, axis=0)
    r.case("np.diff", (2, 6), numpy=True, n=2)
    r.case("np.pad", (2, 3), numpy=True, pad_width=((1, 0), (2, 1)), mode="reflect")
    r.case("np.pad", (2, 3), numpy=True, pad_width=((1, 0), (2, 1)), constant_values=2.5)
    x, y = (mx.sym.var(name).as_np_ndarray() for name in ("in0", "in1"))
    for name in ("vstack", "column_stack", "stack", "concatenate"):
        for shape in ((2, 3), (3,)):
            r.symbol(
                f"np.{name}{shape}", getattr(mx.sym.np, name)([x, y]), shape, shape, numpy=True
            )
    r.case("np.flip", (2, 3), numpy=True, axis=1)
    r.case("np.tile", (2, 3), numpy=True, reps=(2, 1))
    r.case("np.repeat", (2, 3), numpy=True, repeats=2, axis=1)
