"""What nodes tell of the types of their outputs, without a translation of what lies before.

For operations at which models are cut because that cannot be translated: texts, tables, sparse
tensors of texts. Definitions: tensorflow/core/ops/*.cc.
"""

from __future__ import annotations

from extensions.front.tf.tensors import ELEMENT_TYPES
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType

_I64, _BOOL = ElementType.i64, ElementType.boolean

# By output: a type, or the attribute that is one.
_RESULTS: dict[str, tuple[ElementType | str, ...]] = {
    "Cast": ("DstT",),
    "DecodeRaw": ("out_type",),
    **dict.fromkeys(("Gather", "GatherNd", "GatherV2"), ("Tparams",)),
    **dict.fromkeys(("LookupTableFind", "LookupTableFindV2"), ("Tout",)),
    **dict.fromkeys(("LookupTableSize", "LookupTableSizeV2"), (_I64,)),
    **dict.fromkeys(("ExpandDims", "Identity", "Reshape", "Squeeze", "StridedSlice"), ("T",)),
    **dict.fromkeys(("Shape", "Size", "StringToNumber"), ("out_type",)),
    "SparseFillEmptyRows": (_I64, "T", _BOOL, _I64),
    "SparseReshape": (_I64, _I64),
    "StringToHashBucket": (_I64,),
    "StringToHashBucketFast": (_I64,),
    "StringToHashBucketStrong": (_I64,),
    **dict.fromkeys(("Unique", "UniqueV2"), ("T", "out_idx")),
    "Where": (_I64,),
}
# What these attributes are where the file leaves them out.
_DEFAULTS = {"out_idx": ElementType.i32, "out_type": ElementType.i32}


def result_type(node: SourceNode, tensor: str) -> ElementType | None:
    """The element type of one of the outputs, if the node tells it."""
    told = _RESULTS.get(node.type, ())
    port = node.outputs.index(tensor)
    if port >= len(told):
        return None
    kind = told[port]
    if isinstance(kind, ElementType):
        return kind
    number = node.attributes.get(kind)
    known = ELEMENT_TYPES.get(number) if isinstance(number, int) else None
    return known or _DEFAULTS.get(kind)
