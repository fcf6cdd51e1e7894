"""Both data sets through the sharding job with broken files among them: listed, or too many."""

import json
import tarfile
from pathlib import Path

import pytest

from helpers.datasets import load_dataset
from helpers.evaluation.model_card import Card, Facts
from helpers.manifest import load_manifest
from helpers.sharding.instance import TooManyDropped
from helpers.storage import LocalFolder
from scripts_process import shard

FACTS = Facts("job", "arn", "image", "s3://model", "58 s on 2 instances", "Made sample data")
SIZES = {
    "birds": {"recordings": 40, "recordists": 8, "species": 3},
    "bins": {"images": 40, "broken": 0},
}


@pytest.fixture(scope="module", params=SIZES)
def clean(request, tmp_path_factory) -> tuple[str, Path, set[str]]:
    """A data set's name, its raw files, and what its own dirt makes the job drop."""
    raw = tmp_path_factory.mktemp(request.param) / "raw"
    load_dataset(request.param).make_sample(raw, **SIZES[request.param])
    return request.param, raw, dropped(request.param, raw, raw.parent / "out")


def dropped(name: str, raw: Path, out: Path, *more: str) -> set[str]:
    """Run the job and return the raw objects that its manifest lists as dropped."""
    arguments = ["--dataset", name, "--raw", str(raw), "--output", str(out), *more]
    shard.main(shard.parse_args(arguments))
    drops = load_manifest(LocalFolder(out)).dropped
    assert len(drops) == len({drop.source for drop in drops}) and all(d.reason for d in drops)
    return {drop.source for drop in drops}


@pytest.fixture
def spoilt(clean, tmp_path):
    """Return a function that copies the raw files and spoils some that are fine."""
    name, raw, known = clean

    def spoilt(count: int) -> tuple[Path, set[str]]:
        copy = LocalFolder(tmp_path / "raw")
        media = load_dataset(name).media_prefix
        for entry in LocalFolder(raw).list(etags=False):
            copy.upload(raw / entry.key, entry.key)
        fine = [e.key for e in copy.list(f"{media}/") if e.key not in known]
        chosen = fine[:: len(fine) // count][:count]
        for n, key in enumerate(chosen):
            data = copy.read(key)
            wrong = [data[: len(data) // 2], b"<html>404</html>", b"", data[:100]]
            copy.write(key, wrong[n % 4])
        return copy.root, set(chosen)

    return spoilt


def sources(out: Path) -> set[str]:
    """Return the raw objects that the samples in a folder of shards came from."""
    found = set()
    for path in out.glob("*/*.tar"):
        with tarfile.open(path) as tar:
            metas = [tar.extractfile(name) for name in tar.getnames() if name.endswith(".json")]
            found |= {json.load(meta)["source"] for meta in metas}
    return found


def test_every_raw_object_is_used_or_listed_and_the_card_says_the_same(clean):
    name, raw, known = clean
    manifest = load_manifest(LocalFolder(raw.parent / "out"))
    media = {entry.key for entry in LocalFolder(raw).list(f"{load_dataset(name).media_prefix}/")}
    used, account = sources(raw.parent / "out"), manifest.account
    assert used | known >= media and not used & known
    counts = len(media), len(used), len(media & known), len(known - media)
    assert (account.objects, account.used, account.unused, account.rows) == counts
    assert f"{len(used)} of {len(media)} raw objects" in repr(manifest)
    assert f"{len(used)} of {len(media)} raw objects" in Card(manifest, {}, FACTS).data()


def test_five_percent_broken_files_are_listed_exactly(clean, spoilt, tmp_path):
    name, _, known = clean
    raw, keys = spoilt(2)
    assert dropped(name, raw, tmp_path / "out") == known | keys


def test_sixty_percent_broken_files_fail_the_job_with_the_cause(clean, spoilt, tmp_path):
    raw, keys = spoilt(24)
    with pytest.raises(TooManyDropped, match=f"^{len(keys)} of .* unreadable, more than 20%: .* x"):
        dropped(clean[0], raw, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
