"""Train a classifier on shards, on any number of ranks; write a model that can be deployed.

Here: python scripts_train/train.py --data shards/birds, or behind torchrun --nproc_per_node 2
As a job: a source folder with this file, inference.py and helpers/; hyperparameters are the flags
below; shards come from a channel named `shards` (mode File, FastFile or Pipe), or from `--data s3://…`.
"""

import argparse
import os
import sys
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))  # the folder of helpers/ in the repository; in a job it is HERE

from helpers.datasets import load_dataset  # noqa: E402
from helpers.manifest import Manifest, load_manifest  # noqa: E402
from helpers.metrics import END, metric_line  # noqa: E402
from helpers.networks.model import MODELS  # noqa: E402
from helpers.session import job_client, job_secret  # noqa: E402
from helpers.shard_source import ShardSource, open_source  # noqa: E402
from helpers.stream import ShardLoader, make_loader  # noqa: E402
from helpers.streaming.decode_cache import DecodeCache  # noqa: E402
from helpers.training.attempts import Attempts  # noqa: E402
from helpers.training.checkpoint import Checkpoints, StopRequest  # noqa: E402
from helpers.training.defaults import complete, loader_workers  # noqa: E402
from helpers.training.distributed import Ranks, start_ranks  # noqa: E402
from helpers.training.export import Export  # noqa: E402
from helpers.training.initial_model import as_trained, make_model  # noqa: E402
from helpers.training.loop import Trainer  # noqa: E402
from helpers.training.options import Options  # noqa: E402
from helpers.training.profiling import StepProfile  # noqa: E402
from helpers.training.tracking import MODES, Tracker  # noqa: E402


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the flags, which are a job's hyperparameters; None stands for the data set's default."""
    shards, failure = os.environ.get("SM_CHANNEL_SHARDS"), os.environ.get("SM_OUTPUT_FAILURE")
    model, output = os.environ.get("SM_MODEL_DIR"), os.environ.get("SM_OUTPUT_DATA_DIR")
    start, instance = os.environ.get("SM_CHANNEL_MODEL"), os.environ.get("SM_CURRENT_INSTANCE_TYPE")
    # torchrun's variables, or those of mpirun, which SMDDP's image uses.
    rank = os.environ.get("RANK", os.environ.get("OMPI_COMM_WORLD_RANK", 0))
    local = os.environ.get("LOCAL_RANK", os.environ.get("OMPI_COMM_WORLD_LOCAL_RANK", 0))
    size = os.environ.get("WORLD_SIZE", os.environ.get("OMPI_COMM_WORLD_SIZE", 1))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flag = parser.add_argument
    flag("--data", default=shards, required=not shards, help="folder or s3:// prefix of the shards")
    flag("--model-dir", type=Path, default=model or "model", help="for the model")
    flag("--output-dir", type=Path, default=output or "output", help="for metrics")
    flag("--failure-file", type=Path, default=failure or "failure", help="for a failure's reason")
    flag("--checkpoint-dir", type=Path, default="/opt/ml/checkpoints", help="used if it exists")
    flag("--checkpoint-seconds", type=float, default=60, help="between checkpoints in an epoch")
    flag("--backend", default="auto", help="auto, smddp, nccl or gloo")
    flag("--instance-type", default=instance or "", help="auto: smddp is chosen by it")
    for name, value in {"--rank": rank, "--local-rank": local, "--world-size": size}.items():
        flag(name, type=int, default=value, help="set by the launcher")
    flag("--initial-model", type=Path, default=start, help="folder of a model to go on from")
    flag("--model", choices=sorted(MODELS), help="default: the data set's small one")
    flag("--width", type=int, help="channels of the model's first stage")
    flag("--dropout", type=float, help="dropout before the last layer")
    flag("--image-size", type=int, help="pixels a side, for photos")
    flag("--batch-size", type=int, help="samples of a batch, all ranks together")
    flag("--workers", type=int, help="loader processes of each rank; default: by vCPU and device")
    flag("--memory-mb", type=int, default=256, help="decode cache of a process")
    flag("--class-weights", choices=("manifest", "none"), default="manifest", help="of the loss")
    flag("--test", choices=("yes", "no"), default="yes", help="score the test split at the end")
    flag("--graph", choices=("yes", "no"), default="yes", help="export the model for serving")
    flag("--profile", type=int, default=0, help="steps to profile; the output has the trace")
    flag("--wandb", choices=MODES, default="off", help="offline: files to upload later")
    flag("--wandb-secret", help="name of the secret with wandb's key, for online")
    Options.add_flags(parser)
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> dict:
    """Train, save the best epoch's model, test and verify it; return the test metrics."""
    place = args.world_size, args.local_rank, args.rank
    with Ranks().guard(args.failure_file):
        ranks = start_ranks(args.backend, args.instance_type, *place)
    print(f"{ranks}\n", end="", flush=True)
    with ranks.guard(args.failure_file):
        source = open_source(args.data, lambda: job_client("s3"), args.local_rank)
        manifest = load_manifest(source.folder)
        args = complete(as_trained(args, manifest.dataset), manifest.dataset)
        ranks.print(f"{manifest!r} from {args.data}")
        loaders = {split: loader(args, source, manifest, split, ranks) for split in manifest.splits}
        counts = {name: split.counts for name, split in manifest.splits.items()}
        first, attempts, wandb = ranks.first, Attempts(), args.wandb if ranks.first else "off"
        trainer = make_trainer(args, manifest, ranks, attempts)
        trainer.resume(loaders["validation"] if args.initial_model else None, counts["validation"])
        tracker = Tracker(wandb, args.output_dir, vars(args), attempts, job_secret)
        export = Export(args, manifest, trainer, attempts)
        while not trainer.finished():
            if not (numbers := trainer.train_epoch(loaders["train"])):
                ranks.print("Stopped on request; a run with the same checkpoints goes on from here")
                if first and trainer.progress.best_weights:
                    export.save(code=HERE)
                tracker.close()
                return {}
            validation = trainer.evaluate(loaders["validation"], counts["validation"])
            ranks.print(metric_line(**(row := trainer.end_epoch(numbers, validation))))
            tracker.log(row)
        trainer.use_best()
        if first:  # before the steps that may fail
            export.save(code=HERE)
        metrics = export.test(loaders["test"], counts["test"])
        if first:
            export.finish(loaders, tracker)
        scores = {f"test_{name}": value for name, value in metrics.items() if name != "recall"}
        ranks.print(f"{metric_line(**scores, warnings=len(attempts.warnings))}\n{END}")
    with attempts("leaving the other ranks"):
        ranks.close()
    return metrics


def loader(
    args: argparse.Namespace, source: ShardSource, manifest: Manifest, split: str, ranks: Ranks
) -> ShardLoader:
    """Return this rank's batches of a split."""
    decode = load_dataset(manifest.dataset).resized(args.image_size).decode
    return make_loader(
        manifest, split, args.data,
        decode=DecodeCache(decode, limit=args.memory_mb * 1_000_000),
        batch_size=max(1, args.batch_size // ranks.world_size),
        rank=ranks.rank, world_size=ranks.world_size,
        workers=loader_workers(args.workers, vcpus=os.cpu_count(), gpus=torch.cuda.device_count()),
        seed=args.seed, shuffle=split == "train", **source.options,
    )  # fmt: skip


def make_trainer(
    args: argparse.Namespace, manifest: Manifest, ranks: Ranks, attempts: Attempts
) -> Trainer:
    """Return a trainer with a new or an initial model, the same on every rank."""
    weights = manifest.class_weights if args.class_weights == "manifest" else {}
    return Trainer(
        make_model(args, manifest.labels),
        {label: weights.get(label, 1.0) for label in manifest.labels},
        ranks,
        Options.from_flags(args),
        Checkpoints(args.checkpoint_dir, args.checkpoint_seconds, attempts),
        StopRequest(),
        StepProfile(args.profile if ranks.first else 0, args.output_dir, attempts),
    )


if __name__ == "__main__":
    main(parse_args())
