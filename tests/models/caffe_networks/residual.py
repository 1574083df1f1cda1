"""Networks with shortcuts: ResNet, DenseNet."""

from __future__ import annotations

from collections.abc import Sequence

from tests.models.caffe_networks.network import Network, image


def resnet(repeats: Sequence[int]) -> Network:
    net = Network(image(64), narrow=16)
    x = net.pool(net.cbr("data", 64, 7, 2, 3), 3, 2)
    for stage, (out, times) in enumerate(zip((64, 128, 256, 512), repeats)):
        for i in range(times):
            stride = 2 if i == 0 and stage else 1
            shortcut = net.cb(x, 4 * out, 1, stride) if i == 0 else x
            y = net.cbr(net.cbr(x, out, 1, stride), out, 3, 1, 1)
            x = net.relu(net.total(shortcut, net.cb(y, 4 * out)))
    net.softmax(net.fc(net.pool_all(x), 60, net.channels[x]))
    return net


def densenet() -> Network:
    net = Network(image(64), narrow=4)
    x = net.pool(net.cbr("data", 64, 7, 2, 3), 3, 2, 1)
    for block, times in enumerate((6, 12, 24, 16)):
        for _ in range(times):
            y = net.relu(net.norm(net.add("Power", x)))
            y = net.relu(net.norm(net.conv(y, net.n(128), bias=False)))
            x = net.concat(x, net.conv(y, net.n(32), 3, 1, 1, bias=False))
        if block < 3:
            y = net.relu(net.norm(net.add("Power", x)))
            y = net.conv(y, net.channels[x] // 2, bias=False)
            x = net.pool(y, 2, 2, method="AVE")
    net.softmax(net.conv(net.pool_all(x), 50))
    return net
