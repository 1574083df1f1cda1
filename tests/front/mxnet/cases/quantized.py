"""Computation in integers: single operators, and networks as MXNet quantises them."""

import logging
from itertools import product

import mxnet as mx
import numpy as np
from mxnet.contrib import quantization

logging.disable(logging.CRITICAL)

sym, contrib = mx.sym, mx.sym.contrib
RANGE = {"min_calib_range": -1.5, "max_calib_range": 1.8}
UNSIGNED = {"min_calib_range": 0.0, "max_calib_range": 1.8}


def record(r):
    to_integers(r)
    layers(r)
    elementwise(r)
    networks(r)
    activations(r)
    sums(r)
    whole_images(r)
    attention(r)


def quantized(x, kind="int8", **limits):
    """An input as integers, by default of the range that it turns out to have."""
    return contrib.quantize_v2(sym.var(x), out_type=kind, **limits)


def real(symbol):
    return contrib.dequantize(*symbol)


def to_integers(r):
    x = (2, 3, 4)
    positive = r.numbers(*x, low=0.0)
    # One end may come out as -127 or -128: it lies half-way between.
    for limits in ({}, RANGE):
        r.case("contrib.quantize_v2", x, out_type="int8", steps=1, **limits)
        r.case("contrib.quantize_v2", x, out_type="auto", steps=1, **limits)
        r.case("contrib.quantize_v2", positive, out_type="uint8", **(limits and UNSIGNED))
        r.case("contrib.quantize_asym", x, **limits)
    r.case("contrib.quantize_v2", positive, out_type="auto", **UNSIGNED)
    for kind, data in (("int8", x), ("uint8", positive)):
        r.case("contrib.quantize", data, number(-0.5), number(1.5), out_type=kind)
        r.symbol(f"{kind} and back", real(quantized("in0", kind)), data)
    thousands = r.random.randint(-(1 << 30), 1 << 30, x).astype(np.int32)
    for kind in ("int8", "auto", "uint8"):
        for limits in ({}, RANGE, UNSIGNED):
            if (kind == "uint8") == (limits is UNSIGNED) and not (kind == "uint8" and not limits):
                given = thousands if kind != "uint8" else np.abs(thousands)
                r.case(
                    "contrib.requantize", given, number(-3.0), number(3.0), out_type=kind, **limits
                )


def number(value):
    return np.array([value], np.float32)


def layers(r):
    image = (2, 4, 6, 7)
    ranges = {"w_min": number(-1.1), "w_max": number(0.9), "b_min": number(-2), "b_max": number(2)}
    for kind in ("int8", "uint8"):
        for pool, convention, pad in product(("max", "avg"), ("valid", "full"), (0, 1)):
            for counted in (True, False) if pool == "avg" else (True,):
                y = contrib.quantized_pooling(
                    *quantized("in0", kind), kernel=(3, 3), stride=(2, 2), pad=(pad, pad),
                    pool_type=pool, pooling_convention=convention, count_include_pad=counted,
                )  # fmt: skip
                name = f"pooling {kind} {pool} {convention} {pad} {counted}"
                attempt(r, name, y, r.numbers(*image, low=0))
        y = contrib.quantized_pooling(
            *quantized("in0", kind), global_pool=True, kernel=(6, 7), pool_type="avg"
        )
        attempt(r, f"pooling {kind} global", y, r.numbers(*image, low=0))
        if kind == "int8":
            y = contrib.quantized_act(*quantized("in0"), act_type="relu")
            attempt(r, "act", y, image)
        y = contrib.quantized_flatten(*quantized("in0", kind))
        attempt(r, f"flatten {kind}", y, r.numbers(*image, low=0))
        for bias in (False, True):
            data = r.numbers(*image, low=0)
            convolution(r, kind, bias, ranges, data)
            dense(r, kind, bias, ranges, data)
    for limits in ({}, RANGE):
        names = ("gamma", "beta", "mean", "var")
        q = quantized("in0")
        y = contrib.quantized_batch_norm(
            q[0], *map(sym.var, names), q[1], q[2], fix_gamma=False, **limits
        )
        attempt(r, f"batch norm {bool(limits)}", y, image)
    y = contrib.quantized_embedding(
        sym.var("in0"), sym.var("w"), sym.var("w_min"), sym.var("w_max"), input_dim=5, output_dim=3
    )
    weights = {"w": integers(r, 5, 3), "w_min": number(-1), "w_max": number(1)}
    attempt(r, "embedding", y, np.array([[1, 4, 0]], np.float32), weights=weights)


def integers(r, *shape):
    return r.random.randint(-127, 128, shape).astype(np.int8)


def of_weights(r, op, kind, bias, ranges, shape, **parameters):
    """A layer with stored weights, and a bias or none, of quantised data."""
    fed = dict(zip(("data", "min_data", "max_data"), quantized("in0", kind)))
    stored = {"weight": integers(r, *shape), "bias": integers(r, shape[0])}
    for name in ("weight", "bias")[: 1 + bias]:
        weights = {name: stored[name], **{f"{e}_{name}": ranges[f"{name[0]}_{e}"] for e in ENDS}}
        fed.update((key, sym.var(key)) for key in weights)
        stored.update(weights)
    y = op(no_bias=not bias, **fed, **parameters)
    return y, {name: stored[name] for name in fed if name in stored}


ENDS = ("min", "max")


def convolution(r, kind, bias, ranges, data):
    y, weights = of_weights(
        r, contrib.quantized_conv, kind, bias, ranges, (4, 4, 3, 3),
        kernel=(3, 3), pad=(1, 1), num_filter=4, layout="NCHW",
    )  # fmt: skip
    attempt(r, f"convolution {kind} {bias}", y, data, weights=weights)
    back = real(contrib.requantize(*y))
    attempt(r, f"convolution {kind} {bias} back", back, data, weights=weights)


def dense(r, kind, bias, ranges, data):
    op = contrib.quantized_fully_connected
    y, weights = of_weights(r, op, kind, bias, ranges, (5, 4 * 6 * 7), num_hidden=5)
    attempt(r, f"dense {kind} {bias}", y, data, weights=weights)


def attempt(r, name, symbol, *inputs, steps=1, **more):
    """Some kernels are not there on CPUs."""
    try:
        r.symbol(name, symbol, *inputs, steps=steps, **more)
    except mx.base.MXNetError as error:
        print(name, "not there:", str(error).split("Error:")[-1].strip()[:150])


def elementwise(r):
    x = (2, 3, 4)
    for kinds in (("int8", "int8"), ("uint8", "int8"), ("uint8", "uint8")):
        data = [x if kind == "int8" else r.numbers(*x, low=0) for kind in kinds]
        a, b = (list(quantized(f"in{i}", kind)) for i, kind in enumerate(kinds))
        b[0] = contrib.quantize_v2(sym.var("in1") * 0.3, out_type=kinds[1])
        b = list(b[0])
        for limits in ({}, RANGE):
            name = "{} {} {}".format(*kinds, bool(limits))
            if kinds == ("uint8", "int8"):
                continue  # MXNet's sums of both kinds overflow.
            for label in ("add", "mul") if kinds == ("int8", "int8") else ("add",):
                op = getattr(contrib, "quantized_elemwise_" + label)
                attempt(r, f"{label} {name}", op(a[0], b[0], *a[1:], *b[1:], **limits), *data)
        if kinds == ("int8", "int8"):
            y = contrib.quantized_elemwise_mul(a[0], b[0], *a[1:], *b[1:], enable_float_output=True)
            attempt(r, "mul to floats", y, *data)
        y = contrib.quantized_concat(a[0], b[0], *a[1:], *b[1:], num_args=2, dim=1)
        attempt(r, "concat {} {}".format(*kinds), y, *data)


def network():
    """Convolutions with all that is fused behind them, and what stays between them."""
    x = sym.Convolution(sym.var("in0"), kernel=(3, 3), num_filter=4, pad=(1, 1), name="c1")
    x = sym.Activation(sym.BatchNorm(x, name="bn", fix_gamma=False), act_type="relu")
    x = sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max")
    y = sym.Convolution(x, kernel=(1, 1), num_filter=4, no_bias=True, name="c2")
    x = sym.Activation(y + x, act_type="relu")
    x = sym.Concat(x, sym.Convolution(x, kernel=(3, 3), num_filter=4, pad=(1, 1), num_group=4))
    x = sym.Activation(sym.FullyConnected(x, num_hidden=8, name="fc1"), act_type="relu")
    return sym.FullyConnected(x, num_hidden=5, name="fc2")


def activations(r):
    """Which results are unsigned depends on what is fused last."""
    for act in ("relu", "sigmoid", "tanh", "softrelu", "clip", "gelu", "leaky", "abs", "square"):
        for layer in ("c", "f"):
            x = sym.var("in0")
            if layer == "c":
                if act == "gelu":
                    continue  # Refused: no formula gives what oneDNN computes.
                x = sym.Convolution(x, kernel=(3, 3), num_filter=4, name="c")
            else:
                x = sym.FullyConnected(x, num_hidden=6, name="f")
            if act == "clip":
                x = sym.clip(x, a_min=0, a_max=6)
            elif act in ("gelu", "leaky"):
                x = sym.LeakyReLU(x, act_type=act)
            elif act in ("abs", "square"):
                x = getattr(sym, act)(x)
            else:
                x = sym.Activation(x, act_type=act)
            data = r.numbers(2, 3, 6, 6)
            x = sym.FullyConnected(x, num_hidden=4, name="end")
            quantized_network(r, f"fused {layer} {act}", x, data, "int8", "naive")


def sums(r):
    """oneDNN writes a sum in the place of what is added: signed, unsigned, or of the other kind."""

    def convolution(x, name, kernel=1, act=False):
        x = sym.Convolution(
            x, kernel=(kernel,) * 2, pad=(kernel // 2,) * 2, num_filter=4, name=name
        )
        return sym.Activation(x, act_type="relu") if act else x

    for added, end in product((False, True), repeat=2):
        x = convolution(sym.var("in0"), "c0", act=True)
        y = convolution(x, "c1", act=added)
        y = convolution(convolution(x, "c2", 3, act=True), "c3") + y
        y = sym.Activation(y, act_type="relu") if end else y
        y = sym.FullyConnected(y, num_hidden=4, name="end")
        data = r.numbers(2, 3, 6, 6)
        quantized_network(r, f"sum relu={added} {end}", y, data, "auto", "naive")


def attention(r):
    x = sym.FullyConnected(sym.var("in0"), num_hidden=24, flatten=False, name="qkv")
    scores = sym.softmax(contrib.interleaved_matmul_selfatt_qk(x, heads=2, name="qk"), axis=-1)
    y = contrib.interleaved_matmul_selfatt_valatt(x, scores, heads=2, name="v")
    y = sym.FullyConnected(y, num_hidden=5, flatten=False, name="end")
    quantized_network(r, "attention", y, r.numbers(2, 2, 8), "auto", "naive")


def whole_images(r):
    for pool, convention in product(("max", "avg"), ("valid", "full")):
        y = contrib.quantized_pooling(
            *quantized("in0", "int8"), kernel=(1, 1), pool_type=pool, global_pool=True,
            pooling_convention=convention,
        )  # fmt: skip
        r.symbol(f"whole {pool} {convention}", real(y), (2, 3, 5, 6), steps=1)


def networks(r):
    for kind, mode in product(("int8", "auto"), ("none", "naive")):
        name = f"fused {kind} {mode}"
        quantized_network(r, name, network(), r.numbers(2, 3, 6, 6), kind, mode)


def quantized_network(r, name, symbol, data, kind, mode):
    shapes = symbol.infer_shape(in0=data.shape)
    arguments = {
        key: mx.nd.array(r.numbers(*shape, low=-1, high=1))
        for key, shape in zip(symbol.list_arguments(), shapes[0])
        if key != "in0"
    }
    states = {
        key: mx.nd.array(r.numbers(*shape, low=0.5, high=1))
        for key, shape in zip(symbol.list_auxiliary_states(), shapes[2])
    }
    symbol, arguments, states = quantization.quantize_model_mkldnn(
        symbol, arguments, states, data_names=["in0"], ctx=mx.cpu(), calib_mode=mode,
        calib_data=mx.io.NDArrayIter({"in0": data}, batch_size=2), num_calib_examples=2,
        quantized_dtype=kind,
    )  # fmt: skip
    kept = {key: v.asnumpy() for key, v in {**arguments, **states}.items()}
    # What one layer rounds otherwise goes through all others.
    attempt(r, name, symbol, data, weights=kept, steps=3)
