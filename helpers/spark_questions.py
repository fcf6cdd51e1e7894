"""Asks Spark questions about the catalog's tables, by one run of a Glue job; knows no question."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from helpers.config import Config
from helpers.curated_data import curated_uri
from helpers.glue_jobs import GlueRun, log_lines, make_job, run_job
from helpers.s3 import S3Prefix, read_object
from helpers.session import client

SCRIPT = "scripts_process/glue_sql.py"


@dataclass(frozen=True)
class SparkAnswers:
    """What one run has answered."""

    run: GlueRun
    frames: dict[str, pd.DataFrame] = field(repr=False)
    """The rows of each answer, by the question's name."""
    seconds: dict[str, float]
    """Of each question, without the run's start."""
    versions: str = field(repr=False)
    """The run's own line on its Python, Spark and Java."""

    @property
    def start_seconds(self) -> float:
        """Seconds of the run that no question took: its start and its end."""
        return max(0.0, self.run.seconds - sum(self.seconds.values()))


def ask_spark(config: Config, questions: Mapping[str, str]) -> SparkAnswers:
    """Ask questions, one after the other in one run of a job, and return all answers.

    Args:
        questions: names to SQL; a table is named with its database.

    Raises:
        JobFailed: a question failed; the message has Spark's reason.
    """
    s3, moment = client(config, "s3"), f"{datetime.now():%Y%m%d%H%M%S%f}"
    S3Prefix(s3, config.uri("code")).write(f"{moment}.json", json.dumps({**questions}).encode())
    answers = f"{curated_uri(config)}/answers/{moment}.json"
    arguments = {"--questions": f"{config.uri('code')}/{moment}.json", "--answers": answers}
    run = run_job(config, make_job(config, "sql", SCRIPT, {}), arguments)
    found = json.loads(read_object(s3, answers))
    return SparkAnswers(
        run,
        {name: pd.DataFrame(each["rows"], columns=each["columns"]) for name, each in found.items()},
        {name: each["seconds"] for name, each in found.items()},
        log_lines(config, run.description)[0],
    )
