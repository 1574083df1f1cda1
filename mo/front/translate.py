"""The walk over a model's nodes: look up, call, wire, name. The same for every framework."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Sequence
from types import ModuleType

from mo.errors import (
    ConversionError,
    InferenceError,
    ModelFileError,
    UnsupportedError,
    closest,
    counted,
    listing,
)
from mo.front.model import Model, ModelInput, SourceNode, sorted_nodes
from mo.front.registry import Translation, Translations
from mo.front.skeleton import skeleton
from mo.front.values import ComplexTensor, TensorSequence, Value, flat, is_tensor, with_tensors
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType
from mo.graph.shape import text

# Functions that call each other deeper than this, or grow larger, are an attack.
_DEPTH_LIMIT = 50
_NODES_LIMIT = 2_000_000


def translate(model: Model, translations: Translations) -> Graph:
    """The model as a graph of IR operations. All unsupported operations are named at once."""
    model = model.settled()
    if model.arrange is not None:
        model = model.arrange(model)
    known = {"notes": model.notes, "facts": model.facts}
    walk = Walk(model, translations, Graph(name=model.name, **known))
    walk.refuse_unsupported()
    graph = walk.graph
    for item in model.inputs:
        tensor = graph.input(item.name, item.shape, item.dtype)
        walk.values[item.name] = TensorSequence(tensor) if item.is_sequence else tensor
    try:
        walk.run(model.outputs)
    except ConversionError as error:
        raise _with_inputs(error, model.inputs) from error
    for item in model.inputs:
        if item.tensor_name:
            walk.values[item.name].names[item.tensor_name] = None
    for name in model.outputs:
        walk.give(name)
    graph.graph["channels_last"] = model.channels_last
    graph.graph["written"] = {item.written: item.name for item in model.inputs if item.written}
    graph.graph["fed_as"] = {item.name: item.fed_as for item in model.inputs if item.fed_as}
    return graph


class Walk:
    """The translation of one graph of the model: its nodes in order, its values by name.

    The walk of a body finds what it does not define in the walk around it.
    """

    def __init__(
        self,
        model: Model,
        translations: Translations,
        graph: Graph,
        outer: Walk | None = None,
        caller: Walk | None = None,
    ) -> None:
        """``caller``: where the model is the body of a function; it sees nothing outside."""
        self.model = model
        self.translations = translations
        self.graph = graph
        self.outer = outer
        around = outer or caller
        self.depth: int = around.depth + 1 if around else 0
        self.is_function: bool = caller is not None or (outer is not None and outer.is_function)
        # Shared by all walks of a conversion: how many nodes functions have grown to.
        self.expanded: list[int] = around.expanded if around else [0]
        self.prefix: str = around.prefix if around else ""
        self.values: dict[str, Value] = {}
        # Values of the graph around that became inputs of this one.
        self.captured: list[Output] = []
        # What translations leave to do until all values are known.
        self.endings: list[Callable[[], object]] = []

    # ---- for translations of nodes with bodies

    def inline(self, body: Model, *inputs: Value) -> tuple[Value, ...]:
        """The outputs of a body for these inputs, translated in place."""
        walk = Walk(body, self.translations, self.graph, self)
        return walk.outputs(inputs)

    def call(self, node: SourceNode, body: Model, inputs: Sequence[Value]) -> tuple[Value, ...]:
        """The outputs of a function, whose body sees nothing but its inputs."""
        walk = Walk(body, self.translations, self.graph, caller=self)
        walk.prefix = f"{self.prefix}{node.name}/"
        self.expanded[0] += len(body.nodes)
        if walk.depth > _DEPTH_LIMIT or self.expanded[0] > _NODES_LIMIT:
            raise ModelFileError(
                "the functions of the model call each other without end",
                hint="The file is damaged or hostile.",
            )
        return walk.outputs(inputs)

    def by_standard(self, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
        """The outputs of an operation by the definition of the framework's standard."""
        return tuple(self._by_standard(node, list(inputs), None))

    def outputs(self, inputs: Sequence[Value]) -> tuple[Value, ...]:
        """Bind the inputs, translate, and look up the outputs."""
        names = [item.name for item in self.model.inputs]
        if len(inputs) > len(names):
            raise ModelFileError(f"'{self.model.name}' takes {len(names)} inputs")
        self.values.update(dict.fromkeys(names))
        self.values.update(zip(names, inputs))
        self.run([name for name in self.model.outputs if name])
        return tuple(self.value(name) if name else None for name in self.model.outputs)

    def body(
        self, body: Model, inputs: Sequence[TensorType | Value]
    ) -> tuple[Graph, list[Output], list[Value]]:
        """A body as a graph of its own, the outer values it takes as further inputs, its outputs.

        A type among ``inputs`` becomes an input of the graph, a value is bound as it is; those
        of the outputs that are tensors become outputs of the graph.
        """
        graph = Graph(name=body.name)
        given = [
            graph.input(item.name, kind.shape, kind.dtype) if isinstance(kind, TensorType) else kind
            for item, kind in zip(body.inputs, inputs)
        ]
        walk = self._entered(body, graph, given)
        for name in body.outputs:
            walk.give(name)
        return graph, walk.captured, [walk.value(name) for name in body.outputs]

    def within(
        self, body: Model, graph: Graph, inputs: Sequence[Value]
    ) -> tuple[list[Value], list[Output]]:
        """The outputs of a body for values of ``graph``, translated there.

        The outer values that it takes became further inputs of the graph, and come second.
        """
        walk = self._entered(body, graph, inputs)
        return [walk.value(name) for name in body.outputs], walk.captured

    def _entered(self, body: Model, graph: Graph, inputs: Sequence[Value]) -> Walk:
        walk = Walk(body, self.translations, graph, self)
        walk.values.update((item.name, value) for item, value in zip(body.inputs, inputs))
        walk.run(body.outputs)
        return walk

    # ---- the walk itself

    def refuse_unsupported(self) -> None:
        """UnsupportedError that names every node without a translation, bodies included."""
        missing: dict[str, list[SourceNode]] = defaultdict(list)
        functions = self.model.functions
        called: set[tuple[str, str, str]] = set()
        stack = sorted_nodes(self.model, self.model.outputs)[::-1]
        while stack:
            node = stack.pop()
            for body in node.bodies():
                stack += body.nodes
            key = node.domain, node.type, node.overload
            if key in called:
                continue
            own = functions.own(node) if functions else None
            if own is not None:
                called.add(key)
                stack += own.nodes
            elif self.translations.find(node.domain, node.type, node.opset) is None and not (
                functions and functions.has_standard(node)
            ):
                label = f"{node.domain}.{node.type}" if node.domain else node.type
                version = f" (operation set {node.opset})" if node.opset != 1 else ""
                missing[label + version].append(node)
        if missing:
            firsts = [nodes[0] for _, nodes in sorted(missing.items())]
            raise UnsupportedError(
                _missing_text(missing, self.translations),
                hint=_MISSING_HINT,
                code=skeleton(firsts, self.model.framework),
            )

    def run(self, targets: Sequence[str]) -> None:
        """Translate the nodes that ``targets`` need."""
        see_outside = self.outer.sees if self.outer else None
        before = self.graph.scope
        for node in sorted_nodes(self.model, targets, see_outside):
            inputs = [self.value(name) if name else None for name in node.inputs]
            self.graph.scope = self.prefix + node.name
            node.walk = self
            for name, output in zip(node.outputs, self._outputs_of(node, inputs)):
                if name:
                    self._keep(node, name, output)
        for ending in self.endings:
            ending()
        self.endings.clear()
        self.graph.scope = before

    def _outputs_of(self, node: SourceNode, inputs: list[Value]) -> Sequence[Value]:
        """By the model's own function, our translation, or the framework's function."""
        functions = self.model.functions
        own = functions.own(node) if functions else None
        if own is not None:
            return _named(node, lambda: self.call(node, own, inputs))
        function = self.translations.find(node.domain, node.type, node.opset)
        if function is None:
            return self._by_standard(node, inputs, None)
        try:
            refused = [v for v in inputs if not self.translations.accepts(function, v)]
            return _call(self.graph, node, function, inputs, refused)
        except UnsupportedError as error:
            return self._by_standard(node, inputs, error)

    def _by_standard(
        self, node: SourceNode, inputs: list[Value], refusal: UnsupportedError | None
    ) -> Sequence[Value]:
        functions = self.model.functions
        kinds = [value.type if is_tensor(value) else None for value in inputs]
        body = functions.standard(node, kinds) if functions else None
        if body is None:
            raise refusal or UnsupportedError(
                f"Cannot convert {node}: nothing defines it for these inputs"
            )
        try:
            return _named(node, lambda: self.call(node, body, inputs))
        except ConversionError as error:
            raise refusal or error from None

    def _keep(self, node: SourceNode, name: str, value: Value) -> None:
        """Let the user's names survive: of the tensor, and of the node."""
        self.values[name] = value
        if self.is_function or not is_tensor(value):
            return
        value.names[name] = None
        if name in self.model.aliases:
            value.names[self.model.aliases[name]] = None
        if not value.node.is_named and not value.is_constant:
            self.graph.rename(value.node, node.name)

    def give(self, name: str) -> None:
        """Make a value an output of the graph: each of its tensors, if it is a sequence."""
        value = self.value(name)
        if isinstance(value, ComplexTensor):
            value = value.pairs
        parts = flat(value)
        label = self.model.labels.get(name, name)
        label = name if label in self.values else label
        for number, part in enumerate(parts):
            if is_tensor(part) and part.node.op.is_sink:
                continue  # it stays without a reader, and is nothing to read
            if is_tensor(part):
                self.graph.output(part, label if part is value else f"{label}_{number}")
            elif self.outer is None:
                raise UnsupportedError(
                    f"Output '{name}' is no tensor, nor a list of tensors of known length",
                    hint="Name other outputs with --output.",
                )

    def sees(self, name: str) -> bool:
        """Whether a body inside may use this name."""
        known = name in self.values or name in self.model.constants
        return known or (self.outer is not None and self.outer.sees(name))

    def value(self, name: str) -> Value:
        """The value of a tensor name; only what is read becomes a constant of the graph."""
        if name in self.values:
            return self.values[name]
        value: Value = None
        tensor = self.model.constants.get(name)
        if tensor is not None:
            value = self.graph.constant(tensor, name=self.prefix + name)
            if not self.is_function:
                value.names[name] = None
        elif self.outer is not None:
            value = self._from_outside(self.outer.value(name), name)
        if value is not None:
            self.values[name] = value
        return value

    def _from_outside(self, value: Value, name: str) -> Value:
        """A value of the graph around, as this graph sees it."""

        def bring(tensor: Output) -> Output:
            if tensor.node.graph is self.graph:
                return tensor
            if tensor.constant is not None:
                return self.graph.constant(tensor.constant, name=name)
            self.captured.append(tensor)
            return self.graph.input(name, tensor.shape, tensor.dtype)

        return with_tensors(value, bring)


_MISSING_HINT = (
    "Cut them off with --input or --output, or complete these lines as a file of a folder that "
    "you name with --extensions (docs/extending.md)."
)


def _missing_text(missing: dict[str, list[SourceNode]], translations: Translations) -> str:
    lines = [f"{len(missing)} operation types of the model are not supported:"]
    if len(missing) == 1:
        lines = ["An operation type of the model is not supported:"]
    for label, nodes in sorted(missing.items()):
        line = f"    {label}, {counted(nodes, 'node')}: {listing((n.name for n in nodes), 5)}"
        line += f", with {nodes[0].note}" if nodes[0].note else ""
        line += f", in {nodes[0].place}" if nodes[0].place else ""
        reason = translations.reason(nodes[0].domain, nodes[0].type)
        similar = closest(nodes[0].type, translations.types(nodes[0].domain), 1)
        lines.append(line + (f" (similar: {similar[0]})" if similar and not reason else ""))
        lines += [f"        {reason}"] if reason else []
    return "\n".join(lines)


def _with_inputs(error: ConversionError, inputs: Sequence[ModelInput]) -> ConversionError:
    """Shapes that do not fit, or are not known, come from the inputs: say what these are."""
    unknown = [item for item in inputs if item.shape is None]
    if unknown and (isinstance(error, InferenceError) or "--input_shape" in error.hint):
        problem = f"The shape of {listing(item.name for item in unknown)} is not known; give it"
    elif inputs and isinstance(error, InferenceError) and not error.hint:
        shapes = ", ".join(f"'{item.name}' {text(item.shape)}" for item in inputs[:5])
        problem = f"The inputs are {shapes}; give other shapes"
    else:
        return error
    example = ",".join(
        item.name + ("[1,3,224,224]" if item.shape is None else text(item.shape))
        for item in inputs[:5]
    )
    return type(error)(error.message, f'{problem} as in --input "{example}".')


def _named(node: SourceNode, outputs: Callable[[], Sequence[Value]]) -> Sequence[Value]:
    """What a function gives; its errors carry the name of the node that calls it."""
    try:
        return outputs()
    except ConversionError as error:
        raise _of_node(error, node) from error


def _of_node(error: ConversionError, node: SourceNode) -> ConversionError:
    return type(error)(f"Cannot convert {node}: {error.message}", error.hint)


def _call(
    graph: Graph,
    node: SourceNode,
    function: Translation,
    inputs: list[Value],
    refused: list[Value],
) -> Sequence[Value]:
    try:
        if refused:
            raise UnsupportedError(f"an input is {_words(refused[0])}")
        result = function(graph, node, *inputs)
    except ConversionError as error:
        raise _of_node(error, node) from error
    except RecursionError:
        raise
    except Exception as error:
        try:
            inspect.signature(function).bind(graph, node, *inputs)
        except TypeError:
            raise ModelFileError(
                f"Cannot convert {node}: it has {len(inputs)} inputs, which {node.type} "
                "does not take" + (f" in operation set {node.opset}" if node.opset != 1 else ""),
                hint="The model is not valid; export it again.",
            ) from error
        if _is_defect(error):
            raise
        raise InferenceError(
            f"Cannot convert {node}: {type(error).__name__}: {error}",
            hint="An attribute or input is missing or malformed.",
        ) from error
    outputs = tuple(result) if isinstance(result, (tuple, list)) else (result,)
    for index in range(len(outputs), len(node.outputs)):
        if node.outputs[index]:
            raise UnsupportedError(f"Cannot convert {node}: its output {index} is not supported")
    return outputs


def _is_defect(error: Exception) -> bool:
    """Whether no file can bring an error about, so that the code of a translation is wrong.

    A file can lack an input, give a list where a tensor should be, or have an attribute of another
    kind; it can hold numbers, lists and keys that fit nothing. Names, and what the graph can do,
    are ours alone.
    """
    if isinstance(error, AttributeError):
        return isinstance(error.obj, (Graph, ModuleType))
    return isinstance(error, (NameError, ImportError))


def _words(value: Value) -> str:
    if isinstance(value, ComplexTensor):
        return "a tensor of complex numbers"
    return "a sequence of tensors, whose length is not known"
