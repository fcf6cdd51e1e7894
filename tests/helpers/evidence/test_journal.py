"""Records come back from a file whole, whoever writes to it and however it ends."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.evidence.journal import Journal, read


def test_records_are_appended_and_read_back(tmp_path):
    path = tmp_path / "t.jsonl"
    for number in (1, 2):
        Journal(path).append({"call": number})
    assert read(path) == ([{"call": 1}, {"call": 2}], 0)


def test_a_file_is_the_users_alone(tmp_path):
    journal = Journal(tmp_path / "t.jsonl")
    journal.append({})
    journal.key()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_part_of_a_line_costs_that_line_alone(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"call":1}\n{"call":2,"serv')
    Journal(path).append({"call": 3})
    assert read(path) == ([{"call": 1}, {"call": 3}], 1)


def test_the_file_never_grows_past_its_limit_and_says_that_it_was_cut(tmp_path):
    path = tmp_path / "t.jsonl"
    for _ in range(3):
        journal = Journal(path, limit=1000)
        with pytest.raises(OSError, match="its limit of 1,000 bytes") as failure:
            for number in range(1000):
                journal.append({"call": number})
        assert failure.value.errno == errno.EFBIG
    assert path.stat().st_size <= 1000
    records, broken = read(path)
    assert {"cut": True} in records and not broken


WRITER = """
import sys
from pathlib import Path
from helpers.evidence.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(500):
    journal.append({"key": journal.key().hex(), "text": "x" * number})
"""


def test_processes_that_write_at_once_share_a_key_and_lose_no_line(tmp_path):
    path = tmp_path / "t.jsonl"
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    records, broken = read(path)
    assert (len(records), broken) == (1500, 0)
    assert len({record["key"] for record in records}) == 1
    assert {file.name for file in tmp_path.iterdir()} == {"t.jsonl", "t.jsonl.key"}


def test_a_full_disk_is_an_error_of_the_system():
    with pytest.raises(OSError) as failure:
        Journal(Path("/dev/full")).append({"call": 1})
    assert failure.value.errno == errno.ENOSPC


def test_a_broken_key_is_named(tmp_path):
    (tmp_path / "t.jsonl.key").write_text("00")
    with pytest.raises(ValueError, match="t.jsonl.key"):
        Journal(tmp_path / "t.jsonl").key()


def test_lines_that_are_no_records_are_counted(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps([1]) + "\n\nnull\n{}\n")
    assert read(path) == ([{}], 2)
