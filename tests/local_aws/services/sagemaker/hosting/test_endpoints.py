"""Endpoints serve, refuse, fail, change and end as SageMaker's do."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.hosting.server_process import ServerProcess
from local_aws.state.faults import Fault
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, alive, archive
from tests.local_aws.services.sagemaker.hosting.queues import permit
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, until


def test_an_endpoint_answers_with_its_models_four_functions(hosting):
    about = hosting.create()
    assert about["EndpointStatus"] == "InService"
    assert about["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    answer = hosting.ask()
    assert (answer["model"], answer["bytes"]) == ("w", 5)


def test_an_invocation_reaches_the_model_with_its_headers(hosting, client):
    script = SCRIPT.replace('"application/json"', "accept")
    hosting.create(archive(script))
    answer = client("sagemaker-runtime").invoke_endpoint(
        EndpointName="endpoint", Body=b"hello", ContentType="text/plain", Accept="text/x-own"
    )
    assert answer["ContentType"] == "text/x-own"
    assert b'"bytes": 5' in answer["Body"].read()
    assert answer["InvokedProductionVariant"] == "model"


@pytest.mark.parametrize("member", ["TargetModel", "TargetContainerHostname", "SessionId"])
def test_an_invocation_of_something_else_is_refused_by_name(client, member):
    with pytest.raises(ClientError, match=f"NotImplementedException.* with {member}"):
        client("sagemaker-runtime").invoke_endpoint(
            EndpointName="endpoint", Body=b"x", **{member: "other"}
        )


@pytest.mark.parametrize(
    "body, kind, status, text",
    [
        (b"x", "image/jpeg", 415, "Send text/plain, not image/jpeg"),
        (b"bad", "text/plain", 400, "Can't read this"),
    ],
)
def test_what_the_script_refuses_becomes_a_model_error(hosting, body, kind, status, text):
    hosting.create()
    with pytest.raises(ClientError) as caught:
        hosting.ask(body, kind)
    response = caught.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert (response["OriginalStatusCode"], response["OriginalMessage"]) == (status, text)
    assert hosting.ask()["bytes"] == 5


def test_a_crash_in_the_script_is_a_500_that_names_no_path_of_this_machine(hosting):
    script = SCRIPT.replace('data == b"bad"', 'open("/opt/ml/model/none")')
    hosting.create(archive(script))
    with pytest.raises(ClientError) as caught:
        hosting.ask()
    response = caught.value.response
    assert response["OriginalStatusCode"] == 500
    assert "'/opt/ml/model/none'" in response["OriginalMessage"]
    assert until(lambda: "'/opt/ml/model/none'" in hosting.log())  # it comes by a pipe
    assert str(hosting.aws.context.state) not in response["OriginalMessage"] + hosting.log()


@pytest.mark.parametrize("size", [6_291_457, 20_000_000])
def test_a_body_over_the_limit_is_refused_with_the_limit(hosting, size):
    hosting.create()
    with pytest.raises(ClientError, match="6291456") as caught:
        hosting.ask(bytes(size))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert hosting.ask(bytes(6_291_456))["bytes"] == 6_291_456


def test_a_model_that_raises_at_load_fails_with_its_reason(hosting):
    about = hosting.create(archive("def model_fn(d):\n    raise OSError(f'no weights in {d}')"))
    assert about["EndpointStatus"] == "Failed"
    assert about["FailureReason"].endswith("health check: OSError: no weights in /opt/ml/model")
    assert not hosting.folders()
    assert str(hosting.aws.context.state) not in hosting.log()
    with pytest.raises(ClientError, match="not found"):
        hosting.ask()


@pytest.mark.parametrize("data", [b"no tar", archive()[:-40], b""], ids=["text", "half", "empty"])
def test_an_archive_that_is_none_fails_the_endpoint(hosting, data):
    about = hosting.create(data)
    assert about["EndpointStatus"] == "Failed"
    assert "Failed to extract the model data archive" in about["FailureReason"]
    assert not hosting.folders()


def test_an_update_changes_the_model_without_a_gap(hosting):
    slow = SCRIPT.replace("if data ==", "import time; time.sleep(0.1)\n    if data ==")
    hosting.create(archive(slow, "old"))
    hosting.model("new", archive(slow, "new"))
    hosting.config("next", new=1)
    answers, done = [[], [], []], threading.Event()

    def go_on(mine):
        while not done.is_set():
            mine.append(hosting.ask()["model"])

    threads = [threading.Thread(target=go_on, args=(mine,)) for mine in answers]
    for thread in threads:
        thread.start()
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="next")
    about = hosting.settled()
    time.sleep(0.5)
    done.set()
    for thread in threads:
        thread.join()
    assert (about["EndpointStatus"], about["EndpointConfigName"]) == ("InService", "next")
    for mine in answers:
        assert {*mine} == {"old", "new"} and mine == sorted(mine, reverse=True)


def test_a_failed_update_leaves_the_old_model_serving_and_says_why(hosting):
    hosting.create()
    hosting.model("broken", archive("1 / 0"))
    hosting.config("next", broken=1)
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="next")
    about = hosting.settled()
    assert (about["EndpointStatus"], about["EndpointConfigName"]) == ("InService", "config")
    assert "ZeroDivisionError" in about["FailureReason"]
    assert hosting.ask()["model"] == "w"


def test_an_endpoint_serves_what_it_was_made_of_after_its_model_and_config_are_gone(hosting):
    hosting.create(archive(weights="first"))
    hosting.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    hosting.sagemaker.delete_model(ModelName="model")
    assert hosting.ask()["model"] == "first"
    assert hosting.settled()["ProductionVariants"][0]["VariantName"] == "model"


def test_a_killed_worker_is_replaced_also_when_many_ask_at_once(hosting):
    hosting.create()
    before = hosting.ask()["pid"]
    os.kill(before, signal.SIGKILL)
    while alive(before):
        time.sleep(0.01)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(hosting.ask()["pid"])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and len({*answers}) == 1 and before not in answers
    assert len(hosting.folders()) == 1


def test_a_worker_whose_death_nobody_noticed_is_replaced_at_the_next_request(hosting, monkeypatch):
    hosting.create()
    before = hosting.ask()["pid"]
    os.kill(before, signal.SIGKILL)
    while alive(before):
        time.sleep(0.01)
    monkeypatch.setattr(ServerProcess, "alive", True)
    assert hosting.ask()["pid"] != before
    assert len(hosting.folders()) == 1


def test_deleting_leaves_no_process_no_disk_and_no_endpoint(hosting):
    hosting.create()
    pid = hosting.ask()["pid"]
    hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    assert not alive(pid) and not hosting.folders()
    assert hosting.sagemaker.list_endpoints()["Endpoints"] == []
    with pytest.raises(ClientError, match="Could not find"):
        hosting.settled()
    with pytest.raises(ClientError, match="not found"):
        hosting.ask()


def test_an_endpoint_deleted_while_it_deploys_is_gone_and_its_name_is_free(hosting):
    hosting.model("slow", archive("import time\ndef model_fn(d): time.sleep(60)"))
    hosting.config("slow", slow=1)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="slow")
    while not hosting.folders():
        time.sleep(0.01)
    began = time.monotonic()
    hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    assert hosting.create()["EndpointStatus"] == "InService"
    assert hosting.ask()["model"] == "w"
    assert time.monotonic() - began < 30
    assert len(hosting.folders()) == 1


def test_the_end_of_the_server_ends_an_endpoint_that_deploys(hosting):
    hosting.model("slow", archive("import time\ndef model_fn(d): time.sleep(60)"))
    hosting.config("slow", slow=1)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="slow")
    while not hosting.folders():
        time.sleep(0.01)
    hosting.aws.engines.endpoints.shut_down()
    assert not hosting.folders()


def test_two_variants_share_the_requests_by_weight_and_one_may_be_named(hosting):
    hosting.model("left", archive(weights="left"))
    hosting.model("right", archive(weights="right"))
    hosting.config("both", left=1, right=0)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="both")
    hosting.settled()
    assert {hosting.ask()["model"] for _ in range(8)} == {"left"}
    assert hosting.ask(TargetVariant="right")["model"] == "right"
    with pytest.raises(ClientError, match="Variant none"):
        hosting.ask(TargetVariant="none")


def test_an_endpoint_in_the_making_can_be_neither_updated_nor_made_again(hosting):
    hosting.model("slow", archive("import time\ndef model_fn(d): time.sleep(60)"))
    hosting.config("slow", slow=1)
    same = {"EndpointName": "endpoint", "EndpointConfigName": "slow"}
    hosting.sagemaker.create_endpoint(**same)
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        hosting.sagemaker.update_endpoint(**same)
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        hosting.sagemaker.create_endpoint(**same)


def test_what_a_request_asks_beyond_the_engine_is_refused_by_name(hosting):
    hosting.create()
    batch = {"Type": "CAPACITY_PERCENT", "Value": 20}
    rolling = {"RollingUpdatePolicy": {"MaximumBatchSize": batch, "WaitIntervalInSeconds": 0}}
    words = r"NotImplementedException.* with DeploymentConfig\.RollingUpdatePolicy"
    with pytest.raises(ClientError, match=words):
        hosting.sagemaker.update_endpoint(
            EndpointName="endpoint", EndpointConfigName="config", DeploymentConfig=rolling
        )


def test_an_archive_with_a_member_outside_fails_the_endpoint_and_writes_nothing(aws, hosting):
    about = hosting.create(archive(**{"../../../../evil": "x"}))
    assert about["EndpointStatus"] == "Failed"
    assert "'../../../../evil' would be extracted" in about["FailureReason"]
    assert not list(aws.context.state.parent.rglob("evil"))


@pytest.mark.parametrize("said", ["READY soon", "READY ", "READY 99999999", "\xff" * 300_000])
def test_a_worker_may_print_anything_while_it_loads(hosting, said):
    # More than a pipe holds after it: a reader that died would leave the worker waiting.
    hosting.create(archive(f"print({said!r}); print('x' * 70_000)\n{SCRIPT}"))
    assert hosting.ask()["bytes"] == 5


def test_an_endpoint_whose_log_has_no_room_serves(hosting, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hosting.aws.engines.logs, "put_log_events", full)
    hosting.create(archive(f"print('x\\n' * 40_000)\n{SCRIPT}"))
    assert hosting.ask()["bytes"] == 5
    monkeypatch.undo()
    hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    assert until(lambda: "lines are missing here: The disk" in hosting.log())


def test_with_a_fault_an_endpoint_is_there_late_and_gone_late(hosting):
    hosting.aws.parts.faults.set([Fault("lagging", "sagemaker", "DescribeEndpoint", seconds=100)])
    hosting.model()
    hosting.config("config", model=1)
    name = {"EndpointName": "endpoint"}
    hosting.sagemaker.create_endpoint(**name, EndpointConfigName="config")
    clock = hosting.aws.parts.clock
    soon = clock.now() + timedelta(seconds=50)
    until(lambda: any(when > soon for when, *_ in clock._due))  # the instance is up
    assert hosting.sagemaker.describe_endpoint(**name)["EndpointStatus"] == "Creating"
    hosting.aws.parts.clock.advance(101)
    assert hosting.settled()["EndpointStatus"] == "InService"
    hosting.sagemaker.delete_endpoint(**name)
    assert hosting.sagemaker.describe_endpoint(**name)["EndpointStatus"] == "Deleting"
    for call in (hosting.sagemaker.delete_endpoint, hosting.ask):
        with pytest.raises(ClientError, match="in-progress|not found"):
            call(**name) if call != hosting.ask else call()
    hosting.aws.parts.clock.advance(101)
    with pytest.raises(ClientError, match="Could not find endpoint"):
        hosting.sagemaker.describe_endpoint(**name)


ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def test_where_policies_hold_a_container_has_its_models_role_until_it_ends(hosting, monkeypatch):
    monkeypatch.setattr(hosting.aws.parts, "policies", [ALL])
    permit(hosting.aws, "s3:GetObject")
    script = SCRIPT.replace("os.getpid()", "os.environ['AWS_ACCESS_KEY_ID']")
    assert hosting.create(archive(script))["EndpointStatus"] == "InService"
    key = hosting.ask()["pid"]
    assert hosting.aws.parts.keys.role(key) == ROLE
    hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    until(lambda: hosting.aws.parts.keys.role(key) is None)


def test_where_policies_hold_a_model_is_read_as_its_role_may(hosting, monkeypatch):
    monkeypatch.setattr(hosting.aws.parts, "policies", [ALL])
    about = hosting.create()
    assert about["EndpointStatus"] == "Failed"
    assert "is not authorized to perform: s3:GetObject" in about["FailureReason"]
    assert not hosting.aws.parts.keys
