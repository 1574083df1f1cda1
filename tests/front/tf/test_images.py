"""Convolutions, poolings, normalisations, resizing: all that works on images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")
pytest.importorskip("openvino")

import tensorflow as tf

from tests.front.comparing import operations
from tests.front.tf.running import agree
from tests.models.nodes import numbers

R = tf.raw_ops
IMAGE = numbers(2, 7, 9, 4)
VOLUME = numbers(1, 5, 6, 7, 2)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 2), (5, 4)])
def test_convolution(padding: str, stride: int, kernel: tuple[int, int]) -> None:
    w = numbers(*kernel, 4, 5)
    agree(lambda x: tf.nn.conv2d(x, w, stride, padding), IMAGE)


@pytest.mark.parametrize("padding", ["SAME", "VALID", [[0, 0], [1, 2], [0, 3], [0, 0]]])
def test_dilated_convolution(padding: Any) -> None:
    w = numbers(3, 2, 4, 5)
    agree(lambda x: tf.nn.conv2d(x, w, 1, padding, dilations=2), IMAGE)


def test_convolution_in_groups() -> None:
    w = numbers(3, 3, 2, 6)
    agree(lambda x: tf.nn.conv2d(x, w, 1, "SAME"), IMAGE, dynamic=False)


def test_convolution_with_computed_filter() -> None:
    agree(lambda x, w: tf.nn.conv2d(x, w, 1, "VALID"), IMAGE, numbers(3, 3, 4, 5), dynamic=False)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("multiplier", [1, 3])
def test_depthwise_convolution(padding: str, multiplier: int) -> None:
    w = numbers(3, 3, 4, multiplier)
    agree(lambda x: tf.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], padding), IMAGE)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_convolution_of_volumes(padding: str) -> None:
    w = numbers(2, 3, 2, 2, 3)
    agree(lambda x: tf.nn.conv3d(x, w, [1, 1, 2, 1, 1], padding), VOLUME)


def test_channels_first() -> None:
    """TensorFlow's CPU kernels run no such graph: its twin with channels last tells the truth."""
    x, w = numbers(2, 4, 7, 9), numbers(3, 3, 4, 5)
    from tests.front.tf.running import compare, converted, model_of, traced

    def last(x: Any) -> Any:
        return tf.transpose(tf.nn.conv2d(tf.transpose(x, [0, 2, 3, 1]), w, 2, "SAME"), [0, 3, 1, 2])

    first = traced(lambda x: tf.nn.conv2d(x, w, 2, "SAME", data_format="NCHW"), [x], False)
    graph = converted(model_of(first))
    compare(graph, [x], [last(tf.constant(x)).numpy()], 1e-4, "channels first")
    assert "Transpose" not in operations(graph)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_transposed_convolution(padding: str, stride: int, kernel: int) -> None:
    w = numbers(kernel, kernel, 5, 4)
    height, width = (
        (7 * stride, 9 * stride)
        if padding == "SAME"
        else (6 * stride + max(kernel, stride), 8 * stride + max(kernel, stride))
    )
    agree(lambda x: tf.nn.conv2d_transpose(x, w, [2, height, width, 5], stride, padding), IMAGE)


def test_transposed_convolution_of_an_odd_size() -> None:
    w = numbers(3, 3, 5, 4)
    agree(lambda x: tf.nn.conv2d_transpose(x, w, [2, 13, 17, 5], 2, "SAME"), IMAGE)


def test_transposed_convolution_as_keras_writes_it() -> None:
    kernel = numbers(3, 3, 3, 4)

    def of_any_size(x: Any) -> Any:
        shape = tf.shape(x)
        target = tf.stack([shape[0], shape[1] * 2, shape[2] * 2, 3])
        return tf.nn.conv2d_transpose(x, kernel, target, 2, "SAME")

    agree(of_any_size, IMAGE)


def test_transposed_convolution_of_volumes() -> None:
    w = numbers(2, 2, 2, 3, 2)
    agree(lambda x: tf.nn.conv3d_transpose(x, w, [1, 10, 12, 14, 3], 2, "SAME"), VOLUME)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 1)])
def test_pooling(padding: str, size: int, stride: int) -> None:
    agree(
        lambda x: [
            tf.nn.max_pool2d(x, size, stride, padding),
            tf.nn.avg_pool2d(x, size, stride, padding),
            R.MaxPoolV2(
                input=x,
                ksize=[1, size, size, 1],
                strides=[1, stride, stride, 1],
                padding=padding,
            ),
        ],
        IMAGE,
    )


def test_pooling_of_volumes() -> None:
    agree(lambda x: [tf.nn.max_pool3d(x, 2, 2, "SAME"), tf.nn.avg_pool3d(x, 2, 1, "SAME")], VOLUME)


def test_places_of_maxima() -> None:
    agree(
        lambda x: tf.nn.max_pool_with_argmax(x, 2, 2, "VALID"), numbers(2, 6, 8, 1), dynamic=False
    )


@pytest.mark.parametrize("op", ["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"])
def test_batch_normalization(op: str) -> None:
    parts = {name: numbers(4, low=0.5) + i for i, name in enumerate(["scale", "offset", "mean"])}
    agree(
        lambda x: getattr(R, op)(
            x=x, variance=numbers(4, low=0.1), is_training=False, epsilon=1e-3, **parts
        )[0],
        IMAGE,
    )


def test_batch_normalization_by_the_batch() -> None:
    agree(
        lambda x: R.FusedBatchNormV3(
            x=x,
            scale=numbers(4, low=0.5),
            offset=numbers(4),
            mean=np.zeros(0, np.float32),
            variance=np.zeros(0, np.float32),
            is_training=True,
        )[0],
        IMAGE,
    )


def test_local_response_normalization() -> None:
    agree(lambda x: tf.nn.local_response_normalization(x, 2, 1.5, 0.3, 0.75), IMAGE)


@pytest.mark.parametrize("block", [2, 3])
def test_depth_and_space(block: int) -> None:
    agree(lambda x: tf.nn.depth_to_space(x, block), numbers(2, 3, 4, 2 * block * block))
    agree(lambda x: tf.nn.space_to_depth(x, block), numbers(2, 6, 12, 3))


def test_space_and_batch() -> None:
    agree(lambda x: tf.space_to_batch(x, [2, 3], [[1, 2], [0, 3]]), numbers(2, 5, 6, 3))
    agree(lambda x: tf.batch_to_space(x, [2, 3], [[1, 0], [0, 2]]), numbers(12, 4, 5, 3))
    agree(lambda x: tf.space_to_batch(x, [2], [[1, 0]]), numbers(2, 5, 3))


@pytest.mark.parametrize("size", [(14, 18), (5, 4), (1, 1), (10, 13)])
@pytest.mark.parametrize("corners", ["align_corners", "half_pixel_centers", ""])
def test_resizing(size: tuple[int, int], corners: str) -> None:
    flags = {corners: True} if corners else {}
    agree(
        lambda x: [
            R.ResizeBilinear(images=x, size=size, **flags),
            R.ResizeNearestNeighbor(images=x, size=size, **flags),
        ],
        IMAGE,
    )


@pytest.mark.parametrize("size", [(14, 18), (5, 4)])
@pytest.mark.parametrize("corners", ["align_corners", "half_pixel_centers", ""])
def test_cubic_resizing(size: tuple[int, int], corners: str) -> None:
    flags = {corners: True} if corners else {}
    agree(
        lambda x: R.ResizeBicubic(images=x, size=size, **flags),
        IMAGE,
        dynamic=corners != "half_pixel_centers",
        tolerance=1e-2,  # TensorFlow looks the shares up in a table of 1024 places
    )


def test_resizing_to_computed_size() -> None:
    agree(
        lambda x, y: R.ResizeBilinear(images=x, size=tf.shape(y)[1:3]), IMAGE, numbers(1, 5, 6, 1)
    )


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_patches(padding: str) -> None:
    for size, stride, rate in ((2, 2, 1), (3, 2, 1), (3, 1, 2)):
        agree(
            lambda x, s=size, t=stride, r=rate: tf.image.extract_patches(
                x, [1, s, s, 1], [1, t, t, 1], [1, r, r, 1], padding
            ),
            numbers(2, 8, 10, 3),
        )


def test_crops() -> None:
    boxes = np.array([[0.1, 0.2, 0.7, 0.9], [0, 0, 1, 1], [0.5, 0.5, 0.6, 0.6]], np.float32)
    places = np.array([0, 1, 1], np.int32)
    agree(lambda x, b: tf.image.crop_and_resize(x, b, places, [4, 5]), numbers(2, 8, 10, 3), boxes)


def test_colours() -> None:
    pixels = np.concatenate([numbers(5, 6, 3, low=0, high=1), np.ones((1, 6, 3), "f") * 0.5])
    agree(
        lambda x: [
            tf.image.rgb_to_hsv(x),
            tf.image.hsv_to_rgb(x),
            R.AdjustContrastv2(images=x, contrast_factor=1.5),
            R.AdjustSaturation(images=x, scale=0.7),
            R.AdjustHue(images=x, delta=0.2),
        ],
        pixels,
        tolerance=1e-3,
    )
