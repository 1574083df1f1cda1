"""What flags change at the end of the network: the final softmax, and priors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from extensions.front.kaldi.common import converts
from extensions.ops.arithmetic import Subtract
from mo.errors import UsageError
from mo.front.model import Model, SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor

_SOFTMAX = {"Softmax", "SoftmaxComponent"}
_ANY_SOFTMAX = {*_SOFTMAX, "LogSoftmaxComponent"}
# Files of counts are short lists.
_LONGEST = 1 << 26


def read_counts(path: Path) -> np.ndarray:
    """The numbers of a file ``[ c0 c1 ... ]`` of one line; UsageError if it is none."""
    hint = "The file holds one line: [ 12 345 67 ]"
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST + 1).decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--counts: '{path}' cannot be read: {error}", hint=hint) from error
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1 or len(text) > _LONGEST:
        raise UsageError(f"--counts: '{path}' has {len(lines)} lines instead of one", hint=hint)
    words = lines[0].strip().removeprefix("[").removesuffix("]").split()
    try:
        counts = np.array([float(word) for word in words])
    except ValueError as error:
        raise UsageError(f"--counts: '{path}' holds something else than numbers", hint) from error
    if not counts.size or not np.isfinite(counts).all() or (counts < 0).any() or not counts.any():
        raise UsageError(f"--counts: '{path}' holds no counts", hint=hint)
    return counts


# Classes rarer than this never win: the classic adds half the greatest float to their prior.
_RAREST = 1e-10


def log_priors(counts: np.ndarray) -> np.ndarray:
    """log(c / sum of c) of each class."""
    is_rare = counts < _RAREST
    raised = np.where(is_rare, _RAREST, counts).astype(np.float64)
    priors = np.log(raised / raised.sum())
    priors[is_rare] += np.finfo(np.float32).max / 2
    return priors.astype(np.float32)


def without_softmax(model: Model) -> Model:
    """Outputs that a final softmax makes become those before it."""
    producers = model.producers()
    outputs = []
    for name in model.outputs:
        outputs.append(_before_softmax(producers, name) or name)
    return replace(model, outputs=outputs)


def _before_softmax(
    producers: dict[str, SourceNode], name: str, kinds: set[str] = _ANY_SOFTMAX
) -> str | None:
    """The input of the softmax that makes a value, if one does."""
    node = producers.get(name)
    while node is not None and node.type == "Identity":
        node = producers.get(node.inputs[0])
    return node.inputs[0] if node is not None and node.type in kinds else None


def with_priors(model: Model, priors: np.ndarray) -> Model:
    """The logarithms of priors subtracted from the output, but before a final softmax."""
    if len(model.outputs) != 1:
        raise UsageError(
            f"--counts: the model has {len(model.outputs)} outputs instead of one",
            hint="Choose one with --output.",
        )
    (name,) = model.outputs
    x = _before_softmax(model.producers(), name, _SOFTMAX)
    subtraction = SourceNode(
        "SubtractPriors", "sub_counts", [x or name], ["sub_counts"], {"priors": Tensor.of(priors)}
    )
    if x is None:
        return replace(model, nodes=[*model.nodes, subtraction], outputs=["sub_counts"])
    nodes = [
        _reading(node, x, "sub_counts") if node.type in _SOFTMAX and x in node.inputs else node
        for node in model.nodes
    ]
    return replace(model, nodes=[*nodes, subtraction])


def _reading(node: SourceNode, old: str, new: str) -> SourceNode:
    """A copy of a node that reads another value."""
    inputs = [new if name == old else name for name in node.inputs]
    return SourceNode(node.type, node.name, inputs, node.outputs, node.attributes)


@converts("SubtractPriors")
def subtract_priors(g: Graph, node: SourceNode, x: Output) -> Output:
    priors = node.attributes["priors"]
    assert x.shape is not None
    if x.shape[-1] != priors.size:
        raise UsageError(
            f"--counts: {priors.size} counts for the {x.shape[-1]} classes of the model",
            hint="Give the counts that belong to the model.",
        )
    return g.add(Subtract(), x, g.constant(priors))
