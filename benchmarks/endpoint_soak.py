"""Ask an endpoint for minutes while it is updated, rolled back, killed and given a dead model.

    python -m benchmarks.endpoint_soak --requests 30000 --clients 8

A local AWS of its own serves versions of a tiny model (soak_model.py) in the course's own image.
Several clients ask, without retries, and each answer is compared with the offline one. Meanwhile,
one after another:

- an update from version 1 to version 2, all at once
- the process that predicts is killed (SIGKILL), then the server that started it
- a canary of a version that fails; an alarm on its own errors rolls it back
- an update to a version that can't be loaded, so its health check fails
- a canary of version 1, to its end

The last lines are a ledger: how many requests were answered right by which version, and each error
by its code and cause. It exits with 1 on a wrong answer, on an answer of a version that had nothing
to answer any more, on an error without a cause, on a request without an outcome, and where an event
did not end as it should.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time

from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.soak_ledger import Ledger
from benchmarks.soak_model import DEAD, FAULT, FAULTY, archive, request
from helpers.bucket import make_bucket
from helpers.config import Config, load_config
from helpers.container_images import serving_image
from helpers.endpoints import make_model
from helpers.roles import make_role
from helpers.session import boto_session, client
from tools.course_run import CourseRun, course_settings

ENDPOINT, VARIANT, ALARM = "soak", "AllTraffic", "soak-errors"
TRICKLE = 0.2
"""Seconds between two requests of a client that waits for an event to end."""


class Gate:
    """Gives out the numbers of requests, an equal share for each phase."""

    def __init__(self, requests: int, phases: int):
        self._requests, self._phases = requests, phases
        self._next, self._phase, self._lock = 0, 1, threading.Lock()

    def take(self) -> int | None:
        """Return the next number, late where the phase's share is used up; None at the end."""
        with self._lock:
            is_early = self._next >= self._requests * self._phase // self._phases
        if is_early:
            time.sleep(TRICKLE)
        with self._lock:
            if self._next == self._requests:
                return None
            self._next += 1
            return self._next - 1

    def wait_for(self, phase: int) -> None:
        """Open the gate for a phase, and wait until half of its requests are out."""
        with self._lock:
            self._phase = phase
        while self._next < self._requests * (phase - 0.5) // self._phases:
            time.sleep(0.05)


class Soak:
    """One endpoint, its clients and its events."""

    def __init__(self, config: Config, gate: Gate, ledger: Ledger):
        self._config, self._gate, self._ledger = config, gate, ledger
        self._sagemaker = client(config, "sagemaker")
        self._last: dict[str, int] = {}
        """The ids of the processes that answered last: the one that predicts, and its server."""

    def ask_on(self) -> None:
        """Be a client: ask until no number is left."""
        settings = BotoConfig(retries={"total_max_attempts": 1}, read_timeout=90)
        runtime = boto_session(self._config).client("sagemaker-runtime", config=settings)
        while (number := self._gate.take()) is not None:
            begin = time.monotonic()
            try:
                reply = runtime.invoke_endpoint(
                    EndpointName=ENDPOINT, Body=request(number), ContentType="application/json"
                )
                answer = json.loads(reply["Body"].read())
            except ClientError as error:
                text = error.response.get("OriginalMessage") or str(error)
                self._ledger.failed(number, begin, error.response["Error"]["Code"], text)
            except BotoCoreError as error:
                self._ledger.failed(number, begin, type(error).__name__, str(error))
            else:
                self._last = answer["ids"]
                self._ledger.answered(number, begin, answer)

    def prepare(self) -> None:
        """Make a model and a configuration of each version, and the endpoint of the first."""
        image, s3 = serving_image(self._config), client(self._config, "s3")
        for version in (1, 2, FAULTY, DEAD):
            key = f"soak/{version}.tar.gz"
            s3.put_object(Bucket=self._config.bucket, Key=key, Body=archive(version))
            uri = f"s3://{self._config.bucket}/{key}"
            make_model(self._config, f"soak-{version}", image, uri)
            variant = {
                "VariantName": VARIANT, "ModelName": f"soak-{version}", "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }  # fmt: skip
            self._sagemaker.create_endpoint_config(
                EndpointConfigName=f"soak-{version}", ProductionVariants=[variant]
            )
        self._sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName="soak-1")
        self._settled("soak-1")

    def _settled(self, config: str) -> dict:
        """Wait for the end of a change; return the description, which must have a configuration."""
        while True:
            about = self._sagemaker.describe_endpoint(EndpointName=ENDPOINT)
            if about["EndpointStatus"] not in ("Creating", "Updating", "RollingBack"):
                break
            time.sleep(0.2)
        status, reason = about["EndpointStatus"], about.get("FailureReason", "")
        print(f"  {status} with {about.get('EndpointConfigName')} {reason[:120]}", flush=True)
        if status != "InService" or about["EndpointConfigName"] != config:
            raise RuntimeError(f"It should be InService with {config}")
        return about

    def _update(self, version: int, **more) -> None:
        self._sagemaker.update_endpoint(
            EndpointName=ENDPOINT, EndpointConfigName=f"soak-{version}", **more
        )

    def update(self) -> None:
        """Update to version 2, all at once."""
        with self._ledger.window(1, 2):
            self._update(2)
            self._settled("soak-2")

    def kill(self) -> None:
        """Kill the process that predicts, then the server that started it."""
        gone = "the killed server did not answer"
        causes = {
            "process that predicted has ended": "the killed process did not answer",
            **dict.fromkeys(("worker did not answer", "Connection reset", "Broken pipe"), gone),
        }
        with self._ledger.window(2, **causes):
            for role in ("process", "server"):
                killed = self._last[role]
                os.kill(killed, signal.SIGKILL)
                while self._last[role] == killed:
                    time.sleep(0.1)
                print(f"  {role} {self._last[role]} answers in the place of {killed}", flush=True)

    def roll_back(self) -> None:
        """Let a faulty version take a tenth, until its errors set off an alarm."""
        names = {
            "EndpointName": ENDPOINT, "VariantName": VARIANT,
            "EndpointConfigName": f"soak-{FAULTY}",
        }  # fmt: skip
        client(self._config, "cloudwatch").put_metric_alarm(
            AlarmName=ALARM, Namespace="AWS/SageMaker", MetricName="Invocation5XXErrors",
            Dimensions=[{"Name": name, "Value": value} for name, value in names.items()],
            Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=0,
            ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching",
        )  # fmt: skip
        with self._ledger.window(2, **{FAULT: "the canary's version failed, before its rollback"}):
            self._update(FAULTY, DeploymentConfig=canary(wait=600, alarm=ALARM))
            about = self._settled("soak-2")
        if ALARM not in about.get("FailureReason", ""):
            raise RuntimeError("The alarm should have rolled the canary back")

    def refuse(self) -> None:
        """Update to a version that can't be loaded."""
        with self._ledger.window(2):
            self._update(DEAD)
            about = self._settled("soak-2")
        if "ping health check" not in about.get("FailureReason", ""):
            raise RuntimeError("The health check should have failed")

    def canary(self) -> None:
        """Shift to version 1 by a canary, which goes well."""
        with self._ledger.window(1, 2):
            self._update(1, DeploymentConfig=canary(wait=5))
            self._settled("soak-1")

    def run(self, clients: int) -> float:
        """Run all events while clients ask; return the seconds that it took."""
        threads = [threading.Thread(target=self.ask_on, daemon=True) for _ in range(clients)]
        began = time.monotonic()
        events = [(self.update, 2), (self.kill, 2), (self.roll_back, 2), (self.refuse, 2)]
        events += [(self.canary, 1)]
        version = 1
        with self._ledger.window(version):
            for thread in threads:
                thread.start()
            self._gate.wait_for(1)
        for phase, (event, after) in enumerate(events, start=2):
            print(f"{time.monotonic() - began:5.0f} s  {event.__doc__}", flush=True)
            with self._ledger.window(version):
                event()
            version = after
            with self._ledger.window(version):
                self._gate.wait_for(phase)
        with self._ledger.window(version):
            self._gate.wait_for(PHASES)
            for thread in threads:
                thread.join()
        return time.monotonic() - began


def canary(wait: int, alarm: str | None = None) -> dict:
    """Return the DeploymentConfig of a canary of a tenth."""
    routing = {
        "Type": "CANARY", "WaitIntervalInSeconds": wait,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
    }  # fmt: skip
    config = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}
    if alarm:
        config["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": alarm}]}
    return config


PHASES = 7
"""As `run` has them."""


def main(args: argparse.Namespace) -> bool:
    """Soak an endpoint of this run's local AWS; return whether all is in order."""
    config = load_config()
    make_bucket(config)
    make_role(config)
    gate, ledger = Gate(args.requests, PHASES), Ledger()
    soak = Soak(config, gate, ledger)
    soak.prepare()
    return ledger.report(args.requests, soak.run(args.clients))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=30_000)
    parser.add_argument("--clients", type=int, default=8)
    args = parser.parse_args()
    run = CourseRun(course_settings(os.environ))
    try:
        with run.environment():
            is_in_order = main(args)
    finally:
        run.stop()
    sys.exit(0 if is_in_order else 1)
