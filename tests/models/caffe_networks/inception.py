"""Networks of branches that are joined: GoogLeNet and its successors."""

from __future__ import annotations

from collections.abc import Sequence

from tests.models.caffe_networks.network import Network, image


def _inception(net: Network, x: str, out: Sequence[int]) -> str:
    return net.concat(
        net.cr(x, out[0]),
        net.cr(net.cr(x, out[1]), out[2], 3, 1, 1),
        net.cr(net.cr(x, out[3]), out[4], 5, 1, 2),
        net.cr(net.pool(x, 3, 1, 1), out[5]),
    )


def googlenet() -> Network:
    net = Network(image(128))
    x = net.lrn(net.pool(net.cr("data", 64, 7, 2, 3), 3, 2))
    x = net.pool(net.lrn(net.cr(net.cr(x, 64), 192, 3, 1, 1)), 3, 2)
    for out in ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)):
        x = _inception(net, x, out)
    x = net.pool(x, 3, 2)
    for out in ((192, 96, 208, 16, 48, 64), (256, 160, 320, 32, 128, 128)):
        x = _inception(net, x, out)
    x = _inception(net, net.pool(x, 3, 2), (384, 192, 384, 48, 128, 128))
    x = net.in_place("Dropout", net.pool_all(x))
    net.softmax(net.fc(x, net.n(1000), net.channels[x]))
    return net


# Convolutions of seven pixels in a row, and in a column.
ROW, COLUMN = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))


def inception_v3() -> Network:
    net = Network(image(139))
    x = net.chain("data", (32, 3, 2), (32, 3), (64, 3, 1, 1))
    x = net.pool(net.chain(net.pool(x, 3, 2), (80,), (192, 3)), 3, 2)
    for out in (32, 64, 64):
        x = net.concat(
            net.cbr(x, 64),
            net.chain(x, (48,), (64, 5, 1, 2)),
            net.chain(x, (64,), (96, 3, 1, 1), (96, 3, 1, 1)),
            net.cbr(net.pool(x, 3, 1, 1, "AVE"), out),
        )
    y = net.chain(x, (64,), (96, 3, 1, 1), (96, 3, 2))
    x = net.concat(net.cbr(x, 384, 3, 2), y, net.pool(x, 3, 2))
    for out in (128, 160, 160, 192):
        y = net.chain(x, (out,), (out, *ROW), (192, *COLUMN))
        z = net.chain(x, (out,), (out, *COLUMN), (out, *ROW), (out, *COLUMN), (192, *ROW))
        x = net.concat(net.cbr(x, 192), y, z, net.cbr(net.pool(x, 3, 1, 1, "AVE"), 192))
    y = net.chain(x, (192,), (192, *ROW), (192, *COLUMN), (192, 3, 2))
    x = net.concat(net.chain(x, (192,), (320, 3, 2)), y, net.pool(x, 3, 2))
    for method in ("AVE", "MAX"):
        y = _forked(net, net.cbr(x, 384), 384)
        z = _forked(net, net.chain(x, (448,), (384, 3, 1, 1)), 384)
        x = net.concat(net.cbr(x, 320), y, z, net.cbr(net.pool(x, 3, 1, 1, method), 192))
    net.softmax(net.fc(net.pool_all(x), net.n(1000), net.channels[x]))
    return net


def _forked(net: Network, x: str, out: int) -> str:
    return net.concat(net.cbr(x, out, (1, 3), 1, (0, 1)), net.cbr(x, out, (3, 1), 1, (1, 0)))


def inception_v4() -> Network:
    net = Network(image(139))
    x = net.chain("data", (32, 3, 2), (32, 3), (64, 3, 1, 1))
    x = net.concat(net.pool(x, 3, 2), net.cbr(x, 96, 3, 2))
    y = net.chain(x, (64,), (64, *COLUMN), (64, *ROW), (96, 3))
    x = net.concat(net.chain(x, (64,), (96, 3)), y)
    x = net.concat(net.cbr(x, 192, 3, 2), net.pool(x, 3, 2))
    for _ in range(4):
        x = net.concat(
            net.cbr(net.pool(x, 3, 1, 1, "AVE"), 96),
            net.cbr(x, 96),
            net.chain(x, (64,), (96, 3, 1, 1)),
            net.chain(x, (64,), (96, 3, 1, 1), (96, 3, 1, 1)),
        )
    y = net.chain(x, (192,), (224, 3, 1, 1), (256, 3, 2))
    x = net.concat(net.cbr(x, 384, 3, 2), y, net.pool(x, 3, 2))
    for _ in range(7):
        x = net.concat(
            net.cbr(net.pool(x, 3, 1, 1, "AVE"), 128),
            net.cbr(x, 384),
            net.chain(x, (192,), (224, *ROW), (256, *COLUMN)),
            net.chain(x, (192,), (192, *ROW), (224, *COLUMN), (224, *ROW), (256, *COLUMN)),
        )
    y = net.chain(x, (256,), (256, *ROW), (320, *COLUMN), (320, 3, 2))
    x = net.concat(net.chain(x, (192,), (192, 3, 2)), y, net.pool(x, 3, 2))
    for _ in range(3):
        y = _forked(net, net.cbr(x, 384), 256)
        z = net.chain(x, (384,), (448, (1, 3), 1, (0, 1)), (512, (3, 1), 1, (1, 0)))
        pooled = net.cbr(net.pool(x, 3, 1, 1, "AVE"), 256)
        x = net.concat(pooled, net.cbr(x, 256), y, _forked(net, z, 256))
    x = net.in_place("Dropout", net.pool_all(x))
    net.softmax(net.fc(x, net.n(1000), net.channels[x]))
    return net
