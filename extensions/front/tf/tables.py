"""Tables that look numbers up; texts, which belong in front of a model, not into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from extensions.front.building import invalid
from extensions.front.tf.common import converts, number
from extensions.front.tf.filling import TABLES
from extensions.ops.arithmetic import Equal, Maximum, Minimum, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.selection import Bucketize
from extensions.ops.shaping import Unsqueeze
from mo.errors import UnsupportedError
from mo.front.model import SourceNode, sorted_nodes
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@dataclass(frozen=True)
class Table:
    """The node that makes a table, its keys [N] and its values [N, ...], if they are known."""

    node: SourceNode
    keys: Output | None = None
    values: Output | None = None


# Tables of keys that lie closer together than this become one list with places between them.
_GAP = 4
_FEW = 4096
_FIRST = np.int64(0)


@converts(*TABLES, sequences=True)
def table(
    g: Graph, node: SourceNode, keys: Output | None = None, values: Output | None = None
) -> Table:
    return Table(node, keys, values)


_FINDS = ("LookupTableFind", "LookupTableFindV2")


@converts(*_FINDS, sequences=True)
def find(g: Graph, node: SourceNode, table: Table, x: Output, default: Output) -> Output:
    """The values of the keys ``x``, ``default`` of those that the table lacks."""
    keys, values, kind = _contents(node, table)
    if x.dtype is not kind or default.dtype is not values.dtype:
        raise invalid("what it looks up is of another type than the table")
    order = np.argsort(keys, kind="stable")
    in_order = g.add(Gather(), values, order, _FIRST)
    rows = g.add(Concat(axis=0), in_order, g.add(Unsqueeze(), default, [0]))
    if keys.max() - keys.min() < _GAP * keys.size + _FEW:
        return _by_number(g, keys[order], rows, x)
    return _by_search(g, keys[order], rows, x)


def _by_number(g: Graph, keys: np.ndarray, rows: Output, x: Output) -> Output:
    """A row for each number from one below the keys to one above, which stand for all beyond."""
    low, high = int(keys[0]) - 1, int(keys[-1]) + 1
    places = np.full(high - low + 1, keys.size)
    places[keys - low] = np.arange(keys.size)
    limited = g.add(Maximum(), x, number(g, low, x.dtype))
    limited = g.add(Minimum(), limited, number(g, high, x.dtype))
    place = g.add(Subtract(), limited, number(g, low, x.dtype))
    return g.add(Gather(), g.add(Gather(), rows, places, _FIRST), place, _FIRST)


def _by_search(g: Graph, keys: np.ndarray, rows: Output, x: Output) -> Output:
    """The row of the first key that is not below, if it is the one."""
    sorted_keys = number(g, keys, x.dtype)
    bucket = g.add(Bucketize(output_type=ElementType.i64), x, sorted_keys)
    bucket = g.add(Minimum(), bucket, [keys.size - 1])
    is_key = g.add(Equal(), g.add(Gather(), sorted_keys, bucket, _FIRST), x)
    place = g.add(Select(), is_key, bucket, g.constant(np.int64(keys.size)))
    return g.add(Gather(), rows, place, _FIRST)


@converts("LookupTableSize", "LookupTableSizeV2", sequences=True)
def size(g: Graph, node: SourceNode, table: Table) -> Output:
    return g.constant(np.int64(_contents(node, table)[0].size))


@converts("LookupTableExport", "LookupTableExportV2", sequences=True)
def export(g: Graph, node: SourceNode, table: Table) -> tuple[Output, ...]:
    """In the order of the file, where TensorFlow promises none."""
    keys, values, kind = _contents(node, table)
    return number(g, keys, kind), values


def _contents(node: SourceNode, table: Any) -> tuple[np.ndarray, Output, ElementType]:
    """Keys, values and the type of the keys, if they are numbers that are in the file."""
    if not isinstance(table, Table):
        raise invalid("it reads no table")
    if table.keys is None or table.values is None:
        raise to_cut(node, "tables that nothing in the file fills")
    if ElementType.string in (table.keys.dtype, table.values.dtype):
        raise to_cut(node, "tables of texts")
    keys = table.keys.value()
    if keys is None or keys.ndim != 1 or not keys.size or table.keys.dtype.is_float:
        raise to_cut(node, "tables of such keys")
    if np.abs(keys.astype(np.float64)).max() >= 2**31:
        # Runtimes compute with 32 bits.
        raise to_cut(node, "keys beyond 32 bits")
    return keys.astype(np.int64), table.values, table.keys.dtype


# What hands texts on, or looks them up.
_CARRIERS = (*_FINDS, "ExpandDims", "Identity", "RaggedTensorToTensor", "Reshape", "Squeeze")
_TEXTS = (
    "AsString",
    "DecodeCSV",
    "DecodeRaw",
    "ParseExample",
    "ParseExampleV2",
    "RaggedTensorToSparse",
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
)


@converts(*_TEXTS, sequences=True)
def text(g: Graph, node: SourceNode, *inputs: Any) -> Any:
    is_ragged = node.type == "RaggedTensorToSparse"
    raise to_cut(node, "ragged and sparse tensors" if is_ragged else "the processing of texts")


@converts("DecodeBmp", "DecodeGif", "DecodeImage", "DecodeJpeg", "DecodePng", sequences=True)
def picture(g: Graph, node: SourceNode, *inputs: Any) -> Any:
    raise to_cut(node, "the decoding of picture files")


def to_cut(node: SourceNode, what: str) -> UnsupportedError:
    """The error for what has to happen in front of the model, with the --input that cuts it."""
    inputs = ",".join(f"{place}[SHAPE]{{TYPE}}" for place in _ends_of_texts(node))
    return UnsupportedError(
        f"the IR has no operations for {what}",
        hint=f'Do this before the inference, and start the model behind it: --input "{inputs}", '
        "with the shape and type of what is computed there.",
    )


def _ends_of_texts(node: SourceNode) -> list[str]:
    """Where numbers come out of this node, of the texts behind it, and of all other texts."""
    model = node.walk.model
    nodes = sorted_nodes(model, model.outputs, node.walk.sees)
    within: dict[str, str] = {}
    read = dict.fromkeys(model.outputs)
    for other in nodes:
        goes_on = other.type in _CARRIERS and not within.keys().isdisjoint(other.inputs)
        if other is node or other.type in _TEXTS or goes_on:
            within |= {name: f"{other.name}:{port}" for port, name in enumerate(other.outputs)}
        else:
            read |= dict.fromkeys(other.inputs)
    return [within[name] for name in within if name in read]
