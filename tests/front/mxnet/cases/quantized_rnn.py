"""The LSTM of integers. To be recorded alone: ``python tests/front/mxnet/record.py quantized_rnn``.

With instructions for products of bytes (VNNI) MXNet 1.9.1 does not find a way to order its weights;
without them products of two neighbours are added in 16 bits, so that every second column is zero.
"""

import os

import mxnet as mx
import numpy as np

os.environ["DNNL_MAX_CPU_ISA"] = "AVX512_CORE"

RANGE = {"min_calib_range": -2.5, "max_calib_range": 3.1}


def record(r):
    for ways in (1, 2):
        for states in (False, True):
            for limits in ({}, RANGE):
                network(r, ways, states, limits)


def network(r, ways, states, limits, features=4, size=3):
    data = mx.sym.contrib.quantize_asym(mx.sym.var("in0"), **limits)
    y = mx.sym.contrib.quantized_rnn(
        data[0],
        mx.sym.var("w"),
        mx.sym.var("in1"),
        mx.sym.var("in2"),
        min_data=data[1],
        max_data=data[2],
        mode="lstm",
        state_size=size,
        num_layers=1,
        bidirectional=ways == 2,
        state_outputs=states,
        name="rnn",
    )
    rows = 4 * size
    pieces = [thinned(r.numbers(rows, width)) for _ in range(ways) for width in (features, size)]
    biases = r.numbers(ways * 2 * rows)
    weights = np.concatenate([*(piece.reshape(-1) for piece in pieces), biases])
    label = "{} ways,{},{}".format(ways, states, "calibrated" if limits else "as it comes")
    shapes = [(ways, 2, size)] * 2
    r.symbol(f"quantized_rnn({label})", y, (5, 2, features), *shapes, weights={"w": weights})


def thinned(weights):
    weights[:, 1::2] = 0
    return weights
