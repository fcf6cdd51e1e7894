"""Runs one execution: starts the steps that are ready, looks at those that run, ends; runs no job.

A step's record is written before its job is asked for, with the job's name and request. So a server
that was killed in between finds the job by its name at the next start, or asks for it then.
Other steps go on when one has failed, as far as they don't need it; a Fail step stops them.
"""

import logging
import threading
from collections.abc import Callable, Mapping

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.sagemaker.pipelines import caching, retries
from local_aws.services.sagemaker.pipelines.definition import read
from local_aws.services.sagemaker.pipelines.graph import (
    NEVER,
    RUNNING,
    Ready,
    Step,
    is_handled,
    readiness,
)
from local_aws.services.sagemaker.pipelines.records import LIVE, STATUS, Records
from local_aws.services.sagemaker.pipelines.references import Unresolved
from local_aws.services.sagemaker.pipelines.steps.kind import End, Kind, unique_name
from local_aws.services.sagemaker.pipelines.values import resolver
from local_aws.state.disk import FULL_MESSAGE, is_full

log = logging.getLogger(__name__)
POLL_SECONDS = 0.2
"""Between two looks at running jobs, whose changes wake an execution as well."""
LONGEST_REASON = 1024
FAILED = "Step failure: One or multiple steps failed."


class Run:
    """The thread of one execution.

    Args:
        key: the execution's key in the records.
        over: called at the thread's end.
    """

    def __init__(
        self,
        parts: Parts,
        records: Records,
        kinds: Mapping[str, Kind],
        key: str,
        over: Callable[["Run"], None],
    ):
        self._parts, self._records, self._kinds, self._clock = parts, records, kinds, parts.clock
        self.key, self._over = key, over
        self._wake, self._leaving = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name=f"pipeline-{key}", daemon=True)

    def start(self) -> None:
        """Begin the execution, or continue it after a restart."""
        self._thread.start()

    def wake(self) -> None:
        """Have the thread look at its jobs now."""
        self._wake.set()

    def leave(self) -> None:
        """End the thread; the next server continues the execution."""
        self._leaving = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._definition = read(self._records.definition(self.key)["definition"])
            self._steps = self._records.steps(self.key)
            self._states = {name: record["StepStatus"] for name, record in self._steps.items()}
            self._resume()
            while not self._leaving and not self._advance():
                pass
        except Exception as error:
            if not is_full(error):
                log.exception("pipeline execution %s", self.key)
            words = FULL_MESSAGE if is_full(error) else f"{type(error).__name__}: {error}"
            self._finish("Failed", f"InternalServerError: {words}")
        finally:
            self._over(self)

    def _resume(self) -> None:
        """Ask again for what a killed server may have asked for."""
        for name in self._running():
            if self._states[name] == "Starting" and "_at" not in self._steps[name]:
                self._create(self._definition.steps[name], is_again=True)

    def _advance(self) -> bool:
        """Take all steps as far as they go now; return True at the execution's end."""
        self._wake.clear()
        execution = self._records.executions.get(self.key)
        is_stopping = execution[STATUS] == "Stopping"
        has_moved = self._look(execution)
        if is_stopping or self._has_failed_by_step():
            self._stop()
        else:
            has_moved |= self._begin_ready(execution)
        if has_moved:
            return False
        if not self._running():
            self._end(is_stopping)
            return True
        self._wake.wait(POLL_SECONDS)
        return False

    def _running(self) -> list[str]:
        return [name for name, state in self._states.items() if state in RUNNING]

    def _has_failed_by_step(self) -> bool:
        return any(
            record["_type"] == "Fail" and record["StepStatus"] == "Failed"
            for record in self._steps.values()
        )

    # Steps that run.

    def _look(self, execution: dict) -> bool:
        """Record the steps that have ended, and try again those that are due."""
        has_moved = False
        for name in self._running():
            record, step = self._steps[name], self._definition.steps[name]
            if at := record.get("_at"):
                if execution[STATUS] == "Stopping":
                    self._put(step, record, StepStatus="Stopped", EndTime=self._clock.now())
                elif self._clock.now() >= at:
                    self._begin(step, execution)
                else:
                    continue
            elif end := self._kinds[step.type].end(record):
                self._note_end(step, record, end)
            else:
                continue
            has_moved = True
        return has_moved

    def _note_end(self, step: Step, record: dict, end: End) -> None:
        if end.status == "Failed":
            return self._fail(step, record, end.reason, retries.of_reason(end.reason))
        metadata = {word: {**record["Metadata"][word], **(end.metadata or {})}
                    for word in record["Metadata"]}  # fmt: skip
        self._put(
            step, record, StepStatus=end.status, EndTime=self._clock.now(), Metadata=metadata,
            _outputs=end.outputs or {},
        )  # fmt: skip

    def _fail(self, step: Step, record: dict, reason: str, kind: str | None) -> None:
        """Record a step's failure, or when it is tried again."""
        tries = record.get("_tries", {})
        policies, now = step.body.get("RetryPolicies") or [], self._clock.now()
        number = tries.get(kind, 0)
        if kind and (at := retries.due(policies, kind, number, record["StartTime"], now)):
            again = {**tries, kind: number + 1}
            self._put(step, record, StepStatus="Starting", _at=at, _tries=again)
            return
        words = reason if step.type == "Fail" else f"ClientError: {reason}"
        self._put(
            step, record, StepStatus="Failed", EndTime=now, FailureReason=words[:LONGEST_REASON]
        )

    def _stop(self) -> None:
        for name in self._running():
            record = self._steps[name]
            if record["StepStatus"] != "Stopping" and "_at" not in record:
                step = self._definition.steps[name]
                self._put(step, record, StepStatus="Stopping")
                self._kinds[step.type].stop(record)

    def _put(self, step: Step, record: dict, **fields: object) -> None:
        before = record.get("StepStatus")
        record.update(fields)
        self._records.put_step(self.key, record, before)
        self._steps[step.name], self._states[step.name] = record, record["StepStatus"]

    # Steps that begin.

    def _begin_ready(self, execution: dict) -> bool:
        """Begin the steps that are ready, as many as may run at once."""
        has_moved = False
        most = execution["ParallelismConfiguration"]["MaxParallelExecutionSteps"]
        outcomes = {
            name: record["_outputs"]["Outcome"] == "True"
            for name, record in self._steps.items()
            if record["_type"] == "Condition" and record["StepStatus"] == "Succeeded"
        }
        for name, step in self._definition.steps.items():
            if name in self._states:
                continue
            ready = readiness(step, self._states, outcomes)
            if ready is Ready.NO:
                self._states[name] = NEVER
                has_moved = True
            elif ready is Ready.YES and len(self._running()) < most and not self._leaving:
                self._begin(step, execution)
                has_moved = True
        return has_moved

    def _begin(self, step: Step, execution: dict) -> None:
        """Write a step's record, and start its job or take over an earlier one's result."""
        kind, now, before = self._kinds[step.type], self._clock.now(), self._steps.get(step.name)
        earlier = before or {
            "StepName": step.name, "StartTime": now, "_type": step.type,
            "_number": len(self._steps),
        }  # fmt: skip
        earlier.pop("_at", None)
        attempt = earlier.get("AttemptCount", execution["_attempts"].get(step.name, 0)) + 1
        prefix = step.arguments.get(kind.named) if kind.named else None
        id_ = self.key.partition("/")[2]
        name = unique_name(id_, step.name, attempt, prefix, kind.longest)
        named = {"StepDisplayName": "DisplayName", "StepDescription": "Description"}
        shown = {field: step.body[key] for field, key in named.items() if step.body.get(key)}
        record = {**shown, **earlier, "AttemptCount": attempt, "_name": name, "_key": self.key}
        record["_role"] = execution["RoleArn"]
        values = resolver(self._parts, self._records, self.key, self._definition, self._steps, name)
        wrong = None
        try:
            record["_request"] = kind.request(step, values.resolve(step.arguments), name)
        except (Unresolved, AwsError) as error:
            wrong = getattr(error, "message", str(error))
        self._put(step, record, StepStatus="Starting", Metadata={})
        if wrong is not None:
            self._fail(step, record, wrong, None)
        elif not self._take_over(step, record):
            self._create(step)

    def _take_over(self, step: Step, record: dict) -> bool:
        """End a step by the result of an earlier execution, if there is one to be used."""
        cache, kind = step.body.get("CacheConfig") or {}, self._kinds[step.type]
        if not (cache.get("Enabled") and kind.cacheable):
            return False
        request = {key: value for key, value in record["_request"].items() if key != kind.named}
        wanted = record["_cache"] = caching.key(step.type, kind.compared, request)
        runs = self._records.runs_of(self.key.partition("/")[0], step.name)
        hit = caching.hit(runs, wanted, cache.get("ExpireAfter"), self._clock.now())
        if hit is None:
            return False
        source = {"SourcePipelineExecutionArn": self._records.execution_arn(hit["_key"])}
        self._put(
            step, record, StepStatus="Succeeded", EndTime=self._clock.now(), CacheHitResult=source,
            Metadata=hit["Metadata"], _outputs=hit["_outputs"],
        )  # fmt: skip
        return True

    def _create(self, step: Step, is_again: bool = False) -> None:
        record, kind = self._steps[step.name], self._kinds[step.type]
        try:
            metadata = kind.start(record, is_again)
        except AwsError as error:
            return self._fail(step, record, error.message, retries.of_error(error))
        self._put(step, record, StepStatus="Executing", Metadata=metadata)

    # The end.

    def _end(self, is_stopping: bool) -> None:
        if is_stopping:
            return self._finish("Stopped", None)
        bad = [name for name, state in self._states.items() if state in ("Failed", "Stopped")]
        if not bad:
            return self._finish("Succeeded", None)
        if messages := [
            self._steps[name].get("FailureReason", "")
            for name in bad
            if self._steps[name]["_type"] == "Fail"
        ]:
            return self._finish("Failed", messages[0] or FAILED)
        steps = self._definition.steps
        if all(is_handled(name, steps, self._states) for name in bad):
            return self._finish("CompletedWithFailures", None)
        self._finish("Failed", FAILED)

    def _finish(self, status: str, reason: str | None) -> None:
        def change(execution: dict) -> None:
            if execution[STATUS] in LIVE:
                execution.pop("FailureReason", None)
                execution[STATUS] = status
                execution.update({"FailureReason": reason} if reason else {})

        self._records.change(self.key, change)
