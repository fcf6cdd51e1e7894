"""An endpoint has the instances that AWS's rules give it, and no request fails meanwhile."""

import pandas as pd
import pytest

from helpers import scaling
from helpers.endpoints import Refused, ask, make_model, serve, wait_in_service
from helpers.roles import make_role
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING

PROFILE = [(1, 2), (4, 5), (1, 17)]
WANTED = [
    *(1, 1),  # at the target: no alarm
    *(1, 1, 4, 4, 4),  # three minutes above it: ceil(1 instance * 4) = 4
    # Each of the 4 has a quarter of the target: after 15 minutes below 0.9, ceil(4 / 4) = 1.
    *[4] * 14,
    *(1, 1, 1),
]
"""Instances wanted at the end of each minute, worked out by hand from AWS's rules."""


@pytest.fixture
def served(rehearsed, aws):
    """Return the settings of a cloud with an endpoint `birds`."""
    config = rehearsed
    make_role(config)
    aws.store.put(config.bucket, "model.tar.gz", archive())
    make_model(config, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    serve(config, "birds", "model", "ml.m5.large")
    wait_in_service(config, "birds")
    return config


def prove(config, requests):
    """Drive the profile with about so many requests; return its minutes."""
    per_minute = round(requests / sum(load * minutes for load, minutes in PROFILE))
    alarms = scaling.scale(config, "birds", per_minute)
    assert alarms["minutes"].to_dict() == {"High": 3, "Low": 15}
    assert alarms["threshold"].to_dict() == {"High": per_minute, "Low": 0.9 * per_minute}
    return scaling.drive(
        config, "birds", lambda body: ask(config, "birds", body, "text/plain"),
        [b"clip", b"photo"], PROFILE, per_minute, refused=Refused,
    )  # fmt: skip


@pytest.mark.slow
def test_one_four_and_one_times_the_target_give_the_instances_of_awss_rules(served):
    minutes = prove(served, 780)
    assert minutes["requests"].sum() == 780
    assert minutes["wanted"].tolist() == WANTED
    assert minutes["errors"].sum() == 0
    assert minutes["load"].tolist() == [1] * 2 + [4] * 5 + [1] * 17
    table = scaling.activities(served, "birds")
    assert table["what"].tolist() == [
        "Setting desired instance count to 4.", "Setting desired instance count to 1.",
    ]  # fmt: skip
    assert set(table["status"]) == {"Successful"}
    scaling.unscale(served, "birds")


def test_an_endpoint_that_is_not_scaled_any_more_has_no_alarms(served, client):
    scaling.scale(served, "birds", 10)
    assert len(client("cloudwatch").describe_alarms()["MetricAlarms"]) == 2
    scaling.unscale(served, "birds")
    assert not client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert scaling.activities(served, "birds").empty


def test_spans_without_a_change_are_compared_with_those_worked_out_by_hand():
    minutes = pd.DataFrame({"load": [1, 1, 4, 4], "wanted": [1, 1, 1, 4]})
    rows = scaling.compare(minutes, [1, 1, 1, 1]).reset_index().to_dict("split")
    assert rows["columns"] == ["first minute", "last minute", "load", "by hand", "measured"]
    assert rows["data"] == [[0, 1, 1, 1, 1], [2, 2, 4, 1, 1], [3, 3, 4, 1, 4]]


def test_what_is_scaled_costs_less_than_its_peak_all_the_time():
    costs = scaling.cost(pd.DataFrame({"wanted": [1, 4, 1]}), "ml.m5.large")
    assert costs["instance minutes"].tolist() == [6, 12]
    assert costs["$"].iloc[1] == pytest.approx(2 * costs["$"].iloc[0])
