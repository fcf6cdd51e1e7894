"""Fetching the real data sets: a public bucket by file list, a Kaggle archive; both resumed."""

import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from werkzeug import Request, Response
from werkzeug.serving import make_server

from helpers.datasets import download, fetch, load_dataset
from helpers.storage import LocalFolder
from tests.places import REAL_DATA
from tests.s3_server import Server, serve

IDS = [f"{n:05d}" for n in range(0, 60, 2)]
REAL = REAL_DATA / "bins"


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Server]:
    with serve(tmp_path / "cloud", "aft-vbi-pds") as server:
        for i in IDS:
            server.store.put("aft-vbi-pds", f"bin-images/{i}.jpg", b"photo " * 99 + i.encode())
            server.store.put("aft-vbi-pds", f"metadata/{i}.json", b'{"EXPECTED_QUANTITY": 1}')
        server.seen.clear()
        yield server


def unsigned(server: Server):
    """Return a client without credentials, as the real bucket is read."""
    import boto3

    options = Config(
        signature_version=UNSIGNED, s3={"addressing_style": "path"}, max_pool_connections=16
    )
    return boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", config=options)


def test_every_listed_bin_arrives_whole(public: Server, tmp_path: Path) -> None:
    target = LocalFolder(tmp_path / "raw")
    result = fetch.fetch_bins(unsigned(public), IDS, target)
    assert (result.new, result.kept, result.failures) == (60, 0, ())
    assert target.read("bin-images/00004.jpg").endswith(b"00004")
    assert len(list(target.list())) == 60
    assert re.match(r"<Fetched: 60 new .*, 0 kept, 0 failed>", repr(result))


def test_a_second_run_asks_only_for_what_is_missing(public: Server, tmp_path: Path) -> None:
    target = LocalFolder(tmp_path / "raw")
    fetch.fetch_bins(unsigned(public), IDS[:20], target)
    target.delete("metadata/00004.json")
    public.seen.clear()
    result = fetch.fetch_bins(unsigned(public), IDS, target)
    assert (result.new, result.kept) == (21, 39)
    assert len(public.seen) == 21


def test_what_is_not_there_is_listed_and_the_rest_arrives(public: Server, tmp_path: Path) -> None:
    target = LocalFolder(tmp_path / "raw")
    result = fetch.fetch_bins(unsigned(public), [*IDS, "99999"], target)
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
    assert fetch.fetch_bins(unsigned(public), IDS, target, threads=4).failures == ()
    assert len(broken) == 6
    assert len(target.read("bin-images/00008.jpg")) == 599


def test_a_bucket_that_gives_nothing_ends_the_fetch(public: Server, tmp_path: Path) -> None:
    ids = [f"none-{n}" for n in range(300)]
    with pytest.raises(ConnectionError, match="Nothing of s3://aft-vbi-pds could be fetched"):
        fetch.fetch_bins(unsigned(public), ids, LocalFolder(tmp_path / "raw"))
    assert len(public.seen) < 300


def test_a_file_list_gives_its_ids() -> None:
    lists = {"2": ["data/metadata/100313.json", "data/metadata/00035.json"], "1": []}
    assert fetch.listed_ids(json.dumps(lists).encode()) == ["00035", "100313"]
    with pytest.raises(ValueError, match="Not a file list"):
        fetch.listed_ids(b"[1, 2]")


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real/bins is absent")
def test_the_real_file_list_names_10441_bins() -> None:
    ids = fetch.listed_ids((REAL / "file_list_10441.json").read_bytes())
    assert len(ids) == len(set(ids)) == 10_441


def archive(**files: bytes) -> bytes:
    """Return a zip with the files of a competition."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return buffer.getvalue()


BIRDCLEF = archive(
    **{
        "train_metadata.csv": b"primary_label\nabethr1\n",
        "taxonomy.csv": b"primary_label\n",
        "sample_submission.csv": b"row_id\n",
        "train_audio/abethr1/XC1.ogg": b"OggS" * 40_000,
        "train_audio/abethr1/XC2.ogg": b"OggS" * 9,
    }
)


class Kaggle:
    """Answers as Kaggle's download-all does: Basic credentials, then a redirect to storage."""

    def __init__(self, data: bytes = BIRDCLEF):
        self.data, self.asked, self.cut = data, [], 0
        server = make_server("127.0.0.1", 0, self, threaded=True)
        server.log = lambda *_: None
        self.url, self._server = f"http://127.0.0.1:{server.port}", server
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def __call__(self, environ: dict, start_response) -> Iterator[bytes]:
        request = Request(environ)
        if request.path == "/api/v1/competitions/data/download-all/birdclef-2025":
            known = request.authorization and request.authorization.password == "key"
            answer = Response(status=302, headers={"Location": "/storage"})
            return (answer if known else Response(status=401))(environ, start_response)
        self.asked.append(request.headers.get("Range", ""))
        return self._storage(request)(environ, start_response)

    def _storage(self, request: Request) -> Response:
        found = re.match(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start, total = int(found[1]) if found else 0, len(self.data)
        if start >= total:
            return Response(status=416, headers={"Content-Range": f"bytes */{total}"})
        body = self.data[start:]
        headers = {"Content-Length": str(len(body))}
        if found:
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        if self.cut:
            self.cut, body = self.cut - 1, body[:49_152]
        return Response(iter([body]), 206 if found else 200, headers)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


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
    result = fetch.fetch_birds(http, tmp_path, url=kaggle.url)
    assert (result.new, result.kept) == (4, 0)
    assert (tmp_path / "train_audio/abethr1/XC1.ogg").stat().st_size == 160_000
    assert not (tmp_path / "sample_submission.csv").exists()
    again = fetch.fetch_birds(http, tmp_path, url=kaggle.url)
    assert (again.new, again.kept, len(kaggle.asked)) == (0, 4, 1)


def test_a_download_that_breaks_goes_on_at_the_byte(kaggle, http, tmp_path: Path) -> None:
    kaggle.cut = 2
    assert fetch.fetch_birds(http, tmp_path, url=kaggle.url).new == 4
    assert kaggle.asked == ["", "bytes=49152-", "bytes=98304-"]


def test_a_killed_download_is_continued_by_the_next_run(kaggle, http, tmp_path: Path) -> None:
    (tmp_path / "birdclef-2025.zip.part").write_bytes(BIRDCLEF[:1234])
    assert fetch.fetch_birds(http, tmp_path, url=kaggle.url).new == 4
    assert kaggle.asked == ["bytes=1234-"]


def test_credentials_that_kaggle_refuses_say_what_to_do(kaggle, http, tmp_path: Path) -> None:
    http.auth = ("user", "wrong")
    with pytest.raises(PermissionError, match="accept the rules at .*/birdclef-2025/rules"):
        fetch.fetch_birds(http, tmp_path, url=kaggle.url)


def test_a_server_that_never_answers_ends_with_what_is_kept(kaggle, http, tmp_path: Path) -> None:
    kaggle.close()
    with pytest.raises(ConnectionError, match="run it again"):
        fetch.fetch_birds(http, tmp_path, url=kaggle.url)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"no zip at all", "is damaged"), (archive(**{"a.csv": b"1"}), "holds no train_audio")],
)
def test_an_archive_of_something_else_is_refused(data, reason, kaggle, http, tmp_path) -> None:
    kaggle.data = data
    with pytest.raises(ValueError, match=reason):
        fetch.fetch_birds(http, tmp_path, url=kaggle.url)


def test_a_member_cannot_leave_the_folder(kaggle, http, tmp_path: Path) -> None:
    kaggle.data = archive(**{"train_audio/a/1.ogg": b"x", "train_audio/../../evil.ogg": b"x"})
    with pytest.raises(ValueError, match="train_audio/../../evil.ogg"):
        fetch.fetch_birds(http, tmp_path / "raw", url=kaggle.url)
    assert [path.name for path in tmp_path.rglob("*.*")] == ["birdclef-2025.zip"]


def command(*arguments: object) -> fetch.Fetched:
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
