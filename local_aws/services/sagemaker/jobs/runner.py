"""Runs the jobs of one kind, each in a thread, until they end; knows no kind of job."""

import shutil
import threading
import time
from collections.abc import Callable

from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.attempt import Attempt
from local_aws.services.sagemaker.jobs.job_run import Run
from local_aws.services.sagemaker.jobs.records import Records
from local_aws.services.sagemaker.jobs.verdict import AGAIN, INTERNAL, Verdict

END_SECONDS = 10.0
"""Seconds that the server waits for jobs at its end; a job may be copying its input."""
MakeRun = Callable[[Parts, Records, str], Run]
"""Makes the `Run` of a job, from its name."""
MakeAttempt = Callable[[Parts, Run], Attempt]
ENDED = f"{INTERNAL}: the local AWS was stopped while the job ran: run the job again"


class Runner:
    """The running jobs of one kind."""

    def __init__(
        self, parts: Parts, records: Records, make_run: MakeRun, make_attempt: MakeAttempt
    ):
        self._parts, self._records = parts, records
        self._make_run, self._make_attempt = make_run, make_attempt
        self._attempts: dict[str, Attempt] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._ending = False

    def begin(self, name: str) -> None:
        """Start the thread of an accepted job."""
        thread = threading.Thread(target=self._run, args=(name,), name=f"job-{name}", daemon=True)
        self._threads[name] = thread
        thread.start()

    def stop(self, name: str) -> None:
        """Stop the processes of a job that is Stopping, if it runs."""
        if attempt := self._attempts.get(name):
            attempt.stop()

    def interrupt(self, name: str) -> bool:
        """Take a job's instances away; return False if it has none."""
        attempt = self._attempts.get(name)
        if attempt is None or not attempt.has_instances:
            return False
        attempt.interrupt()
        return True

    def _run(self, name: str) -> None:
        run = self._make_run(self._parts, self._records, name)
        verdict = Verdict(AGAIN)
        while verdict.status == AGAIN:
            attempt = self._attempts[name] = self._make_attempt(self._parts, run)
            # From now on `stop` finds the attempt.
            if self._ending or self._records.is_stopping(name):
                attempt.stop()
            verdict = attempt.go()
            if self._ending and verdict.status == AGAIN:
                verdict = Verdict("Failed" if verdict.reason else "Stopped", verdict.reason)
        del self._attempts[name]
        self._records.finish(name, verdict)
        del self._threads[name]

    def recover(self) -> None:
        """Mark the jobs that ended with the last server Failed."""
        self._records.fail_unfinished(ENDED)
        kind = self._records.names.kind
        for folder in (self._parts.context.state / "instances").glob(f"{kind}-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def shut_down(self) -> None:
        """Kill all running jobs and wait until their processes have ended."""
        self._ending = True
        for attempt in list(self._attempts.values()):
            attempt.stop()
            attempt.cut()
        deadline = time.monotonic() + END_SECONDS
        for thread in list(self._threads.values()):
            thread.join(max(0.0, deadline - time.monotonic()))
