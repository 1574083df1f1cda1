"""Attention: of several heads, in groups, by products, by sums.

Source of semantics: keras.io, "Attention layers"; Vaswani et al., "Attention Is All You Need".
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from extensions.front.building import invalid, rank_of, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.masks import mask_of
from extensions.front.tf.keras.references import Given
from extensions.ops.activation import Softmax, Tanh
from extensions.ops.arithmetic import Add, LessEqual, LogicalAnd, Multiply, NotEqual, Select
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape, ShapeOf, Unsqueeze
from mo.graph.element_type import ElementType
from mo.graph.node import Output

# What stands for a score that does not count; where none does, all count alike.
_NONE = -1e9
_MASKS = ("attention_mask", "query_mask", "value_mask", "key_mask")


# ---- masks: boolean [batch, query, value], sizes of 1 for all


def _both(layer: Layer, *masks: Output | None) -> Output | None:
    result = None
    for mask in masks:
        if mask is not None:
            result = mask if result is None else layer.g.add(LogicalAnd(), result, mask)
    return result


def _boolean(layer: Layer, mask: Any) -> Output | None:
    if not isinstance(mask, Output) or mask.dtype is ElementType.boolean:
        return mask if isinstance(mask, Output) else None
    return layer.g.add(NotEqual(), mask, layer.g.constant(0, mask.dtype))


def _over(layer: Layer, mask: Output | None, axis: int) -> Output | None:
    """A mask of steps for each step of the other sequence."""
    return None if mask is None else layer.g.add(Unsqueeze(), mask, [axis])


def _causal(layer: Layer, query: Output, value: Output) -> Output:
    """Whether a step of the value is none behind that of the query, [1, query, value]."""
    g, first, step = layer.g, layer.g.constant(np.int64(0)), layer.g.constant(np.int64(1))

    def steps(x: Output, axes: list[int]) -> Output:
        size = g.add(Gather(), g.add(ShapeOf(), x), np.int64(1), np.int64(0))
        numbers = g.add(Range(output_type=ElementType.i64), first, size, step)
        return g.add(Unsqueeze(), numbers, axes)

    return g.add(LessEqual(), steps(value, [0, 1]), steps(query, [0, 2]))


def _weighed(layer: Layer, scores: Output, mask: Output | None) -> Output:
    g = layer.g
    if mask is not None:
        scores = g.add(Select(), mask, scores, g.constant(np.asarray(_NONE), scores.dtype))
    return g.add(Softmax(axis=rank_of(scores) - 1), scores)


# ---- several heads


@layer("MultiHeadAttention")
def multi_head(layer: Layer, *data: Output) -> Any:
    """Query, value and key, each projected for each head; as many steps as the query has."""
    g = layer.g
    query, value, key = _sources(layer)
    axes = layer.get("attention_axes")
    if rank_of(query) > 3 and axes in (None, list(range(1, rank_of(query) - 1))):
        return _over_all_axes(layer, query, value, key)
    _check(layer, query)
    q, k, v = (
        _projected(layer, x, part, int(layer.needed("num_heads")))
        for x, part in ((query, "query"), (key, "key"), (value, "value"))
    )
    q = g.add(Multiply(), q, float(layer.needed("key_dim")) ** -0.5)
    weights = _weighed(layer, g.add(MatMul(transpose_b=True), q, k), _mask(layer, query, value))
    return _merged(layer, g.add(MatMul(), weights, v), query), weights


def _over_all_axes(layer: Layer, query: Output, value: Output, key: Output) -> Output:
    """Attention over images: their pixels are the steps."""
    g = layer.g
    masks = [layer.argument(None, name) for name in (*_MASKS, "use_causal_mask")]
    own = [layer.weights.get(f"mask{i}") for i in range(3)]
    if any(isinstance(m, Output) or m for m in [*masks, *own]) or layer.node.has_output(1):
        raise refuse("attention over several axes with masks, or its weights")
    ranks = [rank_of(x) for x in (query, value, key)]
    rows = [g.add(Reshape(special_zero=True), x, [0, -1, _width(x)]) for x in (query, value, key)]
    if len(set(ranks)) > 1:
        raise refuse("attention between tensors of other ranks")
    node = copy(layer.node)
    node.attributes = {**layer.node.attributes, "attention_axes": [1], "named": {}}
    node.attributes["arguments"] = [Given(0), Given(1), Given(2)]
    y, _ = multi_head(Layer(g, node, rows, layer.weights), *rows)
    begun = g.add(Gather(), g.add(ShapeOf(), query), list(range(ranks[0] - 1)), np.int64(0))
    result: Output = g.add(Reshape(), y, g.add(Concat(axis=0), begun, [_width(y)]))
    return result


def _width(x: Output) -> int:
    size = (x.shape or (None,))[-1]
    if not isinstance(size, int):
        raise refuse("attention over features of open number")
    return size


@layer("GroupQueryAttention", "GroupedQueryAttention")
def grouped(layer: Layer, *data: Output) -> Any:
    """As of several heads; several heads of the query share one of the key and the value."""
    g = layer.g
    query, value, key = _sources(layer)
    _check(layer, query)
    heads, shared = (int(layer.needed(f"num_{n}_heads")) for n in ("query", "key_value"))
    q = _projected(layer, query, "query", heads)
    order = np.repeat(np.arange(shared), heads // shared)
    k, v = (
        g.add(Gather(), _projected(layer, x, part, shared), g.constant(order), np.int64(1))
        for x, part in ((key, "key"), (value, "value"))
    )
    q = g.add(Multiply(), q, float(layer.needed("head_dim")) ** -0.5)
    weights = _weighed(layer, g.add(MatMul(transpose_b=True), q, k), _mask(layer, query, value))
    return _merged(layer, g.add(MatMul(), weights, v), query), weights


def _sources(layer: Layer) -> tuple[Output, Output, Output]:
    """Query, value, key. Keras 2 names all but the first."""
    query, value = layer.argument(0, "query"), layer.argument(1, "value")
    key = layer.argument(2, "key")
    return query, value, value if key is None else key


def _check(layer: Layer, query: Output) -> None:
    axes, rank = layer.get("attention_axes"), rank_of(query)
    listed = [axes] if isinstance(axes, int) else axes
    if rank != 3 or (listed is not None and [axis % rank for axis in listed] != [1]):
        raise refuse("attention over other axes than one of three")
    for name in ("use_gate", "sliding_window"):
        if layer.get(name):
            raise refuse(f"attention with {name}")


def _projected(layer: Layer, x: Output, part: str, heads: int) -> Output:
    """[batch, heads, steps, width] of [batch, steps, features]."""
    g, kernel = layer.g, layer.weight(f"{part}/kernel")
    flat = g.add(Reshape(special_zero=True), kernel, [0, -1])
    y = g.add(MatMul(), x, flat)
    bias = layer.weights.get(f"{part}/bias")
    if bias is not None:
        y = g.add(Add(), y, g.add(Reshape(), bias, [-1]))
    width = (kernel.shape or (None,))[-1]
    split = g.add(Reshape(special_zero=True), y, [0, 0, heads, width])
    return g.add(Transpose(), split, [0, 2, 1, 3])


def _merged(layer: Layer, y: Output, query: Output) -> Output:
    """The heads [batch, heads, steps, width] projected together, [batch, steps, ...]."""
    g, kernel = layer.g, layer.weight("output/kernel")
    shape = [size for size in kernel.shape or () if isinstance(size, int)]
    if len(shape) < 3 or len(shape) != kernel.rank:
        raise invalid("its projection has no shape")
    width = shape[0] * shape[1]
    joined = g.add(Transpose(), y, [0, 2, 1, 3])
    flat = g.add(Reshape(special_zero=True), joined, [0, 0, width])
    result = g.add(MatMul(), flat, g.add(Reshape(), kernel, [width, -1]))
    if len(shape) > 3:
        result = g.add(Reshape(special_zero=True), result, [0, 0, *shape[2:]])
    bias = layer.weights.get("output/bias")
    return result if bias is None else g.add(Add(), result, bias)


def _mask(layer: Layer, query: Output, value: Output) -> Output | None:
    """All masks of a call as one, for all heads."""
    named = [layer.argument(None, f"{name}_mask") for name in ("query", "value", "key")]
    own = [layer.weights.get(role) for role in _own_masks(layer)]
    q, v, k = (_boolean(layer, n) if n is not None else o for n, o in zip(named, own))
    given = _boolean(layer, layer.argument(None, "attention_mask"))
    causal = _causal(layer, query, value) if layer.argument(None, "use_causal_mask") else None
    of_steps = (_over(layer, q, 2), _over(layer, v, 1), _over(layer, k, 1))
    if given is None or rank_of(given) == 3:
        return _over(layer, _both(layer, *of_steps, causal, given), 1)
    if rank_of(given) != 4:
        raise refuse(f"an attention mask of {rank_of(given)} axes")
    return _both(layer, _over(layer, _both(layer, *of_steps, causal), 1), given)


def _own_masks(layer: Layer) -> list[str]:
    """The masks that came with query, value and key."""
    places, named = layer.get("arguments", []), layer.get("named", {})
    given = [
        places[place] if place < len(places) else named.get(name)
        for place, name in enumerate(("query", "value", "key"))
    ]
    return ["" if value is None else f"mask{value.number}" for value in given]


# ---- one head


@layer("Attention")
def attention(layer: Layer, *data: Output) -> Any:
    """Scores are products of query and key, or sums through tanh."""
    g, (query, value, key) = layer.g, _listed(data)
    if layer.get("score_mode", "dot") == "dot":
        scores = g.add(MatMul(transpose_b=True), query, key)
        scale = layer.weights.get("scale")
        scores = scores if scale is None else g.add(Multiply(), scores, scale)
    else:
        scores = _summed(layer, query, key, layer.weights.get("scale"), None)
        scores = g.add(Multiply(), scores, layer.weight("concat_score_weight"))
    return _attended(layer, scores, query, value)


@layer("AdditiveAttention")
def additive(layer: Layer, *data: Output) -> Any:
    query, value, key = _listed(data)
    scores = _summed(layer, query, key, None, layer.weights.get("scale"))
    return _attended(layer, scores, query, value)


def _listed(data: tuple[Output, ...]) -> tuple[Output, Output, Output]:
    query, value, *rest = data
    return query, value, rest[0] if rest else value


def _summed(
    layer: Layer, query: Output, key: Output, before: Output | None, behind: Output | None
) -> Output:
    """The sum over features of tanh(query + key), with factors inside and outside."""
    g = layer.g
    both = g.add(Add(), g.add(Unsqueeze(), query, [2]), g.add(Unsqueeze(), key, [1]))
    bent = g.add(Tanh(), both if before is None else g.add(Multiply(), both, before))
    return g.add(ReduceSum(), bent if behind is None else g.add(Multiply(), bent, behind), [3])


def _attended(layer: Layer, scores: Output, query: Output, value: Output) -> Any:
    """Steps of the query that do not count give zeros."""
    g = layer.g
    of_query, of_value = mask_of(layer, 0), mask_of(layer, 1)
    causal = _causal(layer, query, value) if layer.argument(None, "use_causal_mask") else None
    weights = _weighed(layer, scores, _both(layer, _over(layer, of_value, 1), causal))
    y = g.add(MatMul(), weights, value)
    if of_query is not None:
        y = g.add(Multiply(), y, typed(g, g.add(Unsqueeze(), of_query, [2]), y.dtype))
    return y, weights
