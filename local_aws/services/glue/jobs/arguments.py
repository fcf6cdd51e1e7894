"""The arguments of a job: those of the script, and those that AWS reads; starts nothing.

Contract: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
"""

from collections.abc import Mapping

from local_aws.errors import AwsError
from local_aws.wire.errors import unsupported
from local_aws.wire.routing import Call

FILES, CONF = "--extra-py-files", "--conf"
NEUTRAL = {"false", "", "0"}
REFUSED = {
    "--additional-python-modules": NEUTRAL,
    "--python-modules-installer-option": NEUTRAL,
    "--class": NEUTRAL,
    "--datalake-formats": NEUTRAL,
    "--enable-auto-scaling": NEUTRAL,
    "--enable-job-insights": NEUTRAL,
    "--enable-metrics": {"false", "0"},
    "--enable-observability-metrics": NEUTRAL,
    "--enable-spark-ui": NEUTRAL,
    "--spark-event-logs-path": NEUTRAL,
    "--encryption-type": NEUTRAL,
    "--extra-files": NEUTRAL,
    "--extra-jars": NEUTRAL,
    "--user-jars-first": NEUTRAL,
    "--job-bookmark-option": {"job-bookmark-disable"},
    "--job-language": {"python"},
    "--continuous-log-logGroup": NEUTRAL,
    "--continuous-log-conversionPattern": NEUTRAL,
    "--continuous-log-logStreamPrefix": NEUTRAL,
    "--write-shuffle-files-to-s3": NEUTRAL,
}
"""Arguments that AWS reads and the local AWS does not do, each with the values that ask nothing."""


def check_arguments(operation: str, member: str, arguments: Mapping[str, str]) -> None:
    """Check a job's or a run's arguments.

    Raises:
        AwsError: `NotImplementedException`, AWS would do what the local AWS does not; or a name
            does not begin as an argument does.
    """
    for name in arguments:
        if not name.startswith("--"):
            raise AwsError("InvalidInputException", f"{member}: {name} should begin with --")
    left_out = [
        f"{member} {name} {value}"
        for name, value in arguments.items()
        if value.lower() not in REFUSED.get(name, {value.lower()})
    ]
    if left_out:
        raise unsupported(Call("glue", operation, "json"), left_out)


def merged(job: Mapping[str, dict], own: Mapping[str, str]) -> dict[str, str]:
    """Return a run's arguments: the job's defaults, its own, and those that hold for every run."""
    defaults, fixed = job.get("DefaultArguments", {}), job.get("NonOverridableArguments", {})
    return {**defaults, **own, **fixed}


def words(arguments: Mapping[str, str]) -> list[str]:
    """Return the words that the script gets."""
    return [
        word for name, value in arguments.items() if name not in (FILES, CONF)
        for word in (name, value)
    ]  # fmt: skip


def spark_settings(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return Spark's settings of --conf, several in the form `a=1 --conf b=2`."""
    pairs = (part.strip().partition("=") for part in arguments.get(CONF, "").split("--conf"))
    return {name: value for name, _, value in pairs if name}
