"""Approve a version of the registry, and let the live endpoint serve it, under guardrails.

Here: python scripts_process/deploy.py --package ARN --endpoint NAME --role ARN --output deployment
As a job: the step Deploy of the pipeline of notebooks/10, under a role of its own.
The endpoint keeps its variant, its instances and its data capture; gateway and monitoring name the
endpoint, and so go on. New instances answer a share of the requests first; if an alarm goes off,
SageMaker returns to the version before, and the version is rejected with the reason. A deployment
that is started again goes on where it was. It writes deployment.json, whether the version is live
or not.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from helpers.job_run import run  # noqa: E402
from helpers.live_update import Guard, NotDeployed, approve, scale, serve  # noqa: E402
from helpers.session import job_client  # noqa: E402

OUTPUT = "/opt/ml/processing/output"
RESULT = "deployment.json"


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--package", required=True, help="ARN of the version, a model package")
    add("--endpoint", required=True, help="name of the endpoint, which is in service")
    add("--role", required=True, help="ARN of the role of models")
    add("--compared", type=int, help="number of the version that it was compared with; none: any")
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
    begin = time.perf_counter()
    by_policy = args.approval == "auto"
    version = approve(job_client("sagemaker"), args.package, args.why, by_policy=by_policy)
    model = f"{args.endpoint}-version-{version}"
    guard = Guard(args.errors, args.seconds, args.wait, args.keep)
    result = {"endpoint": args.endpoint, "version": version, "model": model, "is_live": False}
    try:
        serve(job_client, args.endpoint, args.package, model, args.role, guard, args.compared)
        result["is_live"] = True
        scale(job_client, args.endpoint, args.per_minute, args.most)
    except NotDeployed as error:
        result["reason"] = str(error)
        raise
    finally:
        result["seconds"] = time.perf_counter() - begin
        args.output.mkdir(parents=True, exist_ok=True)
        (args.output / RESULT).write_text(json.dumps(result, indent=1))
    print(f"{args.endpoint} serves version {version}")
    return {"version": version, "seconds": result["seconds"]}


if __name__ == "__main__":
    run(main, parse_args())
