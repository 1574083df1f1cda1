"""Calls, branches, loops, lists of tensors, recurrent cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import composed, in_session
from tests.models.nodes import numbers

R = tf.raw_ops
X = numbers(2, 3, 4)

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
for size in (1, 4):
    composed(
        "TensorListResize",
        f"size={size}",
        lambda x, size=size: R.TensorListStack(
            input_handle=R.TensorListSetItem(
                input_handle=R.TensorListResize(input_handle=_list(x), size=size),
                index=size - 1,
                item=x[0] + 1,
            ),
            **_AS,
        )[::3],
        X,
    )
PLACES = np.array([2, 0, 1], np.int32)


def _scattered(name: str, **more: Any) -> Any:
    shape = {"element_shape": [2, 4]}
    return lambda x: R.TensorListStack(
        input_handle=getattr(R, name)(tensor=x, indices=PLACES, **shape, **more),
        element_dtype=tf.float32,
        **shape,
    )


ROWS = np.moveaxis(X, 1, 0)
composed("TensorListScatter", "", _scattered("TensorListScatter"), ROWS)
for count in (-1, 3):
    scattered = _scattered("TensorListScatterV2", num_elements=count)
    composed("TensorListScatterV2", f"num_elements={count}", scattered, ROWS)
composed(
    "TensorListScatterIntoExistingList",
    "",
    lambda x: R.TensorListStack(
        input_handle=R.TensorListScatterIntoExistingList(
            input_handle=_list(x), tensor=x[:1] + 1, indices=[1]
        ),
        **_AS,
    ),
    X,
)
composed(
    "TensorListSplit",
    "",
    lambda x: R.TensorListStack(
        input_handle=R.TensorListSplit(tensor=x[0], element_shape=[1, 4], lengths=[1, 1, 1]),
        element_shape=[1, 4],
        element_dtype=tf.float32,
    ),
    X,
)
composed(
    "TensorListConcatLists",
    "",
    lambda x: R.TensorListStack(
        input_handle=R.TensorListConcatLists(
            input_a=_list(x), input_b=_list(x + 1), element_dtype=tf.float32
        ),
        **_AS,
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
