"""Nodes, and the values on their output ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mo.graph.element_type import ElementType
from mo.graph.op import PARTIAL_VALUE_LIMIT, Op, TensorType
from mo.graph.shape import Shape
from mo.graph.tensor import Tensor

if TYPE_CHECKING:
    from mo.graph.graph import Graph


class Node:
    """One operation of a graph. ``id`` never changes; ``name`` is what the user sees."""

    __slots__ = ("graph", "id", "inputs", "is_named", "name", "op", "outputs", "serial")

    def __init__(self, graph: Graph, id: str, serial: int, op: Op, name: str) -> None:
        self.graph = graph
        self.id = id
        self.serial = serial
        self.op = op
        self.name = name
        # A name of the user's model, which a rewrite must keep; else one made up here.
        self.is_named = False
        self.inputs: list[Output | None] = []
        self.outputs: tuple[Output, ...] = ()

    @property
    def type(self) -> str:
        return self.op.type

    @property
    def is_dead(self) -> bool:
        """Whether nothing depends on this node any more."""
        return not self.op.is_sink and not any(value.users for value in self.outputs)

    def consumers(self) -> Iterator[Node]:
        """The nodes that read an output, once per use."""
        for value in self.outputs:
            for node, _ in value.users:
                yield node

    def __repr__(self) -> str:
        return f"<{self.op.type} '{self.name}'>"


class Output:
    """An output port: the value that ops, translations and rewrites pass around."""

    __slots__ = ("_partial", "constant", "dtype", "index", "names", "node", "shape", "users")

    def __init__(self, node: Node, index: int, kind: TensorType) -> None:
        self.node = node
        self.index = index
        self.shape: Shape = kind.shape
        self.dtype: ElementType = kind.dtype
        # Its value if the node is a Constant.
        self.constant: Tensor | None = None
        # Elements as int and Dim where only part of them is known.
        self._partial: np.ndarray | None = None
        # Tensor names of the user's model, in order of arrival.
        self.names: dict[str, None] = {}
        # (consumer, its input index), in order of arrival.
        self.users: dict[tuple[Node, int], None] = {}

    @property
    def type(self) -> TensorType:
        return TensorType(self.shape, self.dtype)

    @property
    def rank(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    @property
    def is_constant(self) -> bool:
        return self.constant is not None

    def value(self) -> np.ndarray | None:
        """The elements if they are known: those of a constant, or that there are none."""
        if self.constant is not None:
            return self.constant.array
        if self.shape and 0 in self.shape and all(isinstance(size, int) for size in self.shape):
            return np.empty(self.shape, self.dtype.numpy)  # type: ignore[arg-type]
        return None

    def partial_value(self) -> np.ndarray | None:
        """Integer elements as an object array of int and Dim, None if nothing is known."""
        if self._partial is not None:
            return self._partial
        constant = self.constant
        if constant is None or constant.dtype.is_float or not constant.dtype.bits:
            return None
        if constant.size > PARTIAL_VALUE_LIMIT:
            return None
        return constant.array.astype(object)

    def set_partial_value(self, array: np.ndarray) -> None:
        self._partial = array

    def hand_names(self, other: Output) -> None:
        """Let another value be known by the names of this one."""
        other.names.update(self.names)
        self.names = {}

    def only_user(self) -> Node | None:
        """The one node that reads this value, once; None if there are more or none."""
        if len(self.users) != 1:
            return None
        return next(iter(self.users))[0]

    def __repr__(self) -> str:
        port = f":{self.index}" if len(self.node.outputs) > 1 else ""
        return f"{self.node.name}{port}"
