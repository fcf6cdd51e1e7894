"""What test_distributed.py runs on two ranks: it does one thing after another and notes the facts.

torchrun --nproc_per_node 2 tests/ranks_program.py <folder of shards> <folder for the notes>
"""

import json
import os
import sys
from pathlib import Path

import torch

from helpers.datasets import load_dataset
from helpers.manifest import Manifest
from helpers.networks.model import build_model
from helpers.stream import make_loader
from helpers.training.checkpoint import Checkpoints, StopRequest
from helpers.training.distributed import start_ranks
from helpers.training.evaluation import CountMismatch, evaluate
from helpers.training.loop import Trainer
from helpers.training.options import Options

PLACE = ("WORLD_SIZE", "LOCAL_RANK", "RANK")
shards, notes = Path(sys.argv[1]), Path(sys.argv[2])


def main() -> None:
    ranks = start_ranks("auto", "", *(int(os.environ[name]) for name in PLACE))
    manifest = Manifest.from_json((shards / "manifest.json").read_text())
    decode = load_dataset("bins").resized(32).decode
    noted = {"backend": ranks.backend, "keys": [], "rates": []}
    noted["gathered"] = ranks.gather("long" * ranks.rank)
    noted["broadcast"] = ranks.broadcast([ranks.rank])

    def loader(split, world_size=2, workers=0, shuffle=False):
        return make_loader(
            manifest,
            split,
            str(shards),
            decode=decode,
            batch_size=8,
            rank=ranks.rank % world_size,
            world_size=world_size,
            workers=workers,
            shuffle=shuffle,
        )

    torch.manual_seed(ranks.rank)  # DDP has to make the ranks equal
    model = build_model("resnet-small", 3, width=4, layers=(1, 1))
    options = Options(epochs=2, patience=1, sync_every=2)
    nowhere = Checkpoints(Path("nowhere"))
    weights = dict.fromkeys(manifest.labels, 1.0)
    trainer = Trainer(model, weights, ranks, options, nowhere, StopRequest())
    train = loader("train", shuffle=True)

    step = trainer._step

    def noting(batch, done, steps):
        noted["keys"].append([trainer.progress.epoch, batch.keys])
        loss = step(batch, done, steps)
        noted["rates"].append(trainer.optimizer.param_groups[0]["lr"])
        return loss

    trainer._step = noting
    for epoch in range(2):
        trainer.progress.epoch = epoch
        trainer.train_epoch(train)
        trainer.progress.step = 0
    noted["weights"] = float(sum(p.double().abs().sum() for p in model.parameters()))

    counts = manifest.split("test").counts
    test = trainer.evaluate(loader("test", workers=4), counts, keep=True)
    noted["evaluated"], noted["confusion"] = test.keys, test.confusion.tolist()
    noted["loss"] = test.loss
    noted["buffers"] = float(sum(b.double().abs().sum() for b in model.buffers()))
    try:  # the defect: a loader that doesn't divide the split between the ranks
        evaluate(model, loader("test", world_size=1), counts, list(weights), ranks)
    except CountMismatch as error:
        noted["undivided"] = str(error)

    trainer.progress.epoch, trainer.progress.stale = 0, 0
    noted["goes_on"] = not trainer.finished()
    trainer.progress.stale = 1 if ranks.first else 0  # the ranks disagree
    noted["finished"] = trainer.finished()
    trainer.stop.made = not ranks.first  # one instance is told to stop
    noted["stopped"] = trainer.train_epoch(train) is None
    (notes / f"{ranks.rank}.json").write_text(json.dumps(noted))
    ranks.close()


if __name__ == "__main__":
    main()
