"""How an attempt ended is told in the words of its owner's error, or of ours."""

import errno
from types import SimpleNamespace

import pytest

from local_aws.errors import AwsError
from local_aws.instances.container import Container
from local_aws.instances.group import Outcome
from local_aws.services.sagemaker.jobs.verdict import INTERNAL, Verdict, client_error, failed
from local_aws.state.disk import FULL_MESSAGE


@pytest.mark.parametrize(
    "error, reason",
    [
        (AwsError("NoSuchKey", "no such key"), "no such key"),
        (FileNotFoundError("no file"), "no file"),
        (OSError(errno.ENOSPC, "no room"), FULL_MESSAGE),
    ],
    ids=repr,
)
def test_an_error_of_the_jobs_own_is_the_clients(error, reason):
    assert client_error(error) == Verdict("Failed", f"ClientError: {reason}")


def test_an_error_of_ours_is_not_the_clients():
    assert client_error(KeyError("ours")) is None
    assert Verdict("Failed", f"{INTERNAL}: KeyError").is_internal
    assert not Verdict("Failed", "ClientError: x").is_internal
    assert not Verdict("Completed").is_internal


def test_a_path_of_this_machine_is_left_out():
    assert Verdict("Failed", "no /tmp/x/opt/ml").without("/tmp/x").reason == "no /opt/ml"
    assert Verdict("Completed").without("/tmp/x").reason is None


@pytest.fixture
def fail(tmp_path):
    """Return a function that gives the verdict on two instances, the second of which failed."""
    hosts = ("algo-1", "algo-2")
    containers = [Container(tmp_path / host, host) for host in hosts]

    def fail(*lines: str, written: str = "") -> str:
        if written:
            file = containers[1].ml / "output" / "failure"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(written)
        tails = ([], [line.format(disk=containers[1].root) for line in lines])
        instances = [
            SimpleNamespace(host=host, tail=tail) for host, tail in zip(hosts, tails, strict=True)
        ]
        outcome = Outcome({"algo-1": 0, "algo-2": 1}, "algo-2", False, False, False)
        verdict = failed(outcome, containers, instances, "output/failure")
        assert verdict.status == "Failed"
        return verdict.reason

    return fail


def test_the_failed_instances_last_error_is_the_reason(fail):
    lines = ("Traceback (most recent call last):", "ValueError: no birds")
    assert "ValueError: no birds" in fail(*lines)


def test_what_a_script_wrote_as_its_reason_is_the_reason(fail):
    assert "no birds at all" in fail("ValueError: other", written="no birds at all")


def test_a_reason_has_paths_as_the_instance_sees_them(fail):
    assert "'/opt/ml/input'" in fail("FileNotFoundError: '{disk}/opt/ml/input'")
