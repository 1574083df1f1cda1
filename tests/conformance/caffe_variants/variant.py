"""One layer with its parameters, inputs, trained numbers and reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tests.front.caffe import running
from tests.models.caffe import Net

Array = np.ndarray
RANDOM = np.random.default_rng(11)


class Variant(NamedTuple):
    """A layer on some inputs. Without a formula OpenCV is the reference."""

    layer: str
    name: str
    parameters: str
    inputs: tuple[Array, ...]
    blobs: tuple[Array, ...]
    formula: Callable[..., Any] | None
    tops: int
    # Axes that are left open in the second run; None for all.
    opened: Sequence[int] | None
    tolerance: float
    # What of the outputs is compared.
    part: Callable[[Array], Array]
    # What stands for a net of the layer alone, with its inputs "in0", ... and tops "out".
    text: str
    # Texts that lie beside the net.
    files: Mapping[str, str]


def numbers(*shape: int) -> Array:
    return RANDOM.standard_normal(shape).astype(np.float32)


def positive(*shape: int) -> Array:
    return RANDOM.uniform(0.5, 2, shape).astype(np.float32)


def distinct(*shape: int) -> Array:
    """Numbers of which no two are close."""
    return RANDOM.permutation(int(np.prod(shape))).reshape(shape).astype(np.float32)


def _arrays(values: Sequence[Any]) -> tuple[Array, ...]:
    return tuple(v if isinstance(v, np.ndarray) else numbers(*v) for v in values)


def v(
    layer: str,
    section: str = "",
    text: str = "",
    inputs: Sequence[Any] = ((2, 4, 7, 8),),
    blobs: Sequence[Any] = (),
    formula: Callable[..., Any] | None = None,
    tops: int = 1,
    opened: Sequence[int] | None = None,
    tolerance: float = 1e-4,
    note: str = "",
    part: Callable[[Array], Array] = np.asarray,
    net: str = "",
    files: Mapping[str, str] | None = None,
) -> Variant:
    parameters = f"{section} {{ {text} }}" if section and text else ""
    name = f"{text or 'defaults'}{' ' + note if note else ''}"
    arrays = _arrays(inputs), _arrays(blobs)
    rest = formula, tops, opened, tolerance, part, net, files or {}
    return Variant(layer, name, parameters, *arrays, *rest)


def net_of(variant: Variant) -> tuple[Net, dict[str, Array], list[str]]:
    """A net of the one layer, its inputs, and its tops."""
    arrays = {f"in{i}": array for i, array in enumerate(variant.inputs)}
    tops = ["out"] if variant.tops == 1 else [f"out{i}" for i in range(variant.tops)]
    if variant.text:
        net = Net()
        net.text += variant.text
        net.weights["out"] = variant.blobs
        return net, arrays, tops
    net = Net(*((name, array.shape) for name, array in arrays.items()))
    net.layer(variant.layer, "out", list(arrays), variant.parameters, variant.blobs, tops)
    net.files.update(variant.files)
    return net, arrays, tops


def expected(variant: Variant) -> list[Array]:
    """What the reference computes."""
    if variant.formula is None:
        net, arrays, _ = net_of(variant)
        return running.by_opencv(net, arrays, ["out"])
    result = variant.formula(*variant.inputs, *variant.blobs)
    return list(result) if isinstance(result, tuple) else [result]


def by_opencv(variant: Variant) -> Array:
    return expected(variant)[0]
