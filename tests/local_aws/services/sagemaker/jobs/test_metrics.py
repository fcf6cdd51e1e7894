"""Metrics in lines that hold anything, by expressions that may be anything."""

import math
import time
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs import metrics
from local_aws.services.sagemaker.jobs.metrics import JobMetrics, MetricReader
from local_aws.state.collection import now
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
from tests.local_aws.services.sagemaker.jobs.test_engine import printed
from tests.local_aws.services.sagemaker.tuning.requests import METRIC, tuning

SLOW = r"^(a|aa)+$"
TRAP = "a" * 60 + "b"


def values(regex, *lines):
    reader = MetricReader([{"Name": "m", "Regex": regex}])
    return [one["Value"] for line in lines for one in reader.read(line, now())[0]]


@pytest.mark.parametrize(
    "regex, line, found",
    [
        (r"loss=([0-9.]+)|done", "done", []),
        (r"loss=([0-9.]+)?", "loss=", []),
        (r"loss=(\S+)", "loss=inf", [math.inf]),
        (r"loss=(\S+)", "loss=1e999", [math.inf]),
        (r"loss=(\S+)", "loss=none", []),
        (r"loss=", "loss=1", []),
        (r"loss=(\S+);", "loss=" + "9" * 300_000, []),
        (r"(?i)LOSS[:=]\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)", "x loss: -1.5e3, y", [-1500]),
        (r"'loss': (?P<value>.*?),", "{'loss': 0.25, 'acc': 1}", [0.25]),
    ],
)
def test_a_line_has_the_metrics_that_it_has(regex, line, found):
    assert values(regex, line) == found


def test_what_is_no_number_is_a_metric_and_not_one_that_cloudwatch_keeps(aws, client):
    script = "print('loss=1.5', flush=True); print('loss=nan'); print('loss=inf')"
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", script, metrics=[("loss", r"loss=(\S+)")]))
    job = wait_for(sagemaker, "TrainingJob", "job")
    assert job["TrainingJobStatus"] == "Completed"
    assert job["FinalMetricDataList"][0]["Value"] == math.inf
    span = {"StartTime": now() - timedelta(hours=1), "EndTime": now() + timedelta(hours=1)}
    found = client("cloudwatch").get_metric_statistics(
        Namespace=metrics.NAMESPACE, MetricName="loss", Period=3600, Statistics=["Maximum"],
        Dimensions=[{"Name": "TrainingJobName", "Value": "job"}], **span,
    )  # fmt: skip
    assert [point["Maximum"] for point in found["Datapoints"]] == [1.5]


def test_a_refusal_of_cloudwatch_is_noted_and_ends_no_job(caplog):
    def refuse(service, operation, request):
        raise AwsError("InvalidParameterValue", "too old")

    job = JobMetrics("job", [{"Name": "loss", "Regex": r"loss=(\S+)"}], refuse)
    job.see("loss=1.5")
    job.send()
    assert "metrics of job are lost: InvalidParameterValue: too old" in caplog.text
    assert job.final()[0]["Value"] == 1.5


@pytest.mark.parametrize("regex", ["loss=([0-9.]+", "*", r"(?P<a>x)(?P<a>", "a{2,1}", r"[z-a]"])
def test_an_expression_that_is_none_is_refused_at_creation(client, regex):
    sagemaker = client("sagemaker")
    with pytest.raises(ClientError, match="ValidationException.*of the metric bad is not valid"):
        sagemaker.create_training_job(
            **training("job", "pass", metrics=[("good", "a=(.)"), ("bad", regex)])
        )
    request = tuning()
    algorithm = request["TrainingJobDefinition"]["AlgorithmSpecification"]
    algorithm["MetricDefinitions"].append({"Name": "bad", "Regex": regex})
    with pytest.raises(ClientError, match="ValidationException.*of the metric bad is not valid"):
        sagemaker.create_hyper_parameter_tuning_job(**request)
    assert METRIC in [one["Name"] for one in algorithm["MetricDefinitions"]]


def test_an_expression_that_takes_too_long_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(metrics, "SEARCH_SECONDS", 0.05)
    given = [{"Name": "slow", "Regex": SLOW}, {"Name": "loss", "Regex": r"loss=(\S+)"}]
    reader = MetricReader(given)
    found, said = reader.read(TRAP, now())
    assert found == [] and "The metric slow is not read any more" in said[0]
    start = time.process_time()
    reads = [reader.read(TRAP + " loss=1", now()) for _ in range(200)]
    assert [one["Value"] for found, _ in reads for one in found] == [1.0] * 200
    assert not any(said for _, said in reads) and time.process_time() - start < 5


@pytest.mark.parametrize("regex", ["(?R)?", "(?R)*", "(a(?1)?)"])
def test_an_expression_that_calls_itself_without_end_is_asked_once(regex):
    reader = MetricReader([{"Name": "self", "Regex": regex}, {"Name": "m", "Regex": "=(.)"}])
    line = "a" * 9000 + "=1"
    reads = [reader.read(line, now()) for _ in range(3)]
    values = [one["Value"] for found, _ in reads for one in found if one["MetricName"] == "m"]
    assert values == [1.0] * 3
    assert sum(len(said) for _, said in reads) <= 1


def test_an_expression_that_is_slow_in_every_line_is_not_asked_for_ever(monkeypatch):
    monkeypatch.setattr(metrics, "SLOW_TOTAL_SECONDS", 0.3)
    reader = MetricReader([{"Name": "slow", "Regex": SLOW}])
    line = "a" * 26 + "b"  # some 40 ms, far from the limit of one line
    reads = [reader.read(line, now()) for _ in range(40)]
    assert sum(len(said) for _, said in reads) == 1


def test_all_lines_of_a_job_arrive_whatever_its_expressions_do(aws, client, monkeypatch):
    monkeypatch.setattr(metrics, "SEARCH_SECONDS", 0.05)
    # More than a pipe holds: a reader that died would leave the job waiting for ever.
    script = f"print('{TRAP}')\nfor n in range(4000): print('loss=', n, 'x' * 40, sep='')"
    wanted = [("slow", SLOW), ("part", r"acc=(\d+)|loss"), ("loss", r"loss=(\d+)x")]
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", script, metrics=wanted))
    job = wait_for(sagemaker, "TrainingJob", "job")
    lines = printed(aws)
    assert job["TrainingJobStatus"] == "Completed"
    assert [one["Value"] for one in job["FinalMetricDataList"]] == [3999]
    assert len(lines) == 4002 and lines[1].startswith("[The metric slow is not read any more")
