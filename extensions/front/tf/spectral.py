"""Fourier transforms along the last one to three axes."""

from __future__ import annotations

from extensions.front.building import rank_of, sliced, typed
from extensions.front.tf.common import converts
from extensions.ops.slicing import FAR
from extensions.ops.spectral import DFT, IDFT, IRDFT, RDFT
from mo.front.model import SourceNode
from mo.front.values import ComplexTensor, Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def _axes(node: SourceNode, rank: int) -> list[int]:
    """The last axes, as many as the type says: FFT, FFT2D, FFT3D."""
    count = int(node.type[-2]) if node.type.endswith("D") else 1
    return list(range(rank - count, rank))


@converts("FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D", complex=True)
def complex_transform(g: Graph, node: SourceNode, x: ComplexTensor) -> ComplexTensor:
    op = IDFT() if node.type.startswith("I") else DFT()
    return ComplexTensor(g.add(op, x.pairs, _axes(node, rank_of(x.pairs) - 1)))


@converts("RFFT", "RFFT2D", "RFFT3D")
def real_transform(g: Graph, node: SourceNode, x: Output, sizes: Output) -> ComplexTensor:
    """Of x cut or filled up with zeros to sizes; the half of the spectrum that tells all."""
    axes = _axes(node, rank_of(x))
    return ComplexTensor(g.add(RDFT(), x, axes, typed(g, sizes, ElementType.i64)))


@converts("IRFFT", "IRFFT2D", "IRFFT3D", complex=True)
def inverse_real_transform(g: Graph, node: SourceNode, x: Value, sizes: Output) -> Output:
    """The last axis by itself: over three, of which one is cut, the CPU runtime reads too far."""
    pairs = x.pairs
    axes, sizes = _axes(node, rank_of(pairs) - 1), typed(g, sizes, ElementType.i64)
    others, last = axes[:-1], axes[-1]
    if others:
        pairs = g.add(IDFT(), pairs, others, sliced(g, sizes, [0], [-1], [0], [1]))
    return g.add(IRDFT(), pairs, [last], sliced(g, sizes, [-1], [FAR], [0], [1]))
