"""Loops and branches."""

import mxnet as mx
import numpy as np

S = mx.sym


def record(r):
    data, state = S.var("in0"), S.var("in1")

    def step(x, states):
        hidden = S.FullyConnected(x, num_hidden=3, name="fc") + states[0]
        return [hidden * 2], [S.tanh(hidden)]

    outputs, states = S.contrib.foreach(step, data, [state])
    r.symbol("foreach", S.Group([outputs[0], states[0]]), (4, 2, 5), (2, 3))

    def two(xs, states):
        total = xs[0] * xs[1] + states[0]
        return [total, xs[0] - states[1]], [total, states[1] + 1]

    outputs, states = S.contrib.foreach(two, [data, S.var("in2")], [state, S.var("in3")])
    r.symbol("foreach over two", S.Group([*outputs, *states]), (4, 2), (2,), (4, 2), (2,))
    for limit in (3, 8):
        outputs, states = S.contrib.while_loop(
            cond=lambda i, s: i <= 5,
            func=lambda i, s: ([i + s], [i + 1, s + i]),
            loop_vars=(data, state),
            max_iterations=limit,
        )
        start = np.array([1], np.float32), np.array([2], np.float32)
        states = states if limit == 3 else [*states]
        heads = [*(outputs if limit == 3 else []), *states]
        r.symbol(f"while_loop({limit})", S.Group(heads), *start)
    choice = S.contrib.cond(
        S.sum(data) < 0, lambda: S.FullyConnected(data, num_hidden=3, name="f"), lambda: state * 2
    )
    weights = {"f_weight": r.numbers(3, 3), "f_bias": r.numbers(3)}
    low, high = r.numbers(2, 3, low=-2, high=-1), r.numbers(2, 3, low=1)
    r.symbol("cond(then)", choice, low, (2, 3), weights=weights)
    r.symbol("cond(else)", choice, high, (2, 3), weights=weights)
    nested(r)


def nested(r):
    """Bodies within bodies, which read what lies further out."""
    data, state, outside = S.var("in0"), S.var("in1"), S.var("in2")

    def rows(x, states):
        def cells(cell, sums):
            total = S.broadcast_add(cell * outside, sums[0])
            return total, [total]

        outputs, last = S.contrib.foreach(cells, x, states)
        return outputs, last

    outputs, states = S.contrib.foreach(rows, data, [state])
    r.symbol("foreach in foreach", S.Group([outputs, states[0]]), (3, 4, 2), (2,), (2,))

    def grown(i, s):
        outputs, last = S.contrib.foreach(
            lambda x, sums: (x * outside, [sums[0] + S.broadcast_mul(x, i)]), data, [s]
        )
        return [S.sum(outputs) + i], [i + 1, last[0]]

    count = S.var("in3")
    outputs, states = S.contrib.while_loop(
        cond=lambda i, s: i <= 3, func=grown, loop_vars=(count, state), max_iterations=5
    )
    start = np.array([1], np.float32)
    r.symbol("foreach in while_loop", S.Group([*states]), (4, 2), (2,), (2,), start)
    branches = S.contrib.cond(
        S.sum(state) < 0,
        lambda: S.contrib.foreach(lambda x, s: (x + s[0], [s[0] * outside]), data, [state])[0],
        lambda: S.broadcast_mul(data, S.expand_dims(outside, axis=0)),
    )
    for name, low in (("then", -2), ("else", 1)):
        given = r.numbers(2, low=low, high=low + 1)
        r.symbol(f"foreach in cond({name})", branches, (4, 2), given, (2,))
