"""Texts and tables: what belongs in front of a model, not into it."""

from __future__ import annotations

from typing import Any

from extensions.front.tf.common import converts
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph


@converts(
    "HashTable",
    "HashTableV2",
    "LookupTableExport",
    "LookupTableExportV2",
    "LookupTableFind",
    "LookupTableFindV2",
    "LookupTableSize",
    "LookupTableSizeV2",
    "MutableHashTable",
    "MutableHashTableOfTensors",
    "MutableHashTableOfTensorsV2",
    "MutableHashTableV2",
    sequences=True,
)
def table(g: Graph, node: SourceNode, *inputs: Any) -> Any:
    raise _to_cut(node, "tables that look values up")


@converts(
    "AsString",
    "DecodeCSV",
    "DecodeRaw",
    "ParseExample",
    "ParseExampleV2",
    "RaggedTensorToSparse",
    "RaggedTensorToTensor",
    "ReduceJoin",
    "RegexFullMatch",
    "RegexReplace",
    "StaticRegexFullMatch",
    "StaticRegexReplace",
    "StringFormat",
    "StringJoin",
    "StringLength",
    "StringLower",
    "StringNGrams",
    "StringSplit",
    "StringSplitV2",
    "StringStrip",
    "StringToHashBucket",
    "StringToHashBucketFast",
    "StringToHashBucketStrong",
    "StringToNumber",
    "StringUpper",
    "Substr",
    "UnicodeDecode",
    "UnicodeDecodeWithOffsets",
    "UnicodeTranscode",
    sequences=True,
)
def text(g: Graph, node: SourceNode, *inputs: Any) -> Any:
    raise _to_cut(node, "the processing of texts")


@converts("DecodeBmp", "DecodeGif", "DecodeImage", "DecodeJpeg", "DecodePng", sequences=True)
def picture(g: Graph, node: SourceNode, *inputs: Any) -> Any:
    raise _to_cut(node, "the decoding of picture files")


def _to_cut(node: SourceNode, what: str) -> UnsupportedError:
    return UnsupportedError(
        f"the IR has no operations for {what}",
        hint="Do this before the inference, and start the model behind it: "
        f'--input "{node.name}[SHAPE]{{TYPE}}", with the shape and type of its result.',
    )
