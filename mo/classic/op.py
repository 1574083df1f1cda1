"""``mo.ops.op.Op``: an operation as extensions describe and create it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from mo.classic.errors import Error
from mo.classic.node import Node

# An input of a new node: a node of one output, or a node and the number of its output.
Source = Any


class Op:
    """Base of operations: attributes that end up on nodes.

    Subclasses give ``super().__init__(graph, mandatory_attributes, attributes_of_the_caller)``.
    """

    op: ClassVar[str | None] = None
    enabled = True
    registered_ops: ClassVar[dict[str, type[Op]]] = {}
    registered_cls: ClassVar[list[type[Op]]] = []
    excluded_classes: ClassVar[list[type]] = []
    # Attributes of a class made from a table (see extensions.classic).
    preset: ClassVar[Mapping[str, Any]] = {}
    ir_version = 10

    def __init__(
        self,
        graph: Any = None,
        attrs1: Mapping[str, Any] | None = None,
        attrs2: Mapping[str, Any] | None = None,
    ) -> None:
        self.graph = graph
        self.default_backend_attrs: list[Any] = []
        self.attrs: dict[str, Any] = {"kind": "op", **(attrs1 or {}), **(attrs2 or {})}

    # ---- what subclasses say

    def supported_attrs(self) -> Sequence[Any]:
        """Records of the attributes that the IR holds."""
        return self.default_backend_attrs

    def backend_attrs(self) -> Sequence[Any]:
        """The same where it differs: names, (name, attribute), (name, function of the node)."""
        return self.supported_attrs()

    def get_opset(self) -> str:
        return str(self.attrs.get("version", "extension"))

    # ---- making nodes

    def add_node(self, attrs: Mapping[str, Any] | None = None) -> Node:
        """A node that nothing is connected to."""
        found = {**self.attrs, **(attrs or {})}
        id = self.graph.unique_id(str(found.get("name") or self.attrs.get("op") or ""))
        return self.graph.add_node(id, **self._complete({**found, "name": id}))

    def create_node(
        self,
        inputs: Sequence[Source] | None = None,
        attrs: Mapping[str, Any] | None = None,
        edge_attrs: Mapping[str, Any] | None = None,
    ) -> Node:
        """A node whose ports 0, 1, ... read ``inputs``."""
        node = self.add_node(attrs)
        for index, source in enumerate(inputs or ()):
            before, port = self.extract_port(source)
            if before.is_data:
                self.graph.connect(before.target, node.op_node, _added(node, index))
            else:
                self.graph.create_edge(before, node, port, index, edge_attrs)
        return node

    def create_node_on_port(
        self,
        node: Node,
        out_port: int,
        attrs: Mapping[str, Any] | None = None,
        edge_attrs: Mapping[str, Any] | None = None,
    ) -> Node:
        """A consumer of one output of ``node``."""
        new = self.add_node(attrs)
        index = dict(edge_attrs or {}).get("in", 0)
        self.graph.create_edge(node, new, out_port, index, edge_attrs)
        return new

    def create_node_with_data(
        self,
        inputs: Sequence[Node | None] | None = None,
        attrs: Mapping[str, Any] | None = None,
        data_nodes: Any = None,
        edge_attrs: Any = None,
    ) -> Any:
        """A node on tensors, its results worked out at once; the tensor, or a list of them."""
        node = self.add_node(attrs)
        index = 0
        for source in inputs or ():
            if source is not None:
                value = source.target if source.is_data else source.op_node.outputs[0]
                self.graph.connect(value, node.op_node, _added(node, index))
                index += 1
        settled = self.graph.native.graph["settle_node"](node.op_node)
        given = [data_nodes] if isinstance(data_nodes, Node) else list(data_nodes or ())
        for old, new in zip(given, settled):
            self.graph.native.replace(old.target, new)
        found = [self.graph.node_of(value) for value in settled]
        return found[0] if len(found) == 1 else found

    @staticmethod
    def create_data_node(
        graph: Any, op_node: Node, attrs: Any = None, edge_attrs: Any = None, out_port: int = 0
    ) -> Node:
        op_node.add_output_port(out_port, skip_if_exist=True)
        node: Node = graph.node_of(op_node.op_node.outputs[out_port])
        for key, value in (attrs or {}).items():
            node[key] = value
        return node

    @staticmethod
    def create_input_data_node(graph: Any, name: str, value: Any, attrs: Any = None) -> Node:
        return graph.node_of(graph.constant(value, name).op_node.outputs[0])

    @staticmethod
    def create_and_connect_input_data_node(
        graph: Any, op_node: Node, attrs: Any = None, edge_attrs: Any = None
    ) -> Node:
        attrs = attrs or {}
        data = Op.create_input_data_node(graph, attrs.get("name", ""), attrs["value"])
        index = (edge_attrs or {}).get("in", len(op_node.in_ports()))
        graph.connect(data.target, op_node.op_node, _added(op_node, index))
        return data

    # ---- describing nodes that exist

    @classmethod
    def update_node_stat(cls, node: Node, attrs: Mapping[str, Any] | None = None) -> None:
        """Write all attributes of the operation into ``node``: what extractors end with."""
        cls(node.graph, dict(attrs or {})).update_node(node)

    def update_node(self, node: Node, attrs: Mapping[str, Any] | None = None) -> None:
        found = self._complete({**self.attrs, **(attrs or {})})
        found.pop("name", None) if "name" not in (attrs or {}) else None
        for key, value in found.items():
            node[key] = value
        node.update_node()

    def substitute_ie_attrs(self, new_attrs: dict[str, Any]) -> None:
        """Write the template of the IR's element into ``new_attrs``."""
        data: Any = ("data", list(self.backend_attrs()), [])
        head = [("id", lambda node: node.id), "name", "type", "version"]
        new_attrs["IE"] = [("layer", head, [data, "@ports", "@consts"])]

    def _complete(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "IE" not in attrs:
            self.substitute_ie_attrs(attrs)
        return attrs

    # ---- by name

    @staticmethod
    def extract_port(node_port: Any) -> tuple[Node, int]:
        """(node, number of its output) of an input of ``create_node``."""
        if isinstance(node_port, tuple):
            return node_port
        if not node_port.is_data:
            used = [n for n, port in node_port.out_ports().items() if not port.disconnected()]
            if len(used) > 1:
                raise Error("'{}' has several outputs: say which, as (node, port)", node_port.id)
        return node_port, 0

    @staticmethod
    def get_op_class_by_name(name: str) -> type[Op]:
        return Op.registered_ops[name]

    @staticmethod
    def expand_node_shape(node: Node, dims_to_add: int) -> None:
        """Append dimensions of size 1 to a constant."""
        if node is None or not node.has_valid("value"):
            return
        value = np.asarray(node.value)
        node["value"] = value.reshape(*value.shape, *[1] * dims_to_add)

    @classmethod
    def class_type(cls) -> type:
        return Op


def _added(node: Node, index: int) -> int:
    node.add_input_port(index, skip_if_exist=True)
    return index


class PermuteAttrs:
    """Permutations between channels-last and channels-first."""

    class Permutation(NamedTuple):
        perm: Any
        inv: Any

    @staticmethod
    def get_inverse_permutation(perm: Any) -> np.ndarray:
        return np.argsort(perm)

    @staticmethod
    def get_nhwc_to_nchw_permutation(rank: int) -> Permutation:
        usual = rank > 3
        perm = np.array([0, rank - 1, *range(1, rank - 1)] if usual else range(rank), np.int64)
        return PermuteAttrs.Permutation(perm, np.argsort(perm))

    @staticmethod
    def get_nchw_to_nhwc_permutation(rank: int) -> Permutation:
        usual = rank > 3
        perm = np.array([0, *range(2, rank), 1] if usual else range(rank), np.int64)
        return PermuteAttrs.Permutation(perm, np.argsort(perm))

    @staticmethod
    def create_permute_attrs(node: Node, attrs: Any = None) -> None:
        """Nothing to note: layouts are settled when a layer is translated."""

    @staticmethod
    def set_permutation(node1: Any, node2: Any, permutation: Any, override: bool = False) -> None:
        """Nothing to note: layouts are settled when a layer is translated."""


class PermuteInputs:
    """Inputs that follow a change of layout: settled when a layer is translated."""

    def set_input_permutation(
        self,
        node1: Any,
        node2: Any,
        port_info: str,
        permutation_rule: str,
        permutation_condition: str = "rank",
    ) -> None:
        """Nothing to note."""
