"""Elements by their places."""

import numpy as np


def record(r):
    places = np.array([[-1, 0, 1.7], [5, 2, 1]], np.float32)
    for mode in ("clip", "wrap"):
        r.case("take", (4, 3), places, mode=mode)
        r.case("take", (2, 4, 3), places, mode=mode, axis=1)
        r.case("pick", (4, 3), np.array([0, 5, -1, 1], np.float32), mode=mode)
    r.case("take", (4, 3), np.array([2, 0], np.int32), axis=-1, name="int32")
    r.case("pick", (4, 3), np.array([0, 2, 1], np.float32), axis=0)
    r.case("pick", (4, 3), np.array([0, 2, 1, 1], np.float32), keepdims=True)
    r.case("Embedding", places, input_dim=4, output_dim=3)
    r.case("Embedding", np.array([[3, 1]], np.int32), input_dim=4, output_dim=3, name="int32")
    r.case("batch_take", (4, 3), np.array([0, 2, 1, 1], np.int32))
    r.case("one_hot", places, depth=3)
    r.case("one_hot", places, depth=4, on_value=2, off_value=-1)
    r.case("one_hot", places, depth=3, dtype="int32")
    r.case("gather_nd", (3, 4, 5), np.array([[0, 1, 2], [3, -1, 0]], np.float32))
    r.case("gather_nd", (3, 4), np.array([[[0, 1], [2, 2]], [[3, 0], [1, 0]]], np.float32))
    r.case("gather_nd", (3, 4), np.array([[0, 2]], np.float32), name="rows")
    r.case(
        "scatter_nd",
        np.array([9, 8], np.float32),
        np.array([[0, 1], [2, 1]], np.float32),
        shape=(2, 3),
    )
    r.case("scatter_nd", (2, 4), np.array([[2, 0]], np.float32), shape=(3, 4))
    r.case("contrib.index_copy", (4, 3), np.array([2, 0], np.float32), (2, 3))
    r.case("ravel_multi_index", np.array([[0, 1], [1, 2]], np.float32), shape=(2, 3))
    r.case("np.take", (4, 3), np.array([0, 3, -1], np.float32), numpy=True, axis=0, mode="clip")
    r.case("npx.pick", (4, 3), np.array([0, 2, 1, 1], np.float32), numpy=True)
    r.case("npx.one_hot", np.array([0, 2], np.float32), numpy=True, depth=3)
    r.case(
        "npx.embedding",
        np.array([[3, 1]], np.float32),
        (4, 3),
        numpy=True,
        input_dim=4,
        output_dim=3,
    )
