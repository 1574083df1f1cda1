"""The TF-Lite translation table, and what several families of translations share.

Operators of TF-Lite are those of TensorFlow with other layouts of their weights, an activation
behind them, and quantised tensors. A translation gets numbers: what is quantised is dequantised
before and rounded to its levels behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from extensions.front.building import typed
from extensions.front.tf import TRANSLATIONS as TF_TRANSLATIONS
from extensions.front.tf.common import refuse
from extensions.front.tflite.quantization import real, rounded
from extensions.ops import activation as act
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.registry import Translation, Translations
from mo.front.values import Value, is_tensor
from mo.graph.graph import Graph
from mo.graph.node import Output

TRANSLATIONS = Translations()
TENSORFLOW = TF_TRANSLATIONS

# ActivationFunctionType
_ACTIVATIONS: Mapping[int, Callable[[Graph, Output], Output]] = {
    0: lambda g, x: x,
    1: lambda g, x: g.add(act.ReLU(), x),
    2: lambda g, x: g.add(act.Clamp(min=-1.0, max=1.0), x),
    3: lambda g, x: g.add(act.Clamp(min=0.0, max=6.0), x),
    4: lambda g, x: g.add(act.Tanh(), x),
}
ACTIVATION_NAMES = {1: "relu", 4: "tanh"}
FUSED = "fused_activation_function"
# Operators whose results are elements of their inputs: levels stay levels.
_MOVES = """
    BATCH_TO_SPACE_ND BROADCAST_TO CONCATENATION DEPTH_TO_SPACE EXPAND_DIMS GATHER GATHER_ND
    MAX_POOL_2D MIRROR_PAD PACK RESHAPE RESIZE_NEAREST_NEIGHBOR REVERSE_V2 SELECT_V2 SLICE
    SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT SPLIT_V SQUEEZE STRIDED_SLICE TILE TRANSPOSE UNPACK
"""
_MOVING = frozenset(_MOVES.split())


def converts(
    *types: str, activates: bool = True, domain: str = ""
) -> Callable[[Translation], Translation]:
    """Decorator: the function translates these operators.

    ``activates``: the fused activation is of the first result, and applied here.
    """

    def register(function: Translation) -> Translation:
        @wraps(function)
        def translate(g: Graph, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
            meant = node.get("read_as", [])
            given = [real(g, x, meant[i] if i < len(meant) else None) for i, x in enumerate(inputs)]
            found = function(g, node, *given)
            results = list(found) if isinstance(found, (tuple, list)) else [found]
            if activates and results:
                results[0] = activated(g, node, results[0])
            return tuple(_finished(g, node, i, value) for i, value in enumerate(results))

        TRANSLATIONS.converts(*types, sequences=True, domain=domain)(translate)
        return function

    return register


def activated(g: Graph, node: SourceNode, x: Value) -> Value:
    """With the activation that is fused into an operator."""
    number = node.get(FUSED, 0)
    if number not in _ACTIVATIONS:
        raise refuse(f"the fused activation {number}")
    return _ACTIVATIONS[number](g, x) if number else x


def _finished(g: Graph, node: SourceNode, place: int, value: Value) -> Value:
    """A result in the element type, or of the levels, that the file says."""
    made = node.get("made_as", [])
    if place >= len(made) or not is_tensor(value):
        return value
    meant, kind = made[place], node.get("made_of")[place]
    if meant is None or kind is None:
        keeps = kind is None or any(meant is not None for meant in node.get("read_as", []))
        return value if keeps else typed(g, value, kind)
    before = [other for other in node.get("read_as") if other is not None]
    if node.type in _MOVING and before and all(meant.is_like(other) for other in before):
        return value
    return rounded(g, value, meant, kind)


def tensorflow(g: Graph, node: SourceNode, kind: str, *inputs: Value, **attributes: Any) -> Any:
    """The results of an operation of TensorFlow for these inputs."""
    function = TENSORFLOW.find("", kind, 1)
    assert function is not None
    if any(not TENSORFLOW.accepts(function, value) for value in inputs):
        raise UnsupportedError(f"an input of {node.type} is complex, or no tensor")
    return function(g, as_tensorflow(node, kind, attributes), *inputs)


def as_tensorflow(node: SourceNode, kind: str, attributes: Mapping[str, Any]) -> SourceNode:
    """A node of TensorFlow in the place of an operator."""
    twin = SourceNode(kind, node.name, node.inputs, node.outputs, dict(attributes))
    twin.walk, twin.feedback = node.walk, node.feedback
    return twin


def like(table: Mapping[str, str]) -> None:
    """Operators that are operations of TensorFlow, with the same inputs and attributes."""
    for kind, name in table.items():
        converts(kind)(delegated(name))


def delegated(name: str) -> Translation:
    """A translation that is that of an operation of TensorFlow."""
    known = TENSORFLOW.find("", name, 1)
    assert known is not None, name

    @wraps(known)
    def translate(g: Graph, node: SourceNode, *inputs: Value) -> Any:
        return tensorflow(g, node, name, *inputs, **node.attributes)

    return translate


def needed_option(node: SourceNode, name: str, allowed: Sequence[int]) -> int:
    """An option that is one of these numbers."""
    value = int(node.get(name, 0))
    if value not in allowed:
        raise refuse(f"{name} {value}")
    return value
