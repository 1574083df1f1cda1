"""Tensors that only hand on another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mo.front.model import SourceNode


def aliases(nodes: Iterable[SourceNode]) -> dict[str, str]:
    """Which tensor each of them hands on."""
    return {
        output: source
        for node in nodes
        if node.type in ("Identity", "IdentityN", "RefIdentity")
        for source, output in zip(node.inputs, node.outputs)
    }


def origin(name: str, known: Mapping[str, str]) -> str:
    """The tensor behind all that hand it on; in a circle, any of it."""
    for _ in range(len(known)):
        if name not in known:
            break
        name = known[name]
    return name
