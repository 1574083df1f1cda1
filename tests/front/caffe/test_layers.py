"""Every variant of every layer computes what OpenCV or the layer's formula says.

The same variants make the table tests/conformance/caffe_layers.csv.
"""

from __future__ import annotations

from collections.abc import Sequence
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
def test_with_known_sizes(variant: Variant) -> None:
    agrees_with_the_record(variant, (), ON_RECORD[variant.layer, variant.name].static)


@pytest.mark.parametrize("variant", cases())
def test_with_open_sizes(variant: Variant) -> None:
    verdict = ON_RECORD[variant.layer, variant.name].opened
    agrees_with_the_record(variant, variant.opened, verdict)


def agrees_with_the_record(variant: Variant, opened: Sequence[int] | None, verdict: str) -> None:
    if verdict == "right":
        check(variant, opened)
        return
    with pytest.raises(ConversionError) as caught:
        check(variant, opened)
    assert verdict == refusal(caught.value)
