"""Every variant of every layer computes what OpenCV or the layer's formula says.

The same variants make the table tests/conformance/caffe_layers.csv.
"""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("cv2")
pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.conformance.caffe_layers import check, read_table, refusal
from tests.conformance.caffe_variants import VARIANTS
from tests.conformance.caffe_variants.variant import Variant

ON_RECORD = {(verdict.layer, verdict.variant): verdict for verdict in read_table()}


def label(variant: Variant) -> str:
    return f"{variant.layer} {variant.name}"


def test_the_table_lists_every_variant_once() -> None:
    assert [(variant.layer, variant.name) for variant in VARIANTS] == list(ON_RECORD)


def test_nothing_on_record_is_wrong() -> None:
    words = {word for verdict in ON_RECORD.values() for word in (verdict.static, verdict.opened)}
    assert all(word == "right" or word.startswith("refused") for word in words)


def cases() -> list[Any]:
    """All variants; windows on images of further sizes are left to the heavy tests."""
    further = {v for v in ON_RECORD if v[0] == "Pooling" and v[1].endswith(("on 9x6", "on 10x11"))}
    return [
        pytest.param(
            variant,
            id=label(variant),
            marks=pytest.mark.heavy if (variant.layer, variant.name) in further else (),
        )
        for variant in VARIANTS
    ]


@pytest.mark.parametrize("variant", cases())
def test_layer(variant: Variant) -> None:
    """With known and with open sizes."""
    verdict = ON_RECORD[variant.layer, variant.name]
    ways = [((), verdict.static), (variant.opened, verdict.opened)]
    right = [opened for opened, words in ways if words == "right"]
    if right:
        check(variant, *right)
    for opened, words in ways:
        if words != "right":
            with pytest.raises(ConversionError) as caught:
                check(variant, opened)
            assert words == refusal(caught.value)
