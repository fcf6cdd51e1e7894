"""Approve a version of the registry, and let the live endpoint serve it, under guardrails.

Here: python scripts_process/deploy.py --package ARN --endpoint NAME --role ARN --output deployment
As a job: the last step of the pipeline of notebooks/10, under a role of its own.
The endpoint keeps its variant, its instances and its data capture; gateway and monitoring name the
endpoint, and so go on. New instances answer a share of the requests first; if an alarm goes off,
SageMaker returns to the version before, and the version is rejected with the reason. A deployment
that is started again goes on where it was. It writes deployment.json.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

from helpers.deployment import (  # noqa: E402
    alarm_requests,
    guardrails,
    judgment,
    policy_request,
    renewed,
    target_request,
)
from helpers.metrics import END, metric_line  # noqa: E402
from helpers.session import job_client  # noqa: E402

OUTPUT = "/opt/ml/processing/output"
RESULT = "deployment.json"
APPROVED, WAITS = "Approved", "PendingManualApproval"
CHANGING = ("Creating", "Updating", "RollingBack", "SystemUpdating")
LIMIT_SECONDS, POLL_SECONDS = 3600, 2.0


class NotDeployed(RuntimeError):
    """The endpoint does not serve the version; the message has the reason."""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--package", required=True, help="ARN of the version, a model package")
    add("--endpoint", required=True, help="name of the endpoint, which is in service")
    add("--role", required=True, help="ARN of the role of models")
    approval = "auto: approve a version that waits; person: deploy only what a person has approved"
    add("--approval", choices=("auto", "person"), default="auto", help=approval)
    add("--why", default="approved by the pipeline", help="reason of the approval")
    add("--errors", type=float, default=0.05, help="share of 5xx in a minute that rolls back")
    add("--seconds", type=float, default=2.0, help="mean seconds of an answer that roll back")
    add("--wait", type=int, default=120, help="seconds between the first share and all (120)")
    add("--keep", type=int, default=60, help="seconds for which old instances stay (60)")
    add("--per-minute", type=float, default=600, help="requests a minute for an instance (600)")
    add("--most", type=int, default=4, help="most instances (default 4)")
    add("--output", type=Path, default=OUTPUT, help="folder for deployment.json")
    add("--message", default="/opt/ml/output/message", help="file for the reason of a failure")
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> dict[str, float]:
    """Approve and deploy; return the metrics.

    Raises:
        NotDeployed: the version waits for a person, or the endpoint serves the one before.
    """
    begin, sagemaker = time.perf_counter(), job_client("sagemaker")
    version = approve(sagemaker, args)
    model = f"{args.endpoint}-version-{version}"
    live = settled(sagemaker, args.endpoint)
    configuration = sagemaker.describe_endpoint_config(
        EndpointConfigName=live["EndpointConfigName"]
    )
    if configuration["ProductionVariants"][0]["ModelName"] != model:
        make_model(sagemaker, model, args)
        update(sagemaker, live, configuration, model, args)
    scale(live, args)
    seconds = time.perf_counter() - begin
    result = {"endpoint": args.endpoint, "version": version, "model": model, "seconds": seconds}
    args.output.mkdir(parents=True, exist_ok=True)
    (args.output / RESULT).write_text(json.dumps(result, indent=1))
    print(f"{args.endpoint} serves version {version}")
    return {"version": version, "seconds": seconds}


def approve(sagemaker: Any, args: argparse.Namespace) -> int:
    """Approve the version, if that is its policy; return its number."""
    package = sagemaker.describe_model_package(ModelPackageName=args.package)
    status, version = package["ModelApprovalStatus"], package["ModelPackageVersion"]
    if status == WAITS and args.approval == "auto":
        sagemaker.update_model_package(**judgment(args.package, APPROVED, args.why))
    elif status != APPROVED:
        raise NotDeployed(f"Version {version} is {status}: a person has to approve it first")
    return version


def settled(sagemaker: Any, endpoint: str) -> dict[str, Any]:
    """Wait until an endpoint is not changing, and return its description.

    Raises:
        NotDeployed: it changes for longer than an hour.
    """
    end = time.monotonic() + LIMIT_SECONDS
    while (live := sagemaker.describe_endpoint(EndpointName=endpoint))[
        "EndpointStatus"
    ] in CHANGING:
        if time.monotonic() > end:
            raise NotDeployed(f"{endpoint} is {live['EndpointStatus']} for more than an hour")
        time.sleep(POLL_SECONDS)
    return live


def make_model(sagemaker: Any, name: str, args: argparse.Namespace) -> None:
    """Create the version's model, unless it is there."""
    if any(each["ModelName"] == name for each in models(sagemaker, name)):
        return
    container = {"ModelPackageName": args.package}
    sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=args.role)


def models(sagemaker: Any, name: str) -> list[dict[str, Any]]:
    """Return the models whose names contain a name."""
    pages = sagemaker.get_paginator("list_models").paginate(NameContains=name)
    return [each for page in pages for each in page["Models"]]


def update(
    sagemaker: Any, live: dict[str, Any], configuration: dict[str, Any], model: str,
    args: argparse.Namespace,
) -> None:  # fmt: skip
    """Update the endpoint to the model, and wait for the end.

    Raises:
        NotDeployed: an alarm went off or the instances failed; the version is rejected.
    """
    alarms = alarm_requests(args.endpoint, args.errors, args.seconds)
    for alarm in alarms:
        job_client("cloudwatch").put_metric_alarm(**alarm)
    members = renewed(configuration, model, live["ProductionVariants"][0]["CurrentInstanceCount"])
    name = f"{args.endpoint[:40]}-{time.strftime('%Y%m%d-%H%M%S')}"
    sagemaker.create_endpoint_config(EndpointConfigName=name, **members)
    deployment = guardrails([alarm["AlarmName"] for alarm in alarms], args.wait, args.keep)
    sagemaker.update_endpoint(
        EndpointName=args.endpoint, EndpointConfigName=name, DeploymentConfig=deployment
    )
    now = settled(sagemaker, args.endpoint)
    if now["EndpointConfigName"] != name or now["EndpointStatus"] != "InService":
        why = f"{args.endpoint} returned to the version before: {now.get('FailureReason')}"
        sagemaker.update_model_package(**judgment(args.package, "Rejected", why))
        raise NotDeployed(why)


def scale(live: dict[str, Any], args: argparse.Namespace) -> None:
    """Let the endpoint have as many instances as its load needs."""
    scaling, variant = job_client("application-autoscaling"), live["ProductionVariants"][0]
    where = f"endpoint/{args.endpoint}/variant/{variant['VariantName']}"
    scaling.register_scalable_target(**target_request(where, args.most))
    scaling.put_scaling_policy(**policy_request(where, args.endpoint, args.per_minute))


if __name__ == "__main__":
    arguments = parse_args()
    try:
        printed = main(arguments)
    except Exception as error:  # any failure: its last line is the job's FailureReason
        import traceback

        traceback.print_exc()
        if Path(arguments.message).parent.is_dir():
            Path(arguments.message).write_text(f"{type(error).__name__}: {error}"[:1024], "utf-8")
        raise SystemExit(f"{type(error).__name__}: {error}") from error
    print(metric_line(**printed), END, sep="\n")
