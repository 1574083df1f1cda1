"""Transposes between channels last and channels first, moved until they meet and vanish.

Translations of frameworks with channels last put a Transpose before and behind each operation
that wants channels first. They sink towards the outputs, through everything that works as well
in the other order, and cancel each other or are taken in by shapes and weights.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from extensions.middle.permuting import (
    Order,
    before,
    concat,
    elementwise,
    inverse,
    is_identity,
    order_of,
    rule_of,
    with_slope,
)
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape, ShapeOf
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Parameter
from mo.graph.shape import static


def _is_layout(order: Order | None) -> bool:
    """Whether an order moves the channels of an image to the other end."""
    if order is None or len(order) < 4:
        return False
    rank = len(order)
    first = (0, rank - 1, *range(1, rank - 1))
    return order in (first, inverse(first))


def sink_transposes(graph: Graph) -> int:
    """Move the Transposes of layouts down as far as they go; returns the number of moves."""
    begun = {_begin_at(graph, node) for node in graph.parameters()} - {None}
    changes = len(begun)
    queue = deque(
        node
        for node in graph.nodes_of(Transpose)
        if node not in begun and _is_layout(order_of(node.outputs[0]))
    )
    while queue:
        node = queue.popleft()
        if node.id not in graph:
            continue
        for user, index in list(node.outputs[0].users):
            if node.id not in graph or user.id not in graph or user.inputs[index] is None:
                continue
            made = _move(graph, user, node.outputs[0])
            if made is not None:
                changes += 1
                queue.extend(made)
        if node.id in graph:
            graph.discard(node)
    return changes


def _move(graph: Graph, user: Node, value: Output) -> list[Node] | None:
    """Let ``user`` read what ``value`` transposes; the new Transposes, None if it cannot be."""
    order = order_of(value)
    if order is None or not any(given is value for given in user.inputs):
        return None
    graph.scope = user.name
    try:
        if isinstance(user.op, Transpose):
            return _joined(graph, user, order)
        if isinstance(user.op, ShapeOf):
            return _shape_before(graph, user, order)
        if isinstance(user.op, Reshape):
            return _into_weights(graph, user, order)
        rule = rule_of(user.op)
        if rule not in (elementwise, with_slope, concat) and user.inputs[0] is not value:
            return None
        moved = None if rule is None else rule(graph, user, order)
        if moved is None:
            return None
        old = [given for given in user.inputs if given is not None]
        _set_inputs(graph, user, moved.inputs)
        graph.set_op(user, moved.op)
        graph.infer_again(user)
        for given in old:
            graph.discard(given.node)
        return _behind(graph, user, moved.orders)
    finally:
        graph.scope = ""


def _set_inputs(graph: Graph, user: Node, inputs: Sequence[Any]) -> None:
    for index, given in enumerate(inputs):
        if not isinstance(given, Output):
            given = graph.constant(np.asarray(given, np.int64))
        if user.inputs[index] is not given:
            graph.set_input(user, index, given)


def _behind(graph: Graph, node: Node, orders: Sequence[Order]) -> list[Node]:
    """Transposes behind the outputs, which take over their uses and their tensor names."""
    made = []
    for output, order in zip(node.outputs, orders):
        if is_identity(order):
            graph.changed_type(output)
            continue
        users, names = list(output.users), output.names
        value = graph.add(Transpose(), output, list(order))
        for user, index in users:
            graph.set_input(user, index, value)
        output.names, value.names = {}, names
        made.append(value.node)
    return made


def _joined(graph: Graph, user: Node, order: Order) -> list[Node] | None:
    """Two Transposes are one, or none."""
    source = before(user.inputs[0])  # type: ignore[arg-type]
    outer = order_of(user.outputs[0])
    if outer is None:
        return None
    both = tuple(order[axis] for axis in outer)
    value = source if is_identity(both) else graph.add(Transpose(), source, list(both))
    if user.is_named and not value.node.is_named and len(value.node.outputs) == 1:
        graph.rename(value.node, user.name)
    graph.replace(user.outputs[0], value)
    graph.discard(user)
    return [] if value is source else [value.node]


def _shape_before(graph: Graph, user: Node, order: Order) -> list[Node]:
    """The shape, its sizes put in order instead of the elements."""
    sizes = graph.add(user.op, before(user.inputs[0]))  # type: ignore[arg-type]
    laid = graph.add(Gather(), sizes, list(order), graph.constant(np.int64(0)))
    graph.replace(user.outputs[0], laid)
    graph.discard(user)
    return []


def _into_weights(graph: Graph, user: Node, order: Order) -> list[Node] | None:
    """An image made a row for a matrix product: the rows of the matrix change places instead."""
    row = user.outputs[0]
    product = row.only_user()
    if product is None or not isinstance(product.op, MatMul) or product.inputs[0] is not row:
        return None
    image, weights = before(user.inputs[0]), product.inputs[1]  # type: ignore[arg-type]
    sizes = static((image.shape or ())[1:])
    if order[0] != 0 or sizes is None or row.rank != 2 or product.op.transpose_a:
        return None
    if weights is None or not weights.is_constant or weights.rank != 2:
        return None
    place = 1 if product.op.transpose_b else 0
    count = prod(sizes)
    if row.shape is None or row.shape[1] != count or (weights.shape or ())[place] != count:
        return None
    graph.set_input(user, 0, image)
    graph.set_input(product, 1, _rows_moved(graph, weights, place, sizes, order))
    return []


def _rows_moved(
    graph: Graph, weights: Output, place: int, sizes: Sequence[int], order: Order
) -> Output:
    """Rows that stand for the transposed image put in the order of the image itself."""
    shape = list(weights.shape or ())
    transposed = [sizes[axis - 1] for axis in order[1:]]
    split = [*shape[:place], *transposed, *shape[place + 1 :]]
    back = [axis - 1 for axis in inverse(order)[1:]]
    count = len(back)
    axes = [*range(place), *(place + axis for axis in back), *range(place + count, len(split))]
    moved = graph.add(Transpose(), graph.add(Reshape(), weights, split), axes)
    return graph.add(Reshape(), moved, shape)


def _begin_at(graph: Graph, node: Node) -> Node | None:
    """Transpose an input at once where all paths from it end in such Transposes.

    A second one behind it sinks and meets them: what lies between is computed in their order.
    Returns the first one, which stays where it is.
    """
    value = node.outputs[0]
    order = _order_ahead(value)
    if order is None or not isinstance(node.op, Parameter):
        return None
    users = list(value.users)
    graph.scope = node.name
    first = graph.add(Transpose(), value, list(order))
    again = graph.add(Transpose(), first, list(inverse(order)))
    graph.scope = ""
    for user, index in users:
        if not isinstance(user.op, ShapeOf):
            graph.set_input(user, index, again)
    return first.node


# Beyond this an input leads into the model itself.
_PATH_LIMIT = 64


def _order_ahead(value: Output) -> Order | None:
    """The one layout order to which all uses of an input lead, with something in between."""
    found: Order | None = None
    stack, seen = [value], {value}
    is_direct = True
    while stack:
        current = stack.pop()
        for user, _ in current.users:
            order = order_of(user.outputs[0]) if user.outputs else None
            if isinstance(user.op, ShapeOf):
                continue
            if order is not None:
                if not _is_layout(order) or found not in (None, order):
                    return None
                found = order
                continue
            is_direct = False
            if not _passes(user, current) or len(seen) > _PATH_LIMIT:
                return None
            if user.outputs[0] not in seen:
                seen.add(user.outputs[0])
                stack.append(user.outputs[0])
    return None if is_direct else found


def _passes(user: Node, value: Output) -> bool:
    """Whether a Transpose of ``value`` surely moves behind an operation with one such input."""
    if rule_of(user.op) is None or len(user.outputs) != 1 or user.outputs[0].rank != value.rank:
        return False
    return all(given is value or (given is not None and given.is_constant) for given in user.inputs)
