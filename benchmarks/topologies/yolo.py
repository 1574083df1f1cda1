"""YOLO, versions 3 to 8: blocks, heads and decoding of each, the best boxes chosen in the model.

Depth and width are small; what differs between the versions (activation, block, pooling,
anchors, the meaning of the numbers of a cell) is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.topologies.checking import Builder, Exported, calibrated, decided, export, picture

CLASSES = 4
STRIDES = 8, 16, 32
ANCHORS = ((10, 13), (16, 30), (33, 23)), ((30, 61), (62, 45), (59, 119)), ((116, 90), (156, 198))
BINS = 8


class Version(NamedTuple):
    activation: type[nn.Module]
    block: str
    pooling: bool
    decoding: str


VERSIONS = {
    "yolov3": Version(nn.LeakyReLU, "residual", False, "exp"),
    "yolov4": Version(nn.Mish, "partial", True, "exp"),
    "yolov5": Version(nn.SiLU, "partial", True, "square"),
    "yolov6": Version(nn.ReLU, "branches", True, "distance"),
    "yolov7": Version(nn.SiLU, "layers", True, "square"),
    "yolov8": Version(nn.SiLU, "layers", True, "bins"),
}


class Conv(nn.Sequential):
    def __init__(self, v: Version, before: int, after: int, size: int = 3, stride: int = 1) -> None:
        conv = nn.Conv2d(before, after, size, stride, size // 2, bias=False)
        super().__init__(conv, nn.BatchNorm2d(after), v.activation())


class Block(nn.Module):
    """Residual (v3), cross-stage partial (v4, v5), parallel branches (v6), layers (v7, v8)."""

    def __init__(self, v: Version, width: int) -> None:
        super().__init__()
        self.kind = v.block
        half = width // 2
        self.first, self.second = Conv(v, width, half, 1), Conv(v, width, half, 1)
        self.inner = nn.Sequential(Conv(v, half, half, 1), Conv(v, half, half))
        self.wide = Conv(v, half, width)
        self.small, self.norm = nn.Conv2d(width, width, 1), nn.BatchNorm2d(width)
        self.join = Conv(v, width, width, 1)
        self.gather = Conv(v, 2 * width, width, 1)
        self.more = Conv(v, half, half)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.kind == "branches":
            return torch.relu(self.wide(self.first(x)) + self.small(x) + self.norm(x))
        a = self.first(x)
        if self.kind == "residual":
            return x + self.wide(a)
        b = self.second(x)
        c = a + self.inner(a)
        if self.kind == "partial":
            return self.join(torch.cat([c, b], 1))
        return self.gather(torch.cat([a, b, c, self.more(c)], 1))


class Pooling(nn.Module):
    """Maxima of growing neighbourhoods beside each other."""

    def __init__(self, v: Version, width: int) -> None:
        super().__init__()
        self.before, self.after = Conv(v, width, width, 1), Conv(v, 4 * width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.before(x)
        pooled = [F.max_pool2d(x, size, 1, size // 2) for size in (5, 9, 13)]
        return self.after(torch.cat([x, *pooled], 1))


class Yolo(nn.Module):
    def __init__(self, v: Version, limit: int = 20) -> None:
        super().__init__()
        self.v, self.limit = v, limit
        widths = 16, 24, 32, 40
        self.stem = nn.Sequential(Conv(v, 3, 8, 3, 2), Conv(v, 8, 16, 3, 2))
        self.down = nn.ModuleList(
            nn.Sequential(Conv(v, a, b, 3, 2), Block(v, b)) for a, b in pairwise(widths)
        )
        self.pooling = Pooling(v, widths[-1]) if v.pooling else nn.Identity()
        self.reduce = nn.ModuleList(
            Conv(v, a, b, 1) for a, b in zip(widths[:1:-1], widths[-2:0:-1])
        )
        self.up = nn.ModuleList(
            nn.Sequential(Conv(v, 2 * width, width, 1), Block(v, width))
            for width in widths[-2:0:-1]
        )
        self.heads = nn.ModuleList(
            nn.Conv2d(width, self.numbers(level), 1) for level, width in enumerate(widths[1:])
        )

    def numbers(self, level: int) -> int:
        """How many numbers each cell has."""
        if self.v.decoding in ("exp", "square"):
            return len(ANCHORS[level]) * (5 + CLASSES)
        return (4 * BINS if self.v.decoding == "bins" else 4) + CLASSES

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x, features = self.stem(image), []
        for stage in self.down:
            x = stage(x)
            features.append(x)
        levels = [self.pooling(features.pop())]
        for reduce, up in zip(self.reduce, self.up):
            wide = F.interpolate(reduce(levels[0]), scale_factor=2.0, mode="nearest")
            levels.insert(0, up(torch.cat([wide, features.pop()], 1)))
        decode = self.anchored if self.v.decoding in ("exp", "square") else self.anchor_free
        found = [decode(head(x), i) for i, (head, x) in enumerate(zip(self.heads, levels))]
        boxes, scores = (torch.cat(parts, 1) for parts in zip(*found))
        return boxes, scores, *self.chosen(boxes[0], scores[0])

    def cells(self, x: torch.Tensor) -> torch.Tensor:
        """The column and row of each cell: [H, W, 2]."""
        down, right = torch.arange(x.shape[2]), torch.arange(x.shape[3])
        return torch.stack(torch.meshgrid(down, right, indexing="ij")[::-1], -1).float()

    def anchored(self, x: torch.Tensor, level: int) -> tuple[torch.Tensor, torch.Tensor]:
        anchors, stride = torch.tensor(ANCHORS[level]).float(), STRIDES[level]
        batch, _, height, width = x.shape
        x = x.view(batch, len(anchors), 5 + CLASSES, height, width).permute(0, 1, 3, 4, 2)
        shapes, cells = anchors[:, None, None], self.cells(x[:, 0].permute(0, 3, 1, 2))
        if self.v.decoding == "exp":
            centre = (torch.sigmoid(x[..., :2]) + cells) * stride
            size = torch.exp(x[..., 2:4]) * shapes
        else:
            y = torch.sigmoid(x[..., :4])
            centre = (y[..., :2] * 2 - 0.5 + cells) * stride
            size = (y[..., 2:] * 2) ** 2 * shapes
        scores = torch.sigmoid(x[..., 4:5]) * torch.sigmoid(x[..., 5:])
        corners = torch.cat([centre - size / 2, centre + size / 2], -1)
        return corners.reshape(batch, -1, 4), scores.reshape(batch, -1, CLASSES)

    def anchor_free(self, x: torch.Tensor, level: int) -> tuple[torch.Tensor, torch.Tensor]:
        stride, batch = STRIDES[level], x.shape[0]
        points = (self.cells(x) + 0.5).reshape(1, -1, 2)
        sides, scores = x.flatten(2).split((self.numbers(level) - CLASSES, CLASSES), 1)
        if self.v.decoding == "bins":
            share = sides.view(batch, 4, BINS, -1).softmax(2)
            sides = (share * torch.arange(BINS).float().view(1, 1, -1, 1)).sum(2)
        else:
            sides = torch.relu(sides)
        near, far = sides.transpose(1, 2).chunk(2, 2)
        corners = torch.cat([points - near, points + far], 2) * stride
        return corners, torch.sigmoid(scores.transpose(1, 2))

    def chosen(self, boxes: torch.Tensor, scores: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The best boxes of the first image, none covering another of its class."""
        from torchvision.ops import nms

        score, kind = scores.max(1)
        score, order = score.topk(60)
        boxes, kind = boxes[order], kind[order]
        kept = nms(boxes + kind.unsqueeze(1) * 4096.0, score, 0.5)[: self.limit]
        return boxes[kept], score[kept], kind[kept]


def _builder(name: str) -> Builder:
    def build(folder: Path) -> Exported:
        torch.manual_seed(0)
        net = Yolo(VERSIONS[name])
        sizes: Sequence[tuple[int, int, int]] = (1, 128, 128), (2, 96, 160)
        images = [picture(batch, height, width) for batch, height, width in sizes]
        calibrated(net, lambda: net(picture(4, 128, 128)))
        axes = {"image": {0: "batch", 2: "height", 3: "width"}}
        decided(net, images[0], lambda part: 1.5 * part.startswith("heads."))
        path = export(net, folder, images[:1], axes)
        return Exported(path, [{"image": image.numpy()} for image in images])

    return build


NETWORKS: dict[str, Builder] = {name: _builder(name) for name in VERSIONS}
