"""Detectors and other networks of images, small, from their published architectures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from benchmarks.tf_topologies.exporting import Builder, Exported, Weights, frozen, images

OPEN = {"image": (None, None, None, 3)}


class Net:
    """Layers by name, on images with their channels last."""

    def __init__(self) -> None:
        self.weights = Weights()

    def conv(self, name: str, x: Any, channels: int, size: int = 3, stride: int = 1) -> Any:
        kernel = self.weights(f"{name}/kernel", size, size, x.shape[-1], channels)
        return tf.nn.conv2d(x, kernel, stride, "SAME")

    def norm(self, name: str, x: Any) -> Any:
        """A batch normalisation with the statistics of training."""
        gamma, beta, mean = (
            self.weights(f"{name}/{part}", x.shape[-1], around=around)
            for part, around in (("gamma", 1.0), ("beta", 0.0), ("mean", 0.0))
        )
        variance = tf.abs(self.weights(f"{name}/variance", x.shape[-1], around=1.0))
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-3)

    def leaky(self, name: str, x: Any, channels: int, size: int = 3, stride: int = 1) -> Any:
        """As Darknet: max(x, 0.1 x)."""
        y = self.norm(f"{name}/bn", self.conv(name, x, channels, size, stride))
        return tf.maximum(y, 0.1 * y)

    def mish(self, name: str, x: Any, channels: int, size: int = 3, stride: int = 1) -> Any:
        y = self.norm(f"{name}/bn", self.conv(name, x, channels, size, stride))
        return y * tf.tanh(tf.math.softplus(y))

    def relu(self, name: str, x: Any, channels: int, size: int = 3, stride: int = 1) -> Any:
        return tf.nn.relu(self.norm(f"{name}/bn", self.conv(name, x, channels, size, stride)))

    def dense(self, name: str, x: Any, width: int) -> Any:
        bias = self.weights(f"{name}/bias", width)
        return x @ self.weights(f"{name}/kernel", x.shape[-1], width) + bias


def yolo_v1(folder: Path) -> Exported:
    """One fully connected head over the whole image."""
    net = Net()

    def run(image: Any) -> Any:
        x = net.leaky("a", image, 8, stride=2)
        x = net.leaky("b", tf.nn.max_pool2d(x, 2, 2, "SAME"), 16)
        x = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [-1, 16 * 16 * 16])
        return net.dense("head", x, 7 * 7 * 30)

    return frozen(run, folder, images((64, 64), (64, 64), batch=2), {"image": (None, 64, 64, 3)})


def yolo_v2(folder: Path) -> Exported:
    """A passthrough of early features, their places stacked as channels."""
    net = Net()

    def run(image: Any) -> Any:
        early = net.leaky("a", image, 8, stride=2)
        x = net.leaky("b", tf.nn.max_pool2d(early, 2, 2, "SAME"), 16)
        window = [1, 2, 2, 1]
        stacked = tf.image.extract_patches(early, window, window, [1, 1, 1, 1], "VALID")
        x = net.leaky("c", tf.concat([stacked, x], 3), 16)
        return net.conv("head", x, 5 * 25, 1) + net.weights("head/bias", 125)

    return frozen(run, folder, images((64, 64), (96, 32)), OPEN)


def _upsampled(x: Any, like: Any) -> Any:
    return tf.compat.v1.image.resize_nearest_neighbor(x, tf.shape(like)[1:3])


def yolo_v3(folder: Path) -> Exported:
    net = Net()

    def residual(name: str, x: Any) -> Any:
        channels = x.shape[-1]
        return x + net.leaky(f"{name}2", net.leaky(f"{name}1", x, channels // 2, 1), channels)

    def decoded(name: str, x: Any) -> Any:
        """Boxes of three anchors for each place."""
        raw = net.conv(name, x, 3 * 8, 1) + net.weights(f"{name}/bias", 24)
        grid = tf.shape(raw)[1:3]
        boxes = tf.reshape(raw, [-1, grid[0] * grid[1] * 3, 8])
        centers, sizes, scores = tf.split(boxes, [2, 2, 4], axis=-1)
        return tf.concat([tf.nn.sigmoid(centers), tf.exp(sizes), tf.nn.sigmoid(scores)], -1)

    def run(image: Any) -> Any:
        x = net.leaky("stem", image, 8)
        routes = []
        for level, channels in enumerate((16, 32, 64)):
            x = residual(f"r{level}", net.leaky(f"d{level}", x, channels, stride=2))
            routes.append(x)
        heads, x = [decoded("h0", x)], routes[2]
        for level in (1, 0):
            lifted = _upsampled(net.leaky(f"u{level}", x, 16, 1), routes[level])
            x = net.leaky(f"m{level}", tf.concat([lifted, routes[level]], 3), 16)
            heads.append(decoded(f"g{level}", x))
        return tf.concat(heads, 1)

    return frozen(run, folder, images((64, 64), (96, 64)), OPEN)


def yolo_v4(folder: Path) -> Exported:
    """Mish, pyramid pooling of one size, paths up and down again."""
    net = Net()

    def stage(name: str, x: Any, channels: int) -> Any:
        x = net.mish(f"{name}d", x, channels, stride=2)
        left, right = net.mish(f"{name}l", x, channels // 2, 1), net.mish(f"{name}r", x, 8, 1)
        right = right + net.mish(f"{name}b", net.mish(f"{name}a", right, 8, 1), 8)
        return net.mish(f"{name}j", tf.concat([right, left], 3), channels, 1)

    def run(image: Any) -> Any:
        low = stage("b", stage("a", net.mish("stem", image, 8), 16), 32)
        top = stage("c", low, 32)
        pools = [tf.nn.max_pool2d(top, size, 1, "SAME") for size in (13, 9, 5)]
        top = net.leaky("p", tf.concat([*pools, top], 3), 16, 1)
        up = tf.concat([net.leaky("l", low, 16, 1), _upsampled(top, low)], 3)
        up = net.leaky("up", up, 16)
        down = tf.pad(up, [[0, 0], [1, 0], [1, 0], [0, 0]])
        kernel = net.weights("down/kernel", 3, 3, 16, 16)
        down = tf.concat([tf.nn.conv2d(down, kernel, 2, "VALID"), top], 3)
        return net.conv("h1", up, 24, 1), net.conv("h2", down, 24, 1)

    return frozen(run, folder, images((64, 64), (96, 64)), OPEN)


def _pyramid(net: Net, image: Any) -> list[Any]:
    x = net.relu("stem", image, 8, stride=2)
    levels = []
    for level, channels in enumerate((16, 24, 32)):
        short = net.norm(f"s{level}n", net.conv(f"s{level}", x, channels, 1, 2))
        y = net.conv(f"y{level}", net.relu(f"x{level}", x, channels, 3, 2), channels)
        x = tf.nn.relu(short + net.norm(f"y{level}n", y))
        levels.append(x)
    return levels


def retinanet(folder: Path) -> Exported:
    """A pyramid enlarged to the size of each level below, heads of shared weights, one NMS."""
    net = Net()

    def head(name: str, x: Any, values: int) -> Any:
        y = net.conv(f"{name}2", tf.nn.relu(net.conv(f"{name}1", x, 16)), 3 * values)
        return tf.reshape(y, [tf.shape(x)[0], -1, values])

    def run(image: Any) -> Any:
        levels = _pyramid(net, image)
        x = net.conv("p2", levels[2], 16, 1)
        maps = [x]
        for level in (1, 0):
            x = _upsampled(x, levels[level]) + net.conv(f"p{level}", levels[level], 16, 1)
            maps.append(net.conv(f"q{level}", x, 16))
        boxes = tf.concat([head("box", x, 4) for x in maps], 1)
        scores = tf.nn.sigmoid(tf.concat([head("class", x, 5) for x in maps], 1))
        corners = tf.concat([boxes[0, :, :2], boxes[0, :, :2] + tf.exp(boxes[0, :, 2:])], -1)
        picked = tf.image.non_max_suppression(corners, tf.reduce_max(scores[0], -1), 10, 0.5)
        return boxes, scores, tf.gather(corners, picked)

    return frozen(run, folder, images((64, 64), (96, 64)), OPEN)


def efficientdet(folder: Path) -> Exported:
    """Weighted sums of neighbours (BiFPN), separable convolutions, swish."""
    net = Net()

    def separable(name: str, x: Any) -> Any:
        depthwise = net.weights(f"{name}/dw", 3, 3, x.shape[-1], 1)
        pointwise = net.weights(f"{name}/pw", 1, 1, x.shape[-1], 16)
        y = tf.nn.separable_conv2d(x, depthwise, pointwise, [1, 1, 1, 1], "SAME")
        return net.norm(f"{name}/bn", y)

    def fused(name: str, *values: Any) -> Any:
        shares = tf.nn.relu(net.weights(f"{name}/share", len(values), around=1.0))
        total = tf.add_n([value * shares[i] for i, value in enumerate(values)])
        return separable(name, tf.nn.swish(total / (tf.reduce_sum(shares) + 1e-4)))

    def run(image: Any) -> Any:
        levels = enumerate(_pyramid(net, image))
        a, b, c = (net.norm(f"n{i}", net.conv(f"l{i}", x, 16, 1)) for i, x in levels)
        middle = fused("m", b, _upsampled(c, b))
        low = fused("l", a, _upsampled(middle, a))
        middle = fused("m2", b, middle, tf.nn.max_pool2d(low, 3, 2, "SAME"))
        high = fused("h", c, tf.nn.max_pool2d(middle, 3, 2, "SAME"))
        return [
            net.conv("head", tf.nn.swish(separable("tower", x)), 36) for x in (low, middle, high)
        ]

    return frozen(run, folder, images((64, 64), (96, 64)), OPEN)


def image_to_image(folder: Path) -> Exported:
    """A style transfer: reflected borders, instance normalisation, enlarging by nearest pixels."""
    net = Net()

    def normalized(name: str, x: Any) -> Any:
        mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
        scale = net.weights(f"{name}/scale", x.shape[-1], around=1.0)
        return scale * (x - mean) * tf.math.rsqrt(variance + 1e-3) + net.weights(
            f"{name}/shift", x.shape[-1]
        )

    def padded(name: str, x: Any, channels: int, size: int, stride: int = 1) -> Any:
        side = size // 2
        x = tf.pad(x, [[0, 0], [side, side], [side, side], [0, 0]], "REFLECT")
        kernel = net.weights(f"{name}/kernel", size, size, x.shape[-1], channels)
        return normalized(name, tf.nn.conv2d(x, kernel, stride, "VALID"))

    def run(image: Any) -> Any:
        x = tf.nn.relu(padded("a", image, 8, 9))
        x = tf.nn.relu(padded("b", x, 16, 3, 2))
        for number in range(2):
            inner = tf.nn.relu(padded(f"r{number}", x, 16, 3))
            x = x + padded(f"s{number}", inner, 16, 3)
        x = tf.compat.v1.image.resize_nearest_neighbor(x, 2 * tf.shape(x)[1:3])
        x = tf.nn.relu(padded("c", x, 8, 3))
        return 150 * tf.tanh(padded("d", x, 3, 9)) + 127.5

    return frozen(run, folder, images((64, 64), (48, 96), (80, 40), batch=2), OPEN)


NETWORKS: dict[str, Builder] = {
    "yolo_v1": yolo_v1,
    "yolo_v2": yolo_v2,
    "yolo_v3": yolo_v3,
    "yolo_v4": yolo_v4,
    "retinanet": retinanet,
    "efficientdet": efficientdet,
    "image_to_image": image_to_image,
}
