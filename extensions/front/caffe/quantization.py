"""Layers of binary nets: activations and weights of two values (XNOR-Net paper)."""

from __future__ import annotations

import numpy as np

from extensions.front.caffe.common import converts, unsupported
from extensions.front.caffe.convolution import convolution
from extensions.ops.arithmetic import Greater, Select
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Binarization")
def binarization(g: Graph, node: SourceNode, x: Output, *thresholds: Output) -> Output:
    """1 above zero, else -1."""
    for blob in thresholds:
        numbers = blob.value()
        if numbers is None or numbers.any():
            raise unsupported("a binarization with trained thresholds")
    # FakeQuantize with one limit of the input for both is NaN at run time.
    one, less = (g.constant(np.full((), number), x.dtype) for number in (1, -1))
    return g.add(Select(), g.add(Greater(), x, 0.0), one, less)


@converts("ConvolutionBinary")
def binary_convolution(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """A convolution whose weights have one size in each filter and differ in their signs.

    As an ordinary one it is exact whatever the data are, and in every runtime.
    """
    blobs = values[len(node.outputs) :]
    weights = blobs[0].value() if blobs else None
    if weights is not None:
        sizes = np.abs(weights.reshape(len(weights), -1))
        if np.ptp(sizes, axis=1).max(initial=0) > 0:
            raise unsupported("a binary convolution with weights that are not binary yet")
    return convolution(g, node, *values)
