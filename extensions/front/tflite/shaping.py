"""Tensors in other shapes and element types, and parts of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import invalid, needed_constant, rank_of, typed
from extensions.front.tf.common import number, refuse
from extensions.front.tflite.common import converts, needed_option, tensorflow
from extensions.front.tflite.quantization import to_integers
from extensions.ops.arithmetic import Add, Maximum, Minimum, Select, Subtract
from extensions.ops.conversion import Widen
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Pad
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, ShapeOf
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.values import Value, is_tensor
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("RESHAPE")
def reshape(g: Graph, node: SourceNode, x: Value, shape: Output | None = None) -> Any:
    """The shape is an input, or in old files an option."""
    if shape is None or shape.rank != 1:
        sizes = node.get("new_shape")
        if sizes is None:
            raise invalid("it says no shape")
        shape = g.constant(np.asarray(sizes, np.int64))
    return tensorflow(g, node, "Reshape", x, shape)


@converts("CONCATENATION")
def concatenation(g: Graph, node: SourceNode, *xs: Output) -> Output:
    axis = normalize_axis(node.get("axis", 0), rank_of(xs[0]))
    return xs[0] if len(xs) == 1 else g.add(Concat(axis=axis), *xs)


@converts("GATHER")
def gather(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    axis = g.constant(np.int64(node.get("axis", 0)))
    result: Output = tensorflow(
        g, node, "GatherV2", x, indices, axis, batch_dims=node.get("batch_dims", 0)
    )
    return result


@converts("MIRROR_PAD")
def mirror_pad(g: Graph, node: SourceNode, x: Output, paddings: Output) -> Output:
    mode = ("REFLECT", "SYMMETRIC")[needed_option(node, "mirror", (0, 1))]
    result: Output = tensorflow(g, node, "MirrorPad", x, paddings, mode=mode)
    return result


@converts("STRIDED_SLICE")
def strided_slice(
    g: Graph, node: SourceNode, x: Output, begin: Output, end: Output, strides: Output
) -> Output:
    """With ``offset`` the ends are counted from the beginnings."""
    if node.get("offset", False):
        end = g.add(Add(), begin, end)
    result: Output = tensorflow(g, node, "StridedSlice", x, begin, end, strides, **node.attributes)
    return result


@converts("DYNAMIC_UPDATE_SLICE")
def dynamic_update_slice(
    g: Graph, node: SourceNode, x: Output, update: Output, start: Output
) -> Output:
    """The update over a part of x, moved so that it lies inside."""
    kind = ElementType.i64
    whole, size = g.add(ShapeOf(), x), g.add(ShapeOf(), update)
    room = g.add(Subtract(), whole, size)
    begin = g.add(Minimum(), g.add(Maximum(), typed(g, start, kind), number(g, 0, kind)), room)
    end = g.add(Subtract(), room, begin)
    marks = g.add(Broadcast(), number(g, 1, ElementType.i32), size)
    inside = g.add(Pad(pad_mode="constant"), marks, begin, end, number(g, 0, ElementType.i32))
    moved = g.add(Pad(pad_mode="constant"), update, begin, end, number(g, 0, update.dtype))
    return g.add(Select(), typed(g, inside, ElementType.boolean), moved, x)


@converts("UNSORTED_SEGMENT_PROD")
def segment_products(g: Graph, node: SourceNode, x: Output, ids: Output, count: Output) -> Output:
    """Of sizes as a product for each segment: so converters join axes of unknown size.

    (The CPU runtime takes sizes that it scatters for zeros.)
    """
    order, total = ids.value(), count.value()
    segments = range(0 if total is None else int(total.item()))
    if order is None or x.rank != 1 or not segments or set(order.tolist()) != set(segments):
        result: Output = tensorflow(g, node, "UnsortedSegmentProd", x, ids, count)
        return result
    first = g.constant(np.int64(0))
    members = [g.add(Gather(), x, np.flatnonzero(order == part), first) for part in segments]
    products = [g.add(ReduceProd(keep_dims=True), part, [0]) for part in members]
    return products[0] if len(products) == 1 else g.add(Concat(axis=0), *products)


@converts("EMBEDDING_LOOKUP")
def embedding_lookup(g: Graph, node: SourceNode, ids: Output, table: Output) -> Output:
    return g.add(Gather(), table, ids, g.constant(np.int64(0)))


# ---- element types


@converts("CAST")
def cast(g: Graph, node: SourceNode, x: Value) -> Any:
    """What a result is made of the file says (see converts); of complex numbers, here."""
    to_complex = node.get("made_of")[0] is None
    if is_tensor(x):
        return tensorflow(g, node, "Complex", x, number(g, 0, x.dtype)) if to_complex else x
    return x if to_complex else tensorflow(g, node, "Real", x)


@converts("ASSIGN_VARIABLE", "DENSIFY", "QUANTIZE", "READ_VARIABLE")
def same(g: Graph, node: SourceNode, x: Value) -> Value:
    """What a result is made of, and of what levels, the file says (see converts)."""
    return x


# Fewer numbers in half precision are not worth a conversion at run time.
_FEW = 1 << 10


@converts("DEQUANTIZE")
def dequantize(g: Graph, node: SourceNode, x: Output) -> Output:
    """Weights in half precision stay so, with their widening beside them."""
    kind = node.get("made_of")[0] or ElementType.f32
    if x.constant is not None and x.dtype is ElementType.f16 and x.constant.size > _FEW:
        return g.add(Widen(destination_type=kind), x)
    return typed(g, x, kind)


@converts("TO_INTEGERS")
def integers(g: Graph, node: SourceNode, x: Value) -> Value:
    """A result of a quantised model."""
    kind = node.get("kind")
    if not is_tensor(x) or x.dtype is kind:
        return x
    return to_integers(g, x, node.get("meant"), kind)


@converts("STATE")
def unknown_state(g: Graph, node: SourceNode) -> Any:
    raise UnsupportedError(
        f"what the variable '{node.get('name')}' holds at first is not in the file",
        hint="Convert the model again, with its variables frozen.",
    )


@converts("COMPLEX_CONSTANT")
def complex_constant(g: Graph, node: SourceNode) -> Value:
    return tensorflow(g, node, "Const", value=node.get("value"))


@converts("CONSTANT")
def unreadable(g: Graph, node: SourceNode) -> Any:
    raise node.get("reason")


# ---- other subgraphs


@converts("STABLEHLO_COMPOSITE")
def called(g: Graph, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
    """The subgraph that says what it does, in place."""
    found: tuple[Value, ...] = node.walk.inline(node.get("decomposition"), *inputs)
    return found


@converts("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5")
def suppressed(g: Graph, node: SourceNode, *inputs: Output) -> Any:
    """Filled up to the greatest number that is allowed."""
    if any(needed_constant(sigma, "sigma").any() for sigma in inputs[5:]):
        raise refuse("soft suppression, which counts overlaps differently here,")
    kind = "NonMaxSuppressionV" + node.type[-1]
    return tensorflow(g, node, kind, *inputs, pad_to_max_output_size=True)
