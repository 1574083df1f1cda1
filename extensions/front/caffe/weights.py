"""The blobs of a .caffemodel as views of the file, by the name of their layer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from pathlib import Path

import numpy as np

from extensions.front.caffe.schema.net import BLOB, NET, OPEN_ENDED
from mo.errors import ModelFileError
from mo.front.files import open_model
from mo.front.protobuf import Message, Schema, many, message, one, parse, span, text
from mo.front.prototext import decoded, parse_text
from mo.graph.element_type import ElementType
from mo.graph.tensor import MappedFile, Tensor

# Only names and blobs: forks give other fields of a layer the same numbers. A blob of NVCaffe
# holds its numbers in field 12, of a type in field 10.
_BLOB: Schema = {**BLOB, 12: one("raw_data", span)}
_BLOBS = message(_BLOB)
_V0: Schema = {1: one("name", text), 50: many("blobs", _BLOBS)}
_V1: Schema = {4: one("name", text), 6: many("blobs", _BLOBS), 1: one("layer", message(_V0))}
_CURRENT: Schema = {1: one("name", text), 7: many("blobs", _BLOBS)}
_NET: Schema = {2: many("layers", message(_V1)), 100: many("layer", message(_CURRENT))}

_LEGACY_SHAPE = ("num", "channels", "height", "width")
_TEXT = re.compile(rb"(\s|#[^\n]*\n)*(name\s*:|layers?\s*\{)")
_DAMAGED = "The file is damaged or no Caffe model; fetch it again."


def read_weights(path: Path) -> dict[str, list[Tensor]]:
    """The blobs of each layer, if it has some; of layers of one name the first counts."""
    source = open_model(path)
    try:
        net = _as_text(source) or parse(source.view, 0, source.size, _NET)
    except ModelFileError as error:
        raise ModelFileError(f"Cannot read '{path.name}': {error.message}", _DAMAGED) from error
    layers = net.get("layer") or net.get("layers")
    if not layers:
        raise ModelFileError(f"Cannot read '{path.name}': it holds no layers", _DAMAGED)
    found: dict[str, list[Tensor]] = {}
    for layer in layers:
        inner = layer.get("layer", layer)
        name, blobs = inner.get("name", ""), inner.get("blobs", layer.get("blobs", []))
        if found.setdefault(name, []):
            continue
        try:
            found[name] = [blob_tensor(blob, source) for blob in blobs]
        except ModelFileError as error:
            raise ModelFileError(
                f"Cannot read '{path.name}': layer '{name}': {error.message}", error.hint
            ) from error
    return found


def _as_text(source: MappedFile) -> Message | None:
    """Some keep their weights as text."""
    start = bytes(source.view[:4096])
    if _TEXT.match(start) is None or b"\0" in start:
        return None
    return parse_text(decoded(source.view), NET, OPEN_ENDED)


def blob_tensor(blob: Message, source: MappedFile) -> Tensor:
    """The numbers of a BlobProto in the shape that it gives them."""
    if "raw_data" in blob:
        raise ModelFileError(
            "its numbers are in the form of NVCaffe",
            hint="Save the weights as floats: NVCaffe does so with 'default_forward_type: FLOAT'.",
        )
    shape = blob_shape(blob)
    kind, parts = ElementType.f32, blob.get("data", [])
    if blob.get("double_data"):
        kind, parts = ElementType.f64, blob["double_data"]
    tensor = _numbers(kind, parts, source)
    if prod(shape) != tensor.size:
        raise ModelFileError(
            f"a blob of shape {list(shape)} holds {tensor.size} numbers", hint=_DAMAGED
        )
    tensor = tensor.reshaped(shape)
    return tensor if kind is ElementType.f32 else tensor.converted(ElementType.f32)


def blob_shape(blob: Message) -> tuple[int, ...]:
    """The shape, which was four numbers once."""
    if any(name in blob for name in _LEGACY_SHAPE):
        shape = tuple(blob.get(name, 0) for name in _LEGACY_SHAPE)
    else:
        shape = tuple(blob.get("shape", {}).get("dim", []))
    if any(dim < 0 for dim in shape):
        raise ModelFileError(f"a blob has the shape {list(shape)}", hint=_DAMAGED)
    return shape


def _numbers(kind: ElementType, parts: Sequence[object], source: MappedFile) -> Tensor:
    """Numbers from ranges of the file, or from a list."""
    spans = [part for part in parts if isinstance(part, tuple)]
    if len(spans) < len(parts):
        return Tensor.of(np.asarray(parts), kind)
    width = kind.bits // 8
    if any((end - start) % width for start, end in spans):
        raise ModelFileError("a list of numbers is cut off", hint=_DAMAGED)
    tensors = [
        source.tensor(kind, ((end - start) // width,), start, end - start) for start, end in spans
    ]
    if len(tensors) == 1:
        return tensors[0]
    return Tensor.of(np.concatenate([np.empty(0, kind.numpy), *(t.array for t in tensors)]), kind)
