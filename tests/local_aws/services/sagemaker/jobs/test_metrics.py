"""Metrics are found in lines of any content, by any regular expression."""

import math
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs import metrics
from local_aws.services.sagemaker.jobs.metrics import JobMetrics, MetricReader
from local_aws.state.clock import Clock
from tests.local_aws.services.sagemaker.jobs.requests import (
    printed,
    run_training,
    training,
    wait_for,
)
from tests.local_aws.services.sagemaker.tuning.requests import METRIC, tuning

SLOW = r"^(a|aa)+$"
TRAP = "a" * 60 + "b"
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def values(regex, *lines):
    reader = MetricReader([{"Name": "m", "Regex": regex}])
    return [metric["Value"] for line in lines for metric in reader.read(line, NOW)[0]]


@pytest.mark.parametrize(
    "regex, line, expected",
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
def test_a_line_has_the_metrics_that_it_has(regex, line, expected):
    assert values(regex, line) == expected


def test_what_is_no_number_is_a_metric_and_not_one_that_cloudwatch_keeps(aws, client):
    script = "print('loss=1.5', flush=True); print('loss=nan'); print('loss=inf')"
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", script, metrics=[("loss", r"loss=(\S+)")]))
    job = wait_for(sagemaker, "TrainingJob", "job")
    assert job["TrainingJobStatus"] == "Completed"
    assert job["FinalMetricDataList"][0]["Value"] == math.inf
    now = aws.parts.clock.now()
    span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1)}
    statistics = client("cloudwatch").get_metric_statistics(
        Namespace=metrics.NAMESPACE, MetricName="loss", Period=3600, Statistics=["Maximum"],
        Dimensions=[{"Name": "TrainingJobName", "Value": "job"}], **span,
    )  # fmt: skip
    assert [point["Maximum"] for point in statistics["Datapoints"]] == [1.5]


def test_a_refusal_of_cloudwatch_is_noted_and_ends_no_job(caplog):
    def refuse(service, operation, request):
        raise AwsError("InvalidParameterValue", "too old")

    job = JobMetrics("job", [{"Name": "loss", "Regex": r"loss=(\S+)"}], refuse, Clock())
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
    assert METRIC in [metric["Name"] for metric in algorithm["MetricDefinitions"]]


def test_an_expression_that_takes_too_long_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(metrics, "SEARCH_SECONDS", 0.05)
    definitions = [{"Name": "slow", "Regex": SLOW}, {"Name": "loss", "Regex": r"loss=(\S+)"}]
    reader = MetricReader(definitions)
    matched, remarks = reader.read(TRAP, NOW)
    assert matched == [] and "The metric slow is not read any more" in remarks[0]
    start = time.process_time()
    reads = [reader.read(TRAP + " loss=1", NOW) for _ in range(200)]
    assert [metric["Value"] for matched, _ in reads for metric in matched] == [1.0] * 200
    assert not any(remarks for _, remarks in reads) and time.process_time() - start < 5


@pytest.mark.parametrize("regex", ["(?R)?", "(?R)*", "(a(?1)?)"])
def test_an_expression_that_calls_itself_without_end_is_asked_once(regex):
    reader = MetricReader([{"Name": "self", "Regex": regex}, {"Name": "m", "Regex": "=(.)"}])
    line = "a" * 9000 + "=1"
    reads = [reader.read(line, NOW) for _ in range(3)]
    values = [
        metric["Value"] for matched, _ in reads for metric in matched if metric["MetricName"] == "m"
    ]
    assert values == [1.0] * 3
    assert sum(len(remarks) for _, remarks in reads) <= 1


def test_an_expression_that_is_slow_in_every_line_is_not_asked_for_ever(monkeypatch):
    monkeypatch.setattr(metrics, "SLOW_TOTAL_SECONDS", 0.3)
    reader = MetricReader([{"Name": "slow", "Regex": SLOW}])
    line = "a" * 26 + "b"  # some 40 ms, far from the limit of one line
    reads = [reader.read(line, NOW) for _ in range(40)]
    assert sum(len(remarks) for _, remarks in reads) == 1


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
    assert [metric["Value"] for metric in job["FinalMetricDataList"]] == [3999]
    assert len(lines) == 4002 and lines[1].startswith("[The metric slow is not read any more")


def test_the_last_value_of_each_metric_is_kept(client):
    job = run_training(
        client("sagemaker"),
        "print('loss=2.5; acc=0.1')\nprint('loss=1.5; acc=oops')",
        metrics=[("loss", r"loss=([0-9.]+)"), ("acc", r"acc=(\S+)")],
    )
    final = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert final == {"loss": 1.5, "acc": pytest.approx(0.1)}


def test_metrics_can_be_asked_of_cloudwatch(client):
    run_training(
        client("sagemaker"), "print('loss=2.5')\nprint('loss=1.5')", metrics=[("l", r"loss=(\S+)")]
    )
    metric = {"Namespace": "/aws/sagemaker/TrainingJobs", "MetricName": "l", "Period": 300}
    dimensions = [{"Name": "TrainingJobName", "Value": "job"}]
    end = datetime.now(UTC) + timedelta(minutes=5)
    when = {"StartTime": end - timedelta(hours=1), "EndTime": end}
    points = client("cloudwatch").get_metric_statistics(
        **metric, **when, Dimensions=dimensions, Statistics=["Minimum", "SampleCount"]
    )["Datapoints"]
    assert (sum(each["SampleCount"] for each in points), points[-1]["Minimum"]) == (2, 1.5)
