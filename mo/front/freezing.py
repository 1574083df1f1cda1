"""Inputs that become constants: --freeze_placeholder_with_value, and ``->value`` of --input."""

from __future__ import annotations

from math import prod
from typing import cast

import numpy as np

from mo.cli.config import InputRequest
from mo.errors import UsageError, counted, listing
from mo.front.model import Model, ModelInput
from mo.graph.element_type import ElementType
from mo.graph.shape import compatible, is_static, text
from mo.graph.tensor import Tensor


def freeze(model: Model, tensor: str, request: InputRequest) -> None:
    """Turn an input into a constant of its type and shape."""
    inputs = {**model.optional_inputs, **{item.name: item for item in model.inputs}}
    item = inputs.get(tensor)
    if item is None:
        raise UsageError(
            f"'{request.port.text}' cannot be frozen: it is not an input",
            hint=f"The model's inputs are {listing(i.name for i in model.inputs)}; to start it "
            f'elsewhere, write --input "{request.port.text}[1,3,224,224]->value".',
        )
    kind = ElementType[request.element_type] if request.element_type else item.dtype
    array = _shaped(_cast(request, item, kind), request, item, kind)
    model.inputs = [other for other in model.inputs if other is not item]
    model.constants[tensor] = Tensor.of(array, kind)


def _cast(request: InputRequest, item: ModelInput, kind: ElementType) -> np.ndarray:
    """The value in the type of the input, which it must not change."""
    given = np.asarray(request.value)
    try:
        with np.errstate(all="ignore"):
            array = given.astype(kind.numpy)
        is_kept = bool(np.all(np.isfinite(array) | ~np.isfinite(given)))
        is_kept = is_kept if kind.is_float else bool(np.all(array == given))
    except (ValueError, TypeError, OverflowError):
        is_kept = False
    if not is_kept:
        raise _misfit(request, item, kind, "", f"Give values that {kind.name} can hold.")
    return array


def _shaped(
    array: np.ndarray, request: InputRequest, item: ModelInput, kind: ElementType
) -> np.ndarray:
    """The value in the shape of the input; nothing is broadcast."""
    if item.shape is None:
        return array
    if is_static(item.shape):
        sizes = cast("tuple[int, ...]", item.shape)
        if array.size != prod(sizes):
            raise _misfit(
                request,
                item,
                kind,
                f", which has {counted(prod(sizes), 'element')}, not {array.size}",
                f"Give a value for each, or another shape with --input {request.port.text}[...].",
            )
        return array.reshape(sizes)
    closed = tuple(dim if isinstance(dim, int) else 1 for dim in item.shape)
    if array.ndim != len(item.shape) or not all(map(compatible, item.shape, array.shape)):
        raise _misfit(
            request,
            item,
            kind,
            ", which is open",
            f'Give the shape, too, as in --input "{request.port.text}{text(closed)}->value".',
        )
    return array


def _misfit(
    request: InputRequest, item: ModelInput, kind: ElementType, why: str, hint: str
) -> UsageError:
    value = repr(request.value)
    shown = value if len(value) <= 40 else f"{value[:40]}..."
    return UsageError(
        f"'{request.port.text}' cannot be frozen to {shown}: "
        f"it is {kind.name}{text(item.shape)}{why}",
        hint=hint,
    )
