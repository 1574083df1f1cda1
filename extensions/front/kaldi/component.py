"""One component of a network as its file tells it: type, fields, place in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mo.errors import ModelFileError
from mo.graph.tensor import Tensor

# No layer of a network is wider: larger dimensions are damage.
WIDEST = 1 << 24


# What a type may be called.
_CLASS = re.compile(r"[A-Za-z]\w{1,60}", re.ASCII)


def is_type(token: str) -> bool:
    """Whether a token opens a component: <Type>."""
    return token[:1] == "<" and token[-1:] == ">" and _CLASS.fullmatch(token[1:-1]) is not None


@dataclass
class Component:
    """Fields are called as in Kaldi's files, without angle brackets.

    nnet1 writes its arrays without names; there they have those that nnet2 and nnet3 use.
    """

    type: str
    at: int
    fields: dict[str, Any] = field(default_factory=dict)
    # Its bytes in the file: what follows its opening token, in nnet1 also its two sizes.
    body: memoryview = field(default=memoryview(b""), repr=False, compare=False)

    def wrong(self, what: str) -> ModelFileError:
        return ModelFileError(f"byte {self.at}, <{self.type}>: {what}")

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields.get(name, default)

    def value(self, *names: str) -> Any:
        """The field under whichever of its names is there."""
        for name in names:
            if name in self.fields:
                return self.fields[name]
        raise self.wrong(f"<{names[0]}> is missing")

    def integer(self, *names: str, least: int = 0) -> int:
        number = self.value(*names)
        if not least <= number <= WIDEST:
            raise self.wrong(f"<{names[0]}> is {number}")
        return int(number)

    def size(self, *names: str) -> int:
        """A number of columns, frames or blocks."""
        return self.integer(*names, least=1)

    def matrix(self, name: str) -> Tensor:
        tensor: Tensor = self.value(name)
        if len(tensor.shape) != 2 or not tensor.size:
            raise self.wrong(f"<{name}> is no matrix but has shape {list(tensor.shape)}")
        return tensor

    def tensor(self, name: str) -> Tensor:
        """A vector, which may stand as a matrix of one row."""
        tensor: Tensor = self.value(name)
        if tensor.size != max(tensor.shape):
            raise self.wrong(f"<{name}> is no vector but has shape {list(tensor.shape)}")
        return tensor.reshaped((tensor.size,))

    def vector(self, name: str) -> np.ndarray:
        return self.tensor(name).array

    def integers(self, name: str) -> list[int]:
        values: list[int] = self.value(name)
        if not values:
            raise self.wrong(f"<{name}> is empty")
        return values

    def pairs(self, name: str) -> list[tuple[int, int]]:
        values: list[tuple[int, int]] = self.value(name)
        if not values:
            raise self.wrong(f"<{name}> is empty")
        return values

    def split(self, whole: int, parts: int) -> int:
        """The size of each of some equal parts."""
        if parts < 1 or whole < 1 or whole % parts:
            raise self.wrong(f"{whole} columns do not divide into {parts}")
        return whole // parts
