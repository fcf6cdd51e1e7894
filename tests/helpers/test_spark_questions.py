"""What a run of questions took is told apart: its start, and each question."""

import pytest

from helpers.glue_jobs import GlueRun
from helpers.spark_questions import SparkAnswers


def answers(seconds, **questions):
    run = GlueRun("sql", "jr_1", "SUCCEEDED", seconds, "G.1X", 2, {"MaxCapacity": 2.0})
    return SparkAnswers(run, {}, questions, "Spark 3.5.6")


def test_the_start_is_what_no_question_took():
    assert answers(20, a=3.0, b=4.5).start_seconds == pytest.approx(12.5)


def test_a_start_is_never_negative():
    # Glue counts whole seconds.
    assert answers(2, a=2.4).start_seconds == 0
