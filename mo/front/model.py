"""A model as its file tells it: framework nodes joined by named tensors, nothing interpreted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import Any, Protocol

from mo.errors import ModelFileError
from mo.graph.element_type import ElementType
from mo.graph.graph import cycle_error
from mo.graph.op import TensorType
from mo.graph.shape import Shape
from mo.graph.tensor import Tensor

# What an attribute may be whose default is of a type, and the words for it.
_KINDS: dict[type, tuple[type | tuple[type, ...], str]] = {
    float: (Real, "a number"),
    int: (Integral, "a whole number"),
    bool: (Integral, "a whole number"),
    str: (str, "a text"),
    list: ((list, tuple), "a list"),
    tuple: ((list, tuple), "a list"),
}


class SourceNode:
    """One operation of the framework. An omitted input or output has the name ''."""

    __slots__ = (
        "attributes",
        "domain",
        "feedback",
        "inputs",
        "name",
        "note",
        "opset",
        "outputs",
        "overload",
        "place",
        "type",
        "walk",
    )

    def __init__(
        self,
        type: str,
        name: str,
        inputs: list[str],
        outputs: list[str],
        attributes: dict[str, Any],
        domain: str = "",
        opset: int = 1,
        overload: str = "",
    ) -> None:
        self.type = type
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
        self.domain = domain
        # Version of the operation set of ``domain`` that the model asks for.
        self.opset = opset
        # Which of several functions of this type is meant.
        self.overload = overload
        # What else an error about an unknown type should tell, and where the node stands.
        self.note = ""
        self.place = ""
        # Tensors that it reads as they were in an earlier inference: they need not come before.
        self.feedback: list[str] = []
        # The translation under way (mo.front.translate.Walk), for nodes with bodies.
        self.walk: Any = None

    def bodies(self) -> Iterator[Model]:
        """The sub-graphs among the attributes."""
        for value in self.attributes.values():
            if isinstance(value, Model):
                yield value

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute, or ``default`` if the node does not carry it.

        ModelFileError if it is of another kind than the default.
        """
        value = self.attributes.get(name)
        if value is None:
            return default
        expected = None if value.__class__ is default.__class__ else _KINDS.get(type(default))
        if expected is not None and not isinstance(value, expected[0]):
            raise ModelFileError(
                f"its attribute '{name}' is not {expected[1]}",
                hint="The model is not valid; export it again.",
            )
        return value

    def has_output(self, index: int) -> bool:
        return index < len(self.outputs) and bool(self.outputs[index])

    def __repr__(self) -> str:
        return f"{self.type} '{self.name}'" + (f" ({self.place})" if self.place else "")


@dataclass
class ModelInput:
    """A tensor fed from outside; the shape is in the framework's layout."""

    name: str
    shape: Shape
    dtype: ElementType
    # A further name of the tensor, if the input stands for an inner one.
    tensor_name: str = ""
    # What users call it in --input, and so in other flags.
    written: str = ""
    # The type in which users want to feed it, if they named one.
    fed_as: ElementType | None = None
    # Whether it stands for the sequence of this one tensor.
    is_sequence: bool = False
    # Whether an extension made it: the user's lists of inputs say nothing of it.
    is_made: bool = False


class Functions(Protocol):
    """Bodies of operations that are defined by other operations."""

    def own(self, node: SourceNode) -> Model | None:
        """The definition that the model itself brings; it counts before any translation."""

    def has_standard(self, node: SourceNode) -> bool:
        """Whether the framework defines the operation by others."""

    def standard(self, node: SourceNode, kinds: Sequence[TensorType | None]) -> Model | None:
        """That definition for inputs of these types; it counts where no translation does."""


@dataclass
class Model:
    """What every reader returns. A body has the functions of its model."""

    name: str
    framework: str
    nodes: list[SourceNode]
    inputs: list[ModelInput]
    outputs: list[str]
    constants: dict[str, Tensor] = field(default_factory=dict)
    functions: Functions | None = None
    # Tensors that nodes make unless they are fed, as inputs.
    optional_inputs: dict[str, ModelInput] = field(default_factory=dict)
    # Whether a name that a node shares with another node's tensor means the node in --output.
    nodes_first: bool = False
    # Names of outputs, where they are not those of their tensors.
    labels: dict[str, str] = field(default_factory=dict)
    # Whether images have their channels last; None if the framework has no such convention.
    channels_last: bool | None = None
    # What makes data of all that the framework orders otherwise, once outputs are known and
    # inputs cut, but before what they do not need is left out.
    settle: Callable[[Model], Model] | None = None
    # What the framework still has to do once it is known which part of the model is wanted.
    arrange: Callable[[Model], Model] | None = None
    # Whether extensions see the model only once that is done.
    arranged_for_extensions: bool = False
    # Further names of tensors that users may know them by.
    aliases: dict[str, str] = field(default_factory=dict)
    # What whoever runs the model must know: sentences for people; for programs, numbers by name,
    # written into the IR.
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    # The element type of an output of a node, where the node itself tells it.
    told_type: Callable[[SourceNode, str], ElementType | None] | None = None

    def settled(self) -> Model:
        return self if self.settle is None else replace(self.settle(self), settle=None)

    def producers(self) -> dict[str, SourceNode]:
        """Tensor name to the node that makes it; ModelFileError if two nodes do."""
        found: dict[str, SourceNode] = {}
        for node in self.nodes:
            for name in node.outputs:
                if name and found.setdefault(name, node) is not node:
                    raise ModelFileError(
                        f"Tensor '{name}' is made by {found[name]} and by {node}",
                        hint="The model is not valid; export it again.",
                    )
        return found

    def tensor_names(self) -> Iterator[str]:
        for item in self.inputs:
            yield item.name
        yield from self.constants
        for node in self.nodes:
            yield from filter(None, node.outputs)


def sorted_nodes(
    model: Model, targets: Iterable[str], outer: Callable[[str], bool] | None = None
) -> list[SourceNode]:
    """The nodes that ``targets`` need, each after its inputs; a cycle is an error.

    What is read as feedback is needed, but not before.

    ``outer`` tells which names a body sees outside itself.
    """
    producers = model.producers()
    known = {item.name for item in model.inputs} | model.constants.keys()
    state: dict[int, bool] = {}  # False while a node is being visited
    order: list[SourceNode] = []
    targets = list(targets)
    for target in targets:
        if target in known:
            continue
        root = producers.get(target)
        if root is None and outer is not None and outer(target):
            continue
        if root is None:
            raise ModelFileError(
                f"The model has an output '{target}' that no node makes",
                hint="The model is not valid; export it again, or name outputs with --output.",
            )
        if id(root) in state:
            continue
        state[id(root)] = False
        stack = [(root, iter(reads(root)))]
        while stack:
            node, names = stack[-1]
            for name in names:
                if not name or name in known:
                    continue
                producer = producers.get(name)
                if producer is None and outer is not None and outer(name):
                    continue
                if producer is None:
                    raise ModelFileError(
                        f"{node} reads tensor '{name}', which nothing makes",
                        hint="The model is not valid; export it again, or cut with --input.",
                    )
                done = state.get(id(producer))
                if done is None:
                    state[id(producer)] = False
                    stack.append((producer, iter(reads(producer))))
                    break
                if not done:
                    path = [entry for entry, _ in stack]
                    cycle = path[next(i for i, n in enumerate(path) if n is producer) :]
                    raise ModelFileError(
                        cycle_error([str(n) for n in cycle]).message,
                        hint="The model is not valid; export it again, or cut the cycle with "
                        "--input.",
                    )
            else:
                stack.pop()
                state[id(node)] = True
                order.append(node)
                targets += node.feedback
    return order


def reads(node: SourceNode) -> list[str]:
    """Inputs of a node and what its sub-graphs take from outside."""
    names = list(node.inputs)
    for body in node.bodies():
        names += captured(body)
    return names


def captured(body: Model) -> list[str]:
    """Tensor names that a sub-graph uses without defining them."""
    own = set(body.tensor_names())
    needed = dict.fromkeys(body.outputs)
    for node in body.nodes:
        needed.update(dict.fromkeys(reads(node)))
    return [name for name in needed if name and name not in own]
