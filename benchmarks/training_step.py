"""Measure samples a second of our training step and a plain loop, and of one process and two.

    python -m benchmarks.training_step --model resnet-small --size 64 --batch 32
    python -m benchmarks.training_step --model resnet34 --size 224 --batch 16 --steps 5

The plain loop is written in the style of torchvision's reference training script: forward, loss,
zero_grad, backward, step, and the loss and accuracy as numbers after every step. Both loops train
the same network from the same weights on the same photos, which lie in memory, without
augmentation, in alternating rounds of one process. The second table runs our step under torchrun,
one thread a process, and asks the profiler for the share of time in all-reduce.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from helpers.networks.model import MODELS, build_model
from helpers.training.checkpoint import Checkpoints, StopRequest
from helpers.training.distributed import Ranks, start_ranks
from helpers.training.loop import Trainer
from helpers.training.options import Options
from helpers.training.profiling import StepProfile

CLASSES = 6
NAMES = ("model", "size", "batch", "steps", "rounds", "precision")
"""Flags passed to the second table's processes."""


@dataclass
class Batch:
    """A batch of the loader."""

    data: torch.Tensor
    target: torch.Tensor


class Memory:
    """A loader with its batches in memory, so that only the step is measured."""

    def __init__(self, args: argparse.Namespace, batch: int):
        generator = torch.Generator().manual_seed(0)
        self.batches = [
            Batch(
                torch.randint(0, 256, (batch, 3, args.size, args.size), generator=generator).byte(),
                torch.randint(0, CLASSES, (batch,), generator=generator),
            )
            for _ in range(args.steps)
        ]

    def set_epoch(self, epoch: int) -> None:
        """Do nothing: every epoch is the same."""

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self):
        return iter(self.batches)


def network(args: argparse.Namespace) -> nn.Module:
    """Return the network with the same weights for both loops."""
    torch.manual_seed(0)
    return build_model(args.model, CLASSES)


def make_trainer(args: argparse.Namespace, ranks: Ranks, profile: int = 0) -> Trainer:
    """Return our trainer over the network."""
    weights = {str(label): 1.0 for label in range(CLASSES)}
    nowhere = Checkpoints(Path("nowhere"))
    options = Options(epochs=10_000, augment="no", precision=args.precision)
    watched = StepProfile(profile, args.folder)
    return Trainer(network(args), weights, ranks, options, nowhere, StopRequest(), watched)


def ours(args: argparse.Namespace):
    """Return a function that trains one round with our trainer."""
    trainer, loader = make_trainer(args, Ranks(device=device())), Memory(args, args.batch)

    def run() -> None:
        trainer.progress.step = trainer.progress.samples = 0
        trainer.train_epoch(loader)

    return run


def plain(args: argparse.Namespace):
    """Return a function that trains one round in the style of torchvision's references."""
    target_device, loader = device(), Memory(args, args.batch)
    model = network(args).to(target_device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    seen = {"loss": 0.0, "accuracy": 0.0}

    def run() -> None:
        model.train()
        for batch in loader:
            image, target = batch.data.to(target_device), batch.target.to(target_device)
            output = model(image)
            loss = criterion(output, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen["accuracy"] += (output.argmax(1) == target).float().mean().item()
            seen["loss"] += loss.item()

    return run


def device() -> torch.device:
    """Return the CUDA device if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def compare(args: argparse.Namespace) -> None:
    """Time both loops in alternating rounds and print their rates."""
    loops = {"ours": ours(args), "plain": plain(args)}
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for round_ in range(args.rounds + 1):  # the first is for warming up
        for name in sorted(loops, reverse=round_ % 2 == 1):
            begin = time.perf_counter()
            loops[name]()
            if device().type == "cuda":
                torch.cuda.synchronize()
            rates[name].append(args.steps * args.batch / (time.perf_counter() - begin))
    print(f"{args.model}, {args.size} pixels, batch {args.batch}, on {device()}, samples a second:")
    for name, result in rates.items():
        low, middle, high = min(result[1:]), statistics.median(result[1:]), max(result[1:])
        print(f"  {name:<6} {middle:9.1f}   ({low:.1f} to {high:.1f})")
    ratios = [a / b for a, b in zip(rates["ours"][1:], rates["plain"][1:], strict=True)]
    print(f"  ours / plain {statistics.median(ratios):.2f}   (median of {len(ratios)} rounds)")


def rank(args: argparse.Namespace) -> None:
    """Run one process of `scale`: train, profile, and write the measurements to a file."""
    torch.set_num_threads(1)
    place = [int(os.environ[name]) for name in ("WORLD_SIZE", "LOCAL_RANK", "RANK")]
    ranks, size = start_ranks("auto", "", *place), place[0]
    loader = Memory(args, max(1, args.batch // size))
    rates = []
    trainer = make_trainer(args, ranks)
    for _ in range(args.rounds + 1):
        trainer.progress.step = trainer.progress.samples = 0
        rates.append(trainer.train_epoch(loader)["samples_per_second"])
    args.steps += 4  # those that a profile skips, and one
    watched = make_trainer(args, ranks, profile=args.steps - 3 if ranks.first else 0)
    watched.train_epoch(Memory(args, max(1, args.batch // size)))
    if ranks.first:
        result = {"rate": statistics.median(rates[1:]), **watched.profile.shares}
        (args.folder / f"{size}.json").write_text(json.dumps(result))
    ranks.close()


def scale(args: argparse.Namespace) -> None:
    """Run one process and two on the same total batch, and print the speed-up."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    flags = [f"--{n}={getattr(args, n)}" for n in NAMES]
    result = {}
    for size in (1, 2):
        program = [*command, f"--nproc_per_node={size}", __file__, *flags]
        env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}
        subprocess.run([*program, f"--rank-of={args.folder}"], check=True, env=env)
        result[size] = json.loads((args.folder / f"{size}.json").read_text())
    print(f"processes  samples/s  speed-up  all-reduce  (batch {args.batch} in all)")
    for size, row in result.items():
        gain = row["rate"] / result[1]["rate"]
        print(f"{size:9}  {row['rate']:9.1f}  {gain:8.2f}  {row['all-reduce']:10.1%}")


def parse_args() -> argparse.Namespace:
    """Read the flags."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flag = parser.add_argument
    flag("--model", choices=sorted(MODELS), default="resnet-small", help="a network for photos")
    flag("--size", type=int, default=64, help="pixels a side")
    flag("--batch", type=int, default=32, help="samples of a step, all processes together")
    flag("--precision", default="auto", choices=("auto", "fp32", "bf16"), help="of our step")
    flag("--steps", type=int, default=20, help="steps of a round")
    flag("--rounds", type=int, default=5, help="measured rounds, after one to warm up")
    flag("--rank-of", type=Path, help="used by the second table's processes")
    return parser.parse_args()


def main(args: argparse.Namespace) -> None:
    """Print both tables."""
    args.folder = args.rank_of
    if args.rank_of is not None:
        rank(args)
        return
    with tempfile.TemporaryDirectory() as folder:
        args.folder = Path(folder)
        compare(args)
        scale(args)


if __name__ == "__main__":
    main(parse_args())
