"""Functions of a few lines, and a role that Lambda may assume."""

import io
import json
import zipfile

import pytest

ROLE = "arn:aws:iam::000000000000:role/functions"


def zipped(text, name="program.py"):
    """Return an archive with one module."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, text)
    return packed.getvalue()


def make_role(iam, name="functions"):
    who = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [{**who, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))


@pytest.fixture
def functions(client):
    """Return a client of Lambda; the role is there."""
    make_role(client("iam"))
    return client("lambda")


@pytest.fixture
def make(functions):
    """Return a function that makes one of Lambda's from its body's text."""

    def make(text, name="f", **more):
        given = {"Runtime": "python3.12", "Role": ROLE, "Handler": "program.handle", **more}
        return functions.create_function(FunctionName=name, Code={"ZipFile": zipped(text)}, **given)

    return make


@pytest.fixture
def ask(functions):
    """Return a function that invokes one, and returns its answer with the payload read."""

    def ask(event=None, name="f", **more):
        payload = {} if event is None else {"Payload": json.dumps(event)}
        answer = functions.invoke(FunctionName=name, **payload, **more)
        return {**answer, "Payload": json.loads(answer["Payload"].read())}

    return ask
