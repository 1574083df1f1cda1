"""Classic networks of MXNet's symbol interface, small, after their published descriptions.

A network is a symbol, the shapes of its inputs without the batch, and values of weights that are
not random. Runs in the environment of ``mxnet_networks.py``.
"""

import mxnet as mx
import numpy as np

sym = mx.sym


# ---- weights


def weights(symbol, feed, fixed, random):
    """Random arguments, and states of each BatchNorm that are the statistics of what it gets."""
    shapes = {name: array.shape for name, array in feed.items()}
    found, _, auxiliary = symbol.infer_shape(**shapes)
    arguments, states = {}, {}
    for name, shape in zip(symbol.list_arguments(), found):
        if name in fixed:
            arguments[name] = mx.nd.array(fixed[name])
        elif name not in feed and not name.endswith("label"):
            arguments[name] = mx.nd.array(_initial(name, shape, random))
    for name, shape in zip(symbol.list_auxiliary_states(), auxiliary):
        states[name] = (mx.nd.ones if name.endswith("var") else mx.nd.zeros)(shape)
    given = {**arguments, **{name: mx.nd.array(array) for name, array in feed.items()}}
    inside = symbol.get_internals()
    for name in states:
        if name.endswith("moving_mean"):
            node = name[: -len("_moving_mean")]
            read = inside[f"{node}_output"].get_children()[0]
            values = bound(read, given, states).forward()[0].asnumpy()
            axes = tuple(axis for axis in range(values.ndim) if axis != 1)
            states[name] = mx.nd.array(values.mean(axes))
            states[f"{node}_moving_var"] = mx.nd.array(np.maximum(values.var(axes), 1e-3))
    return arguments, states


def _initial(name, shape, random):
    if name.endswith("gamma"):
        return random.uniform(0.7, 1.3, shape)
    if name.endswith(("bias", "beta")):
        return random.uniform(-0.3, 0.3, shape)
    fan = max(1, int(np.prod(shape[1:])))
    return random.randn(*shape) * (2.0 / fan) ** 0.5


def bound(symbol, given, states):
    names = set(symbol.list_arguments())
    arguments = {name: array for name, array in given.items() if name in names}
    known = {name: array.shape for name, array in arguments.items()}
    for name, shape in zip(symbol.list_arguments(), symbol.infer_shape(**known)[0]):
        if name not in arguments:
            arguments[name] = mx.nd.zeros(shape)
    auxiliary = {name: states[name] for name in symbol.list_auxiliary_states()}
    return symbol.bind(mx.cpu(), arguments, aux_states=auxiliary, grad_req="null")


# ---- pieces


def convolved(x, filters, name, kernel=3, stride=1, pad=None, norm=True, act="relu", groups=1):
    pad = kernel // 2 if pad is None else pad
    x = sym.Convolution(
        x, num_filter=filters, kernel=(kernel, kernel), stride=(stride, stride), pad=(pad, pad),
        num_group=groups, no_bias=norm, name=name,
    )  # fmt: skip
    if norm:
        x = sym.BatchNorm(x, fix_gamma=False, eps=2e-5, name=name + "_bn")
    return sym.Activation(x, act_type=act, name=name + "_" + act) if act else x


def pooled(x, kernel, stride, kind="max", pad=0, **more):
    return sym.Pooling(
        x, kernel=(kernel, kernel), stride=(stride, stride), pad=(pad, pad), pool_type=kind, **more
    )


def classified(x, classes=10):
    x = sym.Pooling(x, global_pool=True, kernel=(7, 7), pool_type="avg")
    x = sym.FullyConnected(sym.Flatten(x), num_hidden=classes, name="fc")
    return sym.SoftmaxOutput(x, name="softmax")


# ---- networks


def inception_bn():
    """Inception with batch normalisation (Ioffe and Szegedy 2015), two kinds of modules."""

    def module(x, name, single, three, double, projected, kind):
        parts = [
            convolved(x, single, name + "_1x1", 1),
            convolved(convolved(x, three, name + "_3r", 1), three, name + "_3"),
        ]
        y = convolved(convolved(x, double, name + "_d3r", 1), double, name + "_d3a")
        parts.append(convolved(y, double, name + "_d3b"))
        parts.append(convolved(pooled(x, 3, 1, kind, 1), projected, name + "_proj", 1))
        return sym.Concat(*parts, name=name)

    def reduction(x, name, three, double):
        a = convolved(convolved(x, three, name + "_3r", 1), three, name + "_3", stride=2)
        b = convolved(convolved(x, double, name + "_d3r", 1), double, name + "_d3a")
        b = convolved(b, double, name + "_d3b", stride=2)
        return sym.Concat(a, b, pooled(x, 3, 2, pad=1), name=name)

    x = convolved(sym.var("data"), 16, "conv1", 7, 2)
    x = pooled(x, 3, 2, pooling_convention="full")
    x = convolved(convolved(x, 16, "conv2r", 1), 24, "conv2")
    x = module(x, "in3a", 8, 8, 12, 8, "avg")
    x = reduction(x, "in3c", 12, 12)
    x = module(x, "in4a", 16, 12, 12, 8, "avg")
    x = module(x, "in5b", 16, 12, 12, 8, "max")
    return classified(x), {"data": (3, 64, 64)}, {}


def resnext():
    """Aggregated residual transformations (Xie et al. 2016)."""

    def unit(x, filters, stride, name, same):
        y = convolved(x, filters // 2, name + "_1", 1)
        y = convolved(y, filters // 2, name + "_2", 3, stride, groups=8)
        y = convolved(y, filters, name + "_3", 1, act=None)
        shortcut = x if same else convolved(x, filters, name + "_sc", 1, stride, act=None)
        return sym.Activation(y + shortcut, act_type="relu")

    x = sym.BatchNorm(sym.var("data"), fix_gamma=True, eps=2e-5, name="bn_data")
    x = pooled(convolved(x, 32, "conv0", 7, 2), 3, 2, pad=1)
    for stage, filters in enumerate((64, 128)):
        x = unit(x, filters, 1 + stage, f"s{stage}u0", False)
        x = unit(x, filters, 1, f"s{stage}u1", True)
    return classified(x), {"data": (3, 64, 64)}, {}


def ssd():
    """Single-shot detection (Liu et al. 2016) with MultiBox operators, as deployed."""
    x = convolved(convolved(sym.var("data"), 16, "c1", 3, 2), 24, "c2", 3, 2)
    scales = [x]
    for place in range(2):
        x = convolved(convolved(x, 16, f"e{place}r", 1), 32, f"e{place}", 3, 2)
        scales.append(x)
    classes, sizes = 4, ((0.1, 0.14), (0.3, 0.37), (0.6, 0.7))
    scores, moves, boxes = [], [], []
    scale = sym.var("relu_scale", shape=(1, 24, 1, 1))
    scales[0] = sym.broadcast_mul(sym.L2Normalization(scales[0], mode="channel"), scale)
    for place, x in enumerate(scales):
        count = 4
        for found, depth, name in ((scores, classes, "cls"), (moves, 4, "loc")):
            y = convolved(x, count * depth, f"{name}{place}", norm=False, act=None)
            found.append(sym.Flatten(sym.transpose(y, axes=(0, 2, 3, 1))))
        prior = sym.contrib.MultiBoxPrior(
            x, sizes=sizes[place], ratios=(1, 2, 0.5), clip=False, steps=(-1, -1)
        )
        boxes.append(sym.Flatten(prior))
    scores = sym.Reshape(sym.Concat(*scores, dim=1), shape=(0, -1, classes))
    scores = sym.SoftmaxActivation(sym.transpose(scores, axes=(0, 2, 1)), mode="channel")
    moves = sym.Concat(*moves, dim=1)
    boxes = sym.Reshape(sym.Concat(*boxes, dim=1), shape=(0, -1, 4))
    found = sym.contrib.MultiBoxDetection(
        scores, moves, boxes, name="detection", nms_threshold=0.45, nms_topk=100,
        variances=(0.1, 0.1, 0.2, 0.2),
    )  # fmt: skip
    return found, {"data": (3, 64, 64)}, {"relu_scale": np.full((1, 24, 1, 1), 20.0)}


def fcn():
    """Fully convolutional segmentation (Long et al. 2015): skips, bilinear upsampling, Crop."""
    data, skips = sym.var("data"), []
    x = data
    for place, filters in enumerate((8, 16, 24, 32)):
        x = convolved(x, filters, f"conv{place}", norm=False, pad=100 if not place else 1)
        x = pooled(x, 2, 2, pooling_convention="full")
        skips.append(sym.Convolution(x, num_filter=5, kernel=(1, 1), name=f"score{place}"))
    y = skips.pop()
    for place, skip in enumerate(reversed(skips[1:])):
        y = sym.Deconvolution(
            y, kernel=(4, 4), stride=(2, 2), num_filter=5, no_bias=True, name=f"up{place}"
        )
        y = sym.Crop(y, skip, offset=(1, 1)) if place else sym.Crop(y, skip, center_crop=True)
        y = y + sym.Crop(skip, y)
    y = sym.Deconvolution(
        y, kernel=(8, 8), stride=(4, 4), num_filter=5, num_group=5, no_bias=True, name="up"
    )
    y = sym.Crop(y, data, offset=(30, 30))
    return sym.SoftmaxOutput(y, multi_output=True, name="softmax"), {"data": (3, 64, 64)}, {}


def style_decoder():
    """Style transfer by a network (zhaw/neural_style): reflection, InstanceNorm, Deconvolution."""

    def normed(x, name, act="relu"):
        x = sym.InstanceNorm(x, name=name + "_in")
        return sym.Activation(x, act_type=act) if act else x

    def block(x, name):
        y = normed(sym.Convolution(x, num_filter=32, kernel=(3, 3), pad=(1, 1), name=name), name)
        y = sym.Convolution(y, num_filter=32, kernel=(3, 3), pad=(1, 1), name=name + "b")
        return x + normed(y, name + "b", None)

    x = sym.pad(sym.var("data"), mode="reflect", pad_width=(0, 0, 0, 0, 4, 4, 4, 4))
    x = normed(sym.Convolution(x, num_filter=16, kernel=(9, 9), name="c1"), "c1")
    x = sym.Convolution(x, num_filter=32, kernel=(3, 3), stride=(2, 2), pad=(1, 1), name="c2")
    x = block(block(normed(x, "c2"), "r1"), "r2")
    x = sym.Deconvolution(
        x, num_filter=16, kernel=(3, 3), stride=(2, 2), pad=(1, 1), adj=(1, 1), name="d1"
    )
    x = sym.UpSampling(normed(x, "d1"), scale=2, sample_type="nearest")
    x = sym.Convolution(x, num_filter=3, kernel=(9, 9), pad=(4, 4), name="c3")
    return sym.tanh(x) * 127.5 + 127.5, {"data": (3, 32, 32)}, {}


def face_finder():
    """The first stage of MTCNN (Zhang et al. 2016): PReLU, two heads."""

    def step(x, filters, name):
        x = sym.Convolution(x, num_filter=filters, kernel=(3, 3), name=name)
        return sym.LeakyReLU(x, act_type="prelu", name="prelu_" + name)

    x = pooled(step(sym.var("data"), 10, "conv1"), 2, 2, pooling_convention="full")
    x = step(step(x, 16, "conv2"), 32, "conv3")
    faces = sym.Convolution(x, num_filter=2, kernel=(1, 1), name="conv4_1")
    boxes = sym.Convolution(x, num_filter=4, kernel=(1, 1), name="conv4_2")
    faces = sym.SoftmaxActivation(faces, mode="channel", name="prob1")
    return sym.Group([faces, boxes]), {"data": (3, 47, 53)}, {}


def light_cnn():
    """A light CNN for faces (Wu et al. 2015): the greater of two halves of the channels."""

    def greatest(x, filters, name, kernel, pad):
        x = sym.Convolution(
            x, num_filter=2 * filters, kernel=(kernel, kernel), pad=(pad, pad), name=name
        )
        halves = sym.SliceChannel(x, num_outputs=2, name=name + "_halves")
        return sym.maximum(halves[0], halves[1])

    x = pooled(greatest(sym.var("data"), 16, "conv1", 5, 2), 2, 2)
    x = greatest(greatest(x, 16, "conv2r", 1, 0), 24, "conv2", 3, 1)
    x = sym.Flatten(pooled(x, 2, 2))
    x = sym.FullyConnected(x, num_hidden=64, name="fc1")
    halves = sym.SliceChannel(x, num_outputs=2)
    x = sym.Dropout(sym.maximum(halves[0], halves[1]), p=0.7)
    x = sym.FullyConnected(x, num_hidden=10, name="fc2")
    return sym.SoftmaxOutput(x, name="softmax"), {"data": (1, 32, 32)}, {}


def time_series():
    """Forecasts from convolutions, recurrent cells and an autoregression (LSTNet, Lai 2018)."""
    window, series, hidden = 12, 5, 8
    x = sym.var("data")
    y = sym.Convolution(
        sym.reshape(x, (0, 1, window, series)), kernel=(3, series), num_filter=10, name="conv"
    )
    y = sym.reshape(sym.Activation(y, act_type="relu"), (0, 0, 0))
    steps = sym.transpose(y, axes=(2, 0, 1))
    parts = []
    for kind, cell in (("rnn", mx.rnn.LSTMCell), ("skip", mx.rnn.GRUCell)):
        outputs, _ = cell(hidden, prefix=kind + "_").unroll(
            window - 2, inputs=steps, layout="TNC", merge_outputs=False
        )
        parts.append(outputs[-1])
    y = sym.FullyConnected(sym.concat(*parts, dim=1), num_hidden=series, name="fc")
    lines = sym.SliceChannel(x, num_outputs=series, axis=2, squeeze_axis=True)
    trends = [
        sym.FullyConnected(sym.slice_axis(line, axis=1, begin=-6, end=None), num_hidden=1)
        for line in lines
    ]
    return (
        sym.LinearRegressionOutput(y + sym.concat(*trends, dim=1)),
        {"data": (window, series)},
        {},
    )


NETWORKS = {
    "fcn": fcn,
    "inception_bn": inception_bn,
    "light_cnn": light_cnn,
    "mtcnn": face_finder,
    "resnext": resnext,
    "ssd": ssd,
    "style_decoder": style_decoder,
    "time_series": time_series,
}
