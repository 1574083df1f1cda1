"""Recurrent components of nnet1, and those with networks inside, as nodes of the network."""

from __future__ import annotations

from extensions.front.kaldi.component import Component
from extensions.front.kaldi.expansions import expands, place
from extensions.front.kaldi.network import Network
from mo.errors import ModelFileError
from mo.graph.tensor import Tensor

# The arrays of an LSTM in the order of nnet1 files.
LSTM_ARRAYS = (
    "InputWeights",
    "RecurrentWeights",
    "Bias",
    "InputPeephole",
    "ForgetPeephole",
    "OutputPeephole",
    "Projection",
)


def chain(network: Network, components: list[Component], x: str) -> str:
    """Components one after another, each called like its type in lower case."""
    for component in components:
        x = place(network, component, x, network.unique(component.type.lower()))
    return x


@expands("ParallelComponent")
def parallel(network: Network, c: Component, x: str, name: str) -> str:
    """Each network gets some columns of the input and gives some of the output."""
    start, parts = 0, []
    for net in c.value("nets"):
        width = net[0].size("InputDim") if net else 0
        if not width or start + width > network.widths[x]:
            raise c.wrong(f"its networks take more than {network.widths[x]} columns, or none")
        parts.append(chain(network, net, network.columns(x, start, width)))
        start += width
    if start != network.widths[x]:
        raise c.wrong(f"its networks take {start} of {network.widths[x]} columns")
    return network.append(parts)


@expands("MultiBasisComponent")
def multi_basis(network: Network, c: Component, x: str, name: str) -> str:
    """The sum of the outputs of several networks, weighted by those of a selector."""
    weights = chain(network, c.value("selector"), x)
    parts = [chain(network, net, x) for net in c.value("nets")]
    width = c.size("OutputDim")
    if len(parts) != network.widths[weights] or any(network.widths[p] != width for p in parts):
        raise c.wrong("its networks do not fit its selector or its output")
    return network.node("WeightedSum", name, [weights, *parts], width)


# ---- recurrence


def _dense(
    network: Network, name: str, x: str, weights: Tensor, bias: Tensor | None, c: Component
) -> str:
    rows, columns = weights.shape
    if columns != network.widths[x] or (bias is not None and bias.shape != (rows,)):
        raise c.wrong(f"weights of {rows} x {columns} do not fit {network.widths[x]} columns")
    return network.node("Dense", name, [x], rows, weights=weights, bias=bias)


def _lstm(network: Network, c: Component, part: Component, x: str, name: str, step: int) -> str:
    """One direction: the frame ``step`` away is the one before."""
    cells, width = c.size("CellDim"), part.matrix("Projection").shape[0]
    peepholes = [part.tensor(key) for key in LSTM_ARRAYS[3:6]]
    if part.matrix("InputWeights").shape[0] != 4 * cells or any(
        peephole.shape != (cells,) for peephole in peepholes
    ):
        raise c.wrong(f"its arrays do not fit {cells} cells")
    network.declare(name, width)
    network.declare(f"{name}/cell", cells)
    output, cell = (
        network.if_defined(network.offset(value, step)) for value in (name, f"{name}/cell")
    )
    bias = part.tensor("Bias")
    given = _dense(network, f"{name}/input", x, part.matrix("InputWeights"), bias, c)
    weights = part.matrix("RecurrentWeights")
    kept = _dense(network, f"{name}/recurrent", output, weights, None, c)
    if network.widths[kept] != 4 * cells:
        raise c.wrong(f"its recurrent weights do not fit {cells} cells")
    gates = network.node("Sum", f"{name}/gates", [given, kept], 4 * cells)
    clip = c.get("CellClip", 50.0)
    new = network.node(
        "LstmCell", f"{name}/cell", [gates, cell], cells, peepholes=peepholes, clip=clip
    )
    shown = network.node("LstmOutput", f"{name}/shown", [gates, new], cells, peepholes=peepholes)
    return _dense(network, name, shown, part.matrix("Projection"), None, c)


@expands("LstmProjected", "LstmProjectedStreams")
def lstm(network: Network, c: Component, x: str, name: str) -> str:
    return _lstm(network, c, c, x, name, -1)


@expands("BlstmProjected", "BlstmProjectedStreams")
def blstm(network: Network, c: Component, x: str, name: str) -> str:
    """One LSTM forwards, one backwards, their outputs side by side."""
    forward, backward = c.value("directions")
    return network.append(
        [
            _lstm(network, c, forward, x, f"{name}/forward", -1),
            _lstm(network, c, backward, x, f"{name}/backward", 1),
        ]
    )


@expands("RecurrentComponent")
def recurrent(network: Network, c: Component, x: str, name: str) -> str:
    """tanh(W x + R y + b), where y is its own output one frame before."""
    weights = c.matrix("InputWeights")
    network.declare(name, weights.shape[0])
    before = network.if_defined(network.offset(name, -1))
    given = _dense(network, f"{name}/input", x, weights, c.tensor("Bias"), c)
    kept = _dense(network, f"{name}/recurrent", before, c.matrix("RecurrentWeights"), None, c)
    if network.widths[kept] != network.widths[given]:
        raise ModelFileError("the two matrices of a recurrent component differ in size")
    total = network.node("Sum", f"{name}/sum", [given, kept], weights.shape[0])
    return network.node("Tanh", name, [total], weights.shape[0])
