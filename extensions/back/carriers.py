"""Element types that models have and the IR does not, held by wider ones."""

from __future__ import annotations

from extensions.ops.conversion import Convert, Widen
from mo.errors import UnsupportedError
from mo.graph.element_type import CARRIERS, ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node
from mo.graph.op import Constant, Parameter
from mo.graph.tensor import Tensor


def carry(graph: Graph) -> int:
    """Inputs, constants and conversions take the wider type; an output of the model may not."""
    made = [
        n for n in graph.nodes_of(Constant, Parameter, Convert) if n.outputs[0].dtype in CARRIERS
    ]
    for node in graph.results():
        value = node.inputs[0]
        if value is not None and value.dtype in CARRIERS:
            raise UnsupportedError(
                f"Output '{value}' has the element type {value.dtype.name}, which the IR lacks",
                hint="Convert it in the model, or name other outputs with --output.",
            )
    for node in made:
        _carry(graph, node)
    if made:
        for node in graph.topological():
            graph.infer_again(node)
    return len(made)


def _carry(graph: Graph, node: Node) -> None:
    value = node.outputs[0]
    narrow, wide = value.dtype, CARRIERS[value.dtype]
    if isinstance(node.op, Parameter):
        graph.set_op(node, node.op.with_attributes(element_type=wide))
    elif isinstance(node.op, Convert):
        if narrow.is_float:
            raise UnsupportedError(f"'{node.name}' rounds to {narrow.name}, which no runtime does")
        graph.set_op(node, Convert(destination_type=wide))
    else:
        assert value.constant is not None
        only_widened = all(isinstance(user.op, (Convert, Widen)) for user, _ in value.users)
        if narrow is ElementType.i2 and only_widened:
            wide = ElementType.i4
        value.constant = _converted(value.constant, wide)
        graph.set_op(node, Constant(tensor=value.constant))


def _converted(tensor: Tensor, kind: ElementType) -> Tensor:
    return Tensor.of(tensor.array.astype(kind.numpy), kind)
