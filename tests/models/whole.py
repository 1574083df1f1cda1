"""A whole conversion in this process, from file to files."""

from __future__ import annotations

from pathlib import Path

from extensions.front.onnx import TRANSLATIONS
from extensions.front.onnx.reader import read_onnx
from extensions.pipeline import passes
from mo.back.output import write_ir
from mo.cli.config import Config
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.pipeline.passes import run_passes


def convert_file(path: Path, folder: Path) -> Graph:
    """Convert an ONNX file into ``folder`` with default settings."""
    config = Config(input_model=path)
    graph = translate(read_onnx(path), TRANSLATIONS)
    run_passes(graph, passes(config))
    write_ir(graph, folder, "net", config.ir_version, {})
    return graph
