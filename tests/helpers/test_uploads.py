"""Raw data goes to a prefix of its own; nothing else is mixed in, and nothing deleted unasked."""

import dataclasses
from pathlib import Path

import pytest

from helpers import uploads
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.uploads import OtherObjects, check_raw, load_record, upload_raw


def folder(place: Path, **files: bytes) -> Path:
    for name, data in files.items():
        path = place / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return place


def held(config) -> dict[str, bytes]:
    prefix = S3Prefix(client(config, "s3"), config.uri("raw"))
    return {entry.key: prefix.read(entry.key) for entry in prefix.list()}


def of(config, raw: str | None):
    return dataclasses.replace(config, raw=raw)


SOURCES = [None, "/data/mine", "/data/other/mine", "/data/Mine", "s3://b/mine", "s3://b/日本"]


def test_every_source_has_folders_and_a_database_of_its_own(config):
    made = [of(config, raw) for raw in SOURCES]
    made += [dataclasses.replace(each, dataset="bins") for each in made]
    assert len({each.uri("raw") for each in made}) == len({each.uri("shards") for each in made})
    assert len({each.key("tables") for each in made}) == 2 * len(SOURCES)
    assert len({each.database for each in made}) == len(SOURCES)
    assert of(config, "s3://b/mine/").folder == of(config, "s3://b/mine").folder
    assert all(each.database.replace("_", "").isalnum() for each in made)


def test_a_second_data_set_does_not_mix_with_the_first(config, tmp_path):
    sample = folder(tmp_path / "sample", media__a=b"a", media__b=b"b")
    other = folder(tmp_path / "own", media__a=b"another a", media__c=b"c")
    mine = of(config, str(other))
    upload_raw(config, sample)
    upload_raw(mine, other)
    assert held(config) == {"media/a": b"a", "media/b": b"b"}
    assert held(mine) == {"media/a": b"another a", "media/c": b"c"}
    assert upload_raw(config, sample).sent == 0


def test_an_upload_that_broke_off_goes_on_and_is_known_to_be_unfinished(
    config, tmp_path, monkeypatch
):
    files = folder(tmp_path / "own", **{f"media__{n}": bytes([n]) for n in range(9)})
    put = S3Prefix.upload

    def breaks(self, path, key):
        if key == "media/5":
            raise ConnectionError("broken")
        put(self, path, key)

    monkeypatch.setattr(S3Prefix, "upload", breaks)
    with pytest.raises(ConnectionError):
        upload_raw(config, files, threads=1)
    with pytest.raises(LookupError, match="not finished: run notebooks/01"):
        check_raw(config)
    monkeypatch.undo()
    kept = len(held(config))
    done = upload_raw(config, files)
    assert (done.kept, done.sent) == (kept, 9 - kept) and 0 < kept < 9
    assert check_raw(config).objects == 9 == len(held(config))


def test_a_changed_file_is_sent_again_and_changes_the_fingerprint(config, tmp_path):
    first = upload_raw(config, folder(tmp_path / "own", a=b"1", b=b"2")).record
    again = upload_raw(config, folder(tmp_path / "own", b=b"3"))
    assert (again.sent, again.kept) == (1, 1)
    assert held(config) == {"a": b"1", "b": b"3"}
    assert again.record.fingerprint != first.fingerprint


@pytest.mark.parametrize("others, left", [("keep", {"a", "b", "new"}), ("delete", {"a", "new"})])
def test_what_the_folder_no_longer_has_stays_until_somebody_says_so(config, tmp_path, others, left):
    upload_raw(config, folder(tmp_path / "own", a=b"1", b=b"2"))
    (tmp_path / "own" / "b").unlink()
    folder(tmp_path / "own", new=b"3")
    before = load_record(config)
    with pytest.raises(OtherObjects, match=r"1 objects .* \(b\).*others='delete'.*put them back"):
        upload_raw(config, tmp_path / "own")
    assert held(config).keys() == {"a", "b"} and load_record(config) == before
    upload_raw(config, tmp_path / "own", others=others)
    assert held(config).keys() == left and check_raw(config).objects == len(left)


def test_the_record_is_no_object_of_the_raw_data(config, tmp_path):
    upload_raw(config, folder(tmp_path / "own", a=b"1"))
    assert held(config).keys() == {"a"}
    assert [name for name, _ in uploads.all_records(config)] == ["birds"]


def test_a_wrong_word_for_the_others_is_refused(config, tmp_path):
    with pytest.raises(ValueError, match="refuse, keep, delete"):
        upload_raw(config, tmp_path / "own", others="Delete")


def test_a_file_in_several_parts_is_known_again(config, tmp_path):
    files = folder(tmp_path / "own", media__large=b"0123456789abcdef" * 600_000, media__small=b"x")
    assert upload_raw(config, files).sent == 2
    assert upload_raw(config, files).sent == 0
    folder(tmp_path / "own", media__large=b"0123456789abcdeF" * 600_000)
    assert upload_raw(config, files).sent == 1


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"source": "sample", "size": 1}'])
def test_a_damaged_record_is_named_with_what_to_do(config, tmp_path, text):
    S3Prefix(client(config, "s3"), f"s3://{config.bucket}/sources").write("birds.json", text)
    with pytest.raises(ValueError, match=r"sources/birds\.json can't be read .*: delete it"):
        load_record(config)
