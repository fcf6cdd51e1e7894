"""What differs is found, each kind of it; what is chance is not."""

import random

import pytest

from tests.transcript_files import call, job, write
from tools.differences import compare
from tools.transcripts import load

NAMES = ("AWS", "here")


@pytest.fixture
def differ(tmp_path):
    """Return a function that compares two lists of calls, and gives kinds, places and texts."""

    def run(first, second, **more):
        sides = (write(tmp_path / "a", *first), write(tmp_path / "b", *second, **more))
        found = compare(*map(load, sides), NAMES)
        return [(each.kind, each.member, each.text) for each in found if each.counts]

    return run


ERROR = {"code": "ValidationException", "message": "<word-aaaaa> does not exist"}
DONE = job("Completed")
PLANTED = {
    "an operation": ([DONE, call("CreateModel")], [DONE], ("operation", "", "sent on AWS only")),
    "an operation here": ([DONE], [DONE, call("A")], ("operation", "", "sent on here only")),
    "a count": (
        [call("CreateModel")] * 2,
        [call("CreateModel")],
        ("count", "", "sent 2 times on AWS, 1 times on here"),
    ),
    "a member": (
        [job("Completed", ModelCardStatus="enum=Draft")],
        [DONE],
        ("member", "answer.ModelCardStatus", "on AWS only"),
    ),
    "a member of the request": (
        [call("A", {"B": "blob"})],
        [call("A", {})],
        ("member", "request.B", "on AWS only"),
    ),
    "a type": (
        [job("Completed", A="url")],
        [job("Completed", A="string=<value-aaaaa>")],
        ("type", "answer.A", "url on AWS only"),
    ),
    "an enum's value": (
        [job("Completed", Mode="enum=File")],
        [job("Completed", Mode="enum=Pipe")],
        ("value", "answer.Mode", "File on AWS only"),
    ),
    "a boolean": (
        [job("Completed", Spot="boolean=true")],
        [job("Completed", Spot="boolean=false")],
        ("value", "answer.Spot", "false on here only"),
    ),
    "an ARN's form": (
        [job("Completed", Arn="arn=arn:aws:x:us-east-1:<account-aaaaa>:job/<name-aaaaa>")],
        [job("Completed", Arn="arn=arn:aws:x:us-east-1:<account-aaaaa>:task/<name-aaaaa>")],
        ("value", "answer.Arn", "arn:aws:x:<region>:<account>:job/<name> on AWS only"),
    ),
    "a status": (
        [job("Pending"), job("Pending"), DONE],
        [DONE],
        ("status", "answer.TrainingJobStatus", "Pending on AWS only"),
    ),
    "an order": (
        [job("Starting"), job("Stopping"), DONE],
        [job("Stopping"), job("Starting"), DONE],
        ("order", "answer.TrainingJobStatus", "Starting before Stopping on AWS, after it on here"),
    ),
    "an end": (
        [job("InProgress"), job("InProgress"), job("Failed")],
        [job("InProgress"), job("InProgress"), DONE],
        ("end", "answer.TrainingJobStatus", "ends as Failed on AWS only"),
    ),
    "an error": ([call("A", **ERROR)], [call("A")], ("error", ERROR["code"], "on AWS only")),
    "a connection": (
        [call("A", exception="ReadTimeoutError")],
        [call("A")],
        ("error", "ReadTimeoutError", "on AWS only"),
    ),
    "a wording": (
        [call("A", **ERROR)],
        [call("A", **ERROR | {"message": "<word-aaaaa> is not there"})],
        ("wording", ERROR["code"], "'<word> does not exist' on AWS only"),
    ),
    "an answer's HTTP status": (
        [call("A", answer={}, status=201)],
        [call("A")],
        ("http", "answer", "status 201 on AWS only"),
    ),
    "an error's HTTP status": (
        [call("A", **ERROR, status=409)],
        [call("A", **ERROR)],
        ("http", ERROR["code"], "status 409 on AWS only"),
    ),
    "a retry": (
        [call("A", answer={}, retried=[{"status": 503, "code": "SlowDown"}])],
        [call("A")],
        ("retry", "SlowDown", "on AWS only"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("first, second, difference", PLANTED.values(), ids=PLANTED)
def test_a_planted_difference_is_found(differ, first, second, difference):
    assert difference in differ(first, second)
    assert not differ(first, first) and not differ(second, second)


def test_of_a_member_that_is_missing_its_own_members_are_not_told(differ):
    whole = job("Completed", Output={"S3": {"Uri": "s3=s3://<bucket-aaaaa>"}})
    assert differ([whole], [DONE]) == [("member", "answer.Output", "on AWS only")]


def test_how_often_one_looks_is_no_difference(differ):
    few = [job("InProgress"), DONE]
    assert not differ([job("InProgress")] * 9 + [DONE] * 3, few)


def test_a_status_that_was_seen_once_is_told_and_does_not_count(tmp_path):
    sides = write(tmp_path / "a", job("Stopping"), DONE), write(tmp_path / "b", DONE)
    (found,) = compare(*map(load, sides), NAMES)
    assert (found.kind, found.counts) == ("status", False)


def test_names_and_the_order_of_threads_are_no_difference(differ):
    puts = [call("PutObject", {"Key": f"string=<key-{c * 5}>"}) for c in "abcdefgh"]
    others = [call("PutObject", {"Key": f"string=<key-{c * 5}>"}) for c in "stuvwxyz"]
    random.Random(0).shuffle(others)
    assert not differ([*puts, job("Completed", "a")], [job("Completed", "b"), *others])


def test_notebooks_are_compared_one_by_one_and_only_common_ones(tmp_path):
    both = write(tmp_path / "a", DONE), write(tmp_path / "b", call("A"), notebook="06")
    assert not compare(*map(load, both), NAMES)


def test_where_a_side_does_not_know_its_notebooks_all_are_one(differ):
    assert differ([DONE], [call("A")], notebook=None) == [
        ("operation", "", "sent on here only"),
        ("operation", "", "sent on AWS only"),
    ]
