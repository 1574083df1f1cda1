"""Operations that pick elements and put them, and tables of rows."""

from __future__ import annotations

import numpy as np

from tests.classic.operation_cases import Cases, fixed, numbers, whole

CASES = Cases()
X = numbers(2, 3, 4)
IMAGE = numbers(2, 4, 6, 6)

# ---- picking and putting
_rows = whole(2, 2, high=3)
CASES.add(
    "extensions.ops.gather.Gather", (X, fixed([2, 0]), fixed(1)), lambda x, i, a: np.take(x, i, a)
)
CASES.add(
    "extensions.ops.gather.Gather",
    (X, _rows, fixed(1)),
    lambda x, i, a: np.stack([x[b, i[b]] for b in range(2)]),
    batch_dims=1,
)
CASES.add(
    "extensions.ops.gather.AttributedGather",
    (X, fixed([2, 0])),
    lambda x, i: np.take(x, i, 2),
    axis=2,
)
CASES.add(
    "extensions.ops.gatherelements.GatherElements",
    (X, whole(2, 2, 4, high=3)),
    lambda x, i: np.take_along_axis(x, i, 1),
    axis=1,
)
CASES.add(
    "extensions.ops.gathernd.GatherND",
    (X, fixed([[0, 1], [1, 2]])),
    lambda x, i: np.stack([x[0, 1], x[1, 2]]),
)
CASES.add(
    "extensions.ops.gathernd.GatherND",
    (X, whole(2, 1, high=3)),
    lambda x, i: np.stack([x[b, i[b, 0]] for b in range(2)]),
    batch_dims=1,
)
CASES.add(
    "extensions.ops.scatter.ScatterElementsUpdate",
    (X, fixed([[[0, 1, 2, 0]]] * 2), fixed(np.ones((2, 1, 4))), fixed(1)),
    lambda x, i, u, a: _put(x, i, u),
)
CASES.add(
    "extensions.ops.scatter.ScatterUpdate",
    (X, fixed([2]), numbers(2, 1, 4, seed=5), fixed(1)),
    lambda x, i, u, a: np.concatenate([x[:, :2], u], 1),
)
CASES.add(
    "extensions.ops.scatternd.ScatterNDUpdate",
    (X, fixed([[0, 1]]), fixed(np.ones((1, 4)))),
    lambda x, i, u: np.where(np.arange(6).reshape(2, 3, 1) == 1, np.float32(1), x),
)
CASES.add(
    "extensions.ops.one_hot.OneHot",
    (whole(2, 3, high=4), fixed(4), fixed(2.0), fixed(-1.0)),
    lambda x, d, on, off: np.where(x[..., None] == np.arange(d), on, off),
)
CASES.add(
    "extensions.ops.reverse_sequence.ReverseSequence",
    (X, whole(2, low=3, high=4)),
    lambda x, n: x[:, ::-1],
    seq_axis=1,
    batch_axis=0,
)
CASES.add("extensions.ops.Reverse.Reverse", (X, fixed([1])), lambda x, a: x[:, ::-1])
CASES.add("extensions.ops.Reverse.Reverse", X, lambda x: x[..., ::-1], axis=2)
CASES.add(
    "extensions.ops.roll.Roll",
    (X, fixed([1, -1]), fixed([1, 2])),
    lambda x, *_: np.roll(x, (1, -1), (1, 2)),
)
CASES.add("extensions.ops.roll.AttributedRoll", X, lambda x: np.roll(x, 1, 2), shift=[1], axes=[2])
CASES.add("extensions.ops.roll.AttributedRoll", X, lambda x: np.roll(x, 5), shift=[5])
CASES.add(
    "extensions.ops.shufflechannel.ShuffleChannels", IMAGE, lambda x: x[:, [0, 2, 1, 3]], group=2
)


def _put(x: np.ndarray, indices: np.ndarray, updates: np.ndarray) -> np.ndarray:
    found = x.copy()
    np.put_along_axis(found, indices, updates, 1)
    return found


# ---- sparse rows and tables
_table = numbers(5, 3)
CASES.add(
    "extensions.ops.embedding_bag.EmbeddingBagPackedSum",
    (_table, fixed([[0, 2], [4, 4]])),
    lambda t, i: t[i].sum(1),
)
CASES.add(
    "extensions.ops.embedding_bag.EmbeddingBagOffsetsSum",
    (_table, fixed([0, 2, 4]), fixed([0, 2])),
    lambda t, *_: np.stack([t[0] + t[2], t[4]]),
)
CASES.add(
    "extensions.ops.embedding_bag.EmbeddingSegmentsSum",
    (_table, fixed([0, 2, 4]), fixed([0, 0, 1]), fixed(2)),
    lambda t, *_: np.stack([t[0] + t[2], t[4]]),
)
for _kind, _scale in (("sum", 1), ("mean", 2), ("sqrtn", np.sqrt(2))):
    _name = {"sum": "Sum", "mean": "Mean", "sqrtn": "SqrtN"}[_kind]
    CASES.add(
        f"extensions.ops.sparse_segment_{_kind}.SparseSegment{_name}",
        (_table, fixed([0, 2, 4]), fixed([0, 0, 1])),
        lambda t, *_, s=_scale: np.stack([(t[0] + t[2]) / s, t[4]]),
    )
CASES.add(
    "extensions.ops.sparse_reshape.SparseReshape",
    (fixed([[0, 1], [1, 2]]), fixed([2, 3]), fixed([3, -1])),
    lambda i, *_: (np.array([[0, 1], [2, 1]]), np.array([3, 2])),
    (0, 1),
)
CASES.add(
    "extensions.ops.sparse_fill_empty_rows.SparseFillEmptyRows",
    (fixed([[0, 1], [2, 0]]), numbers(2), fixed([3, 2]), fixed(9.0)),
    lambda i, v, s, d: (
        np.array([[0, 1], [1, 0], [2, 0]]),
        np.array([v[0], d, v[1]]),
        np.array([False, True, False]),
    ),
    (0, 1, 2),
    opens=False,
)
