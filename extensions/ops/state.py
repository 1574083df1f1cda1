"""Variables of a model that keep their value from one inference to the next."""

from __future__ import annotations

from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Shape


class ReadValue(Op):
    """The variable's value; of the input before the first Assign.

    With a type and shape (opset6) the input may be omitted.
    """

    variable_id: str
    variable_type: ElementType | None = None
    variable_shape: Shape = None
    is_pure = False

    def version(self) -> str:
        return "opset3" if self.variable_type is None else "opset6"

    def ir_attributes(self) -> dict[str, str]:
        attributes = {"variable_id": self.variable_id}
        if self.variable_type is not None:
            shape = self.variable_shape
            attributes["variable_type"] = self.variable_type.name
            attributes["variable_shape"] = (
                "..." if shape is None else ",".join(str(dim) for dim in shape)
            )
        return attributes

    def infer(self, initial: Output | None = None) -> TensorType:
        if self.variable_type is None:
            if initial is None:
                raise ValueError("without a type and shape an initial value is needed")
            return TensorType(initial.shape, initial.dtype)
        if initial is not None and initial.dtype not in (self.variable_type, ElementType.dynamic):
            raise ValueError(f"{initial.dtype.name} is read as {self.variable_type.name}")
        return TensorType(self.variable_shape, self.variable_type)


class Assign(Op):
    """Sets the variable that a ReadValue of the same name reads (one of either form)."""

    variable_id: str
    opset = "opset6"
    is_sink = True
    is_pure = False

    def infer(self, value: Output) -> TensorType:
        return TensorType(value.shape, value.dtype)
