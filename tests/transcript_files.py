"""Writes small transcripts for the tests of their readers."""

import json

RUN = {"cloud": "aws", "dataset": "birds", "notebook": "05", "own_data": False, "botocore": "1"}


def job(status, name="a", **more):
    """Return a call that asks for a job's status; `more` are members of the answer."""
    answer = {
        "TrainingJobStatus": f"enum={status}",
        "TrainingJobArn": f"arn=arn:aws:sagemaker:us-east-1:<account-aaaaa>:x/<name-{name * 5}>",
        "Tags": {"*list": 1, "of": [{"Key": "string=<key-bbbbb>"}]},
        **more,
    }
    return call("DescribeTrainingJob", {"Name": f"string=<job-{name * 5}>"}, answer=answer)


def call(operation, request=None, service="sagemaker", **result):
    """Return a call; without a result it was answered with nothing."""
    result = result or {"answer": {}}
    result = {"status": 200 if "answer" in result else 400, "seconds": 0.1, **result}
    return {
        "call": 1,
        "at": 0.0,
        "service": service,
        "operation": operation,
        "request": request or {},
    } | result


def write(path, *calls, **run):
    """Write a transcript of one process; `run` are other values of what is said of the run."""
    records = [{"process": "p", "run": {**RUN, **run}}, *({"process": "p", **c} for c in calls)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path
