"""The graph that all phases work on: a networkx multigraph of operations.

A node per operation and an edge per use; an edge carries the port numbers ``out`` and ``in``.
networkx holds the structure, so its algorithms work as they are; :class:`Node` and
:class:`Output` are the typed side of the same facts, and ``nodes_of`` the index by operation.
Only the methods here change the graph, and they keep the three in step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from mo.errors import ConversionError
from mo.graph.element_type import ElementType

# "Node" in this module is what extensions see (see __getattr__).
from mo.graph.node import Node as OpNode
from mo.graph.node import Output
from mo.graph.op import (
    PARTIAL_VALUE_LIMIT,
    Constant,
    Op,
    Parameter,
    Result,
    TensorType,
    fold_constants,
    has_unknown,
    infer_outputs,
)
from mo.graph.shape import Dim, Dimension, Shape, agreed, same_shape
from mo.graph.structure import MultiDiGraph
from mo.graph.tensor import Tensor

# What may stand for an input of a new operation: a float is a number of the first input's
# element type, an int or a sequence of ints is an index (i64), an array is itself.
Operand = Any


class Graph(MultiDiGraph):  # type: ignore[misc, unused-ignore]
    """Operations and their connections. Insertion order is kept everywhere."""

    # Whether constants are computed whatever their size.
    folds_at_once = False

    def __init__(self, incoming: Any = None, *, name: str = "model", **attributes: Any) -> None:
        self._by_op: dict[type[Op], dict[OpNode, None]] = {}
        self._serial = 0
        self._name_counts: dict[str, int] = {}
        # Prefix of the names made up for new nodes; the rewriter sets it.
        self.scope = ""
        # New nodes since the rewriter last looked.
        self.journal: list[OpNode] | None = None
        super().__init__(incoming, name=name, **attributes)

    # ---- building

    def add(self, op: Op, *inputs: Operand, name: str = "") -> Output:
        """Add an operation and return its first output; constants are folded at once."""
        return self.add_multi(op, *inputs, name=name)[0]

    def add_multi(self, op: Op, *inputs: Operand, name: str = "") -> tuple[Output, ...]:
        """Add an operation and return all its outputs."""
        values = self._operands(inputs)
        types = infer_outputs(op, values)
        folded = fold_constants(op, values, types, self.folds_at_once)
        if folded is not None:
            return tuple(self.constant(tensor) for tensor in folded)
        if op.partial_values and not op.is_sink:
            arrays = self._partial_values(op, values)
            if arrays is not None:
                if not any(map(has_unknown, arrays)):
                    return tuple(
                        self.constant(Tensor.of(array.astype(np.int64), kind.dtype))
                        for array, kind in zip(arrays, types)
                    )
                node = self._insert(op, values, types, name)
                for output, array in zip(node.outputs, arrays):
                    output.set_partial_value(array)
                return node.outputs
        return self._insert(op, values, types, name).outputs

    def place(self, op: Op, inputs: Sequence[Output | None], outputs: int, name: str) -> OpNode:
        """A node whose types are not worked out yet (see mo.classic)."""
        unknown = TensorType(None, ElementType.dynamic)
        return self._insert(op, inputs, [unknown] * outputs, name)

    def constant(self, value: Any, dtype: ElementType | None = None, name: str = "") -> Output:
        """A constant from a Tensor or anything numpy takes (Python ints become i64)."""
        if not isinstance(value, Tensor):
            value = Tensor.of(value, dtype)
        node = self._insert(
            Constant(tensor=value), (), [TensorType(value.shape, value.dtype)], name
        )
        return node.outputs[0]

    def input(
        self, name: str, shape: Shape | list[Dimension], dtype: ElementType = ElementType.f32
    ) -> Output:
        """A new model input; its tensor is named like it."""
        shape = None if shape is None else tuple(shape)
        value = self.add(Parameter(shape=shape, element_type=dtype), name=name)
        value.names[name] = None
        return value

    def output(self, value: Output, name: str = "") -> OpNode:
        """A new model output; ``name`` becomes a name of the tensor."""
        if name:
            value.names[name] = None
        return self.add(Result(), value, name=f"{name or value}/sink_port_0").node

    def _operands(self, inputs: Sequence[Operand]) -> list[Output | None]:
        like = next((value.dtype for value in inputs if isinstance(value, Output)), None)
        return [
            value
            if value is None or isinstance(value, Output)
            else self._literal(value, like or ElementType.f32)
            for value in inputs
        ]

    def _literal(self, value: Operand, like: ElementType) -> Output:
        if isinstance(value, float):
            return self.constant(np.asarray(value), like)
        if isinstance(value, (int, list, tuple)) and not isinstance(value, bool):
            return self.constant(np.asarray(value, np.int64))
        return self.constant(value)

    def _partial_values(
        self, op: Op, values: Sequence[Output | None]
    ) -> tuple[np.ndarray, ...] | None:
        try:
            arrays = op.partial_value(*values)
        except (TypeError, ValueError, ZeroDivisionError, IndexError):
            return None  # not a shape computation
        if arrays is None:
            return None
        if isinstance(arrays, np.ndarray):
            arrays = (arrays,)
        return None if any(array.size > PARTIAL_VALUE_LIMIT for array in arrays) else arrays

    def _insert(
        self, op: Op, values: Sequence[Output | None], types: Iterable[TensorType], name: str
    ) -> OpNode:
        self._serial += 1
        label = self.unique_name(name or (f"{self.scope}/{op.type}" if self.scope else op.type))
        node = OpNode(self, label, self._serial, op, label)
        node.is_named = bool(name) and not isinstance(op, Constant)
        self.add_node(node.id, node=node)
        node.outputs = tuple(Output(node, index, kind) for index, kind in enumerate(types))
        if isinstance(op, Constant):
            node.outputs[0].constant = op.tensor
        self._by_op.setdefault(type(op), {})[node] = None
        for index, value in enumerate(values):
            node.inputs.append(None)
            if value is not None:
                self._link(value, node, index)
        if self.journal is not None:
            self.journal.append(node)
        return node

    def unique_name(self, prefix: str) -> str:
        """``prefix`` if no node ever had it, else with a number."""
        seen = self._name_counts.get(prefix)
        if seen is None:
            self._name_counts[prefix] = 0
            return prefix
        while True:
            seen += 1
            label = f"{prefix}_{seen}"
            if label not in self._name_counts:
                self._name_counts[prefix] = seen
                self._name_counts[label] = 0
                return label

    # ---- connecting

    def _link(self, value: Output, node: OpNode, index: int) -> None:
        node.inputs[index] = value
        value.users[node, index] = None
        self.add_edge(value.node.id, node.id, key=index, **{"out": value.index, "in": index})

    def _unlink(self, node: OpNode, index: int) -> Output | None:
        value = node.inputs[index]
        if value is not None:
            node.inputs[index] = None
            del value.users[node, index]
            self.remove_edge(value.node.id, node.id, key=index)
        return value

    def set_input(self, node: OpNode, index: int, value: Output) -> None:
        """Let input ``index`` of ``node`` read ``value`` instead."""
        self._unlink(node, index)
        self._link(value, node, index)

    def connect(self, value: Output, node: OpNode, index: int) -> None:
        """Let input ``index`` read ``value``, whether or not the node had so many inputs."""
        node.inputs += [None] * (index + 1 - len(node.inputs))
        self.set_input(node, index, value)

    def disconnect(self, node: OpNode, index: int) -> None:
        """Let input ``index`` of ``node`` read nothing."""
        if index < len(node.inputs):
            self._unlink(node, index)

    def replace(self, old: Output, new: Output) -> None:
        """Give all uses of ``old`` and its tensor names to ``new``."""
        if old is new:
            return
        for node, index in list(old.users):
            self.set_input(node, index, new)
        old.hand_names(new)
        shape, is_tighter = agreed(old.shape, new.shape)
        new.shape = shape
        if is_tighter:
            self.changed_type(new)

    def changed_type(self, value: Output) -> None:
        """Infer the consumers of ``value`` again after its type has changed."""
        queue = deque(value.users)
        while queue:
            node, _ = queue.popleft()
            for output, kind in zip(node.outputs, infer_outputs(node.op, node.inputs)):
                changed = output.dtype is not kind.dtype or not same_shape(output.shape, kind.shape)
                output.shape, output.dtype = kind.shape, kind.dtype
                if changed and not (output.shape is None and kind.shape is None):
                    queue.extend(output.users)
            queue.extend(self._learn(node))

    def _learn(self, node: OpNode) -> list[tuple[OpNode, int]]:
        """The consumers of what more is known now of a computation of shapes."""
        if not node.op.partial_values or node.op.is_sink:
            return []
        concerned = []
        arrays = self._partial_values(node.op, node.inputs) or ()
        for output, array in zip(node.outputs, arrays):
            before = output.partial_value()
            if before is not None and _unknowns(before) <= _unknowns(array):
                continue
            concerned += list(output.users)
            output.set_partial_value(array)
            if not has_unknown(array):
                value = Tensor.of(array.astype(np.int64), output.dtype)
                self.replace(output, self.constant(value))
        return concerned

    def set_op(self, node: OpNode, op: Op) -> None:
        """Change what ``node`` computes, keeping its place; its types follow with infer_again."""
        if type(op) is not type(node.op):
            del self._by_op[type(node.op)][node]
            self._by_op.setdefault(type(op), {})[node] = None
        node.op = op
        if not node.inputs:
            self.infer_again(node)

    def infer_again(self, node: OpNode) -> None:
        """Take over the types that the inputs now lead to."""
        for output, kind in zip(node.outputs, infer_outputs(node.op, node.inputs)):
            output.shape, output.dtype = kind.shape, kind.dtype

    def rename(self, node: OpNode, name: str) -> None:
        """Give ``node`` a name of the user's model."""
        node.name = name
        node.is_named = True

    # ---- removing

    def discard(self, node: OpNode) -> int:
        """Remove ``node`` and what only it needed, if nothing depends on it."""
        removed = 0
        stack = [node]
        while stack:
            node = stack.pop()
            if node.id not in self or not node.is_dead or isinstance(node.op, Parameter):
                continue
            stack.extend(value.node for value in node.inputs if value is not None)
            self._erase(node)
            removed += 1
        return removed

    def _erase(self, node: OpNode) -> None:
        for index in range(len(node.inputs)):
            self._unlink(node, index)
        del self._by_op[type(node.op)][node]
        self.remove_node(node.id)

    def prune(self) -> int:
        """Remove everything that no output depends on; inputs stay."""
        dead = [node for node in self.all_nodes() if node.is_dead]
        return sum(self.discard(node) for node in dead)

    def drop_input(self, node: OpNode) -> None:
        """Remove a Parameter that nothing reads."""
        assert not node.outputs[0].users
        self._erase(node)

    def remove(self, node: OpNode) -> None:
        """Remove a node whatever reads it; those inputs then read nothing."""
        for value in node.outputs:
            for user, index in list(value.users):
                self._unlink(user, index)
        self._erase(node)

    def remove_sink(self, node: OpNode) -> None:
        """Remove a Result or another sink, and what only it needed."""
        producers = [value.node for value in node.inputs if value is not None]
        self._erase(node)
        for producer in producers:
            self.discard(producer)

    # ---- asking

    def nodes_of(self, *kinds: type[Op]) -> list[OpNode]:
        """All nodes of these operations, oldest first."""
        if len(kinds) == 1:
            return list(self._by_op.get(kinds[0], ()))
        found = [node for kind in kinds for node in self._by_op.get(kind, ())]
        return sorted(found, key=lambda node: node.serial)

    def op_kinds(self) -> list[type[Op]]:
        """The operations that occur."""
        return [kind for kind, nodes in self._by_op.items() if nodes]

    def all_nodes(self) -> Iterator[OpNode]:
        for _, node in self.nodes(data="node"):
            yield node

    def parameters(self) -> list[OpNode]:
        return self.nodes_of(Parameter)

    def results(self) -> list[OpNode]:
        return self.nodes_of(Result)

    def topological(self) -> list[OpNode]:
        """Inputs first, then what the outputs need, each node after what it reads.

        Constants stand just before their first reader. ConversionError if there is a cycle.
        """
        parameters = self.parameters()
        sinks = [node for kind in self._by_op if kind.is_sink for node in self._by_op[kind]]
        sinks.sort(key=lambda node: (isinstance(node.op, Result), node.serial))
        order = list(parameters)
        state: dict[OpNode, bool] = dict.fromkeys(parameters, True)  # False: being visited
        for root in sinks:
            stack = [(root, iter(root.inputs))]
            if root in state:
                continue
            state[root] = False
            while stack:
                node, inputs = stack[-1]
                for value in inputs:
                    if value is None:
                        continue
                    done = state.get(value.node)
                    if done is None:
                        state[value.node] = False
                        stack.append((value.node, iter(value.node.inputs)))
                        break
                    if not done:
                        cycle = [entry for entry, _ in stack]
                        raise cycle_error([n.name for n in cycle[cycle.index(value.node) :]])
                else:
                    stack.pop()
                    state[node] = True
                    order.append(node)
        return order


def _unknowns(array: np.ndarray) -> int:
    """How many elements of a partial value are not known."""
    return sum(isinstance(item, Dim) for item in array.flat)


def cycle_error(names: Sequence[str]) -> ConversionError:
    path = " -> ".join([*names[:8], *(["..."] if len(names) > 8 else []), names[0]])
    return ConversionError(
        f"The graph has a cycle: {path}",
        hint="The model file is damaged, or a rewrite is wrong; cut the cycle with --input.",
    )


def __getattr__(name: str) -> Any:
    """What else extensions import from here: views, and functions of them."""
    if name.startswith("__"):
        raise AttributeError(name)
    from importlib import import_module

    if name in ("Node", "Port", "Connection"):
        return getattr(import_module(f"mo.classic.{name.lower()}"), name)
    found = getattr(import_module("mo.classic.graph_functions"), name, None)
    if found is None:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return found
