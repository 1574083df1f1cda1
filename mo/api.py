"""The Python API: what the command line does, with keyword arguments named like its flags."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mo.back.output import write_ir
from mo.cli.config import Config
from mo.cli.parser import config_from_keywords
from mo.graph.graph import Graph
from mo.graph.show import show
from mo.pipeline.convert import convert, metadata, without_collector
from mo.version import __version__


class ConvertedModel:
    """A converted model in memory: look at it, change its graph, save it."""

    def __init__(self, graph: Graph, config: Config) -> None:
        self.graph = graph
        self.config = config

    @property
    def name(self) -> str:
        return str(self.graph.graph["name"])

    @property
    def inputs(self) -> dict[str, str]:
        """Name of each input and its type, e.g. ``f32[1,3,?,?]``."""
        return {node.name: str(node.outputs[0].type) for node in self.graph.parameters()}

    @property
    def outputs(self) -> dict[str, str]:
        """First tensor name of each output and its type."""
        values = [node.inputs[0] for node in self.graph.results()]
        return {
            next(iter(value.names), value.node.name): str(value.type)
            for value in values
            if value is not None
        }

    def save(self, path: str | Path | None = None) -> tuple[Path, Path]:
        """Write the .xml and the .bin and return their paths.

        ``path`` is the .xml to write; without it --output_dir and --model_name say where.
        OutputError if it cannot be written; then no file has changed.
        """
        target = self.config.output_dir / f"{self.name}.xml" if path is None else Path(path)
        with without_collector():
            return write_ir(
                self.graph,
                target.parent,
                target.name.removesuffix(".xml"),
                self.config.ir_version,
                metadata(self.config, __version__),
            )

    def __str__(self) -> str:
        """One line per operation."""
        return show(self.graph, types=True)

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}: {kind}" for name, kind in self.inputs.items())
        outputs = ", ".join(f"{name}: {kind}" for name, kind in self.outputs.items())
        return f"<ConvertedModel '{self.name}' ({inputs}) -> ({outputs})>"


def convert_model(input_model: str | Path | None = None, **flags: Any) -> ConvertedModel:
    """Convert a model file.

    Keyword arguments are the command line's flags without their dashes, with strings in the
    flags' own grammar or plain Python values::

        mo.convert_model("net.onnx", input_shape=[1, 3, 224, 224], compress_to_fp16=True).save()

    Raises ConversionError, whose ``hint`` says what to do about it.
    """
    if input_model is not None:
        flags["input_model"] = input_model
    config = config_from_keywords(**flags)
    return ConvertedModel(convert(config), config)
