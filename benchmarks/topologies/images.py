"""Networks whose output is an image, or masks: RCAN, F3Net, YOLACT."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.topologies.checking import Builder, Exported, export, spread


def _of_images(module: nn.Module, folder: Path, *sizes: tuple[int, int, int]) -> Exported:
    """An export with open batch, height and width, for images of some of them."""
    axes = {"image": {0: "batch", 2: "height", 3: "width"}}
    images = [torch.rand(batch, 3, height, width) for batch, height, width in sizes]
    path = export(spread(module), folder, images[:1], axes)
    return Exported(path, [{"image": image.numpy()} for image in images])


# ---- RCAN: residual channel attention for super-resolution


class ChannelAttention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        squeeze = [nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, width // 4, 1), nn.ReLU()]
        self.net = nn.Sequential(*squeeze, nn.Conv2d(width // 4, width, 1), nn.Sigmoid())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.net(x)


class Residual(nn.Module):
    def __init__(self, *parts: nn.Module) -> None:
        super().__init__()
        self.parts = nn.Sequential(*parts)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.parts(x)


def _same(before: int, after: int) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, padding=1)


def _rcan_group(width: int, count: int = 3) -> nn.Module:
    def block() -> nn.Module:
        layers = _same(width, width), nn.ReLU(), _same(width, width), ChannelAttention(width)
        return Residual(*layers)

    return Residual(*(block() for _ in range(count)), _same(width, width))


def rcan(folder: Path) -> Exported:
    width, scale = 16, 2
    body = Residual(*(_rcan_group(width) for _ in range(3)), _same(width, width))
    tail = [_same(width, scale**2 * width), nn.PixelShuffle(scale), _same(width, 3)]
    net = nn.Sequential(_same(3, width), body, *tail)
    return _of_images(net, folder, (1, 24, 32), (2, 17, 40))


# ---- F3Net: features of all levels, fused crosswise, for salient objects


def _normed(before: int, after: int, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(before, after, 3, stride, 1)
    return nn.Sequential(conv, nn.BatchNorm2d(after), nn.ReLU())


def _resized(x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return F.interpolate(x, size=like.shape[2:], mode="bilinear")


class CrossFeature(nn.Module):
    """Two levels multiplied, and the product added to each."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.near, self.far = nn.ModuleList(), nn.ModuleList()
        for side in (self.near, self.far):
            side.extend(_normed(width, width) for _ in range(4))

    def forward(self, near: torch.Tensor, far: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        far = _resized(far, near)
        first, other = self.near[0](near), self.far[0](far)
        second, third = self.near[1](first), self.far[1](other)
        product = second * third
        near = self.near[3](self.near[2](product) + first)
        far = self.far[3](self.far[2](product) + other)
        return near, far


class F3Net(nn.Module):
    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.stem = _normed(3, 16, 2)
        sizes = [16, 24, 32, 48]
        self.stages = nn.ModuleList(
            nn.Sequential(_normed(a, b, 2), Residual(_normed(b, b), _same(b, b)))
            for a, b in zip([16, *sizes], sizes)
        )
        self.squeeze = nn.ModuleList(_normed(size, width) for size in sizes)
        self.first, self.second = (
            nn.ModuleList(CrossFeature(width) for _ in range(3)) for _ in range(2)
        )
        self.heads = nn.ModuleList(_same(width, 1) for _ in range(5))

    def decode(
        self, cells: nn.ModuleList, levels: list[torch.Tensor]
    ) -> tuple[list[torch.Tensor], torch.Tensor]:
        *nearer, far = levels
        found = [far]
        for cell, near in zip(cells, reversed(nearer)):
            near, far = cell(near, far)
            found.insert(0, near)
        return found, far

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x, levels = self.stem(image), []
        for stage, squeeze in zip(self.stages, self.squeeze):
            x = stage(x)
            levels.append(squeeze(x))
        levels, first = self.decode(self.first, levels)
        fed_back = [level + _resized(first, level) for level in levels]
        fed_back, second = self.decode(self.second, fed_back)
        shown = [first, second, *fed_back[:3]]
        return tuple(_resized(head(x), image) for head, x in zip(self.heads, shown))


def f3net(folder: Path) -> Exported:
    return _of_images(F3Net(), folder, (1, 64, 96), (2, 96, 64))


# ---- YOLACT: boxes, classes, and masks as mixtures of prototypes


class Yolact(nn.Module):
    """Three levels of a pyramid, three anchors each; masks of all anchors are not mixed here."""

    def __init__(self, width: int = 24, classes: int = 5, prototypes: int = 8) -> None:
        super().__init__()
        self.stem = nn.Sequential(_normed(3, 16, 2), nn.MaxPool2d(3, 2, 1))
        sizes = [16, 32, 48]
        self.stages = nn.ModuleList(
            nn.Sequential(_normed(a, b, 2), Residual(_normed(b, b), _same(b, b)))
            for a, b in zip([16, *sizes], sizes)
        )
        self.lateral = nn.ModuleList(nn.Conv2d(size, width, 1) for size in sizes)
        self.smooth = nn.ModuleList(_normed(width, width) for _ in sizes)
        upper = [_normed(width, width), nn.Upsample(scale_factor=2, mode="bilinear")]
        self.proto = nn.Sequential(_normed(width, width), *upper, nn.Conv2d(width, prototypes, 1))
        self.shared = _normed(width, width)
        self.counts = 4, classes, prototypes
        self.heads = nn.ModuleList(_same(width, 3 * count) for count in self.counts)

    def priors(self, level: torch.Tensor, number: int) -> torch.Tensor:
        """Centres and sizes of the anchors of a level, relative to the image."""
        height, width = level.shape[2:]
        down = (torch.arange(height) + 0.5) / height
        right = (torch.arange(width) + 0.5) / width
        cells = torch.stack(torch.meshgrid(down, right, indexing="ij")[::-1], -1)
        ratios = torch.tensor([1.0, 0.5, 2.0]).sqrt() * 0.1 * (number + 1)
        shapes = torch.stack([ratios, 0.01 / ratios], 1)
        cells = cells.reshape(-1, 1, 2).expand(-1, 3, 2)
        return torch.cat([cells, shapes.expand(cells.shape[0], 3, 2)], 2).reshape(-1, 4)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x, features = self.stem(image), []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        levels: list[torch.Tensor] = []
        for lateral, feature in zip(reversed(self.lateral), reversed(features)):
            y = lateral(feature)
            levels.insert(0, y + _resized(levels[0], y) if levels else y)
        levels = [smooth(level) for smooth, level in zip(self.smooth, levels)]
        masks = torch.relu(self.proto(levels[0])).permute(0, 2, 3, 1)
        columns = [
            torch.cat([self.rows(head(self.shared(x)), count) for x in levels], 1)
            for head, count in zip(self.heads, self.counts)
        ]
        boxes, classes, mixtures = columns
        priors = torch.cat([self.priors(level, number) for number, level in enumerate(levels)])
        corners = self.decoded(boxes, priors)
        return corners, torch.softmax(classes, 2), torch.tanh(mixtures), priors, masks

    def rows(self, x: torch.Tensor, count: int) -> torch.Tensor:
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, count)

    def decoded(self, boxes: torch.Tensor, priors: torch.Tensor) -> torch.Tensor:
        centres = priors[:, :2] + boxes[..., :2] * 0.1 * priors[:, 2:]
        sizes = priors[:, 2:] * torch.exp(boxes[..., 2:] * 0.2)
        return torch.cat([centres - sizes / 2, centres + sizes / 2], 2)


def yolact(folder: Path) -> Exported:
    return _of_images(Yolact(), folder, (1, 96, 96), (2, 128, 64))


NETWORKS: dict[str, Builder] = {"rcan": rcan, "f3net": f3net, "yolact": yolact}
