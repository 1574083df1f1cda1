"""EfficientDet of google/automl with a thin and short EfficientNet, one BiFPN cell, few classes.

Names, connections and the anchors are those of that repository's graphs for one image, as its
``model_inspect.py --runmode=saved_model`` freezes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.classic.networks.original import Original, tf, v1

# The nodes of a BiFPN cell: the level that each gives, and which maps it joins.
CELL = [
    *((6, (3, 4)), (5, (2, 5)), (4, (1, 6)), (3, (0, 7))),
    *((4, (1, 7, 8)), (5, (2, 6, 9)), (6, (3, 5, 10)), (7, (4, 11))),
]
WIDTH = 8


def efficientdet(size: int = 128, classes: int = 90) -> Original:
    net = Original(8)
    with net.building():
        raw = v1.placeholder(tf.uint8, [1, None, None, None], name="image_arrays")
        images = prepared(net, raw, size)
        levels = pyramid(net, backbone(net, images))
        levels = cell(net, levels)
        scores = head(net, levels, "class", 9 * classes)
        boxes = head(net, levels, "box", 9 * 4)
        detections(scores, boxes, classes)
    return net


def prepared(net: Original, raw: Any, size: int) -> Any:
    """Mean and scale, then the longer side made ``size``, the rest filled with zeros."""
    v1.get_default_graph().unique_name("strided_slice")
    image = raw[0]
    image = tf.image.convert_image_dtype(image, tf.float32)
    image.set_shape([None, None, 3])
    mean, deviation = (
        tf.expand_dims(tf.expand_dims(tf.constant(v), 0), 0)
        for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    )
    image = tf.truediv(tf.subtract(image, mean, name="sub"), deviation, name="truediv")
    shape = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = tf.reduce_min(size / shape)
    target = tf.cast(shape * scale, tf.int32)
    image = v1.image.resize_images(image, target)[:size, :size, :]
    image = tf.image.pad_to_bounding_box(image, 0, 0, size, size)
    image.set_shape([size, size, 3])
    return tf.stack([image], name="stack")


def swish(x: Any) -> Any:
    return tf.multiply(x, tf.sigmoid(x, name="Sigmoid"), name="mul")


def depthwise(net: Original, x: Any, size: int, stride: int = 1) -> Any:
    kernel = net.weights(size, size, x.shape[-1], 1) * np.sqrt(x.shape[-1])
    return tf.nn.depthwise_conv2d(x, kernel, [1, stride, stride, 1], "SAME", name="depthwise")


def backbone(net: Original, images: Any) -> list[Any]:
    """One inverted bottleneck in each of five stages; the ends of the last three."""
    name = "tpu_batch_normalization"
    with v1.name_scope("efficientnet-b0"):
        with v1.name_scope("stem"):
            with v1.name_scope("conv2d"):
                x, _ = net.conv(images, 8, 3, 2)
            with v1.name_scope(name):
                x = net.normalized(x)
            x = swish(x)
        ends = []
        for block in range(5):
            with v1.name_scope(f"blocks_{block}"):
                x = bottleneck(net, x, 1 if block == 0 else 2)
            ends.append(x)
    return ends[2:]


def bottleneck(net: Original, x: Any, stride: int) -> Any:
    with v1.name_scope("conv2d"):
        y, _ = net.conv(x, 16, 1)
    with v1.name_scope("tpu_batch_normalization"):
        y = swish(net.normalized(y))
    with v1.name_scope("depthwise_conv2d"):
        y = depthwise(net, y, 3, stride)
    with v1.name_scope("tpu_batch_normalization_1"):
        y = swish(net.normalized(y))
    with v1.name_scope("se"):
        z = tf.reduce_mean(y, [1, 2], keepdims=True, name="Mean")
        z = swish(net.conv(z, 4, 1)[0])
        y = tf.multiply(tf.sigmoid(net.conv(z, 16, 1)[0], name="Sigmoid"), y, name="mul")
    with v1.name_scope("conv2d_1"):
        y, _ = net.conv(y, 8, 1)
    with v1.name_scope("tpu_batch_normalization_2"):
        y = net.normalized(y)
    return tf.add(y, x, name="Add") if stride == 1 else y


def pyramid(net: Original, ends: Sequence[Any]) -> list[Any]:
    with v1.name_scope("resample_p6"):
        p6 = net.normalized(net.conv(ends[-1], WIDTH, 1)[0])
        p6 = tf.nn.max_pool2d(p6, 3, 2, "SAME", name="MaxPool")
    with v1.name_scope("resample_p7"):
        p7 = tf.nn.max_pool2d(p6, 3, 2, "SAME", name="MaxPool")
    return [*ends, p6, p7]


def cell(net: Original, levels: Sequence[Any]) -> list[Any]:
    maps, at = list(levels), list(range(3, 8))
    with v1.name_scope("fpn_cells/cell_0"):
        for number, (level, offsets) in enumerate(CELL):
            with v1.name_scope(f"fnode{number}"):
                joined = [resampled(maps[n], level - at[n]) for n in offsets]
                x = fused(net, joined)
                with v1.name_scope(f"op_after_combine{len(maps)}"):
                    x = separable(net, swish(x), WIDTH, {})
                    x = net.normalized(x)
            maps.append(x)
            at.append(level)
    last = dict(zip(at, maps))
    return [last[level] for level in range(3, 8)]


def resampled(x: Any, levels: int) -> Any:
    if levels < 0:
        size = [int(edge) * 2 for edge in x.shape[1:3]]
        return v1.image.resize_nearest_neighbor(x, size, name="ResizeNearestNeighbor")
    return tf.nn.max_pool2d(x, 3, 2, "SAME", name="MaxPool") if levels else x


def fused(net: Original, maps: Sequence[Any]) -> Any:
    """Fast attention: weights above zero, divided by their sum."""
    weights = [tf.nn.relu(net.weights(low=0.2, high=1)) for _ in maps]
    total = tf.add_n(weights)
    parts = [x * weight / (total + 0.0001) for x, weight in zip(maps, weights)]
    return tf.add_n(parts, name="AddN")


def separable(
    net: Original, x: Any, channels: int, shared: dict[str, Any], rarity: float = 0
) -> Any:
    """``rarity`` keeps the values low: most boxes are of no class."""
    if not shared:
        wide = float(np.sqrt(int(x.shape[-1])))
        shared["depth"] = net.weights(
            3, 3, x.shape[-1], 1, low=-wide, high=wide, name="depthwise_kernel"
        )
        shared["point"] = net.weights(1, 1, x.shape[-1], channels, name="pointwise_kernel")
        shared["bias"] = net.weights(channels, low=-0.5 - rarity, high=0.5 - rarity, name="bias")
    y = tf.nn.separable_conv2d(
        x, shared["depth"], shared["point"], [1, 1, 1, 1], "SAME", name="separable_conv2d"
    )
    return tf.nn.bias_add(y, shared["bias"], name="BiasAdd")


def head(net: Original, levels: Sequence[Any], kind: str, channels: int) -> list[Any]:
    """A network that all levels share, but for its normalizations."""
    shared: dict[str, dict[str, Any]] = {}
    found = []
    with v1.name_scope(f"{kind}_net"):
        for number, x in enumerate(levels):
            for step in range(2):
                with v1.name_scope(f"{kind}-{step}"):
                    y = separable(net, x, WIDTH, shared.setdefault(str(step), {}))
                with v1.name_scope(f"{kind}-{step}-bn-{number + 3}"):
                    y = swish(net.normalized(y))
                x = x + y if step else y
            with v1.name_scope(f"{kind}-predict"):
                rarity = 2 if kind == "class" else 0
                found.append(separable(net, x, channels, shared.setdefault("last", {}), rarity))
    return found


def detections(scores: Sequence[Any], boxes: Sequence[Any], classes: int) -> None:
    """The best classes of all cells; what becomes of them here is not converted."""
    flat = tf.concat([tf.reshape(x, [1, -1, classes]) for x in scores], 1)
    found = tf.concat([tf.reshape(x, [1, -1, 4]) for x in boxes], 1)
    best = tf.reduce_max(flat, -1)
    values, places = tf.nn.top_k(best, 100)
    rows = tf.gather(found[0], places[0])
    labels = tf.cast(tf.argmax(tf.gather(flat[0], places[0]), -1), tf.float32)[:, None]
    rows = tf.concat([tf.zeros_like(labels), rows, values[0][:, None], labels + 1], 1)
    tf.identity(rows[None], name="detections")
