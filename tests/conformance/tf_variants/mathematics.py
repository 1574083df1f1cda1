"""Reductions, sums along an axis, matrix products, recurrent cells as nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops
from tensorflow.compiler.xla import xla_data_pb2

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, composed, op, ops
from tests.models.nodes import numbers

X = numbers(2, 3, 4)
WHOLE = numbers(2, 3, dtype=np.int32, low=-9, high=9)
AXES = Each(0, -1, [1, 2], [0, 1, 2], Fixed(np.zeros(0, np.int32)))
KEEP = Each(True, False)

ops("Sum Mean Max Min Prod EuclideanNorm", input=X, axis=AXES, keep_dims=KEEP)
ops("Sum Max Min Prod", input=WHOLE, axis=Each(1, [0, 1]), keep_dims=KEEP)
ops("All Any", input=X > 0, axis=AXES, keep_dims=KEEP)
op("L2Loss", t=X)
op("Cumsum", x=X, axis=Each(0, 1, -1), exclusive=Each(True, False), reverse=Each(True, False))
op("Cumsum", x=WHOLE, axis=1)
composed("Max", "logarithm of a sum of exponents", lambda x: tf.reduce_logsumexp(x, 1), X)

A, B = numbers(2, 3, 4), numbers(2, 4, 5)
op("MatMul", a=A[0], b=B[0])
op("MatMul", a=A[0].T.copy(), b=B[0], transpose_a=True)
op("MatMul", a=A[0], b=Fixed(B[0].T), transpose_b=True)
op("MatMul", a=A[0].T.copy(), b=B[0].T.copy(), transpose_a=True, transpose_b=True)
op("MatMul", a=np.array([[1, 2], [3, 4]], np.int32), b=np.array([[1, 0], [5, 1]], np.int32))
ops("BatchMatMul BatchMatMulV2", x=A, y=B)
ops("BatchMatMul BatchMatMulV2", x=A, y=A, adj_y=True)
ops("BatchMatMul BatchMatMulV2", x=B, y=B, adj_x=True)
op("BatchMatMulV2", "broadcast", x=A, y=B[:1])
op("BatchMatMulV3", x=A, y=B, Tout=tf.float32)
op("BatchMatMulV3", "wider", x=A.astype(np.int8), y=B.astype(np.int8), Tout=tf.int32)
for equation, shapes in (
    ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]),
    ("bij,bkj->bik", [(2, 3, 4), (2, 5, 4)]),
    ("abcd,cde->abe", [(2, 3, 4, 5), (4, 5, 6)]),
    ("BTNH,BSNH->BNTS", [(2, 3, 4, 5), (2, 6, 4, 5)]),
    ("...ij,jk->...ik", [(2, 2, 3, 4), (4, 5)]),
    ("ii->i", [(3, 3)]),
    ("ijk->ki", [(2, 3, 4)]),
    ("i,j->ij", [(3,), (4,)]),
):
    op("Einsum", equation=equation, inputs=[numbers(*shape) + i for i, shape in enumerate(shapes)])
op("Cross", a=numbers(2, 3), b=numbers(2, 3) - 0.5)
op("Cross", a=numbers(4, 2, 3), b=numbers(4, 2, 3) - 0.5)
op("Cross", a=WHOLE, b=WHOLE[::-1].copy())
MATRICES = numbers(2, 3, 3) + 3 * np.eye(3, dtype=np.float32)
op("MatrixInverse", input=Each(MATRICES, MATRICES[0]), adjoint=Each(False, True))
by_hand("BatchMatrixInverse", "a node", tf.linalg.inv, MATRICES, T=tf.float32)
composed("MatMul", "products over several axes", lambda a, b: tf.tensordot(a, b, 1), A, B[0])

# ---- as XLA writes them: its compiler is the reference


def _xla(function: Callable[..., Any], axes: Any, **more: Any) -> Callable[..., Any]:
    settings = {
        "dimension_numbers": axes.SerializeToString(),
        "precision_config": "",
        "preferred_element_type": tf.float32,
    }
    return lambda x, y: function(x, y, **settings, **more)


def _compiled(operation: str, note: str, call: Callable[..., Any], *arrays: np.ndarray) -> None:
    composed(operation, note, call, *arrays, formula=tf.function(call, jit_compile=True))


for note, fields, shapes in (
    (
        "matrices",
        {"lhs_contracting_dimensions": [1], "rhs_contracting_dimensions": [0]},
        [(3, 4), (4, 5)],
    ),
    (
        "batches",
        {
            "lhs_contracting_dimensions": [1],
            "rhs_contracting_dimensions": [2],
            "lhs_batch_dimensions": [0],
            "rhs_batch_dimensions": [0],
        },
        [(2, 4, 3), (2, 5, 4)],
    ),
):
    _compiled(
        "XlaDotV2",
        note,
        _xla(gen_xla_ops.xla_dot_v2, xla_data_pb2.DotDimensionNumbers(**fields)),
        *(numbers(*shape) for shape in shapes),
    )


def _filtered(call: Callable[..., Any], w: np.ndarray) -> Callable[..., Any]:
    return lambda x: call(x, w)


_LAST = xla_data_pb2.ConvolutionDimensionNumbers(
    input_batch_dimension=0,
    input_spatial_dimensions=[1, 2],
    input_feature_dimension=3,
    kernel_spatial_dimensions=[0, 1],
    kernel_input_feature_dimension=2,
    kernel_output_feature_dimension=3,
    output_batch_dimension=0,
    output_spatial_dimensions=[1, 2],
    output_feature_dimension=3,
)
for note, groups, settings in (
    (
        "strides and pads",
        1,
        {"window_strides": [2, 1], "padding": [[1, 0], [0, 2]], "rhs_dilation": [1, 1]},
    ),
    (
        "dilations",
        1,
        {"window_strides": [1, 1], "padding": [[0, 0], [0, 0]], "rhs_dilation": [2, 1]},
    ),
    ("groups", 2, {"window_strides": [1, 1], "padding": [[1, 1], [1, 1]], "rhs_dilation": [1, 1]}),
):
    call = _xla(
        gen_xla_ops.xla_conv_v2, _LAST, lhs_dilation=[1, 1], feature_group_count=groups, **settings
    )
    _compiled(
        "XlaConvV2", note, _filtered(call, numbers(3, 2, 4 // groups, 6)), numbers(2, 7, 8, 4)
    )
