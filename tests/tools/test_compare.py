"""`make compare` prints what differs, grouped by operation; its status says whether any does."""

import pytest

from tests.transcript_files import call, job, write
from tools import compare

DONE = job("Completed")


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that compares two lists of calls; it gives status and output."""

    def run(first, second, **more):
        files = write(tmp_path / "a", *first), write(tmp_path / "b", *second, **more)
        status = compare.main([str(file) for file in files])
        return status, capsys.readouterr()

    return run


def test_without_a_difference_the_status_is_0(run):
    status, shown = run([job("InProgress"), DONE], [DONE])
    assert status == 0
    assert shown.out.endswith("\n0 differences\n")


def test_differences_are_grouped_by_operation_with_their_count(run):
    first = [job("Completed", A="blob", B="blob"), call("CreateModel")]
    status, shown = run(first, [DONE])
    assert status == 1
    assert "sagemaker DescribeTrainingJob: 2\n  member answer.A on the transcript only (05)\n" in (
        shown.out
    )
    assert "sagemaker CreateModel: 1\n  operation sent on the transcript only (05)\n" in shown.out
    assert shown.out.endswith("\n3 differences\n")


def test_known_differences_stand_apart_and_do_not_count(run):
    slow = call("A", answer={}, retried=[{"status": 503, "code": "SlowDown"}])
    status, shown = run([slow], [call("A")])
    assert status == 0
    assert "Known differences: 1\n  sagemaker A retry SlowDown" in shown.out


def test_statuses_that_may_be_missed_stand_apart(run):
    status, shown = run([job("Stopping"), DONE], [DONE])
    assert status == 0
    assert "Statuses that may be missed: 1\n" in shown.out


def test_times_of_slow_operations_are_told(run):
    _, shown = run([call("A", answer={}, seconds=3)], [call("A")])
    assert "sagemaker A: 3.0 s | 0.1 s" in shown.out


def test_times_of_statuses_are_told(run):
    first = [job("Pending"), job("Pending") | {"at": 4.0}, DONE | {"at": 7.0}]
    _, shown = run(first, [DONE])
    assert "sagemaker DescribeTrainingJob TrainingJobStatus Pending: 7.0 s | not seen" in shown.out


@pytest.mark.parametrize("more", [{"dataset": "bins"}, {"notebook": "07"}])
def test_what_can_not_be_compared_is_refused(run, more):
    status, shown = run([DONE], [DONE], **more)
    assert status == 2
    assert "Nothing to compare" in shown.err


@pytest.mark.parametrize(
    "first, second",
    [
        ({"dataset": "\x1b[2Jbirds"}, {"dataset": "\x1b[2Jbirds"}),
        ({"dataset": "\x1b[2Jbirds"}, {"dataset": "\x1b[2Jbins"}),
        ({"notebook": "\u202e05\r", "botocore": "\x9b2J"}, {"notebook": "\u202e05\r"}),
    ],
)
def test_no_character_of_a_transcript_moves_the_terminal(tmp_path, capsys, first, second):
    evil = call("Create\x07", {"\x1b]0;title\x07": "string=a"}, code="\x1b[31m", message="\x1b[1A")
    files = write(tmp_path / "a", DONE, evil, **first), write(tmp_path / "b", DONE, **second)
    compare.main([str(file) for file in files])
    shown = "".join(capsys.readouterr())
    assert not [c for c in shown if not c.isprintable() and c != "\n"]


def test_the_name_of_a_broken_transcript_does_not_move_the_terminal(tmp_path, capsys):
    (tmp_path / "\x1b[2Ja").write_text("{}")
    assert compare.main([str(tmp_path / "\x1b[2Ja")]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_a_file_that_is_missing_is_refused(tmp_path, capsys):
    assert compare.main([str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err


def test_a_transcript_of_own_data_needs_that_data(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("COURSE_RAW", raising=False)
    assert compare.main([str(write(tmp_path / "a", DONE, own_data=True))]) == 2
    assert "COURSE_RAW" in capsys.readouterr().err


def test_with_one_transcript_its_notebooks_are_run_here(tmp_path, monkeypatch, capsys):
    ran = []

    def run(numbers):
        import os

        ran.append((numbers, os.environ["COURSE_DATASET"]))
        write(compare.Path(os.environ["COURSE_TRANSCRIPT"]), job("Failed"), dataset="bins")
        return 0

    monkeypatch.setattr(compare.notebooks, "run", run)
    assert compare.main([str(write(tmp_path / "a", DONE, dataset="bins"))]) == 1
    assert ran == [(["05"], "bins")]
    assert "end answer.TrainingJobStatus ends as Failed on the local run only" in (
        capsys.readouterr().out
    )
