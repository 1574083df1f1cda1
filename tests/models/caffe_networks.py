"""The topologies of the public Caffe zoo with seeded random weights, narrow and on small images.

The layers, their order, kernels, strides, pads and branches are those of the papers; only the
numbers of channels are divided by ``NARROW``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tests.models.caffe import Net

NARROW = 8


class Network(Net):
    """A net that knows the channels of its blobs."""

    def __init__(self, *inputs: tuple[str, Sequence[int]], narrow: int = NARROW) -> None:
        super().__init__(*inputs)
        self.channels = {name: shape[1] for name, shape in inputs}
        self.narrow = narrow
        self.count = 0

    def n(self, channels: int) -> int:
        return max(channels // self.narrow, 2)

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def add(
        self, kind: str, bottoms: str | Sequence[str], text: str = "", channels: int = 0
    ) -> str:
        """A layer without weights."""
        first = bottoms if isinstance(bottoms, str) else bottoms[0]
        top = self.layer(kind, self.name(kind.lower()), bottoms, text)
        self.channels[top] = channels or self.channels[first]
        return top

    def in_place(self, kind: str, x: str, text: str = "", *blobs: np.ndarray) -> str:
        return self.layer(kind, self.name(kind.lower()), x, text, blobs, x)

    def conv(
        self,
        x: str,
        out: int,
        kernel: int | tuple[int, int] = 1,
        stride: int = 1,
        pad: int | tuple[int, int] = 0,
        group: int = 1,
        bias: bool = True,
        kind: str = "Convolution",
        more: str = "",
        gain: float = 1.0,
    ) -> str:
        """A convolution with exactly ``out`` channels."""
        rows, columns = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        pads = pad if isinstance(pad, tuple) else (pad, pad)
        into = self.channels[x]
        shape = (out, into // group) if kind == "Convolution" else (into, out // group)
        area = rows * columns / (stride**2 if kind != "Convolution" else 1)
        scale = gain * (2 / (into // group * area)) ** 0.5
        blobs = [self.numbers(*shape, rows, columns, scale=scale)]
        blobs += [self.numbers(out, scale=0.05)] if bias else []
        text = f"num_output: {out} kernel_h: {rows} kernel_w: {columns} stride: {stride} "
        text += f"pad_h: {pads[0]} pad_w: {pads[1]} group: {group} {more}"
        text += "" if bias else " bias_term: false"
        name = self.name("conv")
        self.layer(kind, name, x, f"convolution_param {{ {text} }}", blobs)
        self.channels[name] = out
        return name

    def relu(self, x: str) -> str:
        return self.in_place("ReLU", x)

    def cr(self, x: str, out: int, *sizes: int | tuple[int, int], group: int = 1) -> str:
        """Convolution and ReLU, with a number of channels to be narrowed."""
        return self.relu(self.conv(x, self.n(out), *sizes, group=group))

    def norm(self, x: str) -> str:
        """BatchNorm and Scale, in place."""
        c = self.channels[x]
        mean, variance = self.numbers(c, scale=0.1), self.random.uniform(0.7, 1.3, c)
        blobs = [mean * 2, (variance * 2).astype(np.float32), np.array([2], np.float32)]
        self.in_place("BatchNorm", x, "batch_norm_param { use_global_stats: true }", *blobs)
        factor = self.random.uniform(0.6, 0.9, c).astype(np.float32)
        return self.in_place(
            "Scale", x, "scale_param { bias_term: true }", factor, self.numbers(c, scale=0.1)
        )

    def cbr(self, x: str, out: int, *sizes: int | tuple[int, int], group: int = 1) -> str:
        return self.relu(self.cb(x, out, *sizes, group=group))

    def cb(self, x: str, out: int, *sizes: int | tuple[int, int], group: int = 1) -> str:
        return self.norm(self.conv(x, self.n(out), *sizes, group=group, bias=False))

    def pool(self, x: str, kernel: int, stride: int, pad: int = 0, method: str = "MAX") -> str:
        text = f"pool: {method} kernel_size: {kernel} stride: {stride} pad: {pad}"
        return self.add("Pooling", x, f"pooling_param {{ {text} }}")

    def pool_all(self, x: str) -> str:
        return self.add("Pooling", x, "pooling_param { pool: AVE global_pooling: true }")

    def concat(self, *values: str, axis: int = 1) -> str:
        text = f"concat_param {{ axis: {axis} }}"
        return self.add("Concat", values, text, sum(self.channels[v] for v in values))

    def total(self, *values: str) -> str:
        return self.add("Eltwise", values, "eltwise_param { operation: SUM }")

    def lrn(self, x: str) -> str:
        return self.add("LRN", x, "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }")

    def fc(self, x: str, out: int, features: int) -> str:
        name = self.name("fc")
        blobs = [self.numbers(out, features, scale=(2 / features) ** 0.5), self.numbers(out)]
        self.layer("InnerProduct", name, x, f"inner_product_param {{ num_output: {out} }}", blobs)
        self.channels[name] = out
        return name

    def softmax(self, x: str, name: str = "prob", axis: int = 1) -> str:
        self.channels[name] = self.channels[x]
        return self.layer("Softmax", name, x, f"softmax_param {{ axis: {axis} }}")


def image(size: int, width: int = 0, channels: int = 3) -> tuple[str, tuple[int, ...]]:
    return "data", (1, channels, size, width or size)


# ---- classification


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


def _vgg(net: Network, x: str, repeats: Sequence[int]) -> str:
    for out, times in zip((64, 128, 256, 512, 512), repeats):
        for _ in range(times):
            x = net.cr(x, out, 3, 1, 1)
        x = net.pool(x, 2, 2)
    return x


def vgg(repeats: Sequence[int]) -> Network:
    net = Network(image(64))
    x = _vgg(net, "data", repeats)
    x = net.relu(net.fc(x, net.n(4096), net.n(512) * 4))
    net.softmax(net.fc(net.in_place("Dropout", x), net.n(1000), net.n(4096)))
    return net


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


def densenet() -> Network:
    net = Network(image(64), narrow=4)
    x = net.pool(net.cbr("data", 64, 7, 2, 3), 3, 2, 1)
    for block, times in enumerate((6, 12, 24, 16)):
        for _ in range(times // 2):
            y = net.relu(net.norm(net.add("Power", x)))
            y = net.relu(net.norm(net.conv(y, net.n(128), bias=False)))
            x = net.concat(x, net.conv(y, net.n(32), 3, 1, 1, bias=False))
        if block < 3:
            y = net.relu(net.norm(net.add("Power", x)))
            y = net.conv(y, net.channels[x] // 2, bias=False)
            x = net.pool(y, 2, 2, method="AVE")
    net.softmax(net.conv(net.pool_all(x), 50))
    return net


def inception_v3() -> Network:
    net = Network(image(139))
    x = net.cbr(net.cbr(net.cbr("data", 32, 3, 2), 32, 3), 64, 3, 1, 1)
    x = net.pool(net.cbr(net.cbr(net.pool(x, 3, 2), 80), 192, 3), 3, 2)
    for out in (32, 64):
        x = net.concat(
            net.cbr(x, 64),
            net.cbr(net.cbr(x, 48), 64, 5, 1, 2),
            net.cbr(net.cbr(net.cbr(x, 64), 96, 3, 1, 1), 96, 3, 1, 1),
            net.cbr(net.pool(x, 3, 1, 1, "AVE"), out),
        )
    y = net.cbr(net.cbr(net.cbr(x, 64), 96, 3, 1, 1), 96, 3, 2)
    x = net.concat(net.cbr(x, 384, 3, 2), y, net.pool(x, 3, 2))
    row, column = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
    for out in (128, 192):
        y = net.cbr(net.cbr(net.cbr(x, out), out, *row), 192, *column)
        z = net.cbr(net.cbr(net.cbr(net.cbr(x, out), out, *column), out, *row), 192, *column)
        x = net.concat(net.cbr(x, 192), y, z, net.cbr(net.pool(x, 3, 1, 1, "AVE"), 192))
    y = net.cbr(net.cbr(net.cbr(net.cbr(x, 192), 192, *row), 192, *column), 192, 3, 2)
    x = net.concat(net.cbr(net.cbr(x, 192), 320, 3, 2), y, net.pool(x, 3, 2))
    y = net.cbr(x, 384)
    y = net.concat(net.cbr(y, 384, (1, 3), 1, (0, 1)), net.cbr(y, 384, (3, 1), 1, (1, 0)))
    x = net.concat(net.cbr(x, 320), y, net.cbr(net.pool(x, 3, 1, 1), 192))
    net.softmax(net.fc(net.pool_all(x), net.n(1000), net.channels[x]))
    return net


def inception_v4() -> Network:
    net = Network(image(139))
    x = net.cbr(net.cbr(net.cbr("data", 32, 3, 2), 32, 3), 64, 3, 1, 1)
    x = net.concat(net.pool(x, 3, 2), net.cbr(x, 96, 3, 2))
    y = net.cbr(net.cbr(net.cbr(x, 64), 64, (1, 7), 1, (0, 3)), 64, (7, 1), 1, (3, 0))
    x = net.concat(net.cbr(net.cbr(x, 64), 96, 3), net.cbr(y, 96, 3))
    x = net.concat(net.cbr(x, 192, 3, 2), net.pool(x, 3, 2))
    y = net.cbr(net.cbr(net.cbr(x, 64), 96, 3, 1, 1), 96, 3, 1, 1)
    x = net.concat(
        net.cbr(net.pool(x, 3, 1, 1, "AVE"), 96),
        net.cbr(x, 96),
        net.cbr(net.cbr(x, 64), 96, 3, 1, 1),
        y,
    )
    y = net.cbr(net.cbr(net.cbr(x, 192), 224, 3, 1, 1), 256, 3, 2)
    x = net.concat(net.cbr(x, 384, 3, 2), y, net.pool(x, 3, 2))
    y = net.cbr(x, 384)
    y = net.concat(net.cbr(y, 256, (1, 3), 1, (0, 1)), net.cbr(y, 256, (3, 1), 1, (1, 0)))
    x = net.in_place("Dropout", net.pool_all(net.concat(net.cbr(x, 256), y)))
    net.softmax(net.fc(x, net.n(1000), net.channels[x]))
    return net


def _mobilenet(net: Network) -> tuple[str, str]:
    """The last feature map, and that of stride 16."""
    x = middle = net.cbr("data", 32, 3, 2, 1)
    for out, stride in (
        *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
        *((512, 1), (512, 1), (1024, 2), (1024, 1)),
    ):
        middle = x if out == 1024 and stride == 2 else middle
        c = net.channels[x]
        x = net.relu(net.norm(net.conv(x, c, 3, stride, 1, group=c, bias=False)))
        x = net.cbr(x, out)
    return x, middle


def mobilenet_v1() -> Network:
    net = Network(image(64))
    x = net.pool_all(_mobilenet(net)[0])
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
    for out in (240, 480):
        for i in range(3):
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


# ---- pictures from pictures


def fcn(skips: int) -> Network:
    """FCN-32s without skips, FCN-8s with two (padding, crops and offsets of the paper's net)."""
    net = Network(image(64, 96), narrow=16)
    x, kept, classes = "data", [], 5
    for stage, (out, times) in enumerate(zip((64, 128, 256, 512, 512), (2, 2, 3, 3, 3))):
        for i in range(times):
            x = net.cr(x, out, 3, 1, 100 if stage == i == 0 else 1)
        x = net.pool(x, 2, 2)
        kept.append(x)
    x = net.in_place("Dropout", net.cr(x, 4096, 7))
    x = net.conv(net.cr(x, 4096), classes)
    up = {"bias": False, "kind": "Deconvolution"}
    for feature, offset in list(zip(reversed(kept[:-1]), (5, 9)))[:skips]:
        x = net.conv(x, classes, 4, 2, **up)
        crop = net.add(
            "Crop",
            [net.conv(feature, classes), x],
            f"crop_param {{ axis: 2 offset: {offset} }}",
        )
        x = net.total(x, crop)
    scale = 32 >> skips
    x = net.conv(x, classes, 2 * scale, scale, **up)
    offset = 31 if skips else 19
    net.layer("Crop", "score", [x, "data"], f"crop_param {{ axis: 2 offset: {offset} }}")
    return net


def openpose() -> Network:
    """Two branches that are refined in stages from the features and from each other."""
    net = Network(image(64, 80))
    x = "data"
    for out, times in ((64, 2), (128, 2), (256, 4)):
        for _ in range(times):
            x = net.cr(x, out, 3, 1, 1)
        x = net.pool(x, 2, 2)
    for out in (512, 512, 256, 128):
        x = net.cr(x, out, 3, 1, 1)
    seen = features = x
    for kernel, repeats in ((3, 3), (7, 5), (7, 5)):
        branches = []
        for out in (38, 19):
            y = seen
            for _ in range(repeats):
                y = net.cr(y, 128, kernel, 1, kernel // 2)
            branches.append(net.conv(net.cr(y, 512), out))
        seen = net.concat(*branches, features)
    return net


# ---- detection


def _ssd_head(
    net: Network, features: Sequence[tuple[str, float, float, Sequence[int]]], classes: int
) -> None:
    locations, scores, priors = [], [], []
    for x, least, greatest, ratios in features:
        boxes = 1 + bool(greatest) + 2 * len(ratios)
        for parts, width in ((locations, 4), (scores, classes)):
            # Scores that are all but 1 would tie.
            y = net.conv(x, boxes * width, 3, 1, 1, gain=0.1)
            y = net.add("Permute", y, "permute_param { order: 0 order: 2 order: 3 order: 1 }")
            parts.append(net.add("Flatten", y, "flatten_param { axis: 1 }"))
        text = f"min_size: {least} " + (f"max_size: {greatest} " if greatest else "")
        text += "".join(f"aspect_ratio: {ratio} " for ratio in ratios) + "flip: true clip: false "
        text += "variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 offset: 0.5"
        priors.append(net.add("PriorBox", [x, "data"], f"prior_box_param {{ {text} }}"))
    loc, conf = net.concat(*locations), net.concat(*scores)
    conf = net.add(
        "Reshape", conf, f"reshape_param {{ shape {{ dim: 0 dim: -1 dim: {classes} }} }}"
    )
    conf = net.add("Flatten", net.softmax(conf, "mbox_conf", axis=2), "flatten_param { axis: 1 }")
    text = f"num_classes: {classes} share_location: true background_label_id: 0 keep_top_k: 20 "
    text += "nms_param { nms_threshold: 0.45 top_k: 40 } code_type: CENTER_SIZE "
    text += "confidence_threshold: 0.05"
    bottoms = [loc, conf, net.concat(*priors, axis=2)]
    net.layer("DetectionOutput", "detection_out", bottoms, f"detection_output_param {{ {text} }}")


def ssd(size: int) -> Network:
    net = Network(image(size), narrow=16)
    x, features = "data", []
    for stage, (out, times) in enumerate(zip((64, 128, 256, 512, 512), (2, 2, 3, 3, 3))):
        for _ in range(times):
            x = net.cr(x, out, 3, 1, 1)
        if stage == 3:
            c = net.channels[x]
            factor = np.full(c, 20, np.float32)
            text = "norm_param { across_spatial: false channel_shared: false }"
            features.append(net.layer("Normalize", "conv4_3_norm", x, text, [factor]))
            net.channels["conv4_3_norm"] = c
        x = net.pool(x, 3, 1, 1) if stage == 4 else net.pool(x, 2, 2)
    x = net.relu(net.conv(x, net.n(1024), 3, 1, 6, more="dilation: 6"))
    x = net.cr(x, 1024)
    features.append(x)
    for out in (512, 256, *((256,) * (2 if size > 400 else 0))):
        x = net.cr(net.cr(x, out // 2), out, 3, 2, 1)
        features.append(x)
    for _ in range(1 if size > 400 else 2):
        x = net.cr(net.cr(x, 128), 256, 4 if size > 400 else 3, 1, 1 if size > 400 else 0)
        features.append(x)
    step = size * 0.85 / len(features)
    _ssd_head(
        net,
        [
            (
                f,
                size * 0.1 + step * i,
                size * 0.1 + step * (i + 1),
                (2,) if i in (0, 4, 5) else (2, 3),
            )
            for i, f in enumerate(features)
        ],
        5,
    )
    return net


def mobilenet_ssd() -> Network:
    net = Network(image(300))
    x, middle = _mobilenet(net)
    features = [middle, x]
    for out in (512, 256, 256, 128):
        x = net.cbr(net.cbr(x, out // 2), out, 3, 2, 1)
        features.append(x)
    sizes = (60, 105, 150, 195, 240, 285, 300)
    heads = [
        (f, sizes[i], sizes[i + 1] if i else 0, (2, 3) if i else (2,))
        for i, f in enumerate(features)
    ]
    _ssd_head(net, heads, 5)
    return net


def _proposals(net: Network, x: str, count: int = 8, python: bool = False) -> str:
    """The region proposal network of Faster R-CNN; as a Python layer or one of the library."""
    anchors = 9
    y = net.cr(x, 512, 3, 1, 1)
    # Small deltas: OpenCV does not drop the proposals that are smaller than min_size.
    scores, deltas = net.conv(y, 2 * anchors, gain=0.3), net.conv(y, 4 * anchors, gain=0.05)
    scores = net.add("Reshape", scores, "reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 0 } }")
    scores = net.softmax(scores, "rpn_cls_prob")
    shape = f"dim: 0 dim: {2 * anchors} dim: -1 dim: 0"
    scores = net.add("Reshape", scores, f"reshape_param {{ shape {{ {shape} }} }}")
    bottoms = [scores, deltas, "im_info"]
    if python:
        text = 'module: "rpn.proposal_layer" layer: "ProposalLayer" '
        text += "param_str: \"{'feat_stride': 16, 'scales': [4, 6, 8]}\""
        return net.layer("Python", "rois", bottoms, f"python_param {{ {text} }}")
    text = "feat_stride: 16 base_size: 16 min_size: 16 pre_nms_topn: 6000 "
    text += f"post_nms_topn: {count} "
    text += "nms_thresh: 0.7 ratio: 0.5 ratio: 1 ratio: 2 scale: 4 scale: 6 scale: 8"
    return net.layer("Proposal", "rois", bottoms, f"proposal_param {{ {text} }}")


def _backbone(net: Network, body: str) -> str:
    x = "data"
    if body == "zf":
        x = net.pool(net.lrn(net.cr(x, 96, 7, 2, 3)), 3, 2, 1)
        x = net.pool(net.lrn(net.cr(x, 256, 5, 2, 2)), 3, 2, 1)
        for out in (384, 384, 256):
            x = net.cr(x, out, 3, 1, 1)
        return x
    for out, times in ((64, 2), (128, 2), (256, 3), (512, 3)):
        for _ in range(times):
            x = net.cr(x, out, 3, 1, 1)
        x = net.pool(x, 2, 2)
    for _ in range(3):
        x = net.cr(x, 512, 3, 1, 1)
    return x


def _with_info(size: int, width: int) -> Network:
    return Network(image(size, width), ("im_info", (1, 3)), narrow=16)


def faster_rcnn(body: str, count: int = 8, python: bool = False) -> Network:
    net = _with_info(128, 160)
    x = _backbone(net, body)
    rois = _proposals(net, x, count, python)
    text = "roi_pooling_param { pooled_h: 6 pooled_w: 6 spatial_scale: 0.0625 }"
    y = net.add("ROIPooling", [x, rois], text)
    y = net.relu(net.fc(y, 64, net.channels[x] * 36))
    y = net.relu(net.fc(y, 64, 64))
    net.layer("Split", "bbox_pred", net.fc(y, 20, 64))
    net.softmax(net.fc(y, 5, 64), "cls_prob")
    return net


def rfcn() -> Network:
    net = _with_info(128, 160)
    x = _backbone(net, "vgg")
    rois = _proposals(net, x)
    x = net.cr(x, 1024)
    for name, out in (("cls", 5), ("bbox", 8)):
        maps = net.conv(x, out * 9)
        text = f"psroi_pooling_param {{ spatial_scale: 0.0625 output_dim: {out} group_size: 3 }}"
        pooled = net.layer("PSROIPooling", f"psroi_{name}", [maps, rois], text)
        net.channels[pooled] = out
        y = net.pool(pooled, 3, 3, method="AVE")
        if name == "cls":
            net.softmax(y, "cls_prob")
        else:
            net.layer("Split", "bbox_pred", y)
    return net


def pvanet() -> Network:
    """C.ReLU blocks, maps of three scales joined by pooling and deconvolution, proposals."""
    net = _with_info(128, 160)

    def crelu(x: str, out: int, kernel: int, stride: int) -> str:
        y = net.norm(net.conv(x, net.n(out), kernel, stride, kernel // 2, bias=False))
        c = net.channels[y]
        both = net.concat(y, net.add("Power", y, "power_param { scale: -1 }"))
        factor = np.ones(2 * c, np.float32)
        text = "scale_param { bias_term: true }"
        return net.relu(net.in_place("Scale", both, text, factor, net.numbers(2 * c, scale=0.1)))

    x = net.pool(crelu("data", 16, 7, 2), 3, 2)
    x = crelu(x, 64, 3, 1)
    low = crelu(x, 128, 3, 2)
    middle = net.cbr(low, 256, 3, 2, 1)
    high = net.cbr(middle, 384, 3, 2, 1)
    c = net.channels[high]
    up = net.conv(high, c, 4, 2, 1, group=c, bias=False, kind="Deconvolution")
    x = net.concat(net.pool(low, 3, 2), middle, up)
    x = net.cr(x, 256)
    rois = _proposals(net, x)
    text = "roi_pooling_param { pooled_h: 6 pooled_w: 6 spatial_scale: 0.0625 }"
    y = net.add("ROIPooling", [x, rois], text)
    y = net.relu(net.fc(y, 64, net.channels[x] * 36))
    net.layer("Split", "bbox_pred", net.fc(y, 20, 64))
    net.softmax(net.fc(y, 5, 64), "cls_prob")
    return net


# ---- sequences, and heads that OpenCV does not know


def ctpn() -> Network:
    """Windows of features along a line of text as sequences, scored by a recurrent layer."""
    net = Network(image(32, 96), ("going", (6, 2)), narrow=16)
    x = _vgg(net, "data", (1, 1, 1, 1))
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


def yolo_v2() -> Network:
    net = Network(image(64, 96), narrow=16)
    x = "data"

    def leaky(x: str, out: int, kernel: int) -> str:
        y = net.norm(net.conv(x, net.n(out), kernel, 1, kernel // 2, bias=False))
        return net.in_place("ReLU", y, "relu_param { negative_slope: 0.1 }")

    passed = ""
    for out, times in ((32, 1), (64, 1), (128, 3), (256, 3), (512, 5), (1024, 5)):
        for i in range(times):
            x = leaky(x, out // 2 if i % 2 else out, 1 if i % 2 else 3)
        passed = x if out == 512 else passed
        x = net.pool(x, 2, 2) if out < 1024 else x
    x = leaky(leaky(x, 1024, 3), 1024, 3)
    passed = net.layer("Split", "passed", leaky(passed, 64, 1))
    net.layer("Split", "deep", x)
    net.channels["deep"] = net.channels[x]
    net.layer("ReorgYolo", "reorg", "passed", "reorg_yolo_param { stride: 2 }")
    net.channels["reorg"] = 4 * net.n(64)
    x = net.conv(leaky(net.concat("reorg", "deep"), 1024, 3), 5 * 8)
    net.layer("Split", "raw", x)
    anchors = "".join(f"anchors: {a} " for a in (1.3, 1.7, 3.2, 4, 5, 8, 9.5, 4.8, 11.2, 10))
    text = f"classes: 3 coords: 4 num: 5 do_softmax: true {anchors}"
    net.layer("RegionYolo", "regions", "raw", f"region_yolo_param {{ {text} }}")
    return net


Make = Callable[[], Network]

# Nets whose whole computation OpenCV knows.
WHOLE: dict[str, Make] = {
    "LeNet": lenet,
    "AlexNet": alexnet,
    "CaffeNet": caffenet,
    "NiN": nin,
    "VGG-16": lambda: vgg((2, 2, 3, 3, 3)),
    "VGG-19": lambda: vgg((2, 2, 4, 4, 4)),
    "GoogLeNet": googlenet,
    "ResNet-50": lambda: resnet((3, 4, 6, 3)),
    "ResNet-101": lambda: resnet((3, 4, 23, 3)),
    "ResNet-152": lambda: resnet((3, 8, 36, 3)),
    "SqueezeNet 1.0": lambda: squeezenet("1.0"),
    "SqueezeNet 1.1": lambda: squeezenet("1.1"),
    "DenseNet": densenet,
    "Inception v3": inception_v3,
    "Inception v4": inception_v4,
    "MobileNet v1": mobilenet_v1,
    "MobileNet v2": mobilenet_v2,
    "ShuffleNet": shufflenet,
    "FCN-32s": lambda: fcn(0),
    "FCN-8s": lambda: fcn(2),
    "OpenPose": openpose,
}
DETECTORS: dict[str, Make] = {
    "SSD-300": lambda: ssd(300),
    "SSD-512": lambda: ssd(512),
    "MobileNet-SSD": mobilenet_ssd,
}
TWO_STAGE: dict[str, Make] = {
    "Faster R-CNN VGG": lambda: faster_rcnn("vgg"),
    "Faster R-CNN ZF": lambda: faster_rcnn("zf"),
    "R-FCN": rfcn,
    "PVANet": pvanet,
}
