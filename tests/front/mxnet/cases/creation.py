"""Tensors out of nothing, or of the shape of others. What has no input is added to one."""

import mxnet as mx


def record(r):
    x = mx.sym.var("in0")
    made = {
        "zeros": mx.sym.zeros((2, 3)),
        "ones": mx.sym.ones((2, 3)),
        "full": mx.sym.full((2, 3), 2.5),
        "arange(3)": mx.sym.arange(3),
        "arange(1,4)": mx.sym.arange(1, 4),
        "arange(0,-3,-1)": mx.sym.arange(0, -3, -1),
        "arange(2,5,2,repeat)": mx.sym.slice(
            mx.sym.arange(2, 6, 2, repeat=2), begin=(1,), end=(4,)
        ),
        "linspace": mx.sym.linspace(1, 2, 3),
        "eye": mx.sym.eye(2, 3, 1),
    }
    for name, symbol in made.items():
        r.symbol(name, mx.sym.broadcast_add(x, mx.sym.reshape(symbol, shape=(-1, 3))), (2, 3))
    r.case("zeros_like", (2, 3))
    r.case("ones_like", (2, 3))
    r.case("contrib.arange_like", (2, 3))
    r.case("contrib.arange_like", (2, 3), axis=1, start=1, step=2)
    r.case("contrib.arange_like", (2, 3), axis=-1)
    r.case("contrib.arange_like", (2, 3), repeat=2)
    x = x.as_np_ndarray()
    made = {
        "zeros": mx.sym.np.zeros((2, 3)),
        "ones": mx.sym.np.ones((2, 3)),
        "full": mx.sym.np.full((2, 3), 2.5),
        "arange": mx.sym.np.arange(3),
        "linspace": mx.sym.np.linspace(1, 2, 3),
        "linspace without end": mx.sym.np.linspace(1, 2, 3, endpoint=False),
        "eye": mx.sym.np.eye(2, 3, 1),
        "full_like": mx.sym.np.full_like(x, 1.5),
    }
    for name, symbol in made.items():
        r.symbol("np." + name, x + symbol, (2, 3), numpy=True)
