"""The graph as extensions see it: operations joined directly ("front"), or tensors between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MethodType
from typing import Any

import numpy as np

from mo.classic.attributes import Attributes, Later
from mo.classic.errors import Error
from mo.classic.graph_methods import METHODS
from mo.classic.layer import Layer
from mo.classic.node import Node, Target
from mo.classic.tensors import Tensors, classic_shape, sizes
from mo.classic.vocabulary import changed, described
from mo.errors import InferenceError
from mo.graph import node as native
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph as NativeGraph
from mo.graph.op import Constant, Op, Parameter, Result, TensorType

_DATA = re.compile(r"(.+)/data_(\d+)")


def view_of(graph: NativeGraph) -> Graph:
    """The one view of a graph."""
    found: Graph | None = graph.graph.get("view")
    if found is None:
        found = graph.graph["view"] = Graph(graph)
    return found


class Graph(Tensors):
    """What stands behind ``graph`` in an extension; ``native`` is the graph itself."""

    # What ``for_graph_and_each_sub_graph_recursively`` and others ask of the real thing.
    strict_mode = True

    def __init__(self, native: NativeGraph, stage: str = "middle") -> None:
        self.native = native
        self.stage = stage
        self.graph: dict[str, Any] = {"layout": "NCHW", "ir_version": 10}
        # What extensions say of nodes, tensors and edges that has no place in an operation.
        self._marks: dict[Any, dict[str, Any]] = {}
        self.pending = {}

    @property
    def name(self) -> str:
        return str(self.native.graph.get("name", ""))

    # ---- nodes by name

    def find(self, id: str) -> Target:
        """The node or tensor of an id; Error if there is none."""
        if id in self.native:
            return self.native.nodes[id]["node"]
        found = _DATA.fullmatch(id)
        if found is not None and found[1] in self.native:
            outputs = self.native.nodes[found[1]]["node"].outputs
            if int(found[2]) < len(outputs):
                return outputs[int(found[2])]
        raise Error("there is no node '{}'", id)

    def id_of(self, target: Target) -> str:
        if isinstance(target, native.Output):
            return f"{target.node.id}/data_{target.index}"
        return target.id

    def node_of(self, target: Target) -> Node:
        return Node(self, target)

    def targets(self) -> Iterator[Target]:
        """Everything that is a node to extensions."""
        for node in list(self.native.all_nodes()):
            yield node
            if self.stage != "front" and not isinstance(node.op, Result):
                yield from node.outputs

    def __contains__(self, id: object) -> bool:
        try:
            self.find(str(id))
        except Error:
            return False
        return True

    def __len__(self) -> int:
        return sum(1 for _ in self.targets())

    def __iter__(self) -> Iterator[str]:
        return (self.id_of(target) for target in self.targets())

    has_node = __contains__

    @property
    def nodes(self) -> NodeAttributes:
        return NodeAttributes(self)

    node = nodes

    # ---- attributes

    def attributes_of(self, target: Target) -> Attributes:
        if isinstance(target, native.Output):
            return self._of_tensor(target)
        if isinstance(target.op, Layer):
            return target.op.attrs
        found = described(target.op) | {"name": target.name}
        if isinstance(target.op, (Constant, Parameter)):
            output = target.outputs[0]
            found["shape"] = classic_shape(output)
            if isinstance(target.op, Constant):
                found["value"] = Later(lambda: self.value(output))
        found |= self._marks.get(target, {})
        return Attributes(found, lambda key, value: self._change(target, key, value))

    def _of_tensor(self, output: native.Output) -> Attributes:
        found: dict[str, Any] = {
            "kind": "data",
            "name": self.id_of(output),
            "shape": self.shape(output),
            "value": Later(lambda: self.value(output)),
            "infer": None,
        }
        found |= self._marks.get(output, {})
        return Attributes(found, lambda key, value: self._change_tensor(output, key, value))

    def _change(self, node: native.Node, key: str, value: Any) -> None:
        """An attribute of an operation is changed in it; anything else is remembered."""
        if key == "name":
            self.native.rename(node, str(value))
        elif key == "value" and isinstance(node.op, Constant):
            self.set_value(node.outputs[0], value)
        elif key == "shape" and isinstance(node.op, Parameter):
            self.native.set_op(node, node.op.with_attributes(shape=sizes(value)))
            self._retype(node.outputs[0])
        elif key == "data_type" and isinstance(node.op, Parameter):
            self.native.set_op(
                node, node.op.with_attributes(element_type=ElementType.of(np.dtype(value)))
            )
            self._retype(node.outputs[0])
        elif key in ("op", "type", "infer"):
            self.become_layer(node, {key: value})
        else:
            op = changed(node.op, key, value)
            if op is None:
                self._marks.setdefault(node, {})[key] = value
            else:
                self.native.set_op(node, op)
                self._retype_results(node)

    def _retype_results(self, node: native.Node) -> None:
        try:
            self.native.infer_again(node)
        except InferenceError:
            self.pending |= dict.fromkeys(node.outputs)
            return
        for output in node.outputs:
            self._retype(output)

    def become_layer(self, node: native.Node, attributes: Mapping[str, Any]) -> None:
        """Let attributes alone say what a node is; its types stay."""
        types = [output.type for output in node.outputs]
        found = {**self.attributes_of(node), "IE": _template(node.op), **attributes}
        layer = Layer(Attributes(found))
        layer.attrs.setdefault("known_types", types)
        layer.place = node
        self.native.set_op(node, layer)

    def _change_tensor(self, output: native.Output, key: str, value: Any) -> None:
        if key == "shape":
            self.set_shape(output, value)
        elif key == "value":
            if value is not None:
                self.set_value(output, value)
        else:
            self._marks.setdefault(output, {})[key] = value

    def forget(self, target: Target, key: str) -> None:
        """``del node[key]``."""
        attributes = self.attributes_of(target)
        if key not in attributes:
            raise KeyError(key)
        self._marks.get(target, {}).pop(key, None)
        dict.pop(attributes, key)

    def marks_of_edge(self, node: native.Node, index: int) -> dict[str, Any]:
        return self._marks.setdefault((node, index), {})

    # ---- ports and edges

    def ports(self, node: native.Node, kind: str) -> list[int]:
        if isinstance(node.op, Layer):
            return list(node.op.attrs.setdefault(f"_{kind}_ports", {}))
        if kind == "out" and isinstance(node.op, Result):
            return []
        return list(range(len(node.inputs if kind == "in" else node.outputs)))

    def add_port(self, node: native.Node, kind: str, idx: int) -> None:
        if isinstance(node.op, Layer):
            node.op.attrs.setdefault(f"_{kind}_ports", {})[idx] = {}
        if kind == "in":
            node.inputs += [None] * (idx + 1 - len(node.inputs))
        else:
            unknown = TensorType(None, ElementType.dynamic)
            more = range(len(node.outputs), idx + 1)
            node.outputs += tuple(native.Output(node, number, unknown) for number in more)

    def delete_port(self, node: native.Node, kind: str, idx: int) -> None:
        if isinstance(node.op, Layer):
            node.op.attrs[f"_{kind}_ports"].pop(idx)
        if kind == "in" and idx == len(node.inputs) - 1:
            node.inputs.pop()

    def connect(self, value: native.Output, node: native.Node, index: int) -> None:
        if index >= len(node.inputs) or node.inputs[index] is not value:
            self.native.connect(value, node, index)

    def disconnect(self, node: native.Node, index: int) -> None:
        self.native.disconnect(node, index)

    def edge(self, value: native.Output, node: native.Node | None, index: int) -> dict[str, Any]:
        """What an edge shows: both port numbers, and the names of the tensor."""
        names = [(value.node.name, name) for name in value.names]
        found = {"out": value.index, "in": index, "name": value.node.id}
        found |= {"fw_tensor_debug_info": names} if names else {}
        return found | (self._marks.get((node, index), {}) if node is not None else {})

    def edges_in(self, target: Target) -> list[tuple[Node, dict[str, Any]]]:
        if isinstance(target, native.Output):
            return [(self.node_of(target.node), {"out": target.index})]
        found = []
        for index, value in enumerate(target.inputs):
            if value is not None:
                before = value.node if self.stage == "front" else value
                found.append((self.node_of(before), self.edge(value, target, index)))
        return found

    def edges_out(self, target: Target) -> list[tuple[Node, dict[str, Any]]]:
        outputs = (target,) if isinstance(target, native.Output) else target.outputs
        if self.stage != "front" and isinstance(target, native.Node):
            return [(self.node_of(value), {"out": value.index}) for value in outputs]
        return [
            (self.node_of(user), self.edge(value, user, index))
            for value in outputs
            for user, index in value.users
        ]

    def constant(self, value: Any, name: str = "") -> Node:
        return self.node_of(self.native.constant(np.asarray(value), name=name).node)

    def __getattr__(self, name: str) -> Any:
        if name not in METHODS:
            raise AttributeError(f"the graph has no '{name}'")
        return MethodType(METHODS[name], self)


class NodeAttributes(Mapping[str, Attributes]):
    """``graph.nodes``: ids and their attributes, by call and by subscript."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __call__(self, data: bool = False) -> list[Any]:
        return list(self.items()) if data else list(self)

    def __getitem__(self, id: str) -> Attributes:
        return self.graph.attributes_of(self.graph.find(id))

    def __iter__(self) -> Iterator[str]:
        return iter(self.graph)

    def __len__(self) -> int:
        return len(self.graph)


def _template(op: Op) -> list[Any]:
    """The template of a native operation's element, for a layer that takes its place."""
    written = op.ir_attributes() if not isinstance(op, Constant) else {}

    def records(name: str) -> tuple[str, Any]:
        return name, lambda node: written[name]

    data: Any = ("data", [records(name) for name in written], [])
    return [("layer", [], [data, "@ports", "@consts"])]
