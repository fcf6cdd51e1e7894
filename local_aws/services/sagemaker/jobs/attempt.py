"""One attempt of a job: instances, disks, processes and result; knows no kind of job.

Left out: VPCs, encryption keys, network isolation, limits on an instance's memory and cores.
"""

import logging
import os
import sqlite3

from local_aws.errors import AwsError
from local_aws.instances.cluster import Cluster
from local_aws.instances.container import Container
from local_aws.instances.cores import cores_for
from local_aws.instances.group import Group, Instance, Outcome
from local_aws.instances.log_streams import LogWriter
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.job_run import JobRun
from local_aws.services.sagemaker.jobs.verdict import INTERNAL, Verdict, client_error, failed
from local_aws.state import paths
from local_aws.state.disk import worded
from local_aws.state.role_keys import Lease

log = logging.getLogger(__name__)


class Attempt:
    """Runs a job once; other threads may call `stop`, `cut` and `interrupt` at any time."""

    def __init__(self, parts: Parts, run: JobRun):
        self._parts, self._run = parts, run
        self._group, self.has_instances = Group(), False
        self._lease = Lease()

    def stop(self) -> None:
        """Stop the job: SIGTERM, and SIGKILL after the grace period."""
        self._group.stop()

    def cut(self) -> None:
        """Kill all processes of the job."""
        self._group.cut()

    def interrupt(self) -> None:
        """Take the instances away, as AWS may do with spot jobs."""
        self._group.interrupt()

    def go(self) -> Verdict:
        """Run the job and return its result; raise nothing."""
        cluster = None
        try:
            cluster = self._run.launch()
            self.has_instances = True
            # A timer may outlive the attempt: it may hold the processes, not the attempt.
            self._run.started(self._group.interrupt)
            self._lease = self._parts.lease(self._role())
            verdict = self._work(cluster)
        except Exception as error:
            verdict = client_error(error) or self._internal_error(error)
        finally:
            self.has_instances = False
            self._lease.end()
        if cluster:
            # Show no path of this machine: a disk begins at the folder of the instances.
            verdict = verdict.without(str(cluster.folder))
            try:
                self._run.release(cluster, verdict)
            except Exception:  # the job must end in any case
                log.exception("job %s: its instances were not released", self._run.name)
        return verdict.without(str(self._parts.context.state))

    def _role(self) -> str | None:
        """Return the role that the job's containers have, None without one."""
        return self._run.job.get("RoleArn")

    def _internal_error(self, error: Exception) -> Verdict:
        log.error("job %s", self._run.name, exc_info=error)
        try:
            status = self._run.after_error()
            return Verdict(status, f"{INTERNAL}: {type(error).__name__}: {error}")
        except Exception as second:  # no further attempt could be written: the job ends here
            return Verdict("Failed", f"{INTERNAL}: {worded(second)}")

    def _work(self, cluster: Cluster) -> Verdict:
        containers = [Container(paths.child(cluster.folder, host), host) for host in cluster.hosts]
        image = self._run.image()
        for container in containers:
            container.fill(image)
        self._run.prepare(containers)
        instances = [self._instance(container, cluster) for container in containers]
        outcome = self._execute(containers, instances, cluster)
        verdict = self._verdict(outcome, containers, instances)
        try:
            self._run.keep(containers, verdict.status)
        except (AwsError, OSError, sqlite3.Error):
            if verdict.status != "Failed":
                raise
            # The script's own reason stays the job's.
            log.exception("job %s: its results were not uploaded", self._run.name)
        return verdict

    def _instance(self, container: Container, cluster: Cluster) -> Instance:
        command, variables = self._run.command(container)
        environment = container.environment(
            self._parts.context, cluster.venv, self._lease.variables | variables
        )
        # The job's own variables have precedence.
        environment.setdefault("OMP_NUM_THREADS", str(self._cores(container)))
        inward = [container.inward(word) for word in command]
        return Instance(container.host, inward, environment, container.workdir)

    def _cores(self, container: Container) -> int:
        """Return the cores of each process: all instances, of trials too, share this machine's."""
        instance_type, count = self._run.resources
        instances = count * self._run.job.get("_parallel", 1)
        processes = self._run.processes(container)
        return cores_for(instance_type, os.cpu_count() or 1, instances, processes)

    def _execute(
        self, containers: list[Container], instances: list[Instance], cluster: Cluster
    ) -> Outcome:
        outward = {container.host: container.outward for container in containers}
        writers = {host: self._log(host) for host in outward}

        def on_line(host: str, line: str) -> None:
            text = outward[host](line)
            writers[host].write(text)
            if remarks := self._run.see_line(text):
                writers[host].write(*remarks)

        try:
            seconds = self._run.seconds_left()
            return self._group.run(instances, seconds, on_line, cluster.sweep)
        finally:
            for writer in writers.values():
                writer.close()

    def _log(self, host: str, ending: str = "") -> LogWriter:
        parts, run = self._parts, self._run
        stream = f"{run.name}/{host}-{int(parts.clock.now().timestamp() * 1000)}{ending}"
        return LogWriter(parts.call, parts.clock, run.records.names.log_group, stream)

    def _verdict(
        self, outcome: Outcome, containers: list[Container], instances: list[Instance]
    ) -> Verdict:
        if outcome.stopped:
            return Verdict("Stopped")
        if outcome.interrupted:
            return Verdict(self._run.after_interruption())
        if outcome.timed_out:
            return Verdict(self._run.after_timeout())
        if outcome.failed is None:
            return Verdict("Completed")
        return failed(outcome, containers, instances, self._run.failure_file)
