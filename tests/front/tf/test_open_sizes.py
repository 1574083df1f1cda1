"""Documented networks with open sizes: one IR computes inputs of three sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("openvino")
pytest.importorskip("tensorflow")

from benchmarks.tf_topologies.exporting import Builder
from benchmarks.tf_topologies.language import bert, lstm_classifier
from benchmarks.tf_topologies.measuring import TOLERANCE, compiled, difference
from benchmarks.tf_topologies.vision import image_to_image


@pytest.mark.heavy
@pytest.mark.parametrize("build", [lstm_classifier, bert, image_to_image])
def test_three_sizes(build: Builder, tmp_path: Path) -> None:
    exported = build(tmp_path)
    network, _ = compiled(exported, tmp_path)
    sizes = {tuple(array.shape for array in feed.values()) for feed in exported.feeds}
    assert len(sizes) == 3
    for feed, expected in zip(exported.feeds, exported.expected):
        assert difference(network, feed, expected) <= TOLERANCE
