"""What the user must be allowed to watch the course: alarms, messages, schedules; asks nobody."""

from collections.abc import Iterator

from helpers.config import PROJECT
from helpers.policy_documents import Permission


def watch_permissions(place: str) -> Iterator[Permission]:
    """Yield what metrics, alarms, topics, queues and schedules need.

    Args:
        place: Region and account, as an ARN has them: `us-east-1:000000000000`.
    """
    yield from _metrics(place)
    yield from _messages(place)
    yield from _schedules(place)


def _metrics(place: str) -> Iterator[Permission]:
    names = ("DeleteAlarms", "ListTagsForResource", "PutMetricAlarm", "SetAlarmState")
    yield Permission(
        "guard an endpoint by alarms",
        tuple(f"cloudwatch:{name}" for name in (*names, "TagResource")),
        (f"arn:aws:cloudwatch:{place}:alarm:{PROJECT}*",),
    )
    # To find alarms by the beginning of their names takes leave to see all of them.
    free = ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics")
    yield Permission("find alarms, and read metrics", free)


def _schedules(place: str) -> Iterator[Permission]:
    """Yield what schedules of jobs need, in the course's own groups."""
    own = f"{PROJECT}*"
    one = ("CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule")
    group = ("CreateScheduleGroup", "DeleteScheduleGroup", "ListTagsForResource", "TagResource")
    yield Permission(
        "have jobs run on a schedule",
        tuple(f"scheduler:{name}" for name in (*one, *group)),
        tuple(f"arn:aws:scheduler:{place}:{kind}/{own}" for kind in ("schedule", "schedule-group")),
    )
    lists = ("scheduler:ListScheduleGroups", "scheduler:ListSchedules")
    yield Permission("find the schedules", lists)


def _messages(place: str) -> Iterator[Permission]:
    topic = ("CreateTopic", "DeleteTopic", "ListTagsForResource", "Subscribe", "TagResource")
    queue = (
        *("CreateQueue", "DeleteMessage", "DeleteQueue", "GetQueueAttributes", "GetQueueUrl"),
        *("ListQueueTags", "ReceiveMessage", "SetQueueAttributes", "TagQueue"),
    )
    for service, names, what in (("sns", topic, "topics"), ("sqs", queue, "queues")):
        yield Permission(
            f"tell people by {what}",
            tuple(f"{service}:{name}" for name in names),
            (f"arn:aws:{service}:{place}:{PROJECT}*",),
        )
    yield Permission("find topics and queues", ("sns:ListTopics", "sqs:ListQueues"))
