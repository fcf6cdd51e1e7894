"""Surveys every raw object before the split, on all instances together, to find copies.

It knows folders and data sets through their interfaces. A data set that `seeks_copies` finds the
records that repeat others by its `survey` and `relate`; the split then keeps these together. The
work is cut into parts of a fixed size, so the result is the same for any number of instances, and
a part that the output has already is not made again. The parts stay: shards that are made later, of
these objects and new ones, look at the new ones alone.
"""

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from helpers.datasets.base import Dataset
from helpers.samples import Record, Relation, Remark
from helpers.sharding.cleaners import Cleaners, in_order
from helpers.storage import Entry, Folder

FORMAT = 2
"""Part of every digest: raise it when the same objects give other findings."""
PART = 64
"""Records in one part: few enough that two instances get equal shares of a small data set."""
RELATIONS = "survey/relations.json"
OURS = re.compile(r"survey/part-\d{6}\.json")
READERS = 16
"""Parts that are read at a time."""


@dataclass(frozen=True)
class Part:
    """Records that are surveyed together."""

    key: str
    records: tuple[Record, ...]
    digest: str
    """Hash of the records and their objects' etags."""


def survey(
    dataset: Dataset,
    raw: Folder,
    out: Folder,
    records: Sequence[Record],
    objects: Iterable[Entry],
    *,
    rank: int = 0,
    instances: int = 1,
    threads: int = 16,
    processes: int | None = None,
    limit: float = 1800,
    earlier: Folder | None = None,
) -> list[Relation]:
    """Survey this instance's share; return the relations of records that repeat others.

    Args:
        earlier: the output of an earlier survey; its findings of unchanged objects are used again.

    Raises:
        TimeoutError: nothing new came from the other instances for `limit` seconds.
    """
    if not dataset.seeks_copies or not records:
        return []
    listing = {entry.key: entry for entry in objects}
    parts = cut(dataset.name, records, listing)
    whole = _hash([part.digest for part in parts])
    if (known := _load(out, RELATIONS, whole)) is not None:
        return [Relation(**row) for row in known]
    done = _findings(out, parts)
    todo = [part for part in parts[rank::instances] if part.key not in done]
    known = _known(earlier or out, dataset.name, todo, listing)
    _look(todo, dataset, raw, out, listing, known, threads, processes)
    if rank:
        rows = _until(lambda: _load(out, RELATIONS, whole), RELATIONS, out, limit)
        return [Relation(**row) for row in rows]
    findings = _all_findings(out, parts, limit)
    relations = dataset.relate(records, findings)
    _save(out, RELATIONS, whole, [asdict(relation) for relation in relations])
    for key in _parts_of(out) - {part.key for part in parts}:
        out.delete(key)
    return relations


def apply(
    relations: Iterable[Relation], records: Iterable[Record]
) -> tuple[list[Record], list[Remark], list[Remark]]:
    """Return the kept records with their new groups, the dropped copies, and the joined copies."""
    by_id = {record.id: record for record in records}
    dropped, joined = [], []
    for one in relations:
        (dropped if one.dropped else joined).append(Remark(by_id[one.id].media, one.reason))
        if one.dropped:
            del by_id[one.id]
            continue
        for id in {one.id, one.other} & by_id.keys():
            groups = dict.fromkeys((*by_id[id].groups, f"copies:{one.other}"))
            by_id[id] = replace(by_id[id], groups=tuple(groups))
    return list(by_id.values()), dropped, joined


def cut(dataset: str, records: Sequence[Record], listing: Mapping[str, Entry]) -> list[Part]:
    """Cut the records, in the order of their ids, into parts of `PART`."""
    ordered = sorted(records, key=lambda record: record.id)
    parts = []
    for index, at in enumerate(range(0, len(ordered), PART)):
        inside = tuple(ordered[at : at + PART])
        rows = [[r.id, r.label, r.media, listing[r.media].etag] for r in inside]
        parts.append(Part(f"survey/part-{index:06d}.json", inside, _hash([FORMAT, dataset, rows])))
    return parts


def _look(
    parts: list[Part],
    dataset: Dataset,
    raw: Folder,
    out: Folder,
    listing: Mapping[str, Entry],
    known: Mapping[str, str],
    threads: int,
    processes: int | None,
) -> None:
    """Survey parts one after the other, reading ahead over their borders."""
    if not parts:
        return
    with Cleaners(dataset, "", processes) as cleaners, ThreadPoolExecutor(threads) as readers:

        def work(key: str) -> str:
            data = cleaners.survey(raw.read(key, listing[key].size))
            return base64.b64encode(data).decode()

        media = (r.media for part in parts for r in part.records if r.id not in known)
        payloads = in_order(readers, work, media, ahead=2 * threads)
        for part in parts:
            rows = {
                r.id: [listing[r.media].etag, known[r.id] if r.id in known else next(payloads)]
                for r in part.records
            }
            _save(out, part.key, part.digest, rows, of=[FORMAT, dataset.name])


def _known(
    earlier: Folder, dataset: str, parts: Iterable[Part], listing: Mapping[str, Entry]
) -> dict[str, str]:
    """Return the findings of an earlier survey, by id, for objects that are what they were."""
    etags = {record.id: listing[record.media].etag for part in parts for record in part.records}
    if not etags:
        return {}
    with ThreadPoolExecutor(READERS) as pool:
        notes = pool.map(partial(_note, earlier), _parts_of(earlier))
        rows = [note["rows"] for note in notes if note.get("of") == [FORMAT, dataset]]
    return {
        id: finding
        for part in rows
        for id, (etag, finding) in part.items()
        if etags.get(id) == etag
    }


def _parts_of(folder: Folder) -> set[str]:
    """Return the keys of the parts in a folder, of whatever survey."""
    keys = (entry.key for entry in folder.list("survey/", etags=False))
    return {key for key in keys if OURS.fullmatch(key)}


def _findings(out: Folder, parts: Iterable[Part]) -> dict[str, dict[str, bytes]]:
    """Return the findings of the parts that the output has, by part."""
    there = _parts_of(out)
    asked = [part for part in parts if part.key in there]
    with ThreadPoolExecutor(READERS) as pool:
        loaded = [*pool.map(lambda part: _load(out, part.key, part.digest), asked)]
    return {
        part.key: {id: base64.b64decode(text) for id, (_, text) in rows.items()}
        for part, rows in zip(asked, loaded, strict=True)
        if rows is not None
    }


def _all_findings(out: Folder, parts: list[Part], limit: float) -> dict[str, bytes]:
    """Return all records' findings, once the output has all parts."""
    done: dict[str, dict[str, bytes]] = {}
    while missing := [part for part in parts if part.key not in done]:
        done |= _until(lambda: _findings(out, missing) or None, missing[0].key, out, limit)
    return {id: data for rows in done.values() for id, data in rows.items()}


def _until(look: Callable[[], Any], what: str, out: Folder, limit: float) -> Any:
    """Return the result of `look`, called at growing intervals."""
    since, pause = time.monotonic(), 0.1
    while (result := look()) is None:
        if time.monotonic() - since > limit:
            raise TimeoutError(
                f"Waited {limit:.0f} s for {what} in {out}: another instance failed, or the"
                " instances don't share this output"
            )
        time.sleep(pause)
        pause = min(2 * pause, 5.0)
    return result


def _save(out: Folder, key: str, digest: str, rows: Any, **more: Any) -> None:
    """Write rows with the digest of their sources."""
    out.write(key, json.dumps({"digest": digest, **more, "rows": rows}, indent=1).encode())


def _load(out: Folder, key: str, digest: str) -> Any:
    """Return the rows of a key if they have this digest, else None."""
    note = _note(out, key)
    return note["rows"] if note.get("digest") == digest else None


def _note(folder: Folder, key: str) -> dict:
    """Return what a key holds; nothing where it is missing or torn."""
    try:
        return json.loads(folder.read(key))
    except (FileNotFoundError, ValueError):
        return {}


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
