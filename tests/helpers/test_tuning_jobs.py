"""Native tuning jobs, waited for and measured."""

import pytest

from helpers.jobs import JobFailed
from helpers.tuning_jobs import tuned, wait_for_tuning
from tests.local_aws.services.sagemaker.tuning.requests import archive, tuning
from tests.local_cloud import BUCKET

SCRIPT = """
import sys
x = float(sys.argv[sys.argv.index('-x') + 1])
print('First step done')
print(f'score={x}')
"""


@pytest.fixture
def run(aws, client, config):
    """Return a function that runs a tuning job of two trials and waits for it."""

    def run(script):
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive(script))
        client("sagemaker").create_hyper_parameter_tuning_job(**tuning(parallel=2))
        return wait_for_tuning(config, "tune")

    return run


def test_a_tuning_job_tells_its_best_and_what_all_its_trials_took(run):
    job = run(SCRIPT)
    values = [trial.value for trial in job.trials]
    assert job.best.value == max(values) == job.best.params["x"]
    assert [trial.number for trial in job.trials] == [0, 1]
    assert all(0 <= trial.start_seconds <= trial.step_seconds for trial in job.trials)
    best = f"best score {job.best.value:.3f} with x={job.best.params['x']:.3g}"
    assert repr(job).startswith(f"<TuningJob tune: Completed, 2 trials, {best}; ")


def test_one_that_fails_says_why(run):
    with pytest.raises(JobFailed, match="tune Failed: No training job succeeded after 2 attempts"):
        run("raise SystemExit(1)")


def test_one_that_is_not_there_names_its_notebook(config):
    with pytest.raises(LookupError, match="run notebooks/06 first"):
        tuned(config, "nobody")
