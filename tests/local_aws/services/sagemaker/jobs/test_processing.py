"""Processing jobs run as processes, with SageMaker's contract and honest ends."""

import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from tests.local_aws.services.sagemaker.hosting.queues import permit
from tests.local_aws.services.sagemaker.jobs.requests import processing, wait_for
from tests.local_cloud import BUCKET, furnish, make_client


@pytest.fixture
def run(aws, client):
    """Return a function that runs a script as a job and returns its description."""

    def run(script, *arguments, **options):
        aws.store.put(BUCKET, "code/run.py", script.encode())
        sagemaker = client("sagemaker")
        sagemaker.create_processing_job(**processing("job", *arguments, **options))
        return wait_for(sagemaker, "ProcessingJob", "job")

    return run


def lines(aws, part=""):
    answer = aws.engines.logs.filter_log_events(
        {"logGroupName": "/aws/sagemaker/ProcessingJobs", "logStreamNamePrefix": f"job/{part}"}
    )
    return [event["message"] for event in answer["events"]]


def test_what_a_job_writes_is_taken_to_s3(aws, run):
    script = "open('/opt/ml/processing/output/a/b.txt', 'w').write('made')"
    job = run(f"import os\nos.makedirs('/opt/ml/processing/output/a')\n{script}")
    assert job["ProcessingJobStatus"] == "Completed"
    assert aws.store.read(BUCKET, "output/a/b.txt") == b"made"


def test_every_instance_knows_itself_and_the_others(aws, run):
    run("print(open('/opt/ml/config/resourceconfig.json').read().replace(chr(10), ''))", count=2)
    assert '"current_host": "algo-2"' in lines(aws, "algo-2")[0]
    assert '"algo-1",  "algo-2"' in lines(aws, "algo-1")[0]


def test_sharded_inputs_are_divided_and_none_is_lost(aws, run):
    for name in "abcde":
        aws.store.put(BUCKET, f"data/{name}", b"x")
    script = "import os\nprint(*sorted(os.listdir('/opt/ml/processing/input/data')))"
    run(script, count=2, data="ShardedByS3Key")
    one, two = lines(aws, "algo-1")[0].split(), lines(aws, "algo-2")[0].split()
    assert sorted(one + two) == list("abcde")
    assert abs(len(one) - len(two)) == 1


def test_a_script_that_raises_ends_failed_with_its_last_line(run):
    job = run("raise ValueError('no shards under /opt/ml/processing/input')")
    reason = "AlgorithmError: ValueError: no shards under /opt/ml/processing/input, exit code: 1"
    assert (job["ProcessingJobStatus"], job["FailureReason"]) == ("Failed", reason)


def test_the_reason_that_a_job_writes_down_is_the_one_that_counts(run):
    write = "import sys\nopen('/opt/ml/output/message', 'w').write('60 % unreadable')\nsys.exit(3)"
    job = run(write)
    assert job["FailureReason"] == "AlgorithmError: 60 % unreadable, exit code: 3"


def test_one_failing_instance_fails_the_job_and_ends_the_others(run):
    script = (
        "import os, time\nassert os.environ['CURRENT_HOST'] == 'algo-1', 'not me'\ntime.sleep(60)"
    )
    began = time.monotonic()
    job = run(script, count=2)
    assert "AssertionError: not me" in job["FailureReason"]
    assert time.monotonic() - began < 30


def test_a_job_sees_nothing_of_the_users_environment(aws, run, monkeypatch):
    monkeypatch.setenv("MY_SECRET", "hunter2")
    run("import os\nprint(*sorted(os.environ))")
    seen = set(lines(aws)[0].split())
    assert "MY_SECRET" not in seen and "AWS_ENDPOINT_URL" in seen


def test_a_job_sees_only_the_code_that_was_shipped(run):
    job = run("import helpers")
    assert "ModuleNotFoundError: No module named 'helpers'" in job["FailureReason"]


def test_a_missing_input_says_which(run):
    job = run("pass", data="FullyReplicated")
    assert f'No S3 objects found under S3 URL "s3://{BUCKET}/data/"' in job["FailureReason"]


def test_a_stopped_job_is_stopped_and_leaves_no_process(aws, client):
    aws.store.put(BUCKET, "code/run.py", b"import time\nprint('on', flush=True)\ntime.sleep(60)")
    sagemaker = client("sagemaker")
    sagemaker.create_processing_job(**processing("job"))
    while not aws.engines.logs.describe_log_groups({})["logGroups"]:
        time.sleep(0.05)
    sagemaker.stop_processing_job(ProcessingJobName="job")
    assert wait_for(sagemaker, "ProcessingJob", "job")["ProcessingJobStatus"] == "Stopped"


def test_a_process_that_left_for_a_session_of_its_own_ends_with_the_job(run):
    away = "['sleep', '60'], start_new_session=True"
    job = run(f"import subprocess\nprint(subprocess.Popen({away}).pid)\nraise SystemExit(1)")
    assert job["ProcessingJobStatus"] == "Failed"
    pid = int(job["FailureReason"].split()[1].rstrip(","))
    assert not Path(f"/proc/{pid}").exists()


def test_the_same_name_twice_is_refused(run, client):
    run("pass")
    with pytest.raises(ClientError, match="ResourceInUse"):
        client("sagemaker").create_processing_job(**processing("job"))


def test_an_unknown_job_is_not_found(client):
    with pytest.raises(ClientError, match="ResourceNotFound"):
        client("sagemaker").describe_processing_job(ProcessingJobName="nobody")


def test_a_wrong_instance_type_is_refused_with_the_list(client):
    with pytest.raises(ClientError, match="ml.m5.huge.*enum value set"):
        client("sagemaker").create_processing_job(**processing("job", kind="ml.m5.huge"))


def test_a_job_that_the_server_took_with_it_is_failed_after_the_restart(tmp_path):
    with LocalAws(tmp_path) as aws:
        furnish(aws)
        aws.store.put(BUCKET, "code/run.py", b"import time\ntime.sleep(60)")
        make_client(aws, "sagemaker").create_processing_job(**processing("job"))
        document = aws.engines.processing.jobs.records.documents.get("job")
    aws.engines.processing.jobs.records.documents.put(
        "job", {**document, "ProcessingJobStatus": "InProgress"}
    )
    with LocalAws(tmp_path) as aws:
        job = make_client(aws, "sagemaker").describe_processing_job(ProcessingJobName="job")
    assert job["ProcessingJobStatus"] == "Failed"
    assert "run the job again" in job["FailureReason"]


@pytest.mark.parametrize(
    "actions, reason",
    [
        (["s3:GetObject", "s3:PutObject"], f"s3:ListBucket on resource: arn:aws:s3:::{BUCKET}"),
        (["s3:ListBucket", "s3:PutObject"], f"s3:GetObject on resource: arn:aws:s3:::{BUCKET}/"),
        (["s3:ListBucket", "s3:GetObject"], f"s3:PutObject on resource: arn:aws:s3:::{BUCKET}/"),
    ],
)
def test_where_policies_hold_its_inputs_and_outputs_are_its_roles(
    aws, run, monkeypatch, actions, reason
):
    rows = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    monkeypatch.setattr(aws.parts, "policies", [{"Statement": rows}])
    permit(aws, *actions)
    job = run("open('/opt/ml/processing/output/b.txt', 'w').write('made')")
    assert job["ProcessingJobStatus"] == "Failed" and reason in job["FailureReason"]
    assert not list(aws.store.list(BUCKET, "output/"))
