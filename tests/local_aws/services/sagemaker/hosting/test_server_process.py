"""An image's own `serve` runs as SageMaker runs it: its port, its health, its headers, its end."""

import json
import os
import threading
import time

import pytest

from local_aws.services.sagemaker.hosting import server_process
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, until
from tests.local_cloud import BUCKET
from tests.made_image import manifest

DOCKERFILE = """
FROM python:3.11-slim
COPY serve /opt/tool/
COPY about.py /opt/tool/
ENV PATH=/opt/tool:$PATH ONE=1
WORKDIR /w
"""
SERVE = """#!/usr/bin/env python3
import json, os, signal, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from about import MODEL

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(500 if os.path.exists(BASE + "/model/ill") else 200, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if body == b"fall ill":
            open(BASE + "/model/ill", "w").close()
        if body == b"wait":
            time.sleep(1)
        about = {"headers": dict(self.headers), "variables": dict(os.environ), "pid": os.getpid(),
                 "place": os.getcwd(), "words": sys.argv[1:], "model": os.listdir(MODEL)}
        self.reply(200, json.dumps(about).encode())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Amzn-SageMaker-Custom-Attributes", "seen=1")
        self.end_headers()
        self.wfile.write(body)

def end(*_):
    print("asked to end", flush=True)
    os._exit(0)

BASE = os.environ["SAGEMAKER_BASE_DIR"]
signal.signal(signal.SIGTERM, end)
port = int(os.environ["SAGEMAKER_BIND_TO_PORT"])
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
ABOUT = 'MODEL = "/opt/ml/model"\n'


@pytest.fixture
def create(aws, client, hosting):
    """Return a function that makes an endpoint of an image, and returns how it came up."""
    ecr = client("ecr")
    ecr.create_repository(repositoryName="ours")

    def create(serve=SERVE, dockerfile=DOCKERFILE, **variables):
        made = manifest(dockerfile, **{"serve": serve, "about.py": ABOUT})
        ecr.put_image(repositoryName="ours", imageManifest=made, imageTag="a")
        uri = ecr.describe_repositories()["repositories"][0]["repositoryUri"]
        aws.store.put(BUCKET, "model.tar.gz", archive())
        place = {"Image": f"{uri}:a", "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
        place["Environment"] = variables
        hosting.sagemaker.create_model(
            ModelName="model", PrimaryContainer=place, ExecutionRoleArn=ROLE
        )
        hosting.config("config", model=1)
        hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
        return hosting.settled()

    return create


def test_it_runs_in_a_closed_environment_with_what_its_image_says(create, hosting, monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    assert create()["EndpointStatus"] == "InService"
    answer = hosting.ask()
    variables = answer["variables"]
    assert (variables["ONE"], "SECRET" in variables) == ("1", False)
    assert variables["AWS_ENDPOINT_URL"] == hosting.aws.context.url
    assert answer["place"].endswith("/w") and sorted(answer["model"]) == ["code", "weights"]


def test_no_variable_of_a_model_has_it_listen_to_other_machines(create, hosting):
    address = {"UVICORN_HOST": "0.0.0.0", "SAGEMAKER_BIND_TO_PORT": "1"}
    assert create(**address, TWO="2")["EndpointStatus"] == "InService"
    variables = hosting.ask()["variables"]
    assert (variables["UVICORN_HOST"], variables["TWO"]) == ("127.0.0.1", "2")


def test_headers_go_to_the_model_and_attributes_come_back(create, client):
    create()
    reply = client("sagemaker-runtime").invoke_endpoint(
        EndpointName="endpoint", Body=b"x", ContentType="a/b", Accept="c/d",
        CustomAttributes="trace=1", TargetVariant="model",
    )  # fmt: skip
    headers = {k.lower(): v for k, v in json.loads(reply["Body"].read())["headers"].items()}
    assert (headers["content-type"], headers["accept"]) == ("a/b", "c/d")
    assert headers["x-amzn-sagemaker-custom-attributes"] == "trace=1"
    assert headers["x-amzn-sagemaker-target-variant"] == "model"
    assert reply["CustomAttributes"] == "seen=1"


def test_a_server_whose_ping_fails_again_and_again_is_replaced(create, hosting, monkeypatch):
    monkeypatch.setattr(server_process, "PING_EVERY_SECONDS", 0.05)
    create()
    before = hosting.ask()["pid"]
    hosting.ask(b"fall ill")
    assert until(lambda: "3 times in a row: the container is replaced" in hosting.log())
    assert until(lambda: not os.path.exists(f"/proc/{before}"))
    assert hosting.ask()["pid"] != before


def test_the_end_of_an_endpoint_is_told_to_its_server(create, hosting):
    create()
    pid = hosting.ask()["pid"]
    hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    assert "asked to end" in hosting.log()
    assert not os.path.exists(f"/proc/{pid}") and not hosting.folders()


def test_a_server_that_does_not_hear_is_killed_after_the_grace(create, hosting):
    create(SERVE.replace("signal.signal(signal.SIGTERM, end)", "signal.signal(15, signal.SIG_IGN)"))
    pid, began = hosting.ask()["pid"], time.monotonic()
    hosting.aws.engines.endpoints.shut_down()
    assert 1 < time.monotonic() - began < 10 and not os.path.exists(f"/proc/{pid}")


def test_a_server_that_never_answers_ping_fails_the_endpoint(create, monkeypatch, hosting):
    monkeypatch.setattr(server_process, "START_SECONDS", 1.0)
    about = create("#!/usr/bin/env python3\nimport time\ntime.sleep(60)")
    assert about["EndpointStatus"] == "Failed"
    assert about["FailureReason"].endswith("health check: it was not answered within 1 s")
    assert not hosting.folders()


def test_a_server_that_ends_at_once_fails_the_endpoint_with_its_words(create):
    reason = create("#!/usr/bin/env python3\nraise OSError('no such weights')")["FailureReason"]
    assert reason.endswith("health check: OSError: no such weights")


def test_two_endpoints_have_a_port_each(create, hosting):
    create()
    hosting.sagemaker.create_endpoint(EndpointName="second", EndpointConfigName="config")
    assert hosting.settled("second")["EndpointStatus"] == "InService"
    replies = [
        hosting.runtime.invoke_endpoint(EndpointName=name, Body=b"x")["Body"].read()
        for name in ("endpoint", "second")
    ]
    ports = {json.loads(reply)["variables"]["SAGEMAKER_BIND_TO_PORT"] for reply in replies}
    assert len(ports) == 2


def test_a_request_that_runs_is_answered_though_an_update_replaces_its_server(create, hosting):
    create()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(hosting.ask(b"wait")))
    thread.start()
    time.sleep(0.3)
    hosting.config("next", model=1)
    hosting.sagemaker.update_endpoint(EndpointName="endpoint", EndpointConfigName="next")
    thread.join()
    assert hosting.settled()["EndpointConfigName"] == "next" and answers[0]["pid"]
