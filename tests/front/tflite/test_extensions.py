"""Custom operators that a user translates."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mo.cli.config import Config
from mo.pipeline.convert import convert
from tests.models.tflite import TfLite
from tests.ops import runtime

_SPARKLE = """
from extensions.ops.arithmetic import Multiply
from mo.extending import converts

@converts("Sparkle", framework="tflite", domain="custom")
def sparkle(g, node, x):
    return g.add(Multiply(), x, 3.0)
"""


def test_a_custom_operator(tmp_path: Path) -> None:
    net = TfLite()
    net.outputs = [net.tensor("y", (2, 3))]
    net.operator("Sparkle", [net.input("x", (2, 3))], net.outputs)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sparkle.py").write_text(_SPARKLE)
    path = net.save(tmp_path / "net.tflite")
    graph = convert(Config(input_model=path, extensions=(tmp_path / "own",)))
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(runtime.run(graph, [x])[0], 3 * x)
