"""Poolers of feature pyramids as ONNX models spell them out: found by what they do, not by names.

The regions of each level are chosen (Gather), RoiAlign computes their features, and these are put
back in the order of the regions, by a scatter for each level or by a Concat and one Gather.
Facts: Feature Pyramid Networks (Lin et al., 2017), section 4.2; ONNX operator RoiAlign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extensions.classic.networks.common import operation
from extensions.classic.onnx import get_onnx_opset_version, onnx_attr
from mo.classic.graph import Graph
from mo.classic.node import Node
from mo.classic.port import Port
from mo.classic.reporting import ExtensionError
from mo.classic.walks import breadth_first

# What takes rows and columns out of a table of regions.
_CHOOSING = ("Gather", "GatherND", "Slice", "Squeeze", "Cast")
_PRODUCTS = ("Gemm", "MatMul")
# RoiAlign's default of coordinate_transformation_mode is half_pixel from here on.
_HALF_PIXEL_OPSET = 16


class Pooler(NamedTuple):
    """``size`` x ``size`` features of each region from the level that suits it."""

    levels: Sequence[Port]  # at 1/4, 1/8, ... of the image
    regions: Port  # [regions, 4]: x, y, x, y in pixels
    features: Port  # [regions, channels, size, size]
    size: int
    sampling_ratio: int = 2
    aligned: bool = False

    def replace(self, graph: Graph, name: str, regions: Port | None = None) -> None:
        """Detectron's operation in place of all this, on other regions if given."""
        made = operation(
            graph,
            "ExperimentalDetectronROIFeatureExtractor",
            name,
            regions or self.regions,
            *self.levels,
            output_size=self.size,
            sampling_ratio=self.sampling_ratio,
            pyramid_scales=[4, 8, 16, 32, 64],
            aligned=self.aligned,
        )
        self.features.get_connection().set_source(made)


def poolers(graph: Graph) -> list[Pooler]:
    """Those of a model, in its order."""
    found: dict[Port, list[Node]] = {}
    for node in graph.get_op_nodes(op="ROIAlign"):
        found.setdefault(_tables(node)[-1], []).append(node)
    return [_pooler(graph, nodes) for nodes in found.values()]


def _pooler(graph: Graph, nodes: list[Node]) -> Pooler:
    nodes = sorted(nodes, key=lambda node: -node.spatial_scale)
    if [1 / node.spatial_scale for node in nodes] != [4, 8, 16, 32, 64][: len(nodes)]:
        raise _not_as_expected(nodes[0], "the levels of its pyramid are not at 1/4, 1/8, 1/16 ...")
    mode = onnx_attr(nodes[0], "coordinate_transformation_mode", "s")
    half_pixel = b"half_pixel" if get_onnx_opset_version(nodes[0]) >= _HALF_PIXEL_OPSET else b""
    return Pooler(
        levels=[_source(node, 0) for node in nodes],
        regions=_regions(nodes),
        features=_joined(graph, nodes),
        size=nodes[0].pooled_h,
        sampling_ratio=nodes[0].sampling_ratio,
        aligned=(mode or half_pixel) == b"half_pixel",
    )


def _tables(node: Node) -> list[Port]:
    """What the regions of a RoiAlign are chosen from, step by step."""
    found = [_source(node, 1)]
    while _kind(found[-1].node) in _CHOOSING:
        found.append(_source(found[-1].node, 0))
    return found


def _regions(nodes: list[Node]) -> Port:
    """The regions of all levels, without the number of the image in front of each."""
    others = [set(_tables(node)) for node in nodes[1:]]
    table = next(port for port in _tables(nodes[0]) if all(port in other for other in others))
    while _kind(table.node) == "Concat":
        table = _source(table.node, len(table.node.in_ports()) - 1)
    return table


def _joined(graph: Graph, nodes: list[Node]) -> Port:
    """The features of all levels together, in the order of the regions."""
    common = set(graph)
    for node in nodes:
        common &= set(_behind(graph, node.id))
    first = next(
        (
            id
            for id in _behind(graph, nodes[0].id)
            if id in common and not _any_before(graph, id, common)
        ),
        None,
    )
    if first is None:
        raise _not_as_expected(
            nodes[0], "its features and those of other levels do not come together"
        )
    features = Node(graph, first).out_port(0)
    if _kind(features.node) == "Concat":
        readers = [port.node for port in features.get_destinations()]
        if [_kind(reader) for reader in readers] != ["Gather"]:
            raise _not_as_expected(nodes[0], "the features of the levels are not put in order")
        features = readers[0].out_port(0)
    return features


def _any_before(graph: Graph, id: str, ids: set[str]) -> bool:
    return any(other in ids for other in graph.predecessors(id))


def _behind(graph: Graph, id: str) -> list[str]:
    """What is computed from the numbers of a tensor, nearest first: its shape does not count."""

    def near(id: str) -> Sequence[str]:
        return () if _kind(Node(graph, id)) == "Shape" else graph.successors(id)

    return breadth_first([id], near)


def nearest(graph: Graph, start: Port, kind: str) -> Node | None:
    """The nearest node of an ONNX type that is computed from a value."""
    nodes = (Node(graph, id) for id in _behind(graph, start.node.id))
    return next((node for node in nodes if _kind(node) == kind), None)


class BoxHead(NamedTuple):
    """What is said of each region: scores [regions, classes], moves [regions, 4 * classes]."""

    scores: Port
    moves: Port
    classes: int


def box_head(graph: Graph, features: Port) -> BoxHead:
    """The nearest Softmax, and the product beside the one that it is computed from."""
    softmax = nearest(graph, features, "Softmax")
    if softmax is None:
        raise _not_as_expected(features.node, "no Softmax gives classes to its regions")
    product = softmax
    while _kind(product) not in _PRODUCTS:
        product = _computed(product)
    hidden = _source(product, 0)
    beside = [
        port.node
        for port in hidden.get_destinations()
        if port.node != product and _kind(port.node) in _PRODUCTS
    ]
    if len(beside) != 1:
        raise _not_as_expected(softmax, "no product beside the one of its classes moves boxes")
    return BoxHead(softmax.out_port(0), _with_bias(beside[0]), _width(product))


def _computed(node: Node) -> Node:
    """The node that a step of one operand and constants is computed from."""
    sources = [port.get_source() for port in node.in_ports().values()]
    nodes = [source.node for source in sources if source and source.node.soft_get("op") != "Const"]
    if len(nodes) != 1:
        raise _not_as_expected(node, "it stands between a product and the Softmax of classes")
    return nodes[0]


def _with_bias(product: Node) -> Port:
    value = product.out_port(0)
    readers = [port.node for port in value.get_destinations()]
    adds = _kind(product) == "MatMul" and len(readers) == 1 and _kind(readers[0]) == "Add"
    return readers[0].out_port(0) if adds else value


def _width(product: Node) -> int:
    """How many numbers a product gives for each row."""
    matrix = _source(product, 1).node.soft_get("value", None)
    if matrix is None:
        raise _not_as_expected(product, "its matrix is not constant")
    return int(matrix.shape[0 if product.soft_get("transpose_b", 0) else 1])


def _source(node: Node, index: int) -> Port:
    source = node.in_port(index).get_source()
    if source is None:
        raise _not_as_expected(node, f"its input {index} is missing")
    return source


def _kind(node: Node) -> str:
    return str(node.soft_get("framework_op"))


def _not_as_expected(node: Node, what: str) -> ExtensionError:
    name = node.soft_get("name")
    return ExtensionError(
        f"--transformations_config: '{name}' is not part of an R-CNN as expected: {what}",
        hint="Name its nodes in a copy of the configuration, or leave --transformations_config "
        "out.",
    )
