"""--mean_file: a mean image in the form of Caffe, to be subtracted from the input.

The image is a BlobProto [C, H, W]. The part that is used has the size of the input and lies in
the middle, or begins at --mean_file_offsets (row, column).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from extensions.front.caffe.schema.net import BLOB
from extensions.front.caffe.weights import blob_tensor
from mo.cli.config import Config
from mo.errors import ModelFileError, UsageError, listing
from mo.front.files import open_model
from mo.front.protobuf import parse
from mo.graph.graph import Graph
from mo.graph.node import Node
from mo.graph.shape import is_static, text


def read_mean(path: Path) -> np.ndarray:
    """The mean image as [C, H, W]."""
    source = open_model(path)
    try:
        tensor = blob_tensor(parse(source.view, 0, source.size, BLOB), source)
    except ModelFileError as error:
        raise ModelFileError(
            f"Cannot read the mean file '{path.name}': {error.message}",
            hint="It holds one BlobProto, as compute_image_mean writes it (.binaryproto).",
        ) from error
    shape = tensor.shape
    while len(shape) > 3 and shape[0] == 1:
        shape = shape[1:]
    if len(shape) != 3 or not tensor.size:
        raise ModelFileError(
            f"The mean file '{path.name}' holds {text(tensor.shape)}, not one image [C,H,W]",
            hint="Compute the mean of images, not of a batch.",
        )
    return tensor.array.reshape(shape)


def attach_mean(graph: Graph, config: Config) -> int:
    """Note on the graph what is to be subtracted from its one image."""
    path = config.sources["mean_file"]
    images = [node for node in graph.parameters() if node.outputs[0].rank == 4]
    if len(images) != 1:
        raise UsageError(
            f"--mean_file is for nets with one image as input; this one has {len(images)}: "
            + listing(node.name for node in images),
            hint="Give numbers with --mean_values instead.",
        )
    mean = _part(read_mean(path), images[0], config.options.get("mean_file_offsets"))
    graph.graph.setdefault("means", {})[images[0].name] = mean[None]
    return 1


def _part(mean: np.ndarray, node: Node, offsets: tuple[int, int] | None) -> np.ndarray:
    shape = node.outputs[0].shape
    if shape is None or not is_static(shape[1:]):
        raise UsageError(
            f"--mean_file: the size of input '{node.name}' {text(shape)} is not known",
            hint="Give it with --input_shape; only the batch may stay open.",
        )
    channels, *size = (dim for dim in shape[1:] if isinstance(dim, int))
    if offsets is None:
        offsets = ((mean.shape[1] - size[0]) // 2, (mean.shape[2] - size[1]) // 2)
    fits = all(
        offset >= 0 and offset + wanted <= there
        for offset, wanted, there in zip(offsets, size, mean.shape[1:])
    )
    if channels != mean.shape[0] or any(a > b for a, b in zip(size, mean.shape[1:])):
        raise UsageError(
            f"--mean_file: the image {text(mean.shape)} is smaller than input '{node.name}' "
            f"{text(shape)}, or has other channels",
            hint="Give the mean of the images that the net was trained with, or --mean_values.",
        )
    if not fits:
        raise UsageError(
            f"--mean_file: the image {text(mean.shape)} has no part {text(shape[1:])} at row "
            f"{offsets[0]}, column {offsets[1]} for input '{node.name}'",
            hint="Give smaller --mean_file_offsets, or none to use its middle.",
        )
    (top, left), (height, width) = offsets, size
    return mean[:, top : top + height, left : left + width]
