"""What holds a graph together: constants, inputs, variables; and random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import composed, fed, in_graph, in_session
from tests.models.nodes import numbers

R = tf.raw_ops
X = numbers(2, 3, 4)

# ---- constants, inputs, what leads nowhere


def _with_constant(values: np.ndarray) -> Any:
    return lambda x: [tf.constant(values), x]


for kind in (np.float32, np.float16, np.float64, np.int32, np.int64, np.int8, np.uint8, np.bool_):
    values = np.array([[0, 1], [2, 3]]).astype(kind)
    composed("Const", kind.__name__, _with_constant(values), X)
composed("Const", "one number for all", lambda x: x * tf.constant(2.0, shape=[3, 4]), X)
composed("Const", "texts", lambda x: [tf.constant(["a", "b"]), x], X)
composed("Placeholder", "", lambda x: x + 1, X)
in_session(
    "PlaceholderWithDefault",
    "",
    lambda x: x + tf.compat.v1.placeholder_with_default(np.float32(2), []),
    X,
)


def after(action: Any) -> Any:
    """Only control edges lead from an action to the result."""

    def function(x: Any) -> Any:
        with tf.control_dependencies([action(x)]):
            return tf.identity(x) + 1

    return function


in_session("NoOp", "", after(lambda x: tf.no_op()), X)
in_session("Assert", "", after(lambda x: tf.debugging.Assert(tf.reduce_all(x < 9), [x])), X)

for name in ("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"):
    in_session(
        name,
        "its result is not read",
        after(
            lambda x, name=name: tf.group(
                _assigned(name, R.VarHandleOp(dtype=tf.float32, shape=[], shared_name=name), x)
            )
        ),
        X,
    )


def _assigned(name: str, handle: Any, x: Any) -> Any:
    first = R.AssignVariableOp(resource=handle, value=tf.reduce_sum(x))
    with tf.control_dependencies([first]):
        return getattr(R, name)(resource=handle, value=tf.reduce_sum(x))


in_session(
    "Assign",
    "its result is read",
    lambda x: R.Assign(ref=R.VariableV2(shape=[], dtype=tf.float32), value=tf.reduce_sum(x)) + x,
    X,
)
for name in ("AssignAdd", "AssignSub"):
    in_session(name, "its result is read", lambda x, name=name: _changed(name, x), X)
    for note, count in (("several in a row", 3), ("read by a control edge", 1)):
        in_session(
            name,
            note,
            lambda x, name=name, count=count: _changed_and_read(name, x, count),
            X,
        )


def _changed(name: str, x: Any) -> Any:
    variable = R.VariableV2(shape=[], dtype=tf.float32)
    with tf.control_dependencies([R.Assign(ref=variable, value=1.0)]):
        return getattr(R, name)(ref=variable, value=tf.reduce_sum(x)) + x


def _changed_and_read(name: str, x: Any, count: int) -> Any:
    variable = R.VariableV2(shape=[], dtype=tf.float32)
    last = R.Assign(ref=variable, value=1.0)
    for number in range(count):
        with tf.control_dependencies([last]):
            last = getattr(R, name)(ref=variable, value=tf.reduce_sum(x) + number)
    with tf.control_dependencies([last]):
        return tf.identity(variable) * x


_ROWS = numbers(3, 4)


def _scattered(name: str, x: Any, indices: Any, updates: Callable[[Any], Any]) -> Any:
    """Rows or elements of a variable of TensorFlow 1, or of a resource."""
    if name.startswith("Resource"):
        handle = R.VarHandleOp(dtype=tf.float32, shape=[3, 4], shared_name=name)
        start = R.AssignVariableOp(resource=handle, value=_ROWS)
    else:
        handle = R.VariableV2(shape=[3, 4], dtype=tf.float32)
        start = R.Assign(ref=handle, value=_ROWS)
    kind = "resource" if name.startswith("Resource") and "Nd" not in name else "ref"
    with tf.control_dependencies([start]):
        done = getattr(R, name)(**{kind: handle}, indices=indices, updates=updates(x))
    with tf.control_dependencies([done]):
        is_handle = name.startswith("Resource")
        now = R.ReadVariableOp(resource=handle, dtype=tf.float32) if is_handle else handle
        return now * tf.reduce_max(x)


for name in (f"Scatter{kind}" for kind in ("Update", "Add", "Sub", "Max", "Min", "Mul", "Div")):
    for full_name in (name, f"Resource{name}"):
        in_session(
            full_name,
            "rows",
            lambda x, name=full_name: _scattered(name, x, [2, 0], lambda x: x[:, 0]),
            X,
        )
in_session(
    "ScatterAdd", "a grid of indices", lambda x: _scattered("ScatterAdd", x, [[2], [2]], _grid), X
)
in_session(
    "ScatterAdd",
    "one number for all",
    lambda x: _scattered("ScatterAdd", x, [2, 0], tf.reduce_sum),
    X,
)
for name in (f"ScatterNd{kind}" for kind in ("Update", "Add", "Sub", "Max", "Min")):
    for full_name in (name, f"Resource{name}"):
        in_session(
            full_name,
            "elements",
            lambda x, name=full_name: _scattered(name, x, [[2, 1], [0, 3]], lambda x: x[:, 0, 0]),
            X,
        )


def _grid(x: Any) -> Any:
    return x[:, :1]


# ---- data from outside


def _queue(read: str, **more: Any) -> Any:
    def function() -> Any:
        queue = R.FIFOQueueV2(component_types=[tf.float32], shapes=[[3, 4]])
        return getattr(R, read)(handle=queue, component_types=[tf.float32], **more)[0] + 1

    return function


def _plus_one(x: np.ndarray) -> np.ndarray:
    return x + 1


fed("FIFOQueueV2", "", _queue("QueueDequeueV2"), _plus_one, X[0])
fed("QueueDequeueV2", "", _queue("QueueDequeueV2"), _plus_one, X[0])
fed("QueueDequeueManyV2", "", _queue("QueueDequeueManyV2", n=2), _plus_one, X)
fed("QueueDequeueUpToV2", "", _queue("QueueDequeueUpToV2", n=2), _plus_one, X)


def _old_queue(read: str, **more: Any) -> Any:
    def function() -> Any:
        queue = R.FIFOQueue(component_types=[tf.float32], shapes=[[3, 4]])
        return getattr(R, read)(handle=queue, component_types=[tf.float32], **more)[0] + 1

    return function


fed("QueueDequeue", "", _old_queue("QueueDequeue"), _plus_one, X[0])
fed("QueueDequeueMany", "", _old_queue("QueueDequeueMany", n=2), _plus_one, X)
fed("QueueDequeueUpTo", "", _old_queue("QueueDequeueUpTo", n=2), _plus_one, X)


def _iterator() -> Any:
    kinds, shapes = [tf.float32, tf.int64], [[3, 4], [None]]
    iterator = R.IteratorV2(shared_name="", container="", output_types=kinds, output_shapes=shapes)
    image, label = R.IteratorGetNext(iterator=iterator, output_types=kinds, output_shapes=shapes)
    return image + 1, label + 1


fed("IteratorGetNext", "", _iterator, lambda x, n: (x + 1, n + 1), X[0], np.array([3, 4]))

# ---- variables: their values come from a checkpoint or from freezing

for name in ("Variable", "VariableV2", "VarHandleOp", "ReadVariableOp"):
    in_session(name, "without a value", lambda x, name=name: _without_value(name, x), X)


def _without_value(name: str, x: Any) -> Any:
    if name == "Variable":
        return R.Variable(shape=[], dtype=tf.float32) + x
    if name == "VariableV2":
        return R.VariableV2(shape=[], dtype=tf.float32) + x
    handle = R.VarHandleOp(dtype=tf.float32, shape=[], shared_name="v")
    return R.ReadVariableOp(resource=handle, dtype=tf.float32) + x


in_session(
    "ResourceGather",
    "without a value",
    lambda i: R.ResourceGather(
        resource=R.VarHandleOp(dtype=tf.float32, shape=[5, 2], shared_name="v"),
        indices=i,
        dtype=tf.float32,
    ),
    np.array([1, 0], np.int32),
)
in_session(
    "VarIsInitializedOp",
    "taken for true",
    lambda x: R.SelectV2(
        condition=tf.logical_or(
            R.VarIsInitializedOp(
                resource=R.VarHandleOp(dtype=tf.float32, shape=[], shared_name="v")
            ),
            True,
        ),
        t=x,
        e=-x,
    ),
    X,
)
in_session(
    "IsVariableInitialized",
    "taken for true",
    lambda x: R.SelectV2(
        condition=tf.logical_or(
            R.IsVariableInitialized(ref=R.VariableV2(shape=[], dtype=tf.float32)), True
        ),
        t=x,
        e=-x,
    ),
    X,
)
for name, build in {
    "SaveV2": lambda x: R.SaveV2(
        prefix="p", tensor_names=["x"], shape_and_slices=[""], tensors=[x]
    ),
    "RestoreV2": lambda x: R.RestoreV2(
        prefix="p", tensor_names=["x"], shape_and_slices=[""], dtypes=[tf.float32]
    )[0],
    "MergeV2Checkpoints": lambda x: R.MergeV2Checkpoints(
        checkpoint_prefixes=["p"], destination_prefix="q"
    ),
    "ShardedFilename": lambda x: R.ShardedFilename(basename="p", shard=0, num_shards=1),
}.items():
    in_graph(name, "only for saving", after(build), lambda x: x + 1, X)

# ---- random numbers: of their shape and within their limits


def _within(values: Any, low: float, high: float) -> list[Any]:
    return [tf.shape(values), tf.reduce_all((values >= low) & (values < high))]


composed(
    "RandomUniform",
    "its limits",
    lambda x: _within(R.RandomUniform(shape=tf.shape(x), dtype=tf.float32, seed=1), 0, 1),
    X,
)
composed(
    "RandomUniformInt",
    "its limits",
    lambda x: _within(R.RandomUniformInt(shape=tf.shape(x), minval=3, maxval=7, seed=1), 3, 7),
    X,
)
composed(
    "Multinomial",
    "of what is almost certain",
    lambda x: R.Multinomial(logits=x, num_samples=3, seed=1),
    np.array([[0, 99, 0], [99, 0, 0]], np.float32),
)
