"""Whatever the inputs are, an operation infers something or raises an InferenceError."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mo.errors import InferenceError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.op import REQUIRED, Op, TensorType
from tests.ops.strategies import Draw, boolean, f32, filled, i32, i64, loose, sizes
from tests.ops.test_versions import classes

ATTRIBUTES: dict[str, Any] = {
    "int": st.integers(-2, 5),
    "float": st.sampled_from([-1.0, 0.0, 0.5, 1.0]),
    "bool": st.booleans(),
    "str": st.sampled_from(["explicit", "same_upper", "valid", "ceil", "ab,bc->ac", "max"]),
    "tuple[int, ...]": st.lists(st.integers(-1, 3), max_size=3).map(tuple),
    "tuple[float, ...]": st.lists(st.sampled_from([0.5, 2.0]), max_size=3).map(tuple),
    "tuple[str, ...]": st.just(("tanh", "relu")),
    "ElementType": st.sampled_from([f32, i64, boolean]),
    "ElementType | None": st.sampled_from([None, f32]),
    "Shape": st.just((1, 2)),
}


@st.composite
def operations(draw: Draw, kind: type[Op]) -> Op:
    annotations: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        annotations |= base.__dict__.get("__annotations__", {})
    chosen = {
        name: draw(ATTRIBUTES[annotations[name]])
        for name, default in kind._fields.items()
        if default is REQUIRED or draw(st.booleans())
    }
    return kind(**chosen)


def argument(draw: Draw, graph: Graph, index: int) -> Any:
    dtype: ElementType = draw(st.sampled_from([f32, f32, i64, i32, boolean]))
    shape = draw(sizes(0, 5, 0, 4))
    if draw(st.booleans()):
        return graph.constant(filled(shape, dtype) * draw(st.sampled_from([1, 1, -1])), dtype)
    return graph.input(f"in{index}", loose(draw, shape), dtype)


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
@settings(max_examples=8)
@given(st.data())
def test_no_other_error(kind: type[Op], drawn: st.DataObject) -> None:
    draw = drawn.draw
    op = draw(operations(kind))
    parameters = list(inspect.signature(op.infer).parameters.values())
    needed = sum(p.default is p.empty and p.kind is not p.VAR_POSITIONAL for p in parameters)
    most = 3 if any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(parameters)
    graph = Graph()
    inputs = [argument(draw, graph, i) for i in range(draw(st.integers(needed, max(most, needed))))]
    before = dict(op.__dict__)
    try:
        with np.errstate(all="ignore"):
            outputs = graph.add_multi(op, *inputs)
    except InferenceError:
        outputs = ()
    assert all(isinstance(output.type, TensorType) for output in outputs)
    assert op.__dict__ == before
