"""Jobs are waited for and told as they were: state, reason, cost, metrics, log."""

import math
from types import SimpleNamespace

import pytest

from helpers import jobs
from helpers.metrics import END
from local_aws.control import Fault, set_faults
from tests.local_aws.services.sagemaker.jobs.requests import training
from tests.local_cloud import make_client

KIND = "TrainingJob"


@pytest.fixture
def run(aws, config):
    """Return a function that starts a training job of a script, under the course's name."""

    def run(script, name="birds-and-bins-birds-1", **more):
        make_client(aws, "sagemaker").create_training_job(**training(name, script, **more))
        return name

    return run


def test_a_completed_job_tells_what_it_was(config, run):
    job = jobs.wait(config, KIND, run("print('loss=0.5; acc=0.9')\nprint('loss=0.25')", count=2))
    assert (job.status, job.instances, job.instance_type) == ("Completed", 2, "ml.m5.large")
    assert job.metrics == {"loss": 0.25, "acc": 0.9}
    assert job.cost == pytest.approx(job.seconds / 3600 * 0.115 * 2)
    assert repr(job).startswith("<TrainingJob birds-and-bins-birds-1: Completed, ")
    assert "s on 2 × ml.m5.large, $" in repr(job)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_trainer_of_the_sdk_tells_the_job_that_it_started():
    from sagemaker.train import ModelTrainer

    assert "_latest_training_job" in ModelTrainer.__private_attributes__
    trainer = SimpleNamespace(_latest_training_job=SimpleNamespace(training_job_name="birds-1"))
    assert jobs.training_job(trainer) == "birds-1"


def test_a_failed_job_raises_with_its_own_reason_and_the_place_of_its_log(config, run):
    name = run("raise ValueError('no shards')")
    with pytest.raises(jobs.JobFailed, match="ValueError: no shards.*TrainingJobs, streams birds"):
        jobs.wait(config, KIND, name)


def test_a_stopped_job_raises_that_it_was_stopped(aws, config, run):
    name = run("import time; time.sleep(60)")
    make_client(aws, "sagemaker").stop_training_job(TrainingJobName=name)
    with pytest.raises(jobs.JobFailed, match="Stopped: it was stopped"):
        jobs.wait(config, KIND, name)


def test_a_job_that_printed_nothing_has_no_lines_and_no_metrics(config, run):
    job = jobs.wait(config, KIND, run("pass"))
    assert job.metrics == {} and list(jobs.log_lines(config, KIND, job.name)) == []


def test_a_metric_that_ended_as_nan_is_told_as_nan(config, run):
    job = jobs.wait(config, KIND, run("print('loss=0.5')\nprint('loss=nan')"))
    assert math.isnan(job.metrics["loss"])


def test_lines_come_with_their_instance(config, run):
    script = "import os; print(os.environ['CURRENT_HOST'])"
    name = jobs.wait(config, KIND, run(script, count=2)).name
    lines = [(host, text) for _, host, text in jobs.log_lines(config, KIND, name)]
    assert sorted(lines) == [("algo-1", "algo-1"), ("algo-2", "algo-2")]


def test_lines_that_come_late_are_waited_for(aws, config, run):
    set_faults(aws.context, [Fault("lagging", "logs", "PutLogEvents", seconds=1)])
    job = jobs.wait(config, KIND, run(f"print('loss=0.5')\nprint('loss=0.25')\nprint('{END}')"))
    assert job.metrics == {"loss": 0.25}
    assert [text for _, _, text in jobs.log_lines(config, KIND, job.name)][-1] == "loss=0.25"


def test_a_log_that_never_ends_is_not_waited_for_for_ever(aws, config, run):
    job = jobs.wait(config, KIND, run("print('loss=0.5')"))
    assert job.metrics == {"loss": 0.5}


@pytest.mark.parametrize("kind", ["TrainingJob", "ProcessingJob"])
def test_a_job_that_is_not_there_says_what_to_run(config, kind):
    with pytest.raises(LookupError, match="run notebooks/0[45] first"):
        jobs.describe(config, kind, "nobody")


@pytest.mark.parametrize(
    "line, row",
    [
        ("epoch=1; loss=0.5", {"epoch": 1, "loss": 0.5}),
        ("loss=1e-3, acc=-0.5", {"loss": 0.001, "acc": -0.5}),
        ("validation:loss=inf", {"validation:loss": math.inf}),
        ("lr=0.5 is what we use", None),
        ("path=/opt/ml", None),
        ("", None),
    ],
)
def test_a_line_of_nothing_but_pairs_is_a_row_of_metrics(line, row):
    assert jobs.read_metrics([line]).to_dict("records") == ([row] if row else [])
