"""Samples of requests and answers are in S3, in the layout and encodings that AWS documents."""

import base64
import json
import random
import re

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting.data_capture import DataCapture
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.state.clock import Clock
from local_aws.state.objects.store import ObjectStore
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET

BOTH = [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]
TEXT = {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]}
CONFIG = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://samples/captured/",
    "CaptureOptions": BOTH,
    "CaptureContentTypeHeader": TEXT,
}


class Captured:
    """A capture over a store of its own."""

    def __init__(self, folder):
        self.store, self.clock = ObjectStore(folder), Clock()
        self.store.create_bucket("samples")
        self.capture = DataCapture(self.store, self.clock, random.Random(1))

    def add(self, config, body=b"1,2", kind="text/csv", answer=None, **more):
        answer = answer or Answer(200, "application/json", b'{"a": 1}')
        self.capture.add(
            config, "endpoint", "v", {"Body": body, "ContentType": kind, **more}, answer
        )

    def lines(self):
        self.capture.write()
        keys = [info.key for info in self.store.list("samples")]
        lines = [
            json.loads(line)
            for key in keys
            for line in self.store.read("samples", key).splitlines()
        ]
        return keys, lines


@pytest.fixture
def captured(tmp_path):
    return Captured(tmp_path)


def test_a_line_has_the_documented_form_and_key(captured):
    captured.add(CONFIG, InferenceId="id-1", CustomAttributes="mine")
    (key,), (line,) = captured.lines()
    now = captured.clock.now()
    assert re.fullmatch(
        rf"captured/endpoint/v/{now:%Y/%m/%d/%H}/\d\d-\d\d-\d{{3}}-[0-9a-f-]{{36}}\.jsonl", key
    )
    assert line["captureData"] == {
        "endpointInput": {
            "observedContentType": "text/csv", "mode": "INPUT", "data": "1,2", "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": "application/json", "mode": "OUTPUT", "data": '{"a": 1}',
            "encoding": "JSON",
        },
    }  # fmt: skip
    assert line["eventVersion"] == "0"
    metadata = line["eventMetadata"]
    assert metadata.keys() == {"eventId", "inferenceId", "inferenceTime", "customAttributes"}
    assert metadata["inferenceId"] == "id-1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", metadata["inferenceTime"])


@pytest.mark.parametrize(
    "kind, body, headers, encoding",
    [
        ("text/csv; charset=utf-8", b"1", TEXT, "CSV"),
        ("Application/JSON", b"{}", TEXT, "JSON"),
        ("audio/ogg", b"\xff\x00", TEXT, "BASE64"),
        ("text/csv", b"\xff", TEXT, "BASE64"),
        ("text/csv", b"1", {}, "BASE64"),
    ],
)
def test_only_listed_content_types_are_text(captured, kind, body, headers, encoding):
    captured.add({**CONFIG, "CaptureContentTypeHeader": headers}, body, kind)
    message = captured.lines()[1][0]["captureData"]["endpointInput"]
    assert (message["encoding"], message["observedContentType"]) == (encoding, kind)
    is_text = encoding != "BASE64"
    assert (message["data"].encode() if is_text else base64.b64decode(message["data"])) == body


@pytest.mark.parametrize(
    "modes, sides",
    [
        (["Input"], {"endpointInput"}),
        (["Output"], {"endpointOutput"}),
        (["InputAndOutput"], {"endpointInput", "endpointOutput"}),
    ],
)
def test_the_chosen_sides_are_captured(captured, modes, sides):
    captured.add({**CONFIG, "CaptureOptions": [{"CaptureMode": mode} for mode in modes]})
    assert captured.lines()[1][0]["captureData"].keys() == sides


def test_as_many_are_captured_as_the_sampling_says(captured):
    for _ in range(1000):
        captured.add({**CONFIG, "InitialSamplingPercentage": 30})
    (_,), lines = captured.lines()
    assert 250 < len(lines) < 350


@pytest.mark.parametrize(
    "config, status",
    [(None, 200), ({**CONFIG, "EnableCapture": False}, 200), (CONFIG, 400),
     ({**CONFIG, "InitialSamplingPercentage": 0}, 200)],
)  # fmt: skip
def test_nothing_is_captured_without_a_config_or_of_an_error(captured, config, status):
    captured.add(config, answer=Answer(status, "text/plain", b"no"))
    assert captured.lines() == ([], [])


def test_a_bucket_that_is_gone_costs_the_samples_and_says_so(captured, caplog):
    captured.add({**CONFIG, "DestinationS3Uri": "s3://nobody/x"})
    captured.capture.write()
    assert "1 captured requests for s3://nobody/x" in caplog.text


def test_an_endpoint_captures_what_it_is_asked_and_answers(hosting, aws):
    hosting.model()
    config = {**CONFIG, "DestinationS3Uri": f"s3://{BUCKET}/captured"}
    hosting.variant("config", "model", DataCaptureConfig=config)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    about = hosting.settled()["DataCaptureConfig"]
    assert (about["CaptureStatus"], about["CurrentSamplingPercentage"]) == ("Started", 100)
    hosting.ask(InferenceId="mine")
    keys = until(lambda: [info.key for info in aws.store.list(BUCKET, "captured/")])
    line = json.loads(aws.store.read(BUCKET, keys[0]))
    assert keys[0].startswith("captured/endpoint/AllTraffic/")
    assert base64.b64decode(line["captureData"]["endpointInput"]["data"]) == b"hello"
    assert json.loads(line["captureData"]["endpointOutput"]["data"])["bytes"] == 5
    assert line["eventMetadata"]["inferenceId"] == "mine"


def test_what_the_models_role_may_not_write_is_lost_and_named(captured, caplog):
    def check(role, object_):
        if role != "arn:may" or not object_.startswith("arn:aws:s3:::samples/captured/endpoint/v/"):
            raise AwsError("AccessDenied", f"{role} may not write {object_}")

    captured.capture = DataCapture(captured.store, captured.clock, random.Random(1), check)
    answer = Answer(200, "application/json", b"{}")
    for role in ("arn:may", "arn:may-not"):
        captured.capture.add(CONFIG, "endpoint", "v", {"Body": b"1"}, answer, role)
    _, lines = captured.lines()
    assert len(lines) == 1 and "1 captured requests" in caplog.text
    assert "arn:may-not may not write" in caplog.text
