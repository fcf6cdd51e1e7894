"""Requests to asynchronous endpoints wait in a queue, and each ends as an object in S3."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.hosting import fleet
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_aws.services.sagemaker.hosting.queues import (
    OUT,
    arrived,
    config,
    create,
    put,
    send,
    stored,
)  # fmt: skip
from tests.local_aws.services.sagemaker.jobs.requests import until

SLOW = SCRIPT.replace("if data ==", "import time; time.sleep(1)\n    if data ==")


def scale(hosting, count):
    """Give the endpoint's variant another number of instances."""
    hosting.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="endpoint",
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": count}],
    )
    hosting.settled()


def refusal(call, **request):
    """Return the code and the message of a request that is refused."""
    with pytest.raises(ClientError) as caught:
        call(EndpointName="endpoint", **request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def watched(hosting):
    """Return the list that gets what is measured from now on."""
    sent = []
    hosting.aws.engines.invocations.metrics.add = sent.append
    return sent


def values(sent, name):
    """Return the values of a metric."""
    return [each.values()[name][0] for each in sent if name in each.values()]


def test_an_answer_is_an_object_at_the_place_that_was_told(hosting):
    create(hosting)
    told = send(hosting, InferenceId="clip-1")
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert told["InferenceId"] == "clip-1"
    assert json.loads(arrived(hosting, told["OutputLocation"]))["bytes"] == 5
    assert stored(hosting, told["FailureLocation"]) is None


def test_a_model_error_is_an_object_at_the_failures_place(hosting):
    create(hosting)
    told = send(hosting, b"bad")
    assert arrived(hosting, told["FailureLocation"]) == b"Can't read this"
    assert stored(hosting, told["OutputLocation"]) is None


def test_an_input_may_travel_in_the_request_and_the_answers_name_too(hosting):
    create(hosting)
    told = hosting.runtime.invoke_endpoint_async(
        EndpointName="endpoint", Body=b"abc", ContentType="text/plain",
        S3OutputPathExtension="day/1", Filename="wren.json",
    )  # fmt: skip
    assert told["OutputLocation"] == f"{OUT}/day/1/wren.json"
    assert json.loads(arrived(hosting, f"{OUT}/day/1/wren.json"))["bytes"] == 3


def test_a_request_has_exactly_one_input(hosting):
    create(hosting)
    call = hosting.runtime.invoke_endpoint_async
    assert refusal(call)[0] == "ValidationError"
    assert refusal(call, Body=b"x", InputLocation="s3://a/b")[0] == "ValidationError"
    assert refusal(call, InputLocation="s3://only-a-bucket")[0] == "ValidationError"
    assert refusal(call, Body=bytes(128_001))[0] == "ValidationError"


def test_each_kind_of_endpoint_refuses_the_other_kind_of_request(hosting):
    hosting.create()
    place = put(hosting)
    code, text = refusal(hosting.runtime.invoke_endpoint_async, InputLocation=place)
    assert code == "ValidationError" and "not an asynchronous endpoint" in text
    hosting.variant("queued", "model", AsyncInferenceConfig=config())
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="queued")
    hosting.settled()
    code, text = refusal(hosting.runtime.invoke_endpoint, Body=b"x")
    assert code == "ValidationError" and "use InvokeEndpointAsync" in text
    described = hosting.sagemaker.describe_endpoint(EndpointName="endpoint")
    assert described["AsyncInferenceConfig"] == config()


def test_a_request_waits_until_there_is_an_instance(hosting):
    create(hosting)
    scale(hosting, 0)
    sent = watched(hosting)
    told = send(hosting)
    time.sleep(0.3)
    assert stored(hosting, told["OutputLocation"]) is None
    assert set(values(sent, "HasBacklogWithoutCapacity")) == {1}
    assert set(values(sent, "ApproximateBacklogSize")) == {1}
    assert values(sent, "ApproximateBacklogSizePerInstance") == []
    scale(hosting, 1)
    arrived(hosting, told["OutputLocation"])


def test_a_queue_is_reported_each_minute_with_the_age_of_its_oldest_request(hosting):
    create(hosting)
    scale(hosting, 0)
    send(hosting)
    sent = watched(hosting)
    for _ in range(3):
        hosting.aws.parts.clock.advance(60)
    ages = values(sent, "ApproximateAgeOfOldestRequest")
    assert len(ages) >= 3 and ages == sorted(ages) and 170 <= ages[-1] <= 190


def test_a_request_that_waits_too_long_expires_by_the_one_clock(hosting):
    create(hosting)
    scale(hosting, 0)
    told, sent = send(hosting, RequestTTLSeconds=60), watched(hosting)
    hosting.aws.parts.clock.advance(59)
    assert stored(hosting, told["FailureLocation"]) is None
    hosting.aws.parts.clock.advance(2)
    assert b"has waited 60 s" in arrived(hosting, told["FailureLocation"])
    assert until(lambda: values(sent, "ExpiredRequests") == [1])
    scale(hosting, 1)
    assert stored(hosting, told["OutputLocation"]) is None


def test_an_instance_gets_as_many_requests_at_a_time_as_is_configured(hosting):
    busy = SCRIPT.replace(
        "if data ==", "import time; time.sleep(0.3)\n    print('working')\n    if data =="
    )
    create(hosting, archive(busy), count=2, MaxConcurrentInvocationsPerInstance=1)
    engine = hosting.aws.engines.async_invocations
    told = [send(hosting, key=f"input-{number}") for number in range(6)]
    most = 0
    while not all(stored(hosting, each["OutputLocation"]) for each in told):
        most = max(most, len(engine._busy["endpoint"]))
        time.sleep(0.01)
    assert most == 2
    pids = {json.loads(stored(hosting, each["OutputLocation"]))["pid"] for each in told}
    assert len(pids) == 2


def test_a_model_that_takes_longer_than_the_request_allows_is_a_failure(hosting):
    create(hosting, archive(SLOW.replace("sleep(1)", "sleep(4)")))
    told = send(hosting, InvocationTimeoutSeconds=1)
    reason = arrived(hosting, told["FailureLocation"])
    assert reason == b"ClientError: The model has not answered within 1 s."


def test_a_worker_that_dies_fails_its_request_and_the_next_is_answered(hosting):
    create(hosting, archive(SCRIPT.replace('data == b"bad"', 'data == b"die" and os._exit(3)')))
    told = send(hosting, b"die")
    assert b"did not answer" in arrived(hosting, told["FailureLocation"])
    arrived(hosting, send(hosting)["OutputLocation"])


def test_a_request_whose_instance_is_taken_away_is_answered_by_another(hosting, monkeypatch):
    create(hosting, archive(SLOW.replace("sleep(1)", "sleep(3)")))
    monkeypatch.setattr(fleet, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(fleet, "GRACE_SECONDS", 0.1)
    told = send(hosting)
    time.sleep(0.5)
    scale(hosting, 0)
    assert stored(hosting, told["FailureLocation"]) is None
    monkeypatch.undo()
    scale(hosting, 1)
    assert json.loads(arrived(hosting, told["OutputLocation"]))["bytes"] == 5


def test_the_requests_of_a_deleted_endpoint_fail(hosting):
    create(hosting)
    scale(hosting, 0)
    told = send(hosting)
    hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    assert b"was deleted" in arrived(hosting, told["FailureLocation"])
    assert not list(hosting.aws.engines.async_invocations._documents)


def test_an_update_leaves_no_request_unanswered(hosting):
    create(hosting, archive(SLOW, weights="old"))
    told = [send(hosting, key=f"input-{number}") for number in range(3)]
    hosting.model("new", archive(weights="new"))
    hosting.variant("config-2", "new", AsyncInferenceConfig=config())
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="config-2")
    models = {json.loads(arrived(hosting, each["OutputLocation"]))["model"] for each in told}
    assert models <= {"old", "new"}
    assert json.loads(arrived(hosting, send(hosting)["OutputLocation"]))["model"] in models | {
        "new"
    }


def test_what_was_accepted_is_answered_by_the_next_server(hosting, tmp_path):
    create(hosting, archive(SLOW))
    told = [send(hosting, key=f"input-{number}") for number in range(2)]
    hosting.aws.stop()
    assert [stored(hosting, each["OutputLocation"]) for each in told] == [None, None]
    from local_aws.server import LocalAws

    with LocalAws(hosting.aws.context.state) as server:
        hosting.aws = server
        for each in told:
            arrived(hosting, each["OutputLocation"])
        assert until(lambda: not list(server.engines.async_invocations._documents))
