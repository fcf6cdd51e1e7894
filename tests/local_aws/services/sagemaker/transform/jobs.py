"""Transform jobs of a local AWS: requests, and what they leave in S3 and in their logs."""

from tests.local_aws.services.sagemaker.hosting.queues import permit
from tests.local_aws.services.sagemaker.jobs.requests import wait_for
from tests.local_cloud import BUCKET

ECHO = """
import json, os

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return body.encode() if isinstance(body, str) else bytes(body), content_type

def predict_fn(data, model):
    body, content_type = data
    if b"bad" in body:
        raise ValueError("this body is bad")
    return {"body": body.decode(), "type": content_type, "batch": os.environ["SAGEMAKER_BATCH"]}

def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""
"""A model that answers with what it was sent; `bad` is too much for it."""
UPPER = (
    ECHO.partition("def predict_fn")[0]
    + """
def predict_fn(data, model):
    return data[0].upper()

def output_fn(prediction, accept):
    return prediction, accept
"""
)
"""A model that answers in capitals, of the type that is asked for."""


def transform(name="job", key="in/", count=1, out="out", **more):
    """Return a CreateTransformJob request; `source` and `output` add to its input and output."""
    source, output = more.pop("source", {}), more.pop("output", {})
    place = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{key}"}
    return {
        "TransformJobName": name,
        "ModelName": "model",
        "TransformInput": {"DataSource": {"S3DataSource": place}, "ContentType": "text/plain"}
        | source,
        "TransformOutput": {"S3OutputPath": f"s3://{BUCKET}/{out}"} | output,
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": count},
        **more,
    }


class Transforms:
    """What a test does with transform jobs."""

    def __init__(self, hosting):
        self.hosting, self.aws, self.sagemaker = hosting, hosting.aws, hosting.sagemaker
        permit(self.aws, "s3:*")

    def put(self, **objects):
        """Put objects below in/: `b__c=…` is in/b/c.txt."""
        for name, body in objects.items():
            body = body if isinstance(body, bytes) else body.encode()
            self.aws.store.put(BUCKET, f"in/{name.replace('__', '/')}.txt", body)

    def run(self, **options):
        """Run a job to its end, and return its description."""
        self.sagemaker.create_transform_job(**transform(**options))
        return wait_for(self.sagemaker, "TransformJob", options.get("name", "job"))

    def outputs(self, prefix="out/"):
        """Return the outputs by their names below the prefix."""
        return {
            info.key.removeprefix(prefix): self.aws.store.read(BUCKET, info.key).decode()
            for info in self.aws.store.list(BUCKET, prefix)
        }

    def log(self, part=""):
        """Return the lines of the job's streams, whose names hold `part`."""
        logs, group = self.aws.engines.logs, {"logGroupName": "/aws/sagemaker/TransformJobs"}
        if not logs.describe_log_groups({})["logGroups"]:
            return []
        events = logs.filter_log_events(group)["events"]
        return [event["message"] for event in events if part in event["logStreamName"]]
