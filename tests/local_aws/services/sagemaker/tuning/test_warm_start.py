"""A tuning job starts with the trials of its parents."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.tuning.requests import continuous


def test_a_child_learns_from_its_parent_and_knows_the_best_of_both(run, aws):
    parent = run(name="parent", trials=3, parallel=3)
    start = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
        "WarmStartType": "IdenticalDataAndAlgorithm",
    }
    ranges = {"ContinuousParameterRanges": [continuous(high="2")]}
    child = run(name="child", trials=1, ranges=ranges, warm_start=start)
    assert len(aws.engines.tuning.documents.get("child")["_inherited"]) == 3
    values = [
        job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for job in (parent, child)
    ]
    best = child["OverallBestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    assert best == max(values)


def test_a_parent_that_is_not_there_is_named(begin):
    parents = [{"HyperParameterTuningJobName": "nobody"}]
    start = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": "TransferLearning"}
    with pytest.raises(ClientError, match="ResourceNotFound.*nobody"):
        begin(warm_start=start)
