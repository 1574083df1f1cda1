"""The classic's attributes of operations that the IR writes otherwise, to read and to change."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.pooling import AvgPool, MaxPool
from mo.classic.vocabulary import CHANGES, DESCRIPTIONS
from mo.graph.op import Op

# The classic's name of a number per axis, and ours of a number per spatial axis.
_PER_AXIS = {"stride": "strides", "dilation": "dilations", "window": "kernel"}


def _sliding(op: Any) -> dict[str, Any]:
    """Numbers for batch and channels before those of the image, pads in pairs."""
    found: dict[str, Any] = {
        name: np.array([1, 1, *getattr(op, own)], np.int64)
        for name, own in _PER_AXIS.items()
        if getattr(op, own, None)
    }
    pairs = list(zip(op.pads_begin, op.pads_end))
    spatial = len(op.strides)
    return found | {
        "pad": np.array([(0, 0), (0, 0), *pairs], np.int64),
        "pad_spatial_shape": np.array(pairs, np.int64),
        "spatial_dims": np.arange(2, 2 + spatial),
        "auto_pad": None if op.auto_pad == "explicit" else op.auto_pad,
        "layout": "NCHW",
    }


def _convolution(op: Any) -> dict[str, Any]:
    grouped = isinstance(op, GroupConvolution)
    return {**_sliding(op), **({} if grouped else {"group": 1})}


def _pooling(op: Any) -> dict[str, Any]:
    method = "max" if isinstance(op, MaxPool) else "avg"
    return {**_sliding(op), "pool_method": method}


def _change_sliding(op: Any, key: str, value: Any) -> Op | None:
    if key in _PER_AXIS:
        return op.with_attributes(**{_PER_AXIS[key]: tuple(int(n) for n in value[2:])})
    if key == "pad":
        begin, end = (tuple(int(pair[side]) for pair in value[2:]) for side in (0, 1))
        return op.with_attributes(pads_begin=begin, pads_end=end, auto_pad="explicit")
    return None


for _kind in (Convolution, GroupConvolution):
    DESCRIPTIONS[_kind] = _convolution
    CHANGES[_kind] = _change_sliding
for _pool in (MaxPool, AvgPool):
    DESCRIPTIONS[_pool] = _pooling
    CHANGES[_pool] = _change_sliding
