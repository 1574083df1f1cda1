"""YOLO, versions 1 to 3: the activation of the detection heads as RegionYolo.

Darknet's networks end in a layer 'region' (version 1: 'detection', version 3: 'yolo'), which ports
to other frameworks spell out or leave to the application. Facts: the .cfg files of Darknet, and
OpenVINO 2021.4, "Converting YOLO Models to the Intermediate Representation".
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from extensions.classic.networks.common import (
    as_output,
    channels_first,
    node_named,
    operation,
    parameter,
    without_output_flag,
)
from mo.classic.graph import Graph
from mo.classic.port import Port
from mo.classic.replacement import FrontReplacementFromConfigFileGeneral

log = logging.getLogger("mo.extensions")


def _region(
    graph: Graph,
    head: Port | None,
    attributes: Mapping[str, Any],
    id: str,
    mask: Sequence[int] = (),
) -> Port:
    """RegionYolo on a head [N, C, H, W], whose name it carries on."""
    assert head is not None
    name = head.node.soft_get("name", head.node.id)
    images = channels_first(graph, head, f"{name}/channels_first")
    numbers = {key: int(parameter(attributes, key, id)) for key in ("classes", "coords", "num")}
    return operation(
        graph,
        "RegionYolo",
        f"{name}/YoloRegion",
        images,
        axis=1,
        end_axis=3,
        do_softmax=bool(attributes.get("do_softmax", False)),
        anchors=[float(size) for size in attributes.get("anchors", ())],
        mask=list(mask),
        **numbers,
    )


class RegionsOnOutputs(FrontReplacementFromConfigFileGeneral):
    """YOLO v1 and v2 of DarkFlow: a region before every output.

    Version 1 has no softmax and no masks: there Darknet's last layer hands on what it gets.
    """

    replacement_id = "TFYOLO"

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        without_output_flag(graph, self.replacement_id)
        mask = replacement_descriptions.get("mask", ())
        if not replacement_descriptions.get("do_softmax") and not mask:
            log.info("'%s' without softmax and masks: the outputs stay", self.replacement_id)
            return
        for result in graph.get_op_nodes(op="Result"):
            head = result.in_port(0).get_source()
            region = _region(graph, head, replacement_descriptions, self.replacement_id, mask)
            result.in_port(0).connect(region)


class RegionsAtEntryPoints(FrontReplacementFromConfigFileGeneral):
    """YOLO v3: regions in place of what follows the inputs of the entry points."""

    replacement_id = "TFYOLOV3"

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        without_output_flag(graph, self.replacement_id)
        points = parameter(replacement_descriptions, "entry_points", self.replacement_id)
        masks = parameter(replacement_descriptions, "masks", self.replacement_id)
        entries = [node_named(graph, point, self.replacement_id) for point in points]
        heads = [entry.in_port(0).get_source() for entry in entries]
        for result in graph.get_op_nodes(op="Result"):
            graph.remove_node(result.id)
        for head, mask in zip(heads, masks):
            region = _region(graph, head, replacement_descriptions, self.replacement_id, mask)
            as_output(graph, region)
