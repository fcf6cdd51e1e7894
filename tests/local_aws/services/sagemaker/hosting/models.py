"""Tiny models: archives with four functions, put behind endpoints."""

import io
import json
import os
import tarfile
import time

from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import BUCKET, SERVING

SCRIPT = """
import json, os
from sagemaker_inference.errors import GenericInferenceToolkitError

def model_fn(model_dir):
    return open(os.path.join(model_dir, "weights")).read()

def input_fn(body, content_type):
    if content_type != "text/plain":
        raise GenericInferenceToolkitError(415, f"Send text/plain, not {content_type}")
    return bytes(body)

def predict_fn(data, model):
    if data == b"bad":
        raise GenericInferenceToolkitError(400, "Can't read this")
    return {"model": model, "bytes": len(data), "pid": os.getpid()}

def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""

OURS = SCRIPT.replace(
    "sagemaker_inference.errors import GenericInferenceToolkitError",
    "starlette.exceptions import HTTPException as GenericInferenceToolkitError",
)
"""The same for the course's own image, which has Starlette and no toolkit."""


def archive(script=SCRIPT, weights="w", **files):
    """Return a model.tar.gz with code/inference.py."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in {"code/inference.py": script, "weights": weights, **files}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def alive(pid):
    """Tell whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Hosting:
    """What a test does with endpoints of a local AWS."""

    def __init__(self, aws, client):
        self.aws, self.sagemaker, self.runtime = (
            aws,
            client("sagemaker"),
            client("sagemaker-runtime"),
        )

    def model(self, name="model", data=None, **environment):
        """Make a model of an archive."""
        self.aws.store.put(BUCKET, f"{name}.tar.gz", archive() if data is None else data)
        uri = f"s3://{BUCKET}/{name}.tar.gz"
        container = {"Image": SERVING, "ModelDataUrl": uri, "Environment": environment}
        self.sagemaker.create_model(
            ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE
        )

    def config(self, name, **weights):
        """Make a configuration of a variant for each model, of the given weights."""
        variants = [
            {"VariantName": model, "ModelName": model, "InitialInstanceCount": 1,
             "InstanceType": "ml.m5.large", "InitialVariantWeight": weight}
            for model, weight in weights.items()
        ]  # fmt: skip
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)

    def variant(self, name, model, count=1, **more):
        """Make a configuration of one variant, `AllTraffic`."""
        variant = {
            "VariantName": "AllTraffic", "ModelName": model, "InitialInstanceCount": count,
            "InstanceType": "ml.m5.large", "InitialVariantWeight": 1.0,
        }  # fmt: skip
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[variant], **more
        )

    def serverless(self, name, model, **config):
        """Make a configuration of one serverless variant."""
        variant = {"VariantName": "AllTraffic", "ModelName": model, "ServerlessConfig": config}
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])

    def create(self, data=None, name="endpoint"):
        """Make model, configuration and endpoint, and return how the endpoint came up."""
        self.model(data=data)
        self.config("config", model=1)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="config")
        return self.settled(name)

    def settled(self, name="endpoint", seconds=60):
        """Return an endpoint's description once it does not change any more."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            about = self.sagemaker.describe_endpoint(EndpointName=name)
            if about["EndpointStatus"] not in ("Creating", "Updating", "RollingBack"):
                return about
            time.sleep(0.05)
        raise AssertionError(f"{name} has not settled in {seconds} s")

    def ask(self, body=b"hello", kind="text/plain", **more):
        """Return the endpoint's answer."""
        reply = self.runtime.invoke_endpoint(
            EndpointName="endpoint", Body=body, ContentType=kind, **more
        )
        return json.loads(reply["Body"].read())

    def log(self):
        """Return all that the endpoint's workers have said."""
        request = {"logGroupName": "/aws/sagemaker/Endpoints/endpoint"}
        events = self.aws.engines.logs.filter_log_events(request)["events"]
        return "\n".join(event["message"] for event in events)

    def folders(self):
        """Return the disks of all workers."""
        return list((self.aws.context.state / "instances").glob("endpoint-*"))
