"""What a user's ``infer`` and ``type_infer`` say of a layer's outputs.

They were written for known sizes. Where sizes are open they are asked several times, with numbers
in place of the open ones: a result that is the same each time does not depend on them; one that
is always the number of an open size is that size; any other is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mo.classic.graph import Graph
from mo.classic.node import Node
from mo.classic.reporting import user_error
from mo.classic.tensors import Trial
from mo.errors import InferenceError
from mo.graph import node as native
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph as NativeGraph
from mo.graph.op import TensorType
from mo.graph.shape import Dim, Dimension

if TYPE_CHECKING:
    from mo.classic.layer import Layer

# (factor, first number) of the sizes of one trial: apart from each other, divisible by 32.
_TRIALS = ((32, 5), (96, 7), (160, 3))


def infer_layer(layer: Layer, inputs: Sequence[native.Output | None]) -> tuple[TensorType, ...]:
    """Types of all outputs, as the user's functions tell them; values go to ``layer.values``.

    InferenceError where they cannot be had; what user code raises becomes an ExtensionError.
    """
    attrs = layer.attrs
    if "known_types" in attrs:
        return tuple(attrs["known_types"])
    what = f"{attrs.get('op')} '{attrs.get('name')}'"
    if attrs.get("infer") is None:
        raise InferenceError(
            f"nothing says what shape {what} gives",
            hint="Set its attribute 'infer', or replace it before the model is translated.",
        )
    trials = _trials(layer, inputs, what)
    found = []
    layer.values = []
    for index in range(trials[0].outputs):
        results = [trial.found(index) for trial in trials]
        if any(shape is None for shape, _, _ in results):
            raise InferenceError(
                f"the 'infer' of {what} sets no shape of output {index}",
                hint="Call node.out_port(i).data.set_shape(...) for every output.",
            )
        shape = _agreed([shape for shape, _, _ in results], [trial.sizes for trial in trials])
        found.append(TensorType(shape, _element_type(results[0][2], attrs, inputs)))
        values = [value for _, value, _ in results]
        same = values[0] is not None and all(
            value is not None and np.array_equal(value, values[0]) for value in values
        )
        layer.values.append(values[0] if same else None)
    return tuple(found)


class _Run(Trial):
    """A trial and the node that it was made on."""

    def __init__(self, chosen: dict[Dim, int], node: native.Node) -> None:
        super().__init__(chosen)
        self.node = node

    @property
    def outputs(self) -> int:
        return len(self.node.outputs)

    def found(self, index: int) -> tuple[Any, Any, Any]:
        """Shape, value and numpy type of an output, each None if it was not set."""
        output = self.node.outputs[index]
        return self.shapes.get(output), self.values.get(output), self.types.get(output)


def _trials(layer: Layer, inputs: Sequence[native.Output | None], what: str) -> list[_Run]:
    """One run, or several where sizes are open; attributes must not come to depend on these."""
    attrs = layer.attrs
    open_sizes = _open_sizes(inputs)
    before = _snapshot(attrs)
    runs: list[_Run] = []
    after: dict[str, str] = {}
    for factor, first in _TRIALS if open_sizes else _TRIALS[:1]:
        for key in after.keys() - before.keys():
            dict.pop(attrs, key)  # each run starts alike
        runs.append(_run(layer, inputs, _chosen(open_sizes, factor, first), what))
        now = _snapshot(attrs)
        if after and now != after:
            changed = ", ".join(sorted(key for key in now if now[key] != after.get(key)))
            raise InferenceError(
                f"the 'infer' of {what} keeps what depends on open sizes: {changed}",
                hint="Give all sizes with --input_shape.",
            )
        after = now
    return runs


def _chosen(open_sizes: Sequence[Dim], factor: int, first: int) -> dict[Dim, int]:
    return {
        dim: min(max(factor * (first + 2 * number), dim.min), dim.max)
        for number, dim in enumerate(open_sizes)
    }


def _run(
    layer: Layer, inputs: Sequence[native.Output | None], chosen: dict[Dim, int], what: str
) -> _Run:
    """One call of the user's functions, on a node that stands outside the graph."""
    attrs = layer.attrs
    around = next((value.node.graph for value in inputs if value is not None), NativeGraph())
    node = native.Node(around, str(attrs.get("name")), 0, layer, str(attrs.get("name")))
    node.inputs = list(inputs)
    attrs.setdefault("_in_ports", {index: {} for index in range(len(inputs))})
    ports = attrs.setdefault("_out_ports", {})
    for index in range(attrs.get("out_ports_count") or 1):
        ports.setdefault(index, {})
    unknown = TensorType(None, ElementType.dynamic)
    node.outputs = tuple(native.Output(node, index, unknown) for index in range(max(ports) + 1))
    view = Graph(around)
    if "view" in around.graph:
        view.graph = around.graph["view"].graph
    run = _Run(chosen, node)
    view.trial = run
    for name in ("infer", "type_infer"):
        function = attrs.get(name)
        if function is None:
            continue
        try:
            function(Node(view, node))
        except Exception as error:
            raise user_error(error, f"'{name}' of {what}") from error
    return run


def _open_sizes(inputs: Sequence[native.Output | None]) -> list[Dim]:
    """The open sizes in the shapes of the inputs, and in their values where these are shapes."""
    found: dict[Dim, None] = {}
    for value in inputs:
        if value is None:
            continue
        partial = value.partial_value()
        elements = () if partial is None else partial.reshape(-1)
        for item in (*(value.shape or ()), *elements):
            if isinstance(item, Dim):
                found[item] = None
    return list(found)


def _agreed(shapes: Sequence[Any], chosen: Sequence[dict[Dim, int]]) -> tuple[Dimension, ...]:
    """The shape that all trials agree on, open where they do not."""
    if len({len(shape) for shape in shapes}) != 1:
        raise InferenceError(
            "the rank of its result depends on open sizes", hint="Give them with --input_shape."
        )
    dims: list[Dimension] = []
    for sizes in zip(*shapes):
        if len(set(map(int, sizes))) == 1:
            dims.append(int(sizes[0]) if sizes[0] >= 0 else Dim())
            continue
        same = (
            dim
            for dim in chosen[0]
            if all(known[dim] == size for known, size in zip(chosen, sizes))
        )
        dims.append(next(same, None) or Dim())
    return tuple(dims)


def _element_type(
    told: Any, attrs: dict[str, Any], inputs: Sequence[native.Output | None]
) -> ElementType:
    """By ``type_infer``, by the attribute ``data_type``, or that of the first input."""
    kind = told if told is not None else attrs.get("data_type")
    if kind is not None:
        return ElementType.of(np.dtype(kind))
    return next((value.dtype for value in inputs if value is not None), ElementType.f32)


def _snapshot(attrs: dict[str, Any]) -> dict[str, str]:
    shown = {key: value for key, value in dict.items(attrs) if key[0] != "_" and key != "IE"}
    return {key: repr(value) for key, value in shown.items()}
