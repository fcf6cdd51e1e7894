"""Definitions of small pipelines, and waiting for their executions."""

import json
import time

from tests.local_aws.services.sagemaker.jobs.requests import ROLE, processing, training

BODY = "import json, os\n"
ALL = {"Effect": "Allow", "Action": ["sagemaker:*", "iam:PassRole", "lambda:*"], "Resource": "*"}
OUTPUT = "/opt/ml/processing/output"


def get(path):
    return {"Get": path}


def step(name, kind, arguments=None, **more):
    return {"Name": name, "Type": kind, "Arguments": arguments or {}, **more}


def fail(name="stop", message="no", **more):
    return step(name, "Fail", {"ErrorMessage": message}, **more)


def equal(left, right, kind="Equals"):
    return {"Type": kind, "LeftValue": left, "RightValue": right}


def condition(name, *conditions, yes=(), no=(), **more):
    branches = {"IfSteps": list(yes), "ElseSteps": list(no)}
    return step(name, "Condition", {"Conditions": list(conditions), **branches}, **more)


def train(name, script, **more):
    """Return a training step; `more` goes to the request, or to the step by its members' names."""
    own = {key: more.pop(key) for key in (*MEMBERS, "DependsOn") if key in more}
    request = training("", script, **more)
    del request["TrainingJobName"]
    return step(name, "Training", request, **own)


MEMBERS = ("CacheConfig", "RetryPolicies", "DisplayName", "Description")


def process(name, *arguments, **more):
    """Return a processing step that runs `code/run.py` of the bucket."""
    request = processing("", *arguments)
    del request["ProcessingJobName"]
    return step(name, "Processing", request, **more)


def text(*steps, parameters=(), **more):
    """Return a definition's text."""
    document = {"Version": "2020-12-01", "Parameters": list(parameters), "Steps": list(steps)}
    return json.dumps({**document, **more})


def parameter(name, kind="String", default=None):
    value = {} if default is None else {"DefaultValue": default}
    return {"Name": name, "Type": kind, **value}


def allow(iam, *statements, role="course"):
    """Give a role a policy that allows what pipelines start, and no other of this name."""
    document = {"Version": "2012-10-17", "Statement": [*(statements or (ALL,))]}
    iam.put_role_policy(RoleName=role, PolicyName="pipelines", PolicyDocument=json.dumps(document))


class Client:
    """A client of pipelines that makes, starts and waits."""

    def __init__(self, sagemaker):
        self.sagemaker = sagemaker

    def make(self, *steps, name="chain", **more):
        own = {key: more.pop(key) for key in ("ParallelismConfiguration", "Tags") if key in more}
        definition = text(*steps, **more)
        asked = {"PipelineName": name, "PipelineDefinition": definition, "RoleArn": ROLE, **own}
        return self.sagemaker.create_pipeline(**asked)["PipelineArn"]

    def start(self, name="chain", parameters=(), **more):
        given = [{"Name": key, "Value": value} for key, value in dict(parameters).items()]
        asked = {"PipelineName": name, "PipelineParameters": given, **more}
        return self.sagemaker.start_pipeline_execution(**asked)["PipelineExecutionArn"]

    def describe(self, arn):
        return self.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)

    def wait(self, arn, seconds=60):
        """Return an execution's description once it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown = self.describe(arn)
            if shown["PipelineExecutionStatus"] not in ("Executing", "Stopping"):
                return shown
            time.sleep(0.02)
        raise AssertionError(f"{arn} has not ended in {seconds} s: {self.steps(arn)}")

    def run(self, *steps, **more):
        """Make a pipeline, run it once, and return the execution's ARN and description."""
        self.make(*steps, **more)
        arn = self.start(more.get("name", "chain"))
        return arn, self.wait(arn)

    def steps(self, arn):
        """Return the steps of an execution by name."""
        answer = self.sagemaker.list_pipeline_execution_steps(
            PipelineExecutionArn=arn, MaxResults=100
        )
        return {each["StepName"]: each for each in answer["PipelineExecutionSteps"]}

    def statuses(self, arn):
        return {name: each["StepStatus"] for name, each in self.steps(arn).items()}
