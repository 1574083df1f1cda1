"""The operation that a dictionary of attributes describes.

Before translation every node of the model is one (its attributes are the framework's), and every
node that an extension makes. After it only those are left that the IR is to hold as they are: a
user's own operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mo.classic.attributes import Attributes, Later
from mo.graph.op import Op, TensorType, as_text

if TYPE_CHECKING:
    from mo.front.model import SourceNode
    from mo.graph.node import Node, Output

__all__ = ["Attributes", "Later", "Layer", "is_layer"]


class Layer(Op):
    """A node of the extension API.

    ``source`` is the framework's node behind it as long as no extractor took it over; ``place``
    the node that it is the operation of.
    """

    is_pure = False

    def __init__(self, attributes: Attributes, source: SourceNode | None = None) -> None:
        self.attrs = attributes
        self.source = source
        self.place: Node | None = None
        # Values that ``infer`` worked out, by output.
        self.values: list[Any] = []

    @property
    def type(self) -> str:  # type: ignore[override]
        """What the IR calls it."""
        return str(self.attrs.get("type") or self.attrs.get("op") or "Unknown")

    def version(self) -> str:
        return str(self.attrs.get("version") or "extension")

    @property
    def is_settled(self) -> bool:
        """Whether it is to stay as it is; until then nothing is known of its results."""
        return bool(self.attrs.get("_settled")) or "known_types" in self.attrs

    def key(self) -> tuple[Any, ...]:
        return (type(self), id(self))

    def infer(self, *inputs: Output | None) -> tuple[TensorType, ...]:
        if not self.is_settled:
            assert self.place is not None
            return tuple(output.type for output in self.place.outputs)
        from mo.classic.inference import infer_layer  # needs the views, which need layers

        return infer_layer(self, inputs)

    def ir_attributes(self) -> dict[str, str]:
        from mo.classic.node import Node as View

        assert self.place is not None
        return written(View(None, self.place), data_records(self.attrs))

    def __repr__(self) -> str:
        return f"{self.type} ({self.attrs.get('op')})"


def is_layer(op: Op, name: str = "") -> bool:
    """Whether an operation is a layer, and of this classic name."""
    return isinstance(op, Layer) and (not name or op.attrs.get("op") == name)


def data_records(attrs: Attributes) -> Sequence[Any]:
    """The records of the ``<data>`` element in the template ``IE`` of a node."""
    for _, _, children in attrs.get("IE") or ():
        for child in children:
            if isinstance(child, tuple) and child[0] == "data":
                return list(child[1])
    return []


def written(node: Any, records: Iterable[Any]) -> dict[str, str]:
    """Attributes of the IR: ``records`` are names, (name, attribute or function), {attribute}."""
    found: dict[str, str] = {}
    for record in records:
        if isinstance(record, dict):
            for holder in record:
                found |= {key: _text(value) for key, value in (node.soft_get(holder, {})).items()}
            continue
        name, origin = (record, record) if isinstance(record, str) else record
        value = origin(node) if callable(origin) else node.soft_get(origin, None)
        if value is not None:
            found[name] = _text(value)
    return found


def _text(value: Any) -> str:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return as_text(value)
