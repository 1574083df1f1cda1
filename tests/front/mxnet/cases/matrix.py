"""Products of matrices."""

import mxnet as mx


def record(r):
    r.case("FullyConnected", (2, 5), num_hidden=3)
    r.case("FullyConnected", (2, 3, 4), num_hidden=5)
    r.case("FullyConnected", (2, 3, 4), num_hidden=5, flatten=False)
    r.case("FullyConnected", (2, 3, 4), num_hidden=5, flatten=False, no_bias=True)
    r.case("dot", (2, 3), (3, 4))
    r.case("dot", (3, 2), (3, 4), transpose_a=True)
    r.case("dot", (2, 3), (4, 3), transpose_b=True)
    r.case("dot", (3, 2), (4, 3), transpose_a=True, transpose_b=True)
    r.case("dot", (3,), (3,))
    r.case("dot", (2, 3), (3,))
    r.case("dot", (2, 3, 4), (4, 5, 6))
    r.case("dot", (2, 3, 4), (2, 5), transpose_a=True)
    r.case("dot", (2, 3, 4), (5, 6, 4), transpose_b=True)
    for a in (False, True):
        for b in (False, True):
            left = (2, 4, 3) if a else (2, 3, 4)
            right = (2, 5, 4) if b else (2, 4, 5)
            r.case("batch_dot", left, right, transpose_a=a, transpose_b=b)
            r.case("linalg_gemm2", left, right, transpose_a=a, transpose_b=b, alpha=1.5)
    r.case("linalg_gemm", (2, 3, 4), (2, 4, 5), (2, 3, 5), alpha=2.0, beta=0.5)
    r.case("np.matmul", (2, 3, 4), (2, 4, 5), numpy=True)
    r.case("np.matmul", (3, 4), (2, 4, 5), numpy=True)
    r.case("np.matmul", (4,), (4, 5), numpy=True)
    r.case("np.dot", (2, 3, 4), (4, 5), numpy=True)
    r.case("np.dot", (4,), (4,), numpy=True)
    r.case("np.tensordot", (2, 3, 4), (3, 4, 5), numpy=True, axes=2)
    r.case("np.tensordot", (2, 3, 4), (4, 5, 3), numpy=True, axes=((1, 2), (2, 0)))
    x, y = (mx.sym.var(name).as_np_ndarray() for name in ("in0", "in1"))
    for equation, shapes in (
        ("ij,jk->ik", ((2, 3), (3, 4))),
        ("bij,bkj->bik", ((2, 3, 4), (2, 5, 4))),
    ):
        r.symbol(f"np.einsum({equation})", mx.sym.np.einsum(equation, x, y), *shapes, numpy=True)
    r.case("npx.batch_dot", (2, 3, 4), (2, 5, 4), numpy=True, transpose_b=True)
