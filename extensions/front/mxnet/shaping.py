"""Shapes: the codes of Reshape, axes added, dropped and moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.ops.arithmetic import Divide, Multiply
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axes, normalize_axis


@converts("Flatten")
def flatten(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Reshape(special_zero=True), x, [0, -1])


@converts("Reshape")
def reshape(g: Graph, node: SourceNode, x: Output) -> Output:
    """0 keeps an axis, -1 is what remains, -2 all further axes, -3 joins two, -4 splits one."""
    codes = at.integers(node, "shape")
    if not codes:
        return _by_target_shape(g, node, x)
    return reshaped(g, x, codes, _Codes, at.flag(node, "reverse"))


def _by_target_shape(g: Graph, node: SourceNode, x: Output) -> Output:
    """The parameter of MXNet before 0.7, where 0 was what remains."""
    target = list(at.integers(node, "target_shape"))
    if not target:
        raise invalid("it has neither shape nor target_shape")
    if at.flag(node, "keep_highest"):
        target[0] = 0
        return g.add(Reshape(special_zero=True), x, [0, *(dim or -1 for dim in target[1:])])
    return g.add(Reshape(), x, [dim or -1 for dim in target])


@converts("_npx_reshape")
def numpy_reshape(g: Graph, node: SourceNode, x: Output) -> Output:
    """-1 remains, -2 keeps an axis, -3 drops one, -4 is all further, -5 joins, -6 splits."""
    codes = at.integers(node, "newshape")
    return reshaped(g, x, codes, _NumpyCodes, at.flag(node, "reverse"))


@converts("_np_reshape")
def plain_reshape(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Reshape(), x, np.asarray(at.integers(node, "newshape"), np.int64))


@dataclass
class _Codes:
    """A walk over the codes and the axes: the size that each new axis gets."""

    g: Graph
    x: Output
    codes: list[int]
    sizes: list[Output] = field(default_factory=list)
    axis: int = 0

    def run(self) -> list[Output]:
        while self.codes:
            code = self.codes.pop(0)
            action = self.actions().get(code)
            if action is not None:
                action()
            elif code < -1:
                raise invalid(f"its shape has the code {code}")
            else:
                self.put(code)
                self.axis += 1
        return self.sizes

    def actions(self) -> dict[int, Callable[[], None]]:
        return {0: self.keep, -2: self.keep_rest, -3: self.join, -4: self.split}

    def put(self, size: int) -> None:
        self.sizes.append(self.g.constant(np.asarray([size], np.int64)))

    def size(self, offset: int = 0) -> Output:
        axis = self.axis + offset
        if axis >= rank_of(self.x):
            raise invalid(f"its shape asks for axis {axis} of {self.x.type}")
        return self.g.add(Reshape(), size_of(self.g, self.x, axis), [1])

    def keep(self) -> None:
        self.sizes.append(self.size())
        self.axis += 1

    def keep_rest(self) -> None:
        while self.axis < rank_of(self.x):
            self.keep()

    def join(self) -> None:
        self.sizes.append(self.g.add(Multiply(), self.size(), self.size(1)))
        self.axis += 2

    def split(self) -> None:
        if len(self.codes) < 2:
            raise invalid("its shape splits an axis without telling how")
        parts = self.codes[:2]
        del self.codes[:2]
        for part, other in (parts, parts[::-1]):
            if part == -1 and other > 0:
                whole = self.size()
                self.sizes.append(
                    self.g.add(Divide(), whole, self.g.constant(np.asarray([other], np.int64)))
                )
            else:
                self.put(part)
        self.axis += 1


class _NumpyCodes(_Codes):
    def actions(self) -> dict[int, Callable[[], None]]:
        return {
            -2: self.keep,
            -3: self.drop,
            -4: self.keep_rest,
            -5: self.join,
            -6: self.split,
        }

    def drop(self) -> None:
        self.axis += 1


def reshaped(
    g: Graph, x: Output, codes: Sequence[int], kind: type[_Codes], backwards: bool
) -> Output:
    """``backwards``: codes and axes are matched from the last one on."""
    if all(code >= -1 for code in codes) and not backwards:
        special = kind is _Codes
        return g.add(Reshape(special_zero=special), x, np.asarray(codes, np.int64))
    if backwards:
        return _reshaped_backwards(g, x, codes, kind)
    sizes = kind(g, x, list(codes)).run()
    return g.add(Reshape(), x, g.add(Concat(axis=0), *sizes) if len(sizes) > 1 else sizes[0])


def _reshaped_backwards(g: Graph, x: Output, codes: Sequence[int], kind: type[_Codes]) -> Output:
    """The same walk over the codes and the axes in reversed order."""
    order = list(range(rank_of(x)))[::-1]
    mirrored = g.add(Transpose(), x, order) if len(order) > 1 else x
    sizes = kind(g, mirrored, list(codes[::-1])).run()[::-1]
    return g.add(Reshape(), x, g.add(Concat(axis=0), *sizes) if len(sizes) > 1 else sizes[0])


@converts("reshape_like")
def reshape_like(g: Graph, node: SourceNode, x: Output, like: Output) -> Output:
    """A range of axes gets the sizes of a range of the other tensor's."""
    ranges: list[tuple[int, int | None]] = []
    for side, value in (("lhs", x), ("rhs", like)):
        begin, end = (at.optional_integer(node, f"{side}_{limit}") for limit in ("begin", "end"))
        if begin is None and end is None:
            ranges.append((0, None))
        else:
            rank = rank_of(value)
            begin, end = begin or 0, rank if end is None else end
            ranges.append((begin + rank * (begin < 0), end + rank * (end < 0)))
    (start, stop), (first, last) = ranges
    if (start, stop, first, last) == (0, None, 0, None):
        return g.add(Reshape(), x, g.add(ShapeOf(), like))
    own = list(range(rank_of(x)))
    wanted = range(rank_of(like))[first:last]
    sizes = [size_of(g, x, axis) for axis in own[:start]]
    sizes += [size_of(g, like, axis) for axis in wanted]
    sizes += [size_of(g, x, axis) for axis in own[len(own) if stop is None else stop :]]
    return g.add(Reshape(), x, vector(g, sizes))


@converts("shape_array")
def shape_array(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ShapeOf(), x)


@converts("size_array")
def size_array(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ReduceProd(keep_dims=True), g.add(ShapeOf(), x), [0])


@converts("transpose")
def transpose(g: Graph, node: SourceNode, x: Output) -> Output:
    """The axes are turned round if no order is given."""
    axes = at.integers(node, "axes") or tuple(range(rank_of(x)))[::-1]
    return g.add(Transpose(), x, list(axes)) if axes else x


@converts("SwapAxis")
def swap_axes(g: Graph, node: SourceNode, x: Output) -> Output:
    rank = rank_of(x)
    one, other = (
        normalize_axis(at.integer(node, name, at.integer(node, numpy_name, 0)), rank)
        for name, numpy_name in (("dim1", "axis1"), ("dim2", "axis2"))
    )
    order = list(range(rank))
    order[one], order[other] = other, one
    return g.add(Transpose(), x, order)


@converts("_np_moveaxis", "_npi_moveaxis")
def move_axes(g: Graph, node: SourceNode, x: Output) -> Output:
    rank = rank_of(x)
    sources = normalize_axes(at.integers(node, "source"), rank)
    targets = normalize_axes(at.integers(node, "destination"), rank)
    order = [axis for axis in range(rank) if axis not in sources]
    for target, source in sorted(zip(targets, sources)):
        order.insert(target, source)
    return g.add(Transpose(), x, order)


@converts("expand_dims")
def expand_dims(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Unsqueeze(), x, [at.integer(node, "axis")])


@converts("squeeze", "_np_squeeze")
def squeeze(g: Graph, node: SourceNode, x: Output) -> Output:
    """The older operation leaves one axis, as it knows no scalars."""
    y = _squeezed(g, node, x)
    return g.add(Reshape(), y, [1]) if y.rank == 0 and node.type == "squeeze" else y


def _squeezed(g: Graph, node: SourceNode, x: Output) -> Output:
    axes = at.optional_integers(node, "axis")
    if axes is not None:
        return g.add(Squeeze(), x, list(axes)) if axes else x
    # Without axes, which ones go depends on sizes that must be known.
    sizes = shape_of(x)
    if not all(isinstance(size, int) for size in sizes):
        raise refused("dropping whatever axes are 1 while sizes are unknown")
    return g.add(Squeeze(), x, [axis for axis, size in enumerate(sizes) if size == 1])


@converts("_np_atleast_1d", "_np_atleast_2d", "_np_atleast_3d")
def at_least(g: Graph, node: SourceNode, *xs: Output) -> tuple[Output, ...]:
    """Axes of size 1, for 3 of them on both sides (numpy.atleast_3d)."""
    wanted = int(node.type[-2])
    return tuple(g.add(Unsqueeze(), x, _new_axes(rank_of(x), wanted)) for x in xs)


def _new_axes(rank: int, wanted: int) -> list[int]:
    if wanted == 3 and rank in (1, 2):
        return [0, 2] if rank == 1 else [2]
    return list(range(max(wanted - rank, 0)))


@converts("broadcast_to", "_npi_broadcast_to")
def broadcast_to(g: Graph, node: SourceNode, x: Output) -> Output:
    """0 (for numpy -2) keeps the size of an axis."""
    wanted = at.integers(node, "shape")
    kept = -2 if node.type.startswith("_npi") else 0
    behind = len(wanted) - rank_of(x)
    sizes = [
        size_of(g, x, axis - behind)
        if size == kept and axis >= behind
        else g.constant(np.int64(size))
        for axis, size in enumerate(wanted)
    ]
    return g.add(Broadcast(), x, vector(g, sizes)) if sizes else x


@converts("broadcast_axis")
def broadcast_axis(g: Graph, node: SourceNode, x: Output) -> Output:
    axes = normalize_axes(at.integers(node, "axis"), rank_of(x))
    given = dict(zip(axes, at.integers(node, "size")))
    sizes = [
        g.constant(np.int64(given[axis])) if axis in given else size_of(g, x, axis)
        for axis in range(rank_of(x))
    ]
    return g.add(Broadcast(), x, vector(g, sizes))


@converts("broadcast_like")
def broadcast_like(g: Graph, node: SourceNode, x: Output, like: Output) -> Output:
    """To the sizes of another tensor, on some axes or on all."""
    own, others = (at.optional_integers(node, f"{side}_axes") for side in ("lhs", "rhs"))
    if own is None or others is None:
        return g.add(Broadcast(), x, g.add(ShapeOf(), like))
    rank = rank_of(x)
    given = dict(zip(normalize_axes(own, rank), normalize_axes(others, rank_of(like))))
    sizes = [
        size_of(g, like, given[axis]) if axis in given else size_of(g, x, axis)
        for axis in range(rank)
    ]
    return g.add(Broadcast(), x, vector(g, sizes))
