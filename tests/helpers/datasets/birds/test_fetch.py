"""Fetching birds: a Kaggle archive, resumed and unpacked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from helpers.datasets import download
from helpers.datasets.birds.fetch import fetch
from tests.publishers import BIRDCLEF, Kaggle, archive


@pytest.fixture
def kaggle(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kaggle]:
    monkeypatch.setattr(download.time, "sleep", lambda _: None)
    server = Kaggle()
    yield server
    server.close()


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.auth = ("user", "key")
        yield session


def test_a_birdclef_archive_is_unpacked_to_the_raw_layout(kaggle, http, tmp_path: Path) -> None:
    result = fetch(http, tmp_path, url=kaggle.url)
    assert (result.new, result.kept) == (4, 0)
    assert (tmp_path / "train_audio/abethr1/XC1.ogg").stat().st_size == 160_000
    assert not (tmp_path / "sample_submission.csv").exists()
    again = fetch(http, tmp_path, url=kaggle.url)
    assert (again.new, again.kept, len(kaggle.asked)) == (0, 4, 1)


def test_a_download_that_breaks_goes_on_at_the_byte(kaggle, http, tmp_path: Path) -> None:
    kaggle.cut = 2
    assert fetch(http, tmp_path, url=kaggle.url).new == 4
    assert kaggle.asked == ["", "bytes=49152-", "bytes=98304-"]


def test_a_killed_download_is_continued_by_the_next_run(kaggle, http, tmp_path: Path) -> None:
    (tmp_path / "birdclef-2025.zip.part").write_bytes(BIRDCLEF[:1234])
    assert fetch(http, tmp_path, url=kaggle.url).new == 4
    assert kaggle.asked == ["bytes=1234-"]


def test_credentials_that_kaggle_refuses_say_what_to_do(kaggle, http, tmp_path: Path) -> None:
    http.auth = ("user", "wrong")
    with pytest.raises(PermissionError, match="accept the rules at .*/birdclef-2025/rules"):
        fetch(http, tmp_path, url=kaggle.url)


def test_a_server_that_never_answers_ends_with_what_is_kept(kaggle, http, tmp_path: Path) -> None:
    kaggle.close()
    with pytest.raises(ConnectionError, match="run it again"):
        fetch(http, tmp_path, url=kaggle.url)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"no zip at all", "is damaged"), (archive(**{"a.csv": b"1"}), "holds no train_audio")],
)
def test_an_archive_of_something_else_is_refused(data, reason, kaggle, http, tmp_path) -> None:
    kaggle.data = data
    with pytest.raises(ValueError, match=reason):
        fetch(http, tmp_path, url=kaggle.url)


def test_a_member_cannot_leave_the_folder(kaggle, http, tmp_path: Path) -> None:
    kaggle.data = archive(**{"train_audio/a/1.ogg": b"x", "train_audio/../../evil.ogg": b"x"})
    with pytest.raises(ValueError, match="train_audio/../../evil.ogg"):
        fetch(http, tmp_path / "raw", url=kaggle.url)
    assert [path.name for path in tmp_path.rglob("*.*")] == ["birdclef-2025.zip"]
