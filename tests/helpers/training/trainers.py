"""Trainers of a tiny network on photos in memory."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch

from helpers.networks.model import build_model
from helpers.training.checkpoint import Checkpoints, StopRequest
from helpers.training.distributed import Ranks
from helpers.training.loop import Trainer
from helpers.training.options import Options

LABELS = ["0", "1", "2"]


@dataclass
class Batch:
    """Samples with their labels and keys."""

    data: torch.Tensor
    target: torch.Tensor
    keys: list[str]


class Memory:
    """A loader of photos whose brightness tells their label, all in memory."""

    def __init__(self, size: int, batch_size: int = 8, shuffle: bool = True):
        generator = torch.Generator().manual_seed(size)
        self.target = torch.arange(size) % 3
        noise = torch.randint(0, 60, (size, 3, 16, 16), generator=generator)
        self.data = (noise + 80 * self.target.view(-1, 1, 1, 1)).to(torch.uint8)
        self.batch_size, self.shuffle, self.epoch, self.done = batch_size, shuffle, 0, 0

    def __len__(self) -> int:
        return math.ceil(len(self.target) / self.batch_size)

    def set_epoch(self, epoch: int) -> None:
        self.epoch, self.done = epoch, 0

    def state_dict(self) -> dict:
        return {"epoch": self.epoch, "batches": self.done}

    def load_state_dict(self, state: dict) -> None:
        self.epoch, self.done = state["epoch"], state["batches"]

    def __iter__(self):
        generator = torch.Generator().manual_seed(self.epoch)
        order = torch.randperm(len(self.target), generator=generator)
        if not self.shuffle:
            order = torch.arange(len(self.target))
        for rows in order.split(self.batch_size)[self.done :]:
            self.done += 1
            yield Batch(self.data[rows], self.target[rows], [f"k{row:03d}" for row in rows])


def make_trainer(folder="nowhere", every_s=60.0, weights=(1.0, 1.0, 1.0), **options) -> Trainer:
    """Return a trainer of a tiny network; options are train.py's."""
    torch.manual_seed(0)
    model = build_model("resnet-small", 3, width=4, layers=(1, 1), dropout=0.1)
    return Trainer(
        model,
        dict(zip(LABELS, weights, strict=True)),
        Ranks(),
        Options(**{"epochs": 3, "sync_every": 1, **options}),
        Checkpoints(Path(folder), every_s),
        StopRequest(),
    )


def counts(size: int) -> dict[str, int]:
    """Return the samples of each label in a `Memory` of this size."""
    return {label: len(range(i, size, 3)) for i, label in enumerate(LABELS)}
