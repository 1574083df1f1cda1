"""Element types and parameters that hardly anyone uses; most were once converted wrongly."""

import mxnet as mx
import numpy as np

WHOLE = np.array([[-3, 0, 1], [2, 5, -1]], np.int32)
COUNTS = np.array([[3, 0, 1], [2, 5, 7]], np.uint8)


def record(r):
    functions(r)
    numbers_beside(r)
    reductions(r)
    shapes(r)
    windows(r)


def functions(r):
    """Of whole numbers: what is behind the point is cut off."""
    for op in ("cos", "arcsinh", "exp", "tanh", "sigmoid", "expm1", "radians", "degrees", "cbrt"):
        r.case(op, WHOLE, name=f"{op} of int32")
    for op in ("sqrt", "log1p"):
        r.case(op, COUNTS, name=f"{op} of uint8")
    for op in ("isfinite", "isnan", "isinf"):
        r.case(f"np.{op}", WHOLE, name=f"{op} of int32", numpy=True)
    r.case("broadcast_hypot", COUNTS, COUNTS[:, ::-1].copy(), name="uint8")
    r.case("contrib.div_sqrt_dim", np.arange(-6, 6, dtype=np.int32).reshape(2, 6))
    r.case("contrib.arange_like", WHOLE, name="int32")
    r.case("amp_cast", WHOLE, dtype="float16")
    r.case("hard_sigmoid", (3, 4), alpha=2.0, beta=0.0)


def numbers_beside(r):
    """Beside whole numbers: ``is_int`` tells whether the number keeps what is behind the point."""
    for op in ("_plus", "_rminus", "_mul", "_div", "_maximum", "_greater", "_equal", "_mod"):
        for whole in (True, False):
            r.case(f"_internal.{op}_scalar", WHOLE, scalar=1.5, is_int=whole)
    zeros = np.array([[2, 0, -1], [0, 3, 0]], np.float32)
    for data, divisor in (((2, 3), zeros), (WHOLE, zeros.astype(np.int32))):
        r.case("broadcast_mod", data, divisor, name=f"by zero {len(data)}")
        r.case("_internal._mod_scalar", data, scalar=0.0)
    r.case("_internal._rmod_scalar", zeros, scalar=7.0)
    r.case("broadcast_div", COUNTS, COUNTS[::-1].copy() + np.uint8(1), name="uint8")


def reductions(r):
    for op in ("argmax", "argmin"):
        r.case(op, WHOLE, axis=1)
        r.case(op, COUNTS, name=f"{op} of all")
    r.case("argmax_channel", WHOLE)
    r.case("nansum", WHOLE, axis=0)
    r.case("moments", (2, 3), axes=(0, 1))
    r.case("cumsum", (2, 3), axis=1, dtype="int32")
    x = mx.sym.var("in0")
    norm = mx.sym.BatchNorm(x, output_mean_var=True, name="bn")
    r.symbol("all results of a BatchNorm", mx.sym.Group(list(norm)), (2, 3, 4))


def shapes(r):
    r.case("squeeze", (1, 3, 1), axis=())
    r.case("squeeze", (1, 1), name="to one")
    r.case("pick", (5,), np.array([2], np.float32))
    boxes = r.numbers(1, 4, 6, low=0.0, high=1.0)
    r.case("contrib.box_nms", boxes, topk=0)


def windows(r):
    """Convolutions whose windows are points, on padded data that something computes."""
    for kernel, shape in (((1,), (2, 3, 6)), ((1, 1), (2, 3, 6, 5))):
        y = mx.sym.Convolution(
            mx.sym.sin(mx.sym.var("in0")),
            kernel=kernel,
            stride=(2,) * len(kernel),
            pad=(1,) * len(kernel),
            num_filter=4,
            name="node",
        )
        r.symbol(f"Convolution of padded points, {len(kernel)} axes", y, shape)
