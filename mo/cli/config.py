"""What a conversion is asked to do, in types of its own: the one thing later stages look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

# A dimension of a requested shape: a size, or (least, most) with None for an open end.
RequestedDim = Union[int, tuple[int | None, int | None]]
RequestedShape = tuple[RequestedDim, ...]


@dataclass(frozen=True)
class PortName:
    """A tensor as the user names it: ``name``, ``name:2`` (output) or ``2:name`` (input).

    ``text`` is the name as it was written, ports included: a tensor or node that is really
    called so wins over the reading with ports.
    """

    text: str
    name: str
    input_port: int | None = None
    output_port: int | None = None
    # What ``0:2`` means if node 2 has no input 0: the model decides.
    otherwise: PortName | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class InputRequest:
    """One item of ``--input``: where the model starts, and what is known there."""

    port: PortName
    shape: RequestedShape | None = None
    # Element type by its IR name ("f32", "i64", ...).
    element_type: str | None = None
    # A value to freeze the input to: number, boolean, text or (nested) list.
    value: Any = None
    is_frozen: bool = False


@dataclass(frozen=True)
class ChannelValues:
    """Numbers per channel of one input, by name or (None) by position."""

    name: str | None
    values: tuple[float, ...]


@dataclass(frozen=True)
class LayoutRequest:
    """Layouts of one input or output, by name or (None) for the only one, e.g. "nhwc"."""

    name: str | None
    source: str | None
    target: str | None


@dataclass(frozen=True)
class TransformRequest:
    """One item of ``--transform`` with its arguments."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Config:
    """Everything a conversion needs to know. Paths are absolute."""

    framework: str | None = None
    input_model: Path | None = None
    # Further source files by flag name without dashes ("input_proto", "saved_model_dir", ...).
    sources: dict[str, Path] = field(default_factory=dict)
    # Other values of flags that one framework has ("saved_model_tags", "counts", ...).
    options: dict[str, Any] = field(default_factory=dict)
    model_name: str | None = None
    output_dir: Path = field(default_factory=Path.cwd)

    inputs: tuple[InputRequest, ...] = ()
    # Shapes of --input_shape, for the inputs in order.
    input_shapes: tuple[RequestedShape, ...] = ()
    outputs: tuple[PortName, ...] = ()
    batch: int | None = None
    freeze: tuple[InputRequest, ...] = ()
    static_shape: bool = False

    mean_values: tuple[ChannelValues, ...] = ()
    scale_values: tuple[ChannelValues, ...] = ()
    scale: float | None = None
    reverse_input_channels: bool = False
    layouts: tuple[LayoutRequest, ...] = ()

    # "FP32" or "FP16", as asked for with --data_type; --compress_to_fp16 is kept apart.
    data_type: str = "FP32"
    compress_to_fp16: bool = False
    ir_version: int = 11
    opset: int | None = None
    transforms: tuple[TransformRequest, ...] = ()

    disable_fusing: bool = False
    disable_gfusing: bool = False
    disable_resnet_optimization: bool = False
    disable_weights_compression: bool = False
    # Regular expressions: nodes whose names they find are never fused.
    finegrain_fusing: tuple[str, ...] = ()

    extensions: tuple[Path, ...] = ()
    transformations_config: Path | None = None
    # A file like it that is to be completed in place of a conversion.
    config_update: Path | None = None

    log_level: str = "ERROR"
    silent: bool = False
    progress: bool = False
    stream_output: bool = False

    # Every flag that was given, as text, for the metadata of the IR (paths without directories).
    given: dict[str, str] = field(default_factory=dict)
