"""nnet3 networks for tests: each component with its fields and what it computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.front.kaldi import running
from tests.front.kaldi.reference import Function, evaluate
from tests.front.kaldi.writing import Field, nnet3


@dataclass
class Part:
    """A component: type, fields, columns of its output, and what Kaldi computes with it."""

    kind: str
    fields: Sequence[Field]
    width: int
    function: Function


@dataclass
class Network:
    """Lines and components, put together one after another."""

    lines: list[str] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    def input(self, name: str, width: int) -> Network:
        self.lines.append(f"input-node name={name} dim={width}")
        return self

    def add(self, name: str, part: Part, reads: str) -> Network:
        self.parts[name] = part
        self.lines.append(f"component-node name={name} component={name} input={reads}")
        return self

    def columns(self, name: str, of: str, start: int, width: int) -> Network:
        line = f"dim-range-node name={name} input-node={of} dim-offset={start} dim={width}"
        self.lines.append(line)
        return self

    def output(self, reads: str, name: str = "output") -> Network:
        self.lines.append(f"output-node name={name} input={reads} objective=linear")
        return self

    def data(self, binary: bool = True, priors: np.ndarray | None = None) -> bytes:
        components = [(name, part.kind, part.fields) for name, part in self.parts.items()]
        return nnet3(self.lines, components, binary, priors)

    def expected(self, inputs: Mapping[str, np.ndarray], pads: bool = True) -> np.ndarray:
        functions = {name: part.function for name, part in self.parts.items()}
        widths = {name: part.width for name, part in self.parts.items()}
        return evaluate(self.lines, functions, widths, inputs, pads=pads)


def agree(
    network: Network,
    inputs: Mapping[str, np.ndarray],
    *,
    delay: int = 0,
    edge: int | None = None,
    binary: bool = True,
    by_frame: bool = True,
) -> None:
    """Assert that both forms compute what Kaldi computes.

    ``delay``: how many calls later a frame comes out. ``edge``: where there is recurrence, how
    often the first frame must be given before, so that it starts when it does in Kaldi.
    """
    data, expected = network.data(binary), network.expected(inputs)
    rows = running.whole(running.compiled(data, kaldi_chunk="dynamic"), inputs)
    running.assert_close(rows, expected)
    length = len(next(x for x in inputs.values() if x.ndim == 2))
    rows = running.whole(running.compiled(data, kaldi_chunk=str(length)), inputs)
    running.assert_close(rows, expected)
    if by_frame:
        repeated = {
            name: x if x.ndim == 1 else np.concatenate([x[:1].repeat(edge or 0, 0), x])
            for name, x in inputs.items()
        }
        calls = running.by_frame(running.compiled(data), repeated, after=delay)
        running.assert_close(calls[delay + (edge or 0) :], expected)
