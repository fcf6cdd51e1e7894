"""One run of a Spark job: its disk, its keys, its driver process and its verdict; keeps no record.

The driver is Spark on this machine's cores, whatever the number of workers. It has the role's keys,
and Glue's own packages as far as this machine has them.
Left out: executors of their own, limits on memory.
"""

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.instances.container import Container
from local_aws.instances.group import Group, Instance
from local_aws.instances.log_streams import LogWriter
from local_aws.parts import Parts
from local_aws.role_permissions import check
from local_aws.services.glue.jobs import spark
from local_aws.services.glue.jobs.arguments import FILES, merged, spark_settings, words
from local_aws.services.glue.jobs.definitions import role_arn
from local_aws.services.glue.jobs.environments import venv_of
from local_aws.services.glue.jobs.verdict import Verdict, failed
from local_aws.state import paths
from local_aws.state.disk import FULL_MESSAGE, is_full

log = logging.getLogger(__name__)

DRIVER = "driver"
MINUTE = 60.0
"""Seconds of a job's Timeout; less in a test."""


class Run:
    """Runs a job once; other threads may call `stop` and `cut` at any time.

    Args:
        job: the job's definition.
        document: the run as it was accepted.
        folder: for this run alone; it is deleted at the end.
    """

    def __init__(self, parts: Parts, job: dict, document: dict, folder: Path):
        self._parts, self._job, self._document, self._folder = parts, job, document, folder
        self._arguments = merged(job, document["Arguments"])
        self._group = Group()

    def stop(self) -> None:
        """Stop the driver: SIGTERM, and SIGKILL after the grace period."""
        self._group.stop()

    def cut(self) -> None:
        """Kill the driver."""
        self._group.cut()

    def go(self, started: Callable[[], object]) -> Verdict:
        """Run the job and return its verdict; raise nothing."""
        key = ""
        try:
            role = role_arn(self._parts, self._job["Role"])
            key, secret = self._parts.keys.issue(role)
            keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
            return self._work(role, keys, started)
        except Exception as error:
            if is_full(error):
                return Verdict("FAILED", FULL_MESSAGE)
            if isinstance(error, AwsError):
                return Verdict("FAILED", error.message)
            log.exception("run %s", self._document["Id"])
            return Verdict("FAILED", f"Internal error of the local AWS: {error}")
        finally:
            self._parts.keys.revoke(key)
            shutil.rmtree(self._folder, ignore_errors=True)

    def _work(self, role: str, keys: dict[str, str], started: Callable[[], object]) -> Verdict:
        state, version = self._parts.context.state, self._document["GlueVersion"]
        container = Container(paths.child(self._folder, DRIVER), DRIVER)
        temporary = container.root / "tmp"
        temporary.mkdir()
        script = self._fetch(role, self._job["Command"]["ScriptLocation"], temporary)
        uris = filter(None, self._arguments.get(FILES, "").split(","))
        modules = [self._fetch(role, uri.strip(), temporary / "modules") for uri in uris]
        venv = venv_of(state, version, self._folder / "venv")
        classes = spark.classes(state, version)
        variables = spark.variables(venv, container.root, modules, classes) | keys
        environment = container.environment(self._parts.context, venv, variables)
        cores = min(os.cpu_count() or 1, 4 * int(self._document["MaxCapacity"]))
        settings = spark.settings(classes, container.root, cores)
        spark.write_settings(container.root, settings | spark_settings(self._arguments))
        names = {"--JOB_NAME": self._job["Name"], "--JOB_RUN_ID": self._document["Id"]}
        command = ["python3", str(script), *words({**names, **self._arguments})]
        started()
        return self._execute(container, command, environment, script)

    def _fetch(self, role: str, uri: str, folder: Path) -> Path:
        """Copy an object to the driver's disk, as the role may.

        Raises:
            AwsError: the role may not, or it is not there.
        """
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        place = f"LAUNCH ERROR | Error downloading from S3 for bucket: {bucket}, key: {key}."
        try:
            check(self._parts.call, role, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
            content = self._parts.store.read(bucket, key)
        except AwsError as error:
            status = f"Status Code: {error.status}; Error Code: {error.code}"
            message = f"{place} {error.message} (Service: Amazon S3; {status})"
            raise AwsError(error.code, message) from error
        path = paths.below(folder, key.rpartition("/")[2])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def _execute(
        self, container: Container, command: list[str], environment: dict, script: Path
    ) -> Verdict:
        output, errors = self._log("output"), self._log("error")
        instance = Instance(
            DRIVER, command, environment, script.parent,
            on_error=lambda line: errors.write(container.outward(line)),
        )  # fmt: skip
        try:
            outcome = self._group.run(
                [instance], self._document["Timeout"] * MINUTE,
                lambda _, line: output.write(container.outward(line)),
            )  # fmt: skip
        finally:
            output.close()
            errors.close()
        if outcome.stopped:
            return Verdict("STOPPED")
        if outcome.timed_out:
            minutes = self._document["Timeout"]
            return Verdict("TIMEOUT", f"The run was stopped at its Timeout of {minutes} minutes.")
        if outcome.failed is None:
            return Verdict("SUCCEEDED")
        lines = [container.outward(line) for line in instance.error_tail]
        return failed(lines, outcome.codes[DRIVER], container.outward(str(script)))

    def _log(self, kind: str) -> LogWriter:
        group = f"{self._document['LogGroupName']}/{kind}"
        return LogWriter(self._parts.call, self._parts.clock, group, self._document["Id"])
