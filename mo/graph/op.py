"""What an operation is: its attributes, its inference, and how the IR writes it.

A subclass declares its attributes as annotated class fields with defaults, and overrides
``infer`` and, where constants can be computed, ``fold``::

    class Softmax(Op):
        type = "SoftMax"
        axis: int = 1

        def infer(self, data: Output) -> TensorType:
            return data.type
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

import numpy as np

from mo.errors import InferenceError
from mo.graph.element_type import ElementType
from mo.graph.shape import INFINITY, Dim, Shape, is_static, text
from mo.graph.tensor import Tensor

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    from mo.graph.body import Body
    from mo.graph.node import Output
else:

    def dataclass_transform(**_: Any) -> Callable[[Any], Any]:
        return lambda cls: cls


class TensorType(NamedTuple):
    """What is known of a tensor before it exists: its partial shape and element type."""

    shape: Shape
    dtype: ElementType

    def __str__(self) -> str:
        return f"{self.dtype.name}{text(self.shape)}"


# Shape sub-graphs work on vectors of this many elements at most.
PARTIAL_VALUE_LIMIT = 256
# Results below this are computed at once; larger ones when their bytes are written.
EAGER_FOLD_BYTES = 1 << 16
# Folding may add this many bytes to the weights, not more (Range, Broadcast, Tile ...).
FOLD_GROWTH_BYTES = 1 << 16


@dataclass_transform(kw_only_default=True)
class Op:
    """Base of all operations. Instances are immutable and carry no link to a graph."""

    type: ClassVar[str] = ""
    opset: ClassVar[str] = "opset1"
    # Whether exchanging the first two inputs leaves the result unchanged.
    commutative: ClassVar[bool] = False
    # Whether ``fold`` also works on integer arrays with unknown elements (object arrays of Dim).
    partial_values: ClassVar[bool] = False
    # Sinks stay although nobody reads their outputs.
    is_sink: ClassVar[bool] = False
    # Whether there are graphs inside (see ``bodies``).
    has_bodies: ClassVar[bool] = False
    # The result is the first input in another shape.
    keeps_elements: ClassVar[bool] = False
    # Two nodes with equal attributes and inputs compute the same.
    is_pure: ClassVar[bool] = True
    # Spelling of attributes in the IR where it is no Python identifier.
    ir_names: ClassVar[dict[str, str]] = {}
    _fields: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        fields = dict(cls._fields)
        for name, annotation in cls.__dict__.get("__annotations__", {}).items():
            if "ClassVar" not in str(annotation):
                fields[name] = cls.__dict__.get(name, REQUIRED)
        cls._fields = fields
        if not cls.__dict__.get("type"):
            cls.type = cls.__name__

    def __init__(self, **attributes: Any) -> None:
        fields = self._fields
        values = self.__dict__
        for name, value in attributes.items():
            if name not in fields:
                raise TypeError(f"{self.type} has no attribute '{name}'")
            values[name] = tuple(value) if value.__class__ is list else value
        for name, default in fields.items():
            if name not in values:
                if default is REQUIRED:
                    raise TypeError(f"{self.type} needs attribute '{name}'")
                values[name] = default

    def infer(self, *inputs: Any) -> TensorType | tuple[TensorType, ...]:
        """Output types from input values (:class:`~mo.graph.node.Output`, None if omitted).

        Raise InferenceError or ValueError if the inputs contradict each other.
        """
        raise NotImplementedError(f"{self.type} does not say what it computes")

    # ``fold(*arrays)`` computes the outputs from numpy inputs. Ops without it never fold.
    fold: ClassVar[Callable[..., Any] | None] = None

    def partial_value(self, *inputs: Output | None) -> np.ndarray | tuple[np.ndarray, ...] | None:
        """The output (or all of them) as an array of int and Dim, if enough is known of it."""
        if not self.partial_values or self.fold is None:
            return None
        arrays: list[np.ndarray | None] = []
        for value in inputs:
            if value is None:
                arrays.append(None)
                continue
            array = value.partial_value()
            if array is None:
                return None
            arrays.append(array)
        result = self.fold(*arrays)
        if isinstance(result, tuple):
            return tuple(np.asarray(array, dtype=object) for array in result)
        return np.asarray(result, dtype=object)

    def bodies(self) -> Sequence[Body]:
        """Graphs inside this operation (loop and branch bodies)."""
        return ()

    def version(self) -> str:
        """The oldest opset whose operation does what this instance says."""
        return self.opset

    def attributes(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def ir_attributes(self) -> dict[str, str]:
        """What ``<data>`` holds, in order of declaration."""
        names = self.ir_names
        return {
            names.get(name, name): as_text(self.__dict__[name])
            for name in self._fields
            if self.__dict__[name] is not None
        }

    def rt_info(self) -> tuple[str, ...]:
        """Run-time marks of the layer, by name (IR version 11 only)."""
        return ()

    def with_attributes(self: AnyOp, **changes: Any) -> AnyOp:
        """A copy with some attributes changed."""
        return type(self)(**{**self.__dict__, **changes})

    def key(self) -> tuple[Any, ...]:
        """Hashable identity of what is computed: class and attributes."""
        return (type(self), *self.__dict__.items())

    def __repr__(self) -> str:
        shown = [
            f"{name}={as_text(value)}"
            for name, value in self.__dict__.items()
            if value is not None and value != self._fields.get(name)
        ]
        return " ".join([self.type, *shown])


AnyOp = TypeVar("AnyOp", bound=Op)

REQUIRED = object()


def as_text(value: Any) -> str:
    """An attribute value as the IR spells it."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if value != int_or(value) else str(int(value))
    if isinstance(value, ElementType):
        return value.name
    if isinstance(value, (tuple, list)):
        return ", ".join(map(as_text, value))
    return str(value)


def int_or(value: float) -> float | int:
    """The integer a short float stands for, else the float (also for inf and nan)."""
    return int(value) if abs(value) < 1e15 and value == int(value) else float("nan")


class Parameter(Op):
    """An input of the model."""

    shape: Shape
    element_type: ElementType
    # What the user says of its axes, as OpenVINO writes it: "[N,C,H,W]".
    layout: str = ""
    is_pure = False

    def infer(self) -> TensorType:
        return TensorType(self.shape, self.element_type)

    def ir_attributes(self) -> dict[str, str]:
        spelled = "..." if self.shape is None else ",".join(map(str, self.shape))
        return {"shape": spelled, "element_type": self.element_type.name}


class Constant(Op):
    """A tensor of the .bin file. The emitter adds offset and size."""

    type = "Const"
    tensor: Tensor
    is_pure = False

    def infer(self) -> TensorType:
        return TensorType(self.tensor.shape, self.tensor.dtype)

    def ir_attributes(self) -> dict[str, str]:
        shape = ", ".join(map(str, self.tensor.shape))
        return {"element_type": self.tensor.dtype.name, "shape": shape}

    def __repr__(self) -> str:
        if self.tensor.size <= 8 and not self.tensor.is_lazy:
            return f"Const {self.tensor.tolist()}"
        return "Const"


class Result(Op):
    """An output of the model; it passes its input on."""

    layout: str = ""
    is_sink = True
    is_pure = False

    def infer(self, value: Output) -> TensorType:
        return value.type

    def ir_attributes(self) -> dict[str, str]:
        return {}


def infer_outputs(op: Op, inputs: Sequence[Output | None]) -> tuple[TensorType, ...]:
    """Types of all outputs; every failure becomes an InferenceError that shows the inputs."""
    try:
        result = op.infer(*inputs)
    except InferenceError as error:
        raise InferenceError(f"{op.type}: {error.message}", error.hint) from error
    except (ValueError, TypeError, IndexError, ArithmeticError) as error:
        shown = ", ".join("-" if value is None else str(value.type) for value in inputs)
        raise InferenceError(f"{op.type}({shown}): {error}") from error
    types = (result,) if isinstance(result, TensorType) else result
    for kind in types:
        for dim in kind.shape or ():
            if dim.__class__ is int and dim > INFINITY:
                raise InferenceError(f"{op.type}: a dimension of {dim} elements")
    return types


def fold_constants(
    op: Op, inputs: Sequence[Output | None], types: Sequence[TensorType], at_once: bool = False
) -> list[Tensor] | None:
    """The outputs as constants if all inputs are, large ones left uncomputed unless ``at_once``."""
    fold = op.fold
    if fold is None or not inputs:
        return None
    tensors: list[Tensor | None] = []
    for value in inputs:
        if value is None:
            tensors.append(None)
        elif value.constant is None:
            return None
        else:
            tensors.append(value.constant)
    if at_once:
        return _computed(op, tensors, types)
    if op.keeps_elements and is_static(types[0].shape) and tensors[0] is not None:
        return [tensors[0].reshaped(_known(types[0].shape))]
    read = [tensor for tensor in tensors if tensor is not None]
    size = sum(tensor.nbytes for tensor in read)
    if not all(is_static(shape) and dtype.bits >= 8 for shape, dtype in types):
        if size > EAGER_FOLD_BYTES:
            return None
        return _computed(op, tensors, types)
    sizes = [_static_bytes(t) for t in types]
    if sum(sizes) > size + FOLD_GROWTH_BYTES:
        return None
    if size + sum(sizes) <= EAGER_FOLD_BYTES:
        return _computed(op, tensors, types)

    def later(index: int) -> Callable[[], np.ndarray]:
        def load() -> np.ndarray:
            result = _call(op, tensors)
            # A result that is a view of them is read later, and they are let go again then.
            for tensor in read:
                tensor.let_go()
            return np.asarray(result[index] if isinstance(result, (tuple, list)) else result)

        return load

    return [Tensor.lazy(t.dtype, _known(t.shape), later(i), read) for i, t in enumerate(types)]


def _known(shape: Shape) -> tuple[int, ...]:
    assert is_static(shape)
    return shape  # type: ignore[return-value]


def _static_bytes(kind: TensorType) -> int:
    total = 1
    for dim in _known(kind.shape):
        total *= dim
    return kind.dtype.bytes_for(total)


def _call(op: Op, tensors: Sequence[Tensor | None]) -> Any:
    arrays = [None if tensor is None else tensor.array for tensor in tensors]
    # Overflow and division by zero give the inf and nan that the runtime would give.
    with np.errstate(all="ignore"):
        return op.fold(*arrays)  # type: ignore[misc]


def _computed(
    op: Op, tensors: Sequence[Tensor | None], types: Sequence[TensorType]
) -> list[Tensor] | None:
    try:
        result = _call(op, tensors)
    except (ValueError, IndexError, TypeError, ArithmeticError) as error:
        raise InferenceError(f"{op.type}: cannot be computed: {error}") from error
    if result is None:
        return None
    results = result if isinstance(result, (tuple, list)) else (result,)
    return [
        Tensor.of(np.asarray(array), None if t.dtype is ElementType.dynamic else t.dtype)
        for array, t in zip(results, types)
    ]


def has_unknown(array: np.ndarray) -> bool:
    return any(isinstance(item, Dim) for item in array.reshape(-1))
