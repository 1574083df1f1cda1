"""Why operations have no translation: what they do has no form in the IR."""

from __future__ import annotations

from extensions.front.onnx.common import TRANSLATIONS

_MAPS = "It computes with maps from keys to numbers; the IR has tensors only."
_SEARCH = (
    "It runs a whole decoder again and again; convert the decoder that is in its attributes as a "
    "model of its own, and search in the application."
)
_BLOCKED = (
    "onnxruntime has laid out its data for one processor; let it save the model with the "
    "optimization level ORT_ENABLE_EXTENDED."
)
_HASHES = (
    "Its hashes are remainders of products of integers of 64 bits, of which runtimes keep 32; "
    "compute them in the application, and cut here."
)
_TRAINING = "The IR has no derivatives; export the model for inference."

TRANSLATIONS.explains(
    {
        "ImageDecoder": "The IR decodes no images; decode them in the application, and cut here.",
        "RegexFullMatch": "The IR has no operation that tells whether an expression matches.",
    }
)
TRANSLATIONS.explains({"CastMap": _MAPS, "DictVectorizer": _MAPS}, domain="ai.onnx.ml")
TRANSLATIONS.explains({"Gradient": _TRAINING}, domain="ai.onnx.preview.training")
TRANSLATIONS.explains(
    {
        **dict.fromkeys(("BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch"), _SEARCH),
        **dict.fromkeys(("NGramHashMapping", "VarlenNGramHashMapping"), _HASHES),
        "MaxpoolWithMask": (
            "It is internal to onnxruntime, which reads its mask at other places than those of "
            "the image; use MaxPool of a masked image."
        ),
        "Tokenizer": "The IR has no operation that takes texts apart by expressions.",
    },
    domain="com.microsoft",
)
TRANSLATIONS.explains(
    dict.fromkeys(
        (
            "AveragePool",
            "Conv",
            "GlobalAveragePool",
            "GlobalMaxPool",
            "MaxPool",
            "ReorderInput",
            "ReorderOutput",
            "Upsample",
        ),
        _BLOCKED,
    ),
    domain="com.microsoft.nchwc",
)
