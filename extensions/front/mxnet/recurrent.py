"""The fused RNN operator. Data is [time, batch, features], states [layers * directions, batch, h].

Its layers and parameters are those of cuDNN. So are the lengths of sequences, which MXNet 1.9.1
overlooks on CPUs.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of, typed, vector
from extensions.front.cudnn import Network, Parameters
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.front.mxnet.sequences import batch_first
from extensions.ops.movement import Split
from extensions.ops.shaping import Broadcast
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
    for name in ("lstm_state_clip_min", "lstm_state_clip_max"):
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
        at.optional_integer(node, "projection_size"),
    )


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
