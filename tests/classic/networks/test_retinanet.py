"""RetinaNet: the boxes of the original, beside those of DetectionOutput."""

from __future__ import annotations

import numpy as np
import pytest

from mo.errors import ConversionError
from tests.classic.networks.boxes import of_image
from tests.classic.networks.conftest import Zoo

pytest.importorskip("tensorflow")

from tests.classic.networks.retinanet import OUTPUTS, Original, retinanet

SIZE = (128, 192)


@pytest.fixture(scope="module")
def net() -> Original:
    return retinanet()


def image(batch: int = 1) -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, (batch, *SIZE, 3)).astype(np.float32)


def expected(net: Original, images: np.ndarray) -> list[np.ndarray]:
    """Rows (label, score, corners) by image: corners as shares of the image's size."""
    height, width = SIZE
    found = net.run({"input_1": images}, OUTPUTS)
    rows = []
    for boxes, scores, labels in zip(*found):
        kept = labels >= 0
        corners = boxes[kept] / np.float32([width, height, width, height])
        rows.append(np.column_stack([labels[kept], scores[kept], corners]))
    return rows


def in_order(rows: np.ndarray) -> np.ndarray:
    return rows[np.lexsort(rows.T[::-1].round(4))]


def agree(net: Original, zoo: Zoo, converted: object, images: np.ndarray) -> None:
    found = zoo.run(converted, images)["DetectionOutput"]
    for number, rows in enumerate(expected(net, images)):
        mine = of_image(found, number)
        assert 10 < len(mine) <= 300
        np.testing.assert_allclose(in_order(mine), in_order(rows), rtol=1e-3, atol=1e-4)


@pytest.mark.heavy
def test_the_same_boxes(net: Original, zoo: Zoo):
    converted = zoo.convert(
        net.data,
        input="input_1[1 128 192 3]",
        data_type="FP32",
        transformations_config="retinanet.json",
    )
    assert list(converted.outputs) == ["DetectionOutput"]
    kinds = {node.type for node in converted.graph.all_nodes()}
    assert not kinds & {"Loop", "TensorIterator", "NonMaxSuppression", "If"}
    agree(net, zoo, converted, image())


def test_several_images(net: Original, zoo: Zoo):
    flags = {"input_shape": [2, 128, 192, 3], "transformations_config": "retinanet.json"}
    agree(net, zoo, zoo.convert(net.data, **flags), image(2))


def test_images_of_open_sizes_are_refused(net: Original, zoo: Zoo):
    with pytest.raises(ConversionError) as caught:
        zoo.convert(net.data, transformations_config="retinanet.json")
    assert caught.value.message == (
        "Cannot convert DetectionOutput 'DetectionOutput': how many classes it tells apart "
        "depends on open sizes"
    )
    assert "--input_shape" in caught.value.hint
