"""Arithmetic, comparison and logic of two tensors, or of a tensor and a number."""

import mxnet as mx
import numpy as np

BROADCAST = """add sub mul div maximum minimum power mod equal not_equal greater greater_equal
lesser lesser_equal logical_and logical_or logical_xor hypot"""
SCALARS = """_plus_scalar _minus_scalar _rminus_scalar _mul_scalar _div_scalar _rdiv_scalar
_power_scalar _rpower_scalar _mod_scalar _rmod_scalar _maximum_scalar _minimum_scalar
_equal_scalar _not_equal_scalar _greater_scalar _greater_equal_scalar _lesser_scalar
_lesser_equal_scalar _hypot_scalar _logical_and_scalar _logical_or_scalar _logical_xor_scalar"""
NUMPY = """add subtract multiply true_divide power maximum minimum mod equal not_equal greater
greater_equal less less_equal hypot arctan2 copysign logical_and"""


def record(r):
    whole = np.array([[-3, 0, 2], [5, 7, -8]], np.float32)
    other = np.array([[2, 0, 2], [-3, 2, 3]], np.float32)
    for op in BROADCAST.split():
        positive = op == "power"
        left = r.numbers(2, 3, low=0.2) if positive else whole
        right = np.where(other == 0, 1, other) if op in ("mod", "div") else other
        r.case("broadcast_" + op, left, right)
        r.case("broadcast_" + op, left[:, :1], right[:1], name="broadcast")
    for op in ("add", "sub", "mul", "div"):
        r.case("elemwise_" + op, (2, 3, 4), r.numbers(2, 3, 4, low=0.5))
    for op in ("_equal", "_not_equal", "_greater", "_lesser", "_maximum", "_minimum", "_mod"):
        r.case("_internal." + op, whole, np.where(other == 0, 1, other))
    for op in SCALARS.split():
        data = r.numbers(2, 3, low=0.2) if "power" in op or "rdiv" in op else whole
        data = np.where(data == 0, 1, data).astype(np.float32) if "rmod" in op else data
        r.case("_internal." + op, data, scalar=2.0)
    integers = np.array([[-3, 1, 2], [5, 7, -8]], np.int32)
    for op in ("_plus_scalar", "_mul_scalar", "_div_scalar", "_greater_scalar", "_rminus_scalar"):
        for scalar in (1.5, 2.0):
            r.case("_internal." + op, integers, scalar=scalar, name=f"int32,{scalar}")
    r.case("elemwise_div", integers, np.array([[2, 2, -2], [-2, 3, 3]], np.int32), name="int32")
    r.case("add_n", (2, 3), (2, 3), (2, 3))
    r.case("where", np.array([[1, 0, 2], [0, 0, 1]], np.float32), (2, 3), (2, 3))
    r.case("where", np.array([1, 0], np.float32), (2, 3), (2, 3), name="rows")
    for op in NUMPY.split():
        if not hasattr(mx.sym.np, op):
            continue
        left = r.numbers(2, 3, low=0.2) if op == "power" else whole
        right = np.where(other == 0, 1, other) if op in ("mod", "true_divide") else other
        right = np.where(right == 0, 1, right).astype(np.float32)
        r.case("np." + op, left, right, numpy=True)
        r.case("np." + op, left, right[:1], numpy=True, name="broadcast")
    x = mx.sym.var("in0").as_np_ndarray()
    for name, symbol in (
        ("x/2", x / 2),
        ("1-x", 1 - x),
        ("x>0", x > 0),
        ("2**x", 2**x),
        ("x%3", x % 3),
    ):
        r.symbol(f"np({name})", symbol, whole, numpy=True)
    r.case("np.where", np.array([[1, 0, 2], [0, 0, 1]], np.float32), (2, 3), (2, 3), numpy=True)
