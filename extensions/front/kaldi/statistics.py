"""Statistics of frames: the extraction and pooling of x-vectors and of stats layers.

Kaldi, nnet3/nnet-general-component.h. The sums over time are nodes of their own.
"""

from __future__ import annotations

import numpy as np

from extensions.front.kaldi.common import (
    component_of,
    converts,
    join,
    last_axis,
    split,
    spread,
    width_of,
)
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Subtract
from extensions.ops.movement import Concat
from extensions.ops.unary import Log, Sqrt
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Statistics")
def statistics(g: Graph, node: SourceNode, x: Output) -> Output:
    """What is to be summed up for each frame: 1, x and, if asked for, x^2."""
    one = g.constant(np.ones((1,) * (last_axis(x) + 1), np.float32))
    parts = [spread(g, one, x), x]
    if node.attributes["squares"]:
        parts.append(g.add(Multiply(), x, x))
    return g.add(Concat(axis=last_axis(x)), *parts)


@converts("SimpleSentenceAveragingComponent")
def sentence_average(g: Graph, node: SourceNode, x: Output, sums: Output) -> Output:
    """The average in all rows of x; Shrinkage is a number of frames of zeros among them."""
    c = component_of(node)
    count, totals = split(g, sums, 1, width_of(x))
    if not c.get("OnlySumming", False):
        count = g.add(Add(), count, float(c.get("Shrinkage", 0.0)))
        totals = g.add(Divide(), totals, count)
    return spread(g, totals, x)


@converts("StatisticsPoolingComponent")
def pooling(g: Graph, node: SourceNode, sums: Output) -> Output:
    """Logarithms of the count, means and, if asked for, standard deviations."""
    c = component_of(node)
    width, logs = width_of(sums) - 1, c.integer("NumLogCountFeatures")
    count, totals = split(g, sums, 1, width)
    count = g.add(Maximum(), count, 1.0)
    parts = [g.add(Log(), count)] * logs
    means = g.add(Divide(), totals, count)
    if not c.get("OutputStddevs", False):
        return join(g, [*parts, means])
    mean, square = split(g, means, width // 2, width // 2)
    variance = g.add(Subtract(), square, g.add(Multiply(), mean, mean))
    floor = float(c.get("VarianceFloor", 1e-10))
    return join(g, [*parts, mean, g.add(Sqrt(), g.add(Maximum(), variance, floor))])
