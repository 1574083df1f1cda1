"""What holds a graph together: constants, inputs, calls, branches, variables, tables, texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import composed, in_session
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


def _variable(action: Any) -> Any:
    return _after(lambda x: action(_made(), tf.reduce_sum(x)))


def _made() -> Any:
    return R.VarHandleOp(dtype=tf.float32, shape=[], shared_name="v")


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
