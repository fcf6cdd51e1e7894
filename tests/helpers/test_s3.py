"""Bulk S3 against a real server, with connections that break."""

import pytest

from helpers.paths import UnsafeName
from helpers.s3 import (
    S3Prefix,
    download_prefix,
    join_uri,
    list_objects,
    open_folder,
    parse_uri,
    read_object,
    upload_folder,
)
from helpers.storage import LocalFolder
from tests.s3_server import breaking, serve

BYTES = bytes(range(256)) * 12_000


@pytest.fixture
def server(tmp_path):
    with serve(tmp_path, "birds") as running:
        yield running


@pytest.mark.parametrize(
    "uri, parts",
    [
        ("s3://b/a/c.ogg", ("b", "a/c.ogg")),
        ("s3://b", ("b", "")),
        ("s3://b/", ("b", "")),
        ("s3://b/a b%20/ü", ("b", "a b%20/ü")),
    ],
)
def test_a_uri_is_bucket_and_key(uri, parts):
    assert parse_uri(uri) == parts


@pytest.mark.parametrize("uri", ["", "b/a", "s3://", "s3:///a", "http://b/a"])
def test_what_is_no_uri_is_refused(uri):
    with pytest.raises(ValueError, match="Expected s3://bucket/prefix"):
        parse_uri(uri)


def test_parts_are_joined_by_one_slash():
    assert join_uri("s3://b/a/", "/c", "d") == "s3://b/a/c/d"


def test_a_folder_goes_up_and_comes_back_the_same(server, tmp_path):
    for n in range(30):
        path = tmp_path / "raw" / f"folder {n % 3}" / f"ü{n}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(BYTES[: n * 100])
    assert upload_folder(server.client(), tmp_path / "raw", "s3://birds/raw", threads=4) == 30
    assert download_prefix(server.client(), "s3://birds/raw", tmp_path / "back", threads=4) == 30
    for path in (tmp_path / "raw").rglob("*.bin"):
        copy = tmp_path / "back" / path.relative_to(tmp_path / "raw")
        assert copy.read_bytes() == path.read_bytes()


def test_a_download_run_again_asks_for_nothing_twice(server, tmp_path):
    server.client().put_object(Bucket="birds", Key="raw/a", Body=b"abc")
    download_prefix(server.client(), "s3://birds/raw", tmp_path / "back")
    server.seen.clear()
    assert download_prefix(server.client(), "s3://birds/raw", tmp_path / "back") == 1
    assert [path for _, path, _ in server.seen] == ["/birds"]


@pytest.mark.parametrize(
    "key", ["raw/../evil", "raw/a/../../evil", "raw//x", "raw/./x", "raw/x/", "raw/good/x"]
)
def test_a_key_that_can_be_no_file_ends_a_download_before_it_writes(server, tmp_path, key):
    for each in ("raw/good", key):
        server.client().put_object(Bucket="birds", Key=each, Body=b"1")
    before = set(tmp_path.rglob("*"))
    with pytest.raises(UnsafeName, match=key.removeprefix("raw/")):
        download_prefix(server.client(), "s3://birds/raw", tmp_path / "back")
    assert set(tmp_path.rglob("*")) == before


def test_names_like_those_of_half_files_come_down_beside_each_other(server, tmp_path):
    for key in ("a", "a.part", "a.part.part", ".a"):
        server.client().put_object(Bucket="birds", Key=f"raw/{key}", Body=key.encode() * 1000)
    download_prefix(server.client(), "s3://birds/raw", tmp_path / "back")
    files = {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()}
    assert files == {key: key.encode() * 1000 for key in ("a", "a.part", "a.part.part", ".a")}


def test_a_listing_is_of_the_folder_alone_and_in_order(server):
    for key in ("raw/b", "raw/a/c", "rawness", "raw/"):
        server.client().put_object(Bucket="birds", Key=key, Body=b"1")
    assert [entry.key for entry in list_objects(server.client(), "s3://birds/raw")] == ["a/c", "b"]


def test_a_listing_of_many_pages_is_whole(server):
    for n in range(1100):
        server.store.put("birds", f"raw/{n:05d}", b"x")
    found = [entry.key for entry in list_objects(server.client(), "s3://birds/raw")]
    assert found == [f"{n:05d}" for n in range(1100)]


@pytest.mark.parametrize("after", [0, 1, 70_000, 2_000_000])
def test_a_broken_read_goes_on_at_its_byte(server, after):
    server.client().put_object(Bucket="birds", Key="a", Body=BYTES)
    server.meddle = breaking(after, times=3)
    assert read_object(server.client(), "s3://birds/a", len(BYTES)) == BYTES
    starts = [int(asked.split("=")[1].split("-")[0]) for *_, asked in server.seen if asked]
    assert starts == [after * n for n in range(4) if after * n < len(BYTES)]


def test_a_read_that_never_gets_on_says_where_it_is_stuck(server, monkeypatch):
    monkeypatch.setattr("helpers.storage.time.sleep", lambda seconds: None)
    server.client().put_object(Bucket="birds", Key="a", Body=BYTES)
    server.meddle = breaking(0, times=100)
    with pytest.raises(ConnectionError, match="stuck at byte 0 of 3,072,000 after 6 tries"):
        read_object(server.client(), "s3://birds/a", len(BYTES))


@pytest.mark.parametrize("size", [None, 5])
def test_an_object_that_is_not_there_is_named(server, size):
    with pytest.raises(FileNotFoundError, match="s3://birds/nothing"):
        read_object(server.client(), "s3://birds/nothing", size)


def test_an_object_shorter_than_expected_is_an_error_and_no_wait(server):
    server.client().put_object(Bucket="birds", Key="a", Body=b"12345")
    with pytest.raises(EOFError, match="ends at byte 5 of 9"):
        read_object(server.client(), "s3://birds/a", 9)


@pytest.fixture(params=["disk", "s3"])
def folder(request, server, tmp_path):
    place = tmp_path / "out" if request.param == "disk" else "s3://birds/out"
    return open_folder(place, server.client)


def test_a_folder_is_the_same_on_disk_and_in_s3(folder, tmp_path):
    folder.write("train/a.json", b"{}")
    folder.write("train/a.json", b"{1}")
    (tmp_path / "file").write_bytes(b"tar")
    folder.upload(tmp_path / "file", "train/a.tar")
    folder.write("other", b"")
    found = list(folder.list())
    assert [(e.key, e.size) for e in found] == [
        ("other", 0),
        ("train/a.json", 3),
        ("train/a.tar", 3),
    ]
    assert [entry.key for entry in folder.list("train/a.j")] == ["train/a.json"]
    assert folder.read("train/a.json") == b"{1}"
    folder.delete("other")
    folder.delete("other")
    with pytest.raises(FileNotFoundError):
        folder.read("other")


def test_a_path_needs_no_client(tmp_path):
    assert isinstance(open_folder(tmp_path, None), LocalFolder)
    assert isinstance(open_folder("s3://b/p", lambda: "client"), S3Prefix)


def test_etags_on_disk_are_those_of_s3(server, tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a").write_bytes(BYTES)
    upload_folder(server.client(), tmp_path / "raw", "s3://birds/raw")
    assert list(LocalFolder(tmp_path / "raw").list()) == list(
        S3Prefix(server.client(), "s3://birds/raw").list()
    )
