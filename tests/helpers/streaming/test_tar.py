"""Our tar against the standard library's, and damage."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.streaming.tar import TarError, TarWriter, header, members

FILES = [("a.jpg", b"x" * 700), ("a.json", b"{}"), ("ü.json", b""), ("b.jpg", bytes(512))]


def archive(files=FILES) -> bytes:
    out = io.BytesIO()
    writer = TarWriter(out)
    for name, data in files:
        writer.add(name, data)
    writer.close()
    return out.getvalue()


def contents(data: bytes) -> list[tuple[str, bytes]]:
    return [(name, data[offset : offset + size]) for name, offset, size in members(data)]


names = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=25)


@given(st.lists(st.tuples(names, st.binary(max_size=2000)), max_size=8))
def test_what_is_written_is_read(files):
    assert contents(archive(files)) == files


@given(st.lists(st.tuples(names, st.binary(max_size=2000)), max_size=8))
def test_tarfile_reads_what_is_written(files):
    with tarfile.open(fileobj=io.BytesIO(archive(files))) as tar:
        found = [(member.name, tar.extractfile(member).read()) for member in tar]
    assert [data for _, data in found] == [data for _, data in files]
    assert [name for name, _ in found] == [name for name, _ in files]


def test_what_tarfile_writes_is_read():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in [("f/" * 40 + "a.jpg", b"1"), *FILES]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    assert contents(out.getvalue()) == [("f/" * 40 + "a.jpg", b"1"), *FILES]


def test_the_same_files_give_the_same_bytes():
    assert archive() == archive()


@given(st.integers(0, len(archive()) - 512))
def test_any_cut_before_the_end_mark_is_noticed(length):
    data = archive()
    if length <= len(data) - 1024:
        with pytest.raises(TarError):
            contents(data[:length])


@given(st.integers(0, 511), st.integers(1, 255))
def test_any_changed_byte_in_a_header_is_noticed(place, change):
    data = bytearray(archive())
    data[place] ^= change
    with pytest.raises(TarError, match="at byte"):
        contents(bytes(data))


@pytest.mark.parametrize("name", ["", "x" * 101, "ü" * 51])
def test_a_name_that_does_not_fit_is_refused(name):
    with pytest.raises(ValueError, match="1 to 100 bytes"):
        header(name, 0)


def test_a_file_of_8_gib_is_refused():
    with pytest.raises(ValueError, match="8 GiB"):
        header("a", 8 << 30)


def test_a_link_is_refused():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        link = tarfile.TarInfo("a.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hosts"
        tar.addfile(link)
    with pytest.raises(TarError, match="not a file"):
        contents(out.getvalue())
