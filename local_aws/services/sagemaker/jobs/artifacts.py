"""Uploads a training job's model and output folders to S3; knows no statuses."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

from local_aws.instances.container import Container
from local_aws.state import paths
from local_aws.state.objects.store import ObjectStore


def keep_artifacts(
    store: ObjectStore, output: dict, name: str, containers: list[Container]
) -> str | None:
    """Upload a job's model and output data by its OutputDataConfig; return the model's S3 URI."""
    bucket, _, prefix = output["S3OutputPath"].removeprefix("s3://").partition("/")
    folder = "/".join(part for part in (prefix.rstrip("/"), name, "output") if part)
    unpacked = output.get("CompressionType") == "NONE"
    model = None
    for source, target in (("model", "model"), ("output/data", "output")):
        files = dict(_files(containers, source))
        if not files:
            continue
        key = f"{folder}/{target}/" if unpacked else f"{folder}/{target}.tar.gz"
        if unpacked:
            for inside, path in files.items():
                store.put(bucket, f"{key}{inside}", path)
        else:
            store.put(bucket, key, _pack(files, containers[0].root / f"{target}.tar.gz"))
        model = f"s3://{bucket}/{key}" if source == "model" else model
    return model


def _files(containers: list[Container], source: str) -> Iterator[tuple[str, Path]]:
    """Yield the files of all instances; the first instance's come last, and replace others."""
    for container in reversed(containers):
        for path in sorted(paths.below(container.ml, source).rglob("*")):
            if path.is_file():
                yield path.relative_to(paths.below(container.ml, source)).as_posix(), path


def _pack(files: dict[str, Path], archive: Path) -> Path:
    # A link to /opt/ml/model/… would lead to the instance's disk, which is deleted with the job.
    with tarfile.open(archive, "w:gz", compresslevel=1, dereference=True) as tar:
        for name, path in files.items():
            tar.add(path, arcname=name)
    return archive
