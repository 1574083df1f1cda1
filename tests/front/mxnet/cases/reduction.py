"""Sums, means, extremes and norms over axes."""

import numpy as np


def record(r):
    for op in ("sum", "mean", "max", "min", "prod", "nansum", "nanprod"):
        r.case(op, (2, 3, 4))
        r.case(op, (2, 3, 4), axis=1)
        r.case(op, (2, 3, 4), axis=(0, -1), keepdims=True)
        r.case(op, (2, 3, 4), axis=(1,), exclude=True)
    r.case("sum", (2, 3, 4), axis=())
    r.case("sum", (5,), axis=0)
    holes = np.array([[1, np.nan, 2], [np.nan, 3, -1]], np.float32)
    r.case("nansum", holes, axis=1, name="holes")
    r.case("nanprod", holes, axis=0, name="holes")
    for order in (1, 2):
        r.case("norm", (2, 3, 4), ord=order)
        r.case("norm", (2, 3, 4), ord=order, axis=1)
        r.case("norm", (2, 3, 4), ord=order, axis=(1, 2), keepdims=True)
    for op in ("sum", "mean", "max", "min", "prod", "std", "var"):
        r.case("np." + op, (2, 3, 4), numpy=True)
        r.case("np." + op, (2, 3, 4), numpy=True, axis=1)
        r.case("np." + op, (2, 3, 4), numpy=True, axis=(0, -1), keepdims=True)
    r.case("np.var", (2, 3, 4), numpy=True, axis=2, ddof=1)
    r.case("np.all", np.array([[1, 0], [2, 3]], np.float32), numpy=True, axis=1)
    r.case("np.any", np.array([[0, 0], [2, 3]], np.float32), numpy=True, axis=1)
