"""GraphDef to nodes: attributes, weights as views of the file, function calls put in place.

Rules: tensorflow/core/framework/{graph,node_def,attr_value,function}.proto. The tensor of port 0
is called like its node, that of port k ``node:k``. A called function's nodes are called
``call/node``, as in the names that freezing tools give them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from extensions.front.tf.attributes import attributes_of
from extensions.front.tf.filling import imports
from extensions.front.tf.frames import structured
from extensions.front.tf.parts import (
    CALLS,
    VARIABLES,
    Function,
    Part,
    Reference,
    Scope,
    Values,
    reference,
)
from extensions.front.tf.sides import put_behind, side_before
from extensions.front.tf.signatures import OUTPUTS, listed_outputs, port_of
from extensions.front.tf.sources import inputs_of
from extensions.front.tf.tensors import (
    COMPLEX_PARTS,
)
from extensions.front.tf.versions import left_behind
from extensions.front.tf.written import Left, is_access, take_over
from mo.errors import ModelFileError
from mo.front.model import Model, ModelInput, SourceNode
from mo.front.protobuf import Message
from mo.graph.element_type import ElementType
from mo.graph.tensor import Buffer, Tensor

# Functions that call each other deeper than this are an attack, and those that put so many times
# the nodes of the file into the graph (small files may do more).
_DEPTH_LIMIT = 60
_GROWTH_LIMIT = 20
_NODES_LIMIT = 100_000


class GraphReader:
    """Reads the graph and the functions of one file."""

    def __init__(
        self,
        source: Buffer,
        library: Message | None,
        definitions: Sequence[Message] = (),
        values: Values = lambda node, shared: None,
    ) -> None:
        self.source = source
        self.functions = {
            function.get("signature", {}).get("name", ""): function
            for function in (library or {}).get("function", [])
        }
        self.definitions = {message.get("name", ""): message for message in definitions}
        self.values = values
        self.count = 0
        self.limit = _NODES_LIMIT + _GROWTH_LIMIT * sum(
            len(function.get("node_def", [])) for function in self.functions.values()
        )

    # ---- graphs and functions

    def graph(self, messages: Sequence[Message]) -> Part:
        """The nodes of a GraphDef."""
        self.limit += _GROWTH_LIMIT * len(messages)
        part = Part()
        self._read(Scope(messages), part)
        return part

    def call(
        self, function: Function, inputs: Sequence[str], prefix: str, part: Part, depth: int
    ) -> list[str]:
        """Put the nodes of a function into ``part``; returns the tensors that are its results."""
        message = self.functions.get(function.name)
        if message is None:
            raise ModelFileError(f"the model calls a function '{function.name}', which it lacks")
        if depth > _DEPTH_LIMIT:
            raise _endless()
        signature = message.get("signature", {})
        names = self.arguments(function)
        if len(inputs) != len(names):
            raise ModelFileError(
                f"function '{function.name}' takes {len(names)} arguments, not {len(inputs)}"
            )
        arguments = dict(zip(names, inputs))
        scope = Scope(message.get("node_def", []), prefix, arguments, function.attributes, depth)
        given = {item.get("key", ""): item.get("value", "") for item in message.get("ret", [])}
        results = []
        for arg in signature.get("output_arg", []):
            name = arg.get("name", "")
            if name not in given:
                raise ModelFileError(f"function '{function.name}' does not return '{name}'")
            results.append(self._tensor(given[name], scope))
        self._read(scope, part, results)
        return results

    def arguments(self, function: Function) -> list[str]:
        """The names of a function's arguments."""
        signature = self.functions.get(function.name, {}).get("signature", {})
        return [arg.get("name", "") for arg in signature.get("input_arg", [])]

    def attribute_of(self, message: Message, name: str) -> Any:
        """An attribute of a node outside of functions."""
        return self._attributes(message, Scope(())).get(name)

    def _attributes(self, message: Message, scope: Scope) -> dict[str, Any]:
        return attributes_of(message, self.source, scope.attributes)

    def imports(self, message: Message) -> bool:
        """Whether a node outside of functions puts something into a table."""
        called = self.attribute_of(message, "f") if message.get("op") in CALLS else None
        function = self.functions.get(called.name) if isinstance(called, Function) else None
        return imports([message] if function is None else function.get("node_def", []))

    def body(self, function: Function, prefix: str, depth: int) -> tuple[Model, Left]:
        """A function as a graph of its own, and what it leaves in variables among its inputs."""
        inputs = [
            ModelInput(f"{prefix}{name}", None, ElementType.dynamic)
            for name in self.arguments(function)
        ]
        part = Part()
        outputs = self.call(function, [item.name for item in inputs], prefix, part, depth)
        model = replace(part.model(function.name, inputs, outputs), settle=None)
        return left_behind(model, part.controls)

    # ---- nodes

    def _read(self, scope: Scope, part: Part, results: Sequence[str] = ()) -> None:
        self.count += len(scope.messages)
        if self.count > self.limit:
            raise _endless()
        inputs = [self._inputs(message, scope) for message in scope.messages]
        ports: dict[str, int] = {}
        read = {tensor for tensors in (*inputs, results) for tensor in tensors}
        for tensor in read:
            found = reference(tensor)
            ports[found.node] = max(ports.get(found.node, 0), found.port + 1)
        for message, tensors in zip(scope.messages, inputs):
            waits = self._controls(message, scope)
            if waits:
                part.controls[scope.prefix + message.get("name", "")] = waits
            try:
                given = None if scope.arguments is not None else self._given(message, scope, read)
                if given is not None:
                    part.inputs += given
                    continue
                self._node(message, tensors, ports, scope, part)
                if not tensors:
                    self._switch(message, scope, part)
            except ModelFileError as error:
                raise _of_node(error, message) from error

    def _switch(self, message: Message, scope: Scope, part: Part) -> None:
        """Let what has no inputs, but comes after one side of a Switch, depend on that side."""
        found = side_before(message, scope.by_name)
        if found is not None:
            taken, decider = found
            predicate = self._tensor(decider, scope)
            side = reference(self._tensor(taken, scope)).port
            put_behind(scope.prefix + message.get("name", ""), predicate, side, part)

    def _inputs(self, message: Message, scope: Scope) -> list[str]:
        """Tensor names."""
        return [
            self._tensor(text, scope)
            for text in message.get("input", [])
            if not text.startswith("^")
        ]

    def _controls(self, message: Message, scope: Scope) -> list[str]:
        """The nodes that must run first although nothing of them is read."""
        names = (text[1:] for text in message.get("input", []) if text.startswith("^"))
        arguments = scope.arguments or {}
        return [
            reference(arguments[name]).node if name in arguments else scope.prefix + name
            for name in names
        ]

    def _tensor(self, text: str, scope: Scope) -> str:
        if scope.arguments is None:
            return reference(text).tensor
        if text in scope.arguments:
            return scope.arguments[text]
        parts = text.split(":")
        if len(parts) > 1 and parts[0] in scope.arguments:
            return scope.arguments[parts[0]]
        producer = scope.by_name.get(parts[0])
        if producer is None:
            raise ModelFileError(f"a function reads '{text}', which nothing makes")
        port = 0
        if len(parts) == 3 and parts[2].isascii() and parts[2].isdigit() and len(parts[2]) < 6:
            port = self._port(producer, parts[1], int(parts[2]), scope)
        return Reference(scope.prefix + parts[0], port).tensor

    def _port(self, producer: Message, argument: str, index: int, scope: Scope) -> int:
        op = producer.get("op", "")
        function = self.functions.get(op)
        definition = function.get("signature") if function else self.definitions.get(op)

        def size(arg: Message) -> int:
            listed = arg.get("number_attr") or arg.get("type_list_attr")
            if not listed:
                return 1
            value = self._attributes(producer, scope).get(listed, 1)
            count = len(value) if isinstance(value, list) else value
            return count if isinstance(count, int) else 1

        return port_of(definition, op, argument, index, size)

    def _node(
        self,
        message: Message,
        inputs: list[str],
        ports: Mapping[str, int],
        scope: Scope,
        part: Part,
    ) -> None:
        op = message.get("op", "")
        name = scope.prefix + message.get("name", "")
        attributes = self._attributes(message, scope)
        called = attributes.get("f") if op in CALLS else None
        if called is None and op in self.functions:
            called = Function(op, attributes)
        if called is not None:
            self._call(called, name, inputs, part, scope)
            return
        if self._is_constant(op, name, attributes, part):
            return
        left = self._read_bodies(name, attributes, scope.depth + 1)
        named = OUTPUTS.get(op, ())
        count = max(listed_outputs(op, attributes), ports.get(name, 0))
        if name not in ports:
            count = max(count, len(named))
        outputs = [Reference(name, port).tensor for port in range(count)]
        node = SourceNode(op, name, inputs, outputs, attributes)
        take_over(node, left)
        attributes.update((key, structured(attributes[key])) for key in left)
        if op in ("Enter", "RefEnter"):
            attributes["frame_name"] = f"{scope.prefix}{attributes.get('frame_name', '')}"
        if op in ("Merge", "RefMerge"):
            self._close_loops(node, message, scope)
        if scope.prefix and is_access(node):
            part.controls.setdefault(name, []).append(scope.prefix)
        part.nodes.append(node)

    def _given(self, message: Message, scope: Scope, read: Set[str]) -> list[ModelInput] | None:
        """The inputs of the model that a node stands for."""

        def queue() -> Mapping[str, Any]:
            texts = message.get("input", [])[:1]
            found = scope.by_name.get(reference(texts[0]).node) if texts else None
            return {} if found is None else self._attributes(found, scope)

        op, name = message.get("op", ""), message.get("name", "")
        return inputs_of(op, name, self._attributes(message, scope), queue, read)

    def _close_loops(self, node: SourceNode, message: Message, scope: Scope) -> None:
        """What comes from the iteration before need not come before the node."""
        texts = [text for text in message.get("input", []) if not text.startswith("^")]
        makers = [scope.by_name.get(text.split(":")[0], {}) for text in texts]
        late = [maker.get("op") in ("NextIteration", "RefNextIteration") for maker in makers]
        node.feedback = [name for name, is_late in zip(node.inputs, late) if is_late]
        node.inputs = [name for name, is_late in zip(node.inputs, late) if not is_late]

    def _call(self, function: Any, name: str, inputs: list[str], part: Part, scope: Scope) -> None:
        """The nodes of a called function, and one that gives its results the call's own names.

        The function runs behind all that the call waits for, and what waits for the call behind
        the function.
        """
        if not isinstance(function, Function):
            raise ModelFileError(f"'{name}' does not say which function it calls")
        prefix, first = f"{name}/", len(part.nodes)
        before = [*part.controls.get(name, ()), *(reference(tensor).node for tensor in inputs)]
        part.controls[prefix] = [*before, *filter(None, [scope.prefix])]
        results = self.call(function, inputs, prefix, part, scope.depth + 1)
        accesses = [node.name for node in part.nodes[first:] if is_access(node)]
        part.controls[name] = [prefix, *accesses]
        names = [Reference(name, port).tensor for port in range(len(results))]
        part.nodes.append(SourceNode("IdentityN", name, results, names, {}))

    def _is_constant(self, op: str, name: str, attributes: dict[str, Any], part: Part) -> bool:
        value: Any = None
        # A damaged file has lists and whatnot for a type.
        if op == "Const" and attributes.get("dtype") not in tuple(COMPLEX_PARTS):
            value = attributes.get("value")
        elif op in VARIABLES:
            value = self.values(name, attributes.get("shared_name", ""))
        if not isinstance(value, Tensor):
            return False
        part.constants[name] = value
        return True

    def _read_bodies(self, name: str, attributes: dict[str, Any], depth: int) -> dict[str, Left]:
        """Functions that are attributes become graphs; what each leaves in variables."""
        functions = {}
        for key, value in attributes.items():
            if isinstance(value, Function):
                functions[key] = value
            elif key == "branches" and isinstance(value, list):
                functions |= {f"branch_{number}": branch for number, branch in enumerate(value)}
        left = {}
        for key, function in functions.items():
            attributes[key], left[key] = self.body(function, f"{name}/{key}/", depth)
        return left


def _of_node(error: ModelFileError, message: Message) -> ModelFileError:
    where = f"{message.get('op', '')} '{message.get('name', '')}'"
    return ModelFileError(f"{where}: {error.message}", error.hint)


def _endless() -> ModelFileError:
    return ModelFileError(
        "the functions of the model call each other without end",
        hint="The file is damaged or hostile.",
    )
