"""Operators that have no translation, and why."""

from __future__ import annotations

from extensions.front.tflite.common import TRANSLATIONS
from extensions.front.tflite.schema import OPERATORS

_TEXTS = (
    "The IR has no operations for the processing of texts: start the model behind it (--input)."
)
_TABLES = "Tables of texts belong in front of the model: start it behind the table (--input)."
_IN_BODIES = "Variables that a loop or a branch reads or writes have no form in the IR."
_STABLEHLO = "Operators of StableHLO: convert the model to TF-Lite without them."
_NOBODY = "No converter writes it any more; cut it off with --input or --output."

TRANSLATIONS.explains(
    {
        **dict.fromkeys((name for name in OPERATORS if name.startswith("STABLEHLO_")), _STABLEHLO),
        **dict.fromkeys((name for name in OPERATORS if name.startswith("HASHTABLE")), _TABLES),
        **dict.fromkeys(
            ("ASSIGN_VARIABLE", "CALL_ONCE", "READ_VARIABLE", "VAR_HANDLE"), _IN_BODIES
        ),
        **dict.fromkeys(
            ("CALL", "CONCAT_EMBEDDINGS", "DELEGATE", "EMBEDDING_LOOKUP_SPARSE", "LSH_PROJECTION"),
            _NOBODY,
        ),
        "BITCAST": "The IR has no operation that reads the bits of one type as another.",
        "DILATE": _STABLEHLO,
        "RANDOM_STANDARD_NORMAL": "Random numbers of the normal distribution: feed them (--input).",
        "REDUCE_WINDOW": _STABLEHLO,
        "SKIP_GRAM": _TEXTS,
    }
)
