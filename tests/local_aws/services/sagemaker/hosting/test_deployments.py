"""Updates shift traffic, roll back, scale and lose no request."""

import os
import signal
import threading
import time
from collections import Counter

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET


class States:
    """The states of CloudWatch's alarms, which a test sets."""

    def __init__(self, cloudwatch):
        self.cloudwatch = cloudwatch

    def __setitem__(self, name, state):
        if not self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]:
            self.put(name, MetricName="none", Namespace="none", Dimensions=[])
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")

    def put(self, name, **metric):
        self.cloudwatch.put_metric_alarm(
            AlarmName=name, Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=0,
            ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore", **metric,
        )  # fmt: skip


@pytest.fixture
def alarms(client):
    """Return the alarms' states by name."""
    return States(client("cloudwatch"))


@pytest.fixture
def two(hosting):
    """Return a helper with an endpoint of the model `old`, and a configuration of `new`."""
    hosting.model("old", archive(weights="old"))
    hosting.model("new", archive(weights="new"))
    hosting.variant("first", "old")
    hosting.variant("second", "new")
    hosting.sagemaker.create_endpoint(
        EndpointName="endpoint", EndpointConfigName="first", DeploymentConfig=guardrails(wait=0)
    )
    assert hosting.settled()["EndpointStatus"] == "InService"
    return hosting


def guardrails(kind="CANARY", percent=20, wait=600, alarms=("bad",), **more):
    routing = {"Type": kind, "WaitIntervalInSeconds": wait}
    more.setdefault("TerminationWaitInSeconds", wait)
    if kind == "CANARY":
        routing["CanarySize"] = {"Type": "CAPACITY_PERCENT", "Value": percent}
    config = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **more}}
    if alarms:
        config["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": each} for each in alarms]}
    return config


def update(hosting, config="second", **more):
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName=config, **more)


def describe(hosting):
    return hosting.sagemaker.describe_endpoint(EndpointName="endpoint")


def is_baking(hosting):
    summary = describe(hosting).get("PendingDeploymentSummary", {"ProductionVariants": []})
    statuses = [each["VariantStatus"][0]["Status"] for each in summary["ProductionVariants"]]
    return statuses == ["Baking"]


def shares(hosting, number=60):
    hosting.aws.engines.endpoints.chance.seed(1)
    return Counter(hosting.ask()["model"] for _ in range(number))


def test_a_canary_gets_its_share_then_all_and_then_the_old_fleet_goes(two, alarms):
    alarms["bad"] = "OK"
    update(two, DeploymentConfig=guardrails(TerminationWaitInSeconds=100))
    assert until(lambda: is_baking(two))
    assert 6 <= shares(two)["new"] <= 20
    about = describe(two)
    assert (about["EndpointStatus"], about["EndpointConfigName"]) == ("Updating", "first")
    assert about["PendingDeploymentSummary"]["EndpointConfigName"] == "second"
    two.aws.parts.clock.advance(601)
    assert shares(two) == {"new": 60}
    assert describe(two)["EndpointStatus"] == "Updating" and len(two.folders()) == 2
    two.aws.parts.clock.advance(100)
    about = two.settled()
    assert (about["EndpointStatus"], about["EndpointConfigName"]) == ("InService", "second")
    assert "FailureReason" not in about and "PendingDeploymentSummary" not in about
    assert about["LastDeploymentConfig"] == guardrails(TerminationWaitInSeconds=100)
    assert shares(two, 20) == {"new": 20}
    assert until(lambda: len(two.folders()) == 1)


@pytest.mark.parametrize("kind", ["CANARY", "ALL_AT_ONCE"])
def test_an_alarm_during_baking_rolls_back_and_says_why(two, alarms, kind):
    alarms["bad"] = "OK"
    update(two, DeploymentConfig=guardrails(kind))
    assert until(lambda: is_baking(two))
    two.aws.parts.clock.advance(100)
    assert "new" in shares(two)
    alarms["bad"] = "ALARM"
    two.aws.parts.clock.advance(5)
    about = until(lambda: (each := describe(two))["EndpointStatus"] == "InService" and each)
    assert about["EndpointConfigName"] == "first"
    assert about["FailureReason"].endswith("ALARM: bad")
    assert shares(two, 20) == {"old": 20}
    assert len(two.folders()) == 1
    two.aws.parts.clock.advance(2000)
    assert describe(two)["EndpointConfigName"] == "first"
    update(two)
    assert two.settled()["EndpointConfigName"] == "second"


def test_a_new_model_that_fails_sets_off_an_alarm_on_its_own_errors_and_is_rolled_back(two, alarms):
    two.model("broken", archive(SCRIPT.replace('data == b"bad"', "1 / 0")))
    two.variant("third", "broken")
    names = {"EndpointName": "endpoint", "VariantName": "AllTraffic", "EndpointConfigName": "third"}
    dimensions = [{"Name": name, "Value": value} for name, value in names.items()]
    metric = {"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors"}
    alarms.put("bad", Dimensions=dimensions, **metric)
    update(two, "third", DeploymentConfig=guardrails(percent=50))
    assert until(lambda: is_baking(two))
    two.aws.engines.endpoints.chance.seed(1)
    errors = 0
    for _ in range(20):
        try:
            assert two.ask()["model"] == "old"
        except ClientError as error:
            errors += error.response["OriginalStatusCode"] == 500
    assert errors
    two.aws.parts.clock.advance(120)
    about = two.settled()
    assert about["EndpointConfigName"] == "first" and "ALARM: bad" in about["FailureReason"]
    assert shares(two, 10) == {"old": 10}


def test_guardrails_need_the_same_variant_and_alarms_that_are_there(two, alarms):
    with pytest.raises(ClientError, match="Could not find CloudWatch alarms: bad"):
        update(two, DeploymentConfig=guardrails())
    two.config("other", new=1)
    with pytest.raises(ClientError, match="same variant names .* AllTraffic, not new"):
        update(two, "other", DeploymentConfig=guardrails(alarms=()))
    assert describe(two)["EndpointStatus"] == "InService"


def test_a_server_that_starts_again_during_a_canary_serves_the_old_fleet_and_begins_anew(
    two, alarms
):
    alarms["bad"] = "OK"
    update(two, DeploymentConfig=guardrails())
    assert until(lambda: is_baking(two))
    endpoints = two.aws.engines.endpoints
    endpoints.deployments.end()
    endpoints.deployments._ending = False
    endpoints.recover()
    assert until(lambda: is_baking(two))
    assert {"old", "new"} == shares(two).keys()
    two.aws.parts.clock.advance(1300)
    assert two.settled()["EndpointConfigName"] == "second"


def test_an_endpoint_deleted_during_its_canary_leaves_no_process(two, alarms):
    alarms["bad"] = "OK"
    update(two, DeploymentConfig=guardrails())
    assert until(lambda: is_baking(two))
    two.sagemaker.delete_endpoint(EndpointName="endpoint")
    assert not two.folders()
    two.aws.parts.clock.advance(5000)
    assert two.sagemaker.list_endpoints()["Endpoints"] == []


def test_the_last_deployment_config_is_used_again_where_asked(two, alarms):
    alarms["bad"] = "ALARM"
    update(two, RetainDeploymentConfig=True)  # that of CreateEndpoint
    assert "ALARM: bad" in two.settled()["FailureReason"]
    update(two, DeploymentConfig=guardrails(wait=0, alarms=()))
    assert two.settled()["EndpointConfigName"] == "second"
    update(two, "first", RetainDeploymentConfig=True)
    assert two.settled()["EndpointConfigName"] == "first"


def scale(hosting, **desired):
    hosting.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="endpoint", DesiredWeightsAndCapacities=[{**desired}]
    )


def numbers(about, variant=0):
    each = about["ProductionVariants"][variant]
    names = ("Current", "Desired")
    return [each[f"{name}InstanceCount"] for name in names], [
        each[f"{name}Weight"] for name in names
    ]


def test_a_variant_gets_more_instances_and_fewer_again(two):
    scale(two, VariantName="AllTraffic", DesiredInstanceCount=3, DesiredWeight=2)
    assert describe(two)["EndpointStatus"] == "Updating"
    assert numbers(describe(two))[0][1] == 3
    assert numbers(two.settled()) == ([3, 3], [2, 2])
    assert len({two.ask()["pid"] for _ in range(6)}) == 3 == len(two.folders())
    scale(two, VariantName="AllTraffic", DesiredInstanceCount=1)
    assert numbers(two.settled()) == ([1, 1], [2, 2])
    assert len({two.ask()["pid"] for _ in range(4)}) == 1 == len(two.folders())


def test_weights_move_traffic_from_one_variant_to_another(hosting):
    hosting.model("left", archive(weights="left"))
    hosting.model("right", archive(weights="right"))
    hosting.config("both", left=1, right=0)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="both")
    hosting.settled()
    hosting.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="endpoint",
        DesiredWeightsAndCapacities=[
            {"VariantName": "left", "DesiredWeight": 0},
            {"VariantName": "right", "DesiredWeight": 5},
        ],
    )
    assert numbers(hosting.settled(), 1)[1] == [5, 5]
    assert {hosting.ask()["model"] for _ in range(8)} == {"right"}


def test_instances_that_do_not_come_up_leave_the_variant_as_it_was_and_say_why(two):
    two.aws.store.delete(BUCKET, "old.tar.gz")
    scale(two, VariantName="AllTraffic", DesiredInstanceCount=2, DesiredWeight=7)
    about = two.settled()
    assert (about["EndpointStatus"], numbers(about)) == ("InService", ([1, 1], [1, 1]))
    assert "old.tar.gz" in about["FailureReason"]
    assert two.ask()["model"] == "old"


@pytest.mark.parametrize(
    "desired, words",
    [
        ({"VariantName": "none", "DesiredWeight": 1}, '"none" is/are not present'),
        ({"VariantName": "AllTraffic", "DesiredInstanceCount": 0}, "at least 1 instance"),
    ],
)
def test_what_can_not_be_scaled_is_refused(two, desired, words):
    with pytest.raises(ClientError, match=words):
        scale(two, **desired)


def test_an_update_keeps_weights_and_counts_where_asked(two):
    scale(two, VariantName="AllTraffic", DesiredInstanceCount=2, DesiredWeight=3)
    two.settled()
    excluded = [{"VariantPropertyType": "DesiredWeight"}]
    update(two, RetainAllVariantProperties=True, ExcludeRetainedVariantProperties=excluded)
    about = two.settled()
    assert (about["EndpointConfigName"], numbers(about)) == ("second", ([2, 2], [1, 1]))


@pytest.mark.slow
def test_no_request_fails_but_those_of_a_killed_worker(two, alarms):
    """At least 3,000 requests over an update, a kill and a canary that rolls back."""
    alarms["bad"] = "OK"
    threads_number, number = 4, 750
    answers, errors, begun = [], [], [0] * threads_number
    done = threading.Event()

    def ask(mine):
        while begun[mine] < number or not done.is_set():
            begun[mine] += 1
            size = begun[mine]
            try:
                answer = two.ask(b"x" * size)
                answers.append((answer["bytes"] == size, answer["model"], answer["pid"]))
            except ClientError as error:
                errors.append(error.response)

    threads = [threading.Thread(target=ask, args=(mine,)) for mine in range(threads_number)]
    for thread in threads:
        thread.start()

    def wait_for_share(share):
        while sum(begun) < share * threads_number * number:
            time.sleep(0.01)

    wait_for_share(0.1)
    update(two)
    assert two.settled(seconds=120)["EndpointConfigName"] == "second"
    wait_for_share(0.4)
    killed = two.ask()["pid"]
    os.kill(killed, signal.SIGKILL)
    wait_for_share(0.6)
    update(two, "first", DeploymentConfig=guardrails(percent=50))
    assert until(lambda: is_baking(two), 120)
    wait_for_share(0.8)
    alarms["bad"] = "ALARM"
    two.aws.parts.clock.advance(2)
    assert "ALARM: bad" in two.settled(seconds=120)["FailureReason"]
    done.set()
    for thread in threads:
        thread.join()
    assert len(answers) + len(errors) == sum(begun) >= threads_number * number
    assert all(is_right for is_right, _, _ in answers)
    assert {model for _, model, _ in answers} == {"old", "new"}
    assert answers[-1][1] == "new"
    # What the killed worker was answering, and what its socket took before the kernel closed it.
    assert len(errors) <= 2 * threads_number
    for error in errors:
        assert error["Error"]["Code"] == "ModelError"
        assert error["OriginalStatusCode"] == 0
    assert len(two.folders()) == 1
