"""What MXNet 1.9.1 documents or forks add, but its CPU build does not run: formulas judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino")

import openvino as ov

import mo
from mo.errors import ConversionError
from tests.front.mxnet.running import Case, check
from tests.models import mxnet
from tests.models.mxnet import save, variable


def symbol(op: str, weights: tuple[str, ...] = (), **attributes: Any) -> dict[str, Any]:
    names = ("in0", *weights)
    nodes: list[dict[str, Any]] = [{"op": "null", "name": name, "inputs": []} for name in names]
    texts = {key: str(value) for key, value in attributes.items()}
    inputs = [[place, 0, 0] for place in range(len(names))]
    nodes.append({"op": op, "name": "node", "inputs": inputs, "attrs": texts})
    head = [[len(names), 0, 0]]
    return {"nodes": nodes, "heads": head, "attrs": {"mxnet_version": ["int", 10901]}}


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("open_axes", ["none", "all"])
@pytest.mark.parametrize(("size", "stride"), [(7, 2), (8, 2), (5, 3), (6, 1)])
def test_as_many_maxima_as_strides_begin(size: int, stride: int, open_axes: str) -> None:
    """The pooling convention ``same``: ceil(size / stride) windows, cut off at the end."""
    x = numbers(1, 2, size)
    wanted = np.stack([x[..., i : i + 3].max(-1) for i in range(0, size, stride)], -1)
    attributes = {"kernel": (3,), "stride": (stride,), "pooling_convention": "same"}
    check(Case("same", symbol("Pooling", **attributes), {"in0": x}, {}, [wanted]), open_axes)


@pytest.mark.parametrize("open_axes", ["none", "all"])
@pytest.mark.parametrize("fixed", [True, False])
def test_scale_and_shift(fixed: bool, open_axes: str) -> None:
    x, gamma, beta = numbers(2, 3, 4, 5), numbers(3) + 2, numbers(3)
    scale = np.ones_like(gamma) if fixed else gamma
    wanted = x * scale[:, None, None] + beta[:, None, None]
    given = symbol("ScaleShift", ("gamma", "beta"), fix_gamma=fixed)
    weights = {"gamma": gamma, "beta": beta}
    check(Case("scale", given, {"in0": x}, weights, [wanted]), open_axes)


def test_detections_for_the_runtimes_of_2021(tmp_path: Path) -> None:
    """These know no open sizes: there are as many rows as there may be."""
    given = [variable(name) for name in ("scores", "deltas", "anchors")]
    inputs = [[place, 0, 0] for place in range(3)]
    end = {"op": "_contrib_MultiBoxDetection", "name": "boxes", "inputs": inputs, "attrs": {}}
    path = save(tmp_path, mxnet.symbol(*given, end))
    shapes = "scores[1,4,20],deltas[1,80],anchors[1,20,4]"
    graph = mo.convert_model(path, input=shapes, ir_version=10, silent=True).graph
    sizes = [value.shape for node in graph.all_nodes() for value in node.outputs]
    limits = [getattr(size, "max", size) for shape in sizes for size in shape]
    assert max(limits) == 80
    (result,) = graph.results()
    assert result.inputs[0].shape == (1, 1, 20, 7)


def test_suppression_in_a_number_of_boxes_with_limits(tmp_path: Path) -> None:
    """The runtime works out how many rows there may be, which must not come out negative."""
    path = save(tmp_path, symbol("_contrib_box_nms", topk=3))
    xml, _ = mo.convert_model(path, input_shape="[1,2..8,6]", silent=True).save(
        tmp_path / "net.xml"
    )
    corners = np.arange(5)[:, None] * 2 + [0, 0, 1, 1]
    rows = np.concatenate([np.zeros((5, 1)), np.c_[[1, 5, 2, 4, 3]], corners], 1)
    [found] = ov.Core().compile_model(xml, "CPU")([rows[None].astype(np.float32)]).values()
    np.testing.assert_array_equal(found[0], [*rows[[1, 3, 4]], *[[-1] * 6] * 2])


def test_targets_of_training_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path, symbol("MultiBoxTarget"))
    with pytest.raises(ConversionError, match="training compares boxes with"):
        mo.convert_model(path, input_shape="[1,4,4]", silent=True)
