"""Maps over a picture: segmentation, poses."""

from __future__ import annotations

from tests.models.caffe_networks.network import Network, image


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
