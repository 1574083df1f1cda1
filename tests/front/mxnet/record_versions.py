"""Records what older releases of MXNet write and compute, for tests/front/mxnet/test_versions.py.

Run with each of them (``pip install --target FOLDER --no-deps mxnet==VERSION``, Python 3.8)::

    PYTHONPATH=FOLDER python tests/front/mxnet/record_versions.py

writes ``versions/VERSION.npz``: for each network the bytes of its -symbol.json and .params files,
its inputs and its outputs.
"""

import tempfile
from pathlib import Path

import mxnet as mx
import numpy as np

sym = mx.sym
HERE = Path(__file__).parent


def network():
    """Batch normalisation with its states, a shared variable, attributes of the user, a label."""
    with mx.AttrScope(ctx_group="first", lr_mult="0.1"):
        x = sym.Variable("data")
        y = sym.Convolution(x, kernel=(3, 3), num_filter=4, pad=(1, 1), name="conv")
    y = sym.BatchNorm(y, fix_gamma=False, eps=1e-3, name="bn")
    y = sym.LeakyReLU(y, act_type="prelu", name="prelu")
    y = sym.Pooling(y, kernel=(3, 3), stride=(2, 2), pool_type="max", pooling_convention="full")
    y = sym.BatchNorm(y, name="fixed")
    y = y + sym.Pooling(y, kernel=(3, 3), stride=(1, 1), pad=(1, 1), pool_type="avg")
    halves = sym.SliceChannel(y, num_outputs=2, name="halves")
    y = sym.Concat(halves[0] * 2 - 1, 1.5 / (halves[1] * halves[1] + 1), dim=1)
    y = sym.Reshape(sym.transpose(y, axes=(0, 2, 3, 1)), shape=(0, -1))
    y = sym.FullyConnected(y, num_hidden=5, name="fc")
    return sym.SoftmaxOutput(y, name="softmax")


def places():
    """Where the greatest and the least of all elements of each row lie."""
    x = sym.Variable("data")
    return sym.Group([sym.argmax(x, axis=1), sym.argmin(x, axis=1), sym.sum(x, axis=1)])


def upwards():
    """A deconvolution, cropped to the size of its input."""
    x = sym.Variable("data")
    y = sym.Deconvolution(
        x, kernel=(4, 4), stride=(2, 2), pad=(1, 1), num_filter=3, num_group=3, name="up"
    )
    y = sym.Crop(y, x, center_crop=True)
    return sym.SoftmaxActivation(y, mode="channel")


def cells():
    """Unrolled recurrent cells, as bucketed language models had them."""
    x = sym.Embedding(sym.Variable("data"), input_dim=11, output_dim=4, name="embed")
    parts = sym.SliceChannel(x, num_outputs=4, axis=1, squeeze_axis=True)
    hidden = sym.FullyConnected(parts[0], num_hidden=3, name="i2h0")
    for step in range(1, 4):
        gates = sym.FullyConnected(parts[step], num_hidden=3, name="i2h" + str(step))
        gates = gates + sym.FullyConnected(hidden, num_hidden=3, name="h2h" + str(step))
        hidden = sym.Activation(gates, act_type="tanh")
    return sym.LinearRegressionOutput(hidden, name="end")


NETWORKS = {
    "network": (network, (2, 3, 9, 9)),
    "places": (places, (3, 7)),
    "upwards": (upwards, (1, 3, 5, 6)),
    "cells": (cells, (2, 4)),
}


def record(name, build, shape, random):
    symbol = build()
    data = random.uniform(-1, 1, shape).astype(np.float32)
    if name == "cells":
        data = random.randint(0, 11, shape).astype(np.float32)
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", data=shape)
    kept = {}
    for kind, arrays in (("arg", executor.arg_dict), ("aux", executor.aux_dict)):
        for key, array in sorted(arrays.items()):
            if key != "data" and not key.endswith("label"):
                low = 0.3 if key.endswith(("var", "gamma")) else -1.0
                array[:] = random.uniform(low, 1, array.shape)
                kept[kind + ":" + key] = array
    executor.arg_dict["data"][:] = data
    outputs = [output.asnumpy() for output in executor.forward(is_train=False)]
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "m-symbol.json", Path(folder) / "m-0001.params"
        symbol.save(str(paths[0]))
        mx.nd.save(str(paths[1]), kept)
        texts = [np.frombuffer(path.read_bytes(), np.uint8) for path in paths]
    found = {"symbol": texts[0], "params": texts[1], "in": data}
    found.update(("out" + str(place), array) for place, array in enumerate(outputs))
    return {name + ":" + key: array for key, array in found.items()}


def main():
    random = np.random.RandomState(0)
    arrays = {}
    for name, (build, shape) in NETWORKS.items():
        arrays.update(record(name, build, shape, random))
    path = HERE / "versions" / (mx.__version__ + ".npz")
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(str(path), **arrays)
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
