"""Appended files: whole lines or nothing, and a line that can't be read is skipped alone."""

import ast
import threading
from pathlib import Path

import pytest

import local_aws
from local_aws.state.json_lines import append, cut_back, read_lines
from tests.local_aws.full_disks import no_file_longer_than

PACKAGE = Path(local_aws.__file__).parent


@pytest.fixture
def path(tmp_path):
    append(tmp_path / "lines", [{"n": 1}])
    return tmp_path / "lines"


@pytest.mark.parametrize("room", [0, 1, 30])
def test_a_write_that_fails_leaves_the_file_as_it_was(path, room):
    before = path.read_bytes()
    with no_file_longer_than(len(before) + room), pytest.raises(OSError):
        append(path, [{"n": 2}, {"n": "long" * 20}])
    assert path.read_bytes() == before
    append(path, [{"n": 3}])
    assert list(read_lines(path)) == [{"n": 1}, {"n": 3}]


def test_a_file_that_could_not_be_begun_is_not_there(tmp_path):
    with no_file_longer_than(5), pytest.raises(OSError):
        append(tmp_path / "new", [{"n": "long" * 20}])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "bad",
    [b'{"n": ', b"\xff\xfe\n", b"{}\n", b"[" * 100_000 + b"\n", b"\0" * 50 + b"\n", b"7\n", b"\n"],
    ids=["half a line", "no UTF-8", "another object", "too deep", "zeros", "a number", "nothing"],
)
def test_what_can_not_be_read_is_skipped_and_the_rest_is_used(path, bad, caplog):
    path.write_bytes(path.read_bytes() + bad)
    append(path, [{"n": 2}])
    for _ in range(2):
        assert list(read_lines(path, lambda value: value["n"])) == [1, 2]
    assert caplog.text.count("skipped") == (bad != b"\n")


def test_what_was_appended_last_can_be_taken_back(path):
    cut_back(path, append(path, [{"n": 2}]))
    assert list(read_lines(path)) == [{"n": 1}]


def test_many_writers_and_a_reader_meet_whole_lines_alone(path, caplog):
    def write(name):
        for number in range(200):
            append(path, [{"n": f"{name}-{number}" * 50}])

    writers = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert all("n" in value for value in read_lines(path))
    assert len(list(read_lines(path))) == 601 and not caplog.text


def appends(source: str) -> list[int]:
    """Return the lines of a module that open a file to append to it."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr == "O_APPEND")
        or (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("open", "fdopen")
            and any(
                isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
                and argument.value.strip("bt+") == "a"
                for argument in [*node.args, *(word.value for word in node.keywords)]
            )
        )
    ]


def test_nobody_else_appends_to_a_file():
    assert appends('open("x", mode="ab")\np.open("a+")\nos.open(p, os.O_APPEND)') == [1, 2, 3]
    appending = {p.name for p in PACKAGE.rglob("*.py") if appends(p.read_text())}
    # The draft of a transform job's output is a temporary file: with a failed write it is dropped.
    assert appending == {"json_lines.py", "sending.py"}
