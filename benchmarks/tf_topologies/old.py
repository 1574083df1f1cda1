"""Networks as TensorFlow 1 kept them: checkpoints beside graphs, switches of training, queues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras

from benchmarks.tf_topologies.exporting import Builder, Exported, images, v1


def _batch_norm(x: Any, name: str, training: Any) -> Any:
    layer = tf_keras.layers.BatchNormalization(name=name)
    return layer(x, training=training)


def _conv(x: Any, channels: int, size: int, name: str, stride: int = 1) -> Any:
    channels_in = int(x.shape[-1])
    kernel = v1.get_variable(f"{name}/weights", [size, size, channels_in, channels])
    return tf.nn.conv2d(x, kernel, stride, "SAME")


def _initialized(session: Any) -> None:
    session.run(v1.global_variables_initializer())
    random = np.random.default_rng(5)
    for variable in v1.global_variables():
        if "moving_mean" in variable.name or "beta" in variable.name:
            variable.load(random.normal(0, 0.1, variable.shape), session)
        if "moving_variance" in variable.name:
            variable.load(random.uniform(0.5, 1.5, variable.shape), session)


def slim(folder: Path) -> Exported:
    """An Inception block: graph, checkpoint, mean and scale, as the classic documents it."""
    with v1.Graph().as_default(), v1.Session() as session:
        source = v1.placeholder(tf.float32, [None, 32, 32, 3], name="input")
        x = tf.nn.relu(_batch_norm(_conv(source, 8, 3, "Conv1", 2), "bn1", False))
        branches = [
            tf.nn.relu(_batch_norm(_conv(x, 8, 1, "Branch_0"), "bn2", False)),
            tf.nn.relu(_batch_norm(_conv(x, 8, 3, "Branch_1"), "bn3", False)),
            _conv(tf.nn.avg_pool2d(x, 3, 1, "SAME"), 4, 1, "Branch_2"),
        ]
        x = tf.reduce_mean(tf.concat(branches, 3), [1, 2], keepdims=True)
        logits = tf.squeeze(_conv(x, 10, 1, "Logits"), [1, 2], name="SpatialSqueeze")
        result = tf.nn.softmax(logits, name="Predictions")
        _initialized(session)
        checkpoint = v1.train.Saver().save(session, str(folder / "slim.ckpt"), write_state=False)
        graph = v1.get_default_graph().as_graph_def()
        (folder / "graph.pb").write_bytes(graph.SerializeToString())
        feeds = [
            {"input": (feed["image"] + 1) * 127.5} for feed in images((32, 32), (32, 32), batch=2)
        ]
        expected = [
            [session.run(result, {source: (feed["input"] - 127.5) / 127.5})] for feed in feeds
        ]
    flags = {
        "input_model": folder / "graph.pb",
        "input_checkpoint": Path(checkpoint),
        "mean_values": "[127.5,127.5,127.5]",
        "scale": 127.5,
        "output": "Predictions",
    }
    return Exported(flags, feeds, expected)


def facenet(folder: Path) -> Exported:
    """Pictures from a queue, and a placeholder that switches training on."""
    with v1.Graph().as_default(), v1.Session() as session:
        v1.disable_control_flow_v2()
        training = v1.placeholder(tf.bool, name="phase_train")
        size = v1.placeholder(tf.int32, name="batch_size")
        queue = v1.FIFOQueue(9, [tf.float32, tf.int64], [[32, 32, 3], [1]])
        picture, _ = queue.dequeue_up_to(size, name="batch_join")
        source = tf.identity(picture, name="image_batch")

        def normalized(x: Any, name: str) -> Any:
            with v1.variable_scope(name):
                gamma, beta, mean = (
                    v1.get_variable(part, [x.shape[-1]], initializer=v1.ones_initializer())
                    for part in ("gamma", "beta", "moving_mean")
                )
                variance = v1.get_variable(
                    "moving_variance", [x.shape[-1]], initializer=v1.ones_initializer()
                )
            mean, variance = v1.cond(
                training, lambda: tf.nn.moments(x, [0, 1, 2]), lambda: (mean + 0.0, variance + 0.0)
            )
            return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-3)

        x = tf.nn.relu(normalized(_conv(source, 8, 3, "Conv1", 2), "bn1"))
        branch = tf.nn.relu(normalized(_conv(x, 4, 1, "Branch"), "bn2"))
        x = tf.nn.relu(x + 0.17 * _conv(branch, 8, 1, "Up"))
        x = tf.reduce_mean(x, [1, 2])
        kernel = v1.get_variable("Bottleneck/weights", [8, 16])
        result = tf.nn.l2_normalize(x @ kernel, 1, 1e-10, name="embeddings")
        _initialized(session)
        graph = v1.graph_util.convert_variables_to_constants(
            session, v1.get_default_graph().as_graph_def(), ["embeddings"]
        )
        (folder / "facenet.pb").write_bytes(graph.SerializeToString())
        feeds = [{"batch_join": feed["image"]} for feed in images((32, 32), (32, 32), batch=2)]
        expected = [
            [session.run(result, {picture: feed["batch_join"], training: False})] for feed in feeds
        ]
    flags = {
        "input_model": folder / "facenet.pb",
        "freeze_placeholder_with_value": "phase_train->False",
    }
    return Exported(flags, feeds, expected)


NETWORKS: dict[str, Builder] = {"slim": slim, "facenet": facenet}
