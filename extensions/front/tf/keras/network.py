"""The architecture of a Keras model to nodes: layers, nested models, and where their weights lie.

Configurations: keras.io, "Whole model saving & loading" and model.get_config() of Keras 2 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from extensions.front.tf.keras.common import DOMAIN
from extensions.front.tf.keras.files import DAMAGE, Group, KerasFile, damaged, open_keras
from extensions.front.tf.keras.masks import UNKNOWN, MaskNode, behind, heeded
from extensions.front.tf.keras.places import is_operation, name_of, placed
from extensions.front.tf.keras.references import NO_USE, Given, Key, Use, arguments, keys, labels
from extensions.front.tf.keras.weights import class_of, weights_of
from mo.errors import ModelFileError, UnsupportedError
from mo.front.model import Model, ModelInput, SourceNode
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim, Shape
from mo.graph.tensor import Tensor

_MODELS = ("Sequential", "Functional", "Model")
_PYTHON = ("Lambda", "__lambda__")
_DEPTH_LIMIT = 40


def read_keras(path: Path) -> Model:
    """The model in a .h5 or .keras file."""
    file = open_keras(path)
    reader = _Reader(file)
    try:
        outputs = reader.model(file.config, [file.weights], "", None, 0)
        names = list(labels(_outputs_of(file.config)).values())
    except DAMAGE as error:
        raise damaged(path, error) from error
    model = Model(path.stem, "tf", reader.nodes, reader.inputs, outputs, reader.constants)
    model.labels = dict(zip(outputs, names))
    return model


def _outputs_of(described: Mapping[str, Any]) -> Any:
    config = described["config"]
    return config.get("output_layers") if isinstance(config, Mapping) else None


class _Reader:
    def __init__(self, file: KerasFile) -> None:
        self.file = file
        self.nodes: list[SourceNode] = []
        self.inputs: list[ModelInput] = []
        self.constants: dict[str, Tensor] = {}
        self.taken: set[str] = set()
        # The masks of tensors.
        self.masks: dict[str, str] = {}

    # ---- models

    def model(
        self,
        described: Mapping[str, Any],
        places: list[Group],
        prefix: str,
        given: list[str] | None,
        depth: int,
    ) -> list[str]:
        """Add the layers of a model; returns the tensors that are its outputs.

        ``given``: what a nested model is applied to; ``places``: where its weights may lie.
        """
        kind, config = described["class_name"], described["config"]
        if depth > _DEPTH_LIMIT:
            raise ModelFileError(f"models are nested deeper than {_DEPTH_LIMIT} levels")
        if kind not in _MODELS and "layers" not in config:
            raise UnsupportedError(
                f"the model is of the class {kind}, which is defined in Python",
                hint="Export it: model.export('folder'), then --saved_model_dir folder.",
            )
        layers = config if isinstance(config, list) else config["layers"]
        found = placed(layers, places, self.file.by_name)
        if kind == "Sequential" or isinstance(config, list):
            return self._sequence(layers, found, prefix, given, depth)
        return self._functional(config, found, prefix, given, depth)

    def _sequence(
        self,
        layers: list[Mapping[str, Any]],
        places: list[list[Group]],
        prefix: str,
        given: list[str] | None,
        depth: int,
    ) -> list[str]:
        tensors = given
        for entry, place in zip(layers, places):
            if entry["class_name"] == "InputLayer":
                tensors = tensors or [self._input(name_of(entry), entry["config"])]
                continue
            if tensors is None:
                tensors = [self._input(f"{name_of(entry)}_input", _first(entry))]
            tensors = self._apply(entry, place, prefix, tensors, NO_USE, 1, depth)
        return tensors or []

    def _functional(
        self,
        config: Mapping[str, Any],
        places: list[list[Group]],
        prefix: str,
        given: list[str] | None,
        depth: int,
    ) -> list[str]:
        values: dict[Key, str] = {}
        counts = _counts(config)
        names = [key[0] for key in keys(config["input_layers"])]
        first = len(self.inputs)
        waiting = []
        for entry, place in zip(config["layers"], places):
            if entry["class_name"] == "InputLayer":
                name = name_of(entry)
                outer = given[names.index(name)] if given and name in names else None
                values[name, 0, 0] = outer or self._input(name, entry["config"])
                continue
            uses = entry.get("inbound_nodes") or []
            waiting += [(entry, place, number, use) for number, use in enumerate(uses)]
        # Layers stand in the order of their making.
        wanted = [values.get((name, 0, 0), "") for name in names]
        self.inputs[first:] = sorted(self.inputs[first:], key=lambda i: wanted.index(i.name))
        while waiting:
            late = []
            for entry, place, number, use in waiting:
                call = arguments(use)
                if not all(key in values for key in call.tensors):
                    late.append((entry, place, number, use))
                    continue
                found = [values[key] for key in call.tensors]
                count = counts.get(name_of(entry), 1)
                results = self._apply(entry, place, prefix, found, call, count, depth)
                number += _uses_of_its_own(entry, self.file.release)
                for index, result in enumerate(results):
                    values[name_of(entry), number, index] = result
            if len(late) == len(waiting):
                raise ModelFileError(f"layer '{name_of(late[0][0])}' reads what no layer makes")
            waiting = late
        return [values[key] for key in keys(config["output_layers"])]

    # ---- layers

    def _input(self, name: str, config: Mapping[str, Any]) -> str:
        shape = config.get("batch_shape", config.get("batch_input_shape"))
        name = self._unique(name)
        kind = _element_type(config.get("dtype") or "float32", name)
        self.inputs.append(ModelInput(name, _shape(shape), kind))
        return name

    def _apply(
        self,
        entry: Mapping[str, Any],
        places: list[Group],
        prefix: str,
        tensors: list[str],
        call: Use,
        count: int,
        depth: int,
    ) -> list[str]:
        """One use of a layer or a nested model, of whose results ``count`` are read."""
        kind, config = str(entry["class_name"]), entry["config"]
        if kind in _PYTHON:
            raise UnsupportedError(
                f"layer '{name_of(entry)}' holds Python code, which is not run",
                hint="Export the model: model.export('folder'), then --saved_model_dir folder.",
            )
        name = self._unique(prefix + name_of(entry))
        if kind in _MODELS or "layers" in config:
            return self._nested(entry, places, name, tensors, call, depth)
        results = [name, *(f"{name}:{number}" for number in range(1, count))]
        placing = {"arguments": call.arguments, "named": call.named}
        if is_operation(entry):
            attributes = {**config, **placing}
            self._node(f"ops.{kind}", name, tensors, results, attributes)
            return results
        kind = class_of(kind)
        _check_policy(config.get("dtype"), name)
        weights = weights_of(kind, config, name_of(entry), places, self.file.by_name)
        numbers = [self._constant(f"{name}/{r}", call.literals[r]) for r in _extra(call.literals)]
        inputs = [*tensors, *numbers]
        inputs += [self._weights(f"{name}/{role}", value) for role, value in weights.items()]
        # A mask that is named counts in place of those that came with the tensors.
        is_named = call.named.get("mask") is not None
        masks = {} if is_named else heeded(kind, tensors, self.masks)
        attributes = {**config, **call.literals, **placing, "apart": _apart(call)}
        attributes["roles"] = (*weights, *masks)
        self._node(kind, name, [*inputs, *masks.values()], results, attributes)
        mask = behind(kind, config, self.file.release, tensors, self.masks)
        is_new = is_named and not any(tensor in self.masks for tensor in tensors)
        self._mask(UNKNOWN if is_new else mask, name, config)
        return results

    def _nested(
        self,
        entry: Mapping[str, Any],
        places: list[Group],
        name: str,
        tensors: list[str],
        call: Use,
        depth: int,
    ) -> list[str]:
        apart = _apart(call)
        given = [tensor for i, tensor in enumerate(tensors) if i not in apart]
        if call.named.get("mask") is not None and not all(x in self.masks for x in given):
            raise UnsupportedError(
                f"the model '{name}' inside the model is called with a mask of its own",
                hint="Export it: model.export('folder'), then --saved_model_dir folder.",
            )
        results = self.model(entry, places, f"{name}/", given, depth + 1)
        # What Keras does with masks that leave a model depends on its release.
        self.masks |= {result: UNKNOWN for result in results if result in self.masks}
        return results

    def _node(
        self,
        kind: str,
        name: str,
        inputs: list[str],
        results: list[str],
        attributes: dict[str, Any],
    ) -> None:
        release = self.file.release
        self.nodes.append(SourceNode(kind, name, inputs, results, attributes, DOMAIN, release))

    def _mask(self, mask: str | MaskNode | None, name: str, config: Mapping[str, Any]) -> None:
        """Note the mask of a result."""
        if isinstance(mask, MaskNode):
            own = self._unique(f"{name}/mask")
            self._node(mask.kind, own, mask.inputs, [own], dict(config))
            mask = own
        if mask is not None:
            self.masks[name] = mask

    def _weights(self, name: str, value: Tensor) -> str:
        self.constants[name] = value
        return name

    def _constant(self, name: str, value: Any) -> str:
        return self._weights(name, Tensor.of(np.asarray(value, np.float32), ElementType.f32))

    def _unique(self, name: str) -> str:
        found, number = name, 1
        while found in self.taken:
            found, number = f"{name}_{number}", number + 1
        self.taken.add(found)
        return found


# Arguments that are no data.
_APART = ("attention_mask", "initial_state", "key_mask", "mask", "query_mask", "value_mask")


def _apart(call: Use) -> tuple[int, ...]:
    """The numbers of the tensors that are given by these names."""
    found: list[int] = []
    for name in _APART:
        value = call.named.get(name)
        listed = value if isinstance(value, list) else [value]
        found += [v.number for v in listed if isinstance(v, Given)]
    return tuple(found)


def _counts(config: Mapping[str, Any]) -> dict[str, int]:
    """How many results of each layer are read, up to the last one."""
    read = keys(config["output_layers"])
    for entry in config["layers"]:
        for use in entry.get("inbound_nodes") or []:
            read += arguments(use).tensors
    counts: dict[str, int] = {}
    for name, _, index in read:
        counts[name] = max(counts.get(name, 1), index + 1)
    return counts


def _extra(literals: Mapping[str, Any]) -> list[str]:
    """Operands that are numbers: they follow the tensors."""
    return [key for key in literals if key in ("operand", "y")]


def _uses_of_its_own(entry: Mapping[str, Any], release: int) -> int:
    """Before Keras 3 a model with inputs of its own counts their way through it as a use."""
    layers = entry["config"].get("layers", []) if entry["class_name"] in _MODELS else []
    return int(release < 3 and bool(layers) and layers[0]["class_name"] == "InputLayer")


def _first(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The layer whose configuration tells the shape of a model without an input layer."""
    config = entry["config"]
    if "batch_input_shape" in config or "batch_shape" in config or "layers" not in config:
        return config
    return _first(config["layers"][0])


def _shape(listed: Any) -> Shape:
    if listed is None:
        return None
    if len(listed) == 1 and isinstance(listed[0], list):
        listed = listed[0]
    return tuple(Dim() if dim is None or int(dim) < 0 else int(dim) for dim in listed)


def _policy(dtype: Any) -> str:
    """The name of a policy of types."""
    if isinstance(dtype, Mapping):
        dtype = dtype.get("config", {}).get("name", "float32")
    return str(dtype or "float32")


def _check_policy(dtype: Any, name: str) -> None:
    found = _policy(dtype)
    if found not in ("float32", "int32", "int64", "bool"):
        raise UnsupportedError(
            f"layer '{name}' computes in {found}",
            hint="Save the model with the policy float32.",
        )


def _element_type(dtype: Any, name: str) -> ElementType:
    try:
        return ElementType.of(np.dtype(_policy(dtype)))
    except (TypeError, ValueError, KeyError) as error:
        raise UnsupportedError(
            f"the input '{name}' is of the type {_policy(dtype)}, which the IR has not",
            hint="Texts are looked up before the inference: save the model that begins behind "
            "the look-up.",
        ) from error
