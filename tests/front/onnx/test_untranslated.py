"""What cannot be converted is refused with the reason."""

from __future__ import annotations

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from extensions.front.onnx import TRANSLATIONS
from tests.front.onnx.running import refused
from tests.models.nodes import numbers


@pytest.mark.parametrize(
    ("domain", "kind", "reason"),
    [
        ("", "ImageDecoder", "decodes no images"),
        ("ai.onnx.ml", "CastMap", "tensors only"),
        ("com.microsoft", "BeamSearch", "convert the decoder"),
        ("com.microsoft", "MaxpoolWithMask", "other places"),
        ("com.microsoft", "NGramHashMapping", "64 bits"),
        ("com.microsoft.nchwc", "Conv", "ORT_ENABLE_EXTENDED"),
    ],
)
def test_what_has_no_form_in_the_ir_says_why(domain: str, kind: str, reason: str) -> None:
    refused(kind, numbers(2, 3), domain=domain, match=reason)
    assert TRANSLATIONS.find(domain, kind, 99) is None
