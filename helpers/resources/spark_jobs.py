"""Glue's Spark jobs, their runs and the runs' logs; knows no script.

A log's stream has its run's id and not its job's name: streams go while their job is there.
"""

from collections.abc import Iterator

from helpers.config import Config
from helpers.resources.kind import OURS, Busy, Kind, Resource
from helpers.resources.logs import delete_log
from helpers.session import client

GROUPS = ("/aws-glue/jobs/error", "/aws-glue/jobs/output")
RUNNING = ("STARTING", "RUNNING", "STOPPING", "WAITING")
KIND, LOG, RUN = "Spark job", "log of a Spark job", "running Spark job"


def jobs(config: Config) -> Iterator[Resource]:
    """Yield all jobs whose names begin as the course's."""
    account = client(config, "sts").get_caller_identity()["Account"]
    place = f"arn:aws:glue:{config.region}:{account}"
    for page in client(config, "glue").get_paginator("get_jobs").paginate():
        for name in (job["Name"] for job in page["Jobs"]):
            if name.startswith(OURS):
                yield Resource(name, f"{place}:job/{name}")


def tags(config: Config, job: Resource) -> dict[str, str]:
    """Return a job's tags."""
    return client(config, "glue").get_tags(ResourceArn=job.arn)["Tags"]


def delete(config: Config, name: str) -> None:
    """Delete a job with its runs."""
    client(config, "glue").delete_job(JobName=name)


def running(config: Config) -> Iterator[Resource]:
    """Yield `<job>/<run>` of the course's runs that have not ended."""
    for job, run in _runs(config):
        if run["JobRunState"] in RUNNING:
            yield Resource(f"{job}/{run['Id']}")


def stop(config: Config, name: str) -> None:
    """Stop a run.

    Raises:
        Busy: it has not ended yet.
    """
    job, _, run = name.rpartition("/")
    glue = client(config, "glue")
    state = glue.get_job_run(JobName=job, RunId=run)["JobRun"]["JobRunState"]
    if state in RUNNING:
        if state != "STOPPING":
            glue.batch_stop_job_run(JobName=job, JobRunIds=[run])
        raise Busy(f"{name} is {state}")


def logs(config: Config) -> Iterator[Resource]:
    """Yield `group:stream` of the logs of the course's runs."""
    logs = client(config, "logs")
    ours = {run["Id"] for _, run in _runs(config)}
    for group in GROUPS if ours else ():
        try:
            pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=group)
            streams = [each["logStreamName"] for page in pages for each in page["logStreams"]]
        except logs.exceptions.ResourceNotFoundException:
            continue
        # An executor's stream has its number behind the run's id.
        yield from (Resource(f"{group}:{stream}") for stream in streams if _run_of(stream) in ours)


def _run_of(stream: str) -> str:
    return stream.partition("-")[0]


def _runs(config: Config) -> Iterator[tuple[str, dict]]:
    """Yield the runs of the course's jobs, each with its job's name."""
    pages = client(config, "glue").get_paginator("get_job_runs")
    for job in JOBS.own(config):
        for page in pages.paginate(JobName=job.name):
            yield from ((job.name, run) for run in page["JobRuns"])


JOBS = Kind("Glue", KIND, jobs, tags, delete, (RUN, LOG))
KINDS = (
    Kind("Glue", RUN, running, None, stop),
    Kind("CloudWatch", LOG, logs, None, delete_log, (RUN,)),
    JOBS,
)
