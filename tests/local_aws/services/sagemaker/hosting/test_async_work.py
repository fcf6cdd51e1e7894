"""A request's input, answer and notice go by what the model's role may; each fault is a failure."""

import json

import pytest

from local_aws.services.sagemaker.hosting import async_work
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_aws.services.sagemaker.hosting.queues import (
    arrived,
    create,
    permit,
    send,
    stored,
)
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_aws.services.sns.test_engine import Subscriber
from tests.local_cloud import BUCKET

OBJECTS = f"arn:aws:s3:::{BUCKET}/"


@pytest.fixture
def sent(hosting):
    """Return the list that gets what is measured."""
    sent = []
    hosting.aws.engines.invocations.metrics.add = sent.append
    return sent


def counted(sent, name):
    """Return how often a fault was counted."""
    return sum(each.values().get(name, (0, ""))[0] for each in sent)


def test_an_input_that_the_role_may_not_read_is_a_failure(hosting, sent):
    create(hosting)
    permit(hosting.aws, "s3:*", resource=f"{OBJECTS}failures/*")
    reason = arrived(hosting, send(hosting)["FailureLocation"])
    assert b"not authorized to perform: s3:GetObject" in reason
    assert until(lambda: counted(sent, "InvocationFailures") == 1)
    assert counted(sent, "RequestDownloadFailures") == 1


def test_an_input_that_is_not_there_is_a_failure(hosting):
    create(hosting)
    told = hosting.runtime.invoke_endpoint_async(
        EndpointName="endpoint", InputLocation=f"s3://{BUCKET}/nothing"
    )
    assert b"NoSuchKey" in arrived(hosting, told["FailureLocation"])


def test_an_input_above_the_limit_is_a_failure_that_says_it(hosting, monkeypatch):
    create(hosting)
    monkeypatch.setattr(async_work, "MOST_BYTES", 4)
    reason = arrived(hosting, send(hosting, b"hello")["FailureLocation"])
    assert reason == b"ClientError: s3://course-bucket/input has 5 bytes: the most is 4."
    assert json.loads(arrived(hosting, send(hosting, b"hell")["OutputLocation"]))["bytes"] == 4


def test_an_input_is_sent_as_it_is_read(hosting, monkeypatch):
    create(hosting)
    bodies = []
    fleet = hosting.aws.engines.endpoints.deployments.serving("endpoint")
    answer = fleet.answer

    def spied(variant, body, *more):
        bodies.append(body)
        return answer(variant, body, *more)

    monkeypatch.setattr(fleet, "answer", spied)
    told = send(hosting, bytes(3_000_000))
    assert json.loads(arrived(hosting, told["OutputLocation"]))["bytes"] == 3_000_000
    assert not isinstance(bodies[0], bytes)


def test_an_answer_that_the_role_may_not_write_is_a_failure_and_counted(hosting, sent):
    create(hosting)
    permit(hosting.aws, "s3:GetObject")
    told = send(hosting)
    assert until(lambda: counted(sent, "ResponseUploadFailures") == 1)
    assert counted(sent, "InvocationFailures") == 1
    assert stored(hosting, told["OutputLocation"]) is stored(hosting, told["FailureLocation"])


def notified(hosting, client, **more):
    """Make an endpoint that tells a topic of each request; return the topic's queue."""
    topic = client("sns").create_topic(Name="news")["TopicArn"]
    queue = Subscriber(client("sns"), client("sqs"), topic)
    create(hosting, notified={"SuccessTopic": topic, "ErrorTopic": topic, **more})
    return queue


def heard(queue):
    """Return the one message of a queue."""
    texts = []
    assert until(lambda: texts.extend(queue.texts()) or texts)
    return json.loads(texts[0])


def test_a_topic_hears_of_an_answer_in_awss_form(hosting, client):
    queue = notified(hosting, client)
    told = send(hosting, InferenceId="clip-1", Accept="application/json")
    message = heard(queue)
    assert message.pop("eventTime") >= message.pop("receivedTime")
    assert message == {
        "awsRegion": "us-east-1",
        "invocationStatus": "Completed",
        "requestParameters": {
            "accept": "application/json",
            "contentType": "text/plain",
            "endpointName": "endpoint",
            "inputLocation": f"s3://{BUCKET}/input",
        },
        "responseParameters": {
            "contentType": "application/json",
            "outputLocation": told["OutputLocation"],
        },
        "inferenceId": "clip-1",
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def test_a_topic_hears_of_a_failure_and_its_reason(hosting, client):
    queue = notified(hosting, client)
    told = send(hosting, b"bad")
    message = heard(queue)
    assert message["invocationStatus"] == "Failed"
    assert message["failureReason"] == (
        "ClientError: Received client error (400) from model. See the SageMaker Endpoint logs in"
        " your account for more information."
    )
    assert message["responseParameters"]["failureLocation"] == told["FailureLocation"]


def test_a_topic_that_is_gone_is_counted_and_the_answer_is_there(hosting, client, sent):
    queue = notified(hosting, client)
    topic = hosting.sagemaker.describe_endpoint_config(EndpointConfigName="config")
    arn = topic["AsyncInferenceConfig"]["OutputConfig"]["NotificationConfig"]["SuccessTopic"]
    client("sns").delete_topic(TopicArn=arn)
    arrived(hosting, send(hosting)["OutputLocation"])
    assert until(lambda: counted(sent, "NotificationFailures") == 1)
    assert counted(sent, "InvocationFailures") == 0 and queue.texts() == []


def test_a_model_that_fails_by_itself_is_a_server_error(hosting, sent):
    create(hosting, archive(SCRIPT.replace('data == b"bad"', "1 / 0")))
    reason = arrived(hosting, send(hosting)["FailureLocation"])
    assert b"division by zero" in reason
    assert until(lambda: counted(sent, "Invocation5XXErrors") == 1)
