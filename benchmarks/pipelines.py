"""Measure the overhead of a pipeline's step: seconds from an execution's start to its end.

    python -m benchmarks.pipelines                   100 conditions, 100 functions

The steps do nothing: conditions that compare two numbers, and functions that return at once, each
a process. Both run one after the other and, as far as a pipeline's limit of 50 lets them, together.
"""

import argparse
import io
import json
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from local_aws.server import LocalAws

JOBS, FUNCTIONS = "sagemaker.amazonaws.com", "lambda.amazonaws.com"
ROLE = "arn:aws:iam::000000000000:role"
ENDED = ("Succeeded", "Failed", "Stopped")


def prepare(aws: LocalAws) -> str:
    """Make the roles and a function that does nothing; return its ARN."""
    for name, service in (("jobs", JOBS), ("functions", FUNCTIONS)):
        who = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [who]})
        request = {"RoleName": name, "AssumeRolePolicyDocument": trust}
        aws.parts.call("iam", "CreateRole", request)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("program.py", "def handle(event, context):\n    return event\n")
    request = {"FunctionName": "nothing", "Runtime": "python3.12", "Role": f"{ROLE}/functions"}
    request |= {"Handler": "program.handle", "Code": {"ZipFile": packed.getvalue()}, "Timeout": 300}
    return aws.parts.call("lambda", "CreateFunction", request)["FunctionArn"]


def condition(name: str) -> dict:
    """Return a step that compares two numbers."""
    equal = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
    arguments = {"Conditions": [equal], "IfSteps": [], "ElseSteps": []}
    return {"Name": name, "Type": "Condition", "Arguments": arguments}


def measure(aws: LocalAws, name: str, steps: int, make: Callable[[str], dict], row: bool) -> float:
    """Return the seconds of an execution with so many steps, in a row or side by side."""
    chain = [make(f"step-{number}") for number in range(steps)]
    for before, after in zip(chain, chain[1:] if row else [], strict=False):
        after["DependsOn"] = [before["Name"]]
    definition = json.dumps({"Version": "2020-12-01", "Steps": chain})
    request = {"PipelineName": name, "PipelineDefinition": definition, "RoleArn": f"{ROLE}/jobs"}
    aws.parts.call("sagemaker", "CreatePipeline", request)
    start = time.monotonic()
    arn = aws.parts.call("sagemaker", "StartPipelineExecution", {"PipelineName": name})
    status = ""
    while status not in ENDED:
        time.sleep(0.005)
        shown = aws.parts.call("sagemaker", "DescribePipelineExecution", arn)
        status = shown["PipelineExecutionStatus"]
    if status != "Succeeded":
        raise RuntimeError(f"{name}: {shown}")
    return time.monotonic() - start


def main(steps: int) -> None:
    """Print the milliseconds of a step, of each kind and order."""
    with tempfile.TemporaryDirectory() as folder, LocalAws(Path(folder) / "state") as aws:
        function = prepare(aws)

        def call(name: str) -> dict:
            return {"Name": name, "Type": "Lambda", "Arguments": {}, "FunctionArn": function}

        print(f"{'steps':24} {'s':>8} {'ms a step':>10}")
        for kind, make in (("conditions", condition), ("functions", call)):
            for order in ("in a row", "side by side"):
                name = f"{kind}-{order}".replace(" ", "-")
                seconds = measure(aws, name, steps, make, order == "in a row")
                print(f"{f'{kind} {order}':24} {seconds:8.2f} {1000 * seconds / steps:10.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100, help="steps of a pipeline")
    main(parser.parse_args().steps)
