"""The extension that would translate what is not supported, as far as it can be written here."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence
from typing import Any

from mo.front.model import SourceNode

# More functions than these are not spelled out.
_SHOWN = 3
_NAMES = "xyzabcdefgh"
# Names that mean something in the file: of the language, and of the parameters and imports.
_TAKEN = {*dir(builtins), *_NAMES, "converts", "g", "node"}


def skeleton(nodes: Sequence[SourceNode], framework: str) -> str:
    """A file of an extension with one function for the type of each of these nodes."""
    functions = [_function(node, framework) for node in nodes[:_SHOWN]]
    more = ["# ... and so on for the others"] if len(nodes) > _SHOWN else []
    lines = ["from mo.extending import converts", "", "\n\n".join(functions), *more]
    return "\n".join(lines)


def _function(node: SourceNode, framework: str) -> str:
    place = f', domain="{node.domain}"' if node.domain else ""
    given = [_parameter(index, len(node.inputs)) for index in range(len(node.inputs))]
    read = [
        f'    {_identifier(name)} = node.get("{name}", {value!r})'
        for name, value in node.attributes.items()
        if _is_plain(value)
    ]
    values = ", ".join(given) or "..."
    outputs = [name for name in node.outputs if name]
    if len(outputs) > 1:
        result = f"    return {', '.join(f'g.add(..., {values})' for _ in outputs)}"
    else:
        result = f"    return g.add(..., {values})  # operations: extensions/ops"
    return "\n".join(
        [
            f'@converts("{node.type}", framework="{framework}"{place})',
            f"def {_identifier(node.type)}({', '.join(['g', 'node', *given])}):",
            *read[:6],
            result,
        ]
    )


def _parameter(index: int, count: int) -> str:
    return _NAMES[index] if count <= len(_NAMES) else f"x{index}"


def _identifier(name: str) -> str:
    """A type or attribute as a name in Python: ScaledRelu becomes scaled_relu, Print op_print."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    found = re.sub(r"\W+", "_", words).strip("_").lower()
    is_free = found.isidentifier() and not keyword.iskeyword(found) and found not in _TAKEN
    return found if is_free else f"op_{found}"


def _is_plain(value: Any) -> bool:
    """Whether a value can be shown as it is."""
    if isinstance(value, (list, tuple)):
        return len(value) <= 8 and all(_is_plain(item) for item in value)
    return isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= 40)
