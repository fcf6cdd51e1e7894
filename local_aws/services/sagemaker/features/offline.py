"""The offline store: records wait on disk and come to S3 in batches, each of them exactly once.

A record that is acknowledged is a document. Some seconds of the one clock after the first of them
a flush turns those that wait into batches, one for each hour of event times: a batch has the key of
its object, with its random letters, from then on, and its document goes once the object is there.
So a server that is killed writes at its next start the same objects again, and no record twice.
AWS writes within 15 minutes and publishes no more of it.
Left out: the role's permissions are looked at when the group is made, not with each batch.
"""

import io
import logging
import secrets
import sqlite3
import string
import threading
from collections import defaultdict
from datetime import UTC, datetime

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.sagemaker.features import table
from local_aws.services.sagemaker.features.values import features, typed
from local_aws.state.collection import Collection

log = logging.getLogger(__name__)
WAITING, BATCH = "feature-waiting", "feature-batch"
SECONDS, AGAIN = 2.0, 60.0
"""From the first record of a batch to its writing, and from a failed attempt to the next one."""
LETTERS = string.ascii_letters + string.digits


class OfflineStore:
    """The records of all groups that are not in S3 yet, and their way there."""

    def __init__(self, parts: Parts, groups: Collection):
        self._parts, self._documents, self._groups = parts, parts.documents, groups
        self._due: set[str] = set()
        self._writing = threading.Lock()
        numbers = [int(key.rpartition("/")[2]) for key, _ in self._documents.items(WAITING)]
        self._last = max(numbers, default=0)

    def add(self, group: dict, row: dict) -> None:
        """Keep a record for S3, in the caller's transaction.

        Args:
            row: `values` by feature, event `time` in seconds, `invoked` (when the call came) and
                `deleted` (whether it is the marker of a deletion).
        """
        with self._documents.transaction():
            self._last += 1
            self._documents.put(WAITING, f"{group['_id']}/{self._last:016d}", row)
            self._wake(group["FeatureGroupName"], SECONDS)

    def _wake(self, name: str, seconds: float) -> None:
        with self._documents.lock:
            if name not in self._due:
                self._due.add(name)
                self._parts.clock.after(seconds, lambda: self.flush(name))

    def recover(self) -> None:
        """Write soon what the last server left."""
        for group in self._groups:
            if self.is_behind(group):
                self._wake(group["FeatureGroupName"], 0.0)

    def is_behind(self, group: dict) -> bool:
        """Say whether records of a group are not in S3 yet."""
        prefix = f"{group['_id']}/"
        return any(self._documents.items(kind, prefix) for kind in (BATCH, WAITING))

    def drop(self, group: dict) -> None:
        """Forget the records of a group that are not in S3."""
        for kind in (BATCH, WAITING):
            self._documents.delete_prefix(kind, f"{group['_id']}/")

    def flush(self, name: str) -> None:
        """Write all that waits of a group; if that fails, say so in the group and try again."""
        with self._writing:
            group = self._groups.get(name)
            try:
                with self._documents.transaction():
                    self._due.discard(name)
                    if group is None:
                        return
                    self._cut(group)
                for key, batch in self._documents.items(BATCH, f"{group['_id']}/"):
                    self._write(group, batch)
                    self._documents.delete(BATCH, key)
                self._tell(group, {"Status": "Active"})
            except (AwsError, OSError, sqlite3.Error) as error:
                log.warning("the offline store of %s: %s", name, error)
                self._wake(name, AGAIN)
                self._tell(group, {"Status": "Blocked", "BlockedReason": str(error)[:1024]})

    def _tell(self, group: dict, status: dict) -> None:
        if group["OfflineStoreStatus"] != status:
            change = {"OfflineStoreStatus": status}
            self._groups.update(group["FeatureGroupName"], lambda each: each.update(change), True)

    def _cut(self, group: dict) -> None:
        """Turn the records that wait into batches."""
        hours, prefix = defaultdict(list), f"{group['_id']}/"
        for _, row in self._documents.items(WAITING, prefix):
            hours[table.hour(row["time"])].append(row)
        for values, rows in hours.items():
            latest = datetime.fromtimestamp(max(row["time"] for row in rows), UTC)
            letters = "".join(secrets.choice(LETTERS) for _ in range(16))
            file = f"{table.folder(values)}/{latest:%Y%m%dT%H%M%SZ}_{letters}.parquet"
            batch = {"file": file, "partition": values, "rows": rows}
            batch |= {"written": self._parts.clock.now()}
            self._documents.put(BATCH, f"{prefix}{file}", batch)
        self._documents.delete_prefix(WAITING, prefix)

    def _write(self, group: dict, batch: dict) -> None:
        config = group["OfflineStoreConfig"]
        bucket, prefix = table.split(config["S3StorageConfig"]["ResolvedOutputS3Uri"])
        self._parts.store.put(bucket, f"{prefix}/{batch['file']}", _parquet(group, batch))
        if "DataCatalogConfig" in config:
            table.add_partition(self._parts.call, group, tuple(batch["partition"]))


def _parquet(group: dict, batch: dict) -> bytes:
    """Return the file of a batch."""
    # Imported here: Arrow would make every start of the server longer.
    import pyarrow as pa
    import pyarrow.parquet as parquet

    arrow = {"Integral": pa.int64(), "Fractional": pa.float64(), "String": pa.string()}
    rows, columns = batch["rows"], {}
    for name, kind in features(group).items():
        texts = [row["values"].get(name) for row in rows]
        values = [None if text is None else typed(name, kind, text) for text in texts]
        columns[name] = pa.array(values, arrow[kind])
    times = pa.timestamp("ms", "UTC")
    columns["write_time"] = pa.array([batch["written"]] * len(rows), times)
    columns["api_invocation_time"] = pa.array([row["invoked"] for row in rows], times)
    columns["is_deleted"] = pa.array([row["deleted"] for row in rows])
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file, compression="snappy")
    return file.getvalue()
