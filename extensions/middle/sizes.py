"""Lists of sizes, said with as few operations as they need.

Exporters spell the shape that a tensor gets size by size: ShapeOf, Gather, Unsqueeze, Concat.
Inference knows what each element is: an integer, or the unknown size of an axis. So a list that
is made of shapes alone is one of those shapes, some sizes of it, or a few of such pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from extensions.middle.shapes import computed
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.shaping import Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import Slice, StridedSlice
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import Dim, Dimension
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import rewrite

# What lists of sizes are put together with.
_MADE_OF = (Concat, Gather, Reshape, Slice, Squeeze, StridedSlice, Unsqueeze)
# Longer lists, and those made of more than this, are something else.
_LONGEST, _MOST_NODES = 16, 64

# The types in which shapes are asked for; a list has the type of the shapes that it is made of.
_INDICES = (ElementType.i32, ElementType.i64)

x = any_value("x")


class Piece(NamedTuple):
    """Neighbours in a list: integers (``shape`` is None), or sizes of some axes of a shape."""

    shape: Output | None
    numbers: tuple[int, ...]

    def value(self, g: Graph, kind: ElementType, is_scalar: bool = False) -> Output:
        places = np.array(self.numbers[0] if is_scalar else self.numbers, np.int64)
        if self.shape is None:
            return g.constant(places, kind)
        if self.is_whole and not is_scalar:
            return self.shape
        return g.add(Gather(), self.shape, places, np.int64(0))

    @property
    def is_whole(self) -> bool:
        known = None if self.shape is None else self.shape.shape
        return known == (len(self.numbers),) and self.numbers == tuple(range(len(self.numbers)))

    @property
    def cost(self) -> int:
        """How many operations it takes, without that which gives the shape."""
        return int(self.shape is not None and not self.is_whole)


@rewrite(match(_MADE_OF))
def list_of_sizes(g: Graph, node: Node) -> Output | None:
    """The fewest pieces, if they take fewer operations."""
    return _shorter(g, node, node.outputs[0], _elements(node.outputs[0]))


@rewrite(match(Reshape, x, any_value("shape", where=computed)))
def target_with_copies(g: Graph, node: Node, x: Output, shape: Output) -> Output | None:
    """Sizes that stay where they are, and one of the others, need not be told."""
    elements = _elements(shape)
    if elements is None or x.shape is None or shape.only_user() is not node:
        return None
    pattern: list[Dimension] = []
    for i, dim in enumerate(elements):
        if not isinstance(dim, int) and i < len(x.shape) and dim is x.shape[i]:
            pattern.append(0)
        elif dim == 0 or (isinstance(dim, Dim) and dim.min == 0):
            # Where 0 means to copy, no size may be 0.
            return None
        else:
            pattern.append(dim)
    if -1 not in pattern:
        left = next((i for i, dim in enumerate(pattern) if isinstance(dim, Dim)), None)
        if left is None:
            return None
        pattern[left] = -1
    target = _shorter(g, shape.node, shape, pattern)
    return None if target is None else g.add(Reshape(special_zero=True), x, target)


def _elements(value: Output) -> list[Dimension] | None:
    """Integers and sizes, of which one at least is not known; a scalar is a list of one."""
    array = _known(value)
    if array is None or array.ndim > 1 or not 0 < array.size <= _LONGEST:
        return None
    if value.dtype not in _INDICES or value.is_constant:
        return None
    elements = [item if isinstance(item, Dim) else int(item) for item in array.reshape(-1)]
    return elements if any(isinstance(item, Dim) for item in elements) else None


def _known(value: Output) -> np.ndarray | None:
    """What is known of a list; of shapes, what they are now."""
    node = value.node
    if isinstance(node.op, ShapeOf):
        return np.array(_sizes(value), object)
    if isinstance(node.op, Gather) and _is_shape(node.inputs[0]):
        shape, places = node.inputs[0], node.inputs[1]
        known = None if places is None else places.value()
        sizes = () if shape is None else _sizes(shape)
        if known is not None and len(sizes):
            return np.array(sizes, object)[known.reshape(-1)].reshape(known.shape)
    return value.partial_value()


def _is_shape(value: Output | None) -> bool:
    return value is not None and isinstance(value.node.op, ShapeOf)


def _shorter(
    g: Graph, node: Node, value: Output, elements: Sequence[Dimension] | None
) -> Output | None:
    """The list in the fewest pieces; None if these are as many operations as it is made of."""
    if elements is None:
        return None
    own, shapes = _made_of(node)
    pieces = _pieces(elements, shapes)
    if pieces is None:
        return None
    is_scalar = value.rank == 0
    cost = max(sum(piece.cost for piece in pieces) + (len(pieces) > 1), is_scalar)
    if cost > own or (cost == own and not _is_detour(node, pieces)):
        return None
    values = [piece.value(g, value.dtype, is_scalar) for piece in pieces]
    return values[0] if len(values) == 1 else g.add(Concat(axis=0), *values)


def _is_detour(node: Node, pieces: Sequence[Piece]) -> bool:
    """Whether sizes of one shape come by another operation, which may be needed no more then."""
    source = node.inputs[0]
    return len(pieces) == 1 and source is not None and isinstance(source.node.op, _MADE_OF)


def _made_of(root: Node) -> tuple[int, list[Output]]:
    """How many operations a list is made of that nothing else reads, and the shapes it reads."""
    own, queue, shapes = {root}, [root], {}
    while queue and len(own) < _MOST_NODES:
        for value in queue.pop().inputs:
            if value is None or value.is_constant:
                continue
            if isinstance(value.node.op, ShapeOf):
                shapes[id(value)] = value
            elif isinstance(value.node.op, _MADE_OF):
                queue.append(value.node)
                if all(user in own for user in value.node.consumers()):
                    own.add(value.node)
    kind = root.outputs[0].dtype
    return len(own), [value for value in shapes.values() if value.dtype is kind]


def _pieces(elements: Sequence[Dimension], shapes: Sequence[Output]) -> list[Piece] | None:
    """The list cut where it must be; None if a size is none of the shapes'."""
    pieces: list[Piece] = []
    start = 0
    while start < len(elements):
        runs = [Piece(shape, _run(elements[start:], _sizes(shape))) for shape in shapes]
        best = max(runs, key=lambda piece: len(piece.numbers), default=Piece(None, ()))
        integers = _integers(elements[start:])
        if len(integers) >= len(best.numbers):
            best = Piece(None, integers)
        if not best.numbers:
            return None
        pieces.append(best)
        start += len(best.numbers)
    return pieces


def _sizes(shape: Output) -> Sequence[Dimension]:
    data = shape.node.inputs[0]
    return (data.shape if data is not None else None) or ()


def _run(elements: Sequence[Dimension], sizes: Sequence[Dimension]) -> tuple[int, ...]:
    """The axes whose sizes the first elements are, as far as that goes."""
    axes: list[int] = []
    for item in elements:
        places = [i for i, size in enumerate(sizes) if size is item or _is_integer(size, item)]
        if not places:
            break
        # Of equal sizes that behind the last one: the run may be the whole shape.
        behind = [i for i in places if axes and i == axes[-1] + 1]
        axes.append((behind or places)[0])
    return tuple(axes)


def _is_integer(size: Dimension, item: Dimension) -> bool:
    return isinstance(size, int) and isinstance(item, int) and size == item


def _integers(elements: Sequence[Dimension]) -> tuple[int, ...]:
    numbers: list[int] = []
    for item in elements:
        if not isinstance(item, int):
            break
        numbers.append(item)
    return tuple(numbers)


RULES = (list_of_sizes, target_with_copies)


def share_sizes(graph: Graph) -> int:
    """Sizes are read from the first shape that has them, so that fewer shapes are asked for."""
    first: dict[tuple[int, ElementType], Output] = {}
    # They are dropped at the end: a shape must not go while others may still be read from it.
    replaced: list[Node] = []
    for node in graph.topological():
        result = node.outputs[0] if node.outputs else None
        if result is None or not isinstance(node.op, (Concat, Gather, ShapeOf)):
            continue
        graph.scope = node.name
        elements = _elements(result) or ()
        new = _from_first(graph, node, elements, first)
        if new is None and isinstance(node.op, ShapeOf):
            new = _without_data(graph, node, elements, first)
        if new is not None:
            graph.replace(result, new)
            replaced.append(node)
        elif isinstance(node.op, ShapeOf):
            for size in _sizes(result):
                if isinstance(size, Dim):
                    first.setdefault((id(size), result.dtype), result)
    graph.scope = ""
    for node in replaced:
        graph.discard(node)
    return len(replaced)


def _from_first(
    g: Graph,
    node: Node,
    elements: Sequence[Dimension],
    first: dict[tuple[int, ElementType], Output],
) -> Output | None:
    """A list of sizes as one piece of the shape that first had them, if it is not that yet."""
    kind = node.outputs[0].dtype
    known = (first.get((id(item), kind)) for item in elements)
    shape = next((value for value in known if value is not None), None)
    if shape is None or node in (shape.node, *shape.node.consumers()):
        return None
    piece = Piece(shape, _run(elements, _sizes(shape)))
    if isinstance(node.op, ShapeOf) and not piece.is_whole:
        return None
    if len(piece.numbers) < len(elements):
        return None
    return piece.value(g, kind, is_scalar=node.outputs[0].rank == 0)


def _without_data(
    g: Graph,
    node: Node,
    elements: Sequence[Dimension],
    first: dict[tuple[int, ElementType], Output],
) -> Output | None:
    """The shape of what is computed to ask for its shape alone, from the first shapes."""
    data, kind = node.inputs[0], node.outputs[0].dtype
    if not elements or data is None or not data.node.inputs or data.only_user() is not node:
        return None
    shapes = [first[id(item), k] for k in _INDICES for item in elements if (id(item), k) in first]
    pieces = _pieces(elements, shapes[:1])
    if not shapes or pieces is None:
        return None
    cost = sum(piece.cost for piece in pieces) + (len(pieces) > 1) + (shapes[0].dtype is not kind)
    if cost > _alone(node, cost):
        return None
    values = [piece.value(g, shapes[0].dtype) for piece in pieces]
    value = g.add(Concat(axis=0), *values) if len(values) > 1 else values[0]
    return value if value.dtype is kind else g.add(Convert(destination_type=kind), value)


def _alone(node: Node, most: int) -> int:
    """How many operations, up to a number, only this one needs, with itself."""
    own, queue = {node}, [node]
    while queue and len(own) < most:
        for value in queue.pop().inputs:
            maker = None if value is None else value.node
            if maker is None or not maker.inputs or maker in own:
                continue
            if all(user in own for user in maker.consumers()):
                own.add(maker)
                queue.append(maker)
    return len(own)
