"""Requests reach variants by weight, name or as a shadow's copy; errors are the runtime's own."""

import os
import signal
import threading
import time
from collections import Counter

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.hosting import fleet, server_process
from local_aws.services.sagemaker.hosting.invocations import MOST_COPIES
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, alive, archive
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET


def error_of(hosting, body=b"hello", kind="text/plain", **more):
    """Return the code, status and answer of a request that fails."""
    with pytest.raises(ClientError) as caught:
        hosting.ask(body, kind, **more)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response


def test_variants_are_drawn_by_weight_and_named_in_the_answer(hosting):
    hosting.model("left", archive(weights="left"))
    hosting.model("right", archive(weights="right"))
    hosting.config("both", left=3, right=1)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="both")
    hosting.settled()
    hosting.aws.engines.endpoints.chance.seed(1)
    counts = Counter(hosting.ask()["model"] for _ in range(80))
    assert 50 <= counts["left"] <= 70 and counts.total() == 80
    answer = hosting.runtime.invoke_endpoint(
        EndpointName="endpoint", Body=b"x", ContentType="text/plain", TargetVariant="right"
    )
    assert answer["InvokedProductionVariant"] == "right"
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-invoked-production-variant"] == "right"


def shadowed(hosting, share, shadow):
    """Make an endpoint with a shadow variant, and return the metrics that are sent from now on."""
    hosting.model("model", archive(weights="seen"))
    hosting.model("shadow", archive(shadow))
    variants = [
        {"VariantName": name, "ModelName": name, "InstanceType": "ml.m5.large",
         "InitialInstanceCount": 1, "InitialVariantWeight": weight}
        for name, weight in (("model", 1), ("shadow", share))
    ]  # fmt: skip
    hosting.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=variants[:1],
        ShadowProductionVariants=variants[1:],
    )  # fmt: skip
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    assert hosting.settled()["EndpointStatus"] == "InService"
    sent = []
    hosting.aws.engines.invocations.metrics.add = sent.append
    return sent


def count(sent, variant="shadow"):
    return sum(each.variant == variant for each in sent)


def test_a_shadow_variant_gets_copies_and_its_answers_go_nowhere(hosting):
    sent = shadowed(hosting, 0.5, SCRIPT)
    about = hosting.settled()
    assert [each["VariantName"] for each in about["ProductionVariants"]] == ["model"]
    assert about["ShadowProductionVariants"][0]["CurrentInstanceCount"] == 1
    hosting.aws.engines.endpoints.chance.seed(1)
    assert {hosting.ask()["model"] for _ in range(40)} == {"seen"}
    until(lambda: count(sent) >= 10)
    assert 10 <= count(sent) <= 30
    assert {each.status for each in sent} == {200}
    assert error_of(hosting, TargetVariant="shadow")[0] == "ValidationError"
    hosting.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="endpoint",
        DesiredWeightsAndCapacities=[{"VariantName": "shadow", "DesiredWeight": 0}],
    )
    hosting.settled()
    room = hosting.aws.engines.invocations._room
    assert until(lambda: room._value == MOST_COPIES)  # copies of earlier requests are answered
    before = count(sent)
    assert {hosting.ask()["model"] for _ in range(10)} == {"seen"}
    assert count(sent) == before


def test_a_shadow_variant_that_fails_harms_no_answer(hosting):
    sent = shadowed(hosting, 1, SCRIPT.replace('data == b"bad"', "1 / 0"))
    assert {hosting.ask()["model"] for _ in range(5)} == {"seen"}
    until(lambda: len(sent) == 10)
    assert {each.variant: each.status for each in sent} == {"model": 200, "shadow": 500}


def test_a_shadow_variant_that_lags_is_spared_copies_which_count_as_its_errors(
    hosting, monkeypatch
):
    slow = SCRIPT.replace("if data ==", "import time; time.sleep(1)\n    if data ==")
    sent = shadowed(hosting, 1, slow)
    monkeypatch.setattr(hosting.aws.engines.invocations, "_room", threading.Semaphore(2))
    assert {hosting.ask()["model"] for _ in range(4)} == {"seen"}
    until(lambda: count(sent) == 4)
    assert Counter(each.status for each in sent if each.variant == "shadow")[None] >= 1


def test_a_model_error_is_worded_as_sagemaker_words_it(hosting):
    hosting.create()
    code, status, response = error_of(hosting, b"bad")
    assert (code, status) == ("ModelError", 424)
    region, account = hosting.aws.context.region, hosting.aws.context.account
    assert response["Error"]["Message"] == (
        'Received client error (400) from primary with message "Can\'t read this". See '
        f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
        "#logEventViewer:group=/aws/sagemaker/Endpoints/endpoint in account "
        f"{account} for more information."
    )
    group = f"arn:aws:logs:{region}:{account}:log-group:/aws/sagemaker/Endpoints/endpoint"
    assert response["LogStreamArn"] == group


def test_a_worker_killed_while_it_answers_is_a_model_error_without_a_status(hosting):
    slow = SCRIPT.replace("if data ==", "import time; time.sleep(len(data) - 1)\n    if data ==")
    hosting.create(archive(slow))
    worker = hosting.ask(b"x")["pid"]
    errors = []
    thread = threading.Thread(target=lambda: errors.append(error_of(hosting, b"x" * 40)))
    thread.start()
    time.sleep(0.5)
    os.kill(worker, signal.SIGKILL)
    thread.join()
    code, status, response = errors[0]
    assert (code, status, response["OriginalStatusCode"]) == ("ModelError", 424, 0)
    until(lambda: not alive(worker))
    assert hosting.ask(b"x")["pid"] != worker


def test_a_model_that_takes_too_long_is_a_model_error_that_says_so(hosting, monkeypatch):
    hosting.create(
        archive(SCRIPT.replace("if data ==", "import time; time.sleep(2)\n    if data =="))
    )
    monkeypatch.setattr(server_process, "ANSWER_SECONDS", 0.2)
    code, status, response = error_of(hosting)
    assert (code, status) == ("ModelError", 424)
    assert response["OriginalMessage"].startswith("Your invocation timed out while waiting")


def kill(hosting):
    """Kill the endpoint's worker, so that the next request needs another."""
    worker = hosting.ask()["pid"]
    os.kill(worker, signal.SIGKILL)
    until(lambda: not alive(worker))


def test_an_instance_that_can_not_be_replaced_makes_the_endpoint_unavailable(hosting):
    hosting.create()
    kill(hosting)
    hosting.aws.store.put(BUCKET, "model.tar.gz", archive("1 / 0"))
    code, status, response = error_of(hosting)
    assert (code, status) == ("ServiceUnavailable", 503)
    assert "ZeroDivisionError" in response["Error"]["Message"]


def test_an_instance_whose_archive_is_gone_is_a_broken_dependency(hosting):
    hosting.create()
    kill(hosting)
    hosting.aws.store.delete(BUCKET, "model.tar.gz")
    code, status, response = error_of(hosting)
    assert (code, status) == ("InternalDependencyException", 530)
    assert f"s3://{BUCKET}/model.tar.gz" in response["Error"]["Message"]


def test_a_model_that_is_still_loading_is_not_ready(hosting, monkeypatch):
    hosting.create()
    kill(hosting)
    monkeypatch.setattr(fleet, "ANSWER_SECONDS", 0.01)
    code, status, _ = error_of(hosting)
    assert (code, status) == ("ModelNotReadyException", 429)
    monkeypatch.undo()
    assert hosting.ask()["bytes"] == 5


def test_an_endpoint_whose_variants_have_no_weight_is_unavailable_but_to_a_named_one(hosting):
    hosting.model()
    hosting.config("config", model=0)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    hosting.settled()
    assert error_of(hosting)[:2] == ("ServiceUnavailable", 503)
    assert hosting.ask(TargetVariant="model")["bytes"] == 5
