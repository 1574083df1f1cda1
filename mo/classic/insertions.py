"""Ways to put nodes before, behind and in place of a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mo.graph import node as native
from mo.graph.op import Result

if TYPE_CHECKING:
    from mo.classic.node import Node


class Insertions:
    """The part of a node's view that changes the graph around it."""

    __slots__ = ()

    def copy_node(
        self: Any, new_attrs: dict[str, Any] | None = None, dst_graph: Any = None
    ) -> Node:
        return self.graph.copied(self, new_attrs or {}, dst_graph)

    def replace_node(self: Any, new_node: Node, new_node_out_port: int | None = None) -> None:
        """Give all consumers to ``new_node`` and remove this one."""
        for idx, port in self.out_ports().items():
            if not port.disconnected():
                target = idx if new_node_out_port is None else new_node_out_port
                new_node.add_output_port(target, skip_if_exist=True)
                port.get_connection().set_source(new_node.out_port(target))
        self.graph.remove_node(self.id)

    def insert_node_after(self: Any, new_node: Node, node_out_port: int = 0) -> None:
        new_node.add_input_port(0, skip_if_exist=True)
        new_node.add_output_port(0, skip_if_exist=True)
        self.out_port(node_out_port).get_connection().insert_node(new_node)

    def insert_op_on_input_port(
        self: Any,
        in_port_idx: int,
        new_op_class: Callable[..., Any],
        new_op_attrs: dict[str, Any],
        value: Any = None,
    ) -> Node:
        """Put an operation before an input, with ``value`` as its second input if given."""
        new_node: Node = new_op_class(self.graph, new_op_attrs).create_node()
        if value is not None:
            constant = self.graph.constant(value, f"{new_node.id}/value")
            new_node.add_input_port(1, skip_if_exist=True)
            new_node.in_port(1).connect(constant.out_port(0))
        self.in_port(in_port_idx).get_connection().insert_node(new_node)
        return new_node

    # ---- the same with tensors between operations, after translation

    def insert_node_with_data_before(
        self: Any,
        inp: Node,
        new_op_class: Callable[..., Any],
        op_before_params: dict[str, Any] | None = None,
        infer_current: bool = False,
        additional_inputs: Iterable[Node] | None = None,
    ) -> None:
        """Put an operation between the tensor ``inp`` and this node."""
        ports = [n for n, value in enumerate(self.op_node.inputs) if value is inp.target]
        made = new_op_class(self.graph, op_before_params or {}).create_node_with_data(
            [inp, *(additional_inputs or ())]
        )
        for port in ports:
            self.graph.connect(made.target, self.op_node, port)

    def insert_node_with_data_after(
        self: Any,
        out: Node,
        new_op_class: Callable[..., Any],
        op_after_params: dict[str, Any] | None = None,
        additional_inputs: Iterable[Node] | None = None,
    ) -> None:
        """Put an operation between the tensor ``out`` of this node and what reads it."""
        value = out.target
        assert isinstance(value, native.Output)
        readers = list(value.users)
        made = new_op_class(self.graph, op_after_params or {}).create_node_with_data(
            [out, *(additional_inputs or ())]
        )
        for reader, index in readers:
            self.graph.connect(made.target, reader, index)
        if any(isinstance(reader.op, Result) for reader, _ in readers):
            value.hand_names(made.target)

    def bracket_with_different_nodes_with_data(
        self: Any,
        inp: Node,
        out: Node,
        new_op_class_before: Callable[..., Any],
        new_op_class_after: Callable[..., Any],
        op_before_params: dict[str, Any] | None = None,
        op_after_params: dict[str, Any] | None = None,
    ) -> None:
        """Put one operation before an input and another behind an output."""
        self.insert_node_with_data_before(inp, new_op_class_before, op_before_params)
        self.insert_node_with_data_after(out, new_op_class_after, op_after_params)

    def bracket_op_with_another_op(
        self: Any,
        inp: Node,
        out: Node,
        new_op_class: Callable[..., Any],
        op_before_params: dict[str, Any] | None = None,
        op_after_params: dict[str, Any] | None = None,
    ) -> None:
        """Put two operations of one class before an input and behind an output."""
        self.bracket_with_different_nodes_with_data(
            inp, out, new_op_class, new_op_class, op_before_params, op_after_params
        )
