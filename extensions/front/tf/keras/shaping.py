"""Layers that move elements, join tensors or do nothing outside of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import invalid, rank_of, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.activation import activated
from extensions.front.tf.keras.common import Layer, applied, layer
from extensions.front.tf.keras.convolution import spatial_axis
from extensions.front.tf.keras.masks import HEEDING, mask_of
from extensions.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply, Power, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Pad, Transpose
from extensions.ops.normalization import NormalizeL2
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op


@layer(
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "ActivityRegularization",
    "StochasticDepth",
    "Identity",
)
def nothing(layer: Layer, x: Output) -> Output:
    """Only training changes something."""
    return x


# ---- shapes


def _with_batch(layer: Layer, x: Output, sizes: Sequence[int]) -> Output:
    """A target for a Reshape that keeps the batch."""
    batch = layer.g.add(Gather(), layer.g.add(ShapeOf(), x), [0], np.int64(0))
    return layer.g.add(Concat(axis=0), batch, list(sizes))


@layer("Flatten")
def flatten(layer: Layer, x: Output) -> Output:
    g, rank = layer.g, rank_of(x)
    if not layer.channels_last and rank > 2:
        x = g.add(Transpose(), x, [0, *range(2, rank), 1])
    sizes = [] if x.shape is None else list(x.shape[1:])
    known = all(isinstance(size, int) for size in sizes)
    count = int(np.prod([size for size in sizes if isinstance(size, int)])) if known else -1
    return g.add(Reshape(), x, _with_batch(layer, x, [count]))


@layer("Reshape")
def reshape(layer: Layer, x: Output) -> Output:
    sizes = [-1 if size is None else size for size in layer.needed("target_shape")]
    return layer.g.add(Reshape(), x, _with_batch(layer, x, sizes))


@layer("Permute")
def permute(layer: Layer, x: Output) -> Output:
    return layer.g.add(Transpose(), x, [0, *layer.needed("dims")])


@layer("RepeatVector")
def repeat_vector(layer: Layer, x: Output) -> Output:
    g, count = layer.g, layer.needed("n")
    sizes = g.add(ShapeOf(), x)
    batch, width = (g.add(Gather(), sizes, [axis], np.int64(0)) for axis in (0, 1))
    target = g.add(Concat(axis=0), batch, [count], width)
    return g.add(Broadcast(), g.add(Unsqueeze(), x, [1]), target)


def _pairs(layer: Layer, name: str, count: int, default: int) -> list[tuple[int, int]]:
    """Numbers in front of and behind each axis, in all the ways in which they can be given."""
    value = default if layer.get(name) is None else layer.get(name)
    if isinstance(value, int):
        return [(value, value)] * count
    if count == 1 and len(value) == 2 and all(isinstance(entry, int) for entry in value):
        return [(value[0], value[1])]
    pairs = [(e, e) if isinstance(e, int) else (int(e[0]), int(e[1])) for e in value]
    if len(pairs) != count:
        raise invalid(f"its setting '{name}' is not for {count} axes")
    return pairs


def _around(layer: Layer, x: Output, pairs: Sequence[tuple[int, int]]) -> tuple[list[int], ...]:
    """The numbers for all axes."""
    first = spatial_axis(layer)
    begin, end = [0] * rank_of(x), [0] * rank_of(x)
    for place, (before, behind) in enumerate(pairs):
        begin[first + place], end[first + place] = before, behind
    return begin, end


@layer("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(layer: Layer, x: Output) -> Output:
    spatial = int(layer.node.type[-2])
    begin, end = _around(layer, x, _pairs(layer, "padding", spatial, 1))
    return layer.g.add(Pad(), x, begin, end, 0.0)


@layer("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(layer: Layer, x: Output) -> Output:
    spatial = int(layer.node.type[-2])
    begin, end = _around(layer, x, _pairs(layer, "cropping", spatial, 1))
    # The runtime takes an entry whose bit is 1 as not given.
    whole = tuple(int(not behind) for behind in end)
    op = StridedSlice(begin_mask=(0,) * len(begin), end_mask=whole)
    return layer.g.add(op, x, begin, [-behind for behind in end], [1] * len(begin))


# ---- several tensors


@layer("Concatenate")
def concatenate(layer: Layer, *values: Output) -> Output:
    return layer.g.add(Concat(axis=layer.get("axis", -1) % rank_of(values[0])), *values)


_MERGES: dict[str, Op] = {
    "Add": Add(),
    "Divide": Divide(),
    "Maximum": Maximum(),
    "Minimum": Minimum(),
    "Multiply": Multiply(),
    "Power": Power(),
    "Subtract": Subtract(),
    "TrueDivide": Divide(),
}


@layer(*_MERGES)
def merge(layer: Layer, *values: Output) -> Output:
    """Layers of several tensors, and operators of two, of which one may be a number."""
    if layer.get("operand_first"):
        values = (values[-1], *values[:-1])
    return _merged(layer, _MERGES[layer.node.type], values)


def _merged(layer: Layer, op: Op, values: Sequence[Output]) -> Output:
    result = values[0]
    for value in values[1:]:
        result = layer.g.add(op, result, value)
    return result


@layer("Average")
def average(layer: Layer, *values: Output) -> Output:
    return layer.g.add(Multiply(), _merged(layer, Add(), values), 1 / len(values))


@layer("Dot")
def dot(layer: Layer, x: Output, y: Output) -> Output:
    """Products along one axis of each; vectors give one number for each of the batch."""
    g, axes = layer.g, layer.needed("axes")
    first, second = (axes, axes) if isinstance(axes, int) else axes
    first, second = first % rank_of(x), second % rank_of(y)
    if layer.get("normalize", False):
        op = NormalizeL2(eps=1e-12, eps_mode="max")
        x, y = g.add(op, x, [first]), g.add(op, y, [second])
    if rank_of(x) == rank_of(y) == 2:
        rows, columns = g.add(Unsqueeze(), x, [1]), g.add(Unsqueeze(), y, [2])
        return g.add(Reshape(), g.add(MatMul(), rows, columns), _with_batch(layer, x, [1]))
    if rank_of(x) != 3 or rank_of(y) != 3:
        raise refuse(f"the product of {x.type} and {y.type}")
    return g.add(MatMul(transpose_a=first == 1, transpose_b=second == 2), x, y)


# ---- others


@layer("Embedding")
def embedding(layer: Layer, x: Output) -> Output:
    g = layer.g
    indices = typed(g, x, ElementType.i32) if x.dtype.is_float else x
    return g.add(Gather(), layer.weight("embeddings"), indices, g.constant(np.int64(0)))


_FUNCTIONS: dict[str, Op] = {
    "add": Add(),
    "__operators__.add": Add(),
    "math.add": Add(),
    "math.divide": Divide(),
    "math.multiply": Multiply(),
    "math.subtract": Subtract(),
    "math.maximum": Maximum(),
    "math.minimum": Minimum(),
    "math.truediv": Divide(),
}


@layer("TFOpLambda", "TensorFlowOpLayer")
def tensorflow_operation(layer: Layer, *values: Output) -> Output:
    """An operator or a function that was applied to a tensor of Keras 2."""
    name = str(layer.get("function", ""))
    if layer.get("operand_first"):
        values = (values[-1], *values[:-1])
    if name in _FUNCTIONS:
        return _merged(layer, _FUNCTIONS[name], values)
    if name in ("concat", "tf.concat"):
        return concatenate(layer, *values)
    if name.startswith("nn.") and len(values) == 1:
        return activated(layer, values[0], name.removeprefix("nn."))
    raise refuse(f"the function '{name}' as a layer")


@layer("TimeDistributed")
def time_distributed(layer: Layer, x: Output) -> Output:
    """The layer inside, for each step as if it were a batch of its own."""
    g, inner, rank = layer.g, layer.needed("layer"), rank_of(x)
    if inner["class_name"] in HEEDING and mask_of(layer) is not None:
        raise refuse(f"a {inner['class_name']} with a mask inside a TimeDistributed")
    shape = g.add(ShapeOf(), x)
    rest = g.add(Gather(), shape, list(range(2, rank)), np.int64(0))
    joined = g.add(Reshape(), x, g.add(Concat(axis=0), [-1], rest))
    y = applied(layer, inner["class_name"], inner["config"], joined)
    begun = g.add(Gather(), shape, [0, 1], np.int64(0))
    behind = g.add(Gather(), g.add(ShapeOf(), y), list(range(1, rank_of(y))), np.int64(0))
    return g.add(Reshape(), y, g.add(Concat(axis=0), begun, behind))


@layer("SpectralNormalization")
def spectral_normalization(layer: Layer, x: Output) -> Output:
    """Outside of training the layer inside, whose kernel is as training left it."""
    inner = layer.needed("layer")
    result: Output = applied(layer, inner["class_name"], inner["config"], x)
    return result
