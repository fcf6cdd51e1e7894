"""Logs of the course's jobs and endpoints, which AWS makes without tags; knows their names."""

from collections.abc import Iterator

from helpers.config import Config
from helpers.resources.kind import OURS, Resource
from helpers.resources.sagemaker import LOGGED, others
from helpers.session import client

PREFIX = "/aws/sagemaker/"
ENDPOINTS = f"{PREFIX}Endpoints/"


def logs(config: Config) -> Iterator[Resource]:
    """Yield `group:stream` of the jobs' shared groups, and whole groups of endpoints.

    A log has the name of its job or endpoint. Where that is another's, its log is too; where it is
    gone, the name alone tells.
    """
    foreign = {noun: others(config, noun) for noun in LOGGED}
    pages = client(config, "logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=PREFIX):
        for group in (item["logGroupName"] for item in page["logGroups"]):
            if group.startswith(f"{ENDPOINTS}{OURS}"):
                if group.removeprefix(ENDPOINTS) not in foreign["Endpoint"]:
                    yield Resource(group)
            elif group.endswith("Jobs"):
                yield from _streams(config, group, foreign.get(group[len(PREFIX) : -1], set()))


def _streams(config: Config, group: str, foreign: set[str]) -> Iterator[Resource]:
    """Yield the streams of the course's jobs in a group that the whole account shares."""
    pages = client(config, "logs").get_paginator("describe_log_streams")
    for page in pages.paginate(logGroupName=group, logStreamNamePrefix=OURS):
        for stream in (item["logStreamName"] for item in page["logStreams"]):
            if stream.partition("/")[0] not in foreign:
                yield Resource(f"{group}:{stream}")


def delete_log(config: Config, name: str) -> None:
    """Delete a stream or a group, and a shared group once it has no stream left."""
    logs = client(config, "logs")
    group, _, stream = name.partition(":")
    if stream:
        logs.delete_log_stream(logGroupName=group, logStreamName=stream)
    if not stream or not logs.describe_log_streams(logGroupName=group)["logStreams"]:
        logs.delete_log_group(logGroupName=group)
