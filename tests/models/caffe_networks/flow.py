"""FlowNet: how the pixels of one picture move to the next (papers FlowNet, section 3, and 2.0)."""

from __future__ import annotations

import numpy as np

from tests.models.caffe_networks.network import Network

# The pictures, the size in which they are matched, and the size of the answer.
_GIVEN, ADAPTED, WANTED = (70, 140), (64, 128), (72, 136)
MEAN = np.float32([0.37, 0.41, 0.43]).reshape(1, 3, 1, 1)
_LEAKY = "relu_param { negative_slope: 0.1 }"


def flownet(matched: bool) -> Network:
    """FlowNet-C if the pictures are ``matched``, else FlowNet-S, from bytes to pixels."""
    net = Network(("img0", (1, 3, *_GIVEN)), ("img1", (1, 3, *_GIVEN)), narrow=16)
    flow = _trunk(net, matched, *(_prepared(net, picture) for picture in ("img0", "img1")))
    flow = _resampled(net, _times(net, flow, 20), WANTED)
    net.conv(flow, 2)
    return net


def trunk(matched: bool) -> Network:
    """What is between: prepared pictures to the flow in a quarter of their size."""
    net = Network(("img0", (1, 3, *ADAPTED)), ("img1", (1, 3, *ADAPTED)), narrow=16)
    # The same names as in the whole net.
    net.count = 6
    _trunk(net, matched, "img0", "img1")
    return net


def _trunk(net: Network, matched: bool, *pictures: str) -> str:
    if matched:
        levels = _matched(net, *pictures)
    else:
        levels = [_leaky(net, net.concat(*pictures), 64, 7, 2, 3)]
        levels.append(_leaky(net, levels[-1], 128, 5, 2, 2))
        levels.append(_leaky(net, _leaky(net, levels[-1], 256, 5, 2, 2), 256, 3, 1, 1))
    for out in (512, 512, 1024):
        levels.append(_leaky(net, _leaky(net, levels[-1], out, 3, 2, 1), out, 3, 1, 1))
    return _refined(net, levels)


def _times(net: Network, x: str, factor: float) -> str:
    """A sum of one."""
    return net.add("Eltwise", x, f"eltwise_param {{ operation: SUM coeff: {factor} }}")


def _prepared(net: Network, picture: str) -> str:
    """From bytes to numbers below 1 without their mean, in a size that can be halved 6 times."""
    x = _times(net, picture, 0.00392156862745)
    name = net.name("nomean")
    net.channels[name] = 3
    text = "augmentation_param { max_multiplier: 1 augment_during_test: false "
    text += "recompute_mean: 1000 mean_per_pixel: false }"
    blobs = [np.full((1, 1, 1, 1), 1e6, np.float32), np.ones((1, 3, 5, 8), np.float32), MEAN]
    net.layer("DataAugmentation", name, x, text, blobs)
    return _resampled(net, name, ADAPTED)


def _resampled(net: Network, x: str, size: tuple[int, int]) -> str:
    text = f"width: {size[1]} height: {size[0]} type: LINEAR antialias: false"
    return net.add("Resample", x, f"resample_param {{ {text} }}")


def _leaky(net: Network, x: str, out: int, *sizes: int) -> str:
    return net.in_place("ReLU", net.conv(x, net.n(out), *sizes), _LEAKY)


def _matched(net: Network, *pictures: str) -> list[str]:
    """Features by the same weights, each patch of one with those around it in the other."""
    kept: list[list[str]] = []
    for picture in pictures:
        kept.append([])
        for i, (out, kernel) in enumerate(((64, 7), (128, 5), (256, 5))):
            before = kept[-1][-1] if i else picture
            kept[-1].append(_leaky(net, before, out, kernel, 2, kernel // 2))
    convolutions = [layer for layer in net.weights if layer.startswith("conv")]
    for mine, other in zip(convolutions[:3], convolutions[3:]):
        net.weights[other] = net.weights[mine]
    text = "pad: 4 kernel_size: 1 max_displacement: 4 stride_1: 1 stride_2: 2"
    pair = [features[-1] for features in kept]
    matches = net.add("Correlation", pair, f"correlation_param {{ {text} }}", 25)
    net.in_place("ReLU", matches, _LEAKY)
    joined = net.concat(_leaky(net, pair[0], 32), matches)
    return [*kept[0][:2], _leaky(net, joined, 256, 3, 1, 1)]


def _refined(net: Network, levels: list[str]) -> str:
    """The flow in a quarter of the size, from the smallest map up to the second."""
    up = {"kind": "Deconvolution"}
    x = levels[-1]
    for level, out in zip(reversed(levels[1:-1]), (512, 256, 128, 64)):
        flow = net.conv(net.conv(x, 2, 3, 1, 1), 2, 4, 2, 1, **up)
        wider = net.in_place("ReLU", net.conv(x, net.n(out), 4, 2, 1, **up), _LEAKY)
        x = net.concat(level, wider, flow)
    return net.conv(x, 2, 3, 1, 1)
