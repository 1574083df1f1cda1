"""TensorArray, the lists of TensorFlow 1: its flow is the list, its handle stands for nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.tf.common import converts, type_attribute
from extensions.front.tf.lists import (
    concatenated,
    counts_up,
    in_parts,
    length_of,
    read_item,
    stack_of,
    with_item,
    with_rows,
)
from extensions.ops.gathering import Gather
from mo.front.model import SourceNode
from mo.front.values import ReservedSequence, Value
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)


@converts("TensorArrayV3")
def tensor_array(g: Graph, node: SourceNode, size: Output) -> tuple[Value, Value]:
    sizes = node.get("element_shape")
    shape = None
    if sizes is not None:
        known = [dim if isinstance(dim, int) else -1 for dim in sizes]
        shape = g.constant(np.asarray(known, np.int64))
    value = ReservedSequence(size, type_attribute(node, "dtype"), shape)
    return value, value


@converts("TensorArrayScatterV3", sequences=True)
def array_scatter(
    g: Graph, node: SourceNode, handle: Any, indices: Output, x: Output, flow: Value
) -> Value:
    return with_rows(g, flow, indices, x)


@converts("TensorArrayGatherV3", sequences=True)
def array_gather(g: Graph, node: SourceNode, handle: Any, indices: Output, flow: Value) -> Output:
    stack = stack_of(g, flow)
    if counts_up(indices):
        return stack
    return g.add(Gather(), stack, indices, g.constant(_FIRST))


@converts("TensorArrayReadV3", sequences=True)
def arrayread_item(g: Graph, node: SourceNode, handle: Any, index: Output, flow: Value) -> Output:
    return read_item(g, flow, index)


@converts("TensorArrayWriteV3", sequences=True)
def array_write(
    g: Graph, node: SourceNode, handle: Any, index: Output, item: Output, flow: Value
) -> Value:
    return with_item(g, flow, index, item)


@converts("TensorArraySizeV3", sequences=True)
def array_size(g: Graph, node: SourceNode, handle: Any, flow: Value) -> Output:
    return length_of(g, flow)


@converts("TensorArrayConcatV3", sequences=True)
def array_concat(g: Graph, node: SourceNode, handle: Any, flow: Value) -> tuple[Output, Output]:
    return concatenated(g, flow)


@converts("TensorArraySplitV3", sequences=True)
def array_split(
    g: Graph, node: SourceNode, handle: Any, x: Output, lengths: Output, flow: Value
) -> Value:
    return in_parts(g, x, lengths)


@converts("TensorArrayCloseV3", sequences=True)
def array_close(g: Graph, node: SourceNode, handle: Any) -> tuple[Value, ...]:
    return ()
