"""The fused RNN operator. Data is [time, batch, features], states [layers * directions, batch, h].

Its layers and parameters are those of cuDNN. So are the lengths of sequences and the limits of
states, which MXNet 1.9.1 overlooks on CPUs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from extensions.front.building import invalid, size_of, typed, vector
from extensions.front.cells import Steps
from extensions.front.cudnn import Network, Parameters
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.front.mxnet.sequences import batch_first
from extensions.ops.arithmetic import Divide, Maximum, Multiply
from extensions.ops.movement import Split
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Broadcast
from extensions.ops.unary import Abs, Round
from mo.front.model import SourceNode
from mo.front.values import TensorSequence, Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("RNN", sequences=True)
def rnn(
    g: Graph, node: SourceNode, x: Output, parameters: Value, *further: Output
) -> tuple[Output, ...]:
    network = _network(g, node, shape_of(x)[2], parameters)
    return _run(g, node, network, x, further)


def _run(
    g: Graph, node: SourceNode, network: Network, x: Output, further: Sequence[Output]
) -> tuple[Output, ...]:
    count, has_lengths = network.states, at.flag(node, "use_sequence_length")
    if len(further) < count + has_lengths:
        raise refused("an RNN without all of its initial states and lengths")
    lengths = typed(g, further[count], ElementType.i32) if has_lengths else None
    batch = size_of(g, x, 1)
    states = [
        _per_layer(g, network, state, batch, size)
        for state, size in zip(further[:count], (network.width, network.hidden))
    ]
    y, last = network.run(batch_first(g, x), states, lengths)
    return (batch_first(g, y), *(batch_first(g, state) for state in last))


def _network(g: Graph, node: SourceNode, features: object, parameters: Value) -> Network:
    parts = parameters.items if isinstance(parameters, TensorSequence) else (parameters,)
    network = Network(
        g,
        at.word(node, "mode"),
        at.integer(node, "state_size"),
        at.integer(node, "num_layers"),
        2 if at.flag(node, "bidirectional") else 1,
        features,
        Parameters(g, parts),
        at.optional_integer(node, "projection_size"),
    )
    network.limits = _limits(node)
    return network


def _limits(node: SourceNode) -> tuple[float, float] | None:
    """What the state of an LSTM is clipped to behind each step, before its output is made."""
    low, high = (at.optional_number(node, f"lstm_state_clip_{end}") for end in ("min", "max"))
    if low is None and high is None:
        return None
    if low is None or high is None or not low <= high or at.word(node, "mode") != "lstm":
        raise invalid(f"its states are clipped between {low} and {high}")
    if at.flag(node, "lstm_state_clip_nan"):
        raise refused("lstm_state_clip_nan (it is told nowhere which limit NaN becomes)")
    return low, high


@converts("_contrib_quantized_rnn", sequences=True)
def quantized_rnn(
    g: Graph, node: SourceNode, x: Output, parameters: Value, *further: Output
) -> tuple[Output, ...]:
    """An LSTM of unsigned integers: so are its data and its outputs, which come as floats.

    Weights are rounded to 127 steps, of one size for each row of both directions.
    """
    if at.word(node, "mode") != "lstm" or at.value_of(node, "projection_size") is not None:
        raise refused("a quantised RNN that is no LSTM without projection")
    if at.integer(node, "num_layers") != 1:
        reason = "MXNet reads the steps of their weights from where the weights are not"
        raise refused(f"a quantised RNN of several layers ({reason})")
    if len(further) != 4 or at.flag(node, "use_sequence_length"):
        raise refused("a quantised RNN with lengths of sequences")
    network = _network(g, node, shape_of(x)[2], parameters)
    network.steps = Steps(*further[2:])
    (weights,) = network.weights
    of_both = [*weights.inputs, *weights.states]
    most = reduce(lambda a, b: g.add(Maximum(), a, b), (_greatest(g, value) for value in of_both))
    step = g.add(Maximum(), g.add(Divide(), most, 127.0), _LEAST)
    weights.inputs = [_in_steps(g, value, step) for value in weights.inputs]
    weights.states = [_in_steps(g, value, step) for value in weights.states]
    real = network.steps.real(g, typed(g, x, ElementType.f32))
    hidden = network.steps.rounded(g, further[0])
    return _run(g, node, network, real, [hidden, further[1]])


# The steps of rows of zeros.
_LEAST = 1e-30


def _greatest(g: Graph, weights: Output) -> Output:
    """The greatest magnitude in each row."""
    return g.add(ReduceMax(keep_dims=True), g.add(Abs(), weights), [1])


def _in_steps(g: Graph, weights: Output, step: Output) -> Output:
    return g.add(Multiply(), g.add(Round(), g.add(Divide(), weights, step)), step)


def _per_layer(g: Graph, network: Network, state: Output, batch: Output, size: int) -> list[Output]:
    """States [layers * directions, batch, size] as [batch, directions, size] per layer.

    A state that was made without knowing the batch has a batch of 1.
    """
    total = network.layers * network.directions
    if shape_of(state)[1] == 1:
        sizes = [g.constant(np.int64(total)), batch, g.constant(np.int64(size))]
        state = g.add(Broadcast(), state, vector(g, sizes))
    state = batch_first(g, state)
    if network.layers == 1:
        return [state]
    return list(g.add_multi(Split(num_splits=network.layers), state, g.constant(np.int64(1))))
