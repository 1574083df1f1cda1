"""The base classes of extractors: how a framework's node becomes an operation of an extension."""

from __future__ import annotations

import ast
import logging
from typing import Any, ClassVar

from mo.classic.errors import Error
from mo.classic.node import Node

log = logging.getLogger("mo.extensions")


class _Extractor:
    """What the base classes of extractors have in common; each has registries of its own."""

    op: ClassVar[str | None] = None
    enabled = True
    registered_ops: ClassVar[dict[str, type]] = {}
    registered_cls: ClassVar[list[type]] = []
    excluded_classes: ClassVar[list[type]] = []

    @classmethod
    def class_type(cls) -> type:
        return next(base for base in EXTRACTORS if issubclass(cls, base))


class FrontExtractorOp(_Extractor):
    """An extractor of the framework's operation ``op``; ``extract`` says whether it took it."""


class CaffePythonFrontExtractorOp(_Extractor):
    """An extractor of a Caffe layer of type Python; ``op`` is 'module.layer'."""

    @staticmethod
    def parse_param_str(param_str: str) -> dict[str, Any]:
        """The dictionary that ``param_str`` spells, with or without its braces."""
        text = param_str.strip()
        if not (text.startswith("{") or text.endswith("}")):
            text = "{" + text + "}"
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
            raise Error("param_str '{}' is no dictionary of values", param_str[:80]) from error
        if not isinstance(found, dict):
            raise Error("param_str '{}' is no dictionary", param_str[:80])
        return found

    @staticmethod
    def get_attrs(pb: Any) -> dict[str, Any]:
        return CaffePythonFrontExtractorOp.parse_param_str(pb.python_param.param_str)

    @staticmethod
    def check_param(op_cls: Any, attrs: dict[str, Any]) -> None:
        known = op_cls.supported_attrs(op_cls)
        for name in attrs:
            if name not in known:
                log.warning("%s has no attribute '%s'", op_cls.__name__, name)


class MXNetCustomFrontExtractorOp(_Extractor):
    """An extractor of an MXNet node 'Custom'; ``op`` is its ``op_type``."""


EXTRACTORS: tuple[type[_Extractor], ...] = (
    FrontExtractorOp,
    CaffePythonFrontExtractorOp,
    MXNetCustomFrontExtractorOp,
)
for _base in EXTRACTORS:
    _base.registered_ops, _base.registered_cls, _base.excluded_classes = {}, [], []


def accepted(cls: type, node: Node) -> bool:
    """Call an extractor; MXNet's may give (supported, attributes) in place of a truth."""
    extract = getattr(cls, "extract", None)
    if extract is None:
        raise Error("{} has no method 'extract'", cls.__name__)
    if issubclass(cls, CaffePythonFrontExtractorOp):
        given = extract(node) if getattr(extract, "__self__", None) else cls.extract(node)  # type: ignore[attr-defined]
    else:
        given = cls().extract(node)  # type: ignore[attr-defined]
    return bool(given[0] if isinstance(given, tuple) and given else given)


def bool_to_str(node: Node, attr: str) -> str | None:
    """'true' or 'false', None if the node has no such attribute."""
    value = node.soft_get(attr, None)
    return None if value is None else str(bool(value)).lower()


def attr_getter(node: Node, name: str) -> str | None:
    """The attribute as a list with commas, None if it is not there or not a list."""
    value = node.soft_get(name, None)
    if value is None:
        return None
    if hasattr(value, "tolist"):
        value = value.tolist()
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else None


def spatial_getter(name: str, field: str, dim: int, post: Any = None) -> tuple[str, Any]:
    """A record of the IR: the entry of ``field`` for a spatial dimension."""
    change = post or (lambda value: value)

    def read(node: Node) -> Any:
        if not node.has_valid(field) or not node.has_valid("spatial_dims"):
            return None
        return change(node[field][node.spatial_dims[dim]])

    return name, read
