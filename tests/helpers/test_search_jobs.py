"""A search by training jobs of the local AWS, with its records in the course's bucket."""

from dataclasses import replace
from types import SimpleNamespace

from sagemaker.core.parameter import IntegerParameter

from helpers.search_jobs import S3Records, end_search, open_search, run_search
from helpers.tuning.search import Search
from helpers.tuning.trials import Trial
from tests.local_aws.services.sagemaker.jobs.requests import training

RANGES = {"n": IntegerParameter(1, 8)}


def sweep(records):
    """Return a search of one trial that is over at once."""

    def finish(trial):
        return replace(trial, status="Completed", value=0.5)

    search = Search("sweep", RANGES, records, objective="accuracy")
    return search.run(lambda params: "job", finish, 1, first={"n": 3})


def test_a_search_is_kept_in_the_courses_bucket(config):
    records = S3Records(config, "sweep")
    assert records.load() is None
    sweep(records)
    assert sweep(S3Records(config, "sweep")).trials == [Trial(0, {"n": 3}, "job", "Completed", 0.5)]


class Trainer:
    """Starts a training job as the SDK's ModelTrainer does."""

    def __init__(self, sagemaker, name, script):
        self._sagemaker, self._name, self._script = sagemaker, name, script
        self._latest_training_job = None

    def train(self, wait):
        self._sagemaker.create_training_job(**training(self._name, self._script))
        self._latest_training_job = SimpleNamespace(training_job_name=self._name)


def test_real_jobs_are_measured_and_the_search_goes_on_after_a_failed_one(config, client):
    names = iter("abcd")

    def make_trainer(params):
        n = params["n"]
        line = f"accuracy=0.{n} accuracy_error=0.05"
        script = f"print('First step done'); assert {n} != 3; print('{line}')"
        return Trainer(client("sagemaker"), f"trial-{next(names)}", script)

    search = open_search(config, "sweep", RANGES, objective="accuracy")
    run_search(config, search, make_trainer, 1, first={"n": 3})
    run_search(config, search, make_trainer, 2)
    bad, good = search.trials
    assert bad.status == "Failed" and "AssertionError" in bad.reason and bad.value is None
    assert good.value == float(f"0.{good.params['n']}")
    assert 0 <= good.start_seconds <= good.step_seconds
    assert good.billable_seconds >= 1 and good.cost > 0 and good.error == 0.05
    assert end_search(config, search).job == "trial-b"
    assert end_search(config, search, "trial-a").job == "trial-a"
    assert [
        trial.job for trial in open_search(config, "sweep", RANGES, objective="accuracy").trials
    ] == ["trial-a", "trial-b"]
