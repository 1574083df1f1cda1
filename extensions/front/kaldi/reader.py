"""Kaldi file to Model: nnet1, nnet2 and nnet3, binary and text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extensions.front.kaldi import nnet1, nnet2, nnet3
from extensions.front.kaldi.binary import BinaryScanner
from extensions.front.kaldi.component import Component
from extensions.front.kaldi.nested import chain
from extensions.front.kaldi.network import Network
from extensions.front.kaldi.scanner import Scanner
from extensions.front.kaldi.sizes import sizes
from extensions.front.kaldi.text import TextScanner
from extensions.front.kaldi.transition import skip_transition_model
from mo.errors import ConversionError, ModelFileError
from mo.front.files import open_model
from mo.front.model import Model
from mo.graph.tensor import MappedFile, Tensor

_DAMAGED = "The file is damaged or no Kaldi model; check --framework, or fetch it again."


@dataclass
class KaldiModel:
    """The network as nodes, the columns of each value, and priors that are stored beside it."""

    model: Model
    widths: Mapping[str, int]
    priors: Tensor | None = None


def read_kaldi(path: Path) -> KaldiModel:
    """The network in a Kaldi model file."""
    try:
        return _read(scanner(open_model(path)))
    except ModelFileError as error:
        raise ModelFileError(
            f"Cannot read '{path}' as Kaldi: {error.message}", error.hint or _DAMAGED
        ) from error
    except ConversionError as error:
        raise type(error)(f"Cannot convert '{path}': {error.message}", error.hint) from error


def scanner(source: MappedFile) -> Scanner:
    """The scanner for the mode of a file."""
    if bytes(source.view[:2]) == b"\0B":
        return BinaryScanner(source, 2)
    return TextScanner(source, 0)


def _read(source: Scanner) -> KaldiModel:
    has_transitions = source.peek() == "<TransitionModel>"
    skip_transition_model(source)
    if source.peek() == "<Nnet3>":
        wiring = nnet3.read_net(source)
        return _finished(nnet3.build(wiring), wiring.priors)
    start = source.at
    source.skip("<Nnet>")
    is_nnet2 = source.peek() == "<NumComponents>"
    source.at = start
    if is_nnet2:
        components = nnet2.read_net(source)
        priors = nnet2.read_priors(source) if has_transitions else None
        return _chained(components, "Input", priors)
    if source.peek() != "<Nnet>" and not nnet1.starts_component(source.peek()):
        raise source.unexpected("<Nnet>, <Nnet3>, <TransitionModel> or a component of nnet1")
    return _chained(nnet1.read_net(source), "Parameter")


def _chained(
    components: list[Component], input_name: str, priors: Tensor | None = None
) -> KaldiModel:
    """Components one after another; the one input is called as the classic calls it."""
    if not components:
        raise ModelFileError("the network has no components")
    network = Network()
    width = _input_width(components[0])
    x = network.input(input_name, width)
    network.outputs = [chain(network, components, x)]
    return _finished(network, priors)


def _input_width(component: Component) -> int:
    """The columns that the first component takes."""
    width = sizes(component)[0]
    if width is None:
        raise component.wrong("it takes no input")
    return width


def _finished(network: Network, priors: Tensor | None) -> KaldiModel:
    if not network.outputs:
        raise ModelFileError("the network has no output")
    return KaldiModel(network.model(), network.widths, priors)
