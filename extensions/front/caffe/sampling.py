"""Images sampled at places that the net computes."""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, typed
from extensions.front.caffe.common import (
    converts,
    invalid,
    parameters,
    reshaped,
    shape_of,
    size_vector,
    unsupported,
)
from extensions.ops.arithmetic import Add, Divide
from extensions.ops.matrix import MatMul
from extensions.ops.sampling import GridSample
from extensions.ops.shaping import Reshape
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import compatible

_THETAS = tuple(f"theta_{row}_{column}" for row in (1, 2) for column in (1, 2, 3))


@converts("SpatialTransformer")
def spatial_transformer(g: Graph, node: SourceNode, x: Output, theta: Output) -> Output:
    """Bilinear samples at affine images of a grid (Jaderberg et al.); zeros lie outside.

    Coordinates are rows before columns; row i of H has the coordinate 2 i / H - 1, in the input
    and the output alike (github.com/daerduoCarey/SpatialTransformerLayer, issues 8 and 21).
    """
    p = parameters(node, "st_param")
    for name, wanted in (("transform_type", "affine"), ("sampler_type", "bilinear")):
        if p[name] != wanted:
            raise unsupported(f"a {name} '{p[name]}'")
    if p["de_transform"]:
        raise unsupported("the inverse of a transformation")
    height, width = (
        p[name] if p[name] is not None else shape_of(x)[axis]
        for axis, name in ((2, "output_H"), (3, "output_W"))
    )
    if not isinstance(height, int) or not isinstance(width, int):
        raise unsupported("a spatial transformation to an unknown size")
    if min(height, width) < 1 or height * width > 1 << 22:
        raise invalid(f"it transforms to {height} x {width}")
    rows, columns = np.meshgrid(
        np.arange(height) * 2 / height - 1, np.arange(width) * 2 / width - 1, indexing="ij"
    )
    grid = np.stack([rows, columns, np.ones_like(rows)], -1).reshape(-1, 3)
    places = g.add(MatMul(transpose_b=True), g.constant(grid, x.dtype), _affine(g, p, theta))
    # The IR's coordinates count from the middle of the first pixel, half a pixel later.
    one = g.constant(np.ones(()), x.dtype)
    half_pixels = g.add(Divide(), one, typed(g, size_vector(g, x, 3, 2), x.dtype))
    places = g.add(Add(), places, half_pixels)
    laid = g.add(Reshape(), places, [-1, height, width, 2])
    return g.add(GridSample(align_corners=False, mode="bilinear", padding_mode="zeros"), x, laid)


def _affine(g: Graph, p: dict[str, float | None], theta: Output) -> Output:
    """Matrices [N, 2, 3] with the row that makes columns first, as the IR has it.

    Numbers that the layer gives are not among those of the bottom.
    """
    free = [i for i, name in enumerate(_THETAS) if p[name] is None]
    if rank_of(theta) > 2:
        theta = reshaped(g, theta, theta, 0, [-1])
    if not free or not compatible(shape_of(theta)[1], len(free)):
        raise invalid(f"{theta.type} are not the {len(free)} numbers that it does not give")
    swapped = (3, 4, 5, 0, 1, 2)
    chosen = np.zeros((len(free), 6))
    chosen[range(len(free)), [swapped.index(i) for i in free]] = 1
    given = np.array([p[_THETAS[i]] or 0.0 for i in swapped])
    numbers = g.add(MatMul(), theta, g.constant(chosen, theta.dtype))
    numbers = g.add(Add(), numbers, g.constant(given, theta.dtype))
    return g.add(Reshape(), numbers, [-1, 2, 3])
