"""Names from outside stay inside their folder: two texts or keys never share a file."""

import io
import random
import tarfile
from types import SimpleNamespace

import pytest

from local_aws.errors import AwsError
from local_aws.state import paths

NAMES = [
    *("", ".", "..", "...", ".x", "../x", "a/../../b", "/a", "a/", "a//b", "a\0b", "%2E", "%", "~"),
    *("a.jsonl", "a.name", "A", "a", "ä", "日" * 512, "x" * 512, "x" * 511 + "y", "🐦" * 512, "\n"),
    *("%" * 512, "." * 512, "x" * 119 + "/" * 300, "x" * 119 + "/" * 299 + "y", "\ud800", "a~b"),
]
OUTSIDE = ["..", ".", "../x", "a/../b", "a/..", "/a", "a//b", "a/", "", "a\0b", "x" * 256, "\ud800"]


def test_every_name_has_a_file_of_its_own_directly_inside(tmp_path):
    files = [paths.child(tmp_path, name, ".jsonl") for name in NAMES]
    assert len(set(files)) == len(NAMES)
    for file, name in zip(files, NAMES, strict=True):
        paths.keep_name(file, name, ".jsonl")
        file.touch(exist_ok=False)
        assert file.resolve().parent == tmp_path.resolve()
    assert {paths.name_of(path, ".jsonl") for path in tmp_path.glob("*.jsonl")} == set(NAMES)


def test_names_made_at_random_are_told_apart_and_given_back(tmp_path):
    dice = random.Random(0)
    names = {"".join(dice.choices("./~%a\0ä\\", k=dice.randint(0, 9))) for _ in range(3000)}
    assert {paths.name_of(paths.child(tmp_path, name)) for name in names} == names
    assert len({paths.encoded(name) for name in names}) == len(names)


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_that_no_path_holds_is_refused_by_name(tmp_path, key):
    with pytest.raises(AwsError) as caught:
        paths.below(tmp_path, key)
    assert repr(key[:200])[:-1] in caught.value.message


def test_a_key_through_a_link_that_leads_out_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/out").symlink_to(tmp_path)
    (tmp_path / "in/near").symlink_to("there")
    with pytest.raises(AwsError, match="link"):
        paths.below(tmp_path / "in", "out/x")
    assert paths.below(tmp_path / "in", "near/x") == tmp_path / "in/near/x"


@pytest.mark.parametrize("keys", [["a", "a/b"], ["a/b/c", "a/b"], ["a", "a"]])
def test_of_two_objects_that_one_file_can_not_hold_none_is_lost(tmp_path, keys):
    with pytest.raises(AwsError, match="s3://b/1.*"):
        paths.all_below(
            tmp_path, [(key, f"s3://b/{number}") for number, key in enumerate(keys, 10)]
        )


@pytest.mark.parametrize("member", ["../x", "a/../../x", "/../x"])
def test_an_archives_member_outside_is_refused(tmp_path, member):
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(member))
    with pytest.raises(AwsError, match="outside"):
        paths.unpack(tmp_path / "a.tar", tmp_path / "in")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_an_archives_link_that_leads_out_is_refused(tmp_path, kind):
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        link = tarfile.TarInfo("door")
        link.type, link.linkname = kind, "../../secret"
        tar.addfile(link)
    with pytest.raises(AwsError, match="outside"):
        paths.unpack(tmp_path / "a.tar", tmp_path / "in")


DEEP = "d" * 247
STEPS = "abcdefghijklmnop"


def archive(path, *members):
    """Write an archive of (name, type, link name, content)."""
    with tarfile.open(path, "w") as tar:
        for name, kind, link, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, link, len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def way_out():
    """Yield members of which the last, `out`, leads outside by a path too long for realpath."""
    folder = ""
    for step in STEPS:
        yield f"{folder}{DEEP}", tarfile.DIRTYPE, "", b""
        yield f"{folder}{step}", tarfile.SYMTYPE, DEEP, b""
        folder += f"{DEEP}/"
    up = f"{'/'.join(STEPS)}/{'l' * 254}"
    yield up, tarfile.SYMTYPE, "../" * len(STEPS), b""
    yield "out", tarfile.SYMTYPE, f"{up}/..", b""


@pytest.mark.parametrize(
    "last",
    [
        [("out/new", tarfile.REGTYPE, "", b"x")],
        [("door", tarfile.LNKTYPE, "out/old", b""), ("door", tarfile.REGTYPE, "", b"x")],
        [("out/new", tarfile.DIRTYPE, "", b"")],
    ],
)
def test_no_chain_of_links_leads_out_however_long(tmp_path, last):
    folder = tmp_path / "in" / "model"
    folder.mkdir(parents=True)
    (tmp_path / "in" / "old").write_text("old")
    with pytest.raises(AwsError, match="link"):
        paths.unpack(archive(tmp_path / "a.tar", *way_out(), *last), folder)
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["model", "old"]
    assert (tmp_path / "in" / "old").read_text() == "old"


def test_links_to_neighbors_are_unpacked(tmp_path):
    members = [
        ("model/1/weights", tarfile.REGTYPE, "", b"w"),
        ("model/latest", tarfile.SYMTYPE, "1/weights", b""),
        ("model/2/same", tarfile.SYMTYPE, "../1/weights", b""),
        ("copy", tarfile.LNKTYPE, "model/1/weights", b""),
    ]
    paths.unpack(archive(tmp_path / "a.tar", *members), tmp_path / "in")
    for name in ("model/latest", "model/2/same", "copy"):
        assert (tmp_path / "in" / name).read_bytes() == b"w"


def test_a_link_to_a_member_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(AwsError, match="'b' not found"):
        paths.unpack(archive(tmp_path / "a.tar", ("a", tarfile.LNKTYPE, "b", b"")), tmp_path)


@pytest.mark.parametrize("sizes", [[2**20], [2**19, 2**19], [0, 3, 2**20]])
def test_an_archive_that_has_no_room_is_refused_before_the_disk_is_full(
    tmp_path, sizes, monkeypatch
):
    usage = SimpleNamespace(free=paths.LEFT_BYTES + sum(sizes) - 1)
    monkeypatch.setattr(paths.shutil, "disk_usage", lambda _: usage)
    members = [(f"{n}", tarfile.REGTYPE, "", bytes(size)) for n, size in enumerate(sizes)]
    with pytest.raises(AwsError, match="larger than the disk"):
        paths.unpack(archive(tmp_path / "a.tar", *members), tmp_path / "in")
    usage.free += 1
    paths.unpack(tmp_path / "a.tar", tmp_path / "in")
