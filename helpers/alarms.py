"""CloudWatch's alarms by their names: waits until they are shown, says which are on; makes none.

A new alarm may be missing from DescribeAlarms at first. SageMaker looks there too, by the
endpoint's role, whether there are the alarms of an update, and refuses those that it can't find:
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
"""

from collections.abc import Sequence
from typing import Any

from helpers.config import Config
from helpers.session import client
from helpers.waiting import until_listed


def wait_until_shown(config: Config, names: Sequence[str]) -> list[dict[str, Any]]:
    """Wait until CloudWatch shows alarms that were just made, and return them."""
    shown = until_listed(
        lambda: _shown(config, names), names, what="alarms", pause=config.poll_seconds
    )
    return list(shown.values())


def alarms_on(config: Config, names: Sequence[str]) -> list[str]:
    """Return the names of those alarms that are in ALARM."""
    alarms = _shown(config, names).items()
    return [name for name, alarm in alarms if alarm["StateValue"] == "ALARM"]


def _shown(config: Config, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    pages = client(config, "cloudwatch").get_paginator("describe_alarms").paginate(
        AlarmNames=list(names)
    )  # fmt: skip
    return {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
