"""Reductions, orders, products, normalisations."""

from __future__ import annotations

import numpy as np

from tests.classic.operation_cases import Cases, fixed, numbers

CASES = Cases()
X = numbers(2, 3, 4)
IMAGE = numbers(2, 4, 5, 6)

# ---- reductions
for _name, _function in (
    ("ReduceL1", lambda x, axis, keepdims: np.abs(x).sum(axis, keepdims=keepdims)),
    ("ReduceL2", lambda x, axis, keepdims: np.sqrt((x * x).sum(axis, keepdims=keepdims))),
    ("ReduceMax", np.max),
    ("ReduceMean", np.mean),
    ("ReduceMin", np.min),
    ("ReduceProd", np.prod),
    ("ReduceSum", np.sum),
):
    CASES.add(
        f"extensions.ops.ReduceOps.{_name}",
        (IMAGE, fixed([2, 3])),
        lambda x, a, f=_function: f(x, axis=(2, 3), keepdims=False),
    )
    CASES.add(
        f"extensions.ops.ReduceOps.{_name}",
        (X, fixed([1])),
        lambda x, a, f=_function: f(x, axis=1, keepdims=True),
        keep_dims=True,
    )
for _name, _function in (("And", np.all), ("LogicalAnd", np.all), ("LogicalOr", np.any)):
    CASES.add(
        f"extensions.ops.ReduceOps.Reduce{_name}",
        (X > 0, fixed([1])),
        lambda x, a, f=_function: f(x, axis=1),
    )
CASES.add("extensions.ops.ReduceOps.ReduceSum", X, lambda x: x.sum((1, 2)), axis=[1, 2])


# ---- along an axis
def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


CASES.add("mo.ops.softmax.Softmax", X, lambda x: softmax(x, 1))
CASES.add("mo.ops.softmax.Softmax", X, lambda x: softmax(x, 2), axis=-1)
CASES.add("mo.ops.softmax.SoftmaxONNX", X, lambda x: softmax(x.reshape(2, 12), 1).reshape(x.shape))
CASES.add("mo.ops.log_softmax.LogSoftmax", X, lambda x: np.log(softmax(x, 1)))
CASES.add(
    "mo.ops.log_softmax.LogSoftmaxONNX",
    X,
    lambda x: np.log(softmax(x.reshape(2, 12), 1)).reshape(x.shape),
)
CASES.add("extensions.ops.cumsum.CumSum", (X, fixed(1)), lambda x, a: np.cumsum(x, 1))
CASES.add(
    "extensions.ops.cumsum.CumSum",
    (X, fixed(2)),
    lambda x, a: np.cumsum(x[..., ::-1], 2)[..., ::-1] - x,
    exclusive=True,
    reverse=True,
)
CASES.add("extensions.ops.cumsum.MXNetCumSum", X, lambda x: np.cumsum(x, 1), axis=1)
CASES.add(
    "extensions.ops.topk.TopK",
    (X, fixed(2)),
    lambda x, k: (-np.sort(-x, 2)[..., :2], np.argsort(-x, 2)[..., :2]),
    (0, 1),
    axis=-1,
    sort="value",
)
CASES.add(
    "extensions.ops.argmax.ArgMaxOp",
    X,
    lambda x: np.argsort(-x, 1)[:, :2],
    axis=1,
    top_k=2,
    out_max_val=0,
)
CASES.add(
    "extensions.ops.argmax.ArgMaxOp",
    (X, fixed(2)),
    lambda x, a: x.argmax(2)[..., None],
    top_k=1,
    out_max_val=0,
)
CASES.add(
    "extensions.ops.argmin.ArgMinOp", (X, fixed(2)), lambda x, a: x.argmin(2)[..., None], top_k=1
)
CASES.add(
    "extensions.ops.bucketize.Bucketize",
    (X, fixed([-1.0, 0.0, 1.0])),
    lambda x, b: np.digitize(x, b, right=True),
    with_right_bound=True,
    output_type=np.int32,
)
CASES.add(
    "extensions.ops.non_zero.NonZero",
    np.float32([[0, 1], [2, 0]]),
    lambda x: np.stack(np.nonzero(x)),
    output_type=np.int64,
)
CASES.add(
    "extensions.ops.unique.Unique",
    np.float32([3, 1, 3, 2]),
    lambda x: np.unique(x, return_inverse=True, return_counts=True),
    (0, 1, 2),
    sorted="true",
    return_inverse="true",
    return_counts="true",
    opens=False,
)

# ---- products
CASES.add("extensions.ops.MatMul.MatMul", (X, fixed(numbers(4, 5))), np.matmul)
CASES.add(
    "extensions.ops.MatMul.MatMul",
    (X, fixed(numbers(5, 4, seed=6))),
    lambda a, b: a @ b.T,
    transpose_b=True,
)
CASES.add("extensions.ops.MatMul.Gemm", (numbers(2, 3), fixed(numbers(3, 4))), np.matmul)
CASES.add(
    "extensions.ops.MatMul.GemmONNX",
    (numbers(2, 3), fixed(numbers(4, 3)), fixed(numbers(4))),
    lambda a, b, c: 2 * a @ b.T + 3 * c,
    transpose_b=True,
    alpha=2.0,
    beta=3.0,
)
_weights = numbers(5, 12)
CASES.add(
    "extensions.ops.MatMul.FullyConnected",
    (X, fixed(_weights), fixed(numbers(5))),
    lambda x, w, b: x.reshape(2, 12) @ w.T + b,
    **{"out-size": 5},
)
CASES.add(
    "extensions.ops.einsum.Einsum",
    (X, fixed(numbers(4, 5))),
    lambda x, y: x @ y,
    equation="abc,cd->abd",
)


# ---- normalisations
def standard(x: np.ndarray, axes: tuple[int, ...], eps: float) -> np.ndarray:
    mean = x.mean(axes, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axes, keepdims=True) + eps)


def column(value: np.ndarray) -> np.ndarray:
    return value[:, None, None]


CASES.add(
    "extensions.ops.mvn.MVN",
    (IMAGE, fixed([2, 3])),
    lambda x, a: standard(x, (2, 3), 1e-3),
    eps=1e-3,
    eps_mode="inside_sqrt",
    normalize_variance=1,
)
CASES.add(
    "extensions.ops.mvn.MVN",
    (IMAGE, fixed([1])),
    lambda x, a: x - x.mean(1, keepdims=True),
    eps=1e-3,
    eps_mode="inside_sqrt",
    normalize_variance=0,
)
CASES.add(
    "extensions.ops.mvn.MVNOnnx",
    IMAGE,
    lambda x: standard(x, (0, 2, 3), 1e-3),
    eps=1e-3,
    eps_mode="inside_sqrt",
    normalize_variance=1,
    axes=np.array([0, 2, 3]),
)
CASES.add(
    "extensions.ops.mvn.MVNCaffe",
    IMAGE,
    lambda x: standard(x, (1, 2, 3), 1e-9),
    normalize_variance=1,
    across_channels=1,
)
CASES.add(
    "extensions.ops.mvn.MVNCaffe",
    IMAGE,
    lambda x: standard(x, (2, 3), 1e-9),
    normalize_variance=1,
    across_channels=0,
)
_gamma, _beta, _mean = (fixed(numbers(4, seed=s)) for s in (3, 4, 5))
_var = fixed(numbers(4, low=0.5))
CASES.add(
    "mo.ops.group_norm.GroupNorm",
    (IMAGE, _gamma, _beta),
    lambda x, g, b: (
        standard(x.reshape(2, 2, -1), (2,), 1e-3).reshape(x.shape) * column(g) + column(b)
    ),
    num_groups=2,
    eps=1e-3,
)
CASES.add(
    "extensions.ops.instance_normalization.InstanceNormalization",
    (IMAGE, _gamma, _beta),
    lambda x, g, b: standard(x, (2, 3), 1e-3) * column(g) + column(b),
    epsilon=1e-3,
)
CASES.add(
    "extensions.ops.BatchNormInference.BatchNormInference",
    (IMAGE, _gamma, _beta, _mean, _var),
    lambda x, g, b, m, v: (x - column(m)) / np.sqrt(column(v) + 1e-3) * column(g) + column(b),
    eps=1e-3,
)
CASES.add(
    "extensions.ops.BN.BN",
    (IMAGE, _gamma, _beta, _mean, _var),
    lambda x, g, b, m, v: (x - column(m)) / np.sqrt(column(v) + 1e-3) * column(g) + column(b),
    eps=1e-3,
)
CASES.add(
    "extensions.ops.normalize_l2.NormalizeL2Op",
    (IMAGE, fixed([1])),
    lambda x, a: x / np.sqrt((x * x).sum(1, keepdims=True) + 1e-3),
    eps=1e-3,
    eps_mode="add",
)
CASES.add(
    "extensions.ops.normalize.NormalizeOp",
    (IMAGE, _gamma),
    lambda x, w: x / np.sqrt((x * x).sum(1, keepdims=True) + 1e-3) * column(w),
    eps=1e-3,
    across_spatial=0,
    channel_shared=0,
)
CASES.add(
    "extensions.ops.normalize.NormalizeOp",
    (IMAGE, fixed([2.0])),
    lambda x, w: x / np.sqrt((x * x).sum((1, 2, 3), keepdims=True) + 1e-3) * w,
    eps=1e-3,
    across_spatial=1,
    channel_shared=1,
)


def response(
    x: np.ndarray, axes: tuple[int, ...], alpha: float, beta: float, bias: float
) -> np.ndarray:
    """With a window of 3 along each axis."""
    total = x * x
    for axis in axes:
        pads = [(1, 1) if a == axis else (0, 0) for a in range(x.ndim)]
        padded = np.pad(total, pads)
        total = sum(np.take(padded, range(s, s + x.shape[axis]), axis) for s in range(3))
    return x / (bias + alpha / 3 ** len(axes) * total) ** beta


CASES.add(
    "mo.ops.lrn.LRN",
    (IMAGE, fixed([1])),
    lambda x, a: response(x, (1,), 0.5, 0.75, 1),
    alpha=0.5,
    beta=0.75,
    bias=1.0,
    size=3,
)
CASES.add(
    "mo.ops.lrn.AttributedLRN",
    IMAGE,
    lambda x: response(x, (1,), 0.5, 0.75, 1),
    alpha=0.5,
    beta=0.75,
    local_size=3,
)
CASES.add(
    "mo.ops.lrn.AttributedLRN",
    IMAGE,
    lambda x: response(x, (2, 3), 0.5, 0.75, 1),
    alpha=0.5,
    beta=0.75,
    local_size=3,
    region="same",
)
CASES.add(
    "extensions.ops.grn.GRNOp",
    IMAGE,
    lambda x: x / np.sqrt((x * x).sum(1, keepdims=True) + 0.5),
    bias=0.5,
)
CASES.add(
    "extensions.ops.pnorm.PNormOp",
    numbers(2, 6),
    lambda x: np.sqrt((x.reshape(2, 2, 3) ** 2).sum(2)),
    group=3,
    p=2,
)
