"""Detectors that propose regions first."""

from __future__ import annotations

import numpy as np

from tests.models.caffe_networks.network import Network, image


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
