"""CloudWatch's alarms: they watch one metric each on the one clock, and act on a change of state.

An alarm is evaluated at the end of each minute, of each 10 seconds where its period is shorter, of
each hour where it looks back for more than a day:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import logging
from functools import partial

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.cloudwatch import alarm_request
from local_aws.services.cloudwatch.evaluation import (
    INSUFFICIENT,
    MORE_POINTS,
    Point,
    evaluate,
    reason,
)
from local_aws.services.cloudwatch.metrics import Metrics
from local_aws.services.cloudwatch.notification import EVENT, event_detail, message, subject
from local_aws.state.clock import Timer
from local_aws.state.collection import Collection

log = logging.getLogger(__name__)

OPERATIONS = {
    "cloudwatch": {
        "PutMetricAlarm": """AlarmName AlarmDescription ActionsEnabled OKActions AlarmActions
            InsufficientDataActions MetricName Namespace Statistic ExtendedStatistic
            Dimensions(Name Value) Period Unit EvaluationPeriods DatapointsToAlarm Threshold
            ComparisonOperator=GreaterThanOrEqualToThreshold|GreaterThanThreshold|LessThanThreshold|LessThanOrEqualToThreshold
            TreatMissingData=missing|ignore|breaching|notBreaching
            EvaluateLowSampleCountPercentile=evaluate Tags(Key Value)""",
        "DescribeAlarms": "AlarmNames AlarmNamePrefix StateValue MaxRecords NextToken",
        "SetAlarmState": "AlarmName StateValue StateReason",
        "EnableAlarmActions": "AlarmNames",
        "DisableAlarmActions": "AlarmNames",
        "DeleteAlarms": "AlarmNames",
        "ListTagsForResource": "ResourceARN",
    },
}
LATE_SECONDS = 2
"""An evaluation comes so long after the end of its periods: data of the last second come late."""
ACTIONS = {"OK": "OKActions", "ALARM": "AlarmActions", INSUFFICIENT: "InsufficientDataActions"}


class Alarms(Engine):
    """The alarms of the local AWS.

    Left out: composite alarms, metric math, anomaly detection, PromQL and logs, the history,
    later changes of tags, actions but messages to topics (a scaling policy looks at its own alarms
    itself), percentiles that wait for more samples.
    """

    name, operations = "alarms", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._metrics = parts.engine(Metrics)
        self._alarms = Collection(parts.documents, "alarm")
        self._timers: dict[str, Timer] = {}

    def put_metric_alarm(self, request: dict) -> dict:
        alarm_request.check(request)
        name, now = request["AlarmName"], self.parts.clock.now()
        with self._alarms.transaction():
            before = self._alarms.get(name)
            # An alarm that is put again keeps its tags: those of the request are ignored.
            states = [key for key in before or {} if key.startswith(("State", "Tags"))]
            alarm = {
                **alarm_request.alarm(request),
                "AlarmArn": self.parts.context.arn("cloudwatch", f"alarm:{name}"),
                "AlarmConfigurationUpdatedTimestamp": now,
                "StateValue": INSUFFICIENT,
                "StateReason": "Unchecked: Initial alarm creation",
                "StateUpdatedTimestamp": now,
                "StateTransitionedTimestamp": now,
                **{key: before[key] for key in states},
            }
            self._alarms.put(name, alarm)
        self._schedule(alarm)
        return {}

    def describe_alarms(self, request: dict) -> dict:
        prefix, names = request.get("AlarmNamePrefix", ""), request.get("AlarmNames")
        alarms = [
            alarm
            for alarm in self._alarms.listed()
            if (names is None or alarm["AlarmName"] in names)
            and alarm["AlarmName"].startswith(prefix)
            and request.get("StateValue") in (None, alarm["StateValue"])
        ]
        return alarm_request.page(alarms, request)

    def set_alarm_state(self, request: dict) -> dict:
        if request["AlarmName"] not in self._alarms:
            raise AwsError("ResourceNotFound", "Unknown alarm.", 404)
        self._change(request["AlarmName"], request["StateValue"], request["StateReason"])
        return {}

    def enable_alarm_actions(self, request: dict) -> dict:
        return self._set_enabled(request, True)

    def disable_alarm_actions(self, request: dict) -> dict:
        return self._set_enabled(request, False)

    def delete_alarms(self, request: dict) -> dict:
        for name in request["AlarmNames"]:
            self._alarms.delete(name)
            if timer := self._timers.pop(name, None):
                timer.cancel()
        return {}

    def list_tags_for_resource(self, request: dict) -> dict:
        for alarm in self._alarms:
            if alarm["AlarmArn"] == request["ResourceARN"]:
                return {"Tags": alarm["Tags"]}
        raise AwsError("ResourceNotFoundException", f"Unknown {request['ResourceARN']}", 404)

    def _set_enabled(self, request: dict, enabled: bool) -> dict:
        for name in request["AlarmNames"]:
            if name in self._alarms:
                self._alarms.update(name, lambda alarm: alarm.update(ActionsEnabled=enabled))
        return {}

    # Evaluation.

    def recover(self) -> None:
        """Evaluate the alarms of the last server again."""
        for alarm in self._alarms:
            self._schedule(alarm)

    def shut_down(self) -> None:
        """Evaluate no alarm any more."""
        for timer in list(self._timers.values()):
            timer.cancel()

    def _schedule(self, alarm: dict) -> None:
        name, interval = alarm["AlarmName"], alarm_request.interval(alarm)
        if timer := self._timers.get(name):
            timer.cancel()
        left = interval - (self.parts.clock.now().timestamp() - LATE_SECONDS) % interval
        self._timers[name] = self.parts.clock.after(left, partial(self._evaluate, name))

    def _evaluate(self, name: str) -> None:
        if (alarm := self._alarms.get(name)) is None:
            return
        self._schedule(alarm)
        points = self._points(alarm)
        if (state := evaluate(alarm, points)) not in (None, alarm["StateValue"]):
            self._change(name, state, reason(alarm, state, points))

    def _points(self, alarm: dict) -> list[Point]:
        """Return the points of the evaluation range: periods that end now, oldest first."""
        period, step = alarm["Period"], min(alarm_request.interval(alarm), 60)
        count = alarm["EvaluationPeriods"] + MORE_POINTS
        end = int(self.parts.clock.now().timestamp()) // step * step
        start = end - count * period
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        values = self._metrics.series(alarm, statistic, start, end, period, alarm.get("Unit"))
        return [(time, values.get(time)) for time in range(start, end, period)]

    def _change(self, name: str, state: str, why: str) -> None:
        """Give an alarm a state, and act if it is another one."""
        before = ""

        def change(alarm: dict) -> None:
            nonlocal before
            before, now = alarm["StateValue"], self.parts.clock.now()
            alarm.update(StateValue=state, StateReason=why, StateUpdatedTimestamp=now)
            if before != state:
                alarm["StateTransitionedTimestamp"] = now

        try:
            old = self._alarms.get(name)
            alarm = self._alarms.update(name, change, late=True)
        except KeyError:  # deleted meanwhile
            return
        if before == state:
            return
        detail, arn = event_detail(alarm, old), alarm["AlarmArn"]
        self.parts.changes.tell("aws.cloudwatch", EVENT, [arn], detail, late=True)
        for arn in alarm[ACTIONS[state]] if alarm["ActionsEnabled"] else []:
            if not alarm_request.is_polled(arn):
                self._publish(arn, alarm, before)

    def _publish(self, topic: str, alarm: dict, before: str) -> None:
        text = message(alarm, before, self.parts.context.account)
        request = {"TopicArn": topic, "Subject": subject(alarm), "Message": text}
        try:
            self.parts.call("sns", "Publish", request)
        except AwsError as error:  # the alarm has its state all the same
            log.warning("alarm %s: action %s failed: %s", alarm["AlarmName"], topic, error)
