"""Random weights that suit a network, and what MXNet computes of it, written to files.

Runs in the environment of ``mxnet_networks.py``.
"""

import mxnet as mx
import mxnet_symbols
import numpy as np
from mxnet import gluon

RANDOM = np.random.RandomState(0)

# ---- weights that keep the values of all layers of the order of one


def prepared(network, *feed):
    network.initialize(mx.init.Normal(0.1))
    network(*map(mx.nd.array, feed))
    spread(network)
    normalise(network, feed)


def spread(network):
    """Random numbers for every parameter that is learned.

    Layers that start small for a reason, as those that move boxes, keep what they start with.
    """
    for name, parameter in network.collect_params().items():
        shape = parameter.shape
        if isinstance(parameter.init, mx.init.Normal):
            continue
        if name.endswith("weight") and len(shape) > 1:
            fan = int(np.prod(shape[1:]))
            value = RANDOM.randn(*shape) * (2.0 / fan) ** 0.5
        elif name.endswith(("bias", "beta")):
            value = RANDOM.uniform(-0.3, 0.3, shape)
        elif name.endswith("gamma"):
            value = RANDOM.uniform(0.7, 1.3, shape)
        elif name.endswith(("_mean", "_var")):
            # Of layers within a symbol, where nothing is measured: residuals stay small.
            value = np.full(shape, 2.0 * name.endswith("_var"))
        else:
            continue
        parameter.set_data(mx.nd.array(value))


def normalise(network, feed):
    """Give each BatchNorm the statistics of what it gets."""

    def hook(block, inputs):
        axes = tuple(axis for axis in range(inputs[0].ndim) if axis != block._kwargs["axis"])
        mean = inputs[0].mean(axes)
        moments = (inputs[0] ** 2).mean(axes) - mean**2
        block.running_mean.set_data(mean)
        block.running_var.set_data(mx.nd.maximum(moments, 1e-3))

    handles = []

    def visit(block):
        if isinstance(block, gluon.nn.BatchNorm):
            handles.append(block.register_forward_pre_hook(hook))

    network.apply(visit)
    network(*map(mx.nd.array, feed))
    for handle in handles:
        handle.detach()


# ---- what is written


def flat(value):
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in flat(item)]
    return [value]


def store(folder, names, feeds, run, again=None):
    """The feeds and what ``run`` gives for them; outputs that tell nothing are an error.

    ``again``: what gives outputs for the first that are as good, but not rounded alike.
    """
    arrays = {}
    for number, feed in enumerate(feeds):
        outputs = run(feed)
        for name, array in zip(names, feed):
            arrays[f"{number}:in:{name}"] = array
        for place, array in enumerate(outputs):
            arrays[f"{number}:out:{place}"] = array
        if not all(np.isfinite(array).all() and np.ptp(array) for array in outputs):
            raise ValueError("an output is constant or not finite")
    if again:
        arrays.update((f"0:again:{i}", array) for i, array in enumerate(again(feeds[0])))
    np.savez(str(folder / "io.npz"), **arrays)


def in_double(folder, feed):
    """What a stored network computes in double precision."""
    symbol, *weights = mx.model.load_checkpoint(str(folder / "model"), 0)
    arguments, states = ({k: v.astype("float64") for k, v in part.items()} for part in weights)
    for name, array in feed.items():
        arguments[name] = mx.nd.array(array, dtype="float64")
    return [o.asnumpy() for o in mxnet_symbols.bound(symbol, arguments, states).forward()]


def save(folder, network, feeds, names=("data",), preprocess=False, exactly=False):
    """A Gluon network, hybridised and exported."""
    folder.mkdir(parents=True, exist_ok=True)
    network.hybridize()
    if preprocess:
        from gluoncv.utils import export_block

        size = feeds[0][0].shape[1]
        export_block(str(folder / "model"), network, (size, size, 3), preprocess=True, layout="HWC")
        network = gluon.SymbolBlock.imports(
            str(folder / "model-symbol.json"), ["data"], str(folder / "model-0000.params")
        )
    else:
        network(*map(mx.nd.array, feeds[0]))
        network.export(str(folder / "model"), 0)
    store(
        folder,
        names,
        feeds,
        lambda feed: [o.asnumpy() for o in flat(network(*map(mx.nd.array, feed)))],
        (lambda feed: in_double(folder, dict(zip(names, feed)))) if exactly else None,
    )


def image(batch, size):
    return RANDOM.uniform(-1, 1, (batch, 3, size, size)).astype(np.float32)
