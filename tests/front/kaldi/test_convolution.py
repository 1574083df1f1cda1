"""Convolutions and pooling of nnet3: a row is an image."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi.networks import Cases, Network, agree
from tests.front.kaldi.parts import UPDATABLE, normal
from tests.front.kaldi.timed_parts import time_height

R = np.random.default_rng(7)
CASES = Cases()
case, part = CASES.case, CASES.part

# ---- images in a row

FILTERS, FB = normal(R, 3, 2 * 2 * 2), normal(R, 3)


def convolution(x: np.ndarray, y_fastest: bool) -> np.ndarray:
    """Input 4 x 3 x 2 (x, y, z); windows of 2 x 2, steps 2 and 1."""
    image = x.reshape(4, 2, 3).transpose(0, 2, 1) if y_fastest else x.reshape(4, 3, 2)
    windows = [image[i : i + 2, j : j + 2].reshape(-1) for i in (0, 2) for j in (0, 1)]
    return np.concatenate([FILTERS @ window + FB for window in windows])


for order in (0, 1):
    fields = [
        ("InputXDim", 4),
        ("InputYDim", 3),
        ("InputZDim", 2),
        ("FiltXDim", 2),
        ("FiltYDim", 2),
        ("FiltXStep", 2),
        ("FiltYStep", 1),
        ("InputVectorization", order),
        ("FilterParams", FILTERS),
        ("BiasParams", FB),
        ("IsGradient", False),
    ]
    case(
        f"convolution, vectorization {order}",
        24,
        "ConvolutionComponent",
        [*UPDATABLE, *fields],
        12,
        lambda x, order=order: convolution(x, order == 0),
    )


def max_pooling(x: np.ndarray) -> np.ndarray:
    box = x.reshape(4, 3, 2)
    return np.array(
        [box[i : i + 2, j : j + 2, k : k + 1].max() for i in (0, 2) for j in (0, 1) for k in (0, 1)]
    )


case(
    "max pooling",
    24,
    "MaxpoolingComponent",
    [
        ("InputXDim", 4),
        ("InputYDim", 3),
        ("InputZDim", 2),
        ("PoolXSize", 2),
        ("PoolYSize", 2),
        ("PoolZSize", 1),
        ("PoolXStep", 2),
        ("PoolYStep", 1),
        ("PoolZStep", 1),
    ],
    8,
    max_pooling,
)


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    CASES.agree(name)


# ---- over time and height

GRID = [(t, h) for t in (-1, 0, 1) for h in (-1, 0, 1)]
TIME_HEIGHT = {
    "3 x 3": ((2, 3), (6, 6), 1, GRID, [-1, 0, 1]),
    "edges in time as zeros": ((2, 3), (6, 6), 1, GRID, [0]),
    "subsampled": ((2, 3), (6, 3), 2, GRID, [-1, 0, 1]),
    "without padding": ((2, 3), (6, 4), 1, [(t, h) for t in (0, 2) for h in (0, 1, 2)], [0, 2]),
    "dilated": ((2, 2), (7, 7), 1, [(t, h) for t in (-3, 0, 3) for h in (-2, 0, 2)], [-3, 0, 3]),
    "no grid": ((1, 2), (5, 5), 1, [(-1, 0), (0, -1), (0, 1), (2, 0)], [-1, 0, 2]),
    "heights that are not seen": ((2, 2), (6, 3), 1, [(0, 1), (0, 2)], [0]),
}


@pytest.mark.parametrize("name", TIME_HEIGHT)
def test_time_height_convolution(name: str) -> None:
    filters, heights, subsample, offsets, required = TIME_HEIGHT[name]
    made = time_height(R, filters, heights, subsample, offsets, required)
    width = filters[0] * heights[0]
    network = Network().input("input", width).add("c", made, "input").output("c")
    x = {"input": normal(R, 15, width)}
    # Edges as zeros: frame by frame nobody knows where the end is.
    agree(network, x, goes_on=name == "edges in time as zeros")
