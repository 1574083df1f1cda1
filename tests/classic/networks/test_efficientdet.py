"""EfficientDet: heads as the original computes them, and boxes as the formulas have it."""

from __future__ import annotations

import numpy as np
import pytest

from mo.errors import ConversionError
from tests.classic.networks.boxes import centred, detection_output, of_image
from tests.classic.networks.conftest import Zoo

pytest.importorskip("tensorflow")

from tests.classic.networks.efficientdet import Original, efficientdet

SIZE = 128
FLAGS = {"transformations_config": "automl_efficientdet.json", "reverse_input_channels": True}


@pytest.fixture(scope="module")
def net() -> Original:
    return efficientdet(SIZE)


def anchors() -> np.ndarray:
    """Corners (x, y, x, y) as shares of the image: levels 3 to 7, three octaves, three ratios."""
    found = []
    for level in range(3, 8):
        stride = 2**level
        for y in np.arange(stride / 2, SIZE, stride):
            for x in np.arange(stride / 2, SIZE, stride):
                for octave in range(3):
                    for across, down in ((1, 1), (1.4, 0.7), (0.7, 1.4)):
                        width, height = (
                            4 * stride * 2 ** (octave / 3) * r / 2 for r in (across, down)
                        )
                        found.append([x - width, y - height, x + width, y + height])
    return np.array(found) / SIZE


def heads(net: Original, image: np.ndarray, kind: str, last: int) -> np.ndarray:
    numbers = ["", "_1", "_2", "_3", "_4"]
    names = [f"{kind}_net/{kind}-predict{number}/BiasAdd" for number in numbers]
    found = net.run({"image_arrays": image}, names)
    return np.concatenate([x.reshape(-1, last) for x in found])


def test_the_same_boxes(net: Original, zoo: Zoo):
    image = np.random.default_rng(1).integers(0, 256, (1, SIZE, SIZE, 3)).astype(np.uint8)
    scores = 1 / (1 + np.exp(-heads(net, image, "class", 90)))
    deltas = heads(net, image, "box", 4)[:, [1, 0, 3, 2]]
    boxes = centred(deltas, anchors(), np.ones((len(deltas), 4)))
    expected = detection_output(boxes, scores, 0.2, 0.6, 100)

    converted = zoo.convert(net.data, input_shape=[1, SIZE, SIZE, 3], **FLAGS)
    assert converted.inputs == {"image_arrays": f"f32[1,{SIZE},{SIZE},3]"}
    assert list(converted.outputs) == ["detections"]
    found = zoo.run(converted, image[..., ::-1].astype(np.float32))["detections"]
    assert found.shape == (1, 1, 100, 7)
    rows = of_image(found, 0)
    assert len(rows) == len(expected) > 50
    for table in (rows, expected):
        table[:] = table[np.lexsort(table.T[::-1].round(4))]
    np.testing.assert_allclose(rows, expected, rtol=1e-3, atol=1e-4)


def test_images_of_open_sizes_are_refused(net: Original, zoo: Zoo):
    with pytest.raises(ConversionError) as caught:
        zoo.convert(net.data, **FLAGS)
    assert "the boxes depend on the size of the image" in caught.value.message
    assert "--input_shape" in caught.value.hint
