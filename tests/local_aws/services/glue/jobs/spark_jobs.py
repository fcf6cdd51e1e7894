"""Jobs for the tests of Glue: a role that Glue can assume, scripts in S3, runs to their end."""

import json
import time

from tests.local_cloud import BUCKET

OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
ALL = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def make_role(client, *statements, name="glue"):
    """Make a role that Glue can assume, with the permissions of some statements."""
    trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}}
    policy = json.dumps({"Statement": [{**trust, "Action": "sts:AssumeRole"}]})
    client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)
    document = json.dumps({"Version": "2012-10-17", "Statement": statements or [ALL]})
    client("iam").put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document)
    return name


def job(name="etl", **more):
    """Return a request for a job whose script is `scripts/<name>.py`."""
    script = f"s3://{BUCKET}/scripts/{name}.py"
    return {
        "Name": name, "Role": "glue", "GlueVersion": "5.1", "WorkerType": "G.1X",
        "NumberOfWorkers": 2, "Command": {"Name": "glueetl", "ScriptLocation": script}, **more,
    }  # fmt: skip


class Jobs:
    """Runs scripts as Glue's jobs on a local AWS."""

    def __init__(self, aws, client):
        self.aws, self.glue = aws, client("glue")

    def make(self, script, **more):
        """Make a job of a script, and return its name."""
        request = job(**more)
        self.aws.store.put(BUCKET, f"scripts/{request['Name']}.py", script.encode())
        return self.glue.create_job(**request)["Name"]

    def start(self, name, **more):
        """Start a run and return its id."""
        return self.glue.start_job_run(JobName=name, **more)["JobRunId"]

    def wait(self, name, run, states=OVER, seconds=180):
        """Wait until a run is in one of some states, and return it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown = self.glue.get_job_run(JobName=name, RunId=run)["JobRun"]
            if shown["JobRunState"] in states:
                return shown
            time.sleep(0.05)
        raise TimeoutError(shown)

    def run(self, script, start=None, **more):
        """Run a script to its end, and return the run."""
        name = self.make(script, **more)
        return self.wait(name, self.start(name, **(start or {})))

    def lines(self, run, kind="output"):
        """Return the lines of a run's log."""
        request = {"logGroupName": f"/aws-glue/jobs/{kind}", "logStreamName": run["Id"]}
        events = self.aws.parts.call("logs", "GetLogEvents", {**request, "startFromHead": True})
        return [event["message"] for event in events["events"]]


def answer(athena, query):
    """Run a query to its end and return its rows as texts."""
    place = {"OutputLocation": f"s3://{BUCKET}/athena/"}
    execution = athena.start_query_execution(QueryString=query, ResultConfiguration=place)
    execution = {"QueryExecutionId": execution["QueryExecutionId"]}
    while True:
        status = athena.get_query_execution(**execution)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
    assert status["State"] == "SUCCEEDED", status
    rows = athena.get_query_results(**execution)["ResultSet"]["Rows"]
    return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
