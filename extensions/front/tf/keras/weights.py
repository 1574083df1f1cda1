"""Which weights a layer has, and where a file keeps them.

A .h5 file names them (``conv/kernel:0``), an archive numbers them in the order in which the layer
makes them (``vars/0``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extensions.front.tf.keras.files import Group
from mo.errors import ModelFileError
from mo.graph.tensor import Tensor

_KERNEL = ("kernel", "bias")
_SEPARABLE = ("depthwise_kernel", "pointwise_kernel", "bias")
_RECURRENT = ("kernel", "recurrent_kernel", "bias")

_HEADS = tuple(f"{p}/{role}" for p in ("query", "key", "value", "output") for role in _KERNEL)

# The weights of a layer in order; those that a setting turns off are left out.
ROLES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Dense", "Conv1D", "Conv2D", "Conv3D"), _KERNEL),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _KERNEL),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _KERNEL),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _SEPARABLE),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN"), _RECURRENT),
    "BatchNormalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "LayerNormalization": ("gamma", "beta"),
    "Normalization": ("mean", "variance", "count"),
    "Embedding": ("embeddings",),
    "AdditiveAttention": ("scale",),
    "Attention": ("scale", "concat_score_weight"),
    "EinsumDense": _KERNEL,
    "GroupNormalization": ("gamma", "beta"),
    **dict.fromkeys(("GroupQueryAttention", "GroupedQueryAttention"), _HEADS),
    "LayerScale": ("gamma",),
    "MultiHeadAttention": _HEADS,
    "RMSNormalization": ("scale",),
    "PReLU": ("alpha",),
}
# What turns weights off.
_SWITCHES = {"bias": "use_bias", "gamma": "scale", "beta": "center"}


def class_of(kind: str) -> str:
    """A layer of a library is called ``Library>Class``."""
    return kind.split(">")[-1]


def roles_of(kind: str, config: Mapping[str, Any]) -> list[str]:
    kind = class_of(kind)
    if kind in ("TimeDistributed", "Bidirectional", "SpectralNormalization"):
        inner = config["layer"]
        return roles_of(inner["class_name"], inner["config"])
    if kind == "EinsumDense" and config.get("bias_axes") is None:
        return ["kernel"]
    if kind == "Attention":
        found = ["scale"] if config.get("use_scale") else []
        return found + ["concat_score_weight"] * (config.get("score_mode") == "concat")
    if kind == "AdditiveAttention" and not config.get("use_scale", True):
        return []
    if kind == "Normalization" and config.get("mean") is not None:
        return []
    return [
        role
        for role in ROLES.get(kind, ())
        if config.get(_SWITCHES.get(role.split("/")[-1], ""), True) is not False
    ]


def weights_of(
    kind: str, config: Mapping[str, Any], name: str, places: Sequence[Group], by_name: bool
) -> dict[str, Tensor]:
    """The weights of a layer by role; of both directions behind ``forward/``, ``backward/``."""
    roles = roles_of(kind, config)
    if not roles:
        return {}
    find = _named if by_name else _numbered
    if class_of(kind) != "Bidirectional":
        return _complete(find(roles, name, places, ""), roles, name)
    found: dict[str, Tensor] = {}
    for direction in ("forward", "backward"):
        part = _complete(find(roles, name, places, direction), roles, name)
        found |= {f"{direction}/{role}": value for role, value in part.items()}
    return found


def _complete(found: dict[str, Tensor], roles: Sequence[str], name: str) -> dict[str, Tensor]:
    missing = [role for role in roles if role not in found and role != "count"]
    if missing:
        raise ModelFileError(f"the file lacks the weights '{missing[0]}' of layer '{name}'")
    return found


def _numbered(
    roles: Sequence[str], name: str, places: Sequence[Group], direction: str
) -> dict[str, Tensor]:
    """In the layer itself, in its cell, or in the layer that it wraps."""
    inner = (f"{direction}_layer/cell/vars", f"{direction}_layer/vars")
    paths = inner if direction else ("layer/vars", "layer/cell/vars", "vars", "cell/vars")
    if "/" in roles[0]:
        return _of_parts(roles, name, places)
    for place in places:
        for path in paths:
            group = place.get(path)
            if isinstance(group, Group) and isinstance(group.get("0"), Tensor):
                found = [group.get(str(number)) for number in range(len(roles))]
                return {r: v for r, v in zip(roles, found) if isinstance(v, Tensor)}
    return {}


def _of_parts(roles: Sequence[str], name: str, places: Sequence[Group]) -> dict[str, Tensor]:
    """In layers of its own, ``query_dense``, whose roles are ``query/...``."""
    found: dict[str, Tensor] = {}
    for part in dict.fromkeys(role.split("/")[0] for role in roles):
        own = [role for role in roles if role.startswith(f"{part}/")]
        for path in (f"{part}_dense/vars", f"_{part}_dense/vars"):
            groups = [group for place in places if isinstance(group := place.get(path), Group)]
            for group in groups[:1]:
                values = [group.get(str(number)) for number in range(len(own))]
                found |= {r: v for r, v in zip(own, values) if isinstance(v, Tensor)}
    return found


def _named(
    roles: Sequence[str], name: str, places: Sequence[Group], direction: str
) -> dict[str, Tensor]:
    """Of all weights of the group of the layer, or of the model around it, those of the layer."""
    for place in places:
        own = _own(place.weight_names() or [], name)
        if direction:
            own = [path for path in own if any(p.startswith(direction) for p in path.split("/"))]
        found: dict[str, Tensor] = {}
        for number, path in enumerate(own):
            value, role = place.get(path), path.split("/")[-1].split(":")[0]
            if "/" in roles[0]:
                part = path.split("/")[-2].replace("attention_output", "output")
                role = f"{part}/{role}"
            if role == "depthwise_kernel" and role not in roles:
                role = "kernel"
            # Weights to which the layer gave no name stand in order.
            if role.startswith("variable") and len(own) == len(roles):
                role = roles[number]
            if isinstance(value, Tensor) and role in roles:
                found.setdefault(role, value)
        if found:
            return found
    return {}


def _own(paths: Sequence[str], name: str) -> list[str]:
    """The weights whose path holds the name of the layer; all if none does, but only of a layer."""
    found = [path for path in paths if name in path.split("/")[:-1]]
    scopes = {path.rpartition("/")[0] for path in paths}
    return found or (list(paths) if len(scopes) == 1 else [])
