"""The table of Keras layers, and what several families of layers share.

A layer is a node of the domain ``keras`` whose attributes are its configuration. Behind the data
its inputs are its weights and masks; the attribute ``roles`` names them. ``arguments`` and
``named`` are those of the call, ``apart`` the numbers of the data that are named ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from extensions.front.building import invalid
from extensions.front.tf.common import TRANSLATIONS, refuse
from extensions.front.tf.keras.references import Given
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

DOMAIN = "keras"


class Layer:
    """One use of a layer under translation."""

    def __init__(
        self,
        g: Graph,
        node: SourceNode,
        data: Sequence[Output],
        weights: Mapping[str, Output],
    ) -> None:
        self.g = g
        self.node = node
        self.data = data
        self.weights = weights
        # The major release of Keras that wrote the file; some defaults differ.
        self.release = node.opset

    def get(self, name: str, default: Any = None) -> Any:
        return self.node.get(name, default)

    def needed(self, name: str) -> Any:
        value = self.node.get(name)
        if value is None:
            raise invalid(f"its setting '{name}' is missing")
        return value

    def weight(self, role: str) -> Output:
        found = self.weights.get(role)
        if found is None:
            raise invalid(f"its weights '{role}' are missing")
        return found

    def numbers(self, name: str, count: int, default: Any = None) -> list[int]:
        """A setting that is one number for all axes, or one for each."""
        value = self.get(name) if self.get(name) is not None else default
        listed = [value] * count if isinstance(value, int) else value
        if not isinstance(listed, (list, tuple)) or len(listed) != count:
            raise invalid(f"its setting '{name}' {value!r} is not {count} numbers")
        if not all(isinstance(entry, int) for entry in listed):
            raise invalid(f"its setting '{name}' {value!r} is not of whole numbers")
        return list(listed)

    def argument(self, place: int | None, name: str, default: Any = None) -> Any:
        """What it is called with in a place or by name, or its setting; tensors as values."""
        placed, named = self.node.get("arguments", []), self.node.get("named", {})
        if place is not None and place < len(placed):
            return self._resolved(placed[place])
        found = named.get(name)
        return self._resolved(self.get(name, default) if found is None else found)

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Given):
            return self.data[value.number]
        return [self._resolved(entry) for entry in value] if isinstance(value, list) else value

    @property
    def channels_last(self) -> bool:
        return str(self.get("data_format", "channels_last")) != "channels_first"

    def tf(self, kind: str, *inputs: Output, **attributes: Any) -> Any:
        """What TensorFlow's operation of this kind computes."""
        translation = TRANSLATIONS.find("", kind, 1)
        assert translation is not None, kind
        node = SourceNode(kind, self.node.name, [], [], attributes)
        node.walk = self.node.walk
        return translation(self.g, node, *inputs)


def layer(*classes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the function translates layers of these classes, (layer, *data) -> results."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def translate(g: Graph, node: SourceNode, *values: Output) -> Any:
            roles = node.attributes.get("roles", ())
            count = len(values) - len(roles)
            data = values[:count]
            used = Layer(g, node, data, dict(zip(roles, values[count:])))
            apart = node.attributes.get("apart", ())
            try:
                return function(used, *(x for i, x in enumerate(data) if i not in apart))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                # Settings of a damaged file may be anything.
                raise invalid(f"its settings make no sense: {str(error)[:200]}") from error

        translate.__name__ = function.__name__
        translate.__module__ = function.__module__
        TRANSLATIONS.converts(*classes, domain=DOMAIN)(translate)
        return function

    return register


def applied(layer: Layer, kind: str, config: Mapping[str, Any], *data: Output) -> Any:
    """What a layer inside a layer computes, with the weights of the outer one."""
    translation = TRANSLATIONS.find(DOMAIN, kind, 1)
    if translation is None:
        raise refuse(f"the layer {kind} inside another one")
    roles = tuple(layer.weights)
    attributes = {**config, "roles": roles}
    node = SourceNode(kind, layer.node.name, [], [], attributes, DOMAIN, layer.release)
    return translation(layer.g, node, *data, *layer.weights.values())
