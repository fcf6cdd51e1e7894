"""A new version in the shadow of the one that answers, and as a canary that alarms roll back."""

import pytest

from helpers import guarded_updates
from helpers.endpoints import Refused, ask, make_model, serve, wait_in_service
from helpers.rehearsal import now, spoil
from helpers.roles import make_role
from local_aws.control import Fault, set_faults
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING


@pytest.fixture
def guarded(rehearsed, aws):
    """Return the settings of a cloud with an endpoint `birds` and two models."""
    config = rehearsed
    make_role(config)
    for model, data in {
        "first": archive(weights="first"),
        "second": archive(weights="second"),
    }.items():
        put_model(aws, config, model, data)
    serve(config, "birds", "first", "ml.m5.large")
    wait_in_service(config, "birds")
    return config


def put_model(aws, config, name, data):
    aws.store.put(config.bucket, f"{name}.tar.gz", data)
    make_model(config, name, SERVING, f"s3://{config.bucket}/{name}.tar.gz")


def question(config):
    return lambda body: ask(config, "birds", body, "text/plain")["model"]


def update(config, model, rounds_of=8):
    alarms = guarded_updates.make_alarms(config, "birds", errors=0.05, seconds=5)
    guarded_updates.canary(config, "birds", model, "ml.m5.large", alarms)
    return guarded_updates.watch_update(
        config, "birds", alarms, question(config), [b"abc"] * rounds_of, refused=Refused
    )


def test_a_shadow_answers_nobody_and_its_time_is_known(guarded):
    began = now(guarded)
    guarded_updates.shadow(guarded, "birds", "first", "second", "ml.m5.large")
    wait_in_service(guarded, "birds")
    assert {question(guarded)(b"abc") for _ in range(10)} == {"first"}
    times = [
        guarded_updates.mean_latency(guarded, "birds", variant, began, requests=10)
        for variant in ("AllTraffic", "Shadow")
    ]
    assert all(0 < seconds < 5 for seconds in times)


def test_a_variant_that_was_never_asked_has_no_latency(guarded, monkeypatch):
    monkeypatch.setattr(guarded_updates, "LATE_SECONDS", 0.1)
    assert guarded_updates.mean_latency(guarded, "birds", "Shadow", now(guarded), 1) is None


def test_a_good_version_becomes_the_one_that_answers(guarded):
    rounds = update(guarded, "second")
    assert rounds["failed"].sum() == 0 and not rounds["alarms"].any()
    assert rounds["status"].iloc[-1] == "InService"
    assert wait_in_service(guarded, "birds")["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert question(guarded)(b"abc") == "second"


def test_a_bad_version_is_rolled_back_by_its_alarm_and_the_one_before_answers(guarded, aws):
    put_model(aws, guarded, "bad", spoil(archive(weights="bad")))
    rounds = update(guarded, "bad")
    assert rounds["alarms"].str.contains("birds-errors").any()
    assert 0 < rounds["failed"].sum() < rounds["requests"].sum()
    with pytest.raises(RuntimeError, match="still serves the version before .* birds-errors"):
        wait_in_service(guarded, "birds")
    assert {question(guarded)(b"abc") for _ in range(10)} == {"first"}


def test_an_update_knows_its_new_alarms_where_cloudwatch_shows_them_late(guarded, aws):
    set_faults(aws.context, [Fault("lagging", "sagemaker", "List*", seconds=1)])
    alarms = guarded_updates.make_alarms(guarded, "birds", errors=0.05, seconds=5)
    guarded_updates.canary(guarded, "birds", "second", "ml.m5.large", alarms)


def test_an_update_that_does_not_end_is_told(guarded, monkeypatch):
    monkeypatch.setattr(guarded_updates, "MOST_ROUNDS", 1)
    with pytest.raises(RuntimeError, match="still changes after 1 rounds"):
        update(guarded, "second", rounds_of=1)
