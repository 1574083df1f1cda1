"""Operations that hand their input on, and what only training or checking needs."""

from __future__ import annotations

from typing import Any

from extensions.front.tf.common import converts, refuse, type_attribute
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.values import Value
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts(
    "Identity",
    "CheckNumerics",
    "CheckNumericsV2",
    "EnsureShape",
    "LoopCond",
    "PlaceholderWithDefault",
    "PreventGradient",
    "ReadVariableOp",
    "RefIdentity",
    "Snapshot",
    "StopGradient",
    sequences=True,
)
def identity(g: Graph, node: SourceNode, x: Value) -> Value:
    return x


@converts("Print")
def shown(g: Graph, node: SourceNode, x: Output, *told: Output | None) -> Output:
    return x


@converts("IdentityN", sequences=True)
def identities(g: Graph, node: SourceNode, *xs: Value) -> tuple[Value, ...]:
    return xs


@converts("Bitcast")
def bitcast(g: Graph, node: SourceNode, x: Output) -> Output:
    """Quantised integers are integers."""
    if type_attribute(node, "type") is not x.dtype:
        raise refuse(f"a bit cast of {x.dtype.name}")
    return x


@converts("VarHandleOp", "VariableV2", "Variable")
def variable(g: Graph, node: SourceNode) -> Output:
    raise UnsupportedError(
        "there is no value for this variable",
        hint="Give the checkpoint that holds it with --input_checkpoint, freeze the model, "
        "or name outputs that do not need it with --output.",
    )


@converts("VarIsInitializedOp", "IsVariableInitialized")
def is_initialized(g: Graph, node: SourceNode, *handle: Any) -> Output:
    return g.constant(True)
