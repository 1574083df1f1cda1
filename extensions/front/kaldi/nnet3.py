"""Networks of nnet3: lines that say how nodes are wired, then named components.

kaldi-asr.org/doc/dnn3_code_data_types.html: the lines, the descriptors and their meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extensions.front.kaldi import descriptors, places
from extensions.front.kaldi.component import Component
from extensions.front.kaldi.expansions import place
from extensions.front.kaldi.fields import read_component
from extensions.front.kaldi.network import Network
from extensions.front.kaldi.scanner import Scanner
from extensions.front.kaldi.sizes import is_known, refuse_unknown, sizes
from mo.errors import ModelFileError, closest, listing
from mo.graph.tensor import Tensor


@dataclass
class Line:
    """A line of the wiring: kind of node, its values by key, and its place in the file."""

    kind: str
    values: dict[str, str]
    at: int

    def wrong(self, what: str) -> ModelFileError:
        return ModelFileError(
            f"byte {self.at}, {self.kind} '{self.values.get('name', '')}': {what}"
        )

    def text(self, key: str) -> str:
        if not self.values.get(key):
            raise self.wrong(f"{key}= is missing")
        return self.values[key]

    def integer(self, key: str) -> int:
        text = self.text(key)
        if not re.fullmatch(r"\d{1,9}", text):
            raise self.wrong(f"{key}={text} is no size")
        return int(text)


@dataclass
class Source:
    """What the file holds."""

    lines: list[Line] = field(default_factory=list)
    components: dict[str, Component] = field(default_factory=dict)
    priors: Tensor | None = None


_KINDS = ("input-node", "component-node", "dim-range-node", "output-node")
# Bounded keys and single blanks keep this linear in the length of a line.
_ITEM = re.compile(r"([a-z-]{1,40})=(.*?)(?= [a-z-]{1,40}=|$)")


def read_net(scanner: Scanner) -> Source:
    """``<Nnet3>``, the lines, an empty line, the components, ``</Nnet3>``; priors if there are."""
    scanner.expect("<Nnet3>")
    source = Source(_lines(scanner))
    scanner.expect("<NumComponents>")
    at = scanner.at
    count = scanner.integer()
    if not 0 <= count <= (scanner.size - at) // 4:
        raise ModelFileError(f"byte {at}: a network of {count} components")
    for _ in range(count):
        scanner.expect("<ComponentName>")
        at = scanner.at
        name = scanner.token()
        if name in source.components:
            raise ModelFileError(f"byte {at}: two components are called '{name}'")
        source.components[name] = read_component(scanner, is_known)
    scanner.expect("</Nnet3>")
    for marker in ("<LeftContext>", "<RightContext>"):
        if scanner.skip(marker):
            scanner.integer()
    if scanner.skip("<Priors>"):
        source.priors = scanner.array()
    refuse_unknown(source.components.values())
    return source


def _lines(scanner: Scanner) -> list[Line]:
    lines: list[Line] = []
    while scanner.peek() != "<NumComponents>":
        at = scanner.at
        text = " ".join(scanner.line().partition("#")[0].split())
        if not text:
            continue
        kind, _, rest = text.partition(" ")
        if kind not in _KINDS:
            raise ModelFileError(f"byte {at}: expected {' or '.join(_KINDS)}, found '{kind[:40]}'")
        lines.append(Line(kind, dict(_ITEM.findall(rest)), at))
    return lines


def build(source: Source) -> Network:
    """The nodes of the lines; lines may name nodes of later lines."""
    network = Network()
    _declare(network, source)
    for line in source.lines:
        try:
            _build_line(network, source, line)
        except ModelFileError as error:
            if error.message.startswith("byte "):
                raise
            raise line.wrong(error.message) from error
    places.resolve(network)
    return network


def _declare(network: Network, source: Source) -> None:
    names: set[str] = set()
    for line in source.lines:
        name = line.text("name")
        if name in names:
            raise line.wrong("two nodes have this name")
        names.add(name)
        if line.kind == "component-node":
            network.declare(name, sizes(_component(source, line))[1])
        elif line.kind in ("input-node", "dim-range-node"):
            network.declare(name, line.integer("dim"))


def _component(source: Source, line: Line) -> Component:
    name = line.text("component")
    component = source.components.get(name)
    if component is None:
        similar = closest(name, source.components)
        hint = f" (there are {listing(similar)})" if similar else ""
        raise line.wrong(f"there is no component '{name}'{hint}")
    return component


def _build_line(network: Network, source: Source, line: Line) -> None:
    name = line.text("name")
    if line.kind == "input-node":
        network.input(name, line.integer("dim"))
    elif line.kind == "component-node":
        x = descriptors.build(network, line.text("input"))
        place(network, _component(source, line), x, name)
    elif line.kind == "dim-range-node":
        x, start, width = line.text("input-node"), line.integer("dim-offset"), line.integer("dim")
        descriptors.check_name(network, x)
        network.check_columns(x, start, width)
        network.node("Columns", name, [x], width, start=start)
    else:
        x = descriptors.build(network, line.text("input"))
        if name in network.widths:
            raise line.wrong("two nodes have this name")
        network.outputs.append(network.node("Identity", name, [x], network.widths[x]))
