"""Starts a local AWS with delays and throttling, as on AWS; knows no notebook."""

from local_aws.control import Fault, Settings, ensure_running, set_faults


def rules(seconds: float) -> list[Fault]:
    """Return the faults of a cloud whose lists, log lines, roles and endpoints are `seconds` late.

    One request in 50 is throttled, one in 20 takes half a second longer.
    """
    return [
        Fault("lagging", "logs", "PutLogEvents", seconds=seconds),
        Fault("lagging", "sagemaker", "List*", seconds=seconds),
        Fault("lagging", "sagemaker", "DescribeEndpoint", seconds=seconds),
        Fault("lagging", "iam", "CreateRole", seconds=seconds),
        Fault("throttled", share=0.02),
        Fault("slow", share=0.05, seconds=0.5),
    ]


def start(settings: Settings, seconds: float) -> None:
    """Start the local AWS of these settings, and have it show the faults until it stops."""
    set_faults(ensure_running(settings), rules(seconds))
