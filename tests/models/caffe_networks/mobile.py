"""Networks of depthwise convolutions."""

from __future__ import annotations

from tests.models.caffe_networks.network import Network, image


def mobilenet_trunk(net: Network) -> tuple[str, str]:
    """The last feature map, and that of stride 16."""
    x = middle = net.cbr("data", 32, 3, 2, 1)
    for out, stride in (
        *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
        *(((512, 1),) * 5),
        *((1024, 2), (1024, 1)),
    ):
        middle = x if out == 1024 and stride == 2 else middle
        c = net.channels[x]
        x = net.relu(net.norm(net.conv(x, c, 3, stride, 1, group=c, bias=False)))
        x = net.cbr(x, out)
    return x, middle


def mobilenet_v1() -> Network:
    net = Network(image(64))
    x = net.pool_all(mobilenet_trunk(net)[0])
    net.softmax(net.conv(x, net.n(1000)))
    return net


def mobilenet_v2() -> Network:
    net = Network(image(64), narrow=2)
    x = net.cbr("data", 32, 3, 2, 1)
    for expand, out, times, first in (
        *((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)),
        *((6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)),
    ):
        for i in range(times):
            wide = net.channels[x] * expand
            y = net.relu(net.norm(net.conv(x, wide, bias=False))) if expand > 1 else x
            stride = first if i == 0 else 1
            y = net.relu(net.norm(net.conv(y, wide, 3, stride, 1, group=wide, bias=False)))
            y = net.cb(y, out)
            x = net.total(x, y) if i else y
    net.softmax(net.conv(net.pool_all(net.cbr(x, 1280)), 50))
    return net


def shufflenet() -> Network:
    net = Network(image(64), narrow=4)
    x = net.pool(net.cbr("data", 24, 3, 2, 1), 3, 2)
    for out, times in ((240, 4), (480, 8), (960, 4)):
        for i in range(times):
            middle, group = net.n(out) // 4 // 3 * 3, 3 if net.channels[x] % 3 == 0 else 1
            y = net.relu(net.norm(net.conv(x, middle, group=group, bias=False)))
            y = net.add("ShuffleChannel", y, "shuffle_channel_param { group: 3 }")
            y = net.conv(y, middle, 3, 1 if i else 2, 1, group=middle, bias=False)
            wanted = net.n(out) if i else net.n(out) - net.channels[x]
            y = net.norm(net.conv(net.norm(y), wanted, group=3, bias=False))
            if i:
                x = net.relu(net.total(x, y))
            else:
                x = net.relu(net.concat(net.pool(x, 3, 2, method="AVE"), y))
    net.softmax(net.fc(net.pool_all(x), 50, net.channels[x]))
    return net
