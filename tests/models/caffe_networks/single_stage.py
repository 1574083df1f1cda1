"""Detectors that look once: SSD, YOLO."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.models.caffe_networks.mobile import mobilenet_trunk
from tests.models.caffe_networks.network import Network, image


def ssd_head(
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
    ssd_head(
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
    x, middle = mobilenet_trunk(net)
    features = [middle, x]
    for out in (512, 256, 256, 128):
        x = net.cbr(net.cbr(x, out // 2), out, 3, 2, 1)
        features.append(x)
    sizes = (60, 105, 150, 195, 240, 285, 300)
    heads = [
        (f, sizes[i], sizes[i + 1] if i else 0, (2, 3) if i else (2,))
        for i, f in enumerate(features)
    ]
    ssd_head(net, heads, 5)
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
