"""A disk that fills up and gets space again keeps all acknowledged changes, and no others."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from local_aws import lifecycle
from local_aws.__main__ import main
from local_aws.settings import Settings
from local_aws.state.disk import FULL_MESSAGE
from tests.local_cloud import JOB_ROLE, SERVING, make_client
from tools.course_run import free_port

BUCKET = "birds"
LEVELS = [0, 300, 4096, 40_000, 300_000]
"""Bytes that are left free."""
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
ROLE = "arn:aws:iam::000000000000:role/course"
TABLE = {"StorageDescriptor": {"Columns": [{"Name": "a", "Type": "string"}]}}


class Disk:
    """A small file system of its own, and a ballast on it."""

    def __init__(self, folder: Path):
        self.folder, self._ballast = folder, folder / "ballast"

    def fill(self, free: int) -> None:
        """Leave about so many bytes free."""
        with self._ballast.open("wb", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    size //= 2
            file.truncate(max(0, file.tell() - free))

    def clear(self) -> None:
        self._ballast.unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path):
    """Return a small disk; skip the test where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if mounted.returncode:
        pytest.skip(f"a file system can't be mounted here: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def settings(disk):
    settings = Settings(disk.folder / "state", free_port())
    yield settings
    disk.clear()
    lifecycle.stop(settings.state)


class Cloud:
    """A running server, the requests to it, and its content."""

    def __init__(self, settings):
        aws = SimpleNamespace(context=lifecycle.ensure_running(settings))
        for service in ("s3", "iam", "sagemaker", "glue", "logs", "athena"):
            setattr(self, service, make_client(aws, service))

    def prepare(self) -> None:
        self.s3.create_bucket(Bucket=BUCKET)
        self.iam.create_role(**JOB_ROLE)
        self.s3.put_object(Bucket=BUCKET, Key="model/model.tar.gz", Body=b"x")
        self.glue.create_database(DatabaseInput={"Name": "db"})
        self.logs.create_log_group(logGroupName="g")
        self.logs.create_log_stream(logGroupName="g", logStreamName="s")

    def object(self, name):
        self.s3.put_object(Bucket=BUCKET, Key=f"objects/{name}", Body=name.encode() * 500)

    def bucket(self, name):
        self.s3.create_bucket(Bucket=f"bucket-{name}")

    def upload(self, name):
        upload = {"Bucket": BUCKET, "Key": f"uploads/{name}"}
        upload["UploadId"] = self.s3.create_multipart_upload(**upload)["UploadId"]
        part = self.s3.upload_part(**upload, PartNumber=1, Body=name.encode() * 500)
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        self.s3.complete_multipart_upload(**upload, MultipartUpload=parts)

    def role(self, name):
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)

    def group(self, name):
        self.sagemaker.create_model_package_group(ModelPackageGroupName=name)

    def model(self, name):
        data = f"s3://{BUCKET}/model/model.tar.gz"
        container = {"Image": SERVING, "ModelDataUrl": data}
        self.sagemaker.create_model(
            ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE
        )

    def table(self, name):
        self.glue.create_table(DatabaseName="db", TableInput={"Name": f"t_{name}", **TABLE})

    def line(self, name):
        event = {"timestamp": int(time.time() * 1000), "message": name * 20}
        self.logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])

    def log_group(self, name):
        self.logs.create_log_group(logGroupName=f"group-{name}")

    def ctas(self, name):
        self._query(f"CREATE TABLE db.q_{name} AS SELECT 1 AS a")

    def ddl(self, name):
        self._query(f"CREATE DATABASE d_{name}")

    def _query(self, text):
        output = {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}}
        id_ = self.athena.start_query_execution(QueryString=text, **output)["QueryExecutionId"]
        while True:
            answer = self.athena.get_query_execution(QueryExecutionId=id_)
            status = answer["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return
            if status["State"] == "FAILED":
                reason = status["StateChangeReason"]
                error = {"Code": "InsufficientStorage", "Message": reason}
                raise ClientError({"Error": error} if FULL_MESSAGE in reason else {}, text)

    KINDS = "object bucket upload role group model table line log_group ctas ddl".split()

    def ask(self, prefix: str, expect_all: bool = False) -> set[tuple[str, str]]:
        """Create two resources of each kind; return those that were acknowledged."""
        done = set()
        for name in (f"{prefix}a", f"{prefix}b"):
            for kind in self.KINDS:
                try:
                    getattr(self, kind)(name)
                    done.add((kind, name))
                except ClientError as error:
                    assert not expect_all, error
                    assert error.response["Error"]["Code"] == "InsufficientStorage", (kind, error)
        return done

    def there(self) -> set[tuple[str, str]]:
        """Return all resources of the server."""
        s3, sagemaker, glue = self.s3, self.sagemaker, self.glue
        kept = set()
        for kind in ("object", "upload"):
            listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{kind}s/").get("Contents", [])
            for item in listed:
                name = item["Key"].partition("/")[2]
                body = s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read()
                assert body == name.encode() * 500
                kept.add((kind, name))
        buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
        kept |= {("bucket", n.removeprefix("bucket-")) for n in buckets if n != BUCKET}
        roles = {role["RoleName"] for role in self.iam.list_roles()["Roles"]}
        kept |= {("role", name) for name in roles - {JOB_ROLE["RoleName"]}}
        groups = sagemaker.list_model_package_groups(MaxResults=100)
        groups = groups["ModelPackageGroupSummaryList"]
        kept |= {("group", group["ModelPackageGroupName"]) for group in groups}
        models = sagemaker.list_models(MaxResults=100)["Models"]
        kept |= {("model", model["ModelName"]) for model in models}
        tables = [table["Name"] for table in glue.get_tables(DatabaseName="db")["TableList"]]
        kinds = {"t": "table", "q": "ctas"}
        kept |= {(kinds[name[0]], name[2:]) for name in tables}
        databases = [database["Name"] for database in glue.get_databases()["DatabaseList"]]
        kept |= {("ddl", name[2:]) for name in databases if name.startswith("d_")}
        events = self.logs.filter_log_events(logGroupName="g")["events"]
        kept |= {("line", event["message"][: len(event["message"]) // 20]) for event in events}
        names = [group["logGroupName"] for group in self.logs.describe_log_groups()["logGroups"]]
        kept |= {("log_group", n.removeprefix("group-")) for n in names if n != "g"}
        return kept


def kill(state: Path) -> None:
    os.kill(lifecycle.owner(state), signal.SIGKILL)
    while lifecycle.owner(state):
        time.sleep(0.01)


@pytest.mark.slow
def test_what_was_acknowledged_is_there_and_nothing_else_is(disk, settings):
    cloud, acknowledged = Cloud(settings), set()
    cloud.prepare()
    for number, free in enumerate(LEVELS):
        disk.fill(free)
        some = cloud.ask(f"x{number}")
        with pytest.raises(ClientError, match="InsufficientStorage"):
            cloud.s3.put_object(Bucket=BUCKET, Key="large", Body=b"x" * 3_000_000)
        disk.clear()
        assert len(some) < 2 * len(cloud.KINDS) or free >= LEVELS[-1]
        acknowledged |= some
        assert cloud.there() == acknowledged
        acknowledged |= cloud.ask(f"y{number}", expect_all=True)
        if number % 2:
            kill(settings.state)
        else:
            disk.fill(free)
            lifecycle.stop(settings.state)
            disk.clear()
        cloud = Cloud(settings)
        assert cloud.there() == acknowledged
    assert "Traceback" not in (settings.state / "server.log").read_text()


@pytest.mark.slow
def test_a_start_on_a_full_disk_says_so_and_leaves_the_state_alone(disk, settings, capfd):
    cloud = Cloud(settings)
    cloud.prepare()
    acknowledged = cloud.ask("a", expect_all=True)
    for free in LEVELS[:3]:
        lifecycle.stop(settings.state)
        disk.fill(free)
        with pytest.raises(RuntimeError, match="did not start: The disk .* is full"):
            lifecycle.ensure_running(settings)
        words = ["--state", str(settings.state), "--port", str(settings.port), "start"]
        assert main(words) == 1
        printed = "".join(capfd.readouterr())
        assert FULL_MESSAGE in printed and "Traceback" not in printed
        disk.clear()
        assert Cloud(settings).there() == acknowledged
