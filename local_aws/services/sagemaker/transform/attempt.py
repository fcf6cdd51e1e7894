"""Runs a transform job: a server on each instance, the files divided among them; knows no request.

Objects are divided by their keys, a file is one instance's alone, and an instance without files
starts no server: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from local_aws.instances.cluster import Cluster
from local_aws.instances.container import share_of
from local_aws.instances.log_streams import LogWriter
from local_aws.parts import Parts
from local_aws.role_permissions import check
from local_aws.services.sagemaker.archives import check_archive
from local_aws.services.sagemaker.hosting.server_process import GRACE_SECONDS, ServerProcess
from local_aws.services.sagemaker.hosting.serving_images import StartFailed, serving_image
from local_aws.services.sagemaker.jobs.attempt import Attempt
from local_aws.services.sagemaker.jobs.data_sources import objects_of
from local_aws.services.sagemaker.jobs.job_run import Run
from local_aws.services.sagemaker.jobs.verdict import Verdict
from local_aws.services.sagemaker.transform.data_processing import DataProcessing, form_of
from local_aws.services.sagemaker.transform.parameters import variables_of
from local_aws.services.sagemaker.transform.sending import ALGORITHM, Sending
from local_aws.state import paths
from local_aws.state.objects.store import ObjectInfo

ENDING = ".out"
Files = list[tuple[ObjectInfo, str]]
"""Objects with their names below the data source's prefix."""


class TransformAttempt(Attempt):
    """Runs a transform job, whose instances run servers and no command of their own."""

    def __init__(self, parts: Parts, run: Run):
        super().__init__(parts, run)
        self._stopping, self._lock = threading.Event(), threading.Lock()
        self._servers: list[ServerProcess] = []

    def stop(self) -> None:
        """Stop the job: what is not answered yet has no output."""
        with self._lock:
            self._stopping.set()
            servers, self._servers = self._servers, []
        for server in servers:
            server.stop(0.0)

    def cut(self) -> None:
        self.stop()

    def _role(self) -> str | None:
        return self._run.job["_role"]

    def _work(self, cluster: Cluster) -> Verdict:
        job = self._run.records.get(self._run.name)
        source = job["TransformInput"]["DataSource"]["S3DataSource"]
        objects = objects_of(self._parts.store, source)
        check_archive(self._parts.store, job["_container"]["ModelDataUrl"])
        self._check_role(job, source, objects)
        hosts = cluster.hosts
        shares = [share_of(objects, at, len(hosts), "ShardedByS3Key") for at in range(len(hosts))]
        disks = [paths.child(cluster.folder, host) for host in hosts]
        with ThreadPoolExecutor(len(hosts), "instance") as pool:
            blames = sum(pool.map(self._serve, [job] * len(hosts), disks, shares), [])
        if self._stopping.is_set():
            return Verdict("Stopped")
        if blames:
            return Verdict("Failed", f"{blames[0]}: See job logs for more information")
        for place, manifest in self._manifests(job, objects).items():
            self._parts.store.put(*place, json.dumps(manifest).encode())
        return Verdict("Completed")

    def _check_role(self, job: dict, source: dict, objects: Files) -> None:
        """Check that the model's role may read all inputs and write all outputs.

        Raises:
            AwsError: AccessDenied, it may not.
        """
        place, is_prefix = source["S3Uri"], source["S3DataType"] == "S3Prefix"
        uris = [job["_container"]["ModelDataUrl"], *([] if is_prefix else [place])]
        reads = [uri.removeprefix("s3://") for uri in uris]
        reads += [f"{info.bucket}/{info.key}" for info, _ in objects]
        outputs = [self._output(job, name) for _, name in objects]
        writes = ["/".join(each) for each in (*outputs, *self._manifests(job, objects))]
        needs = {"s3:GetObject": reads, "s3:PutObject": writes}
        if is_prefix:
            needs["s3:ListBucket"] = [place.removeprefix("s3://").partition("/")[0]]
        for action, names in needs.items():
            arns = [f"arn:aws:s3:::{name}" for name in names]
            check(self._parts.call, job["_role"], action, *arns)

    def _serve(self, job: dict, disk: Path, files: Files) -> list[str]:
        """Answer an instance's files; return for each failed one whose fault it is."""
        if not files:
            return []
        log, data_log = self._log(disk.name), self._log(disk.name, "/data-log")

        def say(line: str) -> None:
            data_log.write(f"{self._parts.clock.now():%Y-%m-%dT%H:%M:%S}:[sagemaker logs]: {line}")

        server = None
        try:
            server = self._start(job, disk, log)
            server.wait_until_ready()
            # The server's own disk is its folder: drafts of outputs lie beside it.
            drafts = disk.with_name(f"{disk.name}-outputs")
            drafts.mkdir()
            sending = Sending(
                job, server, self._processing(job), self._stopping, say, drafts,
                partial(self._keep, job),
            )  # fmt: skip
            return sending.send(files)
        except StartFailed as error:
            say(str(error))
            return [ALGORITHM]
        finally:
            if server:
                server.stop(0.0 if self._stopping.is_set() else GRACE_SECONDS)
            data_log.close()

    def _start(self, job: dict, disk: Path, log: LogWriter) -> ServerProcess:
        """Start an instance's server, unless the job is stopping."""
        context, container = self._parts.context, job["_container"]
        bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
        archive = self._parts.store.info(bucket, key).path
        image = serving_image(context, container["Image"])
        with self._lock:  # `stop` ends what it finds here
            if self._stopping.is_set():
                raise StartFailed("the job was stopped")
            variables = {**self._lease.variables, **variables_of(job)}
            server = ServerProcess(context, disk, image, archive, variables, log)
            self._servers.append(server)
        return server

    def _processing(self, job: dict) -> DataProcessing:
        numbers = job.get("DataCaptureConfig", {}).get("GenerateInferenceId")
        time = f"{job[self._run.records.names.start]:%Y-%m-%dT%H:%M:%SZ}" if numbers else None
        form = form_of(job["TransformInput"].get("ContentType"))
        return DataProcessing(job["DataProcessing"], form, time)

    def _keep(self, job: dict, name: str, draft: Path) -> None:
        self._parts.store.put(*self._output(job, name), draft)

    @staticmethod
    def _output(job: dict, name: str) -> tuple[str, str]:
        """Return the bucket and the key of a file's output."""
        return _place(job["TransformOutput"]["S3OutputPath"], f"{name}{ENDING}")

    def _manifests(self, job: dict, objects: Files) -> dict[tuple[str, str], list]:
        """Return what data capture writes, by bucket and key: a manifest of inputs, one of outputs.

        As https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html has
        them, by the time of the job's start.
        """
        if "DataCaptureConfig" not in job:
            return {}
        info, first = objects[0]
        prefixes = {
            "input": (f"s3://{info.bucket}/{info.key.removesuffix(first)}", ""),
            "output": (f"{job['TransformOutput']['S3OutputPath'].rstrip('/')}/", ENDING),
        }
        time, uri = job[self._run.records.names.start], job["DataCaptureConfig"]["DestinationS3Uri"]
        return {
            _place(uri, f"{side}/{time:%Y/%m/%d/%H}/{self._run.name}.json"): [
                {"prefix": prefix}, *(f"{name}{ending}" for _, name in objects)
            ]
            for side, (prefix, ending) in prefixes.items()
        }  # fmt: skip


def _place(uri: str, name: str) -> tuple[str, str]:
    """Return the bucket and the key of a name below an S3 URI."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, f"{prefix.rstrip('/')}/{name}".lstrip("/")
