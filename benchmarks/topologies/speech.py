"""Speech recognition: RNN-T (encoder, prediction, joint) and QuartzNet."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from benchmarks.topologies.checking import Builder, Exported, export, spread

HIDDEN = 48


class Encoder(nn.Module):
    """RNN-T of MLPerf: LSTMs, every second frame joined to its neighbour between them."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.LSTM(40, HIDDEN, 2)
        self.after = nn.LSTM(2 * HIDDEN, HIDDEN, 3)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        y, _ = self.before(frames)
        time = y.shape[0] // 2 * 2
        pairs = y[:time].view(time // 2, 2, y.shape[1], HIDDEN).transpose(1, 2)
        y, _ = self.after(pairs.reshape(time // 2, y.shape[1], 2 * HIDDEN))
        return y.transpose(0, 1)


class Prediction(nn.Module):
    """The letters so far, one at a time, with the state of two LSTMs."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(28, HIDDEN)
        self.lstm = nn.LSTM(HIDDEN, HIDDEN, 2)

    def forward(
        self, letters: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        y, (hidden, cell) = self.lstm(self.embed(letters).transpose(0, 1), (hidden, cell))
        return y.transpose(0, 1), hidden, cell


class Joint(nn.Module):
    """Scores of letters for every frame and every letter before."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2 * HIDDEN, 64), nn.ReLU(), nn.Linear(64, 29))

    def forward(self, frames: torch.Tensor, letters: torch.Tensor) -> torch.Tensor:
        batch, times, _ = frames.shape
        count = letters.shape[1]
        left = frames.unsqueeze(2).expand(batch, times, count, HIDDEN)
        right = letters.unsqueeze(1).expand(batch, times, count, HIDDEN)
        return self.net(torch.cat([left, right], 3))


def rnnt_encoder(folder: Path) -> Exported:
    axes = {"frames": {0: "time", 1: "batch"}}
    path = export(spread(Encoder()), folder, [torch.rand(20, 2, 40)], axes)
    return Exported(path, [{"frames": torch.rand(t, n, 40).numpy()} for t, n in ((16, 2), (31, 1))])


def rnnt_prediction(folder: Path) -> Exported:
    axes = {"letters": {0: "batch", 1: "count"}, "hidden": {1: "batch"}, "cell": {1: "batch"}}

    def given(batch: int, count: int) -> list[torch.Tensor]:
        state = torch.randn(2, 2, batch, HIDDEN)
        return [torch.randint(0, 28, (batch, count)), state[0], state[1]]

    path = export(spread(Prediction()), folder, given(2, 3), axes)
    feeds = [given(1, 1), given(3, 4)]
    return Exported(path, [{k: v.numpy() for k, v in zip(axes, feed)} for feed in feeds])


def rnnt_joint(folder: Path) -> Exported:
    axes = {"frames": {0: "batch", 1: "time"}, "letters": {0: "batch", 1: "count"}}

    def given(batch: int, time: int, count: int) -> list[torch.Tensor]:
        return [torch.randn(batch, time, HIDDEN), torch.randn(batch, count, HIDDEN)]

    path = export(spread(Joint()), folder, given(2, 5, 3), axes)
    feeds = [given(1, 1, 1), given(2, 7, 4)]
    return Exported(path, [{k: v.numpy() for k, v in zip(axes, feed)} for feed in feeds])


class Separable(nn.Module):
    """A convolution of each channel in time, then of the channels; frames past the end are 0."""

    def __init__(self, before: int, after: int, width: int, stride: int = 1, last: bool = False):
        super().__init__()
        self.depthwise = nn.Conv1d(
            before, before, width, stride, width // 2, groups=before, bias=False
        )
        self.pointwise = nn.Conv1d(before, after, 1, bias=False)
        self.norm = nn.BatchNorm1d(after)
        self.stride, self.last = stride, last

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        steps = torch.arange(x.shape[2], device=x.device)
        x = x.masked_fill((steps >= lengths.unsqueeze(1)).unsqueeze(1), 0)
        y = self.norm(self.pointwise(self.depthwise(x)))
        lengths = torch.div(lengths - 1, self.stride, rounding_mode="floor") + 1
        return (y if self.last else torch.relu(y)), lengths


class QuartzNet(nn.Module):
    """QuartzNet: blocks of time-channel separable convolutions with a residual around each."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Separable(64, 32, 33, stride=2)
        sizes = [(32, 33), (32, 39), (48, 51)]
        self.blocks, self.ways = nn.ModuleList(), nn.ModuleList()
        before = 32
        for channels, width in sizes:
            parts = [Separable(before, channels, width), Separable(channels, channels, width)]
            parts.append(Separable(channels, channels, width, last=True))
            self.blocks.append(nn.ModuleList(parts))
            way = [nn.Conv1d(before, channels, 1, bias=False), nn.BatchNorm1d(channels)]
            self.ways.append(nn.Sequential(*way))
            before = channels
        self.last = nn.Conv1d(before, 29, 1)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        x, lengths = self.first(x, lengths)
        for block, way in zip(self.blocks, self.ways):
            y = x
            for part in block:
                y, lengths = part(y, lengths)
            x = torch.relu(y + way(x))
        return torch.log_softmax(self.last(x).transpose(1, 2), 2)


def quartznet(folder: Path) -> Exported:
    axes = {"features": {0: "batch", 2: "time"}, "lengths": {0: "batch"}}

    def given(time: int, lengths: list[int]) -> list[torch.Tensor]:
        return [torch.randn(len(lengths), 64, time), torch.tensor(lengths)]

    path = export(spread(QuartzNet()), folder, given(64, [64, 50]), axes)
    feeds = [given(80, [80, 41]), given(129, [100])]
    return Exported(path, [{k: v.numpy() for k, v in zip(axes, feed)} for feed in feeds])


NETWORKS: dict[str, Builder] = {
    "rnnt_encoder": rnnt_encoder,
    "rnnt_prediction": rnnt_prediction,
    "rnnt_joint": rnnt_joint,
    "quartznet": quartznet,
}
