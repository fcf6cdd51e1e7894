"""Time that passes and faults that come on request, on the local AWS; on AWS one waits."""

import io
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpers import rehearsal
from local_aws.control import Fault
from tests.local_aws.services.sagemaker.hosting.models import archive


def test_time_passes_at_once_on_the_local_aws(rehearsed, aws):
    before = aws.parts.clock.now()
    rehearsal.pass_time(rehearsed, 3600)
    assert aws.parts.clock.now() - before >= timedelta(hours=1)


def test_on_aws_one_waits(config, monkeypatch):
    waited = []
    monkeypatch.setattr("helpers.rehearsal.time.sleep", waited.append)
    rehearsal.pass_time(replace(config, endpoint_url=None), 3)
    assert waited == [1, 1, 1]


def test_a_window_passes_in_parts_and_no_longer(config, monkeypatch):
    passed = []
    monkeypatch.setattr(rehearsal, "pass_time", lambda _, seconds: passed.append(seconds))
    pass_part = rehearsal.hurry(config, 5)
    for _ in range(4):
        pass_part()
    assert passed == [2, 2, 1]


def test_on_aws_no_clock_is_hurried(config, monkeypatch):
    monkeypatch.setattr(rehearsal, "pass_time", None)
    rehearsal.hurry(replace(config, endpoint_url=None), 5)()


def test_faults_last_as_long_as_the_block(rehearsed, aws):
    with rehearsal.faults(rehearsed, rehearsal.slow_network(0.03, 60e6)) as said:
        assert said == "slow s3:*, 0.03 s, 60 MB/s, 100% of requests"
        assert [rule.kind for rule in aws.parts.faults.rules] == ["slow"]
    assert aws.parts.faults.rules == ()


def test_faults_end_with_a_block_that_fails(rehearsed, aws):
    with pytest.raises(ZeroDivisionError), rehearsal.faults(rehearsed, Fault("dropped", "s3")):
        raise ZeroDivisionError
    assert aws.parts.faults.rules == ()


def test_on_aws_what_is_there_is_measured(config):
    with rehearsal.faults(replace(config, endpoint_url=None), Fault("dropped")) as said:
        assert said == "Measured on AWS as it is"


def test_a_local_aws_that_has_ended_is_said(config, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_LOCAL_STATE", str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="does not run"):
        rehearsal.pass_time(config, 1)


def test_the_time_is_that_of_the_cloud(rehearsed, aws):
    aws.parts.clock.advance(7200)
    assert abs(rehearsal.now(rehearsed) - aws.parts.clock.now()) < timedelta(seconds=10)
    at_aws = rehearsal.now(replace(rehearsed, endpoint_url=None))
    assert abs(at_aws - datetime.now(UTC)) < timedelta(seconds=10)


def test_a_spoiled_model_keeps_its_files_and_fails():
    spoiled = rehearsal.spoil(archive(weights="w"))
    with tarfile.open(fileobj=io.BytesIO(spoiled)) as tar:
        script = tar.extractfile("code/inference.py").read().decode()
        assert tar.extractfile("weights").read() == b"w"
    functions = {}
    exec(script, functions)
    with pytest.raises(RuntimeError, match="spoiled on purpose"):
        functions["predict_fn"](b"abc", "model")


def test_an_archive_without_code_can_not_be_spoiled():
    out = io.BytesIO()
    tarfile.open(fileobj=out, mode="w:gz").close()
    with pytest.raises(ValueError, match="no code/inference.py"):
        rehearsal.spoil(out.getvalue())
