"""Cuts an input file into the bodies of requests; knows records, and no server.

How SageMaker does it: the SDK's local mode, `sagemaker.core.local.data`, is AWS's own account of
it, and https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html.
Left out: RecordIO and TFRecord.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MB = 2**20


class TooLarge(ValueError):
    """A record does not fit into a request."""


@dataclass(frozen=True)
class Cut:
    """How a job's files are cut.

    Args:
        by_line: whether each line is a record; otherwise the whole file is one.
        is_single: whether a request has one record; otherwise as many as fit.
        most: bytes of a request; 0 for no limit.
        is_gzip: whether the files are compressed.
    """

    by_line: bool
    is_single: bool
    most: int
    is_gzip: bool

    def bodies(self, path: Path) -> Iterator[bytes]:
        """Yield the bodies of a file's requests, in its order; a file without records has none.

        Raises:
            TooLarge: a record does not fit.
            OSError, EOFError, zlib.error: the file is not in gzip's format.
        """
        with gzip.open(path) if self.is_gzip else path.open("rb") as file:
            if not self.by_line:
                # One byte more than fits: a large file must not be read whole to be refused.
                body = file.read(self.most + 1 if self.most else -1)
                self._check(body)
                yield body
                return
            batch, size = [], 0
            for record in file:
                self._check(record)
                if batch and (self.is_single or self.most and size + len(record) > self.most):
                    yield b"".join(batch)
                    batch, size = [], 0
                batch.append(record)
                size += len(record)
            if batch:
                yield b"".join(batch)

    def _check(self, record: bytes) -> None:
        if self.most and len(record) > self.most:
            limit = self.most // MB
            raise TooLarge(f"Too much data for max payload size: a record has over {limit} MB")
