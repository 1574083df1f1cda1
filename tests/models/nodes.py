"""Models of one node or a few, made in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import helper

# The operation set of tests that do not ask for another one.
CURRENT = 22


class Fixed(NamedTuple):
    """An input that is an initializer."""

    array: np.ndarray


class Sized(NamedTuple):
    """An input that is fed, of a size that stays known: a target shape, a list of axes."""

    array: np.ndarray


def fixed(value: Any, dtype: Any = None) -> Fixed:
    """An initializer; Python integers are int64, floats float32."""
    array = np.asarray(value, dtype)
    if dtype is None and not isinstance(value, np.ndarray) and array.dtype == np.float64:
        array = array.astype(np.float32)
    return Fixed(array)


def numbers(*shape: int, dtype: Any = np.float32, low: float = -2, high: float = 2) -> np.ndarray:
    """Some numbers, always the same for a shape; whole ones for integer types."""
    random = np.random.default_rng([7, *shape])
    kind = np.dtype(dtype).kind
    if kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if kind == "u":
        low = max(low, 0)
    if kind in "iu":
        return random.integers(int(low), int(high) + 1, shape).astype(dtype)
    return random.uniform(low, high, shape).astype(dtype)


def single(
    op: str,
    inputs: Sequence[Any],
    *,
    opset: int = CURRENT,
    outputs: int | Sequence[str] = 1,
    domain: str = "",
    version: int = 1,
    attributes: dict[str, Any] | None = None,
) -> onnx.ModelProto:
    """A model of one node. An input is an array or Sized (fed), Fixed, or None (omitted).

    ``version``: operation set of ``domain``.
    """
    names = [_input_name(i, value) for i, value in enumerate(inputs)]
    results = [f"out{i}" for i in range(outputs)] if isinstance(outputs, int) else list(outputs)
    node = helper.make_node(op, names, results, "node", domain=domain, **_plain(attributes or {}))
    fed = [pair for pair in zip(names, map(array_of, inputs)) if pair[1] is not None]
    kept = [(name, v.array) for name, v in zip(names, inputs) if isinstance(v, Fixed)]
    return model_of([node], fed, [name for name in results if name], kept, opset, domain, version)


def _input_name(index: int, value: Any) -> str:
    return "" if value is None else f"{_SIZED}{index}" if isinstance(value, Sized) else f"in{index}"


_SIZED = "sized"


def array_of(value: Any) -> np.ndarray | None:
    """The array of an input that is fed at run time."""
    if isinstance(value, Sized):
        return value.array
    return value if isinstance(value, np.ndarray) else None


def model_of(
    nodes: Sequence[onnx.NodeProto],
    fed: Sequence[tuple[str, np.ndarray]],
    outputs: Sequence[str],
    initializers: Sequence[tuple[str, np.ndarray]] = (),
    opset: int = CURRENT,
    domain: str = "",
    version: int = 1,
) -> onnx.ModelProto:
    """A model of some nodes whose inputs have the types and shapes of arrays."""
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info(name, _code(a), a.shape) for name, a in fed],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [onnx.numpy_helper.from_array(a, name) for name, a in initializers],
    )
    imports = [helper.make_opsetid("", opset)]
    if domain:
        imports.append(helper.make_opsetid(domain, version))
    ir_version = max(4, min(10, helper.find_min_ir_version_for(imports, True)))
    return helper.make_model(graph, opset_imports=imports, ir_version=ir_version)


def _code(array: np.ndarray) -> int:
    return helper.np_dtype_to_tensor_dtype(array.dtype)


def opened(model: onnx.ModelProto, axes: Sequence[int] | None = None) -> onnx.ModelProto:
    """The same model with the dimensions of its inputs unknown, all or those of some axes."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    for item in result.graph.input:
        for axis, dim in enumerate(item.type.tensor_type.shape.dim):
            if (axes is None or axis in axes) and not item.name.startswith(_SIZED):
                dim.Clear()
    return result


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes without those that are left out; an array is a tensor."""
    return {
        name: onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
        for name, value in attributes.items()
        if value is not None
    }
