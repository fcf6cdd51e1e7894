"""The median rule follows AWS's documentation."""

import pytest

from local_aws.services.sagemaker.tuning.early_stopping import is_hopeless
from local_aws.services.sagemaker.tuning.tuning_run import TuningRun
from tests.local_cloud import write_log

EARLIER = [[0.2, 0.4], [0.4, 0.6], [0.6, 0.8]]
"""Running averages after two epochs: 0.3, 0.5, 0.7."""


@pytest.mark.parametrize(
    "values, best, hopeless",
    [
        ([0.9, 0.49], 1, True),
        ([0.1, 0.5], 1, False),
        ([0.9, 0.49], -1, False),
        ([0.1, 0.51], -1, True),
        ([0.39], 1, True),
        ([0.1, 0.2, 0.3], 1, False),  # no earlier trial has come so far
        ([], 1, False),
    ],
)
def test_a_trial_below_the_median_of_running_averages_is_hopeless(values, best, hopeless):
    assert is_hopeless(values, EARLIER, best) is hopeless


def test_the_first_trial_is_never_hopeless():
    assert not is_hopeless([0.0], [], 1)


@pytest.mark.parametrize("lines", [["inf", "-inf", "1"], ["1e308"] * 3, ["nan", "1", "x"]])
def test_a_trial_that_prints_what_is_no_finite_number_can_be_compared(aws, lines):
    tuning, name = aws.engines.tuning, f"trial-{lines[0]}"
    job = {
        "HyperParameterTuningJobConfig": {
            "HyperParameterTuningJobObjective": {"MetricName": "score", "Type": "Maximize"}
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {
                "MetricDefinitions": [{"Name": "score", "Regex": r"score=(\S+)"}]
            }
        },
    }
    log = [f"score={line}" for line in lines]
    write_log(aws, "/aws/sagemaker/TrainingJobs", f"{name}/algo-1", log)
    run = TuningRun("tune", tuning.documents, aws.parts, print)
    values = run._objectives(job, name)
    assert len(values) == 3 - lines.count("x")
    assert not is_hopeless([1.0], [values, values], 1)
