"""Functions are made, changed, listed and deleted; what is not done is refused by name."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.functions.conftest import ROLE, zipped
from tests.local_cloud import BUCKET

LAYER = "arn:aws:lambda:us-east-1:000000000000:layer:a:1"
ECHO = "def handle(event, context):\n    return event\n"


def test_a_function_is_shown_changed_and_deleted(functions, make, ask):
    made = make(ECHO, Environment={"Variables": {"PLACE": "1"}}, Tags={"a": "b"}, Layers=[])
    shown = functions.get_function(FunctionName=made["FunctionArn"])
    assert shown["Configuration"]["CodeSha256"] == made["CodeSha256"]
    assert (shown["Configuration"]["State"], shown["Tags"]) == ("Active", {"a": "b"})
    assert ask({"x": 1})["Payload"] == {"x": 1}
    changed = zipped("def handle(event, context):\n    return 'new'\n")
    functions.update_function_code(FunctionName="f", ZipFile=changed)
    assert ask()["Payload"] == "new"
    assert [each["FunctionName"] for each in functions.list_functions()["Functions"]] == ["f"]
    functions.delete_function(FunctionName="f")
    with pytest.raises(ClientError, match="Function not found"):
        functions.get_function(FunctionName="f")


def test_the_code_may_lie_in_a_bucket(aws, functions, ask):
    aws.store.put(BUCKET, "code.zip", zipped(ECHO))
    given = {"Runtime": "python3.12", "Role": ROLE, "Handler": "program.handle"}
    place = {"S3Bucket": BUCKET, "S3Key": "code.zip"}
    functions.create_function(FunctionName="f", Code=place, **given)
    assert ask(5)["Payload"] == 5


def test_a_name_is_taken_once(make):
    make(ECHO)
    with pytest.raises(ClientError, match="ResourceConflictException.*already exist"):
        make(ECHO)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"Runtime": "nodejs22.x"}, "does not support the runtime nodejs22.x"),
        (
            {"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:a:1"]},
            "does not support Layers",
        ),
        ({"Handler": "handle"}, "Handler must be"),
        ({"Role": "arn:aws:iam::000000000000:role/none"}, "cannot be assumed by Lambda"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "VpcConfig.SubnetIds"),
        ({"Publish": True}, "Publish"),
    ],
)
def test_what_is_not_done_is_refused(make, more, words):
    with pytest.raises(ClientError, match=words):
        make(ECHO, **more)


def test_an_asynchronous_invocation_is_refused(make, functions):
    make(ECHO)
    with pytest.raises(ClientError, match="InvocationType Event"):
        functions.invoke(FunctionName="f", InvocationType="Event")
    with pytest.raises(ClientError, match="Could not parse request body"):
        functions.invoke(FunctionName="f", Payload=b"{")


def test_what_a_killed_invocation_left_is_deleted_at_the_next_start(aws):
    left = aws.context.state / "instances" / "function-1"
    left.mkdir(parents=True)
    aws.engines.functions.recover()
    assert not left.exists()
