"""What is known of tensors: shapes, values and element types, as extensions read and set them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mo.classic.errors import Error
from mo.errors import InferenceError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph as NativeGraph
from mo.graph.node import Output
from mo.graph.op import Constant
from mo.graph.shape import Dim

if TYPE_CHECKING:
    from mo.classic.port import Port


class Trial:
    """One run of a user's inference: sizes in place of open ones, and what it found."""

    def __init__(self, chosen: dict[Dim, int]) -> None:
        self.sizes = chosen
        self.shapes: dict[Output, Any] = {}
        self.values: dict[Output, np.ndarray] = {}
        self.types: dict[Output, Any] = {}

    def computed(self, output: Output) -> Any:
        """A computation on sizes, with those of this run."""
        partial = output.partial_value()
        if partial is None or any(
            isinstance(item, Dim) and item not in self.sizes for item in partial.reshape(-1)
        ):
            return None
        known = [
            self.sizes[item] if isinstance(item, Dim) else item for item in partial.reshape(-1)
        ]
        return np.array(known, output.dtype.numpy).reshape(partial.shape)


class Tensors:
    """The part of a graph's view that deals with tensors; before translation little is known."""

    native: NativeGraph
    stage: str
    # Sizes that stand for open ones while a user's inference runs, and what it found.
    trial: Trial | None = None
    # Values whose readers did not fit their new types: an extension may still change these.
    pending: dict[Output, None]

    def shape(self, output: Output | None) -> Any:
        if output is None or self.stage == "front":
            return None
        if self.trial is not None and output in self.trial.shapes:
            return self.trial.shapes[output]
        return classic_shape(output, self.trial.sizes if self.trial is not None else None)

    def set_shape(self, output: Output, shape: Any) -> None:
        if self.stage == "front":
            raise NotImplementedError("shapes are not known before the model is translated")
        if self.trial is not None:
            self.trial.shapes[output] = np.array(shape, np.int64).reshape(-1)
            return
        output.shape = sizes(shape)
        self._retype(output)

    def value(self, output: Output | None) -> Any:
        if output is None:
            return None
        if self.trial is not None and output in self.trial.values:
            return self.trial.values[output]
        if output.constant is not None:
            return output.constant.array
        if self.trial is not None:
            return self.trial.computed(output)
        return None

    def set_value(self, output: Output, value: Any) -> None:
        """Let a tensor be constant; what made it is then of no use."""
        array = np.asarray(value)
        if self.trial is not None:
            self.trial.values[output] = array
            self.trial.shapes.setdefault(output, np.array(array.shape, np.int64))
        elif isinstance(output.node.op, Constant):
            constant = self.native.constant(array)
            constant.node.name = output.node.name
            self.native.set_op(output.node, constant.node.op)
            output.constant = constant.constant
            self.native.discard(constant.node)
            self._retype(output)
        elif self.stage == "front":
            raise Error("the value of '{}' is not known before translation", output)
        else:
            self.native.replace(output, self.native.constant(array))

    def _retype(self, output: Output) -> None:
        """Let what reads a value know of its new type; before translation nothing does."""
        if self.stage == "front":
            return
        try:
            self.native.changed_type(output)
        except InferenceError:
            self.pending[output] = None

    def settle_types(self) -> None:
        """What did not fit in the middle of an extension has to fit at its end."""
        values, self.pending = list(self.pending), {}
        for output in values:
            if output.node.id in self.native:
                self.native.infer_again(output.node)
                self.native.changed_type(output)

    def set_input_value(self, port: Port, value: Any) -> None:
        """A constant of its own for one input."""
        constant = self.native.constant(np.asarray(value))
        self.native.connect(constant, port.node.op_node, port.idx)

    def numpy_type(self, output: Output | None) -> Any:
        if output is None:
            return None
        if self.trial is not None and output in self.trial.types:
            return self.trial.types[output]
        return None if output.dtype is ElementType.dynamic else output.dtype.numpy.type

    def set_numpy_type(self, port: Port, dtype: np.dtype, override: bool) -> None:
        output = port.output
        assert output is not None
        if self.trial is not None:
            self.trial.types[output] = dtype.type
            return
        kind = ElementType.of(dtype)
        if output.dtype not in (kind, ElementType.dynamic) and not override:
            raise Error("{} has elements of {}, not of {}", port, output.dtype.name, kind.name)
        output.dtype = kind
        self._retype(output)


def classic_shape(output: Output, known: dict[Dim, int] | None = None) -> Any:
    """Sizes as int64, open ones by their number or -1; None if their count is not known."""
    if output.shape is None:
        return None
    numbers = known or {}
    return np.array(
        [numbers.get(d, -1) if isinstance(d, Dim) else d for d in output.shape], np.int64
    )


def sizes(shape: Any) -> Any:
    """A classic shape as ours: negative sizes are open."""
    if shape is None:
        return None
    return tuple(Dim() if size < 0 else int(size) for size in np.asarray(shape).reshape(-1))
