"""The fused RNN operator. Data is [time, batch, features], states [layers * directions, batch, h].

Its layers and parameters are those of cuDNN.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of
from extensions.front.cudnn import Network, Parameters
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.front.mxnet.sequences import batch_first
from extensions.front.mxnet.shaping import vector
from extensions.ops.movement import Split
from extensions.ops.shaping import Broadcast
from mo.front.model import SourceNode
from mo.front.values import TensorSequence, Value
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("RNN", sequences=True)
def rnn(
    g: Graph, node: SourceNode, x: Output, parameters: Value, *further: Output
) -> tuple[Output, ...]:
    if at.flag(node, "use_sequence_length"):
        raise refused("an RNN over sequences of different lengths")
    network = _network(g, node, shape_of(x)[2], parameters)
    if len(further) < network.states:
        raise refused("an RNN without all of its initial states")
    batch = size_of(g, x, 1)
    states = [_per_layer(g, network, state, batch) for state in further[: network.states]]
    y, last = network.run(batch_first(g, x), states)
    return (batch_first(g, y), *(batch_first(g, state) for state in last))


def _network(g: Graph, node: SourceNode, features: object, parameters: Value) -> Network:
    for name in ("projection_size", "lstm_state_clip_min", "lstm_state_clip_max"):
        if at.value_of(node, name) is not None:
            raise refused(f"an RNN with {name}")
    parts = parameters.items if isinstance(parameters, TensorSequence) else (parameters,)
    return Network(
        g,
        at.word(node, "mode"),
        at.integer(node, "state_size"),
        at.integer(node, "num_layers"),
        2 if at.flag(node, "bidirectional") else 1,
        features,
        Parameters(g, parts),
    )


def _per_layer(g: Graph, network: Network, state: Output, batch: Output) -> list[Output]:
    """States [layers * directions, batch, hidden] as [batch, directions, hidden] per layer.

    A state that was made without knowing the batch has a batch of 1.
    """
    total = network.layers * network.directions
    if shape_of(state)[1] == 1:
        sizes = [g.constant(np.int64(total)), batch, g.constant(np.int64(network.hidden))]
        state = g.add(Broadcast(), state, vector(g, sizes))
    state = batch_first(g, state)
    if network.layers == 1:
        return [state]
    return list(g.add_multi(Split(num_splits=network.layers), state, g.constant(np.int64(1))))
