"""All translations of the operations of extensions, in front of those of a framework."""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import Any

from extensions.classic import (
    cutting,
    delegated,
    elementwise,
    fields,
    operations,
    recurrent,
    regions,
    resizing,
    segments,
    shaping,
    statistics,
    windows,
)
from extensions.classic.refused import hint_of
from mo.classic.attributes import Attributes
from mo.classic.layer import Layer
from mo.classic.reporting import user_error
from mo.classic.source import DOMAIN
from mo.errors import UnsupportedError
from mo.extending import Conversion
from mo.front.model import SourceNode
from mo.front.registry import Translation, Translations
from mo.front.values import Value
from mo.graph.graph import Graph
from mo.graph.node import Output

# The modules that fill the table of translations.
FAMILIES = (
    *(cutting, delegated, elementwise, recurrent, regions, resizing, segments),
    *(shaping, statistics, windows),
)


class Extended(Translations):
    """The translations of a framework, with those that extensions bring before them."""

    def __init__(
        self, framework: Translations, conversions: Iterable[Conversion], name: str
    ) -> None:
        super().__init__()
        self.framework = framework
        for conversion in conversions:
            if conversion.framework == name:
                place = {"since": conversion.since, "domain": conversion.domain}
                self.converts(*conversion.types, **place)(_told(conversion))  # type: ignore[arg-type]

    def find(self, domain: str, kind: str, opset: int) -> Translation | None:
        if domain == DOMAIN:
            return fields.TRANSLATIONS.find(domain, kind, 1) or translated
        return super().find(domain, kind, opset) or self.framework.find(domain, kind, opset)

    def accepts(self, function: Translation, value: Value) -> bool:
        return self.framework.accepts(function, value)

    def types(self, domain: str = "") -> list[str]:
        return self.framework.types(domain)


def _told(conversion: Conversion) -> Translation:
    """The user's translation, whose use of names that do not exist is told as a fault of his."""
    function = conversion.function

    @wraps(function)
    def translation(*given: Any) -> Any:
        try:
            return function(*given)
        except (AttributeError, ImportError, NameError) as error:
            raise user_error(error, f"the translation '{function.__name__}'") from error

    return translation


def translated(g: Graph, node: SourceNode, *inputs: Output | None) -> Any:
    """An operation that the IR has by that type, or a user's own."""
    row = operations.by_name().get(node.type)
    kind = str((row.type if row is not None else "") or node.attributes.get("type") or node.type)
    has_own_shape = node.attributes.get("infer") is not None
    hint = hint_of(node.type)
    if hint is not None and not has_own_shape:
        raise UnsupportedError(f"operation '{node.type}' has no form in the IR", hint=hint)
    if kind in fields.operations() and (row is not None or not has_own_shape):
        return fields.direct(g, node, kind, *inputs)
    if not has_own_shape:
        raise UnsupportedError(
            f"operation '{node.type}' has no form in the IR, and no function 'infer' of its own",
            hint="Replace it by operations of the IR, or give it 'infer' and 'type'.",
        )
    return _own(g, node, inputs)


def _own(g: Graph, node: SourceNode, inputs: tuple[Output | None, ...]) -> tuple[Output, ...]:
    """A layer of the IR as the user describes it; constant if its values are known."""
    attributes = Attributes({**node.attributes, "_settled": True, "name": node.name})
    layer = Layer(attributes)
    outputs = g.add_multi(layer, *inputs, name=node.name)
    layer.place = outputs[0].node
    if not attributes.get("stop_value_propagation") and all(v is not None for v in layer.values):
        values = [g.constant(value, out.dtype) for value, out in zip(layer.values, outputs)]
        g.discard(outputs[0].node)
        return tuple(values)
    return outputs
