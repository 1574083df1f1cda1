"""nnet3 networks for tests: each component with its fields and what it computes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.front.kaldi import running
from tests.front.kaldi.reference import Function, evaluate, framewise
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

    def utterance(self, random: np.random.Generator, frames: int) -> dict[str, np.ndarray]:
        """Random inputs; an i-vector is the same at all times."""
        found = re.findall(r"input-node name=(\S+) dim=(\d+)", "\n".join(self.lines))
        shapes = {name: (int(width),) for name, width in found}
        return {
            name: random.standard_normal(
                shape if name == "ivector" else (frames, *shape), np.float32
            )
            for name, shape in shapes.items()
        }

    def output_width(self) -> int:
        """Columns of the output, which reads one component."""
        return self.parts[self.lines[-1].partition("input=")[2].split()[0]].width

    def data(self, binary: bool = True, priors: np.ndarray | None = None) -> bytes:
        components = [(name, part.kind, part.fields) for name, part in self.parts.items()]
        return nnet3(self.lines, components, binary, priors)

    def expected(self, inputs: Mapping[str, np.ndarray], pads: bool = True) -> np.ndarray:
        functions = {name: part.function for name, part in self.parts.items()}
        widths = {name: part.width for name, part in self.parts.items()}
        return evaluate(self.lines, functions, widths, inputs, pads=pads)


# Frames further away than any of the networks looks.
_LONG = 30


def agree(
    network: Network,
    inputs: Mapping[str, np.ndarray],
    *,
    goes_on: bool = False,
    binary: bool = True,
    by_frame: bool = True,
) -> None:
    """Assert that both forms compute what Kaldi computes.

    ``goes_on``: the network looks at later frames that it could do without, so that frame by frame
    it sees the last frame go on, where Kaldi's programs for whole utterances see nothing.
    """
    data, expected = network.data(binary), network.expected(inputs)
    length = running.length(inputs)
    for chunk in ("dynamic", str(length)):
        rows = running.whole(running.compiled(data, kaldi_chunk=chunk), inputs)
        running.assert_close(rows, expected)
    if goes_on:
        expected = network.expected(running.extended(inputs, 0, _LONG))[:length]
    if by_frame:
        running.assert_close(running.streamed(data, inputs), expected)


class Cases(dict[str, tuple[int, Part]]):
    """Components that compute a frame from the frame of the same time, each by a name.

    Name -> columns of the input, component.
    """

    def part(self, name: str, into: int, made: Part) -> None:
        self[name] = into, made

    def case(
        self,
        name: str,
        into: int,
        kind: str,
        fields: Sequence[Field],
        out: int,
        function: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        self[name] = into, Part(kind, fields, out, framewise(function))

    def network(self, name: str) -> Network:
        """A network of this component alone."""
        into, made = self[name]
        return Network().input("input", into).add("c", made, "input").output("c")

    def agree(self, name: str) -> None:
        """Assert that a component is computed as Kaldi does; half of them are in text files."""
        rows = np.random.default_rng(len(name)).standard_normal((12, self[name][0]))
        agree(self.network(name), {"input": rows.astype("f4")}, binary=len(name) % 2 == 0)
