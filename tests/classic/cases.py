"""An extension, a model that it is for, and the numbers that the model then has."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import onnx

from tests.classic.conftest import Workshop

X = np.array([[1, -2, 3], [4, 5, -6]], np.float32)


# What the files of the middle and the back phase begin with.
AFTER_TRANSLATION = """
import numpy as np
from extensions.middle.fusings import Fusing
from extensions.middle.pass_separator import (MiddleFinish, MiddleStart, PostMiddleStart,
                                              PreMiddleStart)
from extensions.back.pass_separator import BackFinish, BackStart
from extensions.back.ReshapeMutation import ReshapeMutation
from extensions.ops.activation_ops import Exp, ReLU, Sigmoid, Swish
from extensions.ops.Cast import Cast
from extensions.ops.elementwise import Add, Div, Maximum, Mul, Pow, Sub
from extensions.ops.gather import Gather
from extensions.ops.interpolate import Interpolate
from extensions.ops.MatMul import MatMul
from extensions.ops.ReduceOps import ReduceMean, ReduceSum
from extensions.ops.split import Split, VariadicSplit
from extensions.ops.transpose import Transpose
from mo.back.replacement import BackReplacementPattern
from mo.front.common.partial_infer.utils import int64_array
from mo.front.tf.graph_utils import (create_op_node_with_second_input,
                                     create_op_with_const_inputs)
from mo.graph.graph import Graph, Node, rename_node, rename_nodes
from mo.middle.replacement import MiddleReplacementPattern
from mo.ops.concat import Concat
from mo.ops.const import Const
from mo.ops.pooling import Pooling
from mo.ops.reshape import Reshape
from mo.ops.shape import Shape
from mo.ops.softmax import Softmax
from mo.ops.squeeze import Squeeze
from mo.ops.strided_slice import StridedSlice
from mo.ops.unsqueeze import Unsqueeze
"""


class Case(NamedTuple):
    """``expected`` computes the outputs from X (or from ``given``)."""

    name: str
    source: str
    model: onnx.ModelProto
    expected: Callable[[np.ndarray], np.ndarray | list[np.ndarray]]
    given: np.ndarray = X

    def __str__(self) -> str:
        return self.name

    def check(self, workshop: Workshop, place: str, head: str) -> None:
        """Convert with the extension as the file ``place``, and compare in the runtime."""
        workshop.write(**{place: head + self.source})
        results = workshop.outputs(self.model, self.given)
        expected = self.expected(self.given)
        expected = expected if isinstance(expected, list) else [expected]
        assert len(results) == len(expected)
        for result, wanted in zip(results, expected):
            np.testing.assert_allclose(result, wanted, rtol=1e-5, atol=1e-6)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)
