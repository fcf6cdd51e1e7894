"""A serverless endpoint's workers come with requests, as many as are allowed, and go again."""

import threading
import time

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.hosting.serverless_fleet import IDLE_SECONDS
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_aws.services.sagemaker.jobs.requests import until

SLOW = SCRIPT.replace("if data ==", "import time; time.sleep(1.5)\n    if data ==")
HUNGRY = SCRIPT.replace(
    "if data ==", "import time; x = b'x' * 1_200_000_000; time.sleep(5)\n    if data =="
)


def create(hosting, data=None, **config):
    """Make a serverless endpoint, and return how it came up."""
    hosting.model(data=archive() if data is None else data)
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 2, **config}
    hosting.serverless("config", "model", **serverless)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    return hosting.settled()


def together(hosting, number):
    """Send requests at once; return their answers and the codes of errors."""
    results = []

    def ask():
        try:
            results.append(hosting.ask()["pid"])
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            results.append((error.response["Error"]["Code"], status))

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_worker_comes_with_the_first_request_and_goes_after_idleness(hosting):
    assert create(hosting)["EndpointStatus"] == "InService"
    assert hosting.folders() == []
    first = hosting.ask()["pid"]
    assert hosting.ask()["pid"] == first and len(hosting.folders()) == 1
    hosting.aws.parts.clock.advance(IDLE_SECONDS - 1)
    assert hosting.ask()["pid"] == first  # and now its idleness begins anew
    hosting.aws.parts.clock.advance(IDLE_SECONDS - 1)
    assert len(hosting.folders()) == 1
    hosting.aws.parts.clock.advance(2)
    assert until(lambda: hosting.folders() == [])
    assert hosting.ask()["pid"] != first


def test_requests_at_once_get_workers_of_their_own_and_those_beyond_are_throttled(hosting, client):
    create(hosting, archive(SLOW))
    together(hosting, 2)
    once = Config(retries={"total_max_attempts": 1})
    hosting.runtime = client("sagemaker-runtime", config=once)
    results = together(hosting, 3)
    assert results.count(("ThrottlingException", 429)) == 1
    assert len(set(results)) == 3


def test_provisioned_workers_are_there_before_the_first_request_and_stay(hosting):
    create(hosting, ProvisionedConcurrency=1)
    assert len(hosting.folders()) == 1
    first = hosting.ask()["pid"]
    hosting.aws.parts.clock.advance(IDLE_SECONDS + 1)
    time.sleep(0.2)
    assert hosting.ask()["pid"] == first


def test_a_model_that_does_not_come_up_is_no_endpoint(hosting):
    about = create(hosting, archive("1 / 0"))
    assert about["EndpointStatus"] == "Failed" and "ZeroDivisionError" in about["FailureReason"]
    assert hosting.folders() == []


def test_a_request_above_4_mb_is_refused(hosting):
    create(hosting)
    assert hosting.ask(bytes(4 * 2**20))["bytes"] == 4 * 2**20
    with pytest.raises(ClientError, match="the limit is 4194304") as caught:
        hosting.ask(bytes(4 * 2**20 + 1))
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_a_worker_that_takes_more_memory_than_it_may_is_killed(hosting):
    create(hosting, archive(HUNGRY))
    with pytest.raises(ClientError) as caught:
        hosting.ask()
    assert caught.value.response["Error"]["Code"] == "ModelError"
    assert until(lambda: "of 1024 MB of memory: it is replaced" in hosting.log())


def test_the_configuration_is_described_and_instances_are_not(hosting):
    (variant,) = create(hosting)["ProductionVariants"]
    config = {"MemorySizeInMB": 1024, "MaxConcurrency": 2}
    assert variant["CurrentServerlessConfig"] == variant["DesiredServerlessConfig"] == config
    assert "CurrentInstanceCount" not in variant


def test_a_cold_start_memory_and_concurrency_are_measured(hosting):
    create(hosting)
    sent = []
    hosting.aws.engines.invocations.metrics.add = sent.append
    hosting.ask(), hosting.ask()
    cold, warm = [each.values() for each in sent]
    assert 0 < cold["ModelSetupTime"][0] <= cold["OverheadLatency"][0]
    assert "ModelSetupTime" not in warm and "InvocationsPerInstance" not in warm
    assert 0 < warm["MemoryUtilization"][0] < 100
    assert warm["Invocations"] == (1, "None")


def test_an_update_gives_a_serverless_endpoint_another_size_or_instances_for_good(hosting):
    create(hosting)
    hosting.serverless("larger", "model", MemorySizeInMB=2048, MaxConcurrency=1)
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="larger")
    (variant,) = hosting.settled()["ProductionVariants"]
    assert variant["CurrentServerlessConfig"]["MemorySizeInMB"] == 2048
    assert hosting.ask()["bytes"] == 5
    hosting.variant("instances", "model")
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="instances")
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    with pytest.raises(ClientError, match="can't be updated to a serverless"):
        hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="config")
