"""The inputs of a net: its own fields, Input layers, and layers that read data from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from extensions.front.caffe.schema import data
from mo.errors import ModelFileError
from mo.front.model import ModelInput
from mo.front.protobuf import Message, completed
from mo.front.prototext import TextError
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim, Dimension, Shape

Sizes = Sequence[int | None]


def net_inputs(net: Message) -> list[ModelInput]:
    """What the fields input, input_shape and input_dim declare."""
    names = net.get("input", [])
    shapes = [shape.get("dim", []) for shape in net.get("input_shape", [])]
    dims = net.get("input_dim", [])
    if dims and shapes:
        raise ModelFileError("it has both 'input_dim' and 'input_shape'", "Keep one of them.")
    if dims:
        if len(dims) != 4 * len(names):
            raise ModelFileError(
                f"it has {len(dims)} input_dim for {len(names)} inputs",
                "Each input has four; write input_shape { dim: ... } for other shapes.",
            )
        shapes = [dims[4 * i : 4 * i + 4] for i in range(len(names))]
    if shapes and len(shapes) != len(names):
        raise ModelFileError(
            f"it has {len(shapes)} input_shape for {len(names)} inputs", "Give one for each."
        )
    result = []
    for i, name in enumerate(names):
        place = net["input_shape"][i] if "input_shape" in net else net
        shape = checked(shapes[i], f"input '{name}'", place) if shapes else None
        result.append(ModelInput(name, shape, ElementType.f32))
    return result


def checked(dims: Sequence[int], what: str, place: Message) -> tuple[int, ...]:
    """The dimensions of a file as a shape; TextError if one is no size."""
    for dim in dims:
        if not 0 < dim < 1 << 40:
            raise TextError(
                getattr(place, "line", 0),
                f"{what} has a dimension {dim}",
                "Sizes are positive; leave one open with --input_shape, as in [-1,3,224,224].",
            )
    return tuple(dims)


def layer_shapes(layer: Message) -> list[Shape] | None:
    """The shapes of the tops of a layer that feeds the net; None of any other layer."""
    reader = _FEEDERS.get(layer.get("type", "").lower())
    return None if reader is None else reader(layer)


def _input(layer: Message) -> list[Shape]:
    shapes = layer.get("input_param", {}).get("shape", [])
    count = len(layer.get("top", []))
    if len(shapes) not in (0, 1, count):
        raise TextError(
            getattr(layer, "line", 0),
            f"layer '{layer.get('name', '')}' has {len(shapes)} shapes for {count} tops",
            "Give one for all, or one for each.",
        )
    what = f"layer '{layer.get('name', '')}'"
    found: list[Shape] = [checked(shape.get("dim", []), what, layer) for shape in shapes]
    return (found * count if len(found) == 1 else found) or [None] * count


def _dummy(layer: Message) -> list[Shape]:
    values = completed(layer.get("dummy_data_param", {}), data.DUMMY_DATA)
    count = len(layer.get("top", []))
    shapes = [shape.get("dim", []) for shape in values["shape"]]
    if not shapes:
        columns = [values[name] for name in ("num", "channels", "height", "width")]
        longest = max(map(len, columns))
        shapes = [[c[min(i, len(c) - 1)] for c in columns if c] for i in range(longest)]
    what = f"layer '{layer.get('name', '')}'"
    found: list[Shape] = [checked(shape, what, layer) for shape in shapes]
    return (found * count if len(found) == 1 else found) or [None] * count


def _stored(
    section: str, schema: Any, channels: Callable[[Message], int | None]
) -> Callable[[Message], list[Shape]]:
    """Images [batch, channels, height, width] from files, and their labels [batch]."""

    def read(layer: Message) -> list[Shape]:
        values = completed(layer.get(section, {}), schema)
        transform = layer.get("transform_param", {})
        crop = transform.get("crop_size") or values.get("crop_size") or None
        sizes = [values.get("new_height") or None, values.get("new_width") or None]
        sizes = [values.get("height") or sizes[0], values.get("width") or sizes[1]]
        sizes = [crop, crop] if crop else sizes
        batch = values.get("batch_size") or None
        image = _opened([batch, channels({**values, **transform}), *sizes])
        return [image, *([_opened([batch])] * (len(layer.get("top", [])) - 1))]

    return read


def _opened(sizes: Sizes) -> tuple[Dimension, ...]:
    return tuple(Dim() if size is None else size for size in sizes)


def _image_channels(values: Message) -> int | None:
    return 3 if values.get("is_color", True) else 1


def _unknown(layer: Message) -> list[Shape]:
    return [None] * len(layer.get("top", []))


_FEEDERS: dict[str, Callable[[Message], list[Shape]]] = {
    "input": _input,
    "globalinput": _input,
    "dummydata": _dummy,
    "data": _stored("data_param", data.DATA, lambda values: None),
    "annotateddata": _stored("data_param", data.DATA, lambda values: None),
    "imagedata": _stored("image_data_param", data.IMAGE_DATA, _image_channels),
    "memorydata": _stored("memory_data_param", data.MEMORY_DATA, lambda v: v.get("channels")),
    "windowdata": _stored("window_data_param", data.WINDOW_DATA, lambda values: 3),
    "hdf5data": _unknown,
}
