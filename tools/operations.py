"""Writes docs/operations.md, the list of executed, recorded and refused operations.

python -m tools.operations    update it (`make readme` does it too)
"""

from functools import cache
from pathlib import Path

from botocore.model import ServiceModel

from local_aws.operations import table
from local_aws.recorded.recorded_operations import RECORDED
from local_aws.wire.validation import service_model
from tools.senders import SENDERS, SUITES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operations.md"
SERVICES = (
    *("s3", "athena", "glue"),
    *("sagemaker", "sagemaker-runtime", "sagemaker-featurestore-runtime", "sagemaker-metrics"),
    *("iam", "sts", "ecr", "logs", "cloudwatch", "secretsmanager"),
    *("events", "scheduler", "application-autoscaling", "apigateway", "lambda"),
    *("sns", "sqs", "codebuild", "budgets", "service-quotas"),
)
"""The services of the course, also of notebooks not yet written, by boto3's names."""
TITLE = """\
# The operations of the local AWS

Written by `make readme` from the engines' rows, `local_aws/recorded/recorded_operations.py` and botocore's service models.

- **Executed**: an engine of the local AWS does it. The second column lists its senders: notebooks by their numbers, or a client suite.
- **Recorded**: [moto](https://github.com/getmoto/moto) keeps it. The call itself is the whole effect, for the reason that is given; or moto does the rest, as with messages in queues.
- **Refused**: the client gets an error 400, `NotImplementedException` (`NotImplemented` from S3), whose message names the operation. Nothing is kept as if it had been done. So it is with a member of an executed operation's request that the operation's row in its engine does not state: the message names the member, and the values that are done where there are any.

All other services of boto3 are refused whole, in the same way. A test calls every refused operation of this page.

**The rule of admission**: an operation or option is executed only if a notebook, an SDK call that a notebook makes, or a client suite named here sends it; all else is refused by name. The whole package stays under 28,000 lines of code; what docstrings and comments explain does not count. The client suites are {SUITES}. `tools/senders.py` has the senders; a test holds that every executed operation has one, another that every one states the members that it does.
"""  # noqa: E501


def _wires(model: ServiceModel) -> list[tuple[str, tuple, bool]]:
    models = ((name, model.operation_model(name)) for name in model.operation_names)
    return [
        (n, (each.http["method"], each.http["requestUri"]), each.deprecated) for n, each in models
    ]


@cache
def operations(service: str) -> tuple[str, ...]:
    """Return a service's operations, without the deprecated names of ones that have a newer name.

    Those are the same request on the wire: S3's GetBucketLifecycle and its like.
    """
    model = service_model(service)
    if not model.metadata["protocol"].startswith("rest-"):
        return tuple(sorted(model.operation_names))
    wires = _wires(model)
    current = {wire for _, wire, deprecated in wires if not deprecated}
    return tuple(sorted(n for n, wire, deprecated in wires if not (deprecated and wire in current)))


def executed(service: str) -> list[str]:
    """Return the operations that an engine executes."""
    return sorted(operation for name, operation in table() if name == service)


def recorded(service: str) -> list[str]:
    """Return the operations that moto records."""
    records = RECORDED.get(service, ())
    return sorted(name for each in records for name in (*each.changes, *each.answers))


def refused(service: str) -> list[str]:
    """Return the operations that are refused."""
    done = {*executed(service), *recorded(service)}
    return [name for name in operations(service) if name not in done]


def counts() -> str:
    """Return the table with the numbers of executed, recorded and refused operations."""
    rows = ["| service | executed | recorded | refused |", "|---|--:|--:|--:|"]
    for service in SERVICES:
        numbers = [str(len(part(service)) or "") for part in (executed, recorded, refused)]
        rows.append(f"| {service} | {' | '.join(numbers)} |")
    return "\n".join(rows)


def _section(service: str) -> str:
    """Return a service's executed operations with their senders, and its recorded ones."""
    parts = [f"## {service}"]
    if executed(service):
        rows = ["| executed | sent by |", "|---|---|"]
        for each in SENDERS.get(service, ()):
            rows.append(f"| {', '.join(sorted(each.operations))} | {each.by} |")
        parts.append("\n".join(rows))
    if records := RECORDED.get(service):
        rows = ["| recorded | because |", "|---|---|"]
        for each in records:
            rows.append(f"| {', '.join(sorted((*each.changes, *each.answers)))} | {each.reason} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def page() -> str:
    """Return the whole page."""
    done = [_section(service) for service in SERVICES if executed(service) or recorded(service)]
    suites = "; ".join(f"{name} (`{path}`)" for name, path in SUITES.items())
    title = TITLE.strip().replace("{SUITES}", suites)
    lines = [f"- **{name}**: {', '.join(refused(name))}" for name in SERVICES if refused(name)]
    return "\n\n".join([title, counts(), *done, "## Refused", "\n".join(lines)]) + "\n"


def write() -> None:
    """Update the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page())


if __name__ == "__main__":
    write()
