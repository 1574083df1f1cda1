"""What holds a graph together: constants, inputs, calls, branches, variables, tables, texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import by_hand, composed, fed, in_graph, in_session
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


def _after(action: Any) -> Any:
    """Only control edges lead from an action to the result."""

    def function(x: Any) -> Any:
        with tf.control_dependencies([action(x)]):
            return tf.identity(x) + 1

    return function


in_session("NoOp", "", _after(lambda x: tf.no_op()), X)
in_session("Assert", "", _after(lambda x: tf.debugging.Assert(tf.reduce_all(x < 9), [x])), X)

for name in ("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"):
    in_session(
        name,
        "its result is not read",
        _after(
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


def _changed(name: str, x: Any) -> Any:
    variable = R.VariableV2(shape=[], dtype=tf.float32)
    with tf.control_dependencies([R.Assign(ref=variable, value=1.0)]):
        return getattr(R, name)(ref=variable, value=tf.reduce_sum(x)) + x


# ---- calls and branches


@tf.function(autograph=False)
def _doubled(x: Any) -> Any:
    return 2 * x


composed("PartitionedCall", "", lambda x: _doubled(x) + 1, X)
composed("StatefulPartitionedCall", "nested", lambda x: _doubled(_doubled(x)), X)


def _chosen(switch: type | Any) -> Any:
    return lambda p, x: switch(p, lambda: x + 1, lambda: x * 2)


composed("StatelessIf", "", _chosen(tf.cond), np.array(True), X)
composed(
    "StatelessCase",
    "",
    lambda i, x: tf.switch_case(i, [lambda: x, lambda: x + 1, lambda: -x]),
    np.array(1, np.int32),
    X,
)
composed(
    "StatelessWhile",
    "",
    lambda n, x: tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * 1.5), [0, x])[1],
    np.array(3, np.int32),
    X,
)

# ---- branches and loops of TensorFlow 1

v1 = tf.compat.v1
YES, THREE = np.array(True), np.array(3, np.int32)


def _conditional(p: Any, x: Any) -> Any:
    return v1.cond(p, lambda: x + 1, lambda: x * 2)


def _loop(n: Any, x: Any) -> Any:
    return v1.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * 1.5), [0, x])[1]


for name in ("Switch", "Merge"):
    in_session(name, "a branch", _conditional, YES, X)
for name in ("Enter", "Exit", "LoopCond", "NextIteration"):
    in_session(name, "a loop", _loop, THREE, X)
composed("If", "", lambda p, x: _stateful(p, x), YES, X)
composed("While", "", lambda n, x: _stateful_loop(n, x), THREE, X)


def _stateful(p: Any, x: Any) -> Any:
    branches = [
        tf.function(f, autograph=False).get_concrete_function(tf.TensorSpec(None, tf.float32))
        for f in (lambda y: y + 1, lambda y: y * 2)
    ]
    then_branch, else_branch = branches
    return R.If(
        cond=p, input=[x], Tout=[tf.float32], then_branch=then_branch, else_branch=else_branch
    )


def _stateful_loop(n: Any, x: Any) -> Any:
    number, tensor = tf.TensorSpec([], tf.int32), tf.TensorSpec(None, tf.float32)
    goes_on, body = (
        tf.function(f, autograph=False).get_concrete_function(number, number, tensor)
        for f in (lambda i, m, y: i < m, lambda i, m, y: (i + 1, m, y * 1.5))
    )
    return R.While(input=[0, n, x], cond=goes_on, body=body)[2]


# ---- lists of tensors


def _array(x: Any) -> Any:
    rows = tf.TensorArray(tf.float32, size=2, element_shape=[3, 4])
    return rows.unstack(x)


in_session("TensorArrayV3", "", lambda x: _array(x).stack(), X)
in_session("TensorArrayScatterV3", "", lambda x: _array(x).stack() * 2, X)
in_session("TensorArrayGatherV3", "", lambda x: _array(x).gather([1, 0]), X)
in_session("TensorArrayReadV3", "", lambda x: _array(x).read(1), X)
in_session("TensorArrayWriteV3", "", lambda x: _written(x).stack(), X)
in_session("TensorArraySizeV3", "", lambda x: _array(x).size(), X)
in_session("TensorArrayConcatV3", "", lambda x: _array(x).concat(), X)
in_session("TensorArrayCloseV3", "", lambda x: _closed(x), X)


def _written(x: Any) -> Any:
    rows = tf.TensorArray(tf.float32, size=2, element_shape=[3, 4])
    return rows.write(1, x[0]).write(0, x[1])


def _closed(x: Any) -> Any:
    rows = _array(x)
    result = rows.stack()
    with tf.control_dependencies([rows.close()]):
        return tf.identity(result)


def _list(x: Any) -> Any:
    return R.TensorListFromTensor(tensor=x, element_shape=[3, 4])


_AS = {"element_shape": [3, 4], "element_dtype": tf.float32}
composed("TensorListFromTensor", "", lambda x: R.TensorListStack(input_handle=_list(x), **_AS), X)
composed("TensorListStack", "", lambda x: R.TensorListStack(input_handle=_list(x), **_AS) + 1, X)
composed(
    "TensorListGetItem", "", lambda x: R.TensorListGetItem(input_handle=_list(x), index=1, **_AS), X
)
composed("TensorListLength", "", lambda x: R.TensorListLength(input_handle=_list(x)), X)
composed(
    "TensorListSetItem",
    "",
    lambda x: R.TensorListStack(
        input_handle=R.TensorListSetItem(input_handle=_list(x), index=0, item=x[1]), **_AS
    ),
    X,
)
composed(
    "TensorListPushBack",
    "",
    lambda x: R.TensorListStack(
        input_handle=R.TensorListPushBack(input_handle=_list(x), tensor=x[0]), **_AS
    ),
    X,
)
composed(
    "TensorListReserve",
    "",
    lambda x: R.TensorListStack(
        input_handle=R.TensorListSetItem(
            input_handle=R.TensorListReserve(num_elements=2, **_AS), index=1, item=x[1]
        ),
        **_AS,
    ),
    X,
)
composed(
    "TensorListResize",
    "",
    lambda x: R.TensorListStack(
        input_handle=R.TensorListResize(input_handle=_list(x), size=1), **_AS
    ),
    X,
)
composed(
    "TensorListConcatV2",
    "",
    lambda x: R.TensorListConcatV2(
        input_handle=_list(x), element_shape=[3, 4], leading_dims=[], element_dtype=tf.float32
    )[0],
    X,
)

# ---- recurrent cells as one node

_W = {
    "w": numbers(7, 12),
    "wci": numbers(3),
    "wcf": numbers(3),
    "wco": numbers(3),
    "b": numbers(12),
}
composed(
    "BlockLSTM",
    "",
    lambda x: R.BlockLSTM(
        seq_len_max=5, x=x, cs_prev=tf.zeros([2, 3]), h_prev=tf.zeros([2, 3]), cell_clip=-1.0, **_W
    )[6],
    numbers(5, 2, 4),
    closed=(2,),
)
composed(
    "GRUBlockCell",
    "",
    lambda x, h: R.GRUBlockCell(
        x=x, h_prev=h, w_ru=numbers(7, 6), w_c=numbers(7, 3), b_ru=numbers(6), b_c=numbers(3)
    )[3],
    numbers(2, 4),
    numbers(2, 3),
    closed=(1,),
)

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
    in_graph(name, "only for saving", _after(build), lambda x: x + 1, X)

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

# ---- tables and texts


def _looked_up(table: Any, find: str) -> Any:
    def function(keys: Any) -> Any:
        return getattr(R, find)(table_handle=table(), keys=keys, default_value=np.int64(-1))

    return function


_KINDS = {"key_dtype": tf.int64, "value_dtype": tf.int64}
KEYS = np.array([1, 2])
for name, find in (
    ("HashTable", "LookupTableFind"),
    ("HashTableV2", "LookupTableFindV2"),
    ("MutableHashTable", "LookupTableFind"),
    ("MutableHashTableV2", "LookupTableFindV2"),
):
    made = _looked_up(lambda name=name: getattr(R, name)(**_KINDS), find)
    in_graph(name, "looked up", made, lambda keys: keys, KEYS)
    in_graph(find, f"in a {name}", made, lambda keys: keys, KEYS)
for version, ending in (("", ""), ("V2", "V2")):
    in_graph(
        f"LookupTableSize{ending}",
        "",
        lambda x, v=version: (
            getattr(R, f"LookupTableSize{v}")(table_handle=getattr(R, f"HashTable{v}")(**_KINDS))
            + x
        ),
        lambda x: x,
        KEYS,
    )
    for action in ("LookupTableImport", "LookupTableInsert"):
        in_graph(
            f"{action}{ending}",
            "before the model",
            _after(
                lambda x, v=version, a=action: getattr(R, f"{a}{v}")(
                    table_handle=getattr(R, f"MutableHashTable{v}")(**_KINDS),
                    keys=KEYS,
                    values=KEYS,
                )
            ),
            lambda x: x + 1,
            X,
        )
for name, build in {
    "StringJoin": lambda n: R.StringJoin(inputs=[tf.as_string(n), tf.constant("x")]),
    "StringLower": lambda n: R.StringLower(input=tf.as_string(n)),
    "StringSplitV2": lambda n: R.StringSplitV2(input=tf.as_string(n), sep=" ")[1],
    "StringToHashBucketFast": lambda n: R.StringToHashBucketFast(
        input=tf.as_string(n), num_buckets=9
    ),
    "StaticRegexFullMatch": lambda n: R.StaticRegexFullMatch(input=tf.as_string(n), pattern="1.*"),
    "StaticRegexReplace": lambda n: R.StaticRegexReplace(
        input=tf.as_string(n), pattern="1", rewrite="2"
    ),
    "RaggedTensorToTensor": lambda n: tf.RaggedTensor.from_row_splits(n, [0, 1, 2]).to_tensor(),
    "RaggedTensorToSparse": lambda n: (
        tf.RaggedTensor.from_row_splits(n, [0, 1, 2]).to_sparse().indices
    ),
}.items():
    composed(name, "", build, KEYS)
by_hand("TFCustomSubgraphCall", "no operation of TensorFlow", lambda x: x, X)
