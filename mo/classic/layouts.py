"""Layouts of images in the words of extensions: ``mo.front.common.layout``."""

from __future__ import annotations

from typing import Any

import numpy as np

nchw_to_nhwc_permute = np.array([0, 2, 3, 1], np.int64)
nhwc_to_nchw_permute = np.array([0, 3, 1, 2], np.int64)
indices_mapping = {4: {0: 0, 1: 3, 2: 1, 3: 2}, 5: {0: 0, 1: 4, 2: 1, 3: 2, 4: 3}}

_CHANNELS_LAST = ("NHWC", "NDHWC")
_CHANNELS_FIRST = ("NCHW", "NCDHW")


def _is_last(layout: str) -> bool:
    if layout not in (*_CHANNELS_LAST, *_CHANNELS_FIRST):
        raise AssertionError(f"layout '{layout}' is not known")
    return layout in _CHANNELS_LAST


def get_batch_dim(layout: str, shape_len: int) -> int:
    _is_last(layout)
    return 0


def get_features_dim(layout: str, shape_len: int) -> int:
    return shape_len - 1 if _is_last(layout) else 1


def get_width_dim(layout: str, shape_len: int) -> int:
    return shape_len - 2 if _is_last(layout) else shape_len - 1


def get_height_dim(layout: str, shape_len: int) -> int:
    return shape_len - 3 if _is_last(layout) else shape_len - 2


def get_depth_dim(layout: str, shape_len: int) -> int:
    """The depth of a volume, which has five axes."""
    assert shape_len == 5
    return 1 if _is_last(layout) else 2


def shape_for_layout(layout: str, **sizes: int) -> np.ndarray:
    """The shape of these sizes: batch, features, height, width, and depth for volumes."""
    rank = 5 if "depth" in sizes else 4
    shape = np.ones(rank, np.int64)
    places = {
        "batch": get_batch_dim,
        "features": get_features_dim,
        "height": get_height_dim,
        "width": get_width_dim,
        "depth": get_depth_dim,
    }
    for name, size in sizes.items():
        shape[places[name](layout, rank)] = size
    return shape


def convert_shape(shape: Any, permute: Any) -> np.ndarray:
    return np.asarray(shape)[np.asarray(permute)]


def layout_attrs() -> dict[str, Any]:
    """The axes of images with channels first."""
    return {
        "spatial_dims": np.array([2, 3], np.int64),
        "channel_dims": np.array([1], np.int64),
        "batch_dims": np.array([0], np.int64),
        "layout": "NCHW",
    }


def mark_as_correct_data_layout(node: Any) -> None:
    """Nothing to mark: every layer works on its framework's layout."""


def mark_input_as_in_correct_layout(node: Any, port: int) -> None:
    """Nothing to mark: every layer works on its framework's layout."""


def mark_output_as_in_correct_layout(node: Any, port: int) -> None:
    """Nothing to mark: every layer works on its framework's layout."""
