"""Vectors of words, made of those of their characters."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, size_of, typed
from extensions.front.onnx.attention.masks import counted
from extensions.front.onnx.contrib.common import microsoft, standard
from extensions.front.onnx.convolution import conv
from extensions.ops.activation import Tanh
from extensions.ops.arithmetic import Greater, Less, Maximum, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.reduction import ReduceMax, ReduceSum
from extensions.ops.shaping import Squeeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_ZERO, _ONE = np.int64(0), np.int64(1)
# Less than any hyperbolic tangent.
_NONE = -2.0


@microsoft("WordConvEmbedding")
def word_conv_embedding(
    g: Graph, node: SourceNode, words: Output, weights: Output, bias: Output, table: Output
) -> Output:
    """The greatest results of a convolution over the characters of words [N, L]; 0 is none.

    ``weights`` [F, 1, K, E], ``table`` [characters, E]. Windows that reach beyond the characters
    of a word do not count, but for the first.
    """
    characters = lift(g, g.add(Gather(), table, words, _ZERO), [1])
    windows = conv(g, standard(node, "Conv"), characters, weights, bias)
    results = g.add(Tanh(), g.add(Squeeze(), windows, [3]))
    is_there = typed(g, g.add(Greater(), words, np.int32(0)), ElementType.i64)
    length = g.add(ReduceSum(keep_dims=True), is_there, [1])
    beyond = g.add(Subtract(), length, g.add(Subtract(), size_of(g, weights, 2), _ONE))
    inside = g.add(Less(), counted(g, results, 2), g.add(Maximum(), beyond, _ONE))
    best = g.add(
        ReduceMax(), g.add(Select(), lift(g, inside, [1]), results, np.float32(_NONE)), [2]
    )
    return g.add(Select(), g.add(Greater(), length, _ZERO), best, np.float32(0))
