"""A spot job goes on after an interruption; its timeline and its bill are told."""

import pytest

from helpers.interrupted_runs import run_interrupted
from helpers.run_records import bill, timeline
from tests.local_aws.services.sagemaker.jobs.requests import training
from tests.local_cloud import make_client

SCRIPT = """
import pathlib, time
done = pathlib.Path("/opt/ml/checkpoints/done")
epoch = int(done.read_text()) if done.exists() else 0
if epoch:
    print(f"Resumed from a checkpoint: epoch {epoch + 1}", flush=True)
print("First step done", flush=True)
while epoch < 4:
    epoch += 1
    done.write_text(str(epoch))
    print(f"epoch={epoch}; validation_loss={1 / epoch}", flush=True)
    if epoch == 2:
        time.sleep(60)
"""


@pytest.fixture
def spot(aws, config):
    def start(script=SCRIPT):
        request = training(
            "birds-and-bins-birds-1", script, EnableManagedSpotTraining=True,
            StoppingCondition={"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 200},
            CheckpointConfig={"S3Uri": f"s3://{config.bucket}/checkpoints/run"},
        )  # fmt: skip
        make_client(aws, "sagemaker").create_training_job(**request)
        return request["TrainingJobName"]

    return start


def test_an_interrupted_run_goes_on_and_its_bill_is_below_its_time(rehearsed, spot, capsys):
    (job,) = run_interrupted(rehearsed, spot, after=2)
    assert job.status == "Completed" and "other instances" in capsys.readouterr().out
    lines = timeline(rehearsed, [job])
    assert lines["event"].tolist() == [
        "first step", "epoch", "epoch", "resumed", "first step", "epoch", "epoch",
    ]  # fmt: skip
    assert lines["epoch"].dropna().tolist() == [1, 2, 3, 4]
    assert lines["at"].is_monotonic_increasing
    (row,) = bill({"spot": [job]}).to_dict("records")
    assert row["s billed"] <= row["s in training"] and row["saved"].endswith("%")


def test_a_job_that_ends_before_is_an_error(rehearsed, spot):
    with pytest.raises(RuntimeError, match="spot"):
        run_interrupted(rehearsed, lambda: spot("print('epoch=1')"), after=9)
