"""RetinaNet as keras-retinanet makes it, with a small ResNet and few channels and classes.

Names of layers and what they compute: that package (layers Anchors, UpsampleLike, RegressBoxes,
ClipBoxes, FilterDetections), frozen by Keras with TensorFlow 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.classic.networks.original import Original, tf, v1

OUTPUTS = [
    "filtered_detections/map/TensorArrayStack/TensorArrayGatherV3",
    "filtered_detections/map/TensorArrayStack_1/TensorArrayGatherV3",
    "filtered_detections/map/TensorArrayStack_2/TensorArrayGatherV3",
]
SIZES = (32, 64, 128, 256, 512)
STRIDES = (8, 16, 32, 64, 128)


def retinanet(classes: int = 3, width: int = 8) -> Original:
    net = Original(7)
    with net.building():
        image = v1.placeholder(tf.float32, [None, None, None, 3], name="input_1")
        features = pyramid(net, backbone(net, image), width)
        regression = head(net, features, "regression", 9 * 4, 4, width)
        scores = head(net, features, "classification", 9 * classes, classes, width)
        made = [anchors(f, level) for level, f in enumerate(features)]
        with v1.name_scope("anchors"):
            priors = tf.concat(made, 1, name="concat")
        filtered(clipped(image, boxes(priors, regression)), scores, classes)
    return net


def layer(net: Original, name: str, x: Any, channels: int, size: int, stride: int = 1) -> Any:
    with v1.name_scope(name):
        y, _ = net.conv(x, channels, size, stride)
        return tf.nn.bias_add(y, net.weights(channels, low=-0.1, high=0.1), name="BiasAdd")


def backbone(net: Original, image: Any) -> list[Any]:
    """The ends of the stages 3 to 5 of a ResNet with one block in each."""
    with v1.name_scope("conv1"):
        x, _ = net.conv(image, 8, 7, 2)
    with v1.name_scope("bn_conv1"):
        x = net.normalized(x, "FusedBatchNorm")
    with v1.name_scope("conv1_relu"):
        x = tf.nn.relu(x, name="Relu")
    with v1.name_scope("pool1"):
        x = tf.nn.max_pool2d(x, 3, 2, "SAME", name="MaxPool")
    ends = []
    for stage in (2, 3, 4, 5):
        stride = 1 if stage == 2 else 2
        y = x
        for part, size, step in (("2a", 1, stride), ("2b", 3, 1), ("2c", 1, 1)):
            with v1.name_scope(f"res{stage}a_branch{part}"):
                y, _ = net.conv(y, 8 if part != "2c" else 16, size, step)
            with v1.name_scope(f"bn{stage}a_branch{part}"):
                y = net.normalized(y, "FusedBatchNorm")
            if part != "2c":
                with v1.name_scope(f"res{stage}a_branch{part}_relu"):
                    y = tf.nn.relu(y, name="Relu")
        with v1.name_scope(f"res{stage}a_branch1"):
            x, _ = net.conv(x, 16, 1, stride)
        with v1.name_scope(f"res{stage}a"):
            x = tf.add(y, x, name="add")
        with v1.name_scope(f"res{stage}a_relu"):
            x = tf.nn.relu(x, name="Relu")
        ends.append(x)
    return ends[1:]


def pyramid(net: Original, ends: Sequence[Any], width: int) -> list[Any]:
    c3, c4, c5 = ends
    p5 = layer(net, "C5_reduced", c5, width, 1)
    p4 = merged("P4_merged", like("P5_upsampled", p5, c4), layer(net, "C4_reduced", c4, width, 1))
    p3 = merged("P3_merged", like("P4_upsampled", p4, c3), layer(net, "C3_reduced", c3, width, 1))
    levels = [layer(net, f"P{n}", p, width, 3) for n, p in ((3, p3), (4, p4), (5, p5))]
    p6 = layer(net, "P6", c5, width, 3, 2)
    with v1.name_scope("C6_relu"):
        relu = tf.nn.relu(p6, name="Relu")
    return [*levels, p6, layer(net, "P7", relu, width, 3, 2)]


def merged(name: str, x: Any, y: Any) -> Any:
    with v1.name_scope(name):
        return tf.add(x, y, name="add")


def like(name: str, x: Any, target: Any) -> Any:
    """UpsampleLike: the size is that of another map."""
    with v1.name_scope(name):
        shape = tf.shape(target, name="Shape")
        size = tf.stack([shape[1], shape[2]], name="resize_images/size")
        return v1.image.resize_nearest_neighbor(x, size, name="resize_images/ResizeNearestNeighbor")


def head(
    net: Original, features: Sequence[Any], kind: str, channels: int, last: int, width: int
) -> Any:
    """A sub-model that all levels share; its copies have numbered scopes."""
    kernels: dict[int, Any] = {}
    bias = net.weights(channels, low=-0.5, high=0.5)
    found = []
    for x in features:
        with v1.name_scope(f"{kind}_submodel"):
            y = x
            for number in range(2):
                with v1.name_scope(f"pyramid_{kind}_{number}"):
                    y, kernels[number] = net.conv(y, width, 3, 1, kernels.get(number))
                    y = tf.nn.relu(y, name="Relu")
            with v1.name_scope(f"pyramid_{kind}"):
                y, kernels[2] = net.conv(y, channels, 3, 1, kernels.get(2))
                y = tf.nn.bias_add(y, bias, name="BiasAdd")
            with v1.name_scope(f"pyramid_{kind}_reshape"):
                y = tf.reshape(y, tf.stack([tf.shape(y)[0], -1, last]), name="Reshape")
            if kind == "classification":
                with v1.name_scope("pyramid_classification_sigmoid"):
                    y = tf.sigmoid(y, name="Sigmoid")
            found.append(y)
    with v1.name_scope(kind):
        return tf.concat(found, 1, name="concat")


def anchors(feature: Any, level: int) -> Any:
    """Nine boxes around the centre of each cell, in pixels."""
    ratios, scales = np.repeat([0.5, 1, 2], 3), np.tile(2 ** (np.arange(3) / 3), 3)
    width = SIZES[level] * scales / np.sqrt(ratios)
    height = width * ratios
    base = np.stack([-width / 2, -height / 2, width / 2, height / 2], 1).astype(np.float32)
    with v1.name_scope(f"anchors_{level}"):
        shape = tf.shape(feature, name="Shape")
        across, down = (
            (tf.cast(tf.range(shape[axis]), tf.float32) + 0.5) * STRIDES[level] for axis in (2, 1)
        )
        xs, ys = tf.meshgrid(across, down)
        xs, ys = tf.reshape(xs, [-1]), tf.reshape(ys, [-1])
        shifts = tf.transpose(tf.stack([xs, ys, xs, ys], 0))
        placed = tf.reshape(tf.expand_dims(shifts, 1) + base[None], [1, -1, 4])
        return tf.tile(placed, tf.stack([shape[0], 1, 1]), name="Tile")


def boxes(priors: Any, deltas: Any) -> Any:
    with v1.name_scope("boxes"):
        width, height = priors[:, :, 2] - priors[:, :, 0], priors[:, :, 3] - priors[:, :, 1]
        corners = [
            priors[:, :, n] + (deltas[:, :, n] * 0.2 + 0) * (height if n % 2 else width)
            for n in range(4)
        ]
        return tf.stack(corners, 2, name="stack")


def clipped(image: Any, found: Any) -> Any:
    with v1.name_scope("clipped_boxes"):
        shape = tf.cast(tf.shape(image, name="Shape"), tf.float32)
        limits = [shape[2], shape[1], shape[2], shape[1]]
        corners = [tf.clip_by_value(found[:, :, n], 0, limits[n]) for n in range(4)]
        return tf.stack(corners, 2, name="stack")


def filtered(found: Any, scores: Any, classes: int, most: int = 300) -> Any:
    def one_image(arguments: Any) -> Any:
        boxes, scores = arguments
        kept = []
        for number in range(classes):
            of_class = scores[:, number]
            places = tf.where(tf.greater(of_class, 0.05))
            near = tf.image.non_max_suppression(
                tf.gather_nd(boxes, places), tf.gather(of_class, places)[:, 0], most, 0.5
            )
            places = tf.gather(places, near)
            labels = number * tf.ones_like(places[:, 0])
            kept.append(tf.stack([places[:, 0], labels], 1))
        places = tf.concat(kept, 0)
        values, order = tf.nn.top_k(
            tf.gather_nd(scores, places), k=tf.minimum(most, tf.shape(places)[0])
        )
        missing = tf.maximum(0, most - tf.shape(values)[0])
        chosen = tf.gather(boxes, tf.gather(places[:, 0], order))
        labels = tf.cast(tf.gather(places[:, 1], order), tf.int32)
        return (
            tf.pad(chosen, [[0, missing], [0, 0]], constant_values=-1),
            tf.pad(values, [[0, missing]], constant_values=-1),
            tf.pad(labels, [[0, missing]], constant_values=-1),
        )

    with v1.name_scope("filtered_detections"):
        types = (tf.float32, tf.float32, tf.int32)
        return v1.map_fn(one_image, (found, scores), dtype=types, name="map")
