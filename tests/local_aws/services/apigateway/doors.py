"""A REST API before an endpoint of a tiny model: made by single calls, asked over plain HTTP."""

import json

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from helpers.gateway_document import Door as Target
from helpers.gateway_document import document
from local_aws.control import advance
from local_aws.services.apigateway.integrations import SEEN_AFTER
from local_aws.settings import INVOKE
from tests.local_cloud import BUCKET, make_client

ROLE = "gateway"
SCRIPT = """
import hashlib, json, time
from sagemaker_inference.errors import GenericInferenceToolkitError

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return bytes(body), content_type

def predict_fn(data, model):
    body, content_type = data
    if body.startswith(b"status="):
        raise GenericInferenceToolkitError(int(body[7:10]), 'It says "no" to $you')
    if body == b"slow":
        time.sleep(3)
    return {"sha256": hashlib.sha256(body).hexdigest(), "kind": content_type}

def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""
ALLOWED = {
    "sagemaker:InvokeEndpoint": "arn:aws:sagemaker:us-east-1:*:endpoint/endpoint",
    "s3:GetObject": f"arn:aws:s3:::{BUCKET}/page.html",
}


def trust(service="apigateway.amazonaws.com"):
    """Return a trust policy."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Door:
    """What a test does with a REST API of a local AWS."""

    def __init__(self, aws):
        self.aws, self.gateway, self.iam = (
            aws,
            make_client(aws, "apigateway"),
            make_client(aws, "iam"),
        )
        self.keys = {"access": aws.context.access_key, "secret": aws.context.secret_key}

    def make(self, **changes):
        """Make role, page, API, stage, plan and key."""
        self.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust())
        self.allow(ALLOWED)
        self.aws.store.put(BUCKET, "page.html", b"<p>Listen</p>", content_type="text/html")
        self.aws.store.put(BUCKET, "secret.html", b"secret")
        api = self.gateway.create_rest_api(
            name="door", endpointConfiguration={"types": ["REGIONAL"]}
        )
        self.api = api["id"]
        self.deploy(**changes)
        stage = {"apiId": self.api, "stage": "live"}
        plan = self.gateway.create_usage_plan(
            name="plan", apiStages=[stage], throttle={"rateLimit": 100, "burstLimit": 100},
            quota={"limit": 1000, "period": "DAY"},
        )  # fmt: skip
        key = self.gateway.create_api_key(name="key", enabled=True)
        self.plan, self.key, self.key_id = plan["id"], key["value"], key["id"]
        self.gateway.create_usage_plan_key(
            usagePlanId=self.plan, keyId=self.key_id, keyType="API_KEY"
        )
        return self

    def allow(self, actions):
        """Let the gateway's role do these actions on these resources alone."""
        statements = [
            {"Effect": "Allow", "Action": action, "Resource": resource}
            for action, resource in actions.items()
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.iam.put_role_policy(RoleName=ROLE, PolicyName="p", PolicyDocument=policy)
        advance(self.aws.context, SEEN_AFTER.total_seconds())

    def document(self, **changes):
        """Return the document of the REST API."""
        facts = {
            "name": "door", "region": "us-east-1", "endpoint": "endpoint", "bucket": BUCKET,
            "page": "page.html", "role_arn": f"arn:aws:iam::000000000000:role/{ROLE}",
            "content_types": ("audio/ogg", "image/jpeg"),
        }  # fmt: skip
        return document(Target(**{**facts, **changes}))

    def deploy(self, **changes):
        """Have the stage serve a document."""
        self.put(self.document(**changes))
        deployment = self.gateway.create_deployment(restApiId=self.api)["id"]
        stage = {"restApiId": self.api, "stageName": "live"}
        if not self.gateway.get_stages(restApiId=self.api)["item"]:
            self.gateway.create_stage(**stage, deploymentId=deployment)
        patch = {"op": "replace", "path": "/deploymentId", "value": deployment}
        self.gateway.update_stage(**stage, patchOperations=[patch])

    def put(self, content):
        """Replace the REST API's document."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.gateway.put_rest_api(restApiId=self.api, mode="overwrite", body=body)

    def limit(self, **values):
        """Change throttle or quota of the plan."""
        paths = {"rate": "/throttle/rateLimit", "burst": "/throttle/burstLimit"}
        patches = [
            {"op": "replace", "path": paths.get(name, "/quota/limit"), "value": str(value)}
            for name, value in values.items()
        ]
        self.gateway.update_usage_plan(usagePlanId=self.plan, patchOperations=patches)

    @property
    def url(self):
        """The address of the stage."""
        return f"{self.aws.context.url}{INVOKE}{self.api}/live"

    def send(self, verb, path, **more):
        """Send a request without signature and key."""
        return requests.request(verb, f"{self.url}{path}", timeout=60, **more)

    def ask(self, body=b"x", kind="audio/ogg", key=None, **headers):
        """Send a body with the plan's key, or another one."""
        named = {"Content-Type": kind, "x-api-key": key or self.key, **headers}
        return self.send("POST", "/try", data=body, headers=named)

    def ask_signed(self, body=b"x", service="execute-api", secret=None, access=None):
        """Send a signed body."""
        url, kind = f"{self.url}/predict", {"Content-Type": "audio/ogg"}
        request = AWSRequest("POST", url, data=body, headers=kind)
        keys = Credentials(access or self.keys["access"], secret or self.keys["secret"])
        SigV4Auth(keys, service, "us-east-1").add_auth(request)
        return requests.post(request.url, data=body, headers=dict(request.headers), timeout=60)
