"""The command that fetches a real data set: what it brings is raw data of the course."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers import fetch
from helpers.datasets import load_dataset
from helpers.datasets.fetching import Fetched
from tests.publishers import IDS, Kaggle, archive, public_bucket
from tests.s3_server import Server


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Server]:
    with public_bucket(tmp_path / "cloud") as server:
        yield server


@pytest.fixture
def kaggle() -> Iterator[Kaggle]:
    server = Kaggle()
    yield server
    server.close()


def command(*arguments: object) -> Fetched:
    return fetch.main(fetch.parse_args([str(argument) for argument in arguments]))


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAGGLE_USERNAME", "user")
    monkeypatch.setenv("KAGGLE_KEY", "key")


def test_bins_fetched_by_the_command_are_raw_data_of_the_course(public, tmp_path, capsys) -> None:
    (tmp_path / "list.json").write_text(json.dumps({"1": [f"data/metadata/{i}.json" for i in IDS]}))
    to, raw = tmp_path / "fetched", tmp_path / "raw"
    command("bins", "--to", to, "--list", tmp_path / "list.json", "--url", public.url)
    assert f"COURSE_DATASET=bins COURSE_RAW={to}" in capsys.readouterr().out
    assert load_dataset("bins").ingest(to, raw) == []
    assert len(list((raw / "bin-images").iterdir())) == len(IDS)


def test_bins_without_a_list_are_the_buckets_first(public, tmp_path: Path) -> None:
    assert command("bins", "--to", tmp_path, "--first", 3, "--url", public.url).new == 6
    assert {path.stem for path in (tmp_path / "metadata").iterdir()} == set(IDS[:3])


def test_what_fails_is_printed_with_its_reason(public, tmp_path: Path, capsys) -> None:
    (tmp_path / "list.json").write_text('{"1": ["metadata/00002.json", "metadata/gone.json"]}')
    command("bins", "--to", tmp_path, "--list", tmp_path / "list.json", "--url", public.url)
    assert "metadata/gone.json - No object" in capsys.readouterr().out


def test_birds_fetched_by_the_command_are_raw_data_of_the_course(kaggle, keys, tmp_path) -> None:
    kaggle.data = archive(
        **{
            "train_metadata.csv": b"primary_label,filename\r\nowl,owl/XC1.ogg\r\n",
            "train_audio/owl/XC1.ogg": b"OggS",
        }
    )
    assert command("birds", "--to", tmp_path / "fetched", "--url", kaggle.url).new == 2
    assert load_dataset("birds").ingest(tmp_path / "fetched", tmp_path / "raw") == []
    assert (tmp_path / "raw" / "train_audio" / "owl" / "XC1.ogg").read_bytes() == b"OggS"
