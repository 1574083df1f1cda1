"""Symbol and parameters to a Model: which variables are weights, which are inputs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from math import prod

import numpy as np

from extensions.front.mxnet.attributes import parsed
from extensions.front.mxnet.names import tensor_names
from extensions.front.mxnet.ndarray import DTYPE_FLAGS
from extensions.front.mxnet.symbol import Entry, Symbol, SymbolNode
from extensions.front.mxnet.weights import as_single
from mo.errors import ModelFileError, counted, listing
from mo.front.model import Model, ModelInput, SourceNode
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim, Shape
from mo.graph.tensor import Tensor

# Operations of training that compare with labels: their first input is all that inference needs.
_WITH_LABELS = {
    "LinearRegressionOutput",
    "LogisticRegressionOutput",
    "MAERegressionOutput",
    "SVMOutput",
    "SoftmaxOutput",
    "WarpCTC",
}
# What operations call their weights, and so the end of the names of variables made for them.
_WEIGHTS = ("weight", "bias", "gamma", "beta", "moving_mean", "moving_var", "parameters")
# Values of variables that need no weights, by the name of their initialiser.
_INITIAL = {"zero": 0.0, "zeros": 0.0, "one": 1.0, "ones": 1.0}
# Initial states are not larger.
_STATE_LIMIT = 1 << 20


def read_model(
    symbol: Symbol, weights: Mapping[str, Tensor], wanted: Collection[str], name: str
) -> Model:
    """The graph with its weights; ``wanted``: variables that --input makes inputs."""
    for node in symbol.nodes:
        if node.operation in _WITH_LABELS:
            node.inputs = node.inputs[:1]
    reader = _GraphReader(symbol)
    needed = reader.needed()
    inputs: list[ModelInput] = []
    constants: dict[str, Tensor] = {}
    missing = []
    for place, variable in enumerate(symbol.nodes):
        if not variable.is_variable or place not in needed or variable.name in constants:
            continue
        if variable.name in weights:
            constants[variable.name] = weights[variable.name]
            continue
        state = reader.initial(place)
        if variable.name not in wanted and state is not None:
            constants[variable.name] = state
        elif variable.name not in wanted and reader.is_weight(place):
            missing.append(variable.name)
        elif all(item.name != variable.name for item in inputs):
            inputs.append(ModelInput(variable.name, _shape(variable), _dtype(variable)))
    if missing and not weights:
        raise ModelFileError(
            f"The symbol comes without its weights: {listing(missing, 5)}",
            hint="Give the .params file that was saved with it, with --input_model.",
        )
    if missing:
        raise ModelFileError(
            f"The parameters lack {counted(missing, 'weight')} of the symbol: "
            f"{listing(missing, 5)}",
            hint="Give the .params file that was saved with this symbol, or make them inputs "
            "with --input.",
        )
    nodes = [reader.sources[place] for place in sorted(needed) if place in reader.sources]
    return Model(name, "mxnet", nodes, inputs, reader.outputs(), constants, aliases=reader.aliases)


def _body(symbol: Symbol, name: str) -> Model:
    """A sub-graph, whose variables are its inputs in their order."""
    reader = _GraphReader(symbol)
    inputs = [
        ModelInput(variable.name, None, ElementType.dynamic) for variable in symbol.variables()
    ]
    return Model(name, "mxnet", list(reader.sources.values()), inputs, reader.outputs())


class _GraphReader:
    """The nodes of one graph with their tensors named."""

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
        # What the classic called a tensor, which users of its IRs know: node:number.
        self.aliases: dict[str, str] = {}
        self._taken = {variable.name for variable in symbol.variables()}
        counts = self._output_counts()
        # States of old files stand behind the nodes that read them, so names come first.
        self._tensors = [self._named(*pair) for pair in zip(symbol.nodes, counts)]
        self.sources = {
            place: self._source(node, self._tensors[place])
            for place, node in enumerate(symbol.nodes)
            if not node.is_variable
        }

    def _output_counts(self) -> list[int]:
        """How many outputs a node has, as far as anyone reads them or its parameters tell."""
        counts = [_declared(node) for node in self.symbol.nodes]
        entries = [entry for node in self.symbol.nodes for entry in node.inputs]
        for place, output in (*entries, *self.symbol.heads):
            counts[place] = max(counts[place], output + 1)
        return counts

    def _named(self, node: SymbolNode, count: int) -> list[str]:
        if node.is_variable:
            return [node.name] * count
        return [self._unique(name) for name in tensor_names(node.operation, node.name, count)]

    def _unique(self, name: str) -> str:
        label, number = name, 0
        while label in self._taken:
            number += 1
            label = f"{name}_{number}"
        self._taken.add(label)
        return label

    def _source(self, node: SymbolNode, outputs: list[str]) -> SourceNode:
        name = self._unique(node.name)
        for number, output in enumerate(outputs):
            self.aliases[output] = f"{name}:{number}"
        bodies = {
            f"body{number}": _body(body, f"{name}/{number}")
            for number, body in enumerate(node.subgraphs)
        }
        inputs = [self._tensor(entry) for entry in node.inputs]
        source = SourceNode(node.operation, name, inputs, outputs, {**node.attributes, **bodies})
        if node.operation == "Custom":
            source.note = f"op_type '{node.attributes.get('op_type', '')[:40]}'"
        return source

    def _tensor(self, entry: Entry) -> str:
        return self._tensors[entry[0]][entry[1]]

    def outputs(self) -> list[str]:
        return [self._tensor(head) for head in self.symbol.heads]

    def needed(self) -> set[int]:
        """The nodes that the outputs depend on."""
        stack = [place for place, _ in self.symbol.heads]
        found: set[int] = set()
        while stack:
            place = stack.pop()
            if place not in found:
                found.add(place)
                stack += (source for source, _ in self.symbol.nodes[place].inputs)
        return found

    def initial(self, place: int) -> Tensor | None:
        """The value of a variable that its initialiser, or its use as a state, tells."""
        variable = self.symbol.nodes[place]
        shape = parsed(variable.attributes.get("__shape__", ""))
        if not isinstance(shape, tuple) or not all(type(dim) is int for dim in shape):
            return None
        value = _INITIAL.get(_initialiser(variable))
        if value is None and not self._is_state(place):
            return None
        # A batch that was not known is 1, which broadcasts.
        sizes = tuple(dim if dim > 0 else 1 for dim in shape)
        if prod(sizes) > _STATE_LIMIT:
            return None
        return Tensor.of(np.full(sizes, value or 0.0, np.float32))

    def _is_state(self, place: int) -> bool:
        return any(
            node.operation == "RNN" and (place, 0) in node.inputs[2:] for node in self.symbol.nodes
        )

    def is_weight(self, place: int) -> bool:
        """Whether the variable was made for the weights of the node that reads it."""
        name = self.symbol.nodes[place].name
        return any(
            name == f"{node.name}_{ending}"
            for node in self.symbol.nodes
            if (place, 0) in node.inputs[1:]
            for ending in _WEIGHTS
        )


def _declared(node: SymbolNode) -> int:
    """The number of outputs that a node of its parameters has."""
    if node.operation == "topk" and node.attributes.get("ret_typ") == "both":
        return 2
    count = parsed(node.attributes.get("num_outputs", ""))
    return count if isinstance(count, int) and 0 < count <= 10_000 else 1


def _initialiser(variable: SymbolNode) -> str:
    """The name in ``["zero", {}]``."""
    try:
        value = json.loads(variable.attributes.get("__init__", "null"))
    except (ValueError, RecursionError):
        return ""
    return str(value[0]).lower() if isinstance(value, list) and value else ""


def _shape(variable: SymbolNode) -> Shape:
    dims = parsed(variable.attributes.get("__shape__", ""))
    if not isinstance(dims, tuple) or not dims or not all(type(dim) is int for dim in dims):
        return None
    return tuple(dim if dim > 0 else Dim() for dim in dims)


def _dtype(variable: SymbolNode) -> ElementType:
    flag = parsed(variable.attributes.get("__dtype__", ""))
    kind = DTYPE_FLAGS.get(flag, ElementType.f32) if isinstance(flag, int) else ElementType.f32
    return as_single(Tensor(kind, ())).dtype
