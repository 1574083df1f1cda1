"""Flags that bring the user's own code: a factor on every output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mo.cli.flag import FRAMEWORKS
from tests.flags.conversion import FRAMES, Conversions, close, flag

_DOUBLED = """
from extensions.ops.elementwise import Mul
from mo.front.tf.graph_utils import create_op_with_const_inputs
from mo.middle.replacement import MiddleReplacementPattern
import numpy as np

class DoubledOutputs(MiddleReplacementPattern):
    enabled = True

    def find_and_replace_pattern(self, graph):
        for result in graph.get_op_nodes(op='Result'):
            mul = create_op_with_const_inputs(graph, Mul, {1: np.float32(2)}, {'name': 'doubled'})
            result.in_port(0).get_connection().insert_node(mul)
"""
_SCALED = """
from extensions.ops.elementwise import Mul
from mo.front.tf.graph_utils import create_op_with_const_inputs
from mo.front.tf.replacement import FrontReplacementFromConfigFileGeneral
import numpy as np

class ScaledOutputs(FrontReplacementFromConfigFileGeneral):
    replacement_id = 'ScaledOutputs'

    def transform_graph(self, graph, replacement_descriptions):
        factor = np.float32(replacement_descriptions['factor'])
        for result in graph.get_op_nodes(op='Result'):
            mul = create_op_with_const_inputs(graph, Mul, {1: factor}, {'name': 'scaled'})
            result.in_port(0).get_connection().insert_node(mul)
"""


def _scaled(c: Conversions, factor: float, *flags: str) -> None:
    """Assert that the flags multiply the outputs by a factor."""
    feeds = {"Parameter": FRAMES[:1]} if c.framework == "kaldi" else {}
    close(c.sums(*flags, **feeds), factor * c.sums(**feeds))


def _written(folder: Path, file: str, source: str) -> Path:
    path = folder / "flag_ext" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    for name in [name for name in sys.modules if name.split(".")[0] == "flag_ext"]:
        del sys.modules[name]
    return folder / "flag_ext"


@flag("extensions", *FRAMEWORKS)
def outputs_are_doubled(c: Conversions) -> None:
    folder = _written(c.folder, "middle/doubled.py", _DOUBLED)
    _scaled(c, 2, "--extensions", str(folder))


@flag("transformations_config", *FRAMEWORKS)
def outputs_are_scaled(c: Conversions) -> None:
    config = c.folder / "scaled.json"
    given = {"id": "ScaledOutputs", "match_kind": "general", "custom_attributes": {"factor": 3}}
    config.write_text(json.dumps([given]))
    folder = _written(c.folder, "front/scaled.py", _SCALED)
    flags = ["--extensions", str(folder), "--transformations_config", str(config)]
    _scaled(c, 3, *flags)


@flag("tensorflow_use_custom_operations_config", "tf")
def the_old_name_does_the_same(c: Conversions) -> None:
    config = c.folder / "scaled.json"
    given = {"id": "ScaledOutputs", "match_kind": "general", "custom_attributes": {"factor": 3}}
    config.write_text(json.dumps(given))
    folder = _written(c.folder, "front/scaled.py", _SCALED)
    flags = ["--extensions", str(folder), "--tensorflow_use_custom_operations_config", str(config)]
    _scaled(c, 3, *flags)
