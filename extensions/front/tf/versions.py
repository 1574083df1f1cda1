"""Variables that a run of the graph writes, each value of them a tensor of its own.

What reads such a variable reads what the last write before it left, as data and control inputs
order them; where they do not, the model is refused. What the last write of all leaves is the state
in which the next inference finds the variable.

A variable of TensorFlow 1 is memory (``VariableV2``; writes hand a reference to it on): it is read
where it is used, and what an operation may hand on of it without a copy must not be used behind a
further write. A resource (``VarHandleOp``) is read where ReadVariableOp stands.
"""

from __future__ import annotations

from collections.abc import Set
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import itemgetter

import numpy as np

from extensions.front.tf.control_damage import damaged
from extensions.front.tf.run_order import Controls, RunOrder
from extensions.front.tf.written import FORMS, HINT, SNAPSHOTS, WRITTEN, Left, plain, results
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode, reads
from mo.graph.tensor import Tensor

# More pairs of a variable and a node that may hand its memory on are an attack.
_COPIES_LIMIT = 1_000_000
# They hand a reference or a handle on, or the memory itself.
_PASSING = ("Identity", "IdentityN", "RefIdentity")
_CONDITIONAL = ("Enter", "Merge", "RefEnter", "RefMerge", "RefSwitch", "Switch")
# What asks for no number of a variable.
_ASKING = ("IsVariableInitialized", "VarIsInitializedOp", "VariableShape")
# What computes new numbers whatever it is given, and so never hands its input on.
_NEW_NUMBERS = """
    Abs Add AddV2 ArgMax ArgMin BatchMatMul BatchMatMulV2 BatchMatMulV3 BiasAdd Conv2D Conv3D Cos
    DepthwiseConv2dNative Div DivNoNan Einsum Elu Equal Erf Exp Floor FloorDiv FloorMod
    FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 Gather GatherNd GatherV2 Greater GreaterEqual
    LeakyRelu Less LessEqual Log Log1p LogSoftmax MatMul Maximum Minimum Mod Mul MulNoNan Neg
    NotEqual OneHot Pow RealDiv Reciprocal Relu Relu6 Rsqrt Select SelectV2 Selu Shape Sigmoid Sign
    Sin Size Softmax Softplus Softsign Sqrt Square SquaredDifference Sub Tanh Xdivy
"""
_COMPUTING = frozenset(_NEW_NUMBERS.split())


@dataclass
class _Variable:
    """``writes`` in order, ``bits`` as a set; ``unsure``: those that may not run, run often, or
    lack their data.
    """

    name: str
    writes: list[SourceNode] = field(default_factory=list)
    unsure: list[SourceNode] = field(default_factory=list)
    bits: int = 0
    is_ordered: bool = False


def settled(model: Model, controls: Controls, runs_all: bool = False) -> Model:
    """The model with a tensor for each value of a variable that it writes.

    ``runs_all``: everything that writes runs, as in a function; else only what outputs depend on.
    """
    writers = [node for node in model.nodes if results(node)]
    if not writers:
        return model
    targets = list(model.outputs)
    if runs_all:
        targets += [name for node in writers for name in node.outputs]
    return _Settling(model, RunOrder(model, controls, targets)).settled()


def left_behind(body: Model, controls: Controls) -> tuple[Model, Left]:
    """A function, and what it leaves in those of its inputs that are variables, by their places."""
    if not any(map(results, body.nodes)):
        return body, {}
    names, count = [item.name for item in body.inputs], len(body.outputs)
    # An output that is a variable is what has been left in it.
    made = settled(replace(body, outputs=[*body.outputs, *names]), controls, runs_all=True)
    left = enumerate(made.outputs[count:])
    changed = {place: name for place, name in left if name != names[place]}
    return replace(made, outputs=made.outputs[:count]), changed


class _Settling:
    """One graph; its variables by name."""

    def __init__(self, model: Model, run: RunOrder) -> None:
        self.model = model
        self.run = run
        self.variables: dict[str, _Variable] = {}
        # The variable that a tensor refers to, and the one that it refers to in some runs.
        self.home: dict[str, str] = {}
        self.loose: dict[str, str] = {}
        # What each write leaves in each variable.
        self.results: dict[tuple[SourceNode, str], str] = {}
        # What stands in place of the nodes that are needed, and what joins them.
        self.made: dict[SourceNode, list[SourceNode]] = {}
        self.added: list[SourceNode] = []
        self.states: dict[str, str] = {}
        self.constants = dict(model.constants)
        self.notes: dict[str, None] = {}
        self.wanted: list[str] = []
        for node in run.alive():
            self._find(node)
        self._sort()

    # ---- who reads and writes

    def _find(self, node: SourceNode) -> None:
        pairs = zip(node.inputs, node.outputs)
        if node.type in _PASSING:
            for source, output in pairs:
                self.home[output] = self.home.get(source, source)
                self.loose[output] = self.loose.get(source, source)
        elif node.type in _CONDITIONAL and node.inputs:
            root = self.loose.get(node.inputs[0], node.inputs[0])
            self.loose.update(dict.fromkeys(node.outputs, root))
        for place, result in results(node).items():
            reference = node.inputs[place]
            name = self.loose.get(reference, reference)
            variable = self.variables.setdefault(name, _Variable(name))
            self.loose[result] = name
            if self.home.get(reference, reference) == name and self.run.runs_once(node.name):
                variable.writes.append(node)
                self.home[result] = name
            else:
                variable.unsure.append(node)
            self.results[node, name] = result or f"{node.name}/value"

    def _sort(self) -> None:
        self.run.track(
            node.name
            for node in self.run.alive()
            if results(node) or any(map(self._variable, reads(node)))
        )
        for variable in self.variables.values():
            bits = self.run.bits(node.name for node in variable.writes)
            ranked = [(self.run.count_behind(node.name, bits), node) for node in variable.writes]
            ranked.sort(key=itemgetter(0))
            variable.bits, variable.writes = bits, [node for _, node in ranked]
            for node in variable.writes[:-1]:
                if node.outputs[0] in self.model.outputs and WRITTEN not in node.attributes:
                    self.results[node, variable.name] = f"{node.name}/value"

    def _variable(self, tensor: str) -> _Variable | None:
        """The variable that a tensor refers to, if the model writes it."""
        return self.variables.get(self.home.get(tensor, tensor))

    # ---- which value

    def _value(self, node: SourceNode, tensor: str) -> str:
        """What a node reads by this name."""
        variable = self._variable(tensor)
        if variable is None:
            return tensor
        if node.type in _ASKING or self.run.is_dead(node.name):
            return variable.name
        return self._left(variable, self._version(node, variable))

    def _version(self, node: SourceNode, variable: _Variable) -> int:
        """How many writes a node comes behind."""
        for writer in variable.unsure:
            if writer is node:
                continue
            if self.run.in_loop(writer.name) or self.run.may_be_behind(node.name, writer.name):
                raise _not_once(node, writer, variable)
            self.notes[f"What '{writer.name}' writes is forgotten behind each inference."] = None
        self._check_order(variable)
        behind = self.run.count_behind(node.name, variable.bits) - (node in variable.writes)
        for writer in variable.writes[behind : behind + 2]:
            if writer is not node and not self.run.is_behind(writer.name, node.name):
                raise _unordered(node, writer, variable)
        return behind

    def _check_order(self, variable: _Variable) -> None:
        for first, second in pairwise(variable.writes):
            if variable.is_ordered:
                break
            if not self.run.is_behind(second.name, first.name):
                raise _unordered(first, second, variable)
        variable.is_ordered = True

    def _last(self, variable: _Variable) -> str:
        """What it holds when all has run."""
        for writer in variable.unsure:
            raise _not_once("The next inference", writer, variable)
        self._check_order(variable)
        return self._left(variable, len(variable.writes))

    def _left(self, variable: _Variable, version: int) -> str:
        if version:
            return self.results[variable.writes[version - 1], variable.name]
        is_state = variable.name in self.model.constants and variable.writes
        return self._state(variable) if is_state else variable.name

    def _state(self, variable: _Variable) -> str:
        """What the inference before left."""
        name = variable.name
        if name not in self.states:
            initial = f"{name}/initial"
            self.states[name] = f"{name}/state" if name in self.model.outputs else name
            self.constants[initial] = self.constants.pop(name)
            state = SourceNode("VariableState", name, [initial], [self.states[name]], {})
            state.feedback = [self._last(variable)]
            self._add(state)
        return self.states[name]

    # ---- the graph with them

    def settled(self) -> Model:
        outputs = [self._output(name) for name in self.model.outputs]
        makers = {name: node for node in self.model.nodes for name in node.outputs}
        makers |= {result: node for (node, _), result in self.results.items()}
        for item in self.model.inputs:
            makers.pop(item.name, None)
        while self.wanted:
            node = makers.get(self.wanted.pop())
            if node is not None and node not in self.made:
                self.made[node] = self._rewritten(node)
                for made in self.made[node]:
                    self.wanted += [*reads(made), *made.feedback]
        self._check_copies()
        taken = {name for node in self.added for name in node.outputs}
        nodes = [made for node in self.model.nodes for made in self.made.get(node, [node])]
        return replace(
            self.model,
            nodes=[*(_without(node, taken) for node in nodes), *self.added],
            outputs=outputs,
            constants={name: item for name, item in self.constants.items() if name not in taken},
            notes=[*self.model.notes, *self.notes],
        )

    def _output(self, name: str) -> str:
        """Memory that is given out is as all writes have left it."""
        variable = self._variable(name)
        last = name if variable is None else self._last(variable)
        self.wanted.append(last)
        if last != name and all(item.name != name for item in self.model.inputs):
            self._add(SourceNode("Identity", name, [last], [name], {}))
            return name
        return last

    def _add(self, node: SourceNode) -> None:
        self.added.append(node)
        self.wanted += [*node.inputs, *node.feedback]

    def _rewritten(self, node: SourceNode) -> list[SourceNode]:
        """What stands in place of a node: it reads values, or is one."""
        variable = self._written_by(node)
        form = FORMS.get(plain(node.type))
        if form is None or variable is None or not self._is_value(node, form, variable):
            return [_reading(node, [self._value(node, name) for name in node.inputs])]
        others = [self._value(node, name) for name in node.inputs[1:]]
        result = self.results[node, variable.name]
        if form == "Identity":
            return [SourceNode(form, node.name, others[:1], [result], {})]
        given = [self._value(node, node.inputs[0]), *others]
        made = []
        if form.startswith("Tensor") and "Nd" not in node.type:
            # Its indices are those of rows.
            axis, rows = f"{node.name}/axis", f"{node.name}/rows"
            self.constants[axis] = Tensor.of(np.asarray(-1, np.int32))
            made.append(SourceNode("ExpandDims", rows, [given[1], axis], [rows], {}))
            given[1] = rows
        return [*made, SourceNode(form, node.name, given, [result], dict(node.attributes))]

    def _written_by(self, node: SourceNode) -> _Variable | None:
        reference = node.inputs[0] if node.inputs else ""
        return self.variables.get(self.loose.get(reference, reference))

    def _is_value(self, node: SourceNode, form: str, variable: _Variable) -> bool:
        """Whether a write can stand for what it leaves."""
        if node in variable.writes:
            return True
        for other in (*variable.unsure, *variable.writes):
            if self.run.may_be_behind(other.name, node.name):
                raise _not_once(node, other, variable)
        # In a branch its reference tells that it lies there.
        return form == "Identity" and self.run.in_loop(node.name)

    def _check_copies(self) -> None:
        """What may be the memory of a variable is used before a further write."""
        shared: dict[str, dict[str, int]] = {}
        count = 0
        for node in self.run.alive():
            if node not in self.made or node.type in (*_PASSING, *SNAPSHOTS, *_ASKING):
                continue
            found: dict[str, int] = {}
            for tensor in node.inputs:
                origin = self.home.get(tensor, tensor)
                for name, version in shared.get(origin, {}).items():
                    variable = self.variables[name]
                    if self._version(node, variable) != version:
                        raise _copied(node, variable)
                    found[name] = version
                if origin in self.variables and not results(node):
                    found[origin] = self._version(node, self.variables[origin])
            count += len(found)
            if count > _COPIES_LIMIT:
                raise damaged("too many of its nodes hand on what variables hold")
            if found and node.type not in _COMPUTING and not any(True for _ in node.bodies()):
                shared.update(dict.fromkeys(node.outputs, found))
        for tensor in self.model.outputs:
            for name, version in shared.get(self.home.get(tensor, tensor), {}).items():
                if version != len(self.variables[name].writes):
                    raise _copied(f"Output '{tensor}'", self.variables[name])


def _reading(node: SourceNode, inputs: list[str]) -> SourceNode:
    if inputs == node.inputs:
        return node
    found = copy(node)
    found.inputs = inputs
    return found


def _without(node: SourceNode, taken: Set[str]) -> SourceNode:
    """A node that no longer makes what others make now."""
    if taken.isdisjoint(node.outputs):
        return node
    found = copy(node)
    found.outputs = ["" if name in taken else name for name in node.outputs]
    return found


def _unordered(node: SourceNode, writer: SourceNode, variable: _Variable) -> UnsupportedError:
    return UnsupportedError(
        f"{node} and {writer}, which changes the variable '{variable.name}', run in an order that "
        "the model does not tell",
        hint=HINT,
    )


def _not_once(node: SourceNode | str, writer: SourceNode, variable: _Variable) -> UnsupportedError:
    return UnsupportedError(
        f"{node} reads the variable '{variable.name}', which {writer} changes in a branch, in a "
        "loop, or from what --input leaves out",
        hint=HINT,
    )


def _copied(node: SourceNode | str, variable: _Variable) -> UnsupportedError:
    return UnsupportedError(
        f"{node} uses the variable '{variable.name}' as it was read before a write, which "
        "TensorFlow may or may not show there",
        hint=HINT,
    )
