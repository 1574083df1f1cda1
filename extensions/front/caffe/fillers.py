"""Layers that are not in the .caffemodel: Caffe gives them the numbers that training begins with.

Fillers that draw random numbers make no net that anybody trained; the others do: a
deconvolution, say, that enlarges a picture bilinearly (caffe.berkeleyvision.org, filler.hpp).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from math import ceil, prod
from typing import Any

import numpy as np

from extensions.front.caffe.common import blob, invalid
from mo.errors import ModelFileError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, is_static, text

log = logging.getLogger("mo.caffe")

# More numbers than this nobody leaves to a filler.
_LIMIT = 1 << 26


def trained(
    g: Graph,
    value: Output | None,
    what: str,
    shape: Sequence[Dimension],
    filler: Mapping[str, Any] | None,
) -> Output:
    """Trained numbers in the shape that the layer needs, or what its filler makes of none."""
    if value is not None or filler is None:
        return blob(g, value, what, shape)
    kind = filler.get("type", "constant")
    if kind not in ("constant", "bilinear"):
        raise ModelFileError(
            f"the .caffemodel has no {what} for it, and its filler '{kind}' draws random ones",
            hint="The .caffemodel belongs to another net, or the net was never trained.",
        )
    sizes = [dim for dim in shape if isinstance(dim, int)]
    if not is_static(tuple(shape)) or prod(sizes) > _LIMIT:
        raise invalid(f"its filler cannot make {what} of so many or of unknown sizes")
    log.warning(
        "the .caffemodel lacks %s %s: the filler '%s' makes them", what, text(tuple(shape)), kind
    )
    if kind == "bilinear":
        return g.constant(np.broadcast_to(_bilinear(sizes), sizes), ElementType.f32)
    return g.constant(np.full(sizes, filler.get("value", 0.0), np.float32))


def _bilinear(shape: Sequence[int]) -> np.ndarray:
    """Weights of a window with which a deconvolution enlarges pictures bilinearly."""
    if len(shape) != 4 or shape[2] != shape[3]:
        raise invalid("its filler 'bilinear' is for square windows of pictures")
    factor = ceil(shape[3] / 2)
    centre = (2 * factor - 1 - factor % 2) / (2 * factor)
    row = 1 - np.abs(np.arange(shape[3]) / factor - centre)
    return np.outer(row, row)
