"""Features made ready: scaled, normalised, imputed, picked, joined."""

from __future__ import annotations

import logging

import numpy as np

from extensions.front.building import invalid, rank_of, typed
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.ml.common import ml
from extensions.ops.arithmetic import Divide, Equal, Greater, Multiply, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax, ReduceSum
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Abs, IsNaN, Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension

log = logging.getLogger("mo.onnx")


def _per_feature(g: Graph, node: SourceNode, x: Output, name: str, kind: ElementType) -> Output:
    """An attribute of one number, or of one for each feature."""
    numbers = needed(node, name)
    if not numbers or (len(numbers) > 1 and rank_of(x) > 2):
        raise invalid(f"its attribute '{name}' has {len(numbers)} numbers")
    return g.constant(np.asarray(numbers), kind)


@ml("Scaler")
def scaler(g: Graph, node: SourceNode, x: Output) -> Output:
    f32 = ElementType.f32
    offset = _per_feature(g, node, x, "offset", f32)
    centred = g.add(Subtract(), typed(g, x, f32), offset)
    return g.add(Multiply(), centred, _per_feature(g, node, x, "scale", f32))


@ml("Binarizer")
def binarizer(g: Graph, node: SourceNode, x: Output) -> Output:
    threshold = g.constant(np.float32(node.get("threshold", 0.0)))
    return typed(g, g.add(Greater(), typed(g, x, ElementType.f32), threshold), x.dtype)


@ml("Normalizer")
def normalizer(g: Graph, node: SourceNode, x: Output) -> Output:
    """Each row divided by its norm; rows of norm 0 stay."""
    rank, norm = rank_of(x), node.get("norm", "MAX")
    if rank not in (1, 2):
        raise refuse(node, f"an input of {rank} axes")
    x, axis = typed(g, x, ElementType.f32), [rank - 1]
    if norm == "MAX":
        size = g.add(ReduceMax(keep_dims=True), x, axis)
    elif norm in ("L1", "L2"):
        part = g.add(Abs(), x) if norm == "L1" else g.add(Multiply(), x, x)
        size = g.add(ReduceSum(keep_dims=True), part, axis)
        size = g.add(Sqrt(), size) if norm == "L2" else size
    else:
        raise invalid(f"its norm '{norm}' is none of MAX, L1, L2")
    zero = g.add(Equal(), size, 0.0)
    return g.add(Divide(), x, g.add(Select(), zero, g.constant(np.float32(1)), size))


@ml("Imputer")
def imputer(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = "float" if x.dtype.is_float else "int64"
    replaced = node.get(f"replaced_value_{kind}", 0.0 if x.dtype.is_float else 0)
    if isinstance(replaced, float) and np.isnan(replaced):
        is_missing = g.add(IsNaN(), x)
    else:
        is_missing = g.add(Equal(), x, g.constant(np.asarray(replaced), x.dtype))
    values = _per_feature(g, node, x, f"imputed_value_{kind}s", x.dtype)
    return g.add(Select(), is_missing, values, x)


@ml("ArrayFeatureExtractor")
def array_feature_extractor(g: Graph, node: SourceNode, x: Output, places: Output) -> Output:
    """Columns of the last axis; a vector is one row."""
    matrix = g.add(Reshape(), x, [1, -1]) if rank_of(x) == 1 else x
    flat = g.add(Reshape(), places, [-1])
    return g.add(Gather(), matrix, flat, g.constant(np.int64(-1)))


@ml("FeatureVectorizer")
def feature_vectorizer(g: Graph, node: SourceNode, *parts: Output) -> Output:
    sizes = needed(node, "inputdimensions")
    if len(sizes) != len(parts):
        raise invalid(f"{len(parts)} inputs have {len(sizes)} sizes")
    columns = []
    for part, size in zip(parts, sizes):
        rank = rank_of(part)
        known: Dimension = part.shape[-1] if part.shape else 1
        if rank not in (1, 2) or (isinstance(known, int) and known != size):
            raise refuse(node, f"an input {list(part.shape or ())} of size {size}")
        # Shapes that are known only when the model runs are checked there.
        row: list[int] = [1 if rank == 1 else 0, size]
        column = (
            part if known == size and rank == 2 else g.add(Reshape(special_zero=True), part, row)
        )
        columns.append(typed(g, column, ElementType.f32))
    return g.add(Concat(axis=1), *columns)


@ml("ZipMap")
def zip_map(g: Graph, node: SourceNode, x: Output) -> Output:
    """There are no maps in the IR: whoever reads the result finds the columns of the tensor."""
    labels = node.get("classlabels_strings") or node.get("classlabels_int64s") or []
    shown = ", ".join(map(str, labels[:8])) + (", ..." if len(labels) > 8 else "")
    log.warning("%s gives the tensor itself, one column for each of: %s", node, shown)
    return x
