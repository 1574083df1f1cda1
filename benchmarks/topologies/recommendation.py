"""DLRM: embeddings of categories and a perceptron of numbers, multiplied with each other."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from benchmarks.topologies.checking import Builder, Exported, export, spread

TABLES = (100, 50, 20)
WIDTH = 16


class DLRM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bottom = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, WIDTH), nn.ReLU())
        self.bags = nn.ModuleList(nn.EmbeddingBag(size, WIDTH, mode="sum") for size in TABLES)
        count = len(TABLES) + 1
        pairs = count * (count - 1) // 2
        self.top = nn.Sequential(nn.Linear(WIDTH + pairs, 32), nn.ReLU(), nn.Linear(32, 1))
        lower = torch.tril_indices(count, count, -1)
        self.register_buffer("places", lower[0] * count + lower[1])

    def forward(
        self, dense: torch.Tensor, offsets: torch.Tensor, *places: torch.Tensor
    ) -> torch.Tensor:
        x = self.bottom(dense)
        bags = [bag(index, offsets) for bag, index in zip(self.bags, places)]
        all_of_them = torch.stack([x, *bags], 1)
        products = torch.bmm(all_of_them, all_of_them.transpose(1, 2)).flatten(1)
        return torch.sigmoid(self.top(torch.cat([x, products[:, self.places]], 1)))


def dlrm(folder: Path) -> Exported:
    names = [f"places{number}" for number in range(len(TABLES))]
    axes = {"dense": {0: "batch"}, "offsets": {0: "batch"}, **{name: {0: name} for name in names}}

    def given(batch: int, each: int) -> list[torch.Tensor]:
        places = [torch.randint(0, size, (batch * each,)) for size in TABLES]
        return [torch.randn(batch, 13), torch.arange(batch) * each, *places]

    path = export(spread(DLRM()), folder, given(3, 2), axes)
    feeds = [given(4, 2), given(7, 3)]
    return Exported(path, [{k: v.numpy() for k, v in zip(axes, feed)} for feed in feeds])


NETWORKS: dict[str, Builder] = {"dlrm": dlrm}
