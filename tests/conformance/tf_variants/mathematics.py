"""Reductions, sums along an axis, matrix products, recurrent cells as nodes."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, composed, op, ops
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
op("Cumprod", x=X, axis=1)
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
    ("abc,cd,de->abe", [(2, 3, 4), (4, 5), (5, 2)]),
):
    op("Einsum", equation=equation, inputs=[numbers(*shape) + i for i, shape in enumerate(shapes)])
MATRICES = numbers(2, 3, 3) + 3 * np.eye(3, dtype=np.float32)
op("MatrixInverse", input=Each(MATRICES, MATRICES[0]), adjoint=Each(False, True))
op("BatchMatrixInverse", input=MATRICES, adjoint=Each(False, True))
composed("MatMul", "products over several axes", lambda a, b: tf.tensordot(a, b, 1), A, B[0])
op("Cross", a=numbers(2, 3), b=numbers(2, 3) + 1)
