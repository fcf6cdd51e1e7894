"""Run one loader over one epoch in a separate process; benchmarks/stream.py starts it.

    python -m benchmarks.stream_loaders LOADER --kind photos --url http://… --workers 2 --folder …

Every loader decodes with the same function and gives batches of 64 integer tensors with labels.
"""

import argparse
import json
import os
import sys
import tarfile
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import psutil
import torch

from benchmarks.stream_data import BUCKET, KEYS, client, label_counts
from helpers.manifest import Manifest
from helpers.media import audio, images
from helpers.streaming.shard_reader import find_samples

BATCH = 64
DECODE = {"photos": partial(images.decode, size=224), "clips": audio.load_wave}
EXTENSION = {"photos": "jpg", "clips": "ogg"}


def to_pair(kind: str, media: bytes, label: str) -> tuple[torch.Tensor, int]:
    """Return a decoded sample as a tensor and its label."""
    return torch.from_numpy(DECODE[kind](media)), int(label)


def torch_loader(dataset, workers: int) -> Iterable:
    """Return torch's own loader, as the peers are used."""
    return torch.utils.data.DataLoader(
        dataset, batch_size=BATCH, num_workers=workers, persistent_workers=workers > 0
    )


def read_manifest(args: argparse.Namespace) -> Manifest:
    """Return the manifest of the shards."""
    path = Path(args.folder) / args.kind / "shards" / "manifest.json"
    return Manifest.from_json(path.read_bytes())


def ours(args: argparse.Namespace) -> Iterable:
    """Stream with helpers/stream.py."""
    from helpers.s3 import shard_opener
    from helpers.stream import make_loader

    loader = make_loader(
        read_manifest(args),
        "train",
        f"s3://{BUCKET}/{args.kind}/shards",
        decode=DECODE[args.kind],
        batch_size=BATCH,
        workers=args.workers,
        shuffle=True,
        open_shard=shard_opener(client(args.url)),
    )
    return ((batch.data, batch.target) for batch in loader)


def pipe_aws(args: argparse.Namespace) -> Iterable:
    """Stream as the original project did: WebDataset over one `aws s3 cp` process a shard."""
    import webdataset

    aws = Path(sys.executable).with_name("aws")
    copy = f"pipe:{aws if aws.exists() else 'aws'} s3 cp --quiet --endpoint-url {args.url}"
    shards = read_manifest(args).splits["train"].shards
    urls = [f"{copy} s3://{BUCKET}/{args.kind}/shards/{shard.name} -" for shard in shards]
    extension = EXTENSION[args.kind]
    dataset = webdataset.WebDataset(urls, shardshuffle=len(urls), seed=0).shuffle(500)
    dataset = dataset.to_tuple(extension, "json")
    dataset = dataset.map(lambda pair: to_pair(args.kind, pair[0], json.loads(pair[1])["label"]))
    return torch_loader(dataset, args.workers)


class ObjectPerSample(torch.utils.data.Dataset):
    """One GET a sample, as a map-style dataset over raw objects does."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.kind, self.url = args.kind, args.url
        folder = Path(args.folder) / args.kind / "objects"
        self.names = sorted(path.name for path in folder.iterdir())

    def __len__(self) -> int:
        """Return the number of objects."""
        return len(self.names)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        """Fetch and decode one."""
        if not hasattr(self, "s3"):
            self.s3 = client(self.url)
        name = self.names[index]
        key = f"{self.kind}/objects/{name}"
        media = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return to_pair(self.kind, media, name.split(".")[0].split("-")[1])


def per_object(args: argparse.Namespace) -> Iterable:
    """Fetch every sample by a separate request."""
    return torch_loader(ObjectPerSample(args), args.workers)


class Connector(torch.utils.data.IterableDataset):
    """Shards through s3torchconnector's reader and the standard library's tarfile."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.kind, self.url = args.kind, args.url
        self.names = [shard.name for shard in read_manifest(args).splits["train"].shards]

    def __iter__(self) -> Iterator[tuple[torch.Tensor, int]]:
        """Read this worker's shards."""
        from s3torchconnector import S3ClientConfig
        from s3torchconnector._s3client import S3Client

        info = torch.utils.data.get_worker_info()
        config = S3ClientConfig(force_path_style=True)
        s3 = S3Client("us-east-1", endpoint=self.url, s3client_config=config)
        names = self.names[info.id :: info.num_workers] if info else self.names
        for name in names:
            reader = s3.get_object(BUCKET, f"{self.kind}/shards/{name}")
            with tarfile.open(fileobj=reader, mode="r|") as tar:
                files = (tar.extractfile(member).read() for member in tar)
                for media, meta in zip(files, files, strict=True):
                    yield to_pair(self.kind, media, json.loads(meta)["label"])


def s3torchconnector(args: argparse.Namespace) -> Iterable:
    """Stream with AWS's connector."""
    return torch_loader(Connector(args), args.workers)


def litdata(args: argparse.Namespace) -> Iterable:
    """Stream litdata's chunks."""
    import litdata as ld
    from litdata.streaming import downloader

    downloader._OBSTORE_CLIENT_OPTIONS["allow_http"] = "true"  # it refuses http otherwise

    class Dataset(ld.StreamingDataset):
        def __getitem__(self, index):
            media, label = super().__getitem__(index)
            return to_pair(args.kind, bytes(media), str(label))

    dataset = Dataset(
        f"s3://{BUCKET}/{args.kind}/litdata",
        cache_dir=args.scratch,
        shuffle=True,
        storage_options={"endpoint_url": args.url, "region_name": "us-east-1", **KEYS},
    )
    return ld.StreamingDataLoader(dataset, batch_size=BATCH, num_workers=args.workers)


def mosaicml(args: argparse.Namespace) -> Iterable:
    """Stream mosaicml's MDS shards."""
    from streaming import StreamingDataset
    from streaming.base.util import clean_stale_shared_memory

    clean_stale_shared_memory()  # leftovers of an earlier run would be reused

    class Dataset(StreamingDataset):
        def __getitem__(self, index):
            row = super().__getitem__(index)
            return to_pair(args.kind, row["media"], str(row["label"]))

    remote = f"s3://{BUCKET}/{args.kind}/mds"
    dataset = Dataset(remote=remote, local=args.scratch, shuffle=True, batch_size=BATCH)
    return torch_loader(dataset, args.workers)


def bound(args: argparse.Namespace) -> Iterable:
    """Decode the same bytes from memory in as many processes, and hand nothing over."""
    folder = Path(args.folder) / args.kind / "shards"
    pairs = []
    for shard in read_manifest(args).splits["train"].shards:
        data = (folder / shard.name).read_bytes()
        for position in find_samples(data, shard.name):
            meta = json.loads(data[position.meta : position.meta + position.meta_size])
            pairs.append(
                (data[position.media : position.media + position.media_size], meta["label"])
            )
    parts = max(args.workers, 1)
    batches = [pairs[at : at + BATCH] for at in range(0, len(pairs), BATCH)]
    pipes = []
    for part in range(parts):
        read, write = os.pipe()
        if os.fork() == 0:
            for batch in batches[part::parts]:
                for media, _ in batch:
                    DECODE[args.kind](media)
                os.write(write, b"x")
            os._exit(0)
        os.close(write)
        pipes.append(read)
    like = torch.from_numpy(DECODE[args.kind](pairs[0][0]))
    for index, batch in enumerate(batches):
        os.read(pipes[index % parts], 1)
        yield like.expand(len(batch), *like.shape), torch.tensor([int(b) for _, b in batch])
    for _ in pipes:
        os.wait()


LOADERS = {
    "ours": ours,
    "pipe:aws s3 cp": pipe_aws,
    "litdata": litdata,
    "mosaicml-streaming": mosaicml,
    "s3torchconnector": s3torchconnector,
    "one GET a sample": per_object,
    "bound": bound,
}


def cpu_seconds() -> float:
    """Return CPU seconds of this process and all below it, dead ones included."""
    me = psutil.Process()
    total = 0.0
    for process in [me, *me.children(recursive=True)]:
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def main() -> None:
    """Run one loader; print its measurements as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("loader", choices=LOADERS)
    for name in ("--kind", "--url", "--folder", "--scratch"):
        parser.add_argument(name, required=True)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    DECODE[args.kind]((next((Path(args.folder) / args.kind / "objects").iterdir())).read_bytes())
    batches = LOADERS[args.loader](args)
    cpu, begin, labels, first = cpu_seconds(), time.perf_counter(), [], None
    for data, target in batches:
        assert data.dtype in (torch.uint8, torch.int16) and len(data) == len(target)
        first = first or (time.perf_counter(), len(target))
        labels += target.tolist()
    end = time.perf_counter()
    rate = (len(labels) - first[1]) / (end - first[0])
    spent = (cpu_seconds() - cpu) / len(labels)
    answer = {"rate": rate, "first": first[0] - begin, "cpu": spent, "seconds": end - begin}
    print(json.dumps(answer | {"labels": label_counts(labels)}))


if __name__ == "__main__":
    main()
