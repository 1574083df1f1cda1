"""Networks of images of the documentation, converted with exactly the flags that it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.front.tf.cells import weights
from tests.front.tf.recurrent_networks import variable
from tests.front.tf.sessions import Session, converted, same

v1 = tf.compat.v1


def drawn(*shape: int, low: float = -1, high: float = 1) -> np.ndarray:
    return np.random.default_rng(list(shape)).uniform(low, high, shape).astype(np.float32)


# ---- TF-Slim: a graph whose batch is open, its checkpoint, mean and scale


def normalized(x: Any, name: str) -> Any:
    parts = (variable(f"{name}/{part}", x.shape[-1]) for part in ("gamma", "beta", "moving_mean"))
    variance = tf.abs(variable(f"{name}/moving_variance", x.shape[-1])) + 0.5
    return v1.nn.fused_batch_norm(x, *parts, variance, epsilon=1e-3, is_training=False)[0]


def conv(x: Any, size: int, outputs: int, name: str, stride: int = 1) -> Any:
    kernel = variable(f"{name}/weights", size, size, int(x.shape[-1]), outputs)
    return tf.nn.relu(normalized(tf.nn.conv2d(x, kernel, stride, "SAME"), f"{name}/BatchNorm"))


def inception() -> Any:
    """One block of Inception v1 between a stem and its classifier."""
    x = v1.placeholder(tf.float32, [None, 32, 32, 3], "input")
    x = tf.nn.max_pool2d(conv(x, 7, 8, "Conv2d_1a_7x7", 2), 3, 2, "SAME")
    branches = [
        conv(x, 1, 8, "Branch_0"),
        conv(conv(x, 1, 4, "Branch_1_a"), 3, 8, "Branch_1_b"),
        conv(tf.nn.max_pool2d(x, 3, 1, "SAME"), 1, 4, "Branch_3"),
    ]
    x = tf.nn.avg_pool2d(tf.concat(branches, 3), 8, 1, "VALID")
    logits = tf.nn.conv2d(x, variable("Logits/weights", 1, 1, 20, 10), 1, "SAME")
    flat = tf.reshape(tf.squeeze(logits, [1, 2]), [-1, 10])
    shape = tf.shape(tf.squeeze(logits, [1, 2]))
    return tf.reshape(tf.nn.softmax(flat), shape, name="InceptionV1/Logits/Predictions/Reshape_1")


def test_slim(tmp_path: Path) -> None:
    session = Session(tmp_path, inception)
    model = converted(
        tmp_path,
        *("--input_model", session.plain()),
        *("--input_checkpoint", session.checkpoint("inception_v1.ckpt", version=1)),
        *("-b", 1, "--mean_value", "[127.5,127.5,127.5]", "--scale", 127.5),
    )
    assert model.inputs[0].shape == [1, 32, 32, 3]
    image = drawn(1, 32, 32, 3, low=0, high=255)
    same(model, session.results({"input": (image - 127.5) / 127.5}), [image])


# ---- quantised MobileNet: the frozen graphs of TF-Lite's hosted models


def quantised_mobilenet() -> Any:
    x = v1.placeholder(tf.float32, [None, None, None, 3], "input")
    fake = tf.quantization.fake_quant_with_min_max_vars
    for number, (inputs, outputs, stride) in enumerate([(3, 8, 2), (8, 16, 1), (16, 16, 2)]):
        kernel = fake(weights(3, 3, inputs, outputs, seed=number), -0.6, 0.55, narrow_range=True)
        x = tf.nn.conv2d(x, kernel, stride, "SAME")
        x = fake(tf.nn.relu6(tf.nn.bias_add(x, weights(outputs))), 0.0, 6.0)
    x = tf.reduce_mean(x, [1, 2])
    return tf.nn.softmax(tf.matmul(x, weights(16, 5)), name="MobilenetV1/Predictions/Reshape_1")


def test_quantised_mobilenet(tmp_path: Path) -> None:
    session = Session(tmp_path, quantised_mobilenet)
    model = converted(
        tmp_path,
        *("--input_model", session.plain()),
        *("--input", "input", "--input_shape", "[1,32,32,3]"),
    )
    image = drawn(1, 32, 32, 3)
    (found,) = model([image]).values()
    (wanted,) = session.results({"input": image})
    # A number amid two of the 256 steps may fall to either of them.
    np.testing.assert_allclose(found, wanted, atol=4e-3)


# ---- FaceNet: pictures from a queue, a placeholder that switches training on


def facenet() -> Any:
    training = v1.placeholder(tf.bool, name="phase_train")
    size = v1.placeholder(tf.int32, name="batch_size")
    queue = v1.FIFOQueue(9, [tf.float32, tf.int64], [[32, 32, 3], [1]])
    pictures, labels = queue.dequeue_up_to(size, name="batch_join")
    x = tf.identity(pictures, "image_batch")
    tf.identity(labels, "label_batch")

    def by_phase(x: Any, name: str) -> Any:
        with v1.variable_scope(name):
            shift, mean = variable("beta", x.shape[-1]), variable("moving_mean", x.shape[-1])
            spread = tf.abs(variable("moving_variance", x.shape[-1])) + 0.5
        mean, spread = v1.cond(
            training,
            lambda: tuple(tf.nn.moments(x, [0, 1, 2])),
            lambda: (tf.identity(mean), tf.identity(spread)),
        )
        return tf.nn.batch_normalization(x, mean, spread, shift, None, 1e-3)

    x = tf.nn.relu(by_phase(tf.nn.conv2d(x, weights(3, 3, 3, 8), 2, "SAME"), "Conv2d_1a_3x3"))
    branch = tf.nn.relu(by_phase(tf.nn.conv2d(x, weights(1, 1, 8, 4), 1, "SAME"), "Branch_0"))
    x = tf.nn.relu(x + 0.17 * tf.nn.conv2d(branch, weights(1, 1, 4, 8), 1, "SAME"))
    x = v1.nn.dropout(tf.reduce_mean(x, [1, 2]), rate=0.0)
    return tf.nn.l2_normalize(tf.matmul(x, weights(8, 16)), 1, 1e-10, name="embeddings")


@pytest.mark.parametrize("flags", [(), ("--batch", 2), ("--input_shape", "[2,32,32,3]")])
def test_facenet(flags: tuple[Any, ...], tmp_path: Path) -> None:
    session = Session(tmp_path, facenet)
    model = converted(
        tmp_path,
        *("--input_model", session.frozen()),
        *("--freeze_placeholder_with_value", "phase_train->False", *flags),
    )
    image = drawn(2, 32, 32, 3)
    same(model, session.results({"batch_join": image, "phase_train": False}), [image])


# ---- YOLO v4 (Bochkovskiy et al. 2020), as in Ma-Dan/keras-yolo4: a sixteenth of its channels


class Darknet:
    """Layers of Keras; channels are those of the publication."""

    def __init__(self) -> None:
        import keras

        class Mish(keras.layers.Layer):  # type: ignore[misc]
            def call(self, x: Any) -> Any:
                return x * keras.ops.tanh(keras.ops.softplus(x))

        self.keras, self.mish_layer = keras, Mish

    def mish(self, x: Any, channels: int, size: int, stride: int = 1) -> Any:
        return self.mish_layer()(self._normalized(x, channels, size, stride))

    def leaky(self, x: Any, channels: int, size: int, stride: int = 1) -> Any:
        return self.keras.layers.LeakyReLU(0.1)(self._normalized(x, channels, size, stride))

    def _normalized(self, x: Any, channels: int, size: int, stride: int) -> Any:
        layers = self.keras.layers
        if stride == 2:
            x = layers.ZeroPadding2D(((1, 0), (1, 0)))(x)
        padding = "valid" if stride == 2 else "same"
        conv = layers.Conv2D(channels // 16, size, stride, padding, use_bias=False)
        return layers.BatchNormalization()(conv(x))

    def stage(self, x: Any, channels: int, blocks: int, is_first: bool = False) -> Any:
        """Cross stage partial: half of the channels pass the residual blocks."""
        x = self.mish(x, channels, 3, 2)
        half = channels if is_first else channels // 2
        short, main = self.mish(x, half, 1), self.mish(x, half, 1)
        for _ in range(blocks):
            inner = self.mish(self.mish(main, channels // 2, 1), half, 3)
            main = self.keras.layers.Add()([main, inner])
        joined = self.keras.layers.Concatenate()([self.mish(main, half, 1), short])
        return self.mish(joined, channels, 1)

    def five(self, x: Any, channels: int) -> Any:
        for number in range(5):
            x = self.leaky(x, channels * (1 + number % 2), 1 + 2 * (number % 2))
        return x

    def head(self, x: Any, channels: int) -> Any:
        return self.keras.layers.Conv2D(3 * 25, 1)(self.leaky(x, channels, 3))

    def network(self) -> Any:
        layers = self.keras.layers
        image = self.keras.Input((None, None, 3))
        x, kept = self.stage(self.mish(image, 32, 3), 64, 1, is_first=True), []
        for channels, blocks in ((128, 2), (256, 8), (512, 8), (1024, 4)):
            x = self.stage(x, channels, blocks)
            kept.append(x)
        x = self.leaky(self.leaky(self.leaky(x, 512, 1), 1024, 3), 512, 1)
        pools = [layers.MaxPooling2D(size, 1, "same")(x) for size in (13, 9, 5)]
        x = self.leaky(layers.Concatenate()([*pools, x]), 512, 1)
        x = self.leaky(self.leaky(x, 1024, 3), 512, 1)
        up = [x]
        for channels, before in ((256, kept[2]), (128, kept[1])):
            lifted = layers.UpSampling2D(2)(self.leaky(up[-1], channels, 1))
            joined = layers.Concatenate()([self.leaky(before, channels, 1), lifted])
            up.append(self.five(joined, channels))
        heads, x = [self.head(up[2], 256)], up[2]
        for channels, before in ((256, up[1]), (512, up[0])):
            joined = layers.Concatenate()([self.leaky(x, channels, 3, 2), before])
            x = self.five(joined, channels)
            heads.append(self.head(x, 2 * channels))
        return self.keras.Model(image, heads[::-1])


@pytest.mark.heavy
def test_yolo_v4(tmp_path: Path) -> None:
    net = Darknet().network()
    net.export(str(tmp_path / "yolov4"), verbose=False)
    model = converted(
        tmp_path,
        *("--saved_model_dir", tmp_path / "yolov4", "--input_shape", "[1,608,608,3]"),
        *("--model_name", "yolov4"),
    )
    image = drawn(1, 608, 608, 3, low=0)
    wanted = [np.asarray(head) for head in net(image)]
    assert [head.shape[1] for head in wanted] == [19, 38, 76]
    same(model, wanted, [image])
    assert "Mish" in (tmp_path / "yolov4.xml").read_text()
