"""Numbers that a text file beside the net gives."""

from __future__ import annotations

from math import isfinite, prod
from pathlib import Path, PurePosixPath

import numpy as np

from extensions.front.caffe.common import (
    converts,
    invalid,
    parameters,
    reshaped,
    shape_of,
    size_vector,
)
from extensions.front.caffe.sections import Sections
from extensions.ops.arithmetic import Add
from extensions.ops.reduction import ReduceProd
from extensions.ops.slicing import StridedSlice
from mo.errors import ModelFileError
from mo.front.files import open_beside
from mo.front.model import SourceNode
from mo.front.prototext import decoded
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import MappedFile

# More than the numbers of any picture take as text.
_LIMIT = 1 << 26


@converts("PowerFile")
def power_file(g: Graph, node: SourceNode, x: Output) -> Output:
    """A number of the file for each of a picture, added to every picture; further ones are left.

    github.com/daerduoCarey/SpatialTransformerLayer. Where numbers or the file are missing Caffe
    takes zeros: that is refused.
    """
    name = parameters(node, "power_file_param")["shift_file"]
    if not name:
        return x
    assert isinstance(node.attributes, Sections)
    numbers = _numbers(node.attributes.path, name)
    sizes = shape_of(x)[1:]
    count = prod(dim for dim in sizes if isinstance(dim, int))
    if not sizes or len(numbers) < count:
        raise invalid(f"'{name}' gives {len(numbers)} numbers, but its bottom is {x.type}")
    axes = range(1, len(sizes) + 1)
    needed = g.add(ReduceProd(keep_dims=True), size_vector(g, x, *axes), [0])
    op = StridedSlice(begin_mask=(1,), end_mask=(0,))
    used = g.add(op, g.constant(numbers, x.dtype), [0], needed, [1])
    return g.add(Add(), x, reshaped(g, used, x, [1], *axes))


def _numbers(net: Path, name: str) -> np.ndarray:
    """The numbers of a text, apart by white space."""
    source = _opened(net, name)
    if source.size > _LIMIT:
        raise invalid(f"'{name}' is larger than {_LIMIT >> 20} MB")
    try:
        numbers = [float(word) for word in decoded(source.view).split()]
    except ValueError as error:
        raise invalid(f"'{name}' is no list of numbers: {error}") from None
    if not all(map(isfinite, numbers)):
        raise invalid(f"'{name}' has numbers that are not finite")
    return np.asarray(numbers, np.float32)


def _opened(net: Path, name: str) -> MappedFile:
    """The file below the net's folder: Caffe's own folder, from which names start, is not known.

    So a file of this name that lies beside the net is taken too.
    """
    try:
        return open_beside(net, name)
    except ModelFileError:
        plain = PurePosixPath(name.replace("\\", "/")).name
        if plain == name or not (net.parent / plain).is_file():
            raise
        return open_beside(net, plain)
