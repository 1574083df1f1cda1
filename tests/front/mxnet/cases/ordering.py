"""Sorting and selection."""

import numpy as np


def record(r):
    data = r.random.permutation(24).reshape(2, 3, 4).astype(np.float32)
    for kind in ("indices", "value", "both", "mask"):
        r.case("topk", data, k=2, ret_typ=kind)
        r.case("topk", data, k=2, ret_typ=kind, axis=1, is_ascend=True)
        r.case("topk", data, k=3, ret_typ=kind, axis=None)
    r.case("topk", data, k=0, ret_typ="value")
    r.case("topk", data, k=2, dtype="int32")
    r.case("topk", np.array([3, 3, 1, 3], np.float32), k=3, name="ties")
    for op in ("sort", "argsort"):
        r.case(op, data)
        r.case(op, data, axis=0, is_ascend=False)
        r.case(op, data, axis=None)
    r.case("argsort", data, dtype="int32")
    for op in ("argmax", "argmin"):
        r.case(op, data)
        r.case(op, data, axis=1)
        r.case(op, data, axis=-1, keepdims=True)
        r.case(op, data, axis=None, keepdims=True)
        r.case(op, np.array([[1, 3, 3], [2, 2, 1]], np.float32), axis=1, name="ties")
        r.case("np." + op, data, numpy=True, axis=1)
        r.case("np." + op, data, numpy=True)
    r.case("argmax_channel", data[0])
    r.case("np.sort", data, numpy=True, axis=1)
    r.case("np.argsort", data, numpy=True, axis=-1)
