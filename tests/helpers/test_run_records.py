"""The pace of runs is told from their lines, the bill from their descriptions."""

import pandas as pd
import pytest

from helpers.jobs import Job
from helpers.run_records import bill, pace


def lines(*rows):
    names = ["at", "event", "epoch", "samples_per_second", "data_wait", "validation_accuracy"]
    return pd.DataFrame(rows, columns=names)


def job(ran, billed, instances=1):
    times = {"TrainingTimeInSeconds": ran, "BillableTimeInSeconds": billed}
    return Job("TrainingJob", "x", "Completed", ran, "ml.m5.large", instances, times)


def test_the_pace_is_the_median_of_the_epochs_and_the_accuracy_the_last():
    run = lines(
        (1.0, "first step", None, None, None, None),
        (2.0, "epoch", 1, 10.0, 0.5, 0.2),
        (3.0, "epoch", 2, 30.0, 0.1, 0.4),
        (4.0, "epoch", 3, 20.0, 0.2, 0.5),
    )
    (row,) = pace({"run": run}, samples=100).to_dict("records")
    assert row == pytest.approx(
        {
            "run": "run", "epochs": 3, "s to the last": 4, "samples a second": 20,
            "waiting for data": 0.2, "accuracy": 0.5, "standard error": 0.05,
        }
    )  # fmt: skip


def test_the_bill_is_of_the_billable_seconds_of_all_jobs_of_a_run():
    table = bill({"spot": [job(100, 30), job(100, 30)], "two": [job(100, 100, instances=2)]})
    spot, two = table.to_dict("records")
    assert (spot["s in training"], spot["s billed"], spot["saved"]) == (200, 60, "70%")
    assert two["saved"] == "0%" and two["instances"] == "2 × ml.m5.large"
