"""Runs the jobs of one kind, each in a thread of its own, until they end; knows no kind of job."""

import shutil
import threading
import time
from collections.abc import Callable

from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.attempt import Attempt
from local_aws.services.sagemaker.jobs.job_run import JobRun
from local_aws.services.sagemaker.jobs.records import Records
from local_aws.services.sagemaker.jobs.verdict import AGAIN, INTERNAL, Verdict

END_SECONDS = 10.0
"""How long the server's end waits for jobs, one of which may be copying its input."""
MakeRun = Callable[[Parts, Records, str], JobRun]
"""Makes what runs the job of a name: a `JobRun`'s class, for example."""
ENDED = f"{INTERNAL}: the local AWS ended while the job ran: run it again"


class Runner:
    """The running jobs of one kind."""

    def __init__(self, parts: Parts, records: Records, make_run: MakeRun):
        self._parts, self._records, self._make_run = parts, records, make_run
        self._attempts: dict[str, Attempt] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._ending = False

    def begin(self, name: str) -> None:
        """Start a job that was just accepted."""
        thread = threading.Thread(target=self._run, args=(name,), name=f"job-{name}", daemon=True)
        self._threads[name] = thread
        thread.start()

    def stop(self, name: str) -> None:
        """Ask a job that is Stopping to end, if it runs."""
        if attempt := self._attempts.get(name):
            attempt.stop()

    def interrupt(self, name: str) -> bool:
        """Take a job's instances away; False where it has none."""
        attempt = self._attempts.get(name)
        if attempt is None or not attempt.has_instances:
            return False
        attempt.interrupt()
        return True

    def _run(self, name: str) -> None:
        run = self._make_run(self._parts, self._records, name)
        verdict = Verdict(AGAIN)
        while verdict.status == AGAIN:
            attempt = self._attempts[name] = Attempt(self._parts, run)
            # Whoever stops the job from now on meets the attempt.
            if self._ending or self._records.is_stopping(name):
                attempt.stop()
            verdict = attempt.go()
            if self._ending and verdict.status == AGAIN:
                verdict = Verdict("Failed" if verdict.reason else "Stopped", verdict.reason)
        del self._attempts[name]
        self._records.finish(name, verdict)
        del self._threads[name]

    def recover(self) -> None:
        """Mark the jobs that the last server's end took with it."""
        self._records.fail_unfinished(ENDED)
        kind = self._records.names.kind
        for folder in (self._parts.context.state / "instances").glob(f"{kind}-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def shut_down(self) -> None:
        """End all running jobs now and wait until their processes are gone."""
        self._ending = True
        for attempt in list(self._attempts.values()):
            attempt.stop()
            attempt.cut()
        deadline = time.monotonic() + END_SECONDS
        for thread in list(self._threads.values()):
            thread.join(max(0.0, deadline - time.monotonic()))
