"""Copies checkpoints from instances to S3 while a job runs, and back before; knows no statuses.

All instances write below one S3 prefix, as on AWS: files of one name overwrite each other. A file
that is deleted on an instance stays in S3.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

import logging
import threading
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.instances.container import Container, objects_below
from local_aws.state.objects.store import ObjectStore

log = logging.getLogger(__name__)
SECONDS = 2.0
"""Seconds between two searches for new checkpoints."""


class Checkpoints(threading.Thread):
    """The checkpoints of one attempt of a job.

    Args:
        config: the job's CheckpointConfig.
    """

    def __init__(self, store: ObjectStore, config: dict, containers: list[Container]):
        super().__init__(name="checkpoints", daemon=True)
        self._store = store
        self._bucket, _, prefix = config["S3Uri"].removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        path = config.get("LocalPath", "/opt/ml/checkpoints")
        self._folders = [container.path(path) for container in containers]
        self._seen: dict[Path, tuple[int, int]] = {}
        self._over = threading.Event()
        for container, folder in zip(containers, self._folders, strict=True):
            folder.mkdir(parents=True, exist_ok=True)
            self._restore(container, folder)

    def _restore(self, container: Container, folder: Path) -> None:
        if next(self._store.list(self._bucket, self._prefix), None):
            uri = f"s3://{self._bucket}/{self._prefix}"
            container.stage(objects_below(self._store, uri), folder)
        self._seen |= {path: _version(path) for path in _files(folder)}

    def run(self) -> None:
        """Upload new checkpoints until `end` is called."""
        while not self._over.wait(SECONDS):
            try:
                self.sync()
            except Exception as error:  # `end` will try again
                log.warning("checkpoints to s3://%s/%s: %r", self._bucket, self._prefix, error)

    def sync(self) -> None:
        """Upload new and changed files to S3; an error of one file does not stop the others.

        Raises:
            AwsError: S3 refuses a file.
            OSError: a file can't be read.
        """
        wrong: Exception | None = None
        for folder in self._folders:
            for path in _files(folder):
                try:
                    self._take(path, folder)
                except FileNotFoundError:
                    continue  # the file was renamed or deleted meanwhile
                except (AwsError, OSError) as error:
                    wrong = wrong or error
        if wrong:
            raise wrong

    def _take(self, path: Path, folder: Path) -> None:
        version = _version(path)
        if self._seen.get(path) != version:
            key = f"{self._prefix}{path.relative_to(folder).as_posix()}"
            self._store.put(self._bucket, key, path)
            self._seen[path] = version

    def end(self) -> None:
        """Upload the last checkpoints, after the job's processes have ended."""
        self._over.set()
        if self.is_alive():
            self.join()
        self.sync()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _version(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size
