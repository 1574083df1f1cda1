"""Activations, and softmax in its variants."""

import mxnet as mx
import numpy as np


def record(r):
    for kind in ("relu", "sigmoid", "softrelu", "softsign", "tanh"):
        r.case("Activation", (2, 3, 4), act_type=kind)
    for kind in ("leaky", "elu", "selu", "gelu", "prelu"):
        r.case("LeakyReLU", (2, 3, 4), act_type=kind)
    rrelu = mx.sym.LeakyReLU(mx.sym.var("in0"), act_type="rrelu")
    r.symbol("LeakyReLU(act_type=rrelu)", rrelu[0], (2, 3, 4))
    r.case("LeakyReLU", (2, 3, 4), act_type="elu", slope=0.6)
    r.case("LeakyReLU", (2, 3, 4), act_type="leaky", slope=0.1)
    r.case("LeakyReLU", (2, 3, 4), act_type="prelu", weights={"node_gamma": [0.3]}, name="one")
    r.case("LeakyReLU", (2, 3), act_type="prelu", name="matrix")
    for kind in ("softmax", "log_softmax", "softmin"):
        r.case(kind, (2, 3, 4))
        r.case(kind, (2, 3, 4), axis=1)
        r.case(kind, (2, 3, 4), axis=0, temperature=2.0)
    lengths = np.array([[1, 2, 3, 2], [3, 3, 1, 2]], np.int32)
    r.case("softmax", (2, 3, 4), lengths, axis=1, use_length=True)
    r.case("softmax", (2, 5), np.array([2, 4], np.int32), axis=1, use_length=True, name="rows")
    for shape in ((2, 3), (2, 3, 4)):
        r.case("SoftmaxActivation", shape)
        r.case("SoftmaxOutput", shape)
        r.case("SoftmaxOutput", shape, preserve_shape=True)
    r.case("SoftmaxActivation", (2, 3, 4, 5), mode="channel")
    r.case("SoftmaxOutput", (2, 3, 4, 5), multi_output=True)
    r.case("npx.softmax", (2, 3, 4), numpy=True, axis=-1)
    r.case("npx.log_softmax", (2, 3, 4), numpy=True, axis=1)
    r.case("npx.activation", (2, 3), numpy=True, act_type="softrelu")
    r.case("npx.leaky_relu", (2, 3), numpy=True, act_type="gelu")
