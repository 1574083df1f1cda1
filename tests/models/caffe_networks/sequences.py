"""Recurrent networks that find and read text."""

from __future__ import annotations

from tests.models.caffe_networks.network import Network, image
from tests.models.caffe_networks.plain import vgg_trunk


def ctpn() -> Network:
    """Windows of features along a line of text as sequences, scored by a recurrent layer."""
    net = Network(image(32, 96), ("going", (6, 2)), narrow=16)
    x = vgg_trunk(net, "data", (1, 1, 1, 1))
    x = net.cr(x, 512, 3, 1, 1)  # [1, C, 2, 6]
    net.layer("Permute", "rows", x, "permute_param { order: 3 order: 2 order: 1 order: 0 }")
    c = net.channels[x]
    blobs = [net.numbers(64, c, scale=0.2), net.numbers(64), net.numbers(64, 16, scale=0.2)]
    net.layer("LSTM", "lstm", ["rows", "going"], "recurrent_param { num_output: 16 }", blobs)
    blobs = [net.numbers(20, 16), net.numbers(20)]
    text = "inner_product_param { num_output: 20 axis: 2 }"
    net.layer("InnerProduct", "scores", "lstm", text, blobs)
    return net


def crnn() -> Network:
    """Columns of a line of text as a sequence, two recurrent layers, greedy decoding."""
    net = Network(image(32, 100, channels=1), ("going", (24, 1)), narrow=16)
    x = net.pool(net.cr("data", 64, 3, 1, 1), 2, 2)
    x = net.pool(net.cr(x, 128, 3, 1, 1), 2, 2)
    for height in (4, 2):
        x = net.cr(x, 256, 3, 1, 1)
        text = f"pool: MAX kernel_h: {height} kernel_w: 1 stride_h: {height} stride_w: 1"
        x = net.add("Pooling", x, f"pooling_param {{ {text} }}")  # to [1, C, 1, 25]
    x = net.conv(x, net.n(512), (1, 2))
    net.layer("Permute", "columns", x, "permute_param { order: 3 order: 0 order: 1 order: 2 }")
    below, c = "columns", net.channels[x]
    for i in range(2):
        blobs = [net.numbers(64, c, scale=0.3), net.numbers(64), net.numbers(64, 16, scale=0.3)]
        text = "recurrent_param { num_output: 16 }"
        below, c = net.layer("LSTM", f"lstm{i}", [below, "going"], text, blobs), 16
    blobs = [net.numbers(11, 16), net.numbers(11)]
    text = "inner_product_param { num_output: 11 axis: 2 }"
    net.layer("InnerProduct", "scores", below, text, blobs)
    net.layer("Softmax", "probabilities", "scores", "softmax_param { axis: 2 }")
    net.layer("CTCGreedyDecoder", "text", ["probabilities", "going"])
    return net
