"""A transcript is summed up by notebook and operation."""

import pytest

from tests.transcript_files import call, job, write
from tools.transcripts import EVERYWHERE, common, leaves, load, meaning


def test_operations_are_summed_up_for_each_notebook_and_for_all(tmp_path):
    transcript = load(write(tmp_path / "t", job("InProgress"), job("Completed")))
    for place in ("05", EVERYWHERE):
        operation = transcript.operations[place]["sagemaker", "DescribeTrainingJob"]
        assert operation.calls == 2
        (looks,) = operation.looks["TrainingJobStatus"].values()
        assert [look.status for look in looks] == ["InProgress", "Completed"]
    assert transcript.notebooks == ["05"]


def test_a_run_that_does_not_say_its_notebook_leaves_all_unknown(tmp_path):
    assert load(write(tmp_path / "t", notebook=None)).notebooks == []


def test_the_time_of_a_status_is_from_its_first_look_to_the_next_statuss(tmp_path):
    looks = [("Pending", 1), ("Pending", 3), ("Training", 5), ("Training", 6), ("Completed", 9)]
    calls = [job(status) | {"at": float(at)} for status, at in looks]
    (operation,) = load(write(tmp_path / "t", *calls)).operations["05"].values()
    path = "TrainingJobStatus"
    assert operation.stays() == {(path, "Pending"): [4.0], (path, "Training"): [4.0]}


def test_errors_and_attempts_are_counted_by_their_codes(tmp_path):
    failed = call("A", code="ValidationException", message="no <word-aaaaa>")
    again = call("A", answer={}, retried=[{"status": 503}, {"status": 503, "code": "SlowDown"}])
    (operation,) = load(write(tmp_path / "t", failed, again)).operations["05"].values()
    assert operation.errors == {"ValidationException": {"no <word>"}}
    assert operation.retried == {"503": 1, "SlowDown": 1}


def test_a_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "t").write_text("{}\n")
    with pytest.raises(ValueError, match="t is no transcript"):
        load(tmp_path / "t")


@pytest.mark.parametrize(
    "text",
    ['{"process":"a","run":{}}', '{"process":"a","run":5}', '{"run":{}}', "[" * 100_000],
)
def test_a_file_of_other_records_is_refused(tmp_path, text):
    (tmp_path / "t").write_text(text)
    with pytest.raises(ValueError, match="t is no transcript of the course: "):
        load(tmp_path / "t")


def test_a_call_of_another_form_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no transcript of the course: 'operation'"):
        load(write(tmp_path / "t", {k: v for k, v in job("Completed").items() if k != "operation"}))


def test_what_is_missing_is_told(tmp_path):
    path = write(tmp_path / "t", job("Completed"))
    path.write_text(path.read_text() + '{"cut":true}\n{"call"')
    assert load(path).faults == ["1 of its lines are broken", "it was cut at its limit"]


def test_every_part_of_a_tree_has_a_path():
    tree = {
        "A": {"*list": 1, "of": [{"B": "enum=x"}]},
        "C": {"*map": 1, "keys": ["string"], "of": ["blob"]},
    }
    assert dict(leaves(tree)) == {
        "": "structure",
        "A": "list",
        "A[]": "structure",
        "A[].B": "enum=x",
        "C": "map",
        "C{key}": "string",
        "C{}": "blob",
    }


@pytest.mark.parametrize(
    "leaf, value",
    [
        ("enum=Completed", "Completed"),
        ("boolean=true", "true"),
        ("integer=3", None),
        ("string=<job-abcde>", None),
        ("string=audio/ogg", "audio/ogg"),
        ("s3=s3://<bucket-abcde>/<key-22222>", "s3://<bucket>/<key>"),
        ("string", None),
    ],
)
def test_a_value_that_is_another_in_every_run_means_nothing(leaf, value):
    assert meaning(leaf) == value


def test_a_region_is_any_region():
    assert common("arn:aws:s3:eu-west-1:x, ab-cdef-1") == "arn:aws:s3:<region>:x, ab-cdef-1"
