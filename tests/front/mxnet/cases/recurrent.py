"""The fused RNN operator."""

import mxnet as mx

SIZES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def record(r):
    for mode in SIZES:
        for layers, ways in ((1, 1), (2, 1), (1, 2), (2, 2)):
            for states in (False, True):
                if states and (layers, ways) in ((1, 2), (2, 1)):
                    continue
                network(r, mode, layers, ways, states)
    for mode in ("lstm", "gru"):
        pieces(r, mode)
    for layers, ways in ((1, 1), (2, 1), (1, 2), (2, 2)):
        network(r, "lstm", layers, ways, True, projection_size=2)


def network(r, mode, layers, ways, outputs, **more):
    x = mx.sym.var("in0")
    states = [mx.sym.var("in1")] + ([mx.sym.var("in2")] if mode == "lstm" else [])
    names = ("state", "state_cell")[: len(states)]
    y = mx.sym.RNN(
        data=x,
        parameters=mx.sym.var("w"),
        mode=mode,
        state_size=3,
        num_layers=layers,
        bidirectional=ways == 2,
        state_outputs=outputs,
        name="rnn",
        **dict(zip(names, states)),
        **more,
    )
    sizes = (more.get("projection_size", 3), 3)
    shapes = [(layers * ways, 2, size) for _, size in zip(states, sizes)]
    label = f"{mode},{layers} layers,{ways} ways,{outputs}" + ",projected" * bool(more)
    r.symbol(label, y, (5, 2, 4), *shapes)


def pieces(r, mode):
    """As Gluon exports a layer: parameters joined of pieces, states made of zeros."""
    gates = SIZES[mode] * 3
    shapes = [(gates, 4), (gates, 3), (gates,), (gates,)]
    parts = [
        mx.sym.reshape(mx.sym.var(f"p{i}", shape=s), shape=(-1,)) for i, s in enumerate(shapes)
    ]
    zeros = mx.sym.zeros((1, 1, 3))
    state = {"state": zeros, "state_cell": zeros} if mode == "lstm" else {"state": zeros}
    y = mx.sym.RNN(
        data=mx.sym.var("in0"),
        parameters=mx.sym._internal._rnn_param_concat(*parts, dim=0),
        mode=mode,
        state_size=3,
        num_layers=1,
        **state,
    )
    weights = {f"p{i}": r.numbers(*shape) for i, shape in enumerate(shapes)}
    r.symbol(f"{mode} of pieces", y, (5, 1, 4), weights=weights)
