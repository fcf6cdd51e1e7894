"""Fetching bins: a public bucket by file list, resumed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.datasets.bins.fetch import fetch, listed_ids
from helpers.fetch import Outside
from helpers.storage import LocalFolder
from tests.places import REAL_DATA
from tests.publishers import IDS, public_bucket
from tests.s3_server import Server

REAL = REAL_DATA / "bins"


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Server]:
    with public_bucket(tmp_path / "cloud") as server:
        yield server


def test_every_listed_bin_arrives_whole(public: Server, tmp_path: Path) -> None:
    target = LocalFolder(tmp_path / "raw")
    result = fetch(Outside(public.url), IDS, target)
    assert (result.new, result.kept, result.failures) == (60, 0, ())
    assert target.read("bin-images/00004.jpg").endswith(b"00004")
    assert len(list(target.list())) == 60
    assert re.match(r"<Fetched: 60 new .*, 0 kept, 0 failed>", repr(result))


def test_a_second_run_asks_only_for_what_is_missing(public: Server, tmp_path: Path) -> None:
    target = LocalFolder(tmp_path / "raw")
    fetch(Outside(public.url), IDS[:20], target)
    target.delete("metadata/00004.json")
    public.seen.clear()
    result = fetch(Outside(public.url), IDS, target)
    assert (result.new, result.kept) == (21, 39)
    assert len(public.seen) == 21


def test_what_is_not_there_is_listed_and_the_rest_arrives(public: Server, tmp_path: Path) -> None:
    target = LocalFolder(tmp_path / "raw")
    result = fetch(Outside(public.url), [*IDS, "99999"], target)
    assert result.new == 60
    assert [drop.source for drop in result.failures] == [
        "bin-images/99999.jpg",
        "metadata/99999.json",
    ]
    assert "No object" in result.failures[0].reason


def test_a_connection_that_breaks_once_is_tried_again(public: Server, tmp_path: Path) -> None:
    broken = set()

    def meddle(environ: dict, body: Iterator[bytes]) -> Iterator[bytes]:
        path = environ["PATH_INFO"]
        if path.endswith("8.jpg") and path not in broken:
            broken.add(path)
            yield next(body)[:50]
            raise ConnectionAbortedError("cut by the test")
        yield from body

    public.meddle = meddle
    target = LocalFolder(tmp_path / "raw")
    assert fetch(Outside(public.url), IDS, target, threads=4).failures == ()
    assert len(broken) == 6
    assert len(target.read("bin-images/00008.jpg")) == 599


def test_a_bucket_that_gives_nothing_ends_the_fetch(public: Server, tmp_path: Path) -> None:
    ids = [f"none-{n}" for n in range(300)]
    with pytest.raises(ConnectionError, match="Nothing of s3://aft-vbi-pds could be fetched"):
        fetch(Outside(public.url), ids, LocalFolder(tmp_path / "raw"))
    assert len(public.seen) < 300


def test_a_file_list_gives_its_ids() -> None:
    lists = {"2": ["data/metadata/100313.json", "data/metadata/00035.json"], "1": []}
    assert listed_ids(json.dumps(lists).encode()) == ["00035", "100313"]
    with pytest.raises(ValueError, match="Not a file list"):
        listed_ids(b"[1, 2]")


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real/bins is absent")
def test_the_real_file_list_names_10441_bins() -> None:
    ids = listed_ids((REAL / "file_list_10441.json").read_bytes())
    assert len(ids) == len(set(ids)) == 10_441
