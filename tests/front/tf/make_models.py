"""Writes the small models of ``models/`` in all the forms in which TensorFlow keeps them.

Run with TensorFlow 2.21: ``python -m tests.front.tf.make_models``. The same network each time: a
convolution, a bias that is stored in two slices, a nonlinearity and a mean.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
FOLDER = Path(__file__).parent / "models"
IMAGE = np.random.default_rng(1).uniform(-1, 1, (2, 6, 5, 3)).astype(np.float32)
KERNEL = np.random.default_rng(2).uniform(-1, 1, (3, 3, 3, 4)).astype(np.float32)
BIAS = np.array([0.5, -0.25, 0.125, 1], np.float32)


def network(x: Any, kernel: Any, bias: Any) -> Any:
    y = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias))
    return tf.reduce_mean(y, [1, 2], name="mean")


def frozen() -> None:
    graph = tf.function(lambda image: network(image, KERNEL, BIAS)).get_concrete_function(
        tf.TensorSpec([None, 6, 5, 3], name="image")
    )
    message = graph.graph.as_graph_def()
    (FOLDER / "frozen.pb").write_bytes(message.SerializeToString())
    tf.io.write_graph(message, str(FOLDER), "frozen.pbtxt", as_text=True)


def _bias_part(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
    start = partition_info.var_offset[0]
    return tf.constant(BIAS[start : start + shape[0]])


def with_checkpoint(version: int) -> None:
    """A graph, its meta graph and its checkpoint; the bias is one tensor in two variables."""
    v1.reset_default_graph()
    with v1.Graph().as_default(), v1.Session() as session:
        image = v1.placeholder(tf.float32, [None, 6, 5, 3], name="image")
        resource = version == 2
        kernel = v1.get_variable("kernel", initializer=KERNEL, use_resource=resource)
        bias = v1.get_variable(
            "bias",
            [4],
            initializer=_bias_part,
            partitioner=v1.fixed_size_partitioner(2),
            use_resource=resource,
        )
        network(image, kernel, tf.convert_to_tensor(bias))
        session.run(v1.global_variables_initializer())
        saver = v1.train.Saver(write_version=version)
        name = f"checkpoint_v{version}"
        saver.save(session, str(FOLDER / name), write_state=False)
        graph = v1.get_default_graph().as_graph_def()
        (FOLDER / f"{name}.pb").write_bytes(graph.SerializeToString())


class Module(tf.Module):
    """Two variables of one name, one function calling another, two signatures."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = tf.Variable(KERNEL, name="weights")
        self.bias = tf.Variable(BIAS, name="weights")

    @tf.function
    def inner(self, x: Any) -> Any:
        return network(x, self.kernel, self.bias)

    @tf.function(input_signature=[tf.TensorSpec([None, 6, 5, 3], name="image")])
    def serve(self, image: Any) -> dict[str, Any]:
        return {"mean": self.inner(image), "double": self.inner(image) * 2}

    @tf.function(input_signature=[tf.TensorSpec([None, 6, 5, 3], name="image")])
    def flipped(self, image: Any) -> Any:
        return self.inner(-image)


def saved_model() -> None:
    module = Module()
    signatures = {"serving_default": module.serve, "flipped": module.flipped}
    tf.saved_model.save(module, str(FOLDER / "saved_model"), signatures)
    shutil.rmtree(FOLDER / "saved_model/assets", ignore_errors=True)
    (FOLDER / "saved_model/fingerprint.pb").unlink(missing_ok=True)


def old_saved_model() -> None:
    with v1.Graph().as_default(), v1.Session() as session:
        image = v1.placeholder(tf.float32, [None, 6, 5, 3], name="image")
        kernel = v1.get_variable("kernel", initializer=KERNEL, use_resource=False)
        mean = network(image, kernel, v1.get_variable("bias", initializer=BIAS))
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(
            session, str(FOLDER / "old_saved_model"), {"image": image}, {"mean": mean}
        )
        (FOLDER / "old_saved_model/fingerprint.pb").unlink(missing_ok=True)


def many_operations() -> None:
    """Functions that branch, loop and collect tensors: what damage may meet in a graph."""

    def step(i: Any, x: Any, rows: Any) -> tuple[Any, Any, Any]:
        return i + 1, x * 0.5, rows.write(i, x[0])

    @tf.function(input_signature=[tf.TensorSpec([None, 4], name="x")])
    def compute(x: Any) -> Any:
        rows = tf.TensorArray(tf.float32, 3)
        _, x, rows = tf.while_loop(lambda i, x, rows: i < 3, step, [0, x, rows])
        y = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.nn.softmax(x), lambda: x[:, ::-1])
        values, places = tf.math.top_k(y, 2)
        z = tf.einsum("ij,jk->ik", tf.concat([y, rows.stack()], 0), tf.ones([4, 3]))
        z = tf.gather(tf.pad(z, [[0, 1], [1, 0]]), places[:, 0])
        image = tf.reshape(tf.tile(z, [1, 4])[:1], [1, 4, 4, 1])
        image = tf.nn.max_pool2d(tf.image.resize(image, [6, 6]), 2, 2, "VALID")
        split = tf.split(tf.transpose(image, [0, 3, 1, 2]), 3, axis=2)
        return values, tf.where(z > 0, z, tf.cast(places, tf.float32)[:, :1]), split[1]

    message = compute.get_concrete_function().graph.as_graph_def()
    (FOLDER / "operations.pb").write_bytes(message.SerializeToString())


def old_loops() -> None:
    """Loops, branches and lists of TensorFlow 1."""
    v1.disable_control_flow_v2()
    with v1.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, 4, 3], name="x")
        positive = v1.placeholder(tf.bool, [], name="positive")
        rows = tf.TensorArray(tf.float32, 4).unstack(tf.transpose(x, [1, 0, 2]))

        def step(i: Any, h: Any, out: Any) -> tuple[Any, Any, Any]:
            z = tf.matmul(
                tf.concat([rows.read(i), h], 1), tf.constant(KERNEL[0, :2, :, :3].reshape(6, 3))
            )
            h = v1.cond(positive, lambda: tf.tanh(z), lambda: v1.cond(i < 2, lambda: z, lambda: h))
            return i + 1, h, out.write(i, h)

        start = [0, tf.zeros_like(x[:, 0]), tf.TensorArray(tf.float32, 4)]
        *_, out = v1.while_loop(lambda i, *_: i < 4, step, start)
        tf.identity(out.stack(), name="y")
        (FOLDER / "loops.pb").write_bytes(graph.as_graph_def().SerializeToString())


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    expected = network(IMAGE, KERNEL, BIAS).numpy()
    np.savez(FOLDER / "expected.npz", image=IMAGE, mean=expected)
    frozen()
    many_operations()
    old_loops()
    with_checkpoint(1)
    with_checkpoint(2)
    saved_model()
    old_saved_model()


if __name__ == "__main__":
    main()
