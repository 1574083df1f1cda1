"""Hashes of numbers, by arithmetic modulo 2^32.

The CPU runtime multiplies integers of 32 bits exactly, and drops what does not fit in them.
"""

from __future__ import annotations

import numpy as np

from extensions.front.onnx.bits import bits_of
from extensions.front.onnx.common import refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.ops.arithmetic import (
    Add,
    BitwiseAnd,
    BitwiseOr,
    BitwiseRightShift,
    BitwiseXor,
    Multiply,
)
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_T = ElementType
_BYTES = 4


@microsoft("MurmurHash3")
def murmur_hash_3(g: Graph, node: SourceNode, x: Output) -> Output:
    """MurmurHash3_x86_32 (A. Appleby) of keys of four bytes, as a signed number."""
    if x.dtype is _T.f32:
        key = bits_of(g, x)
    elif x.dtype is _T.i32:
        key = x
    else:
        raise refuse(node, f"a hash of {x.dtype.name}, whose bits the CPU runtime does not keep,")
    if node.get("positive", 1):
        raise refuse(node, "an unsigned hash, of which the CPU runtime keeps 31 bits,")
    key = _times(g, _rotated(g, _times(g, key, 0xCC9E2D51), 15), 0x1B873593)
    hashed = _rotated(g, _xor(g, key, node.get("seed", 0)), 13)
    hashed = g.add(Add(), _times(g, hashed, 5), _word(g, 0xE6546B64))
    hashed = _xor(g, hashed, _BYTES)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashed = _times(g, _folded(g, hashed, shift), factor)
    return _folded(g, hashed, 16)


def _word(g: Graph, bits: int) -> Output:
    return g.constant(np.uint32(bits & 0xFFFFFFFF).astype(np.int32))


def _times(g: Graph, x: Output, factor: int) -> Output:
    return g.add(Multiply(), x, _word(g, factor))


def _xor(g: Graph, x: Output, bits: int) -> Output:
    return g.add(BitwiseXor(), x, _word(g, bits))


def _right(g: Graph, x: Output, count: int) -> Output:
    """Zeros come in from the left, where the shift repeats the sign."""
    shifted = g.add(BitwiseRightShift(), x, _word(g, count))
    return g.add(BitwiseAnd(), shifted, _word(g, (1 << 32 - count) - 1))


def _rotated(g: Graph, x: Output, count: int) -> Output:
    return g.add(BitwiseOr(), _times(g, x, 1 << count), _right(g, x, 32 - count))


def _folded(g: Graph, x: Output, count: int) -> Output:
    return g.add(BitwiseXor(), x, _right(g, x, count))
