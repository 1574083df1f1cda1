"""Detectors of torchvision: Faster R-CNN, Mask R-CNN, RetinaNet, FCOS, SSD, with all they do.

Images of any size come in; the models resize and pad them, and choose and rescale the boxes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.topologies.checking import Builder, Exported, calibrated, decided, export, picture

SIDE = 160
CLASSES = 5


class OfOneImage(nn.Module):
    """Tensors instead of lists and dictionaries."""

    def __init__(self, net: nn.Module, keys: tuple[str, ...]) -> None:
        super().__init__()
        self.net, self.keys = net, keys

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        (found,) = self.net([image])
        return tuple(found[key] for key in self.keys)


def _backbone() -> nn.Module:
    from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

    layers: dict[str, Any] = {"norm_layer": nn.BatchNorm2d, "trainable_layers": 5}
    return resnet_fpn_backbone(backbone_name="resnet18", weights=None, **layers)


_SIZES: dict[str, Any] = {"num_classes": CLASSES, "min_size": SIDE, "max_size": 2 * SIDE}
_REGIONS: dict[str, Any] = {
    "rpn_pre_nms_top_n_test": 100,
    "rpn_post_nms_top_n_test": 30,
    "box_detections_per_img": 10,
    "box_score_thresh": 0.1,
}


def _faster_rcnn() -> nn.Module:
    from torchvision.models.detection import FasterRCNN

    return FasterRCNN(_backbone(), **_SIZES, **_REGIONS)


def _mask_rcnn() -> nn.Module:
    from torchvision.models.detection import MaskRCNN

    return MaskRCNN(_backbone(), **_SIZES, **_REGIONS)


def _keypoint_rcnn() -> nn.Module:
    from torchvision.models.detection import KeypointRCNN

    sizes = {**_SIZES, "num_classes": 2}
    return KeypointRCNN(_backbone(), num_keypoints=4, **sizes, **_REGIONS)


def _retinanet() -> nn.Module:
    from torchvision.models.detection import RetinaNet
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    sizes = tuple((size, int(size * 1.26), int(size * 1.59)) for size in (16, 32, 64, 128))
    anchors = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * 4)
    limits: dict[str, Any] = {"score_thresh": 0.005, "detections_per_img": 10}
    return RetinaNet(
        _backbone_levels(), anchor_generator=anchors, topk_candidates=30, **_SIZES, **limits
    )


def _backbone_levels() -> nn.Module:
    """Four levels without the pooled one."""
    backbone = _backbone()
    backbone.fpn.extra_blocks = None
    return backbone


def _fcos() -> nn.Module:
    from torchvision.models.detection import FCOS
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    anchors = AnchorGenerator(((8,), (16,), (32,), (64,)), ((1.0,),) * 4)
    limits: dict[str, Any] = {"score_thresh": 0.005, "detections_per_img": 10}
    return FCOS(
        _backbone_levels(), anchor_generator=anchors, topk_candidates=30, **_SIZES, **limits
    )


def _ssd() -> nn.Module:
    from torchvision.models.detection import ssdlite320_mobilenet_v3_large

    limits: dict[str, Any] = {"topk_candidates": 30, "detections_per_img": 10}
    return ssdlite320_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=CLASSES, score_thresh=0.05, **limits
    )


_BOXES = "boxes", "scores", "labels"
_NETS: dict[str, tuple[Callable[[], nn.Module], tuple[str, ...]]] = {
    "faster_rcnn": (_faster_rcnn, _BOXES),
    "mask_rcnn": (_mask_rcnn, (*_BOXES, "masks")),
    "keypoint_rcnn": (_keypoint_rcnn, (*_BOXES, "keypoints", "keypoints_scores")),
    "retinanet": (_retinanet, _BOXES),
    "fcos": (_fcos, _BOXES),
    "ssdlite": (_ssd, _BOXES),
}


# The layers that give scores, and moves of boxes and masks; and how far their numbers spread.
_HEADS = {
    re.compile(r"(cls_logits|cls_score|classification_head\.module_list\.\d\.1)$"): 1.5,
    re.compile(r"(bbox_pred|bbox_reg|regression_head\.module_list\.\d\.1)$"): 0.5,
    re.compile(r"mask_fcn_logits$"): 2.0,
}


def _spread(part: str) -> float:
    return next((spread for name, spread in _HEADS.items() if name.search(part)), 0.0)


def _builder(name: str) -> Builder:
    build_net, keys = _NETS[name]

    def build(folder: Path) -> Exported:
        torch.manual_seed(1)
        net = OfOneImage(build_net(), keys)
        images = [picture(1, 140, 180)[0], picture(1, 200, 150)[0]]
        calibrated(net, lambda: net.net(list(picture(4, 140, 180))))
        decided(net, images[0], _spread)
        axes = {"image": {1: "height", 2: "width"}}
        path = export(net, folder, images[:1], axes)
        return Exported(path, [{"image": image.numpy()} for image in images])

    return build


NETWORKS: dict[str, Builder] = {name: _builder(name) for name in _NETS}
