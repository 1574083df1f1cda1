"""Fourier transforms along the last axis; complex numbers lie there real, imaginary, real ...

Documented in MXNet for GPUs only: fft takes real numbers, ifft does not divide by their count.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, size_of, typed
from extensions.front.mxnet.common import converts
from extensions.ops.arithmetic import Multiply
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.shaping import Reshape, Unsqueeze
from extensions.ops.spectral import DFT, IDFT
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("_contrib_fft")
def fft(g: Graph, node: SourceNode, x: Output) -> Output:
    """[..., n] to [..., 2 n]"""
    rank = rank_of(x)
    real = g.add(Unsqueeze(), x, [rank])
    zeros = g.add(Multiply(), real, 0.0)
    waves = g.add(DFT(), g.add(Concat(axis=rank), real, zeros), [rank - 1])
    return g.add(Reshape(special_zero=True), waves, [0] * (rank - 1) + [-1])


@converts("_contrib_ifft")
def ifft(g: Graph, node: SourceNode, x: Output) -> Output:
    """[..., 2 n] to the real parts [..., n]"""
    rank = rank_of(x)
    pairs = g.add(Reshape(special_zero=True), x, [0] * (rank - 1) + [-1, 2])
    numbers = g.add(IDFT(), pairs, [rank - 1])
    real = g.add(Gather(), numbers, g.constant(np.int64(0)), g.constant(np.int64(rank)))
    return g.add(Multiply(), real, typed(g, size_of(g, real, rank - 1), real.dtype))
