"""After kill -9 of a real server its acknowledged state is there, and no process of it."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import boto3
import pytest
from botocore.config import Config

from local_aws import lifecycle
from local_aws.server import LocalAws, _listen, serve
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, training, wait_for
from tests.local_cloud import BUCKET, JOB_ROLE, SERVING, make_client
from tests.places import ROOT
from tools.processes import leftovers

MODEL = archive()


class Process:
    """A `python -m local_aws serve` over a state folder."""

    def __init__(self, state):
        self.state = state
        command = [sys.executable, "-m", "local_aws", "serve", "--port", "0"]
        self._process = subprocess.Popen([*command, "--state", str(state)], cwd=ROOT)
        while not (context := lifecycle.find_running(state)):
            assert self._process.poll() is None, "the server has ended"
            time.sleep(0.05)
        self.context = context

    def client(self, service):
        keys = self.context.environment()
        style = {"s3": {"addressing_style": "path"}} if service == "s3" else {}
        return boto3.client(
            service,
            endpoint_url=self.context.url,
            region_name=self.context.region,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            config=Config(**style),
        )

    def end(self, number):
        self._process.send_signal(number)
        return self._process.wait(30)


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a server over the test's state folder."""
    started = []

    def start():
        started.append(Process(tmp_path / "state"))
        return started[-1]

    yield start
    for process in started:
        process.end(signal.SIGKILL)


def settled(sagemaker):
    while True:
        endpoint = sagemaker.describe_endpoint(EndpointName="endpoint")
        if endpoint["EndpointStatus"] not in ("Creating", "Updating"):
            return endpoint
        time.sleep(0.05)


def fill(server):
    """Make an object, a table, a job, a model and an endpoint that serves it."""
    s3, glue, sagemaker = (server.client(name) for name in ("s3", "glue", "sagemaker"))
    s3.create_bucket(Bucket=BUCKET)
    server.client("iam").create_role(**JOB_ROLE)
    s3.put_object(Bucket=BUCKET, Key="model.tar.gz", Body=MODEL)
    glue.create_database(DatabaseInput={"Name": "birds"})
    glue.create_table(DatabaseName="birds", TableInput={"Name": "calls"})
    sagemaker.create_training_job(**training("done", "print('loss=1')"))
    wait_for(sagemaker, "TrainingJob", "done")
    container = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    sagemaker.create_model(ModelName="model", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {"VariantName": "v", "ModelName": "model", "InstanceType": "ml.m5.large"}
    variant["InitialInstanceCount"] = 1
    sagemaker.create_endpoint_config(EndpointConfigName="config", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    assert settled(sagemaker)["EndpointStatus"] == "InService"


@pytest.mark.slow
def test_all_that_was_acknowledged_is_there_after_kill_9(start):
    server = start()
    fill(server)
    server.end(signal.SIGKILL)
    assert not leftovers(server.state, wait_s=2)
    server = start()
    s3, glue, sagemaker = (server.client(name) for name in ("s3", "glue", "sagemaker"))
    assert s3.get_object(Bucket=BUCKET, Key="model.tar.gz")["Body"].read() == MODEL
    assert glue.get_table(DatabaseName="birds", Name="calls")["Table"]["Name"] == "calls"
    job = sagemaker.describe_training_job(TrainingJobName="done")
    assert job["TrainingJobStatus"] == "Completed"
    assert sagemaker.list_models()["Models"][0]["ModelName"] == "model"
    log = server.client("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs")
    assert [event["message"] for event in log["events"]] == ["loss=1"]
    assert settled(sagemaker)["EndpointStatus"] == "InService"
    ask = {"EndpointName": "endpoint", "Body": b"hello", "ContentType": "text/plain"}
    reply = server.client("sagemaker-runtime").invoke_endpoint(**ask)
    assert b'"bytes": 5' in reply["Body"].read()
    assert len(list((server.state / "instances").iterdir())) == 1


@pytest.mark.slow
def test_each_asynchronous_request_that_was_accepted_is_answered_after_kill_9(start):
    server = start()
    s3, sagemaker = server.client("s3"), server.client("sagemaker")
    s3.create_bucket(Bucket=BUCKET)
    server.client("iam").create_role(**JOB_ROLE)
    policy = {"Version": "2012-10-17"}
    policy["Statement"] = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
    server.client("iam").put_role_policy(
        RoleName=JOB_ROLE["RoleName"], PolicyName="p", PolicyDocument=json.dumps(policy)
    )
    slow = SCRIPT.replace("if data ==", "import time; time.sleep(0.5)\n    if data ==")
    s3.put_object(Bucket=BUCKET, Key="model.tar.gz", Body=archive(slow))
    container = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    sagemaker.create_model(ModelName="model", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {"VariantName": "v", "ModelName": "model", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=[{**variant, "InitialInstanceCount": 1}],
        AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/answers"}},
    )  # fmt: skip
    sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    settled(sagemaker)
    runtime = server.client("sagemaker-runtime")
    told = [
        runtime.invoke_endpoint_async(
            EndpointName="endpoint", Body=b"x" * size, ContentType="text/plain", Filename=str(size)
        )["OutputLocation"]
        for size in range(1, 7)
    ]
    time.sleep(0.7)  # one is answered, one is being answered
    server.end(signal.SIGKILL)
    s3 = start().client("s3")
    deadline, answered = time.monotonic() + 60, {}
    while len(answered) < len(told) and time.monotonic() < deadline:
        for entry in s3.list_objects_v2(Bucket=BUCKET, Prefix="answers/").get("Contents", []):
            body = s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
            answered[f"s3://{BUCKET}/{entry['Key']}"] = json.loads(body)["bytes"]
    assert answered == {place: size for size, place in enumerate(told, 1)}


@pytest.mark.slow
def test_a_killed_server_takes_its_jobs_with_it_and_says_so_after_the_restart(start):
    server = start()
    server.client("s3").create_bucket(Bucket=BUCKET)
    server.client("iam").create_role(**JOB_ROLE)
    script = """
import subprocess, time
child = subprocess.Popen(["sleep", "99"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(99)
"""
    server.client("sagemaker").create_training_job(**training("job", script, count=2))
    logs = server.client("logs")
    while not logs.describe_log_groups()["logGroups"]:
        time.sleep(0.05)
    server.end(signal.SIGKILL)
    assert not leftovers(server.state, wait_s=2)
    job = start().client("sagemaker").describe_training_job(TrainingJobName="job")
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
    assert "run the job again" in job["FailureReason"]
    assert not list((server.state / "instances").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_process_is_left_two_seconds_after_a_kill_at_any_moment(start, seed):
    server = start()
    server.client("s3").create_bucket(Bucket=BUCKET)
    server.client("iam").create_role(**JOB_ROLE)
    script = "import subprocess\nsubprocess.run(['setsid', 'sleep', '99'])"
    for number in range(2):
        job = training(f"job{number}", script, count=2)
        server.client("sagemaker").create_training_job(**job)
    time.sleep(random.Random(seed).uniform(0, 4))
    server.end(signal.SIGKILL)
    assert not leftovers(server.state, wait_s=2)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_asked_to_end_ends_all_it_runs_and_exits_0(start, number):
    server = start()
    server.client("s3").create_bucket(Bucket=BUCKET)
    server.client("iam").create_role(**JOB_ROLE)
    sagemaker = server.client("sagemaker")
    sagemaker.create_training_job(**training("job", "import time; time.sleep(99)"))
    while not sagemaker.describe_training_job(TrainingJobName="job").get("TrainingStartTime"):
        time.sleep(0.05)
    began = time.monotonic()
    assert server.end(number) == 0
    assert time.monotonic() - began < 10 and not leftovers(server.state)


@pytest.mark.slow
def test_no_acknowledged_object_is_lost_when_the_kill_comes_while_writing(start):
    server = start()
    s3 = server.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    server.client("iam").create_role(**JOB_ROLE)
    acknowledged = []

    def write():
        try:
            for number in range(10_000):
                s3.put_object(Bucket=BUCKET, Key=f"{number:05}", Body=b"%d" % number * 100)
                acknowledged.append(number)
        except Exception:
            return  # the kill

    writer = threading.Thread(target=write)
    writer.start()
    while len(acknowledged) < 20:
        time.sleep(0.01)
    server.end(signal.SIGKILL)
    s3 = start().client("s3")
    for number in acknowledged:
        body = s3.get_object(Bucket=BUCKET, Key=f"{number:05}")["Body"].read()
        assert body == b"%d" % number * 100
    writer.join()


STARTED = """
import sys
from pathlib import Path
from local_aws.server import LocalAws
with LocalAws(Path(sys.argv[1])):
    print(*sys.modules)
"""


def test_a_start_imports_no_package_that_athena_alone_needs_also_after_its_use(tmp_path):
    with LocalAws(tmp_path / "state") as server:
        server.parts.call("athena", "GetWorkGroup", {"WorkGroup": "primary"})
    command = [sys.executable, "-c", STARTED, str(tmp_path / "state")]
    modules = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "local_aws.services.athena.service" in modules.split()
    assert not {"duckdb", "pyarrow", "numpy", "pandas", "sqlglot"} & set(modules.split())


def test_a_busy_port_is_said_and_leaves_the_state_free(tmp_path, capsys):
    with _listen(0) as busy:
        assert serve(tmp_path, busy.getsockname()[1]) == lifecycle.PORT_BUSY
        with pytest.raises(lifecycle.PortBusy):
            _listen(busy.getsockname()[1])
    assert "is busy, choose another one" in capsys.readouterr().out
    assert lifecycle.owner(tmp_path) is None


def test_the_server_listens_on_loopback_alone(aws):
    assert aws.server.server_address[0] == "127.0.0.1"


def test_a_new_server_knows_nothing_of_an_earlier_ones_roles(aws, client, tmp_path):
    client("iam").create_role(RoleName="wren", AssumeRolePolicyDocument="{}")
    with LocalAws(tmp_path / "other") as other:
        assert make_client(other, "iam").list_roles()["Roles"] == []


def test_no_role_is_of_the_future_when_a_server_starts_anew(aws):
    aws.parts.clock.advance(3600)
    aws.parts.call("iam", "CreateRole", {**JOB_ROLE, "RoleName": "new"})
    aws.stop()
    with LocalAws(aws.context.state) as again:
        role = again.parts.call("iam", "GetRole", {"RoleName": "new"})["Role"]
        assert role["CreateDate"] <= again.parts.clock.now()


def test_the_servers_own_pid_is_the_states_owner(aws):
    assert lifecycle.owner(aws.context.state) == os.getpid()
