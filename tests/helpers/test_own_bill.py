"""The course's own bill adds up billed seconds, waiting, an endpoint's age and what lies in S3."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from helpers import own_bill
from helpers.costs import S3_GB_MONTH, S3_PUT, instance_cost
from helpers.own_bill import by_what, kind_of_job, spent

START = datetime(2026, 11, 1)
TRAINING = {
    "TrainingJobName": "birds-and-bins-birds-trial-20261126155630",
    "ResourceConfig": {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 2},
    "BillableTimeInSeconds": 100,
    "WarmPoolStatus": {"ResourceRetainedBillableTimeInSeconds": 20},
}
PROCESSING = {
    "ProcessingJobName": "birds-and-bins-birds-shard-20261126155630",
    "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}},
    "ProcessingStartTime": START,
    "ProcessingEndTime": START + timedelta(seconds=36),
}


@pytest.mark.parametrize(
    "name, kind",
    [
        ("birds-and-bins-birds-20261126155400", "birds-and-bins-birds"),
        ("birds-and-bins-bins-trial-20261126155630", "birds-and-bins-bins-trial"),
        ("birds-and-bins-birds", "birds-and-bins-birds"),
    ],
)
def test_the_kind_of_a_job_is_its_name_without_numbers(name, kind):
    assert kind_of_job(name) == kind


def test_a_training_job_pays_for_its_waiting_too():
    row = own_bill._job("TrainingJob", TRAINING)
    assert row[1:4] == ("birds-and-bins-birds-trial", 100, 20)
    assert row[4] == pytest.approx(instance_cost("ml.g4dn.xlarge", 120, 2))
    trial = own_bill._job("TrainingJob", TRAINING | {"TuningJobArn": "arn"})
    assert trial[1] == "trials of a tuning job"


def test_a_processing_job_pays_for_its_time_and_a_running_one_nothing_yet():
    row = own_bill._job("ProcessingJob", PROCESSING)
    assert row[2:] == (36, 0, pytest.approx(instance_cost("ml.m5.large", 36)))
    running = {k: v for k, v in PROCESSING.items() if k != "ProcessingEndTime"}
    assert own_bill._job("ProcessingJob", running)[4] == 0


def test_a_type_without_a_price_is_counted_and_named_and_is_not_free():
    cluster = {"InstanceType": "ml.p9.huge", "InstanceCount": 2}
    row = own_bill._job("TrainingJob", TRAINING | {"ResourceConfig": cluster})
    assert row[1] == "birds-and-bins-birds-trial, no price known for ml.p9.huge"
    known = own_bill._job("TrainingJob", TRAINING)
    table = by_what(pd.DataFrame([row, row, known], columns=own_bill.COLUMNS))
    assert table["how many"].to_dict() == {("SageMaker", row[1]): 2, ("SageMaker", known[1]): 1}
    assert pd.isna(table.loc[("SageMaker", row[1]), "$"])
    assert table["$"].sum() == known[4] > 0


def test_what_has_a_price_is_paid_beside_what_has_none():
    cost, words = own_bill._cost([("ml.m5.large", 1), ("ml.p9.huge", 1)], 36)
    assert cost == instance_cost("ml.m5.large", 36)
    assert words == ", no price known for ml.p9.huge"
    assert own_bill._cost([], 36) == (0, "")


def test_sums_by_what_was_run():
    rows = [("SageMaker", "a", 1, 0, 2.0), ("SageMaker", "a", 3, 1, 1.0), ("S3", "b", 0, 0, 9.0)]
    table = by_what(pd.DataFrame(rows, columns=own_bill.COLUMNS))
    assert table.index.tolist() == [("S3", "b"), ("SageMaker", "a")]
    assert table.loc[("SageMaker", "a")].tolist() == [2, 4, 1, 3.0]


def test_objects_are_paid_for_a_month_and_their_puts(aws, config):
    from helpers.session import client

    s3 = client(config, "s3")
    s3.create_bucket(Bucket=config.bucket)
    s3.put_object(Bucket=config.bucket, Key=f"{config.home}raw/a", Body=b"x" * 1000)
    table = spent(config)
    (row,) = table.to_dict("records")
    assert row["service"] == "S3" and row["$"] == pytest.approx(1e-6 * S3_GB_MONTH + S3_PUT)
