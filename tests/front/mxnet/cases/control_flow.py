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
