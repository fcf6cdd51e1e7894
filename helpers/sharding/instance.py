"""One instance's share of sharding: plan, clean, write, resume; the first one writes the manifest.

It knows folders and data sets through their interfaces, and neither SageMaker nor boto3.
"""

import hashlib
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path, PurePosixPath

from helpers import manifest as manifests
from helpers.datasets.base import Dataset
from helpers.datasets.ids import NAMES_KEY
from helpers.manifest import Manifest
from helpers.samples import Record, Relation, Remark, Sample, causes
from helpers.sharding import survey
from helpers.sharding.cleaners import Cleaners, in_order
from helpers.sharding.plan import Plan, PlannedShard, make_plan
from helpers.sharding.shards import ShardWriter, build_manifest
from helpers.sharding.snapshot import within
from helpers.storage import Entry, Folder
from helpers.streaming.shard_reader import CorruptShard, find_samples

READERS = 16
"""Threads that read sidecars."""
_OURS = re.compile(r"(train|validation|test)/\1-\d{6}\.(tar|json)")


class TooManyDropped(RuntimeError):
    """More raw objects are unreadable than --max-dropped allows."""


Relate = Callable[[list[Record], list[Entry]], list[Relation]]
"""Returns the relations of records that repeat others; survey.survey is one."""
Keep = Callable[[list[Record]], tuple[list[Record], list[Remark]]]
"""Returns the records that may be used, and a remark on each other one; stored.stored is one."""


def plan_folder(
    dataset: Dataset,
    raw: Folder,
    *,
    relate: Relate | None = None,
    keep: Keep | None = None,
    seen: Mapping[str, str] | None = None,
    **options: object,
) -> Plan:
    """List a raw folder and plan its shards; `options` go to make_plan.

    Args:
        seen: the snapshot of the objects to use; None for all that are there.
    """
    objects = within(raw.list(), seen)
    records, drops = dataset.records([entry.key for entry in objects], raw.read)
    if keep:
        records, others = keep(records)
        drops = [*drops, *others]
    has_names = any(entry.key == NAMES_KEY for entry in objects)
    names = original_names(records, json.loads(raw.read(NAMES_KEY)) if has_names else {})
    relations = relate(records, objects) if relate else []
    records, copies, joined = survey.apply(relations, records)
    return make_plan(
        dataset.name,
        records,
        [*drops, *copies],
        objects,
        media_prefix=f"{dataset.media_prefix}/",
        joined=joined,
        names=names,
        label_names=dataset.label_names(records),
        labels=dataset.labels,
        **options,
    )


def original_names(records: Iterable[Record], paths: Mapping[str, str]) -> dict[str, str]:
    """Return {record id: path of the user's file} where the file's name differs from the id.

    Args:
        paths: by key, the path in the user's folder where it differs (ids.NAMES_KEY).
    """
    sources = {record.id: paths.get(record.media, record.media) for record in records}
    return {id: path for id, path in sources.items() if PurePosixPath(path).stem != id}


def finished(plan: Plan, out: Folder, known: Mapping[str, dict] | None = None) -> dict[str, dict]:
    """Return the sidecars, by shard name, of shards in `out` that match the plan.

    Sidecars in `known` are not read again.
    """
    sizes = {entry.key: entry.size for entry in out.list(etags=False)}
    notes = dict(known or {})
    fresh = [s for s in plan.shards if s.name not in notes and s.sidecar in sizes]
    with ThreadPoolExecutor(READERS) as pool:
        for shard, note in zip(fresh, pool.map(lambda s: _note(s, out), fresh), strict=True):
            if note and (not note["samples"] or sizes.get(shard.tar) == note["bytes"]):
                notes[shard.name] = note
    return notes


def _note(shard: PlannedShard, out: Folder) -> dict | None:
    """Return a shard's sidecar if it matches this plan, else None."""
    try:
        note = json.loads(out.read(shard.sidecar))
    except (FileNotFoundError, ValueError):
        return None
    return note if note.get("digest") == shard.digest else None


def make_shards(
    shards: list[PlannedShard],
    dataset: Dataset,
    store: str,
    raw: Folder,
    out: Folder,
    *,
    sizes: Mapping[str, int] | None = None,
    threads: int = 16,
    processes: int | None = None,
) -> Iterator[tuple[PlannedShard, dict]]:
    """Make the shards one after the other; yield each with its sidecar once both are written.

    Threads read ahead and processes clean; at most `2 * threads` raw objects are held at a time.
    """
    known = sizes or {}
    with Cleaners(dataset, store, processes) as cleaners, ThreadPoolExecutor(threads) as readers:

        def work(record: Record) -> list[Sample] | Remark:
            return cleaners.clean(record, raw.read(record.media, known.get(record.media)))

        records = (record for shard in shards for record in shard.records)
        outcomes = in_order(readers, work, records, ahead=2 * threads)
        with tempfile.TemporaryDirectory() as scratch:
            for shard in shards:
                with ShardWriter(shard, Path(scratch) / "shard.tar") as writer:
                    for outcome in islice(outcomes, len(shard.records)):
                        writer.add(outcome)
                    note = writer.close()
                if note["samples"]:
                    out.upload(writer.path, shard.tar)
                out.write(shard.sidecar, json.dumps(note, indent=1).encode())
                yield shard, note


def wait_for(
    plan: Plan, out: Folder, notes: Mapping[str, dict], *, limit: float, longest: float = 5.0
) -> dict[str, dict]:
    """Return the sidecars of all shards as the other instances finish them.

    Polls at growing intervals, up to `longest` seconds.

    Raises:
        TimeoutError: no new sidecar came for `limit` seconds.
    """
    since, pause = time.monotonic(), 0.1
    while len(notes) < len(plan.shards):
        notes_now = finished(plan, out, notes)
        if len(notes_now) > len(notes):
            notes, since, pause = notes_now, time.monotonic(), 0.1
            continue
        if time.monotonic() - since > limit:
            missing = [shard.sidecar for shard in plan.shards if shard.name not in notes]
            raise TimeoutError(
                f"Waited {limit:.0f} s for {missing[0]} and {len(missing) - 1} more in {out}:"
                " another instance failed, or the instances don't share this output"
            )
        time.sleep(pause)
        pause = min(2 * pause, longest)
    return dict(notes)


def check_dropped(notes: Iterable[dict], total: int, most: float) -> None:
    """Check that at most a share `most` of `total` raw objects is unreadable.

    Raises:
        TooManyDropped: more are; the message has the most frequent reasons.
    """
    notes = list(notes)
    count = sum(note["unreadable"] for note in notes)
    if count > most * total:
        top = causes(drop for note in notes for drop in note["dropped"])[:3]
        raise TooManyDropped(
            f"{count} of {total} raw objects are unreadable, more than {most:.0%}: "
            + "; ".join(f"{times} x {reason}" for reason, times in top)
        )


def check_shard(out: Folder, shard: PlannedShard, note: dict, dataset: Dataset) -> None:
    """Read a shard back, compare it with its sidecar, and decode its first sample.

    Raises:
        CorruptShard: it differs from the shard that was written.
    """
    data = out.read(shard.tar, note["bytes"])
    if hashlib.md5(data).hexdigest() != note["md5"]:
        raise CorruptShard(f"{shard.tar} in {out} differs from the shard that was written (MD5)")
    position = find_samples(data, shard.tar)[0]
    dataset.decode(data[position.media : position.media + position.media_size])


def finish(plan: Plan, out: Folder, notes: dict[str, dict]) -> Manifest:
    """Remove shards of earlier plans, then write the manifest, whose presence means 'complete'."""
    manifest = build_manifest(plan, notes)
    current = {shard.sidecar for shard in plan.shards}
    current |= {shard.tar for shard in plan.shards if notes[shard.name]["samples"]}
    for entry in out.list(etags=False):
        if _OURS.fullmatch(entry.key) and entry.key not in current:
            out.delete(entry.key)
    out.write(manifests.NAME, manifest.to_json().encode())
    return manifest
