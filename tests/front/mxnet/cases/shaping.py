"""Shapes: the codes of Reshape, axes added, dropped and moved."""

import mxnet as mx

CODES = """(0,-1) (-1,) (4,0,2) (0,0,-1) (-2,) (2,-2) (-2,1,1) (-3,4) (0,-3) (-3,-3) (-4,1,2,-2)
(2,-4,-1,3,-2) (-4,-1,2,-2) (0,-4,1,-1,-2) (0,-1,2,2)"""


def record(r):
    r.case("Flatten", (2, 3, 4))
    r.case("Flatten", (2, 3))
    for text in CODES.split():
        shape = eval(text)  # the codes above
        data = (2, 3, 4, 5) if shape == (-3, -3) else (2, 3, 4)
        r.case("Reshape", data, shape=shape)
    r.case("Reshape", (8, 3, 4), shape=(-4, 2, -1, 0, 0))
    for shape in ((-1, 0), (0, -1, 6), (-3, 0), (0, -1, 2, -4, 0), (-1, 0, 0)):
        data = (2, 6, 4) if 6 in shape or -4 in shape else (2, 3, 4)
        r.case("Reshape", data, shape=shape, reverse=True)
    r.case("Reshape", (2, 3, 4), target_shape=(2, 0))
    r.case("Reshape", (2, 3, 4), target_shape=(0, 6, 2), keep_highest=True)
    for shape in ((-1,), (-2, 12), (-2, -5), (-4,), (-2, -6, 1, 3, -4), (2, -1, 4)):
        r.case("npx.reshape", (2, 3, 4), numpy=True, newshape=shape)
    r.case("npx.reshape", (2, 1, 4), numpy=True, newshape=(-2, -3, -2))
    r.case("reshape_like", (6, 4), (2, 3, 4))
    r.case("reshape_like", (30, 7), (15, 2, 4), lhs_begin=0, lhs_end=1, rhs_begin=0, rhs_end=2)
    r.case("reshape_like", (2, 12), (3, 4, 5), lhs_begin=-1, rhs_begin=0, rhs_end=2, lhs_end=None)
    r.case("shape_array", (2, 3, 4))
    r.case("size_array", (2, 3, 4))
    r.case("transpose", (2, 3, 4))
    r.case("transpose", (2, 3, 4), axes=(1, 0, 2))
    r.case("SwapAxis", (2, 3, 4), dim1=0, dim2=2)
    r.case("SwapAxis", (2, 3, 4), dim1=-1, dim2=1)
    for axis in (0, 2, -1, -2):
        r.case("expand_dims", (2, 3), axis=axis)
    r.case("squeeze", (1, 2, 1, 3))
    r.case("squeeze", (1, 2, 1, 3), axis=2)
    r.case("squeeze", (1, 2, 1, 3), axis=(0, -2))
    r.case("broadcast_to", (2, 1, 3), shape=(2, 4, 3))
    r.case("broadcast_to", (2, 1, 3), shape=(0, 4, 0))
    r.case("broadcast_axis", (2, 1, 3, 1), axis=(1, 3), size=(4, 2))
    r.case("broadcast_like", (2, 1, 3), (2, 4, 3))
    r.case("broadcast_like", (1, 2, 1), (5, 4, 3), lhs_axes=(0, 2), rhs_axes=(1, -1))
    r.case("np.transpose", (2, 3, 4), numpy=True)
    r.case("np.moveaxis", (2, 3, 4), numpy=True, source=0, destination=-1)
    r.case("np.moveaxis", (2, 3, 4), numpy=True, source=(0, 2), destination=(1, 0))
    r.case("np.swapaxes", (2, 3, 4), numpy=True, axis1=0, axis2=2)
    r.case("np.expand_dims", (2, 3), numpy=True, axis=1)
    r.case("np.squeeze", (2, 1, 3), numpy=True, axis=1)
    r.case("np.reshape", (2, 3, 4), numpy=True, newshape=(4, -1))
    r.case("np.broadcast_to", (1, 3), numpy=True, shape=(2, 2, 3))
    x = mx.sym.var("in0")
    r.symbol("T then Flatten", mx.sym.Flatten(mx.sym.transpose(x, axes=(0, 2, 3, 1))), (2, 3, 4, 5))
