"""Networks in which one layer follows the other."""

from __future__ import annotations

from collections.abc import Sequence

from tests.models.caffe_networks.network import Network, image


def lenet() -> Network:
    net = Network(image(28, channels=1), narrow=1)
    x = net.pool(net.conv(net.pool(net.conv("data", 20, 5), 2, 2), 50, 5), 2, 2)
    net.softmax(net.fc(net.relu(net.fc(x, 500, 800)), 10, 500))
    return net


def _alexnet(norm_first: bool) -> Network:
    net = Network(image(227))
    x = "data"
    for out, kernel, stride, pad, group in ((96, 11, 4, 0, 1), (256, 5, 1, 2, 2)):
        x = net.cr(x, out, kernel, stride, pad, group=group)
        x = net.pool(net.lrn(x), 3, 2) if norm_first else net.lrn(net.pool(x, 3, 2))
    x = net.cr(net.cr(x, 384, 3, 1, 1), 384, 3, 1, 1, group=2)
    x = net.pool(net.cr(x, 256, 3, 1, 1, group=2), 3, 2)
    x = net.relu(net.fc(x, net.n(4096), net.n(256) * 36))
    x = net.in_place("Dropout", x, "dropout_param { dropout_ratio: 0.5 }")
    net.softmax(net.fc(x, net.n(1000), net.n(4096)))
    return net


def alexnet() -> Network:
    return _alexnet(norm_first=True)


def caffenet() -> Network:
    return _alexnet(norm_first=False)


def nin() -> Network:
    net = Network(image(224))
    x = "data"
    for out, kernel, stride, pad in ((96, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1)):
        x = net.cr(net.cr(net.cr(x, out, kernel, stride, pad), out), out)
        x = net.pool(x, 3, 2)
    x = net.in_place("Dropout", x)
    x = net.cr(net.cr(net.cr(x, 1024, 3, 1, 1), 1024), 1000)
    net.softmax(net.pool_all(x))
    return net


def vgg_trunk(net: Network, x: str, repeats: Sequence[int]) -> str:
    for out, times in zip((64, 128, 256, 512, 512), repeats):
        for _ in range(times):
            x = net.cr(x, out, 3, 1, 1)
        x = net.pool(x, 2, 2)
    return x


def vgg(repeats: Sequence[int]) -> Network:
    net = Network(image(64))
    x = vgg_trunk(net, "data", repeats)
    x = net.relu(net.fc(x, net.n(4096), net.n(512) * 4))
    net.softmax(net.fc(net.in_place("Dropout", x), net.n(1000), net.n(4096)))
    return net


def squeezenet(version: str) -> Network:
    net = Network(image(128))
    x = net.cr("data", 96, 7, 2) if version == "1.0" else net.cr("data", 64, 3, 2)
    x = net.pool(x, 3, 2)
    pooled = (2, 6) if version == "1.0" else (1, 3)
    for i, out in enumerate((16, 16, 32, 32, 48, 48, 64, 64)):
        s = net.cr(x, out)
        x = net.concat(net.cr(s, 4 * out), net.cr(s, 4 * out, 3, 1, 1))
        x = net.pool(x, 3, 2) if i in pooled else x
    net.softmax(net.pool_all(net.cr(net.in_place("Dropout", x), 1000)))
    return net
