"""The raw data come from where the configuration says, laid out alike."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import raw_data
from helpers.raw_data import raw_folder
from tests.sounds import chirp, file_of


@pytest.fixture
def calls(tmp_path):
    """Return a folder of recordings, one folder a class, with one file that is no recording."""
    folder = tmp_path / "calls"
    for label in ("wren", "owl"):
        (folder / label).mkdir(parents=True)
        (folder / label / f"{label}1.wav").write_bytes(file_of(chirp(1.0)))
    (folder / "owl" / "broken.wav").write_text("none")
    (folder / "owl" / "notes.txt").write_text("none")
    return folder


def media(folder):
    return {path.stem: path.read_bytes() for path in (folder / "train_audio").rglob("*.*")}


def test_a_folder_of_ones_own_is_laid_out_with_its_bytes_unchanged(config, calls):
    folder, left_out = raw_folder(dataclasses.replace(config, raw=str(calls)))
    assert sorted(media(folder).values()) == sorted(p.read_bytes() for p in calls.rglob("*.wav"))
    assert len(list(folder.glob("metadata/*.json"))) == 3
    assert [drop.source for drop in left_out] == ["owl/notes.txt"]


def test_a_prefix_in_s3_is_laid_out_like_a_folder(aws, config, calls):
    for path in calls.rglob("*.wav"):
        aws.store.put(config.bucket, f"mine/{path.relative_to(calls)}", path)
    near, _ = raw_folder(dataclasses.replace(config, raw=str(calls)))
    far, _ = raw_folder(dataclasses.replace(config, raw=f"s3://{config.bucket}/mine/"))
    assert media(far) == media(near)


@pytest.mark.parametrize("prefix", ["none", "none/", "min", "mine/owl/1.wav", "MINE"])
def test_a_prefix_without_an_object_is_named_with_what_to_do(aws, config, prefix):
    aws.store.put(config.bucket, "mine/owl/1.wav", file_of(chirp(1.0)))
    uri = f"s3://{config.bucket}/{prefix}"
    with pytest.raises(ValueError, match=f"below {uri.rstrip('/')}/: set COURSE_RAW to a prefix"):
        raw_folder(dataclasses.replace(config, raw=uri))


def test_without_ones_own_the_sample_is_made(config, monkeypatch):
    made = []

    class Small:
        def make_sample(self, folder):
            made.append(folder)

    monkeypatch.setattr(raw_data, "load_dataset", lambda name: Small())
    folder, left_out = raw_folder(config)
    assert made == [folder] and left_out == []


def test_a_folder_with_nothing_to_use_says_so(config, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="recordings"):
        raw_folder(dataclasses.replace(config, raw=str(tmp_path / "empty")))


def test_without_a_bucket_it_names_the_notebook_that_makes_it(aws, config, calls):
    aws.store.delete_bucket(config.bucket)
    with pytest.raises(LookupError, match="run notebooks/00 first"):
        raw_folder(dataclasses.replace(config, raw=str(calls)))


def test_the_folder_goes_with_the_process(config, calls):
    settings = vars(dataclasses.replace(config, raw=str(calls)))
    code = (
        "from helpers.account_settings import AccountSettings\n"
        "from helpers.config import Config\nfrom helpers.raw_data import raw_folder\n"
        f"print(raw_folder(Config(**{settings!r}))[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout, done.stderr
    assert not Path(done.stdout.strip()).exists()
