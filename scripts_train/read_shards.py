"""Read the training split once, by the course's stream or by WebDataset's loader; print the speed.

Here: python scripts_train/read_shards.py --data shards/birds [--loader webdataset]
As a job: shards come from a channel named `shards` (mode File, FastFile or Pipe), or from
`--data s3://…`. It decodes as train.py does, and trains nothing: the sum is of the reading alone.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))  # the folder of helpers/ in the repository; in a job it is HERE

from helpers.datasets import load_dataset  # noqa: E402
from helpers.manifest import Manifest, load_manifest  # noqa: E402
from helpers.metrics import END, metric_line  # noqa: E402
from helpers.s3 import open_object  # noqa: E402
from helpers.s3_uris import is_uri  # noqa: E402
from helpers.session import job_client  # noqa: E402
from helpers.shard_source import ShardSource, open_source  # noqa: E402
from helpers.stream import make_loader  # noqa: E402
from helpers.streaming.received import Received  # noqa: E402

LOADERS = ("ours", "webdataset")


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the flags, which are a job's hyperparameters."""
    shards = os.environ.get("SM_CHANNEL_SHARDS")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flag = parser.add_argument
    flag("--data", default=shards, required=not shards, help="folder or s3:// prefix of the shards")
    flag("--loader", choices=LOADERS, default="ours", help="what reads and decodes")
    flag("--batch-size", type=int, default=16, help="samples of a batch")
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> dict[str, float]:
    """Read all batches once and return the metrics."""
    start = time.monotonic()
    received = Received()
    source = open_source(args.data, lambda: received.watch(job_client("s3")))
    manifest = load_manifest(source.folder)
    decode = load_dataset(manifest.dataset).decode
    read = {"ours": ours, "webdataset": webdataset}[args.loader]
    samples = first = batches = 0
    for size in read(args, source, manifest, decode, received):
        first = first or time.monotonic() - start
        samples, batches = samples + size, batches + 1
    seconds = time.monotonic() - start
    if samples != manifest.split("train").samples:
        listed = manifest.split("train").samples
        raise RuntimeError(f"{samples} samples were read, the manifest has {listed}")
    metrics = {
        "first_batch_s": first,
        "samples": samples,
        "batches": batches,
        "seconds": seconds,
        "samples_per_second": samples / seconds,
        "disk_bytes": bytes_on_disk(args.data),
        "network_bytes": bytes_on_network(args.data, source, received),
    }
    print(f"{metric_line(**metrics)}\n{END}", flush=True)
    return metrics


def ours(
    args: argparse.Namespace,
    source: ShardSource,
    manifest: Manifest,
    decode: Callable,
    received: Received,
) -> Iterator[int]:
    """Yield the size of each batch of the course's stream."""
    options = {"batch_size": args.batch_size, "shuffle": True, **source.options}
    loader = make_loader(manifest, "train", args.data, decode=decode, **options)
    yield from map(len, loader)
    if not is_uri(args.data):  # an S3 client's answers are counted already
        received.add(loader.received)
    loader.close()


def webdataset(
    args: argparse.Namespace,
    source: ShardSource,
    manifest: Manifest,
    decode: Callable,
    received: Received,
) -> Iterator[int]:
    """Yield the size of each batch of WebDataset's own loader, from the same shards."""
    import webdataset as wds

    if is_uri(args.data):  # it has no opener for s3://, and takes any by its scheme
        client = received.watch(job_client("s3"))
        wds.gopen_schemes["s3"] = lambda url, *_: open_object(client, url)
    urls = [f"{args.data}/{shard.name}" for shard in manifest.split("train").shards]
    index = {label: position for position, label in enumerate(manifest.labels)}
    dataset = wds.DataPipeline(
        wds.SimpleShardList(urls),
        wds.tarfile_to_samples(),
        wds.shuffle(500),
        wds.map(lambda sample: (decode(media_of(sample)), index[label_of(sample)])),
        wds.batched(args.batch_size),
    )
    loader = wds.WebLoader(dataset, batch_size=None, num_workers=0)
    yield from (len(targets) for _, targets in loader)


def media_of(sample: dict) -> bytes:
    """Return the one file of a sample that is neither its JSON nor WebDataset's own note."""
    (media,) = (data for name, data in sample.items() if name != "json" and name[:2] != "__")
    return media


def label_of(sample: dict) -> str:
    """Return the label in a sample's JSON."""
    return json.loads(sample["json"])["label"]


def bytes_on_disk(data: str) -> int:
    """Return the bytes of a channel's files that lie on the instance's own disk.

    A file that comes from elsewhere as it is read (FUSE) lies on none.
    """
    folder = Path(data)
    if is_uri(data) or not folder.is_dir():
        return 0
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    if any(place == str(folder) and kind.startswith("fuse") for place, kind in mounts):
        return 0
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def bytes_on_network(data: str, source: ShardSource, received: Received) -> int:
    """Return the bytes of objects that came to this instance, as they were counted here.

    Of mode File, all files that SageMaker has copied; of Pipe, what was read from the pipe, skipped
    shards included; of FastFile, what was read from its files; else the bodies of S3's answers.
    """
    counted = source.folder.received if source.mode == "Pipe" else received
    return bytes_on_disk(data) if source.mode == "File" else counted.bytes


if __name__ == "__main__":
    main(parse_args())
