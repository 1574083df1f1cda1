"""Strides of 1x1 convolutions moved to the convolutions that compute what they read.

A 1x1 convolution with strides reads some places of its data and no others; what computes them
need not compute the others. As in residual networks whose blocks begin with such convolutions.
"""

from __future__ import annotations

from extensions.middle.linear import channel_factor
from extensions.ops.activation import PReLU, Swish
from extensions.ops.arithmetic import Add, Maximum, Multiply, Subtract
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.pooling import MaxPool
from extensions.ops.unary import Unary
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import same_shape

Strides = tuple[int, ...]
_ELEMENTWISE = (Unary, PReLU, Swish, Add, Subtract, Multiply, Maximum)


def raise_strides(graph: Graph) -> int:
    """Compute what only 1x1 convolutions with strides read just where they read it."""
    changes = 0
    queue = graph.nodes_of(Convolution)
    while queue:
        node = queue.pop()
        data = node.inputs[0] if node.id in graph else None
        strides = data and _strides_of_readers(data)
        if not data or not strides:
            continue
        thinning = _Thinning(graph, strides)
        thin = thinning.thinned(data)
        if not thinning.convolutions:
            graph.discard(thin.node)
            continue
        for reader, _ in list(data.users):
            _read(graph, reader, thin)
        queue += thinning.convolutions
        changes += 1
    return changes


def _read(graph: Graph, reader: Node, thin: Output) -> None:
    """The reader without strides, on data that hold only what it read."""
    strides = reader.op.attributes()["strides"]
    plain = reader.op.with_attributes(strides=(1,) * len(strides))
    result = graph.add(plain, thin, *reader.inputs[1:])
    graph.rename(result.node, reader.name)
    graph.replace(reader.outputs[0], result)
    graph.discard(reader)


def _strides_of_readers(data: Output) -> Strides | None:
    """The strides of all readers, if these are 1x1 convolutions with the same ones."""
    found = {
        node.op.attributes()["strides"] if index == 0 and _is_pointwise(node) else None
        for node, index in data.users
    }
    strides = found.pop()
    return strides if not found and strides is not None and max(strides) > 1 else None


def _is_pointwise(node: Node) -> bool:
    """A convolution whose every window is one place."""
    op = node.op
    shape = node.inputs[1].shape if isinstance(op, Convolution) and node.inputs[1] else None
    if not isinstance(op, Convolution) or shape is None:
        return False
    padding = op.pads_begin + op.pads_end if op.auto_pad == "explicit" else (0,)
    return all(dim == 1 for dim in shape[2:]) and not any(padding)


class _Thinning:
    """Values computed anew at every s-th place only; ``convolutions`` that took the strides."""

    def __init__(self, graph: Graph, strides: Strides) -> None:
        self.graph = graph
        self.strides = strides
        self.convolutions: list[Node] = []

    def thinned(self, value: Output) -> Output:
        """The value at every s-th place."""
        node = value.node
        op = node.op
        if isinstance(op, (Convolution, GroupConvolution)) and op.auto_pad in ("explicit", "valid"):
            strides = tuple(own * more for own, more in zip(op.strides, self.strides))
            result = self.graph.add(op.with_attributes(strides=strides), *node.inputs)
            self.convolutions.append(result.node)
        elif isinstance(op, _ELEMENTWISE) and self._is_even(node):
            inputs = [self._operand(source) for source in node.inputs if source is not None]
            result = self.graph.add(op, *inputs)
        else:
            return self._picked(value)
        self.graph.rename(result.node, node.name)
        return result

    def _operand(self, value: Output) -> Output:
        if value.is_constant:
            return value
        return self.thinned(value) if value.only_user() is not None else self._picked(value)

    def _is_even(self, node: Node) -> bool:
        """Whether each operand is as large as the result, or holds a number for each channel."""
        result = node.outputs[0]
        return result.rank is not None and all(
            channel_factor(value, result.rank, 1) is not None or _is_slope(node, value)
            if value.is_constant
            else same_shape(value.shape, result.shape)
            for value in node.inputs
            if value is not None
        )

    def _picked(self, value: Output) -> Output:
        ones, zeros = (1,) * len(self.strides), (0,) * len(self.strides)
        pool = MaxPool(kernel=ones, strides=self.strides, pads_begin=zeros, pads_end=zeros)
        return self.graph.add(pool, value)


def _is_slope(node: Node, value: Output) -> bool:
    """A vector that PReLU lays along the channels."""
    return isinstance(node.op, PReLU) and value.rank == 1
