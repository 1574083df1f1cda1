"""What there is to know of a flag."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum, auto
from typing import Any

from mo.cli.config import Config
from mo.cli.kinds import Kind

# Frameworks by the word that names them on the command line.
FRAMEWORKS = {
    "tf": "TensorFlow",
    "tflite": "TensorFlow Lite",
    "onnx": "ONNX",
    "caffe": "Caffe",
    "mxnet": "MXNet",
    "kaldi": "Kaldi",
}


class Status(Enum):
    """What becomes of a flag that is given."""

    WORKS = auto()
    # Accepted so that old scripts run; the help says why nothing is lost.
    WARNED = auto()
    IGNORED = auto()


@dataclass(frozen=True)
class Flag:
    """One flag. Its default is that of the field of Config it sets."""

    name: str
    kind: Kind
    help: str
    aliases: tuple[str, ...] = ()
    # The framework it belongs to; empty for flags that all of them have.
    group: str = ""
    status: Status = Status.WORKS
    # The field of Config, if that is not called like the flag.
    field: str = ""

    @property
    def option(self) -> str:
        """The flag as users write it."""
        return f"--{self.name}" if len(self.name) > 1 else f"-{self.name}"

    @property
    def target(self) -> str:
        """The field of Config that takes the value; frameworks' own values share one."""
        name = self.field or self.name
        if name in _DEFAULTS:
            return name
        return "sources" if self.kind.is_path else "options"

    @property
    def default(self) -> Any:
        return _DEFAULTS.get(self.target)

    def concerns(self, framework: str | None) -> bool:
        """Whether it can mean something to a framework; if that is not known, it can."""
        return self.group in ("", framework) or framework is None


_DEFAULTS = {field.name: field.default for field in fields(Config)}
