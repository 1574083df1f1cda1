"""Masks that pass between layers: which layers make, hand on, join and heed them.

A mask is boolean [batch, time], true where a step counts. Which layers hand theirs on is what
``supports_masking`` and ``compute_mask`` of each layer of Keras 3 and 2 say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from extensions.front.building import rank_of, typed
from extensions.front.tf.keras.common import Layer, layer
from extensions.ops.arithmetic import LogicalAnd, LogicalOr, NotEqual, Select
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceLogicalOr
from extensions.ops.shaping import Unsqueeze
from mo.errors import UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op

_MAKING = {"Embedding": "masks.Embedding", "Masking": "masks.Masking"}
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "ConvLSTM2D")
_ATTENTION = (
    *("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention"),
    *("Attention", "AdditiveAttention"),
)
_MERGES = ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
_PASSING = {
    *("Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense"),
    *("Dropout", "ELU", "GaussianDropout", "GaussianNoise", "GroupNormalization"),
    *("LayerNormalization", "LeakyReLU", "PReLU", "ReLU", "Softmax", "SpatialDropout1D"),
    *("SpatialDropout2D", "SpatialDropout3D", "TimeDistributed", "UnitNormalization"),
    *_ATTENTION,
}
_PASSING_SINCE_3 = {"Identity", "Normalization", "Rescaling"}
_PASSING_BEFORE_3 = {"ThresholdedReLU"}
# Layers whose results depend on masks.
HEEDING = {*_RECURRENT, *_ATTENTION, "GlobalAveragePooling1D", "Softmax"}
# Some of them, or inside of them.
_SOMETIMES = ("GroupNormalization", "TimeDistributed")
# Of a tensor that has a mask, but we do not know which.
UNKNOWN = "?"


class MaskNode(NamedTuple):
    """An operation that computes a mask of tensors or of other masks."""

    kind: str
    inputs: list[str]


def heeded(kind: str, tensors: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """The masks that a layer takes account of, by the number of the tensor that each is of."""
    if kind not in HEEDING and kind not in _SOMETIMES:
        return {}
    found = {f"mask{i}": known[name] for i, name in enumerate(tensors) if name in known}
    if UNKNOWN in found.values():
        raise UnsupportedError(
            f"the mask that reaches a {kind} comes through a layer whose masks are not known",
            hint="Export the model: model.export('folder'), then --saved_model_dir folder.",
        )
    return found


def behind(
    kind: str,
    config: Mapping[str, Any],
    release: int,
    tensors: Sequence[str],
    known: Mapping[str, str],
) -> str | MaskNode | None:
    """The mask of the (first) result of a layer."""
    if kind in _MAKING:
        makes = kind == "Masking" or config.get("mask_zero")
        return MaskNode(_MAKING[kind], [tensors[0]]) if makes else None
    masks = [known.get(name) for name in tensors]
    given = [mask for mask in masks if mask is not None]
    if not given:
        return None
    if kind in _MERGES or kind == "Concatenate":
        return _joined(kind, release, tensors, masks)
    if kind in _RECURRENT:
        inner = config.get("layer", {}).get("config", config)
        return masks[0] if inner.get("return_sequences") else None
    passing = _PASSING | (_PASSING_SINCE_3 if release >= 3 else _PASSING_BEFORE_3)
    return masks[0] if kind in passing else None


def _joined(
    kind: str, release: int, tensors: Sequence[str], masks: Sequence[str | None]
) -> str | MaskNode | None:
    """From Keras 3 on a merge needs all masks, and a step counts if one says so."""
    given = [mask for mask in masks if mask is not None]
    if UNKNOWN in given or (kind == "Concatenate" and (release < 3 or len(given) < len(masks))):
        return UNKNOWN
    if kind == "Concatenate":
        return MaskNode("masks.Concatenate", [*given, *tensors])
    if release >= 3:
        return MaskNode("masks.Or", given) if len(given) == len(masks) else None
    return MaskNode("masks.And", given)


@layer("masks.Embedding")
def words(layer: Layer, x: Output) -> Output:
    return layer.g.add(NotEqual(), x, layer.g.constant(0, x.dtype))


@layer("masks.Masking")
def steps(layer: Layer, x: Output) -> Output:
    """Whether something in a step is other than the value that stands for none."""
    differs = layer.g.add(NotEqual(), x, float(layer.get("mask_value", 0.0)))
    return layer.g.add(ReduceLogicalOr(), differs, [rank_of(x) - 1])


@layer("masks.Or", "masks.And")
def of_all(layer: Layer, *masks: Output) -> Output:
    return _reduced(layer, LogicalOr() if layer.node.type == "masks.Or" else LogicalAnd(), masks)


@layer("masks.Concatenate")
def concatenated(layer: Layer, *values: Output) -> Output:
    """Along time one behind the other, along features as of a merge."""
    g, masks, data = layer.g, values[: len(values) // 2], values[len(values) // 2 :]
    rank = rank_of(data[0])
    axis = int(layer.get("axis", -1)) % rank
    if axis == rank - 1 and rank > 2:
        return _reduced(layer, LogicalOr(), masks)
    return g.add(Concat(axis=axis), *masks)


def _reduced(layer: Layer, op: Op, masks: Sequence[Output]) -> Output:
    result = masks[0]
    for mask in masks[1:]:
        result = layer.g.add(op, result, mask)
    return result


def mask_of(layer: Layer, number: int = 0) -> Output | None:
    """The mask of a tensor that a layer reads: that which it is called with, or its own."""
    called = layer.argument(None, "mask")
    if isinstance(called, list):
        called = called[number] if number < len(called) else None
    elif number:
        called = None
    found = called if isinstance(called, Output) else layer.weights.get(f"mask{number}")
    return None if found is None else typed(layer.g, found, ElementType.boolean)


@layer("Masking")
def masking(layer: Layer, x: Output) -> Output:
    """Steps that do not count become zeros."""
    g = layer.g
    counts = g.add(Unsqueeze(), steps(layer, x), [rank_of(x) - 1])
    return g.add(Select(), counts, x, g.constant(0.0, x.dtype))
