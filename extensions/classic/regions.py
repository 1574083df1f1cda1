"""Boxes and regions: what the IR wants in other inputs and attributes than the classic gave."""

from __future__ import annotations

import numpy as np

from extensions.classic.fields import attribute, converts, direct, fields
from extensions.classic.windows import channels_last
from extensions.ops.detection import DetectionOutput, PriorBox, PriorBoxClustered, Proposal
from extensions.ops.gathering import Gather
from extensions.ops.shaping import Reshape, ShapeOf, Unsqueeze
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


def _extent(g: Graph, node: SourceNode, image: Output) -> Output:
    """Height and width of an image; a vector of two numbers tells them itself."""
    if image.rank == 1:
        return image
    first = 1 if channels_last(node, image.rank or 4) else 2
    return g.add(Gather(), g.add(ShapeOf(), image), [first, first + 1], g.constant(np.int64(0)))


@converts("PriorBox")
def prior_box(g: Graph, node: SourceNode, features: Output, image: Output) -> Output:
    """[1, 2, 4 n]: boxes over the features of an image."""
    op = PriorBox(**fields(node, PriorBox))
    boxes = g.add(op, _extent(g, node, features), _extent(g, node, image))
    return g.add(Unsqueeze(), boxes, [0])


@converts("PriorBoxClustered")
def prior_box_clustered(g: Graph, node: SourceNode, features: Output, image: Output) -> Output:
    """The same of given sizes; the size of the image may be an attribute."""
    given = [attribute(node, name, default=0) for name in ("img_h", "img_w")]
    size = g.constant(np.array(given, np.int64)) if all(given) else _extent(g, node, image)
    op = PriorBoxClustered(**fields(node, PriorBoxClustered))
    return g.add(Unsqueeze(), g.add(op, _extent(g, node, features), size), [0])


@converts("Proposal")
def proposal(g: Graph, node: SourceNode, scores: Output, deltas: Output, image: Output) -> object:
    """What is told of the image may stand in a matrix of one row."""
    flat = image if image.rank == 1 else g.add(Reshape(), image, [-1])
    found: tuple[Output, ...] = direct(g, node, Proposal.type, scores, deltas, flat)
    return found


@converts("DetectionOutput")
def detection_output(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    """How many classes there are follows from the scores and the priors."""
    if node.get("num_classes") is None:
        numbers = 4 if node.get("normalized") else 5
        node.attributes["num_classes"] = _width(inputs[1]) // (_width(inputs[2]) // numbers)
    return g.add(DetectionOutput(**fields(node, DetectionOutput)), *inputs)


def _width(value: Output) -> int:
    width = value.shape[-1] if value.shape else None
    if not isinstance(width, int):
        raise UnsupportedError(
            "how many classes it tells apart depends on open sizes",
            hint="Give the size of the images with --input_shape, or 'num_classes'.",
        )
    return width
