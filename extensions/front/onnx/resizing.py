"""Upsample and Resize."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from extensions.front.building import invalid, rank_of, typed
from extensions.front.onnx.common import converts, needed, refuse
from extensions.front.onnx.resampling import Axis, resampled
from extensions.front.onnx.scaled_axes import (
    grown,
    number,
    of_proportion,
    of_scales,
    of_sizes,
    real,
)
from extensions.ops.common import constant_ints, length
from extensions.ops.gathering import Gather
from extensions.ops.sampling import Interpolate, scaled
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, normalize_axes, same

Attributes = dict[str, Any]


@converts("Upsample")
def upsample_1(g: Graph, node: SourceNode, x: Output) -> Output:
    scales = [1.0, 1.0, needed(node, "height_scale"), needed(node, "width_scale")]
    return _by_scales(g, node, x, g.constant(np.array(scales, np.float32)), _legacy(node))


@converts("Upsample", since=7)
def upsample_7(g: Graph, node: SourceNode, x: Output) -> Output:
    scales = np.array(needed(node, "scales"), np.float32)
    return _by_scales(g, node, x, g.constant(scales), _legacy(node))


@converts("Upsample", since=9)
@converts("Resize")
def resize_10(g: Graph, node: SourceNode, x: Output, scales: Output) -> Output:
    return _by_scales(g, node, x, scales, _legacy(node))


def _legacy(node: SourceNode) -> Attributes:
    """Before 11 a pixel reads its place divided by the scale, rounded down unless it shrinks."""
    return {
        "mode": _mode(node),
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "simple",
    }


_MODES = {
    "nearest": "nearest",
    "linear": "linear_onnx",
    "bilinear": "linear_onnx",
    "cubic": "cubic",
}


def _mode(node: SourceNode) -> str:
    name = node.get("mode", "nearest")
    if name not in _MODES:
        raise refuse(node, f"the mode '{name}'")
    return _MODES[name]


_COORDINATES = {
    "half_pixel": "half_pixel",
    # The same, but where a scale does not give a whole size.
    "half_pixel_symmetric": "half_pixel",
    "pytorch_half_pixel": "pytorch_half_pixel",
    "align_corners": "align_corners",
    "asymmetric": "asymmetric",
    "tf_half_pixel_for_nn": "tf_half_pixel_for_nn",
}
_CROP = "tf_crop_and_resize"
_NEAREST_MODES = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


@converts("Resize", since=11)
def resize_11(
    g: Graph,
    node: SourceNode,
    x: Output,
    roi: Output | None = None,
    scales: Output | None = None,
    sizes: Output | None = None,
) -> Output:
    coordinates = node.get("coordinate_transformation_mode", "half_pixel")
    nearest = node.get("nearest_mode", "round_prefer_floor")
    if coordinates not in (*_COORDINATES, _CROP):
        raise refuse(node, f"the coordinate transformation '{coordinates}'")
    if nearest not in _NEAREST_MODES:
        raise refuse(node, f"the nearest_mode '{nearest}'")
    attributes = {
        "mode": _mode(node),
        "coordinate_transformation_mode": _COORDINATES.get(coordinates, "half_pixel"),
        "nearest_mode": nearest,
        "cube_coeff": float(node.get("cubic_coeff_a", -0.75)),
    }
    if coordinates == _CROP:
        return _cropped(g, node, x, roi, *_asked(scales, sizes))
    if sizes is not None and sizes.shape != (0,):
        if node.get("keep_aspect_ratio_policy", "stretch") != "stretch":
            return _in_proportion(g, node, x, sizes, attributes)
        return _to_sizes(g, node, x, typed(g, sizes, ElementType.i64), attributes)
    return _by_scales(g, node, x, _needed(scales), attributes)


def _needed(scales: Output | None) -> Output:
    if scales is None or scales.shape == (0,):
        raise invalid("it has neither scales nor sizes")
    return scales


class Target(NamedTuple):
    """What is to become of one axis."""

    axis: int
    size: Dimension
    result: Dimension
    # Zero if it is not known.
    scale: float


def _target(axis: int, size: Dimension, result: Dimension) -> Target:
    known = isinstance(size, int) and isinstance(result, int) and size > 0
    return Target(axis, size, result, result / size if known else 0.0)  # type: ignore[operator]


def _axes(node: SourceNode, x: Output) -> list[int]:
    axes = node.get("axes")
    return list(range(rank_of(x)) if axes is None else normalize_axes(axes, rank_of(x)))


def _check_number(values: Sequence[Any], axes: Sequence[int]) -> None:
    if len(values) != len(axes):
        raise invalid(f"it has {len(values)} scales or sizes for {len(axes)} axes")


def _by_scales(
    g: Graph, node: SourceNode, x: Output, scales: Output, attributes: Attributes
) -> Output:
    """Only the axes whose scale is not 1 take part, if the scales are known."""
    op = Interpolate(shape_calculation_mode="scales", **attributes)
    known = scales.value()
    axes = _axes(node, x)
    if known is None:
        if not _is_always_plain(node, x, axes):
            return _by_matrices(g, node, x, of_scales(g, x, axes, scales))
        # With the mode "scales" the sizes are not read, but must be there.
        return g.add(op, x, [1] * len(axes), typed(g, scales, ElementType.f32), axes)
    factors = known.reshape(-1).tolist()
    _check_number(factors, axes)
    if min(factors, default=1) <= 0:
        raise invalid(f"its scales {factors} are not all above 0")
    shape = x.shape or ()
    targets = [
        Target(axis, shape[axis], scaled(shape[axis], factor), factor)
        for axis, factor in zip(axes, factors)
        if factor != 1
    ]
    return _resized(g, node, x, targets, op)


def _resized(
    g: Graph, node: SourceNode, x: Output, targets: Sequence[Target], op: Interpolate
) -> Output:
    if not targets:
        return x
    if not _is_plain(node, x, targets):
        return _by_matrices(g, node, x, [_settled(g, x, target) for target in targets])
    sizes = [target.result if isinstance(target.result, int) else 1 for target in targets]
    scales = np.array([target.scale for target in targets], np.float32)
    return g.add(op, x, sizes, scales, [target.axis for target in targets])


def _to_sizes(
    g: Graph, node: SourceNode, x: Output, sizes: Output, attributes: Attributes
) -> Output:
    """Only the axes whose size changes take part, if that is known."""
    shape = x.shape or ()
    places = _axes(node, x)
    op = Interpolate(shape_calculation_mode="sizes", **attributes)
    known = sizes.partial_value()
    if known is None:
        if not _is_always_plain(node, x, places):
            return _by_matrices(g, node, x, of_sizes(g, x, places, sizes))
        return g.add(op, x, sizes, np.ones(len(places), np.float32), places)
    wanted = known.reshape(-1).tolist()
    _check_number(wanted, places)
    kept = [i for i, axis in enumerate(places) if not same(wanted[i], shape[axis])]
    targets = [_target(places[i], shape[places[i]], wanted[i]) for i in kept]
    if all(target.scale for target in targets):
        return _resized(g, node, x, targets, op)
    axes = [target.axis for target in targets]
    if not _is_always_plain(node, x, axes):
        rows = of_sizes(g, x, places, sizes)
        return _by_matrices(g, node, x, [rows[i] for i in kept])
    if all(isinstance(target.result, int) for target in targets):
        sizes = g.constant(np.array([target.result for target in targets], np.int64))
    elif len(kept) < len(places):
        sizes = g.add(Gather(), sizes, kept, g.constant(np.int64(0)))
    return g.add(op, x, sizes, np.ones(len(axes), np.float32), axes)


def _in_proportion(
    g: Graph, node: SourceNode, x: Output, sizes: Output, attributes: Attributes
) -> Output:
    """One scale for all axes, such that the result fits into the sizes or covers them."""
    policy = node.get("keep_aspect_ratio_policy")
    chosen = {"not_larger": min, "not_smaller": max}.get(policy)
    if chosen is None:
        raise refuse(node, f"the policy '{policy}'")
    wanted, shape = constant_ints(sizes), x.shape or ()
    axes = _axes(node, x)
    dims = [dim for axis in axes if isinstance(dim := shape[axis], int) and dim]
    if wanted is None or len(dims) < len(axes):
        return _by_matrices(g, node, x, of_proportion(g, x, axes, sizes, policy))
    _check_number(wanted, axes)
    scale = chosen(want / dim for want, dim in zip(wanted, dims))
    results = [int(scale * dim + 0.5) for dim in dims]
    targets = [Target(*row, scale) for row in zip(axes, dims, results) if row[1] != row[2]]
    return _resized(g, node, x, targets, Interpolate(shape_calculation_mode="scales", **attributes))


# ---- what Interpolate does not do


def _is_plain(node: SourceNode, x: Output, targets: Sequence[Target]) -> bool:
    """Whether Interpolate does what is asked for."""
    if not _reaches(node, x, [target.axis for target in targets], 3):
        return False
    if node.type == "Upsample" or node.opset < 11:
        return True
    policy = node.get("keep_aspect_ratio_policy", "stretch")
    if policy != "stretch" and any(scaled(t.size, t.scale) != t.result for t in targets):
        return False
    symmetric = node.get("coordinate_transformation_mode") == "half_pixel_symmetric"
    if symmetric and not all(map(_is_whole, targets)):
        return False
    shrinks = any(target.scale < 1 for target in targets)
    return not _leaves_out(node) and not (_smooths(node) and shrinks)


def _reaches(node: SourceNode, x: Output, axes: Sequence[int], most: int) -> bool:
    """Whether Interpolate resizes these axes at once; few of them may lie anywhere.

    The CPU runtime takes the last three axes of a tensor, and the last two for a cubic, but for
    those of volumes; of others it refuses some, and of a cubic it reads what is not there.
    """
    rank = rank_of(x)
    if node.get("mode") == "cubic":
        return len(axes) < 2 or min(axes) >= rank - (3 if rank == 5 else 2)
    return len(axes) < most or min(axes) >= rank - 3


def _is_whole(target: Target) -> bool:
    """Whether the scale gives a whole number of pixels, without any being cut off."""
    if float(target.scale).is_integer():
        return True
    return isinstance(target.size, int) and target.scale * target.size == target.result


def _leaves_out(node: SourceNode) -> bool:
    return bool(node.get("exclude_outside")) and node.get("mode") == "cubic"


def _smooths(node: SourceNode) -> bool:
    return bool(node.get("antialias")) and node.get("mode", "nearest") != "nearest"


def _is_always_plain(node: SourceNode, x: Output, axes: Sequence[int]) -> bool:
    """Whether Interpolate does what is asked for, whatever the sizes are."""
    symmetric = node.get("coordinate_transformation_mode") == "half_pixel_symmetric"
    # Of all axes, some stay as they are.
    reaches = _reaches(node, x, axes, rank_of(x) + 1)
    return reaches and not (symmetric or _leaves_out(node) or _smooths(node))


# ---- as matrices


def _settled(g: Graph, x: Output, target: Target) -> Axis:
    """An axis whose scale is known, and perhaps its size."""
    scale = g.constant(np.float64(target.scale))
    if isinstance(target.result, int):
        return Axis(target.axis, g.constant(np.int64(target.result)), scale)
    return Axis(target.axis, grown(g, x, target.axis, real(g, scale)), scale)


def _asked(scales: Output | None, sizes: Output | None) -> tuple[Output | None, Output | None]:
    """Scales or sizes, those that are not empty."""
    given = None if sizes is None or sizes.shape == (0,) else sizes
    return (_needed(scales) if given is None else None), given


def _cropped(
    g: Graph,
    node: SourceNode,
    x: Output,
    roi: Output | None,
    scales: Output | None,
    sizes: Output | None,
) -> Output:
    """A region of the image resized, with a value for what lies outside of the image."""
    if roi is None or roi.shape == (0,):
        raise invalid("it has no region to crop")
    if node.get("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise refuse(node, "one proportion for a region")
    axes = _axes(node, x)
    if length(roi) not in (None, 2 * len(axes)):
        raise invalid(f"its region is not one of {len(axes)} axes")
    if sizes is not None:
        rows = of_sizes(g, x, axes, typed(g, sizes, ElementType.i64))
    else:
        assert scales is not None
        rows = of_scales(g, x, axes, scales)
    whole = []
    for i, row in enumerate(rows):
        start, end = (number(g, roi, place) for place in (i, len(axes) + i))
        if not _stays(x, row, start, end):
            whole.append(row._replace(start=start, end=end))
    value = g.constant(np.asarray(node.get("extrapolation_value", 0.0)), x.dtype)
    return _by_matrices(g, node, x, whole, value)


def _stays(x: Output, row: Axis, start: Output, end: Output) -> bool:
    """Whether all of an axis is asked for, in its own size."""
    size, result = (x.shape or ())[row.number], row.result.partial_value()
    known = [value.value() for value in (start, end)]
    if result is None or any(value is None for value in known):
        return False
    return same(result.item(), size) and [v.item() for v in known if v is not None] == [0, 1]


def _by_matrices(
    g: Graph, node: SourceNode, x: Output, axes: Sequence[Axis], outside: Output | None = None
) -> Output:
    if not x.dtype.is_float and node.get("mode", "nearest") != "nearest":
        raise refuse(node, f"resizing {x.dtype.name} in this way")
    for axis in axes:
        x = resampled(g, node, x, axis, outside)
    return x
