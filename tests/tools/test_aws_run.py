"""Nothing runs on AWS that nobody said yes to, and whoever does has seen the bill."""

import os

import pytest

from helpers.bill import total
from tools import aws_run, notebooks


@pytest.mark.parametrize(
    "answer, goes", [("yes", True), (" yes ", True), ("y", False), ("", False), ("yes!", False)]
)
def test_only_a_whole_yes_is_one(answer, goes):
    assert aws_run.confirmed(lambda question: answer) is goes


def test_whoever_is_asked_has_seen_the_bill_and_its_sum(capsys):
    questions = []
    aws_run.confirmed(lambda question: questions.append(question) or "no")
    assert "2 × ml.g4dn.xlarge" in capsys.readouterr().out
    assert f"${total():.2f}" in questions[0]


def test_where_nobody_can_answer_nothing_runs(monkeypatch):
    def nobody(question):
        raise EOFError

    assert aws_run.confirmed(nobody) is False


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"COURSE_CLOUD": "aws"},
        {aws_run.CONFIRMED: "yes"},
        {"COURSE_CLOUD": "aws", aws_run.CONFIRMED: "1"},
    ],
)
def test_a_setting_alone_is_no_confirmation(environment):
    assert aws_run.run_of(environment) is None


def test_a_confirmed_run_has_the_environment_as_it_is(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "mine")
    run = aws_run.run_of({"COURSE_CLOUD": "aws", aws_run.CONFIRMED: "yes"})
    with run.environment():
        assert os.environ["AWS_PROFILE"] == "mine"


@pytest.fixture
def started(monkeypatch):
    """Return the environments of the runs that are started."""
    runs = []
    monkeypatch.setattr(notebooks, "run", lambda numbers, env=None: runs.append(env) or 0)
    return runs


def test_a_no_runs_nothing(monkeypatch, started, capsys):
    monkeypatch.setenv("COURSE_CLOUD", "aws")
    monkeypatch.setattr(aws_run, "confirmed", lambda: False)
    assert notebooks.run_anywhere([]) == 1 and started == []
    assert "Nothing was run" in capsys.readouterr().err


def test_a_yes_runs_it_there(monkeypatch, started):
    monkeypatch.setenv("COURSE_CLOUD", "aws")
    monkeypatch.setattr(aws_run, "confirmed", lambda: True)
    assert notebooks.run_anywhere([]) == 0
    assert started[0]["COURSE_CLOUD"] == "aws" and started[0][aws_run.CONFIRMED] == "yes"


def test_the_local_aws_asks_nobody(started):
    assert notebooks.run_anywhere(["00"]) == 0 and started == [None]
