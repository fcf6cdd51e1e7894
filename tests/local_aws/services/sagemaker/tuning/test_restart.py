"""A tuning job over a restart of the server."""

from local_aws.server import LocalAws
from tests.local_aws.services.sagemaker.tuning.requests import (
    archive,
    describe,
    trials_of,
    tuning,
    wait_for_tuning,
    wait_until,
)
from tests.local_cloud import BUCKET, make_client

ONCE = """
import os, sys, time
print('score=1', flush=True)
if not os.path.exists({marker!r}):
    open({marker!r}, 'w').close()
    time.sleep(60)
"""


GRID = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["0.1", "0.7"]}]}


def test_a_restarted_server_goes_on_and_runs_again_what_it_took_down(tmp_path):
    script = ONCE.format(marker=str(tmp_path / "begun"))
    with LocalAws(tmp_path / "state") as aws:
        aws.store.create_bucket(BUCKET)
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive(script))
        request = tuning(strategy="Grid", ranges=GRID, trials=None)
        make_client(aws, "sagemaker").create_hyper_parameter_tuning_job(**request)
        wait_until((tmp_path / "begun").exists)
    with LocalAws(tmp_path / "state") as aws:
        sagemaker = make_client(aws, "sagemaker")
        job = wait_for_tuning(sagemaker)
        done = trials_of(sagemaker, StatusEquals="Completed")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    counters = job["TrainingJobStatusCounters"]
    assert (counters["Completed"], counters["RetryableError"]) == (2, 1)
    assert {trial["TunedHyperParameters"]["x"] for trial in done} == {"0.1", "0.7"}


def test_a_tuning_job_that_was_stopping_is_stopped_after_a_restart(tmp_path):
    with LocalAws(tmp_path / "state") as aws:
        aws.store.create_bucket(BUCKET)
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive("import time; time.sleep(60)"))
        sagemaker = make_client(aws, "sagemaker")
        sagemaker.create_hyper_parameter_tuning_job(**tuning(trials=2))
        wait_until(lambda: trials_of(sagemaker))
        for run in aws.engines.tuning._runs.values():
            run.leave()
        sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
        assert describe(sagemaker)["HyperParameterTuningJobStatus"] == "Stopping"
    with LocalAws(tmp_path / "state") as aws:
        job = wait_for_tuning(make_client(aws, "sagemaker"))
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
